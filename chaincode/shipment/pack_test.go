package shipment_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

var (
	pallet = Pallet(Manufacturer, 1)
	truck  = Pallet(Manufacturer, 2)
	crate  = "/8003/095060001343521"
)

// lasts says how long something lasts, in its commissioning.
func lasts(until string, e Event) Event {
	e.More = map[string]any{"ilmd": map[string]any{"cbvmda:itemExpirationDate": until}}
	return e
}

func contents(t *testing.T, s *Scene, id string, attached bool) (inside []string) {
	t.Helper()
	for _, o := range known(t, s, product.ReadContents, product.ReadContentsRequest{ID: id, Attached: attached, Size: 500}).Objects {
		inside = append(inside, o.ID)
	}
	return inside
}

func TestWhatIsInAContainerGoesWithItAndIsNotWritten(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	s.MustCapture(Manufacturer, at(Site(Manufacturer), Pack(pallet, a, b)))
	require.Equal(t, []product.Effect{product.Commissioned, product.Loaded}, effects(s, pallet))
	require.Equal(t, Site(Manufacturer), s.Twin(a).Place)
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))
	require.Equal(t, Retailer, s.Twin(a).Offer.To)
	require.Equal(t, "in_transit", s.Twin(a).Disposition)
	require.Empty(t, s.Twin(a).Place)
	s.MustCapture(Retailer, at(Site(Retailer), with(Step("receiving", pallet), func(e *Event) { e.Disposition = "in_progress" })))
	twin := s.Twin(a)
	require.Equal(t, []string{Retailer, Manufacturer, Site(Retailer), "in_progress"}, []string{twin.Custodian, twin.From, twin.Place, twin.Disposition})
	require.Equal(t, []string{pallet}, twin.Through)
	require.Equal(t, []string{"custodian", "from", "place", "disposition", "owner"}, twin.Inferred)
	require.Equal(t, []product.Effect{product.Commissioned, product.Packed}, effects(s, a))
	s.MustCapture(Retailer, Unpack(pallet, a))
	require.Equal(t, []product.Effect{product.Commissioned, product.Packed, product.Unpacked}, effects(s, a))
	require.Nil(t, s.Twin(a).In)
	require.NotNil(t, s.Twin(b).In)
	s.MustCapture(Retailer, Unpack(pallet))
	require.Nil(t, s.Twin(b).In)
	require.Equal(t, Retailer, s.Twin(b).Custodian)
	require.Equal(t, []product.Effect{product.Commissioned, product.Packed}, effects(s, b))
}

