package client_test

import (
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
)

// steps collects a trace, in which each thing stands once and behind where it
// comes from.
func steps(t *testing.T, from string, trace iter.Seq2[product.TraceStep, error]) map[string]product.TraceStep {
	t.Helper()
	found := map[string]product.TraceStep{}
	for step, err := range trace {
		require.NoError(t, err)
		require.NotContains(t, found, step.ID)
		if step.From != from {
			require.Contains(t, found, step.From)
			require.Equal(t, found[step.From].Depth+1, step.Depth)
		}
		require.False(t, step.Cut)
		found[step.ID] = step
	}
	return found
}

// makings captures documents for the manufacturer.
func makings(t *testing.T, c *client.Client) func(...Event) {
	s := &Scene{TB: t, Now: now.Add(-time.Hour)}
	return func(events ...Event) {
		t.Helper()
		s.Now = s.Now.Add(time.Second)
		_, err := c.Capture(t.Context(), s.Document(events...))
		require.NoError(t, err)
	}
}

func TestATraceYieldsEachThingOnceOverManyPages(t *testing.T) {
	c := founded(t).Client(t, "manufacturer", "operator")
	capture := makings(t, c)
	class := Class(Manufacturer, 501)
	item := func(kind string, i int) string { return Item(class, fmt.Sprintf("%s%d", kind, i)) }
	var packs []string
	for i := range 250 {
		packs = append(packs, item("P", i))
	}
	root := item("R", 0)
	capture(Commission(root), Transform(Making{In: []string{root}, Out: packs}))
	capture(Transform(Making{In: packs[:2], Out: []string{item("B", 0)}}), Transform(Making{In: packs[2:200], Out: []string{item("B", 1), item("B", 2)}}))

	found := steps(t, root, c.TraceForward(t.Context(), root))
	require.Len(t, found, 253)
	found = steps(t, item("B", 1), c.TraceBack(t.Context(), item("B", 1)))
	require.Len(t, found, 199)
	require.Equal(t, 2, found[root].Depth)

	n := 0
	for _, err := range c.TraceForward(t.Context(), root) {
		require.NoError(t, err)
		if n++; n == 120 {
			break
		}
	}
	require.Equal(t, 120, n)
	for _, err := range c.TraceBack(t.Context(), item("X", 0)) {
		require.ErrorIs(t, err, fault.NotFound)
	}
}

// What lies deeper than a trace of the ledger goes is traced from there.
func TestATraceGoesOnWhereThatOfTheLedgerIsCut(t *testing.T) {
	c := founded(t).Client(t, "manufacturer", "operator")
	capture := makings(t, c)
	class := Class(Manufacturer, 502)
	item := func(i int) string { return Item(class, fmt.Sprint(i)) }
	const length = 150
	events := []Event{Commission(item(0))}
	for i := range length {
		events = append(events, Transform(Making{In: []string{item(i)}, Out: []string{item(i + 1)}}))
	}
	capture(events...)
	found := steps(t, item(0), c.TraceForward(t.Context(), item(0)))
	require.Len(t, found, length)
	require.Equal(t, length, found[item(length)].Depth)
	found = steps(t, item(length), c.TraceBack(t.Context(), item(length)))
	require.Equal(t, length, found[item(0)].Depth)
}

// Forty mixtures of two lots, one after the other: a million million ways.
func TestMixturesAreTracedInAFewPages(t *testing.T) {
	c := founded(t).Client(t, "manufacturer", "operator")
	capture := makings(t, c)
	class := Class(Manufacturer, 503)
	const mixtures = 40
	pair := func(i int) (lots []map[string]any) {
		for _, name := range []string{"A", "B"} {
			lots = append(lots, Quantity(Lot(class, fmt.Sprintf("%s%d", name, i)), 10, "KGM"))
		}
		return lots
	}
	begin := Commission()
	begin.More = map[string]any{"epcList": nil, "quantityList": pair(0)}
	events := []Event{begin}
	for i := range mixtures {
		events = append(events, Transform(Making{InQuantities: pair(i), OutQuantities: pair(i + 1)}))
	}
	capture(events...)
	found := steps(t, Lot(class, "A0"), c.TraceForward(t.Context(), Lot(class, "A0")))
	require.Len(t, found, 2*mixtures)
	require.Equal(t, []product.Measured{{Amount: 10 * product.One, Unit: "KGM"}}, found[Lot(class, "B7")].Amounts)
}
