package network

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/countersign-ledger/countersign/network/internal/process"
)

// The steps that Event and StartError name.
const (
	stepPrograms   = "programs"
	stepIdentities = "identities"
	stepNodes      = "nodes"
	stepChannel    = "channel"
	stepChaincode  = "chaincode"
	stepReady      = "ready"
)

// attempts is how often Start begins anew when a port that was free is taken
// before its node listens.
const attempts = 3

// Start starts a network and returns when it is ready: every trading
// organisation has endorsed one transaction, and it is committed. If it returns
// an error, nothing is left running. When ctx ends during Start, Start ends;
// afterwards ctx has no effect, and [Network.Stop] ends the network.
//
// Errors, all to be found with errors.As or errors.Is: [*TopologyError],
// [*DirectoryError], [*PortError], [ErrFewFiles], [ErrPlatform], [*StartError] for
// a step that failed (with a [*NodeError] in it if a node died), [ErrOrphaned], and
// that of ctx.
func Start(ctx context.Context, t Topology, options ...Option) (*Network, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	c := newConfig(options)
	t = t.withDefaults()
	if err := possible(t, c); err != nil {
		return nil, err
	}
	tell := teller(c.progress)

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	orphaned := process.OnOrphaned(func() { cancel(ErrOrphaned) })
	defer orphaned()

	tell(Event{Step: stepPrograms, Detail: "looking for Fabric and the chaincode server"})
	found, err := findPrograms(ctx, c, t, tell)
	defer func() {
		cancel(nil)
		found.settle()
	}()
	if err != nil {
		return nil, &StartError{Step: stepPrograms, Err: err}
	}
	for attempt := 1; ; attempt++ {
		n, err := start(ctx, t, c, found, tell)
		if err == nil {
			n.watch()
			return n, nil
		}
		if attempt == attempts || !lostPort(err) || ctx.Err() != nil {
			return nil, err
		}
		tell(Event{Step: stepNodes, Detail: "a port was taken in the meantime; starting again with others"})
	}
}

// possible finds out what would keep the network from starting however well its
// programs are built, for that may take minutes. It leaves the directory to start.
func possible(t Topology, c config) error {
	if runtime.GOOS != "linux" {
		return ErrPlatform
	}
	if err := enoughFiles(); err != nil {
		return err
	}
	_, release, err := reserve(t, c)
	if err != nil {
		return err
	}
	return release()
}

// reserve takes a directory with enough space, and ports, until they are released.
func reserve(t Topology, c config) (*plan, func() error, error) {
	l, release, err := openDirectory(c.dir)
	if err != nil {
		return nil, nil, err
	}
	if err := enoughSpace(l.root); err != nil {
		return nil, nil, errors.Join(err, release())
	}
	p, err := newPlan(t, l)
	if err != nil {
		return nil, nil, errors.Join(err, release())
	}
	return p, func() error { return errors.Join(p.release(), release()) }, nil
}

// watch stops the network when the go tool that runs this program dies.
func (n *Network) watch() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.watched = process.OnOrphaned(func() {
		n.fail(ErrOrphaned)
		_ = n.Stop(context.Background())
	})
}

// teller adds the time since now to events, and tells them one at a time.
func teller(told func(Event)) func(Event) {
	began := time.Now()
	var mu sync.Mutex
	return func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		e.Elapsed = time.Since(began)
		told(e)
	}
}

// start is one attempt. It leaves nothing behind when it fails.
func start(ctx context.Context, t Topology, c config, found *programs, tell func(Event)) (*Network, error) {
	began := time.Now()
	p, release, err := reserve(t, c)
	if err != nil {
		return nil, err
	}
	n := &Network{plan: p, group: process.NewGroup(), release: release, began: began, done: make(chan struct{}), changing: make(chan struct{}, 1), stopping: make(chan struct{})}

	limited, cancel := context.WithTimeoutCause(ctx, c.limit, fmt.Errorf("not done after %s", c.limit))
	defer cancel()
	n.kept = &kept{programs: found, logSpec: c.logSpec, limit: c.limit}
	run := &starting{kept: n.kept, network: n, tell: tell}
	if err := run.all(limited); err != nil {
		stopCtx, cancelStop := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
		defer cancelStop()
		return nil, errors.Join(err, n.Stop(stopCtx))
	}
	n.ready = time.Since(began)
	n.writeStatus()
	tell(Event{Step: stepReady, Detail: fmt.Sprintf("endorsed by all trading organisations and committed after %s", n.ready.Round(time.Millisecond))})
	return n, nil
}

// stopLimit is how long nodes of a network that failed to start may take to end.
const stopLimit = 5 * time.Second
