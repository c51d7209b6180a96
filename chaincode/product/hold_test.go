package product_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

var (
	a = Object(Manufacturer, "A")
	b = Object(Manufacturer, "B")
)

// change runs a function over the twins of objects, in one transaction.
func change(s *Scene, paths []string, f func(*ledger.Tx, []*product.Twin) error) error {
	s.Now = s.Now.Add(time.Minute)
	return s.As(Carrier, ledger.RoleGateway).Update(func(tx *ledger.Tx) error {
		var ids []gs1.ID
		for _, path := range paths {
			id, err := gs1.Parse(path)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		twins, err := product.LoadTwins(tx, ids)
		if err != nil {
			return err
		}
		return f(tx, twins)
	})
}

func place(s *Scene, h product.Hold, paths ...string) error {
	return change(s, paths, func(tx *ledger.Tx, twins []*product.Twin) error { return product.PlaceHold(tx, twins, h) })
}

func lift(s *Scene, id string, paths ...string) error {
	return change(s, paths, func(tx *ledger.Tx, twins []*product.Twin) error { return product.LiftHold(tx, twins, id, "Q. Person") })
}

func TestAHoldIsAnEventThatTheLedgerMade(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	require.NoError(t, place(s, product.Hold{ID: "h1", Reason: "above 8 °C for 40 minutes", Breach: "breach-1"}, a, b))
	twin := s.Twin(a)
	require.Equal(t, []product.Hold{{ID: "h1", Reason: "above 8 °C for 40 minutes", Breach: "breach-1", Since: s.Now}}, twin.Holds)
	require.Equal(t, []string{"unavailable"}, twin.PersistentDisposition)
	require.Equal(t, "active", twin.Disposition, "its disposition is the custodian's to say")
	require.EqualValues(t, 2, twin.Events)

	last := s.History(b)[1]
	require.Equal(t, product.Held, last.Effect)
	require.True(t, last.LedgerMade)
	require.Equal(t, "holding", last.BizStep)
	require.Equal(t, Carrier, last.RecordedBy, "whose transaction it was")

	var read product.ReadEventResponse
	require.NoError(t, s.As(Regulator, "").Query(func(tx *ledger.Tx) (err error) {
		read, err = product.ReadEvent(tx, product.ReadEventRequest{Event: last.Event})
		return err
	}))
	event, err := epcis.ReadEvent(read.Body, epcis.DefaultLimits())
	require.NoError(t, err, "what the ledger makes is valid EPCIS: %s", read.Body)
	require.Equal(t, []string{gs1.Authority + a, gs1.Authority + b}, event.EPCList)
	hash, err := event.HashID()
	require.NoError(t, err)
	require.Equal(t, last.Event, hash)
	require.Contains(t, string(read.Body), "breach-1")
}

func TestAnObjectIsUnavailableUntilItsLastHoldIsLifted(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	require.NoError(t, place(s, product.Hold{ID: "h1", Reason: "x"}, a, b))
	require.NoError(t, place(s, product.Hold{ID: "h2", Reason: "y"}, a))
	require.NoError(t, lift(s, "h1", a, b))
	require.Equal(t, []string{"unavailable"}, s.Twin(a).PersistentDisposition)
	require.Empty(t, s.Twin(b).PersistentDisposition)
	require.Empty(t, s.Twin(b).Holds)
	_, err := s.Capture(Manufacturer, Ship(Retailer, a))
	require.ErrorIs(t, err, fault.Held)
	s.MustCapture(Manufacturer, Ship(Retailer, b))
	require.NoError(t, lift(s, "h2", a))
	s.MustCapture(Manufacturer, Ship(Retailer, a))
	effects := []product.Effect{}
	for _, h := range s.History(a) {
		effects = append(effects, h.Effect)
	}
	require.Equal(t, []product.Effect{"commissioned", "held", "held", "released", "released", "shipped"}, effects)
}

func TestTheCustodianCannotMakeAHeldObjectAvailable(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a))
	require.NoError(t, place(s, product.Hold{ID: "h1", Reason: "x"}, a))
	talk := Step("inspecting", a)
	talk.More = map[string]any{"persistentDisposition": map[string]any{"unset": []string{"unavailable"}, "set": []string{"conformant"}}}
	s.MustCapture(Manufacturer, talk)
	require.Equal(t, []string{"conformant", "unavailable"}, s.Twin(a).PersistentDisposition)
}

