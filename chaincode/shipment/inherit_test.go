package shipment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// The disposition of a container is that of its contents when it came about after
// they were last seen themselves, at whatever depth.
func TestALaterWordOfAnObjectItselfIsNotDrownedByItsContainers(t *testing.T) {
	s := New(t)
	packed(s)
	s.MustCapture(Manufacturer, Pack(truck, pallet))
	s.MustCapture(Manufacturer, Ship(Retailer, truck))
	s.MustCapture(Manufacturer, with(Step("inspecting", a), func(e *Event) { e.Disposition = "damaged" }))
	require.Equal(t, "damaged", s.Twin(a).Disposition)
	s.MustCapture(Retailer, Step("receiving", truck))
	s.MustCapture(Retailer, Unpack(truck, pallet))
	require.Equal(t, "in_transit", s.Twin(pallet).Disposition)
	require.Equal(t, "damaged", s.Twin(a).Disposition, "the pallet took over what had been said of the truck before")
	s.MustCapture(Retailer, with(Step("storing", pallet), func(e *Event) { e.Disposition = "sellable_accessible" }))
	require.Equal(t, "sellable_accessible", s.Twin(a).Disposition)
	require.Contains(t, s.Twin(a).Inferred, "disposition")
}

func TestAVoidGivesBackTheDispositionOfContentsToo(t *testing.T) {
	s := New(t)
	onHand(s)
	s.MustCapture(Manufacturer, with(Commission(pallet), func(e *Event) { e.Disposition = "in_progress" }))
	s.MustCapture(Manufacturer, Pack(pallet, a))
	require.Equal(t, "active", s.Twin(a).Disposition, "it is of what it was before it went in")
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))
	require.Equal(t, "in_transit", s.Twin(a).Disposition)
	s.MustCapture(Retailer, Step("void_shipping", pallet))
	require.Equal(t, "active", s.Twin(a).Disposition)
}

func TestEmptyingKeepsForEachWhatWasTrueThen(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	s.MustCapture(Manufacturer, at(Site(Manufacturer), Pack(pallet, a)))
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, pallet)))
	s.MustCapture(Retailer, at(Site(Retailer), Step("receiving", pallet)))
	s.MustCapture(Retailer, with(Unpack(pallet), func(e *Event) { e.Disposition = "sellable_not_accessible" }))
	then := s.Twin(a).Facts
	require.Equal(t, []string{Retailer, Retailer, ""}, owners(s, a), "title had passed with the pallet")
	require.Equal(t, []string{Site(Retailer), "sellable_not_accessible"}, []string{then.Place, then.Disposition})

	s.MustCapture(Retailer, titled(Manufacturer, returning(Manufacturer, pallet)))
	s.MustCapture(Manufacturer, at(Site(Manufacturer), Step("receiving", pallet)))
	s.MustCapture(Manufacturer, Pack(pallet, b))
	require.Equal(t, then, s.Twin(a).Facts, "it left with the first filling")
	require.Equal(t, []string{b}, contents(t, s, pallet, false))
	require.EqualValues(t, 1, s.Twin(b).In.Epoch)
	require.Equal(t, []string{Manufacturer, Manufacturer, ""}, owners(s, b))
	_, err := s.Capture(Manufacturer, Unpack(pallet, a))
	require.ErrorIs(t, err, fault.NotCustodian)
	s.MustCapture(Retailer, Step("storing", a))
	require.Equal(t, []string{b}, contents(t, s, pallet, false))
}

// Returnable crates are unpacked piece by piece, and filled again.
func TestAnEmptiedCrateKnowsNothingOfWhatWasInIt(t *testing.T) {
	for name, empty := range map[string]Event{"one by one": Unpack(crate, a, b), "at once": Unpack(crate)} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			other := Object(Manufacturer, "OTHER")
			s.MustCapture(Manufacturer, Commission(crate, other), lasts("2026-03-01", Commission(a)), Commission(b))
			s.MustCapture(Manufacturer, Pack(crate, a, b))
			require.Equal(t, "2026-03-01", s.Twin(crate).Contents.Expires)
			s.MustCapture(Manufacturer, empty)
			require.Equal(t, product.Contents{Epoch: 1}, *s.Twin(crate).Contents)
			s.MustCapture(Manufacturer, Pack(crate, other))
			s.Now = s.Now.AddDate(0, 1, 0)
			s.MustCapture(Manufacturer, Ship(Retailer, crate))
			require.Empty(t, lastFlags(s, crate))
		})
	}
}

func TestACrateWhoseContentsWereSoldPieceByPieceKnowsNothingOfThem(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(crate, b), lasts("2026-03-01", Commission(a)))
	s.MustCapture(Manufacturer, Pack(crate, a))
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, crate)))
	s.MustCapture(Retailer, Step("receiving", crate))
	s.MustCapture(Retailer, Step("retail_selling", a))
	s.MustCapture(Retailer, Ship(Manufacturer, crate))
	s.MustCapture(Manufacturer, Step("receiving", crate), Pack(crate, b))
	k := *s.Twin(crate).Contents
	require.Equal(t, product.Contents{Epoch: 1, Since: 7, Owner: Manufacturer, Height: 1, Changed: k.Changed}, k)
	require.Equal(t, []string{b}, contents(t, s, crate, false))
	s.Now = s.Now.AddDate(0, 1, 0)
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, crate)))
	require.Empty(t, lastFlags(s, crate))
	require.Equal(t, []string{Manufacturer, Manufacturer, Retailer}, owners(s, b))
}

