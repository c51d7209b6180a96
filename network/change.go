package network

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hyperledger/fabric-admin-sdk/pkg/chaincode"
	"golang.org/x/sync/errgroup"
)

// The steps of a change of a running channel that [ChangeError] names.
const (
	stepPrepare    = "prepare"    // nothing of the channel is touched
	stepMembership = "membership" // the channel's configuration
	stepJoin       = "join"       // the newcomer's peers
	stepApprove    = "approve"    // the chaincode's definition
	stepCommit     = "commit"
	stepSettle     = "settle" // until all peers follow
)

// ChangeError says which step of a change of a running channel failed, and what
// stands all the same: a ledger takes nothing back.
type ChangeError struct {
	// Change is what was to be done, such as "admit grower".
	Change string
	// Step is one of "prepare", "membership", "join", "approve", "commit" and
	// "settle".
	Step string
	// Done says in sentences what has been done and stays so; empty if nothing
	// was. What was approved and not committed binds nobody: the next definition
	// replaces it.
	Done []string
	// Err is the cause; a [*NodeError] when a node died.
	Err error
}

// Error names the change, its step, the cause, and what stands.
func (e *ChangeError) Error() string {
	text := fmt.Sprintf("network: %s: %s: %v", e.Change, e.Step, e.Err)
	if len(e.Done) == 0 {
		return text + " (nothing was changed)"
	}
	return text + " (what stands: " + strings.Join(e.Done, "; ") + ")"
}

// Unwrap gives the cause.
func (e *ChangeError) Unwrap() error { return e.Err }

// change is a change of a running channel on its way.
type change struct {
	*kept
	network *Network
	name    string
	next    *plan // as it will be
	administrators

	mu   sync.Mutex
	step string
	done []string
}

// change does something to the channel, one change at a time. It ends with ctx,
// with the network, and after the time that [WithTimeout] gives.
func (n *Network) change(ctx context.Context, name string, do func(context.Context, *change) error) error {
	c := &change{kept: n.kept, network: n, name: name, step: stepPrepare}
	ctx, unwatch := n.during(ctx)
	defer unwatch()
	select {
	case n.changing <- struct{}{}:
		defer func() { <-n.changing }()
	case <-ctx.Done():
		return c.failed(context.Cause(ctx))
	}
	ctx, expire := context.WithTimeoutCause(ctx, n.kept.limit, fmt.Errorf("not done after %s", n.kept.limit))
	defer expire()
	defer c.hangUp()
	if err := do(ctx, c); err != nil {
		return c.failed(rootCause(ctx, err))
	}
	return nil
}

// during ends a context when the network is to stop or is no longer whole.
func (n *Network) during(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	watched := make(chan struct{})
	watch := func() {
		select {
		case <-n.stopping:
			cancel(ErrNotRunning)
		case <-n.done:
			cancel(n.Err())
		case <-ctx.Done():
		}
	}
	select {
	case <-n.stopping:
		cancel(ErrNotRunning) // before anything begins
	default:
	}
	go func() {
		defer close(watched)
		watch()
	}()
	return ctx, func() { cancel(nil); <-watched }
}

func (c *change) failed(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &ChangeError{Change: c.name, Step: c.step, Done: c.done, Err: err}
}

// at begins a step.
func (c *change) at(step string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.step = step
}

// stands notes what has been done and will not be undone.
func (c *change) stands(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done = append(c.done, fmt.Sprintf(format, args...))
}

// whole refuses to begin while a node does not run: the change would wait for it.
func (n *Network) whole() error {
	for _, m := range n.places().nodes() {
		if !m.status().Running {
			return fmt.Errorf("%w: %s: start it first", ErrNodeStopped, m.name)
		}
	}
	return nil
}

// redefine has every trading organisation approve the next definition of the
// chaincode, commits it, and waits until all peers follow it.
func (c *change) redefine(ctx context.Context) error {
	t := c.next.topology
	c.at(stepApprove)
	sequence, err := c.members[0].sequence(ctx, t)
	if err != nil {
		return err
	}
	sequence++
	d, document, err := define(t, sequence)
	if err != nil {
		return err
	}
	if err := c.approve(ctx, d); err != nil {
		return err
	}
	c.at(stepCommit)
	if err := c.commit(ctx, d); err != nil {
		return err
	}
	c.stands("definition %d of %s is committed", sequence, t.Chaincode.Name)
	c.at(stepSettle)
	if err := c.follow(ctx, t.Channel); err != nil {
		return err
	}
	if err := c.prove(ctx, c.next); err != nil {
		return err
	}
	return describe(c.next.topology, c.next.layout, document)
}

func (c *change) approve(ctx context.Context, d *chaincode.Definition) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, m := range c.trading() {
		g.Go(func() error {
			if err := m.approveNext(ctx, *d, c.packages[m.organisation.Name].ID); err != nil {
				return err
			}
			c.stands("%s approved definition %d of %s", m.organisation.Name, d.Sequence, d.Name)
			return nil
		})
	}
	return g.Wait()
}

// commit makes the definition effective. What got through although it reported a
// failure is found on the channel.
func (c *change) commit(ctx context.Context, d *chaincode.Definition) error {
	m := c.members[0]
	err := until(ctx, func(ctx context.Context) error {
		err := chaincode.NewGateway(m.connection, m.identity).Commit(ctx, d)
		if err == nil {
			return nil
		}
		look, cancel := context.WithTimeout(ctx, lookFor)
		defer cancel()
		if now, failed := m.sequence(look, c.next.topology); failed == nil && now == d.Sequence {
			return nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s commits the chaincode: %w", m.organisation.Name, err)
	}
	return nil
}

// follow waits until every peer is as high as the first one is now.
func (c *change) follow(ctx context.Context, channel string) error {
	height, err := c.members[0].height(ctx, channel)
	if err != nil {
		return fmt.Errorf("%s: %w", c.members[0].peer.name, err)
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, a := range c.admins {
		g.Go(func() error { return a.reach(ctx, channel, height) })
	}
	return g.Wait()
}

// adopt makes the plan the network's own, and tells other processes.
func (c *change) adopt() error {
	n := c.network
	n.mu.Lock()
	n.plan = c.next
	n.mu.Unlock()
	n.writeStatus()
	return writeProfiles(c.next, c.ids)
}

// settleLimit is how long nodes of an organisation that was not admitted may take
// to end.
const settleLimit = 5 * time.Second
