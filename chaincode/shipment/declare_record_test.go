package shipment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func TestWhoMayDeclareWhatAnError(t *testing.T) {
	s := New(t)
	begin := with(Commission(a), func(e *Event) { e.EventID = "urn:x:begin" })
	begin = recorded(s, Manufacturer, begin)[0]
	event := recorded(s, Manufacturer, with(Step("storing", a), func(e *Event) { e.EventID = "urn:x:stored" }))[0]
	refuse := func(code fault.Code, field, who string, e Event) {
		t.Helper()
		before := s.Ledger.Dump()
		_, err := s.Capture(who, e)
		require.ErrorIs(t, err, code)
		require.Equal(t, "/epcisBody/eventList/0"+field, fault.Of(err).Field)
		require.Equal(t, before, s.Ledger.Dump())
	}
	refuse(fault.NotFound, "/errorDeclaration", Carrier, wrong(s, event))
	refuse(fault.NotFound, "/errorDeclaration", Manufacturer, wrong(s, with(event, func(e *Event) { e.BizStep = "loading"; e.EventID = "" })))
	refuse(fault.DuplicateContent, "/eventID", Manufacturer, wrong(s, with(event, func(e *Event) { e.EventID = "" })))
	refuse(fault.EventIDConflict, "/eventID", Manufacturer, wrong(s, with(event, func(e *Event) { e.EventID = begin.EventID })))
	ahead := wrong(s, event)
	ahead.More["errorDeclaration"] = map[string]any{"declarationTime": s.Now.Add(20 * time.Minute).Format(time.RFC3339)}
	refuse(fault.TimeAhead, "/errorDeclaration/declarationTime", Manufacturer, ahead)
	bad := wrong(s, event)
	bad.More["errorDeclaration"] = map[string]any{"reason": "did_not_occur"}
	_, err := s.Capture(Manufacturer, bad)
	require.ErrorIs(t, err, fault.InvalidDocument)

	_, err = s.Capture(Manufacturer, wrong(s, event), with(wrong(s, event), func(*Event) {}))
	require.ErrorIs(t, err, fault.DuplicateContent, "twice in a document")
	own := with(event, func(e *Event) { e.EventID = "urn:x:carrier" })
	s.MustCapture(Carrier, own) // the same, seen by another
	s.MustCapture(Carrier, wrong(s, own))
	require.Equal(t, product.Observed, effects(s, a)[1])
	require.Len(t, s.History(a), 2, "it took back what itself had said")
	require.False(t, s.History(a)[1].Declared)
	s.MustCapture(Manufacturer, wrong(s, event))
	require.Len(t, s.History(a), 3)
}

func TestDeclaringAgainOnlyAddsToTheRecord(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a))
	event := recorded(s, Manufacturer, Step("storing", a))[0]
	declared := wrong(s, event)
	first := s.MustCapture(Manufacturer, declared).Events[0]
	require.NotEmpty(t, first.Declaration)
	_, err := s.Capture(Manufacturer, declared)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	require.Equal(t, s.History(a)[2].Transaction, fault.Of(err).Detail["transaction"])

	corrected := wrong(s, event, "urn:x:2", "urn:x:1")
	corrected.More["errorDeclaration"].(map[string]any)["ex:by"] = "night shift"
	second := s.MustCapture(Manufacturer, corrected).Events[0]
	require.Equal(t, first.Event, second.Event)
	require.Len(t, s.History(a), 3, "no second effect")
	require.False(t, s.Twin(a).Contested)
	_, err = s.Capture(Manufacturer, event)
	require.ErrorIs(t, err, fault.AlreadyRecorded, "an error stays one")

	var read product.ReadEventResponse
	require.NoError(t, s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
		read, err = product.ReadEvent(tx, product.ReadEventRequest{Event: first.Event})
		return err
	}))
	require.Len(t, read.Declarations, 2)
	require.Nil(t, read.Record.Declaration)
	require.Equal(t, "did_not_occur", read.Declarations[0].Declaration.Reason)
	require.Equal(t, []string{"urn:x:2", "urn:x:1"}, read.Declarations[1].Declaration.CorrectiveEventIDs)
	require.NotContains(t, string(read.Body), "errorDeclaration")
	require.NoError(t, s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
		read, err = product.ReadEvent(tx, product.ReadEventRequest{Event: first.Event, RecordedBy: Manufacturer, Declaration: second.Declaration})
		return err
	}))
	require.Contains(t, string(read.Body), "night shift")

	var listed product.ListDeclarationsResponse
	require.NoError(t, s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
		listed, err = product.ListDeclarations(tx, product.ListDeclarationsRequest{Event: first.Event})
		return err
	}))
	require.Len(t, listed.Declarations, 2)
}

func TestTheSpellingOfADeclarationMakesNoSecondOne(t *testing.T) {
	s := New(t)
	event := recorded(s, Manufacturer, Commission(a))[0]
	declare := func(change func(map[string]any)) Event {
		e := wrong(s, event, "urn:x:2", "urn:x:1")
		e.More["errorDeclaration"].(map[string]any)["declarationTime"] = "2026-03-01T08:00:00.000Z"
		e.More["errorDeclaration"].(map[string]any)["ex:by"] = "night shift"
		change(e.More["errorDeclaration"].(map[string]any))
		return e
	}
	s.MustCapture(Manufacturer, declare(func(map[string]any) {}))
	for name, change := range map[string]func(map[string]any){
		"zone":  func(d map[string]any) { d["declarationTime"] = "2026-03-01T09:00:00+01:00" },
		"order": func(d map[string]any) { d["correctiveEventIDs"] = []string{"urn:x:1", "urn:x:2"} },
		"prefix": func(d map[string]any) {
			delete(d, "ex:by")
			d["two:by"] = "night shift"
			d["@context"] = nil
			delete(d, "@context")
		},
	} {
		e := declare(change)
		if name == "prefix" {
			e.More["@context"] = []any{map[string]string{"two": "https://example.com/ns/"}}
		}
		_, err := s.Capture(Manufacturer, e)
		require.ErrorIs(t, err, fault.AlreadyRecorded, name)
	}
	for name, change := range map[string]func(map[string]any){
		"time":       func(d map[string]any) { d["declarationTime"] = "2026-03-01T08:00:00.001Z" },
		"reason":     func(d map[string]any) { d["reason"] = "incorrect_data" },
		"ids":        func(d map[string]any) { d["correctiveEventIDs"] = []string{"urn:x:1"} },
		"extensions": func(d map[string]any) { d["ex:by"] = "day shift" },
	} {
		_, err := s.Capture(Manufacturer, declare(change))
		require.NoError(t, err, name)
	}
}

func TestAnErrorIsDeclaredAndCorrectedInOneDocument(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a))
	event := recorded(s, Manufacturer, Ship(Carrier, a))[0]
	right := with(Ship(Retailer, a), func(e *Event) { e.EventID = "urn:x:right" })
	s.MustCapture(Manufacturer, wrong(s, event, right.EventID), right)
	require.Equal(t, Retailer, s.Twin(a).Offer.To)
	_, err := s.Capture(Carrier, Step("receiving", a))
	require.ErrorIs(t, err, fault.NotOffered)
	facts(t, s, a)
}
