package client_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// oneByOne is a ledger to which events come one after another: what a group must
// look like to its callers.
type oneByOne struct {
	began    map[string]bool
	recorded map[string]bool     // by what an event says
	history  map[string][]string // of what its events say, by object
}

// capture returns the code with which an event is refused; "" for none.
func (o *oneByOne) capture(s said) fault.Code {
	if o.recorded[s.text()] {
		return fault.AlreadyRecorded
	}
	switch {
	case s.foreign:
		return fault.NotLicensee
	case s.begins && slices.ContainsFunc(s.objects, func(object string) bool { return o.began[object] }):
		return fault.AlreadyExists
	case !s.begins && slices.ContainsFunc(s.objects, func(object string) bool { return !o.began[object] }):
		return fault.NotFound
	}
	o.recorded[s.text()] = true
	for _, object := range s.objects {
		o.began[object] = true
		o.history[object] = append(o.history[object], s.text())
	}
	return ""
}

// said is an event of the property.
type said struct {
	objects []string
	begins  bool
	foreign bool // begins what is another's to begin
	second  int
	id      string
}

func (s said) text() string { return fmt.Sprint(s.objects, s.begins, s.second, s.id) }

func (s said) event() epcis.Event {
	e := inspecting(s.second, s.objects...)
	if s.begins {
		e.Action, e.BizStep = epcis.Add, "commissioning"
	}
	e.EventID = s.id
	return e
}

// drawEvents draws what is said of a few objects, repeats and nonsense among it.
func drawEvents(t *rapid.T, run int) []said {
	objects := make([]string, rapid.IntRange(1, 6).Draw(t, "objects"))
	for i := range objects {
		objects[i] = gs1.Authority + shipmenttest.Object(shipmenttest.Manufacturer, fmt.Sprintf("P%d-%d", run, i))
	}
	var all []said
	for i := range rapid.IntRange(1, 30).Draw(t, "events") {
		s := said{second: i}
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0, 1, 2:
			s.begins = true
		case 3:
			s.begins, s.foreign = true, true
		case 4:
			if len(all) > 0 {
				all = append(all, all[rapid.IntRange(0, len(all)-1).Draw(t, "repeats")])
				continue
			}
		}
		if s.foreign {
			s.objects = []string{gs1.Authority + shipmenttest.Object(shipmenttest.Retailer, fmt.Sprintf("P%d-%d", run, i))}
		} else {
			s.objects = rapid.SliceOfNDistinct(rapid.SampledFrom(objects), 1, min(3, len(objects)), rapid.ID).Draw(t, "about")
		}
		if rapid.Bool().Draw(t, "named") {
			s.id = "https://example.com/event/" + strconv.Itoa(run) + "/" + strconv.Itoa(i)
		}
		all = append(all, s)
	}
	return all
}

// To each caller, a group looks as if events had come one by one in the order of the
// calls, whatever is lost on the way: each is on the ledger exactly once, or refused
// for a reason that holds there.
func TestAGroupDoesWhatOneByOneWouldHaveDone(t *testing.T) {
	c := founded(t)
	plain := c.Client(t, "manufacturer", "operator")
	lost := status.Error(codes.Unavailable, "connection lost")
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		events := drawEvents(rt, run)
		var interruptions []clienttest.Interruption
		for _, step := range rapid.SliceOfN(rapid.SampledFrom([]clienttest.Step{clienttest.Endorse, clienttest.Submit, clienttest.CommitStatus}), 0, 2).Draw(rt, "lost") {
			interruptions = append(interruptions, clienttest.Interruption{Step: step, Err: lost, After: rapid.Bool().Draw(rt, "after")})
		}
		c.Interrupt(interruptions...)
		g, err := client.NewGroup(plain,
			client.WithGroupEvents(rapid.IntRange(1, 8).Draw(rt, "together")), client.WithGroupsInFlight(rapid.IntRange(1, 4).Draw(rt, "inFlight")),
			client.WithGroupDelay(time.Duration(rapid.IntRange(0, 2).Draw(rt, "delay"))*time.Millisecond))
		require.NoError(rt, err)
		var pending []*client.Pending
		for _, s := range events {
			p, err := g.Start(context.Background(), s.event())
			require.NoError(rt, err)
			pending = append(pending, p)
		}
		require.NoError(rt, g.Close(context.Background()))
		hashes := checkOutcomes(rt, events, pending)
		for object, want := range hashes {
			var got []string
			for entry, err := range plain.History(context.Background(), object) {
				require.NoError(rt, err)
				got = append(got, entry.Event)
			}
			require.Equal(rt, want, got, object)
		}
	})
}

// checkOutcomes holds outcomes against those of a ledger to which the events came one
// by one, and returns which events each object ought to have.
func checkOutcomes(t *rapid.T, events []said, pending []*client.Pending) map[string][]string {
	model := oneByOne{began: map[string]bool{}, recorded: map[string]bool{}, history: map[string][]string{}}
	hashes := map[string][]string{}
	for i, s := range events {
		captured, err := pending[i].Wait(context.Background())
		want := model.capture(s)
		if want != "" {
			require.ErrorIs(t, err, want, s.text())
			at, named := fault.Of(err).EventIndex()
			require.True(t, named)
			require.Zero(t, at)
			continue
		}
		require.NoError(t, err, s.text())
		for _, object := range s.objects {
			hashes[object] = append(hashes[object], captured.Event.Event)
		}
	}
	return hashes
}
