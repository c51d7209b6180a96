package events

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/test/bench/page"
)

// Report is what was measured.
type Report struct {
	machine              string
	settings             Settings
	throughput, overhead []Load
	samples              map[string][]sample // of each load, one a round
	grown                []float64           // how many events had been recorded at the end of each
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
	fmt.Fprintf(&b, "Medians of %d rounds, each on a new network; least and most in brackets. A round measures what is compared there and back, %.0f s each way, then the rows that nothing is compared with, once.\n\n", r.settings.Rounds, r.settings.Seconds)
	r.rates(&b)
	r.split(&b)
	r.clients(&b)
	return b.String()
}

func (r *Report) rates(b *strings.Builder) {
	fmt.Fprintf(b, "| load | callers | events/s | times asset transfer | times one event a transaction | p50 | p95 | p99 |\n|---|---|---|---|---|---|---|---|\n")
	for _, l := range r.throughput {
		fmt.Fprintf(b, "| %s | %d | %s | %s | %s |", l.Name, l.Callers, r.of(l.Name, sample.rate), r.ratio(l.Name, assets, sample.rate), r.ratio(l.Name, single, sample.rate))
		for _, percent := range []int{50, 95, 99} {
			fmt.Fprintf(b, " %s |", r.latency(l.Name, percent))
		}
		b.WriteString("\n")
	}
	if len(r.grown) > 0 {
		fmt.Fprintf(b, "\nBefore its last row a round has put %s events, transfers and writes of the bare shim on the ledger.\n", page.SpreadOf(r.grown))
	}
}

func (r *Report) latency(load string, percent int) string {
	median := r.of(load, func(s sample) float64 { return float64(s.latency(percent)) }).Median
	return time.Duration(median).Round(time.Millisecond).String()
}

// each is what a transaction of a sample took of something, in milliseconds.
func (s sample) each(of func(reading) time.Duration) float64 {
	return of(s.used).Seconds() * 1000 / float64(max(s.calls, 1))
}

func (r *Report) split(b *strings.Builder) {
	fmt.Fprintf(b, "\nMilliseconds of processor time a call, of all processes and by process; how many processors were busy; and bytes that one peer's files of blocks grew by.\n\n"+
		"| load | all | four peers | orderer | chaincode servers | client | processors | bytes a call | bytes an event |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, l := range slices.Concat(r.throughput, r.overhead) {
		fmt.Fprintf(b, "| %s | %s |", l.Name, r.of(l.Name, func(s sample) float64 { return s.each(reading.total) }))
		for _, part := range []func(reading) time.Duration{
			func(r reading) time.Duration { return r.peers }, func(r reading) time.Duration { return r.orderers },
			func(r reading) time.Duration { return r.chaincode }, clientTime,
		} {
			fmt.Fprintf(b, " %s |", page.Short(r.of(l.Name, func(s sample) float64 { return s.each(part) }).Median))
		}
		size := r.of(l.Name, func(s sample) float64 { return float64(s.used.ledger) / float64(max(s.calls, 1)) }).Median
		fmt.Fprintf(b, " %s | %s | %s |\n",
			page.Short(r.of(l.Name, func(s sample) float64 { return s.used.total().Seconds() / s.window.Seconds() }).Median),
			page.Short(size), page.Short(size/float64(l.Events)))
	}
}

func clientTime(r reading) time.Duration { return r.client }

// clients compares our client with bare fabric-gateway.
func (r *Report) clients(b *strings.Builder) {
	fmt.Fprintf(b, "\nThe same function, one event a document, through our client and through bare fabric-gateway: ours as a multiple, round by round.\n\n"+
		"| callers | processor time, all processes | processor time of the client | latency, p50 | p95 |\n|---|---|---|---|---|\n")
	for i := 0; i+1 < len(r.overhead); i += 2 {
		theirs, ours := r.overhead[i], r.overhead[i+1]
		fmt.Fprintf(b, "| %d |", ours.Callers)
		for _, say := range []func(sample) float64{
			func(s sample) float64 { return s.each(reading.total) }, func(s sample) float64 { return s.each(clientTime) },
			func(s sample) float64 { return float64(s.latency(50)) }, func(s sample) float64 { return float64(s.latency(95)) },
		} {
			fmt.Fprintf(b, " %s |", r.ratio(ours.Name, theirs.Name, say))
		}
		b.WriteString("\n")
	}
}
