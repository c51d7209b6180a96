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

// The event that another has begun the object with, and taken back, is on record twice
// then; the second is found by who sent it.
func TestABeginningThatAnotherSaidFirstIsKnownToWhoSaidItToo(t *testing.T) {
	s := New(t)
	begin := recorded(s, Carrier, adoption(a))[0]
	s.MustCapture(Carrier, wrong(s, begin))
	s.MustCapture(Retailer, begin)
	require.Equal(t, Retailer, s.Twin(a).Custodian)
	_, err := s.Capture(Retailer, begin)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	_, err = s.Capture(Carrier, begin)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
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

func TestWhatWasUndoneInBetweenIsNoLaterEvent(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a))
	before := facts(t, s, a)
	first := recorded(s, Manufacturer, with(Step("storing", a), func(e *Event) { e.Place = Site(Manufacturer) }))[0]
	second := recorded(s, Manufacturer, with(Step("inspecting", a), func(e *Event) { e.Disposition = "damaged" }))[0]
	s.MustCapture(Manufacturer, wrong(s, second))
	third := recorded(s, Manufacturer, Ship(Retailer, a))[0]
	s.MustCapture(Manufacturer, wrong(s, third))
	s.MustCapture(Manufacturer, wrong(s, first))
	require.Equal(t, before, facts(t, s, a))
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
