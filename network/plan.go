package network

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"

	"github.com/countersign-ledger/countersign/network/internal/ports"
)

// loopback is where every node listens.
const loopback = "127.0.0.1"

// plan is a topology with a place for each node: names, ports and folders.
type plan struct {
	topology Topology
	layout   layout
	orderers []*node
	peers    []*node
	services []*node // chaincode servers
	reserved *ports.Block
}

// newPlan gives every node its port. A port that the topology fixes must be
// free; the others are reserved until the plan is released.
func newPlan(t Topology, l layout) (*plan, error) {
	p := &plan{topology: t, layout: l}
	wanted := 2 * len(t.Orderers) // each listens for clients and for its administrator
	for _, o := range t.Organisations {
		wanted += o.Peers + 1
	}
	var err error
	if p.reserved, err = ports.Reserve(wanted); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	p.place()
	for _, n := range p.nodes() {
		if n.fixed && !ports.Free(n.port) {
			_ = p.release()
			return nil, &PortError{Port: n.port, Node: n.name}
		}
	}
	return p, nil
}

func (p *plan) place() {
	for _, o := range p.topology.Orderers {
		n := p.node(KindOrderer, OrdererOrganisation, o.Name, o.Name+"."+ordererDomain, o.Port)
		n.adminPort = p.reserved.Next()
		n.dir = p.layout.orderer(o.Name)
		p.orderers = append(p.orderers, n)
	}
	for _, o := range p.topology.Organisations {
		p.placeMember(o)
	}
}

func (p *plan) placeMember(o Organisation) {
	for i := range o.Peers {
		fixed := 0
		if i == 0 {
			fixed = o.Port
		}
		n := p.node(KindPeer, o.Name, peerName(i)+"."+o.Name, peerName(i)+"."+o.Domain, fixed)
		n.dir = p.layout.peer(o.Name, i)
		p.peers = append(p.peers, n)
	}
	if !o.Reader {
		n := p.node(KindChaincode, o.Name, "chaincode."+o.Name, "chaincode."+o.Domain, 0)
		n.dir = p.layout.chaincode(o.Name)
		p.services = append(p.services, n)
	}
}

// grown is the plan of a topology that has one more organisation, the last, with
// ports of its own that are reserved until they are released. It shares the nodes
// that are there already.
func (p *plan) grown(t Topology) (*plan, error) {
	o := t.Organisations[len(t.Organisations)-1]
	next := &plan{
		topology: t, layout: p.layout,
		orderers: p.orderers, peers: slices.Clone(p.peers), services: slices.Clone(p.services),
	}
	var err error
	if next.reserved, err = ports.Reserve(o.Peers + 1); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	next.placeMember(o)
	for _, n := range next.peersOf(o.Name) {
		if n.fixed && !ports.Free(n.port) {
			return nil, errors.Join(&PortError{Port: n.port, Node: n.name}, next.release())
		}
	}
	return next, nil
}

func (p *plan) node(kind NodeKind, organisation, name, host string, fixed int) *node {
	n := &node{kind: kind, organisation: organisation, name: name, host: host, port: fixed, fixed: fixed != 0}
	if fixed == 0 {
		n.port = p.reserved.Next()
	}
	n.log = p.layout.log(name)
	return n
}

// nodes are all nodes, in the order in which a reader expects them.
func (p *plan) nodes() []*node {
	all := append([]*node{}, p.orderers...)
	all = append(all, p.peers...)
	return append(all, p.services...)
}

func (p *plan) peersOf(organisation string) []*node {
	var own []*node
	for _, n := range p.peers {
		if n.organisation == organisation {
			own = append(own, n)
		}
	}
	return own
}

func (p *plan) serviceOf(organisation string) *node {
	for _, n := range p.services {
		if n.organisation == organisation {
			return n
		}
	}
	return nil
}

func (p *plan) release() error { return p.reserved.Release() }

func hostPort(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

func (n *node) address() string { return hostPort(n.port) }

func (n *node) String() string { return fmt.Sprintf("%s (%s)", n.name, n.address()) }