// packings are refused; what each says before is taken for granted.
var packings = []refusal{
	{name: "pack what is not on the ledger", who: Manufacturer, event: Pack(pallet, a), code: fault.NotFound, field: "/childEPCs/0", about: a},
	{name: "pack nothing", who: Manufacturer, event: with(Pack(pallet, a), func(e *Event) { e.More["childEPCs"] = []string{} }), code: fault.InvalidDocument},
	{name: "pack into nothing", given: onHand, who: Manufacturer, event: with(Pack(pallet, a), func(e *Event) { delete(e.More, "parentID") }), code: fault.InvalidDocument},
	{name: "begin another's container", given: func(s *Scene) { s.MustCapture(Carrier, Commission(Object(Carrier, "C"))) }, who: Carrier, event: Pack(pallet, Object(Carrier, "C")), code: fault.NotLicensee, field: "/parentID", about: pallet},
	{name: "pack another's goods", given: onHand, who: Carrier, event: Pack(Pallet(Carrier, 1), a), code: fault.NotCustodian, field: "/childEPCs/0", about: a},
	{name: "pack into another's container", given: func(s *Scene) {
		onHand(s)
		s.MustCapture(Carrier, Commission(Pallet(Carrier, 1)))
	}, who: Manufacturer, event: Pack(Pallet(Carrier, 1), a), code: fault.NotCustodian, field: "/parentID", about: Pallet(Carrier, 1)},
	{name: "pack what is under way", given: offered, who: Manufacturer, event: Pack(pallet, a), code: fault.InTransit, field: "/childEPCs/0", about: a},
	{name: "pack what one was offered", given: offered, who: Retailer, event: Pack(Pallet(Retailer, 1), a), code: fault.NotCustodian},
	{name: "pack into what is under way", given: func(s *Scene) {
		onHand(s)
		s.MustCapture(Manufacturer, Commission(pallet))
		s.MustCapture(Manufacturer, Ship(Retailer, pallet))
	}, who: Manufacturer, event: Pack(pallet, a), code: fault.InTransit, field: "/parentID", about: pallet},
	{name: "pack what has ended", given: ended, who: Manufacturer, event: Pack(pallet, a), code: fault.ObjectEnded},
	{name: "pack into what has ended", given: func(s *Scene) {
		onHand(s)
		s.MustCapture(Manufacturer, Commission(pallet))
		s.MustCapture(Manufacturer, Delete("destroying", pallet))
	}, who: Manufacturer, event: Pack(pallet, a), code: fault.ObjectEnded, field: "/parentID"},
	{name: "pack what is held", given: heldAtHand, who: Manufacturer, event: Pack(pallet, a), code: fault.Held, field: "/childEPCs/0", about: a},
	{name: "pack into what is held", given: func(s *Scene) {
		onHand(s)
		s.MustCapture(Manufacturer, Commission(pallet))
		hold(s, pallet)
	}, who: Manufacturer, event: Pack(pallet, a), code: fault.Held, field: "/parentID", about: pallet},
	{name: "pack what has something held in it", given: heldInside, who: Manufacturer, event: Pack(truck, pallet), code: fault.Held, field: "/childEPCs/0", about: pallet},
	{name: "pack a container into what is in it", given: packed, who: Manufacturer, event: Pack(a, pallet), code: fault.InvalidDocument, field: "/childEPCs/0", about: pallet},
	{name: "pack a container into itself", given: packed, who: Manufacturer, event: Pack(pallet, pallet), code: fault.InvalidDocument},
	{name: "unpack another's container", given: packed, who: Carrier, event: Unpack(pallet, a), code: fault.NotCustodian, field: "/parentID", about: pallet},
	{name: "unpack what is under way", given: shippedPallet, who: Manufacturer, event: Unpack(pallet, a), code: fault.InTransit},
	{name: "unpack what one was offered", given: shippedPallet, who: Retailer, event: Unpack(pallet, a), code: fault.NotCustodian},
	{name: "empty what is under way", given: shippedPallet, who: Manufacturer, event: Unpack(pallet), code: fault.InTransit},
	{name: "unpack what is not on the ledger", who: Manufacturer, event: Unpack(pallet, a), code: fault.NotFound, field: "/parentID", about: pallet},
	{name: "unpack what is held", given: heldContainer, who: Manufacturer, event: Unpack(pallet, a), code: fault.Held, field: "/parentID", about: pallet},
	{name: "empty what is held", given: heldContainer, who: Manufacturer, event: Unpack(pallet), code: fault.Held},
	{name: "ship out of what is held", given: heldContainer, who: Manufacturer, event: Ship(Retailer, a), code: fault.Held},
	{name: "end out of what is held", given: heldContainer, who: Manufacturer, event: Delete("retail_selling", a), code: fault.Held},
	{name: "repack out of what is held", given: heldContainer, who: Manufacturer, event: Pack(truck, a), code: fault.Held},
	{name: "see outside of what is held", given: heldContainer, who: Manufacturer, event: at(Site(Carrier), Step("storing", a)), code: fault.Held},
	{name: "count outside of what is held", given: func(s *Scene) {
		heldContainer(s)
		s.MustCapture(Manufacturer, Commission(truck))
	}, who: Manufacturer, event: Count(truck, a), code: fault.Held},
	{name: "count in what is under way", given: func(s *Scene) {
		shippedPallet(s)
		s.MustCapture(Manufacturer, Commission(b))
	}, who: Manufacturer, event: Count(pallet, b), code: fault.InTransit},
	{name: "count what is held in a container", given: func(s *Scene) {
		heldAtHand(s)
		s.MustCapture(Manufacturer, Commission(pallet))
	}, who: Manufacturer, event: Count(pallet, a), code: fault.Held, about: a},
	{name: "ship what has something held in it", given: heldInside, who: Manufacturer, event: Ship(Retailer, pallet), code: fault.Held, about: pallet},
	{name: "ship one that goes with its container", given: shippedPallet, who: Manufacturer, event: Ship(Carrier, a), code: fault.InTransit, about: a},
	{name: "link an order to nothing", who: Manufacturer, event: with(Link("urn:epcglobal:cbv:bt:9506000000015:1"), func(e *Event) { e.Action = "DELETE" }), code: fault.Unsupported},
}

func packed(s *Scene) {
	onHand(s)
	s.MustCapture(Manufacturer, at(Site(Manufacturer), Pack(pallet, a)))
}

func shippedPallet(s *Scene) {
	packed(s)
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))
}

func heldInside(s *Scene) {
	packed(s)
	hold(s, a)
}

func heldContainer(s *Scene) {
	packed(s)
	hold(s, pallet)
}

func TestEachContainmentThatMustBeRefused(t *testing.T) {
	for _, r := range packings {
		t.Run(r.name, func(t *testing.T) {
			s := New(t)
			if r.given != nil {
				r.given(s)
			}
			before := s.Ledger.Dump()
			_, err := s.Capture(r.who, r.event)
			require.ErrorIs(t, err, r.code)
			require.Equal(t, before, s.Ledger.Dump(), "all or nothing")
			if r.field != "" {
				require.Equal(t, "/epcisBody/eventList/0"+r.field, fault.Of(err).Field)
			}
			if r.about != "" {
				require.Equal(t, r.about, fault.Of(err).EPC)
			}
		})
	}
}

