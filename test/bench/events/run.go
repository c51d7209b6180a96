package events

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/network"
	"github.com/countersign-ledger/countersign/test/bench/baseline"
	"github.com/countersign-ledger/countersign/test/bench/page"
)

// sender is the organisation of all callers.
const sender = "manufacturer"

// endorsing are the organisations that endorse each transaction.
var endorsing = []string{"ManufacturerMSP", "CarrierMSP", "RetailerMSP"}

// Settings say how much to measure.
type Settings struct {
	// Rounds is how often each load is measured, on a network of its own.
	Rounds int
	// Seconds is how long a window is in which a load is measured: one of the two in
	// each round, of what is compared with others.
	Seconds float64
	// Only leaves out the loads whose names do not contain it, but for asset transfer
	// and one event a transaction.
	Only string
}

// Standard is what docs/performance.md shows.
func Standard() Settings { return Settings{Rounds: 5, Seconds: 4} }

// bench is a round of measurements under way, on a network of its own: ledgers grow, and
// a larger one takes more to keep, so rounds on one network would not be alike.
type bench struct {
	Settings
	log      io.Writer
	network  *network.Network
	bare     *baseline.Gateway
	client   *client.Client
	servers  []int // further chaincode servers
	runs     int
	recorded int // events so far, transfers too

	mu    sync.Mutex
	stock []string // objects that were commissioned and not shipped
}

// next names a run of a load, so that no two write the same keys.
func (b *bench) next() string {
	b.runs++
	return strconv.FormatInt(int64(b.runs), 36)
}

// Run measures, in each round on the default network with the baselines on it. What it
// is doing goes to log.
func Run(ctx context.Context, s Settings, log io.Writer) (*Report, error) {
	r := &Report{machine: page.Machine(), settings: s, samples: map[string][]sample{}}
	fmt.Fprintln(log, r.machine)
	r.throughput, r.overhead = s.only(throughput()), s.only(overhead())
	for round := range s.Rounds {
		if err := r.round(ctx, round, log); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// round measures each load once.
func (r *Report) round(ctx context.Context, round int, log io.Writer) (err error) {
	b := &bench{Settings: r.settings, log: log}
	defer func() { err = errors.Join(err, b.close()) }()
	if b.network, err = network.Start(ctx, network.Default()); err != nil {
		return err
	}
	stop, err := b.prepare(ctx)
	defer func() { err = errors.Join(err, stop()) }()
	if err != nil {
		return err
	}
	for _, l := range r.throughput[:min(len(r.throughput), warmed)] { // so that nodes are not cold for the first alone
		if _, err := b.drive(ctx, l, warmUp); err != nil {
			return fmt.Errorf("%s: %w", l.Name, err)
		}
	}
	for _, l := range r.order() {
		if l.Name == grown {
			r.grown = append(r.grown, float64(b.recorded))
		}
		s, err := b.drive(ctx, l, time.Duration(b.Seconds*float64(time.Second)))
		if err != nil {
			return fmt.Errorf("%s: %w", l.Name, err)
		}
		r.add(l, round, s)
		b.logf("round %d of %d, %s: %.0f events/s, p50 %v, %.2f ms CPU an event, %d ledger bytes an event", round+1, b.Rounds, l.Name,
			s.rate(), s.latency(50).Round(time.Millisecond), s.used.total().Seconds()*1000/float64(max(s.events, 1)), s.used.ledger/int64(max(s.events, 1)))
	}
	return nil
}

// add counts a measurement in with that of the same round, if there is one.
func (r *Report) add(l Load, round int, s sample) {
	if list := r.samples[l.Name]; len(list) > round {
		list[round] = list[round].with(s)
		return
	}
	r.samples[l.Name] = append(r.samples[l.Name], s)
}

// warmed is how many loads are run for a moment before a round: the baselines and one
// event a transaction.
const warmed = 3

// order is what a round measures: what is compared there and back, so that a ledger
// that has grown weighs on none more than on another; then the rest, once.
func (r *Report) order() []Load {
	var compared, rest []Load
	for _, l := range slices.Concat(r.throughput, r.overhead) {
		if l.Alone {
			rest = append(rest, l)
		} else {
			compared = append(compared, l)
		}
	}
	back := slices.Clone(compared)
	slices.Reverse(back)
	return slices.Concat(compared, back, rest)
}

// prepare deploys the baselines, puts the organisations on the ledger and connects.
func (b *bench) prepare(ctx context.Context) (stop func() error, err error) {
	var deployed []*baseline.Deployed
	stop = func() (err error) {
		for _, d := range deployed {
			err = errors.Join(err, d.Stop())
		}
		return err
	}
	dir, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return stop, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	binary, err := baseline.Build(ctx, dir)
	if err != nil {
		return stop, err
	}
	for _, flavour := range []string{baseline.Contract, baseline.Shim} {
		d, err := baseline.Deploy(ctx, b.network, binary, flavour)
		if err != nil {
			return stop, err
		}
		deployed = append(deployed, d)
		b.servers = append(b.servers, d.PIDs()...)
		b.logf("deployed %s beside countersign", d.Name)
	}
	if err := b.found(ctx); err != nil {
		return stop, fmt.Errorf("found the consortium: %w", err)
	}
	if b.client, err = b.connect(ctx, sender, "operator"); err != nil {
		return stop, err
	}
	b.bare, err = baseline.Connect(b.network, sender, "operator")
	return stop, err
}

func (b *bench) connect(ctx context.Context, organisation, user string) (*client.Client, error) {
	return client.Connect(ctx,
		client.WithProfile(b.network.Profile(organisation)), client.WithMSP(b.network.MSPDir(organisation, user)),
		client.WithTimeouts(client.Timeouts{Endorse: time.Minute, Submit: time.Minute, Commit: 2 * time.Minute}))
}

// founders are the organisations: the sender with the licence for the goods, and the
// retailer with a GLN to ship to.
func founders() []participant.Organisation {
	list := make([]participant.Organisation, len(endorsing))
	for i, mspID := range endorsing {
		name := strings.ToLower(strings.TrimSuffix(mspID, "MSP"))
		list[i] = participant.Organisation{MSP: mspID, Name: name, Roles: []string{name}}
	}
	list[0].Licences = []participant.Licence{{Prefix: "9521321"}}
	list[2].GLNs = []string{retailer}
	return list
}

// found puts the organisations on the ledger.
func (b *bench) found(ctx context.Context) error {
	proposal := participant.Proposal{Reason: "benchmark", Organisations: founders()}
	var id string
	for _, mspID := range endorsing {
		admin, err := b.connect(ctx, strings.ToLower(strings.TrimSuffix(mspID, "MSP")), "admin")
		if err != nil {
			return err
		}
		if id == "" {
			proposed, err := admin.Propose(ctx, proposal)
			if err != nil {
				return errors.Join(err, admin.Close())
			}
			id = proposed.Proposal
		}
		_, err = admin.Approve(ctx, id)
		if err := errors.Join(err, admin.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) close() (err error) {
	if b.client != nil {
		err = errors.Join(err, b.client.Close())
	}
	if b.bare != nil {
		err = errors.Join(err, b.bare.Close())
	}
	if b.network != nil {
		err = errors.Join(err, b.network.Stop(context.Background()))
	}
	return err
}

// only leaves out what is not asked for.
func (s Settings) only(list []Load) []Load {
	return slices.DeleteFunc(list, func(l Load) bool {
		return l.Name != assets && l.Name != single && !strings.Contains(l.Name, s.Only)
	})
}

func (b *bench) logf(format string, args ...any) { fmt.Fprintf(b.log, format+"\n", args...) }
