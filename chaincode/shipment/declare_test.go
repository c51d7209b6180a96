package shipment_test

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// recorded captures events, each at a time of its own, and returns them as they
// were sent, so that they can be declared errors.
func recorded(s *Scene, msp string, events ...Event) []Event {
	s.TB.Helper()
	for i := range events {
		events[i].Time = s.Now.Add(time.Duration(i) * time.Second)
	}
	s.MustCapture(msp, events...)
	return events
}

// wrong declares an event that is on record an error.
func wrong(s *Scene, e Event, ids ...string) Event {
	e.More = maps.Clone(e.More)
	if e.More == nil {
		e.More = map[string]any{}
	}
	declaration := map[string]any{"declarationTime": s.Now.Format(time.RFC3339), "reason": "did_not_occur"}
	if len(ids) > 0 {
		declaration["correctiveEventIDs"] = ids
	}
	e.More["errorDeclaration"] = declaration
	return e
}

// facts are those of an object, which are also those as of now.
func facts(t testing.TB, s *Scene, id string) product.Facts {
	t.Helper()
	var past product.Past
	require.NoError(t, s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
		past, err = product.ReadTwinAsOf(tx, product.ReadTwinAsOfRequest{ID: id, Time: s.Now, Clock: product.Recorded})
		return err
	}))
	twin := s.Twin(id)
	require.Equal(t, past.Facts, twin.Facts, "the twin is the fold of its history")
	return twin.Facts
}

func TestAnEventDeclaredAnErrorIsUndoneWhileItIsTheLast(t *testing.T) {
	for name, test := range map[string]struct {
		given []Event // by the manufacturer
		who   string
		event Event
		state product.State
	}{
		"an observation": {who: Manufacturer, event: with(Step("storing", a), func(e *Event) {
			e.Place, e.Disposition = Site(Retailer), "damaged"
			e.More = map[string]any{"persistentDisposition": map[string]any{"set": []string{"completeness_verified"}}}
		})},
		"a shipment":     {who: Manufacturer, event: with(Ship(Retailer, a), func(e *Event) { e.Owner = GLN(Retailer) })},
		"a receipt":      {given: []Event{with(Ship(Retailer, a), func(e *Event) { e.Owner = GLN(Retailer) })}, who: Retailer, event: with(Step("receiving", a), func(e *Event) { e.Place = Site(Retailer) })},
		"a void":         {given: []Event{Ship(Retailer, a)}, who: Manufacturer, event: Step("void_shipping", a)},
		"a refusal":      {given: []Event{Ship(Retailer, a)}, who: Retailer, event: Step("void_shipping", a)},
		"a destruction":  {who: Manufacturer, event: Delete("destroying", a)},
		"a sale":         {who: Manufacturer, event: Delete("retail_selling", a)},
		"a return":       {given: []Event{Delete("retail_selling", a)}, who: Manufacturer, event: returned("stocking", a)},
		"decommissioned": {who: Manufacturer, event: Step("decommissioning", a)},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			s.MustCapture(Manufacturer, with(Commission(a), func(e *Event) { e.Place = Site(Manufacturer) }))
			for _, e := range test.given {
				s.MustCapture(Manufacturer, e)
			}
			before, story := s.Twin(a), effects(s, a)
			event := recorded(s, test.who, test.event)[0]
			require.NotEqual(t, before.Facts, facts(t, s, a))
			s.MustCapture(test.who, wrong(s, event))
			after := s.Twin(a)
			require.Equal(t, before.Facts, facts(t, s, a))
			require.Equal(t, before.Offer, after.Offer)
			require.False(t, after.Contested)
			require.Equal(t, before.Changed, after.Changed)
			require.Equal(t, append(story, effects(s, a)[len(story)], product.Reversed), effects(s, a), "what was is not taken out of the history")
			history := s.History(a)
			entry, declared := history[len(history)-1], history[len(history)-2]
			require.True(t, declared.Declared)
			require.Equal(t, declared.Event, entry.Event)
			require.NotEmpty(t, entry.Declaration)
			require.Equal(t, test.who, entry.RecordedBy)
			s.MustCapture(test.who, with(Step("inspecting", a), func(*Event) {}))
		})
	}
}

func TestAReceiptThatIsTakenBackCanBeMadeAgain(t *testing.T) {
	s := New(t)
	offered(s)
	receipt := recorded(s, Retailer, Step("receiving", a))[0]
	s.MustCapture(Retailer, wrong(s, receipt))
	require.Equal(t, Manufacturer, s.Twin(a).Custodian)
	require.Empty(t, s.Twin(a).From)
	s.MustCapture(Retailer, Step("receiving", a))
	require.Equal(t, Retailer, s.Twin(a).Custodian)
}

func TestAnErroneousBeginningIsUndoneAndTheObjectMayBeginAnew(t *testing.T) {
	s := New(t)
	begin := recorded(s, Manufacturer, Commission(a, b))[0]
	s.MustCapture(Manufacturer, Step("storing", b))
	s.MustCapture(Manufacturer, wrong(s, begin))
	require.Equal(t, product.Undone, facts(t, s, a).State)
	require.Equal(t, product.Active, facts(t, s, b).State)
	require.True(t, s.Twin(b).Contested, "it had moved on")
	for who, event := range map[string]Event{Manufacturer: Ship(Retailer, a), Retailer: Step("receiving", a)} {
		_, err := s.Capture(who, event)
		require.ErrorIs(t, err, fault.ObjectEnded)
	}
	s.MustCapture(Carrier, Step("inspecting", a))
	require.Empty(t, suspicions(s, a))
	s.MustCapture(Manufacturer, Commission(a))
	require.Equal(t, product.Active, facts(t, s, a).State)
	require.Equal(t, 2, s.Twin(a).Life)
	require.Equal(t, []product.Effect{"commissioned", "reversed", "commissioned"}, effects(s, a))
}

