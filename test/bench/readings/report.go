package readings

import (
	"fmt"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/test/bench/page"
)

// Report is what was measured.
type Report struct {
	machine  string
	settings Settings
	loads    []Load
	samples  map[string][]sample // of each load, one a round
	single   map[string][]float64
	failed   map[string]error // the loads that could not be sent
}

func newReport(s Settings, all []Load) *Report {
	return &Report{settings: s, loads: all, samples: map[string][]sample{}, single: map[string][]float64{}, failed: map[string]error{}}
}

// benchmark names this one on the page.
const benchmark = "readings"

// Write puts the report into a page, between its marks.
func (r *Report) Write(file string) error { return page.Write(file, benchmark, r.String()) }

// of returns the spread of what a function says of each sample of a load.
func (r *Report) of(load string, say func(sample) float64) page.Spread {
	var values []float64
	for _, s := range r.samples[load] {
		values = append(values, say(s))
	}
	return page.SpreadOf(values)
}

// ratio compares the rates of two loads, round by round.
func (r *Report) ratio(load, to string) page.Spread {
	var values []float64
	for i, s := range r.samples[load] {
		values = append(values, s.rate()/r.samples[to][i].rate())
	}
	return page.SpreadOf(values)
}

// Ratios are for the table of all benchmarks.
func (r *Report) Ratios() []page.Ratio {
	if len(r.samples[headline]) == 0 || r.failed[headline] != nil {
		return nil
	}
	return []page.Ratio{{What: headline + ", readings/s, times one reading a transaction", Measured: r.ratio(headline, baseline)}}
}

// String is the report as Markdown.
func (r *Report) String() string {
	var b strings.Builder
	if r.machine != "" {
		fmt.Fprintf(&b, "%s.\n\n", r.machine)
	}
	fmt.Fprintf(&b, "Medians of %d interleaved rounds, least and most in brackets; %d devices, each with one transaction under way. "+
		"What a row does not say is as in the second.\n\n", r.settings.Rounds, r.settings.Devices)
	if len(r.samples[headline]) > 0 {
		fmt.Fprintf(&b, "The second row took at least %.1f s in each round.\n\n", r.of(headline, func(s sample) float64 { return s.took.Seconds() }).Least)
	}
	r.network(&b)
	r.split(&b)
	r.alonesTable(&b)
	return b.String()
}

func (r *Report) network(b *strings.Builder) {
	fmt.Fprintf(b, "| load | readings/s | times one reading a transaction | transactions/s | to commit | bytes a reading |\n|---|---|---|---|---|---|\n")
	for _, l := range r.loads {
		if r.failed[l.Name] != nil {
			fmt.Fprintf(b, "| %s | failed | | | | |\n", l.Name)
			continue
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", l.Name, r.of(l.Name, sample.rate), r.ratio(l.Name, baseline),
			page.Short(r.of(l.Name, func(s sample) float64 { return float64(s.transactions) / s.took.Seconds() }).Median),
			time.Duration(r.of(l.Name, func(s sample) float64 { return float64(s.commit) }).Median).Round(time.Millisecond),
			page.Short(r.of(l.Name, func(s sample) float64 { return float64(s.bytes) / float64(s.readings) }).Median))
	}
}

func (r *Report) split(b *strings.Builder) {
	fmt.Fprintf(b, "\nNanoseconds of processor time a reading, of all processes and by process, and how many processors were busy with it. The client keeps and checks the raw readings; it signed them before.\n\n"+
		"| load | all | four peers | orderer | three chaincode servers | client | processors |\n|---|---|---|---|---|---|---|\n")
	for _, l := range r.loads {
		if r.failed[l.Name] != nil {
			continue
		}
		fmt.Fprintf(b, "| %s | %s |", l.Name, r.of(l.Name, func(s sample) float64 { return s.each(s.processors.total()) }))
		for _, part := range []func(processors) time.Duration{
			func(p processors) time.Duration { return p.peers }, func(p processors) time.Duration { return p.orderers },
			func(p processors) time.Duration { return p.chaincode }, func(p processors) time.Duration { return p.client },
		} {
			fmt.Fprintf(b, " %s |", page.Short(r.of(l.Name, func(s sample) float64 { return s.each(part(s.processors)) }).Median))
		}
		fmt.Fprintf(b, " %s |\n", page.Short(r.of(l.Name, func(s sample) float64 { return s.processors.total().Seconds() / s.took.Seconds() }).Median))
	}
}

func (r *Report) alonesTable(b *strings.Builder) {
	fmt.Fprintf(b, "\nWithout network and ledger, on one processor, recordings of 100,000 readings:\n\n| what | ns a reading |\n|---|---|\n")
	for _, name := range []string{decoding, hashing, evaluating, asking, crossing} {
		fmt.Fprintf(b, "| %s | %s |\n", name, page.SpreadOf(r.single[name]))
	}
}
