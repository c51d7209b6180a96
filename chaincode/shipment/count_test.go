package shipment_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func TestOneIsReceivedOutOfAnOfferedPalletAndTheRestCalledOff(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	s.MustCapture(Manufacturer, at(Site(Manufacturer), Pack(pallet, a, b)))
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, pallet)))
	s.MustCapture(Retailer, Step("receiving", a))
	require.Equal(t, []string{Retailer, Retailer, ""}, owners(s, a))
	require.Equal(t, []string{b}, contents(t, s, pallet, false))
	s.MustCapture(Manufacturer, Step("void_shipping", pallet))
	require.Equal(t, []string{Manufacturer, Manufacturer, ""}, owners(s, b))
	require.Equal(t, Site(Manufacturer), s.Twin(b).Place)
	require.Nil(t, s.Twin(b).Offer)
	require.Equal(t, []string{Retailer, Retailer, ""}, owners(s, a), "what was received stays received")
}

func TestAContainerIsReceivedOutOfTheOneThatWasOffered(t *testing.T) {
	s := New(t)
	packed(s)
	s.MustCapture(Manufacturer, Pack(truck, pallet))
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, truck)))
	s.MustCapture(Retailer, at(Site(Retailer), Step("receiving", pallet)))
	require.Equal(t, []string{Retailer, Retailer, ""}, owners(s, a))
	require.Nil(t, s.Twin(pallet).In)
	require.Nil(t, s.Twin(a).Offer)
	require.Equal(t, Manufacturer, s.Twin(truck).Custodian)
	require.Equal(t, []string{pallet}, s.Twin(a).Through)
}

// Many systems list every level in one event.
func TestWhatIsListedWithItsContainerGoesAlong(t *testing.T) {
	for _, order := range [][]string{{truck, pallet, a}, {a, truck, pallet}, {pallet, a, truck}} {
		s := New(t)
		packed(s)
		s.MustCapture(Manufacturer, Pack(truck, pallet))
		s.MustCapture(Manufacturer, Ship(Retailer, order...))
		for _, id := range order {
			require.Equal(t, Retailer, s.Twin(id).Offer.To)
			require.Empty(t, lastFlags(s, id))
		}
		s.MustCapture(Retailer, Step("void_shipping", order...))
		require.Nil(t, s.Twin(a).Offer)
		s.MustCapture(Manufacturer, Ship(Retailer, order...))
		s.MustCapture(Retailer, at(Site(Retailer), Step("receiving", order...)))
		require.Equal(t, truck, s.Twin(pallet).In.Container)
		require.Equal(t, pallet, s.Twin(a).In.Container)
		require.Equal(t, Retailer, s.Twin(a).Custodian)
		require.Empty(t, lastFlags(s, a))
	}
}

func TestAPlaceWithinAPlaceIsNotElsewhere(t *testing.T) {
	s := New(t)
	packed(s)
	for place, inside := range map[string]bool{
		Site(Manufacturer) + "/254/7": true, Site(Manufacturer): true, Site(Carrier): false,
	} {
		s := New(t)
		packed(s)
		s.MustCapture(Manufacturer, at(place, Step("storing", a)))
		require.Equal(t, inside, s.Twin(a).In != nil, place)
	}
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))
	s.MustCapture(Manufacturer, at(Site(Carrier), Step("inspecting", a)))
	require.NotNil(t, s.Twin(a).In, "nobody knows where the pallet is")
}

func TestCountingFindsWhatTheLedgerHadElsewhere(t *testing.T) {
	s := New(t)
	packed(s)
	theirs := Object(Carrier, "C")
	s.MustCapture(Carrier, Commission(theirs))
	s.MustCapture(Manufacturer, Commission(b), Commission(truck))
	s.MustCapture(Manufacturer, Count(pallet, a, b, theirs))
	require.Equal(t, []string{a, b}, contents(t, s, pallet, false))
	require.Empty(t, lastFlags(s, a))
	require.Equal(t, []product.Flag{product.FlagOutside}, lastFlags(s, b))
	require.Equal(t, []product.Flag{product.FlagOutside}, witnesses(t, s, theirs)[0].Flags)
	require.Equal(t, product.Observed, s.History(pallet)[2].Effect)
	s.MustCapture(Manufacturer, Count(truck, b))
	require.Equal(t, []string{b}, contents(t, s, truck, false))
	require.Equal(t, []product.Flag{product.FlagOutside}, lastFlags(s, b))

	before := s.Twin(a)
	s.MustCapture(Carrier, Count(pallet, a))
	require.Equal(t, before, s.Twin(a), "a stranger is a witness")
	require.NotEmpty(t, witnesses(t, s, pallet))
	_, err := s.Capture(Carrier, Count(Pallet(Carrier, 4), a))
	require.ErrorIs(t, err, fault.NotFound)
}

