package shipment_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func TestAPackingIsReversedForContainerAndChildren(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, with(Commission(a, b, pallet, truck), func(e *Event) { e.Place = Site(Manufacturer) }), Pack(truck, pallet))
	before := map[string]product.Facts{}
	for _, id := range []string{a, b, pallet, truck} {
		before[id] = facts(t, s, id)
	}
	packed := recorded(s, Manufacturer, Pack(pallet, a, b))[0]
	require.NotNil(t, s.Twin(a).In)
	s.MustCapture(Manufacturer, wrong(s, packed))
	for _, id := range []string{a, b, pallet, truck} {
		got := facts(t, s, id)
		if got.In != nil {
			got.In.Seen = before[id].In.Seen
		}
		require.Equal(t, before[id], got, id)
		require.False(t, s.Twin(id).Contested)
	}
	s.MustCapture(Manufacturer, Ship(Retailer, truck), Ship(Carrier, a))
	require.Equal(t, Retailer, s.Twin(pallet).Offer.To)
	require.Equal(t, Carrier, s.Twin(a).Offer.To)
}

func TestAPackingThatBeganItsParentUndoesIt(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a))
	packed := recorded(s, Manufacturer, Pack(pallet, a))[0]
	s.MustCapture(Manufacturer, wrong(s, packed))
	require.Equal(t, product.Undone, facts(t, s, pallet).State)
	require.Nil(t, facts(t, s, a).In)
	s.MustCapture(Manufacturer, Pack(pallet, a))
	require.Equal(t, pallet, facts(t, s, a).In.Container)
	require.Equal(t, product.Active, facts(t, s, pallet).State)
}

func TestAPackingIsContestedAsAWhole(t *testing.T) {
	for name, next := range map[string]struct {
		who   string
		event []Event
	}{
		"a child came out":          {Manufacturer, []Event{Unpack(pallet, a)}},
		"a child was seen":          {Manufacturer, []Event{Step("inspecting", a)}},
		"something else went in":    {Manufacturer, []Event{Commission(Object(Manufacturer, "C")), Pack(pallet, Object(Manufacturer, "C"))}},
		"the container was shipped": {Manufacturer, []Event{Ship(Retailer, pallet)}},
		"what it is in was shipped": {Manufacturer, []Event{Pack(truck, pallet), Ship(Retailer, truck)}},
		"it was emptied":            {Manufacturer, []Event{Unpack(pallet)}},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			s.MustCapture(Manufacturer, Commission(a, b))
			packed := recorded(s, Manufacturer, Pack(pallet, a, b))[0]
			s.MustCapture(next.who, next.event...)
			before := map[string]product.Facts{}
			for _, id := range []string{a, b, pallet} {
				before[id] = facts(t, s, id)
			}
			s.MustCapture(Manufacturer, wrong(s, packed))
			for _, id := range []string{a, b, pallet} {
				got := facts(t, s, id)
				if got.In != nil {
					got.In.Seen = before[id].In.Seen
				}
				require.Equal(t, before[id], got, id)
				require.True(t, s.Twin(id).Contested, id)
			}
		})
	}
}

// The truck moved with the pallet in it, though neither pallet nor child has an
// event that says so.
func TestWhatInheritsAMoveIsNotReversed(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b, pallet, truck), Pack(pallet, b), Pack(truck, pallet))
	packed := recorded(s, Manufacturer, Pack(pallet, a))[0]
	require.Equal(t, []product.Effect{product.Commissioned, product.Loaded}, effects(s, truck), "the truck learns nothing new")
	s.MustCapture(Manufacturer, Ship(Retailer, truck))
	s.MustCapture(Retailer, Step("receiving", truck))
	s.MustCapture(Manufacturer, wrong(s, packed))
	require.Equal(t, Retailer, facts(t, s, a).Custodian)
	require.True(t, s.Twin(a).Contested)
	require.Equal(t, Retailer, facts(t, s, pallet).Custodian)
}

