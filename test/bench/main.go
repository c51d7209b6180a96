// Command bench measures against baselines in the same run, interleaved, and
// prints ratios: machines are noisy, and an absolute figure says little. Run it
// from the repository's root on a quiet machine:
//
//	go run ./test/bench            everything, in about half an hour
//	go run ./test/bench events     events on a real network, against asset transfer
//	                               and bare fabric-gateway
//	go run ./test/bench evidence   verification of evidence, against its signatures
//	go run ./test/bench fields     fields of private records, shown and verified offline
//	go run ./test/bench epcis      reading, validating and hashing of EPCIS events
//	go run ./test/bench readings   readings of devices, recorded and evaluated on a real network
//
// What it printed last, and where, is in docs/performance.md; -write puts the tables
// there. -only picks loads of events and readings by a part of their names, with the
// baselines.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/countersign-ledger/countersign/test/bench/epcis"
	"github.com/countersign-ledger/countersign/test/bench/events"
	"github.com/countersign-ledger/countersign/test/bench/evidence"
	"github.com/countersign-ledger/countersign/test/bench/fields"
	"github.com/countersign-ledger/countersign/test/bench/page"
	"github.com/countersign-ledger/countersign/test/bench/readings"
)

// options are what the flags say.
type options struct {
	epcis    epcis.Settings
	events   events.Settings
	evidence evidence.Settings
	fields   fields.Settings
	readings readings.Settings
	only     string
	write    bool
}

// docs is the page that -write changes.
const docs = "docs/performance.md"

func main() {
	o := options{
		epcis: epcis.Standard(), events: events.Standard(), evidence: evidence.Standard(),
		fields: fields.Standard(), readings: readings.Standard(),
	}
	flag.IntVar(&o.events.Rounds, "events-rounds", o.events.Rounds, "interleaved rounds of events")
	flag.Float64Var(&o.events.Seconds, "events-seconds", o.events.Seconds, "how long each load of events is measured in a round")
	flag.IntVar(&o.evidence.Rounds, "evidence-rounds", o.evidence.Rounds, "interleaved rounds of evidence")
	flag.DurationVar(&o.evidence.Each, "evidence-each", o.evidence.Each, "how long each of evidence is repeated in a round")
	flag.IntVar(&o.epcis.Rounds, "epcis-rounds", o.epcis.Rounds, "interleaved rounds of epcis")
	flag.StringVar(&o.epcis.Corpus, "corpus", o.epcis.Corpus, "folder of third-party documents, for the official examples")
	flag.IntVar(&o.fields.Rounds, "fields-rounds", o.fields.Rounds, "interleaved rounds of fields")
	flag.DurationVar(&o.fields.Each, "fields-each", o.fields.Each, "how long each of fields is repeated in a round")
	flag.IntVar(&o.readings.Rounds, "readings-rounds", o.readings.Rounds, "interleaved rounds of readings")
	flag.Float64Var(&o.readings.Seconds, "seconds", o.readings.Seconds, "how long the first load of readings takes in each round; others take a sixth")
	flag.IntVar(&o.readings.Devices, "devices", o.readings.Devices, "devices that send readings at once")
	flag.StringVar(&o.only, "only", "", "measure only loads of events and readings whose names contain this, and the baselines")
	flag.BoolVar(&o.write, "write", false, "put the tables, when they are whole, into "+docs)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := all(ctx, o, flag.Args()); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// report is what a benchmark has measured: a part of the page.
type report interface {
	fmt.Stringer
	Ratios() []page.Ratio
	Write(file string) error
}

// section is a benchmark.
type section struct {
	name string
	run  func(context.Context) (report, error)
}

func (o options) sections() []section {
	o.events.Only, o.readings.Only = o.only, o.only
	return []section{
		{"events", func(ctx context.Context) (report, error) { return events.Run(ctx, o.events, os.Stderr) }},
		{"evidence", func(ctx context.Context) (report, error) { return evidence.Run(ctx, o.evidence) }},
		{"fields", func(ctx context.Context) (report, error) { return fields.Run(ctx, o.fields) }},
		{"epcis", func(ctx context.Context) (report, error) { return epcis.Run(ctx, o.epcis, os.Stderr) }},
		{"readings", func(ctx context.Context) (report, error) { return readings.Run(ctx, o.readings, os.Stderr) }},
	}
}

// all runs the benchmarks that are named, or each.
func all(ctx context.Context, o options, names []string) error {
	known := o.sections()
	for _, name := range names {
		if !slices.ContainsFunc(known, func(s section) bool { return s.name == name }) {
			return fmt.Errorf("there is no benchmark %q; there are %s", name, strings.Join(named(known), ", "))
		}
	}
	if o.write && o.only != "" {
		return errors.New("-write puts whole sections on the page: leave out -only")
	}
	ratios := page.NewSummary(named(known))
	for _, s := range known {
		if len(names) > 0 && !slices.Contains(names, s.name) {
			continue
		}
		measured, err := s.run(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		ratios.Add(s.name, measured.Ratios())
		fmt.Printf("## %s\n\n%s\n", s.name, measured)
		if o.write {
			if err := errors.Join(measured.Write(docs), ratios.Write(docs)); err != nil {
				return err
			}
		}
	}
	fmt.Printf("## Ratios\n\n%s", ratios)
	return nil
}

func named(list []section) []string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.name
	}
	return names
}
