package client_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

// several is a connection over the gateways of several organisations, in order of
// preference, which heeds what a stream asks of the pool in its place.
type several struct {
	names []string
	all   map[string]grpc.ClientConnInterface
}

func severalOf(t *testing.T, c *clienttest.Consortium, organisations ...string) *several {
	t.Helper()
	s := &several{names: organisations, all: map[string]grpc.ClientConnInterface{}}
	for _, name := range organisations {
		connection, err := c.Connection(name)
		require.NoError(t, err)
		s.all[name] = connection
	}
	return s
}

func (s *several) order(ctx context.Context) []string {
	if only := gateways.At(ctx); only != "" {
		return []string{only}
	}
	var order []string
	for _, name := range s.names {
		if name != gateways.From(ctx) {
			order = append(order, name)
		}
	}
	return append(order, gateways.From(ctx))
}

func (s *several) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	return s.all[s.names[0]].Invoke(ctx, method, args, reply, opts...)
}

func (s *several) NewStream(ctx context.Context, d *grpc.StreamDesc, method string, opts ...grpc.CallOption) (stream grpc.ClientStream, err error) {
	for _, name := range s.order(ctx) {
		if name == "" {
			continue
		}
		if stream, err = s.all[name].NewStream(ctx, d, method, opts...); err == nil {
			gateways.Note(ctx, name)
			return stream, nil
		}
	}
	return nil, err
}

// goods commissions objects of the manufacturer in one document, an event each.
func goods(t *testing.T, operator *client.Client, run string, n int) *client.Captured {
	t.Helper()
	captured, err := operator.Capture(t.Context(), goodsDocument(t, run, n))
	require.NoError(t, err)
	return captured
}

func goodsDocument(t *testing.T, run string, n int) []byte {
	t.Helper()
	scene := &shipmenttest.Scene{TB: t, Now: now}
	events := make([]shipmenttest.Event, n)
	for i := range events {
		events[i] = shipmenttest.Commission(shipmenttest.Object(shipmenttest.Manufacturer, fmt.Sprintf("%s-%d", run, i)))
	}
	return scene.Document(events...)
}

// good is the nth of a run of goods.
func good(run string, n int) string {
	return gs1.Authority + shipmenttest.Object(shipmenttest.Manufacturer, fmt.Sprintf("%s-%d", run, n))
}

// all reads a stream to its end.
func all[T any](t *testing.T, stream *client.Stream[T]) []client.Followed[T] {
	t.Helper()
	var items []client.Followed[T]
	for item, err := range stream.Items(t.Context()) {
		require.NoError(t, err)
		items = append(items, item)
	}
	return items
}

// places are where items are, to compare.
func places[T any](items []client.Followed[T]) []string {
	list := make([]string, len(items))
	for i, item := range items {
		list[i] = fmt.Sprintf("%s %d/%d/%d %s", item.Kind, item.Block, item.Index, item.Write, item.Transaction)
	}
	return list
}

// adopt records an event by the carrier, and returns its transaction.
func adopt(t *testing.T, operator *client.Client, run string) string {
	t.Helper()
	scene := &shipmenttest.Scene{TB: t, Now: now}
	captured, err := operator.Capture(t.Context(), scene.Document(shipmenttest.Commission(shipmenttest.Object(shipmenttest.Carrier, run))))
	require.NoError(t, err)
	return captured.Transaction
}

// eventLog notes what an observer is told of streams.
type eventLog struct {
	mu     sync.Mutex
	events []client.Event
}

func (l *eventLog) Begin(ctx context.Context, _ client.Step) (context.Context, func(client.Outcome)) {
	return ctx, nil
}

func (l *eventLog) Observe(_ context.Context, e client.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

// kinds are those of the events beside what was delivered.
func (l *eventLog) kinds() (kinds []client.EventKind) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.events {
		if e.Kind != client.StreamDelivered {
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}
