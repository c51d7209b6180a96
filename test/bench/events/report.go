package events

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
}

const benchmark = "events"

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

// ratio compares two loads, round by round.
func (r *Report) ratio(load, to string, say func(sample) float64) page.Spread {
	var values []float64
	for i, s := range r.samples[load] {
		values = append(values, say(s)/say(r.samples[to][i]))
	}
	return page.SpreadOf(values)
}

// String is the report as Markdown.
func (r *Report) String() string {
	var b strings.Builder
	if r.machine != "" {
		fmt.Fprintf(&b, "%s.\n\n", r.machine)
	}
	fmt.Fprintf(&b, "Medians of %d interleaved rounds of %.0f s, least and most in brackets.\n\n", r.settings.Rounds, r.settings.Seconds)
	fmt.Fprintf(&b, "| load | callers | events/s | times asset transfer | times one event a transaction | p50 | p95 | p99 |\n|---|---|---|---|---|---|---|---|\n")
	for _, l := range r.loads {
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s |", l.Name, l.Callers, r.of(l.Name, sample.rate), r.ratio(l.Name, assets, sample.rate), r.ratio(l.Name, single, sample.rate))
		for _, percent := range []int{50, 95, 99} {
			fmt.Fprintf(&b, " %s |", time.Duration(r.of(l.Name, func(s sample) float64 { return float64(s.latency(percent)) }).Median).Round(time.Millisecond))
		}
		b.WriteString("\n")
	}
	r.split(&b)
	return b.String()
}

func (r *Report) split(b *strings.Builder) {
	fmt.Fprintf(b, "\nMilliseconds of processor time a transaction, of all processes and by process, and bytes that a block file grows by.\n\n"+
		"| load | all | four peers | orderer | chaincode servers | client | processors | bytes a transaction | bytes an event |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, l := range r.loads {
		each := func(d func(reading) time.Duration) page.Spread {
			return r.of(l.Name, func(s sample) float64 { return d(s.used).Seconds() * 1000 / float64(max(s.transactions, 1)) })
		}
		fmt.Fprintf(b, "| %s | %s |", l.Name, each(reading.total))
		for _, part := range []func(reading) time.Duration{
			func(r reading) time.Duration { return r.peers }, func(r reading) time.Duration { return r.orderers },
			func(r reading) time.Duration { return r.chaincode }, func(r reading) time.Duration { return r.client },
		} {
			fmt.Fprintf(b, " %s |", page.Short(each(part).Median))
		}
		size := r.of(l.Name, func(s sample) float64 { return float64(s.used.ledger) / float64(max(s.transactions, 1)) }).Median
		fmt.Fprintf(b, " %s | %s | %s |\n",
			page.Short(r.of(l.Name, func(s sample) float64 { return s.used.total().Seconds() / s.window.Seconds() }).Median),
			page.Short(size), page.Short(size/float64(l.Events)))
	}
}
