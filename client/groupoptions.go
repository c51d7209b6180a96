package client

import (
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/shipment"
)

// Defaults of [NewGroup].
const (
	defaultGroupEvents   = 100
	defaultGroupBytes    = 1 << 20
	defaultGroupDelay    = 20 * time.Millisecond
	defaultGroupInFlight = 8
	defaultGroupMemory   = 32 << 20

	// maxGroupObjects bounds the objects and quantities of a group, far below the
	// shipment.MaxObjects at which the contract refuses a document. An event of its
	// own may list more.
	maxGroupObjects = shipment.MaxObjects / 4
)

// GroupOption configures [NewGroup].
type GroupOption func(*groupConfig)

type groupConfig struct {
	events   int
	bytes    int
	delay    time.Duration
	inFlight int
	memory   int64
	call     []CallOption
}

// WithGroupEvents says how many events a document holds at most; 100 by default,
// 1 to [shipment.MaxObjects].
func WithGroupEvents(n int) GroupOption { return func(c *groupConfig) { c.events = n } }

// WithGroupBytes says how many bytes the events of a document have at most, as JSON;
// 1 MiB by default, at most half of [shipment.MaxDocument]. A larger event goes alone.
func WithGroupBytes(n int) GroupOption { return func(c *groupConfig) { c.bytes = n } }

// WithGroupDelay says how long an event waits for others at most, while documents
// are in flight and another may be; 20 ms by default. When none is in flight,
// nothing waits.
func WithGroupDelay(d time.Duration) GroupOption { return func(c *groupConfig) { c.delay = d } }

// WithGroupsInFlight says how many documents are in flight at most; 8 by default.
func WithGroupsInFlight(n int) GroupOption { return func(c *groupConfig) { c.inFlight = n } }

// WithGroupMemory bounds the memory of the events that wait or are in flight, in
// bytes, roughly; 32 MiB by default, at least [shipment.MaxDocument]. Beyond it, a
// capture waits before it is queued.
func WithGroupMemory(n int64) GroupOption { return func(c *groupConfig) { c.memory = n } }

// WithGroupCall refines every call that the group makes, as [EndorsedBy] does for an
// organisation whose own peer runs no chaincode.
func WithGroupCall(options ...CallOption) GroupOption {
	return func(c *groupConfig) { c.call = append(c.call, options...) }
}

func newGroupConfig(options []GroupOption) (groupConfig, error) {
	c := groupConfig{
		events: defaultGroupEvents, bytes: defaultGroupBytes, delay: defaultGroupDelay,
		inFlight: defaultGroupInFlight, memory: defaultGroupMemory,
	}
	for _, o := range options {
		o(&c)
	}
	switch {
	case c.events < 1 || c.events > shipment.MaxObjects:
		return c, fmt.Errorf("client: a group of %d events; 1 to %d", c.events, shipment.MaxObjects)
	case c.bytes < 1 || c.bytes > shipment.MaxDocument/2:
		return c, fmt.Errorf("client: a group of %d bytes; 1 to %d", c.bytes, shipment.MaxDocument/2)
	case c.delay < 0:
		return c, fmt.Errorf("client: a group cannot wait for %v", c.delay)
	case c.inFlight < 1:
		return c, fmt.Errorf("client: %d groups in flight; at least 1", c.inFlight)
	case c.memory < shipment.MaxDocument:
		return c, fmt.Errorf("client: %d bytes of memory for groups; at least %d", c.memory, shipment.MaxDocument)
	}
	return c, nil
}
