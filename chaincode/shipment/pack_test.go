package shipment_test

import (
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
