package network

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/countersign-ledger/countersign/network/internal/process"
)

// Network is a running network. Its methods may be called from several
// goroutines.
type Network struct {
	group    *process.Group
	kept     *kept
	changing chan struct{} // holds something while the channel is changed
	stopping chan struct{} // closed when Stop begins
	began    time.Time
	ready    time.Duration
	watched  func() // ends the watch for a dead parent

	done chan struct{}
	over sync.Once
	stop sync.Once

	mu      sync.Mutex
	plan    *plan        // replaced as a whole when an organisation is admitted
	release func() error // gives directory and ports back
	err     error        // why the network is no longer whole
	stopErr error
	stopped bool

	statusMu sync.Mutex // held while network.json is written
	closed   bool       // it is not written any more
}

// places gives the network's nodes as they are now. A plan in use never changes.
func (n *Network) places() *plan {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.plan
}

// Dir is the network's directory.
func (n *Network) Dir() string { return n.places().layout.root }

// Topology is what the network was started from, with defaults filled in and with
// what [Network.Define] and [Network.Admit] have changed.
func (n *Network) Topology() Topology { return n.places().topology }

// Ready is how long it took from the first node's preparation, with programs
// built, until the first transaction was endorsed by all trading organisations
// and committed.
func (n *Network) Ready() time.Duration { return n.ready }

// Profile is the path of an organisation's connection profile in YAML; the same
// in JSON lies beside it as connection.json.
func (n *Network) Profile(organisation string) string { return n.places().layout.profile(organisation) }

// MSPDir is the path of a user's MSP folder: signcerts/cert.pem, keystore/key.pem,
// cacerts, tlscacerts and config.yaml.
func (n *Network) MSPDir(organisation, user string) string {
	return n.places().layout.userMSP(organisation, user)
}

// OrganisationMSPDir is the path of an organisation's verification MSP: its
// authorities, but no identity. OrdererOrganisation has one, too.
func (n *Network) OrganisationMSPDir(organisation string) string {
	return n.places().layout.msp(organisation)
}

// Done is closed when the network is no longer whole: a node ended by itself, or
// Stop was called. Err tells which.
func (n *Network) Done() <-chan struct{} { return n.done }

// Err is nil while the network runs and after Stop; a [*NodeError] when a node
// ended by itself; [ErrOrphaned] when the go tool that ran this program is gone.
func (n *Network) Err() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.err
}

// Stop ends all nodes, gives the ports back and removes the directory if it is a
// temporary one. Nodes that do not end at once are killed, at the latest when ctx
// ends. Further calls do nothing and return what the first returned.
func (n *Network) Stop(ctx context.Context) error {
	n.stop.Do(func() {
		n.mu.Lock()
		n.stopped = true
		n.mu.Unlock()
		close(n.stopping)
		select {
		case n.changing <- struct{}{}: // a change has ended, and none begins any more
		case <-ctx.Done():
		}
		err := errors.Join(n.stopNodes(ctx), n.group.Stop(ctx))
		n.writeStatus()
		n.closeStatus()
		n.mu.Lock()
		release := n.release
		n.mu.Unlock()
		err = errors.Join(err, release())
		n.mu.Lock()
		n.stopErr = err
		unwatch := n.watched
		n.mu.Unlock()
		n.over.Do(func() { close(n.done) })
		if unwatch != nil {
			unwatch()
		}
	})
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.stopErr
}

// stopNodes ends chaincode servers, then peers, then orderers: those of a kind
// together, and nobody before those who depend on them.
func (n *Network) stopNodes(ctx context.Context) error {
	var errs []error
	p := n.places()
	for _, nodes := range [][]*node{p.services, p.peers, p.orderers} {
		errs = append(errs, each(nodes, func(m *node) error { return m.stop(ctx, false) }))
	}
	return errors.Join(errs...)
}

// each does something to several nodes at once.
func each(nodes []*node, do func(*node) error) error {
	errs := make([]error, len(nodes))
	var all sync.WaitGroup
	for i, m := range nodes {
		all.Go(func() { errs[i] = do(m) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// fail records why the network is no longer whole; the first reason stays.
func (n *Network) fail(err error) {
	n.over.Do(func() {
		n.mu.Lock()
		n.err = err
		n.mu.Unlock()
		close(n.done)
	})
	n.writeStatus()
}

// Status describes every node as it is now.
func (n *Network) Status() []NodeStatus {
	nodes := n.places().nodes()
	all := make([]NodeStatus, len(nodes))
	for i, m := range nodes {
		all[i] = m.status()
	}
	return all
}

// writeStatus keeps network.json up to date. It is a convenience for other
// processes: failing to write it, on a full disk, must not stop the network.
func (n *Network) writeStatus() {
	t := n.Topology()
	s := Status{
		Format: statusFormat, Name: t.Name, Channel: t.Channel, Chaincode: t.Chaincode.Name,
		Dir: n.Dir(), OwnerPID: os.Getpid(), Started: n.began.UTC(),
		Ready: n.ready > 0, ReadyMS: n.ready.Milliseconds(), Nodes: n.Status(),
	}
	for _, o := range t.Organisations {
		m := Member{Name: o.Name, MSPID: o.MSPID, Reader: o.Reader, Profile: n.Profile(o.Name), MSP: n.OrganisationMSPDir(o.Name)}
		if t.MutualTLS {
			m.TLS = n.places().layout.programTLS(o.Name)
		}
		for _, u := range o.Users {
			m.Users = append(m.Users, u.Name)
		}
		s.Members = append(s.Members, m)
	}
	n.mu.Lock()
	s.Running = !n.stopped
	n.mu.Unlock()
	n.statusMu.Lock()
	defer n.statusMu.Unlock()
	if !n.closed {
		_ = writeStatus(n.places().layout, s)
	}
}

// closeStatus keeps a node's late end from writing into a directory that is gone.
func (n *Network) closeStatus() {
	n.statusMu.Lock()
	defer n.statusMu.Unlock()
	n.closed = true
}
