package readings

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/network"
	"github.com/countersign-ledger/countersign/test/bench/page"
)

// Settings say how much to measure.
type Settings struct {
	// Rounds is how often each load is measured, in turn with the others.
	Rounds int
	// Seconds is how long the headline takes at least in each round, the other loads a
	// sixth of it.
	Seconds float64
	// Devices is how many there are in each fleet.
	Devices int
	// Longest bounds the readings of a recording.
	Longest int
	// Only leaves out the loads whose names do not contain it, but for the
	// baseline.
	Only string
}

// Standard is what docs/performance.md shows.
func Standard() Settings { return Settings{Rounds: 3, Seconds: 20, Devices: 64, Longest: 100_000} }

// bench is a measurement under way.
type bench struct {
	Settings
	place    place
	log      io.Writer
	operator *client.Client
	gateway  *client.Client
	begin    time.Time // of all readings
	fleets   map[string]*fleet
	devices  int
	goods    int
}

// Run starts the default network, measures, and stops it. What it is doing goes
// to log.
func Run(ctx context.Context, s Settings, log io.Writer) (report *Report, err error) {
	here := page.Machine()
	fmt.Fprintf(log, "%s\n", here)
	started, err := startNetwork(ctx, func(e network.Event) {
		fmt.Fprintf(log, "network: %5.1f s  %s: %s\n", e.Elapsed.Seconds(), e.Step, e.Detail)
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, started.stop()) }()
	if report, err = run(ctx, started, s, log); err == nil {
		report.machine = here
	}
	return report, err
}

func run(ctx context.Context, p place, s Settings, log io.Writer) (report *Report, err error) {
	b := &bench{Settings: s, place: p, log: log, begin: time.Now().AddDate(-5, 0, 0).Truncate(time.Second), fleets: map[string]*fleet{}}
	if err := b.prepare(ctx); err != nil {
		return nil, errors.Join(err, b.close())
	}
	report, err = b.rounds(ctx)
	return report, errors.Join(err, b.close())
}

func (b *bench) close() (err error) {
	for _, c := range []*client.Client{b.operator, b.gateway} {
		if c != nil {
			err = errors.Join(err, c.Close())
		}
	}
	return err
}

func (b *bench) prepare(ctx context.Context) (err error) {
	if err := found(ctx, b.place); err != nil {
		return fmt.Errorf("found the consortium: %w", err)
	}
	if b.operator, err = b.place.connect(ctx, manufacturer, "admin"); err != nil {
		return err
	}
	if b.gateway, err = b.place.connect(ctx, manufacturer, "gateway"); err != nil {
		return err
	}
	for _, k := range kinds {
		if b.fleets[k.name], err = b.enrol(ctx, k, b.Devices); err != nil {
			return fmt.Errorf("enrol the fleet %s: %w", k.name, err)
		}
		b.logf("enrolled the fleet %s: %d devices, %d watches", k.name, b.Devices, len(b.fleets[k.name].watches))
	}
	return nil
}

// rounds measures every load once to find out how much work it needs, and then
// in each round.
func (b *bench) rounds(ctx context.Context) (*Report, error) {
	report := newReport(b.Settings, b.loads())
	last := map[string]sample{}
	for round := range b.Rounds + 1 {
		for _, l := range report.loads {
			if report.failed[l.Name] != nil {
				continue
			}
			each := 1
			if round > 0 {
				each = l.enough(last[l.Name], len(l.of(b.fleets[l.Fleet])))
			}
			s, err := b.measure(ctx, l, each)
			switch {
			case err == nil:
			case l.Fleet == plain || ctx.Err() != nil:
				return nil, fmt.Errorf("%s: %w", l.Name, err)
			default: // the other fleets know nothing of it
				b.logf("round %d of %d, %s FAILED: %v", round, b.Rounds, l.Name, err)
				report.failed[l.Name] = err
				continue
			}
			b.logf("round %d of %d, %s: %.0f readings/s in %.1f s, %.0f ns of CPU a reading",
				round, b.Rounds, l.Name, s.rate(), s.took.Seconds(), s.each(s.processors.total()))
			last[l.Name] = s
			if round > 0 {
				report.samples[l.Name] = append(report.samples[l.Name], s)
			}
		}
		if round > 0 {
			if err := report.alones(b.Longest); err != nil {
				return nil, err
			}
		}
	}
	return report, nil
}

func (b *bench) logf(format string, args ...any) { fmt.Fprintf(b.log, format+"\n", args...) }
