package client_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// gate is a connection on which a step waits while the gate is shut.
type gate struct {
	grpc.ClientConnInterface
	step clienttest.Step

	mu      sync.Mutex
	shut    chan struct{} // nil: open
	waiting chan struct{} // one for each call that waits
	passed  int
}

func (g *gate) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if method == string(g.step) {
		g.mu.Lock()
		shut := g.shut
		g.passed++
		g.mu.Unlock()
		if shut != nil {
			g.waiting <- struct{}{}
			select {
			case <-shut:
			case <-ctx.Done():
				return status.FromContextError(ctx.Err()).Err()
			}
		}
	}
	return g.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.shut)
	g.shut = nil
}

func (g *gate) calls() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.passed
}

// gated returns a manufacturer's client whose calls wait at a step until the gate
// opens.
func gated(t *testing.T, c *clienttest.Consortium, step clienttest.Step, options ...client.Option) (*client.Client, *gate) {
	t.Helper()
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	g := &gate{ClientConnInterface: connection, step: step, shut: make(chan struct{}), waiting: make(chan struct{}, 1000)}
	return c.Client(t, "manufacturer", "operator", append(options, client.WithClientConnection(g))...), g
}

func group(t *testing.T, c *client.Client, options ...client.GroupOption) *client.Group {
	t.Helper()
	g, err := client.NewGroup(c, options...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.Close(context.Background())) })
	return g
}

// item is the nth object of the manufacturer, as a Digital Link.
func item(n int) string {
	return gs1.Authority + shipmenttest.Object(shipmenttest.Manufacturer, fmt.Sprintf("G%d", n))
}

func eventOf(action epcis.Action, bizStep string, epcs ...string) epcis.Event {
	return epcis.Event{Type: epcis.ObjectEvent, Action: action, BizStep: bizStep, EventTime: now.Add(-time.Hour), EPCList: epcs}
}

func commissioning(epcs ...string) epcis.Event { return eventOf(epcis.Add, "commissioning", epcs...) }

// inspecting is the nth inspection of an object.
func inspecting(n int, epcs ...string) epcis.Event {
	e := eventOf(epcis.Observe, "inspecting", epcs...)
	e.EventTime = e.EventTime.Add(time.Duration(n) * time.Second)
	return e
}

func start(t *testing.T, g *client.Group, e epcis.Event) *client.Pending {
	t.Helper()
	p, err := g.Start(t.Context(), e)
	require.NoError(t, err)
	return p
}

func recorded(t *testing.T, p *client.Pending) *client.Grouped {
	t.Helper()
	captured, err := p.Wait(t.Context())
	require.NoError(t, err)
	require.Zero(t, captured.Event.Index)
	require.NotEmpty(t, captured.Transaction)
	return captured
}

// history returns the business steps of an object's events, in ledger order.
func history(t *testing.T, c *client.Client, object string) []string {
	t.Helper()
	var steps []string
	for entry, err := range c.History(t.Context(), object) {
		require.NoError(t, err)
		read, err := c.Event(t.Context(), entry.Event)
		require.NoError(t, err)
		body, err := epcis.ReadEvent(read.Body, epcis.Limits{})
		require.NoError(t, err)
		steps = append(steps, body.BizStep+" "+body.EventTime.Format("04:05"))
	}
	return steps
}

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

func TestABadEventDoesNotSinkTheOthers(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g := group(t, operator, client.WithGroupDelay(time.Hour), client.WithGroupEvents(12))
	first := start(t, g, commissioning(item(0)))
	<-shut.waiting
	var good, bad []*client.Pending
	for i := range 12 {
		if i%2 == 0 {
			good = append(good, start(t, g, commissioning(item(100+i))))
			continue
		}
		foreign := gs1.Authority + shipmenttest.Object(shipmenttest.Retailer, fmt.Sprintf("F%d", i))
		bad = append(bad, start(t, g, commissioning(foreign)))
	}
	shut.open()
	recorded(t, first)
	for _, p := range good {
		recorded(t, p)
	}
	for _, p := range bad {
		_, err := p.Wait(t.Context())
		require.ErrorIs(t, err, fault.NotLicensee)
		var failed *client.Error
		require.ErrorAs(t, err, &failed)
		at, named := failed.Fault.EventIndex()
		require.True(t, named)
		require.Zero(t, at, "as if it were alone")
		require.Equal(t, "/epcisBody/eventList/0/epcList/0", failed.Fault.Field)
		require.Len(t, failed.ByOrganisation, 1)
		require.Equal(t, failed.Fault, failed.ByOrganisation[0].Fault)
	}
}

