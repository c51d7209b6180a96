package network

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hyperledger/fabric-admin-sdk/pkg/chaincode"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"golang.org/x/sync/errgroup"

	"github.com/countersign-ledger/countersign/network/internal/ccpackage"
)

// starting is a network on its way up. Whatever does not depend on another step
// runs beside it.
type starting struct {
	*kept
	network *Network
	tell    func(Event)

	definition *chaincode.Definition
	administrators
	ordering chan struct{} // closed when the orderers serve the channel
}

// kept is what it takes to change a network that runs.
type kept struct {
	programs *programs
	logSpec  string
	limit    time.Duration
	ids      *identities
	block    *common.Block                 // the channel's first
	packages map[string]*ccpackage.Package // by organisation
	turn     sync.Mutex                    // held by the peer that joins the channel
}

// all does every step. A node's death ends them all, with its reason.
func (s *starting) all(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.ordering = make(chan struct{})
	defer s.hangUp()
	for _, step := range []struct {
		name, detail string
		do           func(context.Context) error
	}{
		{stepIdentities, "keys, certificates, genesis block and configuration", s.prepare},
		{stepNodes, "orderers, peers and chaincode servers", s.nodes(cancel)},
		{stepChaincode, "committing the definition", s.commit},
		{stepReady, "waiting for an endorsement by every trading organisation", s.prove},
	} {
		s.tell(Event{Step: step.name, Detail: step.detail})
		if err := step.do(ctx); err != nil {
			return &StartError{Step: step.name, Err: diskFullError(s.network.Dir(), rootCause(ctx, err))}
		}
	}
	return nil
}

// rootCause prefers the death of a node to the failures that follow from it,
// though a call may fail a moment before the death is noticed. Why the context
// ended is in the error in any case: gRPC says no more than that it did.
func rootCause(ctx context.Context, err error) error {
	select {
	case <-ctx.Done():
	case <-time.After(deathNotice):
	}
	var node *NodeError
	switch cause := context.Cause(ctx); {
	case errors.As(cause, &node):
		return cause
	case cause == nil || errors.Is(err, cause):
		return err
	default:
		return fmt.Errorf("%w; last failure: %w", cause, err)
	}
}

const deathNotice = 200 * time.Millisecond

func (s *starting) prepare(context.Context) error {
	p := s.network.plan
	var err error
	if s.ids, err = issue(p); err != nil {
		return err
	}
	if s.block, err = genesis(p, s.ids); err != nil {
		return err
	}
	if err = configure(p, s.programs, s.logSpec); err != nil {
		return err
	}
	if s.packages, err = packages(p, s.ids); err != nil {
		return err
	}
	if s.definition, err = definition(p.topology, p.layout); err != nil {
		return err
	}
	if err = s.connect(p, s.ids); err != nil {
		return err
	}
	return writeProfiles(p, s.ids)
}

// nodes starts every node, joins it to the channel and has every trading
// organisation install and approve the chaincode.
func (s *starting) nodes(cancel context.CancelCauseFunc) func(context.Context) error {
	return func(ctx context.Context) error {
		g, ctx := errgroup.WithContext(ctx)
		run := func(n *node) error {
			return n.start(s.network.group, func(err *NodeError) {
				cancel(err)
				s.network.fail(err)
			})
		}
		var ordering error
		g.Go(func() error {
			ordering = s.startOrderers(ctx, run)
			return ordering
		})
		for _, m := range s.members {
			g.Go(func() error { return s.startMember(ctx, m, run) })
			if !m.organisation.Reader {
				g.Go(func() error { return s.startService(ctx, s.network.plan, m.organisation, run) })
			}
		}
		err := g.Wait()
		s.network.writeStatus()
		if errors.Is(err, errWaiting) && ordering != nil {
			return ordering // what the others waited for
		}
		return err
	}
}

// errWaiting is in the error of an organisation that waits for the orderers.
var errWaiting = errors.New("still waiting for the orderers")

func (s *starting) startOrderers(ctx context.Context, run func(*node) error) error {
	err := each(s.network.plan.orderers, func(n *node) error {
		if err := run(n); err != nil {
			return err
		}
		return joinOrderer(ctx, n, s.ids, s.block)
	})
	if err == nil {
		close(s.ordering)
		s.tell(Event{Step: stepChannel, Detail: "the orderers serve " + s.network.plan.topology.Channel})
	}
	return err
}

// startMember starts an organisation's peers, joins them to the channel and
// installs its package on each; then it approves the chaincode.
func (s *starting) startMember(ctx context.Context, m *administrator, run func(*node) error) error {
	if err := each(s.network.plan.peersOf(m.organisation.Name), run); err != nil {
		return err
	}
	if err := s.equip(ctx, s.of(m.organisation.Name)); err != nil {
		return err
	}
	s.tell(Event{Step: stepChannel, Detail: m.organisation.Name + " joined"})
	if m.organisation.Reader {
		return nil
	}
	select {
	case <-s.ordering:
	case <-ctx.Done():
		return fmt.Errorf("%s: %w: %w", m.organisation.Name, errWaiting, context.Cause(ctx))
	}
	if err := m.approve(ctx, *s.definition, s.packages[m.organisation.Name].ID); err != nil {
		return err
	}
	s.tell(Event{Step: stepChaincode, Detail: m.organisation.Name + " approved"})
	return nil
}

// equip joins an organisation's peers to the channel and installs its package.
func (k *kept) equip(ctx context.Context, admins []*administrator) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, a := range admins {
		g.Go(func() error { return a.join(ctx, &k.turn, k.block) })
		if !a.organisation.Reader {
			g.Go(func() error { return a.install(ctx, k.packages[a.organisation.Name]) })
		}
	}
	return g.Wait()
}

func (k *kept) startService(ctx context.Context, p *plan, o Organisation, run func(*node) error) error {
	binary := o.ChaincodeBinary
	if binary == "" {
		var err error
		if binary, err = k.programs.chaincodeServer(ctx); err != nil {
			return fmt.Errorf("chaincode server: %w", err)
		}
	}
	n := p.serviceOf(o.Name)
	serve(n, binary, k.packages[o.Name].ID, o.MSPID)
	if err := run(n); err != nil {
		return err
	}
	return n.listening(ctx)
}

func (s *starting) commit(ctx context.Context) error { return s.members[0].commit(ctx, *s.definition) }