func TestAHoldFollowsTheObjectInTransitAndToItsReceiver(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a))
	s.MustCapture(Manufacturer, Ship(Carrier, a))
	require.NoError(t, place(s, product.Hold{ID: "h1", Reason: "x"}, a))
	s.MustCapture(Carrier, Step("receiving", a))
	require.Len(t, s.Twin(a).Holds, 1)
	_, err := s.Capture(Carrier, Ship(Retailer, a))
	require.ErrorIs(t, err, fault.Held)
}

func TestHoldsThatCannotBePlacedOrLiftedChangeNothing(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	// More than an answer lists: no number of holds keeps the next one out.
	for i := range product.MaxHolds + 4 {
		require.NoError(t, place(s, product.Hold{ID: fmt.Sprint("h", i)}, a))
	}
	require.Len(t, s.Twin(a).Holds, product.MaxHolds)
	require.Equal(t, product.MaxHolds+4, s.Twin(a).HoldCount)
	before := s.Ledger.Dump()
	require.ErrorIs(t, place(s, product.Hold{ID: "h1"}, b, a), fault.AlreadyExists)
	require.ErrorIs(t, place(s, product.Hold{ID: "x"}, b, b), fault.InvalidRequest)
	require.ErrorIs(t, place(s, product.Hold{}, b), fault.InvalidRequest)
	require.ErrorIs(t, place(s, product.Hold{ID: "x", Reason: strings.Repeat("x", 300)}, b), fault.LimitExceeded)
	require.ErrorIs(t, place(s, product.Hold{ID: "x"}, b, Object(Manufacturer, "NONE")), fault.NotFound)
	require.ErrorIs(t, lift(s, "none", a), fault.NotFound)
	require.ErrorIs(t, lift(s, "h1", a, b), fault.NotFound)
	require.Equal(t, before, s.Ledger.Dump())
}

// Whoever submits readings chooses the transaction's id, and so knows the event
// that the ledger will make.
func TestAnEventThatTheLedgerMakesIsNoneThatSomebodyCaptured(t *testing.T) {
	hold := product.Hold{ID: "h1", Reason: "x"}
	caller := ledger.Caller{MSP: Carrier, Role: ledger.RoleGateway}
	place := func(s *Scene, at time.Time) {
		proposal := memledger.Proposal{ID: "chosen", Time: at, Caller: caller}
		require.NoError(t, s.Ledger.Update(proposal, func(tx *ledger.Tx) error {
			twins := loaded(t, tx, a)
			return product.PlaceHold(tx, twins, hold)
		}))
	}
	// What the ledger makes, seen on a ledger of one's own.
	mine := New(t)
	mine.MustCapture(Manufacturer, Commission(a))
	at := mine.Now
	place(mine, at)
	made := mine.History(a)[1]
	foreseen, err := query(mine, product.ReadEvent, product.ReadEventRequest{Event: made.Event})
	require.NoError(t, err)

	for _, who := range []string{Manufacturer, Carrier} {
		s := New(t)
		s.MustCapture(Manufacturer, Commission(a))
		document := []byte(`{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0",` +
			`"creationDate":"2026-03-01T08:00:00Z","epcisBody":{"eventList":[` + string(foreseen.Body) + `]}}`)
		captured, err := s.CaptureDocument(who, document)
		require.NoError(t, err)
		require.Equal(t, made.Event, captured.Events[0].Event)
		entry := func(by string) product.EventRecord {
			read, err := query(s, product.ReadEvent, product.ReadEventRequest{Event: made.Event, RecordedBy: by})
			require.NoError(t, err)
			return read.Record
		}
		before := entry("")
		require.Equal(t, who, before.RecordedBy)
		place(s, at)

		history := s.History(a)
		require.Equal(t, made.Event, history[len(history)-1].Event)
		require.True(t, history[len(history)-1].LedgerMade)
		for _, h := range history[:len(history)-1] {
			require.False(t, h.LedgerMade, "what was captured is still a capture")
		}
		require.True(t, entry("").LedgerMade, "the ledger's own word comes first")
		require.True(t, entry(product.Ledger).LedgerMade)
		_, err = s.CaptureDocument(who, document)
		require.ErrorIs(t, err, fault.AlreadyRecorded)
		require.Equal(t, before.Transaction, fault.Of(err).Detail["transaction"])
	}
}

func loaded(t *testing.T, tx *ledger.Tx, path string) []*product.Twin {
	t.Helper()
	id, err := gs1.Parse(path)
	require.NoError(t, err)
	twins, err := product.LoadTwins(tx, []gs1.ID{id})
	require.NoError(t, err)
	return twins
}
