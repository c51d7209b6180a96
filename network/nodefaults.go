package network

import (
	"context"
	"fmt"

	"github.com/countersign-ledger/countersign/network/internal/process"
)

// KillNode ends one node as a crash would (SIGKILL), by its name in
// [Network.Status]: "peer1.carrier", "orderer2", "chaincode.retailer". Its ledger
// stays. Like all methods here it returns [ErrUnknown] when there is no such node; a
// node that does not run already is no error.
func (n *Network) KillNode(ctx context.Context, name string) error {
	return n.halt(ctx, true, n.named, name)
}

// StopNode ends one node as an operator would.
func (n *Network) StopNode(ctx context.Context, name string) error {
	return n.halt(ctx, false, n.named, name)
}

// StartNode starts one node again on the same ports and ledger. It returns when the
// node accepts connections; it may still have blocks to catch up with. It fails with
// [ErrNotRunning] after Stop, and with a [*NodeError] when the node dies at once.
func (n *Network) StartNode(ctx context.Context, name string) error {
	return n.resume(ctx, n.named, name)
}

// FreezeNode keeps one node from running, as a machine that hangs would, until
// [Network.ThawNode]: its connections stay open and answer nothing. A node that is
// not running stays so. StopNode and KillNode end a frozen node, too.
func (n *Network) FreezeNode(name string) error { return n.paused(name, (*process.Process).Freeze) }

// ThawNode lets a frozen node run again.
func (n *Network) ThawNode(name string) error { return n.paused(name, (*process.Process).Thaw) }

func (n *Network) paused(name string, do func(*process.Process)) error {
	nodes := n.named(name)
	if len(nodes) == 0 {
		return fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	for _, m := range nodes {
		m.mu.Lock()
		if m.running() {
			do(m.process)
		}
		m.mu.Unlock()
	}
	return nil
}

func (n *Network) named(name string) []*node {
	for _, m := range n.places().nodes() {
		if m.name == name {
			return []*node{m}
		}
	}
	return nil
}

// Leader names the orderer that leads, and waits for an election as long as ctx
// lasts; then it fails with [ErrNoLeader]. It is read from the logs of the orderers
// that run, so it needs the logging specification to include "info", as it does by
// default. A leader that has just been killed is none; one that has just been cut
// off from the others is found out with the next election.
func (n *Network) Leader(ctx context.Context) (string, error) {
	for {
		if name := leaderOf(n.places().orderers); name != "" {
			return name, nil
		}
		if err := pause(ctx, lookEvery); err != nil {
			return "", fmt.Errorf("%w: %w", ErrNoLeader, err)
		}
	}
}
