package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/countersign-ledger/countersign/network/internal/process"
)

// NodeKind is what a node does.
type NodeKind string

// The kinds of nodes.
const (
	KindOrderer   NodeKind = "orderer"
	KindPeer      NodeKind = "peer"
	KindChaincode NodeKind = "chaincode"
)

// node is a process of the network, with all that it takes to start it again.
type node struct {
	kind         NodeKind
	organisation string
	name         string // peer0.carrier
	host         string // peer0.carrier.example
	port         int
	fixed        bool // the topology chose the port
	adminPort    int  // orderers only
	dir          string
	log          string

	mu      sync.Mutex
	spec    process.Spec
	process *process.Process
}

// Timing of waiting for a node: how often to look, and how long one look takes.
const (
	lookEvery = 20 * time.Millisecond
	lookFor   = time.Second
)

// start runs the node's process and calls ended when it ends by itself.
func (n *node) start(group *process.Group, ended func(*NodeError)) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.running() {
		return nil
	}
	p, err := group.Start(n.spec)
	if err != nil {
		return n.failed(err)
	}
	n.process = p
	go func() {
		<-p.Done()
		if err := p.Err(); err != nil {
			ended(n.failed(err))
		}
	}()
	return nil
}

// running must be called with the lock held.
func (n *node) running() bool {
	if n.process == nil {
		return false
	}
	select {
	case <-n.process.Done():
		return false
	default:
		return true
	}
}

// stop ends the process, at once when killed, and waits for it.
func (n *node) stop(ctx context.Context, kill bool) error {
	n.mu.Lock()
	p := n.process
	n.mu.Unlock()
	switch {
	case p == nil:
		return nil
	case kill:
		return p.Kill()
	default:
		return p.Stop(ctx)
	}
}

// listening waits until the node accepts connections. Its death ends the
// context, for the network watches it.
func (n *node) listening(ctx context.Context) error {
	dialer := net.Dialer{Timeout: lookFor}
	for {
		connection, err := dialer.DialContext(ctx, "tcp", n.address())
		if err == nil {
			return connection.Close()
		}
		if err := pause(ctx, lookEvery); err != nil {
			return n.failed(fmt.Errorf("%s does not listen on %s: %w", n.name, n.address(), err))
		}
	}
}

func (n *node) failed(err error) *NodeError {
	return &NodeError{Node: n.name, Log: n.log, Err: err}
}

// status describes the node as it is now.
func (n *node) status() NodeStatus {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := NodeStatus{
		Name: n.name, Kind: n.kind, Organisation: n.organisation, Host: n.host,
		Address: n.address(), Log: n.log, Running: n.running(),
	}
	if n.process != nil && s.Running {
		s.PID = n.process.PID()
	}
	return s
}

// pause waits, or returns why the context ended.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// lostPort tells whether a node ended because a port that was free when it was
// chosen was taken when it started.
func lostPort(err error) bool {
	var exit *process.ExitError
	return errors.As(err, &exit) && strings.Contains(exit.Error(), "address already in use")
}
