package network

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Admit adds an organisation to the channel while it runs, as operators do: its
// nodes start; as many trading organisations as the channel's Admins policy asks
// for sign the update that makes it a member and, if it trades, puts it into the
// policies of writers, endorsement, lifecycle and administrators; its peers join
// and get its chaincode package; and all trading organisations, it included, agree
// on a definition of the chaincode with the endorsement policy and the collections
// of the enlarged consortium, changed by d. A reader becomes a member that only
// reads; if nothing in the definition changes with it, none is committed.
//
// If Topology.Chaincode.Collections was given, it stays as it is unless d brings
// another. The numbers in the policies stay, too: those who must endorse or agree
// are then as many of more.
//
// Admit returns when every peer knows the newcomer's peers and the newcomer's
// client has had a query endorsed by all trading organisations. Connection
// profiles are written anew, so clients that should know its peers read theirs
// again.
//
// Errors: [*ChangeError], with a [*TopologyError], a [*PortError], [ErrNodeStopped]
// while a node is stopped, [ErrNotRunning] after Stop, a [*NodeError] if one of its
// nodes dies, what Fabric refuses, or the end of ctx. Its nodes are then stopped.
// Before step "join" nothing is left of it; from then on the channel counts it as
// a member, and a network that is to be whole is started anew.
func (n *Network) Admit(ctx context.Context, o Organisation, d Definition) error {
	return n.change(ctx, "admit "+o.Name, func(ctx context.Context, c *change) error {
		before := n.places()
		t := before.topology
		t.Organisations = append(slices.Clone(t.Organisations), o)
		t = d.in(t).withDefaults()
		if err := t.follows(before.topology); err != nil {
			return err
		}
		if err := n.whole(); err != nil {
			return err
		}
		arrival, err := c.arrive(before, t)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		arrival.cancel = cancel
		if err := arrival.all(ctx); err != nil {
			return errors.Join(rootCause(ctx, err), arrival.leave())
		}
		return nil
	})
}

// arrival is an organisation on its way into the channel.
type arrival struct {
	*change
	before   *plan
	newcomer Organisation
	cancel   context.CancelCauseFunc
	admitted atomic.Bool // from then on its nodes are the network's
}

// arrive reserves places for the newcomer's nodes.
func (c *change) arrive(before *plan, t Topology) (*arrival, error) {
	var err error
	if c.next, err = before.grown(t); err != nil {
		return nil, err
	}
	return &arrival{change: c, before: before, newcomer: t.Organisations[len(t.Organisations)-1]}, nil
}

func (a *arrival) all(ctx context.Context) error {
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{stepPrepare, a.settleIn},
		{stepMembership, a.becomeMember},
		{stepJoin, a.join},
		{stepApprove, a.agree},
	} {
		a.at(step.name)
		if err := step.do(ctx); err != nil {
			return err
		}
	}
	return a.takeUp()
}

// settleIn makes the newcomer's identities and starts its nodes, which serve
// nobody yet.
func (a *arrival) settleIn(ctx context.Context) error {
	o := a.newcomer
	a.ids.forget(o.Name)
	if err := a.ids.member(a.next, o); err != nil {
		return err
	}
	if err := a.ids.writeRoots(a.next); err != nil {
		return err
	}
	if err := configurePeers(a.next, o, a.programs, a.logSpec); err != nil {
		return err
	}
	if n := a.next.serviceOf(o.Name); n != nil {
		packed, err := pack(a.next, n, a.ids)
		if err != nil {
			return err
		}
		a.packages[o.Name] = packed
	}
	if err := a.connect(a.next, a.ids); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return each(a.next.peersOf(o.Name), func(m *node) error {
			if err := a.run(m); err != nil {
				return err
			}
			return m.listening(ctx)
		})
	})
	if !o.Reader {
		g.Go(func() error { return a.startService(ctx, a.next, o, a.run) })
	}
	return g.Wait()
}

// run starts a node. Its death ends the admission, and later the network.
func (a *arrival) run(m *node) error {
	return m.start(a.network.group, func(err *NodeError) {
		a.cancel(err)
		if a.admitted.Load() {
			a.network.fail(err)
		}
	})
}

// join takes the newcomer's peers into the channel and waits until they have all
// its blocks.
func (a *arrival) join(ctx context.Context) error {
	if err := a.equip(ctx, a.of(a.newcomer.Name)); err != nil {
		return err
	}
	return a.follow(ctx, a.next.topology.Channel)
}

// agree commits a definition if it differs from the one that there is. In any case
// the newcomer takes part when it returns.
func (a *arrival) agree(ctx context.Context) error {
	same, err := sameDefinition(a.before.topology, a.next.topology)
	if err != nil {
		return err
	}
	if same {
		a.at(stepSettle)
		return a.prove(ctx, a.next)
	}
	return a.redefine(ctx)
}

func sameDefinition(a, b Topology) (bool, error) {
	first, firstCollections, err := define(a, firstSequence)
	if err != nil {
		return false, err
	}
	second, secondCollections, err := define(b, firstSequence)
	if err != nil {
		return false, err
	}
	return first.Version == second.Version && bytes.Equal(firstCollections, secondCollections) &&
		first.ApplicationPolicy.String() == second.ApplicationPolicy.String(), nil
}

// takeUp makes the newcomer and its nodes the network's.
func (a *arrival) takeUp() error {
	n := a.network
	n.mu.Lock()
	release, own := n.release, a.next.release
	n.release = func() error { return errors.Join(own(), release()) }
	n.mu.Unlock()
	a.admitted.Store(true)
	return a.adopt()
}

// leave ends the nodes of a newcomer that was not admitted.
func (a *arrival) leave() error {
	ctx, cancel := context.WithTimeout(context.Background(), settleLimit)
	defer cancel()
	var errs []error
	for _, nodes := range [][]*node{a.next.services, a.next.peers} {
		errs = append(errs, each(nodes, func(m *node) error {
			if m.organisation != a.newcomer.Name {
				return nil
			}
			return m.stop(ctx, false)
		}))
	}
	delete(a.packages, a.newcomer.Name)
	errs = append(errs, a.ids.writeRoots(a.before), a.next.release())
	errs = append(errs, os.RemoveAll(a.next.layout.organisation(a.newcomer.Name)))
	return errors.Join(errs...)
}
