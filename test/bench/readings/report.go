package readings

import (
	"fmt"
	"slices"
	"strings"
	"time"
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

// spread is a median with the extremes.
type spread struct{ median, least, most float64 }

func spreadOf(values []float64) spread {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return spread{}
	}
	return spread{sorted[len(sorted)/2], sorted[0], sorted[len(sorted)-1]}
}

// String writes it in as many digits as say something.
func (s spread) String() string {
	return fmt.Sprintf("%s [%s-%s]", short(s.median), short(s.least), short(s.most))
}

// short writes a number with three digits or a little more.
func short(v float64) string {
	switch {
	case v >= 1000:
		return thousands(int(v + 0.5))
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// of returns the spread of what a function says of each sample of a load.
func (r *Report) of(load string, say func(sample) float64) spread {
	var values []float64
	for _, s := range r.samples[load] {
		values = append(values, say(s))
	}
	return spreadOf(values)
}

// ratio compares the rates of two loads, round by round.
func (r *Report) ratio(load, to string) spread {
	var values []float64
	for i, s := range r.samples[load] {
		values = append(values, s.rate()/r.samples[to][i].rate())
	}
	return spreadOf(values)
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
		fmt.Fprintf(&b, "The second row took at least %.1f s in each round.\n\n", r.of(headline, func(s sample) float64 { return s.took.Seconds() }).least)
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
			short(r.of(l.Name, func(s sample) float64 { return float64(s.transactions) / s.took.Seconds() }).median),
			time.Duration(r.of(l.Name, func(s sample) float64 { return float64(s.commit) }).median).Round(time.Millisecond),
			short(r.of(l.Name, func(s sample) float64 { return float64(s.bytes) / float64(s.readings) }).median))
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
			fmt.Fprintf(b, " %s |", short(r.of(l.Name, func(s sample) float64 { return s.each(part(s.processors)) }).median))
		}
		fmt.Fprintf(b, " %s |\n", short(r.of(l.Name, func(s sample) float64 { return s.processors.total().Seconds() / s.took.Seconds() }).median))
	}
}

func (r *Report) alonesTable(b *strings.Builder) {
	fmt.Fprintf(b, "\nWithout network and ledger, on one processor, recordings of 100,000 readings:\n\n| what | ns a reading |\n|---|---|\n")
	for _, name := range []string{decoding, hashing, evaluating, asking, crossing} {
		fmt.Fprintf(b, "| %s | %s |\n", name, spreadOf(r.single[name]))
	}
}
