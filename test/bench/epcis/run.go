package epcis

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/test/bench/page"
)

// Settings say how much to measure.
type Settings struct {
	// Rounds is how often each input is measured, in turn with its baseline.
	Rounds int
	// Corpus is the folder of third-party documents; without it, GS1's examples are
	// left out, and the report says so.
	Corpus string
}

// Standard is what docs/performance.md shows.
func Standard() Settings { return Settings{Rounds: 9, Corpus: "../shared/corpus"} }

// Report is what was measured.
type Report struct {
	machine  string
	settings Settings
	rows     []measured
	left     []string // what was left out, and why
}

// Run measures. What is left out goes to log, too. The context ends it between two
// inputs.
func Run(ctx context.Context, s Settings, log io.Writer) (*Report, error) {
	r := &Report{settings: s, machine: page.Machine()}
	for _, load := range []func() (input, error){large(10_000), large(40_000), official(s.Corpus)} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		in, err := load()
		if err != nil {
			fmt.Fprintf(log, "LEFT OUT: %v\n", err)
			r.left = append(r.left, err.Error())
			continue
		}
		row, err := measure(in, s.Rounds)
		if err != nil {
			return nil, err
		}
		r.rows = append(r.rows, row)
	}
	return r, nil
}

// measured is what one input cost.
type measured struct {
	input  input
	events int
	ours   []float64 // seconds
	ratios []float64
	heap   string
}

// measure times ours and the baseline in turn, so that what slows the machine
// slows both.
func measure(in input, rounds int) (measured, error) {
	m := measured{input: in}
	for range rounds {
		began := time.Now()
		events, err := in.hash()
		if err != nil {
			return m, fmt.Errorf("%s: %w", in.name, err)
		}
		mine := time.Since(began)
		began = time.Now()
		if err := in.baseline(); err != nil {
			return m, fmt.Errorf("%s: %w", in.name, err)
		}
		m.events = events
		m.ours = append(m.ours, mine.Seconds())
		m.ratios = append(m.ratios, float64(mine)/float64(time.Since(began)))
	}
	var err error
	m.heap, err = in.streamingHeap()
	return m, err
}

const benchmark = "epcis"

// Write puts the report into a page, between its marks.
func (r *Report) Write(file string) error { return page.Write(file, benchmark, r.String()) }

// Ratios are for the table of all benchmarks.
func (r *Report) Ratios() []page.Ratio {
	var list []page.Ratio
	for _, m := range r.rows {
		list = append(list, page.Ratio{What: m.input.name + ", read, validated and hashed, time, times encoding/json", Measured: page.SpreadOf(m.ratios)})
	}
	return list
}

// String is the report as Markdown.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\nMedians of %d interleaved rounds, least and most in brackets.\n\n"+
		"| input | events/s | MB/s | times encoding/json | heap while streaming |\n|---|---|---|---|---|\n", r.machine, r.settings.Rounds)
	for _, m := range r.rows {
		seconds := page.SpreadOf(m.ours).Median
		fmt.Fprintf(&b, "| %s, %.1f MB | %s | %.1f | %s | %s |\n", m.input.name, float64(m.input.size())/1e6,
			page.Short(float64(m.events)/seconds), float64(m.input.size())/1e6/seconds, page.SpreadOf(m.ratios), m.heap)
	}
	for _, why := range r.left {
		fmt.Fprintf(&b, "\nLeft out: %s.\n", why)
	}
	return b.String()
}
