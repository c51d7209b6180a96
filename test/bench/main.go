// Command bench measures against baselines in the same run, interleaved, and
// prints ratios: machines are noisy, and an absolute figure says little. Run it
// from the repository's root on a quiet machine:
//
//	go run ./test/bench            everything
//	go run ./test/bench epcis      reading, validating and hashing of EPCIS events
//	go run ./test/bench fields     fields of private records, shown and verified offline
//	go run ./test/bench readings   readings of devices, recorded and evaluated on a real network
//
// What it printed last, and where, is in docs/performance.md; -write puts the
// tables of fields and readings there.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/countersign-ledger/countersign/test/bench/events"
	"github.com/countersign-ledger/countersign/test/bench/fields"
	"github.com/countersign-ledger/countersign/test/bench/readings"
)

// options are what the flags say.
type options struct {
	rounds   int
	corpus   string
	events   events.Settings
	fields   fields.Settings
	readings readings.Settings
	write    bool
}

// docs is the page that -write changes.
const docs = "docs/performance.md"

func main() {
	o := options{events: events.Standard(), fields: fields.Standard(), readings: readings.Standard()}
	flag.IntVar(&o.rounds, "rounds", 9, "interleaved rounds of epcis; the median is printed")
	flag.StringVar(&o.corpus, "corpus", "../shared/corpus", "folder of third-party documents, for the official examples")
	flag.IntVar(&o.events.Rounds, "events-rounds", o.events.Rounds, "interleaved rounds of events")
	flag.Float64Var(&o.events.Seconds, "events-seconds", o.events.Seconds, "how long each load of events is measured in a round")
	flag.StringVar(&o.events.Only, "events-only", "", "measure only loads of events whose names contain this, and the baselines")
	flag.IntVar(&o.fields.Rounds, "fields-rounds", o.fields.Rounds, "interleaved rounds of fields")
	flag.DurationVar(&o.fields.Each, "fields-each", o.fields.Each, "how long each of fields is repeated in a round")
	flag.IntVar(&o.readings.Rounds, "readings-rounds", o.readings.Rounds, "interleaved rounds of readings")
	flag.Float64Var(&o.readings.Seconds, "seconds", o.readings.Seconds, "how long the first load of readings takes in each round; others take a sixth")
	flag.IntVar(&o.readings.Devices, "devices", o.readings.Devices, "devices that send readings at once")
	flag.StringVar(&o.readings.Only, "only", "", "measure only loads of readings whose names contain this, and the baseline")
	flag.BoolVar(&o.write, "write", false, "put the tables of fields and, when they are whole, of the readings into "+docs)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := all(ctx, o, flag.Args()); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// all runs the benchmarks that are named, or each.
func all(ctx context.Context, o options, names []string) error {
	if len(names) == 0 {
		names = []string{"epcis", "fields", "readings"}
	}
	for _, name := range names {
		switch name {
		case "epcis":
			if err := run(os.Stdout, o.rounds, o.corpus); err != nil {
				return err
			}
		case "events":
			if err := captured(ctx, o); err != nil {
				return err
			}
		case "fields":
			if err := shown(ctx, o); err != nil {
				return err
			}
		case "readings":
			if err := recorded(ctx, o); err != nil {
				return err
			}
		default:
			return fmt.Errorf("there is no benchmark %q; there are epcis, fields and readings", name)
		}
	}
	return nil
}

// captured measures events.
func captured(ctx context.Context, o options) error {
	report, err := events.Run(ctx, o.events, os.Stderr)
	if err != nil {
		return err
	}
	fmt.Println(report)
	if o.write && o.events.Only == "" {
		return report.Write(docs)
	}
	return nil
}

// shown measures fields of private records.
func shown(ctx context.Context, o options) error {
	report, err := fields.Run(ctx, o.fields)
	if err != nil {
		return err
	}
	fmt.Println(report)
	if o.write {
		return report.Write(docs)
	}
	return nil
}

// recorded measures readings.
func recorded(ctx context.Context, o options) error {
	report, err := readings.Run(ctx, o.readings, os.Stderr)
	if err != nil {
		return err
	}
	fmt.Println(report)
	if o.write && o.readings.Only == "" {
		return report.Write(docs)
	}
	return nil
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