func TestContainersNestEightDeepAndNoDeeper(t *testing.T) {
	chain := func(s *Scene, n int) []string {
		ids := []string{a}
		onHand(s)
		for i := range n {
			ids = append(ids, Pallet(Manufacturer, i+1))
			s.MustCapture(Manufacturer, Commission(ids[i+1]))
		}
		return ids
	}
	for name, order := range map[string]func(n int) []int{
		"from within": func(n int) (order []int) {
			for i := range n {
				order = append(order, i)
			}
			return order
		},
		"from without": func(n int) (order []int) {
			for i := range n {
				order = append(order, n-1-i)
			}
			return order
		},
		"both ends first": func(n int) (order []int) {
			for i := range n - 1 {
				order = append(order, (i*2)%(n-1))
			}
			return append(order, n-1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			ids := chain(s, product.MaxDepth)
			for _, i := range order(product.MaxDepth) {
				if s.Twin(ids[i]).In == nil {
					s.MustCapture(Manufacturer, Pack(ids[i+1], ids[i]))
				}
			}
			for i := range product.MaxDepth {
				if s.Twin(ids[i]).In == nil {
					s.MustCapture(Manufacturer, Pack(ids[i+1], ids[i]))
				}
			}
			require.Len(t, s.Twin(a).Through, product.MaxDepth)
			require.Equal(t, product.MaxDepth, s.Twin(ids[product.MaxDepth]).Contents.Height)
			outer := Pallet(Manufacturer, 99)
			_, err := s.Capture(Manufacturer, Pack(outer, ids[product.MaxDepth]))
			require.ErrorIs(t, err, fault.LimitExceeded)
			s.MustCapture(Manufacturer, Commission(b))
			_, err = s.Capture(Manufacturer, Pack(a, b))
			require.ErrorIs(t, err, fault.LimitExceeded)
			s.MustCapture(Manufacturer, Ship(Retailer, ids[product.MaxDepth]))
			s.MustCapture(Retailer, Step("receiving", ids[product.MaxDepth]))
			require.Equal(t, Retailer, s.Twin(a).Custodian)

			// What left a container by its emptying does not care how deep
			// that lies today.
			s.MustCapture(Retailer, Unpack(ids[1]))
			require.Equal(t, Retailer, s.Twin(a).Custodian)
			require.Equal(t, []string{ids[1]}, s.Twin(a).Through)
			s.MustCapture(Retailer, Step("storing", a))
		})
	}
}

func TestNothingIsInTwoContainers(t *testing.T) {
	s := New(t)
	packed(s)
	s.MustCapture(Manufacturer, Pack(truck, a))
	require.Equal(t, truck, s.Twin(a).In.Container)
	require.Equal(t, []product.Flag{product.FlagOutside}, lastFlags(s, a))
	require.Empty(t, contents(t, s, pallet, false))
	require.Equal(t, []string{a}, contents(t, s, truck, false))
	s.MustCapture(Manufacturer, Pack(pallet, truck))
	s.MustCapture(Manufacturer, Pack(pallet, a)) // out of what is itself in there
	require.Equal(t, pallet, s.Twin(a).In.Container)
	require.Equal(t, []string{truck, a}, contents(t, s, pallet, false))
	s.MustCapture(Manufacturer, Pack(pallet, a))
	require.Equal(t, product.Observed, s.History(a)[len(s.History(a))-1].Effect, "it is seen where it is")
	require.Empty(t, lastFlags(s, a))
}

// Three in one document, each of which changes what the next inherits.
func TestEventsOfOneDocumentSeeOneAnother(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer,
		Commission(a, b),
		at(Site(Manufacturer), with(Pack(pallet, a, b), func(e *Event) { e.Disposition = "in_progress" })),
		Pack(truck, pallet),
		with(Step("inspecting", b), func(e *Event) { e.Disposition = "damaged" }),
		Ship(Retailer, truck),
	)
	for _, id := range []string{a, b, pallet} {
		require.Equal(t, Retailer, s.Twin(id).Offer.To)
		require.Equal(t, "in_transit", s.Twin(id).Disposition, id)
	}
	s.MustCapture(Retailer,
		at(Site(Retailer), Step("receiving", truck)),
		with(Step("inspecting", b), func(e *Event) { e.Disposition = "damaged" }),
		Unpack(truck),
		with(Step("storing", pallet), func(e *Event) { e.ReadPoint = Site(Retailer) }),
	)
	require.Equal(t, []string{"in_transit", "damaged"}, []string{s.Twin(a).Disposition, s.Twin(b).Disposition}, "what was said later counts")
	require.Equal(t, Site(Retailer), s.Twin(a).Place)
	require.Nil(t, s.Twin(pallet).In)
	s.MustCapture(Retailer, Unpack(pallet))
	require.Equal(t, []string{"in_transit", "damaged"}, []string{s.Twin(a).Disposition, s.Twin(b).Disposition})
}

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