func TestAnAdoptionIsUndoneAndAnotherMayAdopt(t *testing.T) {
	s := New(t)
	begin := recorded(s, Carrier, adoption(a))[0]
	s.MustCapture(Carrier, wrong(s, begin))
	s.MustCapture(Retailer, adoption(a))
	require.Equal(t, Retailer, s.Twin(a).Custodian)
	again := recorded(s, Manufacturer, Commission(a))[0]
	s.MustCapture(Manufacturer, wrong(s, again))
	require.Equal(t, product.Undone, s.Twin(a).State)
	require.False(t, suspicions(s, a)[0].Withdrawn.IsZero())
}

func TestSeveralEventsAreUndoneFromTheLastOn(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a))
	before := facts(t, s, a)
	events := recorded(s, Manufacturer, Step("storing", a), with(Step("inspecting", a), func(e *Event) { e.Disposition = "damaged" }), Ship(Retailer, a))
	s.MustCapture(Manufacturer, wrong(s, events[2]), wrong(s, events[1]))
	s.MustCapture(Manufacturer, wrong(s, events[0]))
	require.Equal(t, before, facts(t, s, a))
	require.Equal(t, []product.Effect{"commissioned", "observed", "observed", "shipped", "reversed", "reversed", "reversed"}, effects(s, a))
	require.False(t, s.Twin(a).Contested)
}

func TestWhatMovedOnIsContestedAndStaysWhereItIs(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	shipped := recorded(s, Manufacturer, Ship(Carrier, a, b))[0]
	received := recorded(s, Carrier, Step("receiving", a))[0]
	s.MustCapture(Carrier, Ship(Retailer, a))
	s.MustCapture(Retailer, Step("receiving", a))

	s.MustCapture(Carrier, wrong(s, received))
	require.Equal(t, Retailer, facts(t, s, a).Custodian, "the goods went on")
	require.True(t, s.Twin(a).Contested)
	s.MustCapture(Manufacturer, wrong(s, shipped))
	require.Equal(t, Retailer, facts(t, s, a).Custodian)
	require.Nil(t, s.Twin(b).Offer, "this one had not")
	require.False(t, s.Twin(b).Contested)
	require.Equal(t, product.Contested, effects(s, a)[5])
	require.Equal(t, product.Reversed, effects(s, b)[2])
}

func TestAHoldIsALaterEvent(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a))
	event := recorded(s, Manufacturer, Step("storing", a))[0]
	hold(s, a)
	s.MustCapture(Manufacturer, wrong(s, event))
	require.True(t, s.Twin(a).Contested)
	require.Equal(t, 1, s.Twin(a).HoldCount)
	require.Contains(t, facts(t, s, a).PersistentDisposition, product.Unavailable)
}

func TestWhatOthersSawChangesNothingOfAReversal(t *testing.T) {
	s := New(t)
	delegated(s, Carrier)
	s.MustCapture(Manufacturer, Commission(a))
	event := recorded(s, Manufacturer, Ship(Retailer, a))[0]
	s.MustCapture(Carrier, Step("inspecting", a), Commission(a))
	s.MustCapture(Manufacturer, wrong(s, event))
	require.Nil(t, s.Twin(a).Offer)
	require.False(t, s.Twin(a).Contested)
}

func TestWhoeverSawWronglyTakesItBack(t *testing.T) {
	s := New(t)
	delegated(s, Carrier)
	s.MustCapture(Manufacturer, Commission(a), Delete("destroying", a), Commission(b))
	before := s.Twin(a)
	seen := recorded(s, Retailer, Step("inspecting", a, b))[0]
	twice := recorded(s, Carrier, Commission(b))[0]
	at := s.Twin(b).Events
	s.MustCapture(Retailer, wrong(s, seen))
	s.MustCapture(Carrier, wrong(s, twice))
	require.Equal(t, before.Twin, s.Twin(a).Twin, "a witness changes nothing, nor does its error")
	require.Equal(t, at, s.Twin(b).Events)
	for _, id := range []string{a, b} {
		require.False(t, s.Twin(id).Contested)
		require.False(t, suspicions(s, id)[0].Withdrawn.IsZero())
	}
}

func TestDispensingIsNotUndoneByAnErrorAfterTenDays(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	early := recorded(s, Manufacturer, Delete("dispensing", a))[0]
	s.Now = s.Now.Add(9 * 24 * time.Hour)
	s.MustCapture(Manufacturer, wrong(s, early))
	require.Equal(t, product.Active, s.Twin(a).State)
	late := recorded(s, Manufacturer, Delete("dispensing", b))[0]
	s.Now = s.Now.Add(10 * 24 * time.Hour)
	s.MustCapture(Manufacturer, wrong(s, late))
	require.Equal(t, product.Ended, s.Twin(b).State)
	require.True(t, s.Twin(b).Contested)
}

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
