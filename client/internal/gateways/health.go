package gateways

import (
	"errors"
	"time"
)

// State is how a gateway is.
type State string

// The states of a gateway.
const (
	// Idle: it is not connected to, because it has not been needed.
	Idle State = "idle"
	// Connecting: a connection is being made.
	Connecting State = "connecting"
	// Ready: it is connected to.
	Ready State = "ready"
	// Returning: it is connected to again; calls come back when it has stayed so
	// for a while, or when no other is within reach.
	Returning State = "returning"
	// Failing: it answers, and what is behind it does not, as when it reaches no
	// orderer. Others are asked before it for a while.
	Failing State = "failing"
	// Lost: it is out of reach.
	Lost State = "lost"
)

// Health is how a gateway is at the moment.
type Health struct {
	Address string
	State   State
	// Since is when the state began.
	Since time.Time
	// Err is why it was lost, or failing, the last time; nil when it never was.
	Err error
	// Chosen is true of the gateway that answered last.
	Chosen bool
}

// Health returns how the gateways are, in order of preference.
func (p *Pool) Health() []Health {
	p.mu.Lock()
	all, chosen := p.gateways, p.chosen
	p.mu.Unlock()
	now := time.Now()
	list := make([]Health, len(all))
	for i, g := range all {
		list[i] = g.health(now)
		list[i].Chosen = list[i].Address == chosen
	}
	return list
}

// EventKind says what an [Event] is about.
type EventKind int

// The kinds of events.
const (
	// Gone: a gateway is out of reach. Err.
	Gone EventKind = iota
	// Found: a gateway is within reach again. Took: how long it was not.
	Found
	// Chosen: calls go to another gateway than before.
	Chosen
	// Ended: the connection to a gateway has ended. What it is connected to next may
	// be another peer, as behind a service's name.
	Ended
)

// Event is something that happened to a gateway.
type Event struct {
	Kind    EventKind
	Address string
	Err     error
	Took    time.Duration
}

// errBroken stands for the reason that gRPC keeps for the next call.
var errBroken = errors.New("the connection broke, or could not be made")