func TestExpiredContentsFlagTheShipment(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, lasts("2026-03-10", Commission(a)), Commission(b))
	s.MustCapture(Manufacturer, Pack(pallet, a), Pack(truck, pallet, b))
	s.MustCapture(Manufacturer, Ship(Retailer, truck))
	require.Empty(t, lastFlags(s, truck))
	s.MustCapture(Retailer, Step("receiving", truck))
	s.Now = s.Now.AddDate(0, 0, 14)
	s.MustCapture(Retailer, Ship(Carrier, truck))
	require.Equal(t, []product.Flag{product.FlagExpired}, lastFlags(s, truck))
	s.MustCapture(Carrier, Step("receiving", truck))
	s.MustCapture(Carrier, Unpack(truck))
	s.MustCapture(Carrier, Ship(Retailer, b))
	require.Empty(t, lastFlags(s, b))
}

func TestTitlePassesWithAContainerOfOneOwnersGoodsOnly(t *testing.T) {
	s := New(t)
	theirs := Object(Carrier, "C")
	s.MustCapture(Carrier, Commission(theirs))
	s.MustCapture(Carrier, Ship(Manufacturer, theirs))
	s.MustCapture(Manufacturer, Step("receiving", theirs), Commission(a, b, crate))
	s.MustCapture(Manufacturer, Pack(crate, a), Pack(pallet, crate))
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, pallet)))
	require.Equal(t, []string{Manufacturer, Manufacturer, Retailer}, owners(s, a))
	s.MustCapture(Retailer, Step("receiving", pallet))
	require.Equal(t, []string{Retailer, Retailer, ""}, owners(s, a))
	require.Equal(t, []string{Retailer, Retailer, ""}, owners(s, pallet))
	require.Equal(t, []string{Retailer, Manufacturer, ""}, owners(s, crate), "a loaded asset keeps its owner")

	s.MustCapture(Manufacturer, Pack(truck, theirs, b))
	require.NotZero(t, s.Twin(truck).Contents.Mixed)
	_, err := s.Capture(Manufacturer, titled(Retailer, Ship(Retailer, truck)))
	require.ErrorIs(t, err, fault.NotOwner)
	s.MustCapture(Manufacturer, Ship(Retailer, truck))
	s.MustCapture(Retailer, Step("receiving", truck))
	require.Equal(t, []string{Retailer, Carrier, ""}, owners(s, theirs))
	require.Equal(t, []string{Retailer, Manufacturer, ""}, owners(s, b))
}

// Carriers put together what goes to several. Of what was promised to who receives
// the whole, title passes when it comes out.
func TestTitleThatIsOnItsWayInMixedContentsArrivesWhenTheyAreOpened(t *testing.T) {
	for name, open := range map[string]Event{"all": Unpack(truck), "one": Unpack(truck, b), "received on its own": Step("receiving", b)} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			s.MustCapture(Manufacturer, Commission(a, b, truck))
			s.MustCapture(Manufacturer, Ship(Carrier, a, truck), titled(Retailer, Ship(Carrier, b)))
			s.MustCapture(Carrier, Step("receiving", a, b, truck))
			s.MustCapture(Carrier, Pack(truck, a), Pack(truck, b))
			s.MustCapture(Carrier, Ship(Retailer, truck))
			if name != "received on its own" {
				s.MustCapture(Retailer, at(Site(Retailer), Step("receiving", truck)))
				require.Equal(t, []string{Retailer, Manufacturer, Retailer}, owners(s, b))
			}
			s.MustCapture(Retailer, open)
			require.Equal(t, []string{Retailer, Retailer, ""}, owners(s, b))
			if name == "all" {
				require.Equal(t, []string{Retailer, Manufacturer, ""}, owners(s, a))
			}
			s.MustCapture(Retailer, titled(Carrier, Ship(Carrier, b)))
		})
	}
}

func TestEndingAContainerDoesNotEndWhatIsInIt(t *testing.T) {
	s := New(t)
	packed(s)
	s.MustCapture(Manufacturer, Pack(truck, pallet))
	s.MustCapture(Manufacturer, at(Site(Carrier), Delete("destroying", pallet)))
	require.Equal(t, product.Ended, s.Twin(pallet).State)
	twin := s.Twin(a)
	require.Equal(t, product.Active, twin.State)
	require.Equal(t, Site(Carrier), twin.Place)
	require.Nil(t, twin.In)
	s.MustCapture(Manufacturer, Delete("destroying", truck, a))
	require.Equal(t, product.Ended, s.Twin(a).State)
}

func TestThePartyThatHasAContainerHasItsContents(t *testing.T) {
	s := New(t)
	sponsored(s, Retailer)
	s.MustCapture(Manufacturer, Commission(a, b))
	s.MustCapture(Manufacturer, Pack(pallet, a))
	s.MustCapture(Manufacturer, toPharmacy(pallet))
	s.MustCapture(Retailer, Step("receiving", pallet))
	party := s.Twin(pallet).Party
	require.NotEmpty(t, party)
	require.Equal(t, party, s.Twin(a).Party)
	require.Equal(t, Retailer, s.Twin(a).Custodian)
	s.MustCapture(Manufacturer, Ship(Retailer, b))
	s.MustCapture(Retailer, Step("receiving", b))
	_, err := s.Capture(Retailer, Pack(pallet, b))
	require.ErrorIs(t, err, fault.NotCustodian, "the sponsor's own is not at the pharmacy")
	s.MustCapture(Retailer, Unpack(pallet))
	require.Equal(t, party, s.Twin(a).Party)
	s.MustCapture(Retailer, Pack(Pallet(Retailer, 9), a))
	require.Equal(t, party, s.Twin(Pallet(Retailer, 9)).Party, "a box begins where its first content is")
}
