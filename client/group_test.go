package client_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

func TestManyCallersShareAFewTransactions(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g := group(t, operator, client.WithGroupDelay(time.Hour))
	height := c.Ledger().Height()
	first := start(t, g, commissioning(item(0)))
	<-shut.waiting // at once, as nothing was in flight
	const callers = 200
	var wait sync.WaitGroup
	for i := range callers {
		wait.Go(func() {
			captured, err := g.Capture(t.Context(), commissioning(item(i+1)))
			require.NoError(t, err)
			require.Equal(t, 1, captured.Event.EPCs)
			require.Equal(t, 100, captured.Together)
			require.NotZero(t, captured.Block)
		})
	}
	<-shut.waiting
	<-shut.waiting // two are full
	shut.open()
	wait.Wait()
	require.Equal(t, 1, recorded(t, first).Together)
	require.Equal(t, height+3, c.Ledger().Height())
}

func TestAnEventDoesNotWaitForOthersForEver(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g := group(t, operator, client.WithGroupDelay(time.Millisecond))
	first := start(t, g, commissioning(item(0)))
	<-shut.waiting
	second := start(t, g, commissioning(item(1)))
	<-shut.waiting // though the first is in flight, and the document is not full
	shut.open()
	recorded(t, first)
	recorded(t, second)
}

func TestDocumentsInFlightAreBounded(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g := group(t, operator, client.WithGroupsInFlight(2), client.WithGroupEvents(1), client.WithGroupDelay(0))
	var all []*client.Pending
	for i := range 6 {
		all = append(all, start(t, g, commissioning(item(i))))
	}
	<-shut.waiting
	<-shut.waiting
	require.Equal(t, 2, shut.calls())
	shut.open()
	for _, p := range all {
		recorded(t, p)
	}
}

func TestAGroupTakesNoMoreThanItHasMemoryFor(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g := group(t, operator, client.WithGroupMemory(4<<20), client.WithGroupDelay(time.Hour))
	large := func(n int) epcis.Event {
		e := commissioning(item(n))
		e.ILMD = epcis.Extensions{{Name: "https://example.com/note", Value: epcis.Text(strings.Repeat("x", 1_000_000))}}
		return e
	}
	var taken []*client.Pending
	for i := range 4 {
		taken = append(taken, start(t, g, large(i)))
	}
	moment, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := g.Start(moment, large(4))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	shut.open()
	for _, p := range taken {
		recorded(t, p)
	}
	recorded(t, start(t, g, large(4)))
}

func TestTheOrderOfAnObjectIsThatOfTheCalls(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Submit)
	g := group(t, operator, client.WithGroupDelay(0), client.WithGroupEvents(3))
	urn := "urn:epc:id:sgtin:9506000.013435.G1" // the same object in another spelling
	var all []*client.Pending
	all = append(all, start(t, g, commissioning(item(1))))
	<-shut.waiting
	for i := range 7 {
		spelled := item(1)
		if i%2 == 0 {
			spelled = urn
		}
		all = append(all, start(t, g, inspecting(i+1, spelled)))
	}
	other := start(t, g, commissioning(item(2)))
	<-shut.waiting // another object does not wait for it
	require.Equal(t, 2, shut.calls())
	shut.open()
	for _, p := range all {
		recorded(t, p)
	}
	recorded(t, other)
	require.Equal(t, []string{
		"commissioning 00:00", "inspecting 00:01", "inspecting 00:02", "inspecting 00:03", "inspecting 00:04",
		"inspecting 00:05", "inspecting 00:06", "inspecting 00:07",
	}, history(t, operator, item(1)))
	require.Less(t, shut.calls(), 8, "several events of an object go in one document")
}

func TestAContainerAndWhatIsInItKeepTheirOrder(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g := group(t, operator, client.WithGroupDelay(time.Hour))
	blocker := start(t, g, commissioning(item(99)))
	<-shut.waiting
	pallet := gs1.Authority + shipmenttest.Pallet(shipmenttest.Manufacturer, 1)
	pack := epcis.Event{Type: epcis.AggregationEvent, Action: epcis.Add, BizStep: "packing", EventTime: now.Add(-time.Hour), ParentID: pallet, ChildEPCs: []string{item(1), item(2)}}
	ship := eventOf(epcis.Observe, "shipping", pallet)
	ship.DestinationList = []epcis.Party{{Type: "possessing_party", ID: gs1.Authority + shipmenttest.GLN(shipmenttest.Retailer)}}
	all := []*client.Pending{start(t, g, commissioning(item(1))), start(t, g, commissioning(item(2), pallet)), start(t, g, pack), start(t, g, ship)}
	shut.open()
	recorded(t, blocker)
	block := recorded(t, all[0]).Block
	for _, p := range all {
		require.Equal(t, block, recorded(t, p).Block, "all in one document")
	}
	twin, err := operator.Twin(t.Context(), item(1))
	require.NoError(t, err)
	require.NotNil(t, twin.Container)
}