func TestAnUnpackingIsReversed(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), Pack(pallet, a, b))
	unpacked := recorded(s, Manufacturer, Unpack(pallet, a))[0]
	s.MustCapture(Manufacturer, wrong(s, unpacked))
	require.Equal(t, pallet, facts(t, s, a).In.Container)
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))
	s.MustCapture(Retailer, Step("receiving", pallet))
	for _, id := range []string{a, b} {
		require.Equal(t, Retailer, facts(t, s, id).Custodian)
	}
}

func TestAnEmptyingIsReversedInOneWrite(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), Pack(pallet, a, b))
	emptied := recorded(s, Manufacturer, Unpack(pallet))[0]
	s.MustCapture(Manufacturer, Step("inspecting", b)) // out of it, on its own
	inBetween := s.Now
	require.Nil(t, facts(t, s, a).In)
	s.MustCapture(Manufacturer, wrong(s, emptied))
	require.Equal(t, pallet, facts(t, s, a).In.Container)
	require.Nil(t, facts(t, s, b).In, "it has been seen outside")
	require.Equal(t, []product.Effect{product.Commissioned, product.Packed}, effects(s, a))
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))
	s.MustCapture(Retailer, Step("receiving", pallet), Unpack(pallet))
	require.Equal(t, Retailer, facts(t, s, a).Custodian)
	require.Equal(t, Manufacturer, facts(t, s, b).Custodian)
	past := known(t, s, product.ReadTwinAsOf, product.ReadTwinAsOfRequest{ID: a, Time: inBetween, Clock: product.Recorded})
	require.Equal(t, Manufacturer, past.Custodian, "as it was then, not as of the later emptying")
	require.Nil(t, past.In)
}

func TestAnEmptyingInsideAnotherContainerIsReversed(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a), Pack(pallet, a), Commission(truck), Pack(truck, pallet))
	emptied := recorded(s, Manufacturer, Unpack(pallet))[0]
	s.MustCapture(Manufacturer, wrong(s, emptied))
	require.Equal(t, []string{pallet, truck}, s.Twin(a).Through)
	s.MustCapture(Manufacturer, Ship(Retailer, truck))
	require.Equal(t, Retailer, s.Twin(a).Offer.To)
}

func TestTheDocumentSeesWhatAReversalPutBack(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a), Pack(pallet, a))
	emptied := recorded(s, Manufacturer, Unpack(pallet))[0]
	s.MustCapture(Manufacturer, wrong(s, emptied), Step("inspecting", a))
	require.Equal(t, pallet, facts(t, s, a).In.Container)
}

func TestTheEndOfAContainerIsReversedWithWhatWasInIt(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a), Pack(pallet, a))
	over := recorded(s, Manufacturer, Delete("decommissioning", pallet))[0]
	require.Nil(t, facts(t, s, a).In)
	s.MustCapture(Manufacturer, wrong(s, over))
	require.Equal(t, pallet, facts(t, s, a).In.Container)
	require.Equal(t, product.Active, facts(t, s, pallet).State)
}

func TestAnEmptyingIsNotReversedOverAHold(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a), Pack(pallet, a))
	hold(s, a)
	emptied := recorded(s, Manufacturer, Unpack(pallet))[0]
	s.MustCapture(Manufacturer, wrong(s, emptied))
	require.True(t, s.Twin(pallet).Contested)
	require.Nil(t, s.Twin(a).In)
}

// A hold on what is deep inside has no event in the histories around it.
func TestAReversedPackingLeavesNoMarkOfAHoldBehind(t *testing.T) {
	s := New(t)
	box := Pallet(Manufacturer, 3)
	s.MustCapture(Manufacturer, Commission(a, b), Pack(box, a), Pack(pallet, b))
	packed := recorded(s, Manufacturer, Pack(pallet, box))[0]
	hold(s, a)
	s.MustCapture(Manufacturer, wrong(s, packed))
	require.Nil(t, facts(t, s, box).In)
	s.MustCapture(Manufacturer, Ship(Retailer, pallet)) // nothing in it is on hold any more
}

