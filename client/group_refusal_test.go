package client_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

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

func TestWhatNoSmallerDocumentWouldHelpIsNotTriedWithOne(t *testing.T) {
	for name, says := range map[string]string{
		"a peer out of reach":       "rpc error: code = Unavailable desc = connection error: connection refused",
		"a peer that is overloaded": "rpc error: code = Unknown desc = too many requests for /protos.Endorser, exceeding concurrency limit (2500)",
		"a clock that is wrong":     "incorrect timestamp in header",
		"a certificate not taken":   "error validating proposal: access denied: channel [trade] creator org [ManufacturerMSP]",
	} {
		t.Run(name, func(t *testing.T) {
			c := founded(t)
			operator, shut := gated(t, c, clienttest.Endorse, client.WithTries(1))
			g := group(t, operator, client.WithGroupDelay(time.Hour))
			all := []*client.Pending{start(t, g, commissioning(item(99)))}
			<-shut.waiting
			for i := range 8 {
				all = append(all, start(t, g, commissioning(item(i))))
			}
			for range 2 {
				c.Interrupt(clienttest.Interruption{Step: clienttest.Endorse, Err: refusals(codes.Aborted, "failed to endorse transaction, see attached details for more info", "RetailerMSP", says)})
			}
			shut.open()
			for _, p := range all {
				_, err := p.Wait(t.Context())
				var failed *client.Error
				require.ErrorAs(t, err, &failed)
				require.Equal(t, "RetailerMSP", failed.ByOrganisation[0].MSP)
			}
			require.Equal(t, 2, shut.calls())
		})
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

// Else it would be on the ledger in front of one whose caller sends it again.
func TestWhatWaitsBehindAnEventThatFailedIsHeldBack(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse, client.WithTimeouts(client.Timeouts{Resolve: 50 * time.Millisecond}))
	g := group(t, operator, client.WithGroupDelay(time.Hour), client.WithGroupsInFlight(1))
	first := start(t, g, commissioning(item(1)))
	<-shut.waiting
	behind := start(t, g, inspecting(1, item(1), item(2)))
	further := start(t, g, inspecting(2, item(2)))
	other := start(t, g, commissioning(item(3)))
	c.Interrupt(clienttest.Interruption{Step: clienttest.Submit, Err: status.Error(codes.Unavailable, "connection lost")})
	shut.open()
	_, err := first.Wait(t.Context())
	var unknown *client.OutcomeUnknownError
	require.ErrorAs(t, err, &unknown)
	for _, p := range []*client.Pending{behind, further} {
		_, err := p.Wait(t.Context())
		var held *client.HeldBackError
		require.ErrorAs(t, err, &held)
		require.Equal(t, unknown, held.Before)
		require.NotErrorAs(t, err, &unknown, "it tells nothing of this event")
	}
	recorded(t, other)
	results := g.CaptureAll(t.Context(), []epcis.Event{commissioning(item(1)), commissioning(item(2)), inspecting(1, item(1), item(2))})
	for _, r := range results {
		require.NoError(t, r.Err)
	}
	require.Equal(t, []string{"commissioning 00:00", "inspecting 00:01"}, history(t, operator, item(1)))
}

// Also when it is its caller's time that is over.
func TestWhatWaitsBehindAnEventThatWasTakenOutIsHeldBack(t *testing.T) {
	c := founded(t)
	operator, shut := gated(t, c, clienttest.Endorse)
	g := group(t, operator, client.WithGroupDelay(time.Hour), client.WithGroupsInFlight(1))
	first := start(t, g, commissioning(item(1)))
	<-shut.waiting
	hurry, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	all := g.CaptureAll(hurry, []epcis.Event{inspecting(1, item(1), item(2)), inspecting(2, item(2))})
	require.ErrorIs(t, all[0].Err, context.DeadlineExceeded)
	var held *client.HeldBackError
	require.ErrorAs(t, all[1].Err, &held)
	shut.open()
	recorded(t, first)
}

// Nor does one get in front that is given only when the one before it has failed: there
// is no room for it before.
func TestOfEventsInOrderNoneGoesOnBehindOneThatFailed(t *testing.T) {
	c := founded(t)
	g := group(t, c.Client(t, "manufacturer", "operator", client.WithTries(1)), client.WithGroupMemory(4<<20))
	large := func(e epcis.Event) epcis.Event {
		e.Extensions = epcis.Extensions{{Name: "https://example.com/note", Value: epcis.Text(strings.Repeat("x", 1_000_000))}}
		return e
	}
	events := []epcis.Event{
		large(commissioning(item(1))), large(commissioning(item(2))), large(commissioning(item(3))), large(commissioning(item(4))),
		large(inspecting(1, item(1))), inspecting(2, item(1)), inspecting(3, item(2)),
	}
	c.Interrupt(clienttest.Interruption{Step: clienttest.Endorse, Err: status.Error(codes.Unavailable, "connection lost")})
	results := g.CaptureAll(t.Context(), events)
	var failed *client.Error
	require.ErrorAs(t, results[0].Err, &failed)
	var held *client.HeldBackError
	require.ErrorAs(t, results[4].Err, &held)
	require.ErrorAs(t, results[5].Err, &held)
	for _, i := range []int{1, 2, 3, 6} {
		require.NoError(t, results[i].Err, i)
	}
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

// groupLog notes what an observer is told of groups.
type groupLog struct {
	mu   sync.Mutex
	said []client.Event
}

func (l *groupLog) Begin(ctx context.Context, _ client.Step) (context.Context, func(client.Outcome)) {
	return ctx, nil
}

func (l *groupLog) Observe(_ context.Context, e client.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Took = 0
	if e.Kind == client.GroupSent && e.Bytes > 0 || e.Kind == client.GroupSplit {
		e.Bytes = 0
		l.said = append(l.said, e)
	}
}

func TestAnObserverIsToldOfTheSizesOfGroups(t *testing.T) {
	c := founded(t)
	told := &groupLog{}
	operator, shut := gated(t, c, clienttest.Endorse, client.WithObserver(told))
	g := group(t, operator, client.WithGroupDelay(time.Hour))
	first := start(t, g, commissioning(item(0)))
	<-shut.waiting
	foreign := gs1.Authority + shipmenttest.Object(shipmenttest.Retailer, "F")
	second, bad := start(t, g, commissioning(item(1))), start(t, g, commissioning(foreign))
	shut.open()
	recorded(t, first)
	recorded(t, second)
	<-bad.Done()
	require.NoError(t, g.Close(t.Context()))
	require.Equal(t, []client.Event{
		{Kind: client.GroupSent, Size: 1},
		{Kind: client.GroupSent, Size: 2},
		{Kind: client.GroupSplit, Size: 2, Code: "NotLicensee"},
		{Kind: client.GroupSent, Size: 1},
	}, told.said)
}