// A despatch advice lists what is on the pallet.
func TestAnAggregationThatIsShippedOrReceivedIsThatOfItsParent(t *testing.T) {
	s := New(t)
	packed(s)
	s.MustCapture(Manufacturer, Commission(b))
	moving := func(bizStep string, children ...string) Event {
		e := Count(pallet, children...)
		e.BizStep = bizStep
		if bizStep == "shipping" {
			e.To = GLN(Retailer)
		}
		return e
	}
	s.MustCapture(Manufacturer, moving("shipping", a, b))
	require.Equal(t, []string{a, b}, contents(t, s, pallet, false))
	require.Equal(t, []product.Flag{product.FlagOutside}, lastFlags(s, b))
	require.Len(t, s.History(a), 2, "what goes along is not written")
	require.Equal(t, Retailer, s.Twin(b).Offer.To)
	s.MustCapture(Retailer, moving("void_shipping", a, b))
	require.Nil(t, s.Twin(a).Offer)
	again := moving("shipping", a, b)
	s.MustCapture(Manufacturer, again)
	s.MustCapture(Retailer, moving("receiving", a))
	require.Equal(t, Retailer, s.Twin(b).Custodian)
	require.Equal(t, product.Received, s.History(pallet)[len(s.History(pallet))-1].Effect)
	require.Len(t, s.History(a), 2)
}

func TestUnpackingWhatTheLedgerHasElsewhere(t *testing.T) {
	s := New(t)
	packed(s)
	s.MustCapture(Manufacturer, Commission(b), Pack(truck, b))
	s.MustCapture(Manufacturer, Unpack(pallet, a, b))
	require.Nil(t, s.Twin(b).In)
	require.Equal(t, []product.Flag{product.FlagOutside}, lastFlags(s, b))
	s.MustCapture(Manufacturer, Unpack(pallet, a))
	require.Equal(t, []product.Flag{product.FlagOutside}, lastFlags(s, a), "it was out already")
	require.Equal(t, product.Observed, s.History(a)[len(s.History(a))-1].Effect)
}

func TestTheListOfContentsIsPagedAndSaysSinceWhen(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(many(0, 250)...))
	s.MustCapture(Manufacturer, Pack(pallet, many(0, 200)...))
	first := s.Now
	s.MustCapture(Manufacturer, Pack(pallet, many(200, 250)...))
	s.MustCapture(Manufacturer, Unpack(pallet, many(10, 20)...))
	var found []product.Contained
	for bookmark, pages := "", 0; ; pages++ {
		page := known(t, s, product.ReadContents, product.ReadContentsRequest{ID: "urn:epc:id:sscc:9506000.1000000001", Size: 100, Bookmark: bookmark})
		found = append(found, page.Objects...)
		if bookmark = page.Bookmark; bookmark == "" {
			require.Equal(t, 2, pages)
			break
		}
	}
	require.Len(t, found, 240)
	require.Equal(t, product.Contained{ID: many(0, 1)[0], First: 2, Event: s.History(pallet)[1].Event, Since: first, Recorded: first}, found[0])
	require.EqualValues(t, 3, found[239].First)
	for _, req := range []product.ReadContentsRequest{{ID: Pallet(Carrier, 1)}, {ID: "x"}, {ID: pallet, Size: 501}, {ID: class(Manufacturer)}} {
		_, err := consult(s, product.ReadContents, req)
		require.Error(t, err, fmt.Sprint(req))
	}
}

// An unpacking that is declared an error puts things back on the list, too.
func TestTheListOfContentsFollowsWhatIsDeclaredAnError(t *testing.T) {
	for name, out := range map[string]Event{"one": Unpack(pallet, a), "each": Unpack(pallet, a, b), "all": Unpack(pallet)} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			s.MustCapture(Manufacturer, Commission(a, b), Pack(pallet, a, b))
			unpacked := recorded(s, Manufacturer, out)[0]
			require.NotContains(t, contents(t, s, pallet, false), a)
			s.MustCapture(Manufacturer, wrong(s, unpacked))
			require.Equal(t, []string{a, b}, contents(t, s, pallet, false))
			require.Equal(t, pallet, s.Twin(a).In.Container)
		})
	}
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), Pack(pallet, a))
	late := recorded(s, Manufacturer, Pack(pallet, b))[0]
	s.MustCapture(Manufacturer, wrong(s, late))
	require.Equal(t, []string{a}, contents(t, s, pallet, false))
}