func TestWhatWasShippedAloneGoesBackIntoItsContainer(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), Pack(pallet, a, b))
	shipped := recorded(s, Manufacturer, Ship(Retailer, a))[0]
	s.MustCapture(Manufacturer, wrong(s, shipped))
	require.Equal(t, pallet, facts(t, s, a).In.Container)

	shipped = recorded(s, Manufacturer, Ship(Retailer, a))[0]
	s.MustCapture(Manufacturer, Ship(Carrier, pallet))
	s.MustCapture(Carrier, Step("receiving", pallet))
	s.MustCapture(Manufacturer, wrong(s, shipped))
	require.Equal(t, Manufacturer, facts(t, s, a).Custodian, "the container is with another")
	require.True(t, s.Twin(a).Contested)
}

func TestWhatWasShippedAfterAnEmptyingIsJustNotShipped(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), with(Pack(pallet, a, b), func(e *Event) { e.Place = Site(Manufacturer) }), Unpack(pallet))
	before := facts(t, s, a)
	shipped := recorded(s, Manufacturer, Ship(Retailer, a))[0]
	s.MustCapture(Manufacturer, wrong(s, shipped))
	require.Equal(t, before, facts(t, s, a))
	require.False(t, s.Twin(a).Contested)
}

func TestAReceiptOutOfAContainerUnderWayIsTakenBack(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), Pack(pallet, a, b), Ship(Retailer, pallet))
	receipt := recorded(s, Retailer, Step("receiving", a))[0]
	require.Equal(t, Retailer, s.Twin(a).Custodian)
	s.MustCapture(Retailer, wrong(s, receipt))
	require.Equal(t, Manufacturer, facts(t, s, a).Custodian)
	require.Equal(t, Retailer, s.Twin(a).Offer.To)
	s.MustCapture(Retailer, Step("receiving", pallet))
	require.Equal(t, Retailer, facts(t, s, a).Custodian)
}

// Who lists the contents of what it ships says nothing of them that it could take
// back.
func TestContentsThatWereOnlyListedAreNotContested(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), Pack(pallet, a, b))
	shipping := Ship(Retailer, pallet)
	listed := with(Count(pallet, a, b), func(e *Event) { e.BizStep, e.To, e.Disposition = "shipping", shipping.To, "in_transit" })
	listed = recorded(s, Manufacturer, listed)[0]
	require.Equal(t, Retailer, s.Twin(a).Offer.To)
	s.MustCapture(Manufacturer, wrong(s, listed))
	for _, id := range []string{a, b, pallet} {
		require.Nil(t, facts(t, s, id).Offer, id)
		require.False(t, s.Twin(id).Contested, id)
	}
	require.Len(t, s.History(a), 2)
}

func TestATransformationIsReversedAsAWhole(t *testing.T) {
	s := New(t)
	out := Object(Manufacturer, "OUT")
	s.MustCapture(Manufacturer, Commission(a, b))
	made := recorded(s, Manufacturer, Transform(Making{In: []string{a, b}, Out: []string{out}}))[0]
	s.MustCapture(Manufacturer, wrong(s, made))
	require.Equal(t, product.Active, facts(t, s, a).State)
	require.Equal(t, product.Undone, facts(t, s, out).State)
	s.MustCapture(Manufacturer, Ship(Retailer, a))

	c := Object(Manufacturer, "C")
	s.MustCapture(Manufacturer, Commission(c))
	again := recorded(s, Manufacturer, Transform(Making{In: []string{b, c}, Out: []string{out}}))[0]
	s.MustCapture(Manufacturer, Ship(Carrier, out))
	s.MustCapture(Manufacturer, wrong(s, again))
	require.Equal(t, product.Ended, facts(t, s, b).State, "what came out of it went on")
	for _, id := range []string{b, c, out} {
		require.True(t, s.Twin(id).Contested)
	}
}

