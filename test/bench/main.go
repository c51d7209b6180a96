// Command bench measures against baselines in the same run, interleaved, and
// prints ratios: machines are noisy, and an absolute figure says little. Run it
// from the repository's root on a quiet machine:
//
//	go run ./test/bench
//
// What it printed last, and where, is in docs/performance.md.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 9, "interleaved rounds; the median is printed")
	corpus := flag.String("corpus", "../shared/corpus", "folder of third-party documents, for the official examples")
	flag.Parse()
	if err := run(os.Stdout, *rounds, *corpus); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, rounds int, corpus string) error {
	fmt.Fprintf(out, "%s, %s/%s, %d processors; medians of %d interleaved rounds, spread in brackets\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), rounds)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "input\tevents\tMB\tevents/s\tMB/s\ttimes encoding/json\tpeak heap while streaming")
	for _, load := range []func() (input, error){large(10_000), large(40_000), official(corpus)} {
		in, err := load()
		if err != nil {
			fmt.Fprintf(out, "LEFT OUT: %v\n", err)
			continue
		}
		result, err := measure(in, rounds)
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%s\t%d\t%.1f\t%.0f\t%.1f\t%s\t%s\n", in.name, result.events, float64(in.size())/1e6,
			float64(result.events)/result.ours.Seconds(), float64(in.size())/1e6/result.ours.Seconds(), result.ratio, result.heap)
	}
	return table.Flush()
}

// measured is what one input cost.
type measured struct {
	events int
	ours   time.Duration
	ratio  spread
	heap   string
}

// measure times ours and the baseline in turn, so that what slows the machine
// slows both.
func measure(in input, rounds int) (measured, error) {
	var m measured
	var ours []time.Duration
	var ratios []float64
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
		ours = append(ours, mine)
		ratios = append(ratios, float64(mine)/float64(time.Since(began)))
	}
	slices.Sort(ours)
	m.ours, m.ratio = ours[len(ours)/2], spreadOf(ratios)
	var err error
	m.heap, err = in.streamingHeap()
	return m, err
}

// spread is a median with the extremes.
type spread struct{ median, least, most float64 }

func spreadOf(values []float64) spread {
	slices.Sort(values)
	return spread{values[len(values)/2], values[0], values[len(values)-1]}
}

func (s spread) String() string { return fmt.Sprintf("%.2f [%.2f-%.2f]", s.median, s.least, s.most) }
