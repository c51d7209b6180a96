package fields

import (
	"fmt"
	"strings"

	"github.com/countersign-ledger/countersign/test/bench/page"
)

// Report is what was measured.
type Report struct {
	machine  string
	settings Settings
	records  map[int]record
	files    map[string]int       // bytes
	micros   map[string][]float64 // of each thing, one a round
}

// benchmark names this one on the page.
const benchmark = "fields"

// Write puts the report into a page, between its marks.
func (r *Report) Write(file string) error { return page.Write(file, benchmark, r.String()) }

// Ratios are for the table of all benchmarks.
func (r *Report) Ratios() []page.Ratio {
	return []page.Ratio{{What: one + ", time, times the signatures alone", Measured: r.ratio(one)}}
}

// String is the report as Markdown.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\n", r.machine)
	b.WriteString("Bytes of a record whose fields have names and values of 17 and 24 bytes: what its members keep, and what is public of it.\n\n" +
		"| fields | content, at members | manifest, public |\n|---|---|---|\n")
	for _, n := range sizes {
		fmt.Fprintf(&b, "| %d | %s | %s |\n", n, page.Thousands(r.records[n].content), page.Thousands(r.records[n].manifest))
	}
	fmt.Fprintf(&b, "\nVerified offline, of the record of 64 fields, attested by three organisations. "+
		"Medians of %d interleaved rounds, least and most in brackets.\n\n"+
		"| what | bytes of the file | microseconds | times the signatures alone |\n|---|---|---|---|\n", r.settings.Rounds)
	for _, name := range []string{signatures, statement, one, all, cold} {
		bytes := ""
		if n := r.files[name]; n > 0 {
			bytes = page.Thousands(n)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, bytes, page.SpreadOf(r.micros[name]), r.ratio(name))
	}
	b.WriteString("\n| what | microseconds |\n|---|---|\n")
	for _, name := range []string{committing, opening} {
		fmt.Fprintf(&b, "| %s | %s |\n", name, page.SpreadOf(r.micros[name]))
	}
	return b.String()
}

// ratio compares with the signatures alone, round by round.
func (r *Report) ratio(name string) page.Spread {
	var values []float64
	for i, took := range r.micros[name] {
		values = append(values, took/r.micros[signatures][i])
	}
	return page.SpreadOf(values)
}