// What is put in and shipped by one event is taken out and not shipped by its
// declaration, though the shipment has come to it through the container.
func TestWhatWentInWithTheShipmentComesOutWithIt(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), Pack(pallet, a))
	listed := with(Count(pallet, a, b), func(e *Event) { e.BizStep, e.To = "shipping", GLN(Retailer) })
	listed = recorded(s, Manufacturer, listed)[0]
	require.Equal(t, Retailer, s.Twin(b).Offer.To)
	s.MustCapture(Manufacturer, wrong(s, listed))
	require.Nil(t, facts(t, s, b).In)
	require.NotNil(t, facts(t, s, a).In)
	for _, id := range []string{a, b, pallet} {
		require.Nil(t, facts(t, s, id).Offer, id)
		require.False(t, s.Twin(id).Contested, id)
	}
}

func TestNothingSlipsOutOfAHeldContainerByADeclaration(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b, truck), Pack(pallet, b), Pack(truck, pallet))
	packed := recorded(s, Manufacturer, Pack(pallet, a))[0]
	hold(s, truck)
	s.MustCapture(Manufacturer, wrong(s, packed))
	require.Equal(t, []string{pallet, truck}, s.Twin(a).Through)
	require.True(t, s.Twin(a).Contested)
}

func TestAReceiptIsNotTakenBackIntoAContainerThatIsNotUnderWayAnyMore(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), Pack(pallet, a, b), Ship(Retailer, pallet))
	receipt := recorded(s, Retailer, Step("receiving", a))[0]
	s.MustCapture(Manufacturer, Step("void_shipping", pallet))
	s.MustCapture(Retailer, wrong(s, receipt))
	require.Equal(t, Retailer, facts(t, s, a).Custodian)
	require.True(t, s.Twin(a).Contested)
}

// Two containers that came out of others by one event would, put back, be in each
// other: each of them alone would not.
func TestNothingIsInItselfAfterADeclaration(t *testing.T) {
	s := New(t)
	var unit [6]string // x was in a, y in b; then a goes into y, over z, and b into x, over w
	for i := range unit {
		unit[i] = Pallet(Manufacturer, 10+i)
	}
	x, y, inA, inB, z, w := unit[0], unit[1], unit[2], unit[3], unit[4], unit[5]
	s.MustCapture(Manufacturer, with(Commission(unit[:]...), func(e *Event) { e.Place = Site(Manufacturer) }), Pack(y, z), Pack(x, w), Pack(inA, x), Pack(inB, y))
	moved := recorded(s, Manufacturer, with(Step("storing", x, y), func(e *Event) { e.Place = Site(Retailer) }))[0]
	require.Nil(t, s.Twin(x).In)
	s.MustCapture(Manufacturer, Pack(z, inA), Pack(w, inB))
	s.MustCapture(Manufacturer, wrong(s, moved))
	for _, id := range unit {
		require.NotContains(t, s.Twin(id).Through, id)
		facts(t, s, id)
	}
}

func TestASealThatWasNotAppliedIsNotOnIt(t *testing.T) {
	s := New(t)
	said := func(name, number string, e Event) Event {
		e.More = maps.Clone(e.More)
		if e.More == nil {
			e.More = map[string]any{}
		}
		e.More["@context"] = []any{map[string]string{"countersign": product.Namespace}}
		e.More["countersign:"+name] = number
		return e
	}
	s.MustCapture(Manufacturer, Commission(a, pallet), said("sealApplied", "S1", Pack(pallet, a)))
	sealed := recorded(s, Manufacturer, said("sealApplied", "S2", Step("inspecting", pallet)))[0]
	require.Len(t, s.Twin(pallet).Seals, 2)
	s.MustCapture(Manufacturer, wrong(s, sealed))
	require.Len(t, s.Twin(pallet).Seals, 1)
	require.Equal(t, "S1", s.Twin(pallet).Seals[0].Number)
	broken := recorded(s, Manufacturer, said("sealBroken", "S1", Step("inspecting", pallet)))[0]
	s.MustCapture(Manufacturer, wrong(s, broken))
	require.Empty(t, s.Twin(pallet).Seals, "it cannot be whole again")
}