func TestWhatBreaksTheRulesOfEPCISIsNotSent(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g := group(t, operator)
	broken := commissioning(item(0))
	broken.Action = ""
	_, err := g.Capture(t.Context(), broken)
	require.ErrorIs(t, err, fault.InvalidDocument)
	var invalid *epcis.ValidationError
	require.ErrorAs(t, err, &invalid)
	_, alone := c.Client(t, "manufacturer", "operator").CaptureEvents(t.Context(), []epcis.Event{broken})
	require.Equal(t, fault.Of(alone), fault.Of(err), "the same as the contract's")
	require.Zero(t, shut.calls())
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

// Refused within a document, an event was held against those before it; they may fail
// themselves. It is refused only when they stand on the ledger.
func TestAnEventIsNotRefusedForWhatDidNotHappen(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g := group(t, operator, client.WithGroupDelay(time.Hour))
	blocker := start(t, g, commissioning(item(99)))
	<-shut.waiting
	begun := start(t, g, commissioning(item(1)))
	again := commissioning(item(1))
	again.EventTime = again.EventTime.Add(time.Second)
	twice := start(t, g, again)
	after := start(t, g, inspecting(5, item(1)))
	shut.open()
	recorded(t, blocker)
	first := recorded(t, begun)
	_, err := twice.Wait(t.Context())
	require.ErrorIs(t, err, fault.AlreadyExists)
	last := recorded(t, after)
	require.Greater(t, last.Block, first.Block)
	require.Equal(t, []string{"commissioning 00:00", "inspecting 00:05"}, history(t, operator, item(1)))
}

func TestRepeatsReachOnlyTheirCallers(t *testing.T) {
	for name, id := range map[string]string{"with an id": "urn:uuid:00000000-0000-4000-8000-000000000001", "without": ""} {
		t.Run(name, func(t *testing.T) {
			c := founded(t)
			operator, shut := gated(t, c, clienttest.Endorse)
			g := group(t, operator, client.WithGroupDelay(time.Hour))
			known := commissioning(item(0))
			known.EventID = id
			first := start(t, g, known)
			<-shut.waiting
			fresh := commissioning(item(1))
			if id != "" {
				fresh.EventID = strings.Replace(id, "1", "2", 1)
			}
			all := []*client.Pending{start(t, g, known), start(t, g, fresh), start(t, g, fresh), start(t, g, commissioning(item(2)))}
			shut.open()
			recorded(t, first)
			for i, p := range all {
				captured, err := p.Wait(t.Context())
				if i == 1 || i == 3 {
					require.NoError(t, err)
					continue
				}
				require.Nil(t, captured)
				require.ErrorIs(t, err, fault.AlreadyRecorded)
				require.NotEmpty(t, fault.Of(err).Detail["transaction"])
				require.NotEmpty(t, fault.Of(err).Detail["event"])
			}
			_, alone := operator.CaptureEvents(t.Context(), []epcis.Event{known})
			_, err := g.Capture(t.Context(), known)
			require.Equal(t, fault.Of(alone).Detail, fault.Of(err).Detail)
		})
	}
}

func TestADocumentOfRepeatsTellsEachItsOwnTransaction(t *testing.T) {
	c := founded(t)
	plain := c.Client(t, "manufacturer", "operator")
	var want []string
	var events []epcis.Event
	for i := range 5 {
		events = append(events, commissioning(item(i)))
		captured, err := plain.CaptureEvents(t.Context(), events[i:])
		require.NoError(t, err)
		want = append(want, captured.Transaction)
	}
	operator, shut := gated(t, c, clienttest.Endorse)
	g := group(t, operator, client.WithGroupDelay(time.Hour))
	blocker := start(t, g, commissioning(item(99)))
	<-shut.waiting
	var all []*client.Pending
	for _, e := range events {
		all = append(all, start(t, g, e))
	}
	shut.open()
	recorded(t, blocker)
	for i, p := range all {
		_, err := p.Wait(t.Context())
		require.ErrorIs(t, err, fault.AlreadyRecorded)
		require.Equal(t, want[i], fault.Of(err).Detail["transaction"])
	}
}

func TestAnErrorDeclarationFollowsItsEvent(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g := group(t, operator, client.WithGroupDelay(time.Hour))
	blocker := start(t, g, commissioning(item(99)))
	<-shut.waiting
	begun, wrong := commissioning(item(1)), inspecting(1, item(1))
	declared := wrong
	declared.ErrorDeclaration = &epcis.ErrorDeclaration{DeclarationTime: now.Add(-time.Minute), Reason: "did_not_occur"}
	all := []*client.Pending{start(t, g, begun), start(t, g, wrong), start(t, g, declared)}
	shut.open()
	recorded(t, blocker)
	for _, p := range all {
		recorded(t, p)
	}
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

func TestARefusalThatNamesNoEventHalvesTheDocument(t *testing.T) {
	refused := func(code fault.Code) error {
		return refusals(codes.Aborted, "failed to endorse transaction", "ManufacturerMSP", "chaincode response 500, "+fault.New(code, "x").AtEvent(3).Wire())
	}
	for name, err := range map[string]error{
		"too large for the contract": refused(fault.LimitExceeded),
		"an internal fault":          refusals(codes.Aborted, "failed to endorse transaction", "ManufacturerMSP", "chaincode response 500, "+fault.New(fault.Internal, "x").Wire()),
		"peers do not agree":         refusals(codes.Aborted, "failed to endorse transaction", "ManufacturerMSP", "ProposalResponsePayloads do not match"),
		"too large for a connection": status.Error(codes.ResourceExhausted, "grpc: received message larger than max (5 vs. 4)"),
	} {
		t.Run(name, func(t *testing.T) {
			c := founded(t)
			operator, shut := gated(t, c, clienttest.Endorse)
			g := group(t, operator, client.WithGroupDelay(time.Hour))
			blocker := start(t, g, commissioning(item(99)))
			<-shut.waiting
			var all []*client.Pending
			for i := range 8 {
				all = append(all, start(t, g, commissioning(item(i))))
			}
			for range 3 { // of 8, of 4, and of 2 or the other 4
				c.Interrupt(clienttest.Interruption{Step: clienttest.Endorse, Err: err})
			}
			shut.open()
			_, failed := blocker.Wait(t.Context()) // alone, it hears the first
			require.Error(t, failed)
			for _, p := range all {
				require.LessOrEqual(t, recorded(t, p).Together, 4)
			}
		})
	}
}

func TestWhatConcernsTheCallerEveryCallerHears(t *testing.T) {
	c := founded(t)
	auditor := c.Client(t, "manufacturer", "auditor")
	g := group(t, auditor)
	for _, result := range g.CaptureAll(t.Context(), []epcis.Event{commissioning(item(1)), commissioning(item(2)), commissioning(item(3))}) {
		require.ErrorIs(t, result.Err, fault.RoleRequired)
		require.Nil(t, result.Captured)
	}
}

func TestAnUnknownOutcomeReachesEveryCaller(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse, client.WithTimeouts(client.Timeouts{Resolve: 50 * time.Millisecond}))
	g := group(t, operator, client.WithGroupDelay(time.Hour))
	blocker := start(t, g, commissioning(item(99)))
	<-shut.waiting
	one, two, after := start(t, g, commissioning(item(1))), start(t, g, commissioning(item(2))), start(t, g, inspecting(1, item(1)))
	c.Interrupt(clienttest.Interruption{Step: clienttest.Submit, Err: status.Error(codes.Unavailable, "connection lost")})
	c.Interrupt(clienttest.Interruption{Step: clienttest.Submit, Err: status.Error(codes.Unavailable, "connection lost")})
	shut.open()
	for _, p := range []*client.Pending{blocker, one, two, after} {
		_, err := p.Wait(t.Context())
		var unknown *client.OutcomeUnknownError
		require.ErrorAs(t, err, &unknown)
		require.NotEmpty(t, unknown.Transaction)
	}
	captured, err := g.Capture(t.Context(), commissioning(item(1)))
	require.NoError(t, err, "to repeat it is safe")
	require.NotNil(t, captured)
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

func TestALostRaceIsRunAgain(t *testing.T) {
	c := founded(t)
	rival := c.Client(t, "manufacturer", "admin")
	operator := beforeStep(t, c, "manufacturer", "operator", clienttest.Submit, func() {
		_, err := rival.CaptureEvents(context.Background(), []epcis.Event{inspecting(1, item(0))})
		require.NoError(t, err)
	})
	_, err := rival.CaptureEvents(t.Context(), []epcis.Event{commissioning(item(0))})
	require.NoError(t, err)
	results := group(t, operator).CaptureAll(t.Context(), []epcis.Event{inspecting(2, item(0)), inspecting(3, item(0))})
	for _, r := range results {
		require.NoError(t, r.Err)
	}
	require.Equal(t, []string{"commissioning 00:00", "inspecting 00:01", "inspecting 00:02", "inspecting 00:03"}, history(t, rival, item(0)))
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
