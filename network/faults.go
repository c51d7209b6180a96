package network

import (
	"context"
	"fmt"
)

// StopPeer ends an organisation's peers as an operator would. Their ledgers stay.
// Like all methods here it returns [ErrUnknown] when there is no such node; a
// node that does not run already is no error.
func (n *Network) StopPeer(ctx context.Context, organisation string) error {
	return n.halt(ctx, false, n.places().peersOf, organisation)
}

// KillPeer ends an organisation's peers as a crash would (SIGKILL).
func (n *Network) KillPeer(ctx context.Context, organisation string) error {
	return n.halt(ctx, true, n.places().peersOf, organisation)
}

// StartPeer starts an organisation's peers again on the same ports and ledgers.
// It returns when they accept connections; they may still have blocks to catch
// up with.
func (n *Network) StartPeer(ctx context.Context, organisation string) error {
	return n.resume(ctx, n.places().peersOf, organisation)
}

// StopChaincode ends a trading organisation's chaincode server.
func (n *Network) StopChaincode(ctx context.Context, organisation string) error {
	return n.halt(ctx, false, n.service, organisation)
}

// KillChaincode ends a trading organisation's chaincode server as a crash would.
func (n *Network) KillChaincode(ctx context.Context, organisation string) error {
	return n.halt(ctx, true, n.service, organisation)
}

// StartChaincode starts a trading organisation's chaincode server again. Its peer
// connects at the next call.
func (n *Network) StartChaincode(ctx context.Context, organisation string) error {
	return n.resume(ctx, n.service, organisation)
}

// StopOrderer ends an orderer, by its name in the topology.
func (n *Network) StopOrderer(ctx context.Context, name string) error {
	return n.halt(ctx, false, n.orderer, name)
}

// KillOrderer ends an orderer as a crash would.
func (n *Network) KillOrderer(ctx context.Context, name string) error {
	return n.halt(ctx, true, n.orderer, name)
}

// StartOrderer starts an orderer again on the same ports and ledger.
func (n *Network) StartOrderer(ctx context.Context, name string) error {
	return n.resume(ctx, n.orderer, name)
}

func (n *Network) service(organisation string) []*node {
	if m := n.places().serviceOf(organisation); m != nil {
		return []*node{m}
	}
	return nil
}

func (n *Network) orderer(name string) []*node {
	for _, m := range n.places().orderers {
		if m.name == name {
			return []*node{m}
		}
	}
	return nil
}

// halt ends the nodes that a name means.
func (n *Network) halt(ctx context.Context, kill bool, meant func(string) []*node, name string) error {
	nodes := meant(name)
	if len(nodes) == 0 {
		return fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	err := each(nodes, func(m *node) error { return m.stop(ctx, kill) })
	n.writeStatus()
	return err
}

// resume starts the nodes that a name means, and waits until they listen.
func (n *Network) resume(ctx context.Context, meant func(string) []*node, name string) error {
	nodes := meant(name)
	if len(nodes) == 0 {
		return fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	n.mu.Lock()
	stopped := n.stopped
	n.mu.Unlock()
	if stopped {
		return ErrNotRunning
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err := each(nodes, func(m *node) error {
		ended := func(err *NodeError) { cancel(err); n.fail(err) }
		if err := m.start(n.group, ended); err != nil {
			return err
		}
		return m.listening(ctx)
	})
	n.writeStatus()
	if err != nil {
		return fmt.Errorf("network: %w", err)
	}
	return nil
}
