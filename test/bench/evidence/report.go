package evidence

import (
	"fmt"
	"strings"

	"github.com/countersign-ledger/countersign/test/bench/page"
)

// Report is what was measured.
type Report struct {
	machine  string
	settings Settings
	kinds    []*measured
}

// benchmark names this one on the page.
const benchmark = "evidence"

// Write puts the report into a page, between its marks.
func (r *Report) Write(file string) error { return page.Write(file, benchmark, r.String()) }

// most is what reading and verifying was to take of the signatures' time.
const most = 1.3

// Ratios are for the table of all benchmarks.
func (r *Report) Ratios() []page.Ratio {
	var list []page.Ratio
	for _, m := range r.kinds {
		list = append(list, page.Ratio{What: m.name + ", read and verified, processor time, times its signatures alone", Most: most, Measured: m.ratio(whole)})
	}
	return list
}

// String is the report as Markdown.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\nMedians of %d interleaved rounds, least and most in brackets.\n\n"+
		"| evidence | bytes of the file | its signatures alone, microseconds of processor time | read and verified | times its signatures | the same, by a verifier that has not met the peers |\n"+
		"|---|---|---|---|---|---|\n", r.machine, r.settings.Rounds)
	for _, m := range r.kinds {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", m.name, page.Thousands(m.bytes),
			page.SpreadOf(m.micros[bare]), page.SpreadOf(m.micros[whole]), m.ratio(whole), m.ratio(cold))
	}
	return b.String()
}

// ratio compares with the signatures alone, round by round.
func (m *measured) ratio(way int) page.Spread {
	values := make([]float64, len(m.micros[way]))
	for i, took := range m.micros[way] {
		values[i] = took / m.micros[bare][i]
	}
	return page.SpreadOf(values)
}