func TestExtensionsKeepTheirContext(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g := group(t, operator, client.WithGroupDelay(time.Hour))
	blocker := start(t, g, commissioning(item(99)))
	<-shut.waiting
	one, other := commissioning(item(1)), commissioning(item(2))
	one.Context = epcis.NewContext("ex", "https://one.example/")
	other.Context = epcis.NewContext("ex", "https://other.example/")
	one.Extensions = epcis.Extensions{{Name: "ex:note", Value: epcis.Text("a")}}
	other.Extensions = epcis.Extensions{{Name: "ex:note", Value: epcis.Text("b")}}
	other.EventID = "urn:uuid:00000000-0000-4000-8000-000000000007"
	events := []epcis.Event{one, other, commissioning(item(3))}
	var all []*client.Pending
	for _, e := range events {
		all = append(all, start(t, g, e))
	}
	shut.open()
	recorded(t, blocker)
	alone := founded(t).Client(t, "manufacturer", "operator")
	for i, p := range all {
		captured := recorded(t, p)
		require.Equal(t, 3, captured.Together)
		want, err := alone.CaptureEvents(t.Context(), events[i:i+1])
		require.NoError(t, err)
		require.Equal(t, want.Events[0], captured.Event)
		mine, err := operator.Event(t.Context(), captured.Event.Event)
		require.NoError(t, err)
		theirs, err := alone.Event(t.Context(), want.Events[0].Event)
		require.NoError(t, err)
		require.JSONEq(t, string(theirs.Body), string(mine.Body), "what is stored is what the event alone would be")
		require.Equal(t, theirs.Record.EventID, mine.Record.EventID)
	}
}

func TestACallerWhoLeavesInTimeTakesItsEventOut(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g := group(t, operator, client.WithGroupDelay(time.Hour))
	ctx, leave := context.WithCancel(t.Context())
	sent := make(chan error, 1)
	go func() {
		_, err := g.Capture(ctx, commissioning(item(0)))
		sent <- err
	}()
	<-shut.waiting
	queued := make(chan error, 1)
	go func() {
		_, err := g.Capture(ctx, inspecting(1, item(0)))
		queued <- err
	}()
	leave()
	var left *client.LeftError
	err := <-sent
	require.ErrorAs(t, err, &left, "it is on its way")
	require.ErrorIs(t, err, context.Canceled)
	var failed *client.Error
	require.ErrorAs(t, <-queued, &failed, "nothing has changed")
	require.ErrorIs(t, failed, context.Canceled)
	after := start(t, g, inspecting(2, item(0)))
	shut.open()
	recorded(t, after)
	require.Equal(t, []string{"commissioning 00:00", "inspecting 00:02"}, history(t, operator, item(0)))
}

func TestClosingSendsWhatWaits(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g, err := client.NewGroup(operator, client.WithGroupDelay(time.Hour))
	require.NoError(t, err)
	first := start(t, g, commissioning(item(0)))
	<-shut.waiting
	second, behind := start(t, g, commissioning(item(1))), start(t, g, inspecting(1, item(0)))
	shut.open()
	require.NoError(t, g.Close(t.Context()))
	for _, p := range []*client.Pending{first, second, behind} {
		recorded(t, p)
	}
	_, err = g.Capture(t.Context(), commissioning(item(2)))
	require.ErrorIs(t, err, client.ErrGroupClosed)
	require.NoError(t, g.Close(t.Context()))
}

func TestClosingInAHurryLeavesNothingBehind(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g, err := client.NewGroup(operator, client.WithGroupsInFlight(1), client.WithGroupEvents(1))
	require.NoError(t, err)
	sent := start(t, g, commissioning(item(0)))
	<-shut.waiting
	waits, behind := start(t, g, commissioning(item(1))), start(t, g, inspecting(1, item(0)))
	hurry, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, g.Close(hurry), context.Canceled)
	for _, p := range []*client.Pending{waits, behind} {
		_, err := p.Wait(t.Context())
		require.ErrorIs(t, err, client.ErrGroupClosed)
	}
	_, err = sent.Wait(t.Context())
	require.ErrorIs(t, err, context.Canceled)
}

func TestTheOptionsOfAGroupAreChecked(t *testing.T) {
	c := founded(t).Client(t, "manufacturer", "operator")
	for _, option := range []client.GroupOption{
		client.WithGroupEvents(0), client.WithGroupEvents(1 << 20), client.WithGroupBytes(0), client.WithGroupBytes(4 << 20),
		client.WithGroupDelay(-1), client.WithGroupsInFlight(0), client.WithGroupMemory(1),
	} {
		_, err := client.NewGroup(c, option)
		require.Error(t, err)
	}
}
