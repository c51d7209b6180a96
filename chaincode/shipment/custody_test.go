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

func TestAnObjectGoesFromManufacturerOverCarrierToRetailer(t *testing.T) {
	s := New(t)
	box := Object(Manufacturer, "V1")
	begin := Commission(box)
	begin.Place = Site(Manufacturer)
	begin.More = map[string]any{"ilmd": map[string]any{"cbvmda:lotNumber": "L42", "cbvmda:itemExpirationDate": "2027-12-31"}}
	response := s.MustCapture(Manufacturer, begin)
	commissioned := s.Now
	require.Len(t, response.Events, 1)
	require.Equal(t, 1, response.Events[0].EPCs)

	leg := Ship(Carrier, box)
	leg.Owner, leg.Location, leg.ReadPoint = GLN(Retailer), Site(Retailer), Site(Manufacturer)
	s.MustCapture(Manufacturer, leg)
	twin := s.Twin(box)
	require.Equal(t, Manufacturer, twin.Custodian, "custody stays until it is received")
	require.Equal(t, Carrier, twin.Offer.To)
	require.Equal(t, GLN(Carrier), twin.Offer.ToGLN)
	require.Equal(t, Site(Retailer), twin.Offer.Location)
	require.Equal(t, Site(Manufacturer), twin.Offer.ReadPoint)
	require.Empty(t, twin.Place, "it has left")

	s.MustCapture(Carrier, Step("receiving", box))
	require.Equal(t, Carrier, s.Twin(box).Custodian)
	require.Equal(t, Manufacturer, s.Twin(box).Owner, "the carrier carries, it does not own")
	s.MustCapture(Carrier, Ship(Retailer, box))
	arrival := Step("receiving", box)
	arrival.Place = Site(Retailer)
	s.MustCapture(Retailer, arrival)
	accepted := Step("accepting", box)
	accepted.Disposition = "sellable_accessible"
	s.MustCapture(Retailer, accepted)

	require.Equal(t, product.Twin{
		V: product.Version, ID: box,
		Facts: product.Facts{
			State: product.Active, Custodian: Retailer, From: Carrier, Owner: Retailer,
			Place: Site(Retailer), Disposition: "sellable_accessible",
		},
		Lot: "L42", Expires: "2027-12-31", Events: 6, Changed: 6,
		CommissionedBy: Manufacturer, Commissioned: commissioned, Occurred: s.Now, Updated: s.Now,
	}, s.Twin(box).Twin)
	require.Equal(t, "/01/09506000134352", s.Twin(box).Class)

	var story []product.Effect
	for i, e := range s.History(box) {
		require.EqualValues(t, i+1, e.Number)
		require.Equal(t, "ObjectEvent", e.Type)
		story = append(story, e.Effect)
	}
	require.Equal(t, []product.Effect{"commissioned", "shipped", "received", "shipped", "received", "observed"}, story)
	require.Equal(t, Manufacturer, s.History(box)[1].Custodian)
	require.Equal(t, Carrier, s.History(box)[2].Custodian)
}

// A case is refused; what it says before is taken for granted.
type refusal struct {
	name  string
	given func(*Scene)
	who   string
	event Event
	code  fault.Code
	field string // within the event
	about string
}

var (
	a = Object(Manufacturer, "A")
	b = Object(Manufacturer, "B")
)

func onHand(s *Scene) { s.MustCapture(Manufacturer, Commission(a)) }

func offered(s *Scene) {
	onHand(s)
	s.MustCapture(Manufacturer, Ship(Retailer, a))
}

func received(s *Scene) {
	offered(s)
	s.MustCapture(Retailer, Step("receiving", a))
}

func ended(s *Scene) {
	onHand(s)
	s.MustCapture(Manufacturer, Delete("destroying", a))
}

func heldAtHand(s *Scene) {
	onHand(s)
	hold(s, a)
}

func hold(s *Scene, id string) {
	s.TB.Helper()
	err := s.As(Retailer, ledger.RoleGateway).Update(func(tx *ledger.Tx) error {
		twins, err := product.LoadTwins(tx, ids(id))
		if err != nil {
			return err
		}
		return product.PlaceHold(tx, twins, product.Hold{ID: "h1", Reason: "too warm", Breach: "breach-7"})
	})
	if err != nil {
		s.TB.Fatalf("%v", err)
	}
}

func with(e Event, change func(*Event)) Event {
	change(&e)
	return e
}

var refusals = []refusal{
	{name: "commission under another's company prefix", who: Carrier, event: Commission(a), code: fault.NotLicensee, field: "/epcList/0", about: a},
	{name: "commission under nobody's company prefix", who: Carrier, event: Commission("urn:epc:id:sgtin:7777777.013435.X"), code: fault.NotLicensee},
	{name: "commission twice", given: onHand, who: Manufacturer, event: with(Commission(b, a), func(e *Event) {}), code: fault.AlreadyExists, field: "/epcList/1", about: a},
	{name: "commission again after its end", given: ended, who: Manufacturer, event: Commission(a), code: fault.AlreadyExists},
	{name: "commission a class", who: Manufacturer, event: Commission("urn:epc:idpat:sgtin:9506000.013435.*"), code: fault.Unsupported, field: "/epcList/0"},
	{name: "commission a lot as an object", who: Manufacturer, event: Commission("/01/09506000134352/10/L1"), code: fault.Unsupported, field: "/epcList/0"},
	{name: "commission a place", who: Manufacturer, event: Commission(Site(Manufacturer)), code: fault.Unsupported, field: "/epcList/0"},
	{
		name: "commission one object in two spellings", who: Manufacturer,
		event: Commission(a, "urn:epc:id:sgtin:9506000.013435.A"), code: fault.InvalidDocument, field: "/epcList/1", about: a,
	},

	{name: "ship what is not on the ledger", who: Manufacturer, event: Ship(Retailer, a), code: fault.NotFound, field: "/epcList/0", about: a},
	{name: "ship what another holds", given: onHand, who: Carrier, event: Ship(Retailer, a), code: fault.NotCustodian, field: "/epcList/0", about: a},
	{name: "ship what one gave away", given: received, who: Manufacturer, event: Ship(Carrier, a), code: fault.NotCustodian},
	{name: "ship twice", given: offered, who: Manufacturer, event: Ship(Carrier, a), code: fault.InTransit},
	{name: "ship on before receiving", given: offered, who: Retailer, event: Ship(Carrier, a), code: fault.NotCustodian},
	{name: "ship what is held", given: heldAtHand, who: Manufacturer, event: Ship(Retailer, a), code: fault.Held},
	{name: "ship what has ended", given: ended, who: Manufacturer, event: Ship(Retailer, a), code: fault.ObjectEnded},
	{
		name: "ship to a party without a GLN", given: onHand, who: Manufacturer,
		event: with(Ship(Retailer, a), func(e *Event) { e.To = "https://example.com/retailer" }), code: fault.InvalidIdentifier, field: "/destinationList/0/destination",
	},
	{
		name: "ship to a party that is not on record", given: onHand, who: Manufacturer,
		event: with(Ship(Retailer, a), func(e *Event) { e.To = "urn:epc:id:pgln:7777777.00000" }), code: fault.NotFound, field: "/destinationList/0/destination",
	},
	{
		name: "ship to a reader", given: onHand, who: Manufacturer,
		event: with(Ship(Retailer, a), func(e *Event) { e.To = Founders()[3].GLNs[0] }), code: fault.ReaderOnly, field: "/destinationList/0/destination",
	},
	{name: "give away what another owns", given: func(s *Scene) {
		onHand(s)
		s.MustCapture(Manufacturer, Ship(Carrier, a))
		s.MustCapture(Carrier, Step("receiving", a))
	}, who: Carrier, event: with(Ship(Retailer, a), func(e *Event) { e.Owner = GLN(Retailer) }), code: fault.NotOwner, field: "/destinationList/1/destination"},

	{name: "receive what was offered to another", given: offered, who: Carrier, event: Step("receiving", a), code: fault.NotOffered, field: "/epcList/0", about: a},
	{name: "accept what was offered to another", given: offered, who: Carrier, event: Step("accepting", a), code: fault.NotOffered},
	{name: "receive one's own shipment back without a void", given: offered, who: Manufacturer, event: Step("receiving", a), code: fault.NotOffered},
	{name: "receive what nobody shipped", given: onHand, who: Retailer, event: Step("receiving", a), code: fault.NotYetShipped},
	{name: "receive twice by another", given: received, who: Carrier, event: Step("receiving", a), code: fault.NotYetShipped},
	{name: "receive what is not on the ledger", who: Retailer, event: Step("receiving", a), code: fault.NotFound},
	{name: "receive what has ended", given: ended, who: Retailer, event: Step("receiving", a), code: fault.ObjectEnded},

	{name: "void what is not under way", given: onHand, who: Manufacturer, event: Step("void_shipping", a), code: fault.Closed},
	{name: "void another's shipment", given: offered, who: Carrier, event: Step("void_shipping", a), code: fault.NotCustodian},
	{name: "void after receipt", given: received, who: Manufacturer, event: Step("void_shipping", a), code: fault.NotCustodian},

	{name: "end what another holds", given: onHand, who: Carrier, event: Delete("destroying", a), code: fault.NotCustodian},
	{name: "sell what another holds", given: onHand, who: Retailer, event: Step("retail_selling", a), code: fault.NotCustodian},
	{name: "end what is under way", given: offered, who: Manufacturer, event: Delete("decommissioning", a), code: fault.InTransit},
	{name: "end twice", given: ended, who: Manufacturer, event: Delete("decommissioning", a), code: fault.ObjectEnded},
	{name: "sell what is held", given: heldAtHand, who: Manufacturer, event: Step("retail_selling", a), code: fault.Held},
	{name: "decommission what is held", given: heldAtHand, who: Manufacturer, event: Delete("decommissioning", a), code: fault.Held},
	{name: "see what is not on the ledger", who: Retailer, event: Step("inspecting", a), code: fault.NotFound},

	{
		name: "report from the future", given: onHand, who: Manufacturer,
		event: with(Step("storing", a), func(e *Event) { e.Time = Begin.Add(24 * time.Hour) }), code: fault.TimeAhead, field: "/eventTime",
	},
	{name: "add with another step", who: Manufacturer, event: with(Commission(a), func(e *Event) { e.BizStep = "shipping" }), code: fault.Unsupported, field: "/bizStep"},
	{name: "delete with another step", given: onHand, who: Manufacturer, event: Delete("shipping", a), code: fault.Unsupported, field: "/bizStep"},
	{name: "declare what is not on record an error", given: onHand, who: Manufacturer, event: with(Step("storing", a), func(e *Event) {
		e.More = map[string]any{"errorDeclaration": map[string]any{"declarationTime": "2026-03-01T08:00:00Z", "reason": "did_not_occur"}}
	}), code: fault.NotFound, field: "/errorDeclaration"},
	{name: "write as a reader", given: onHand, who: Regulator, event: Step("inspecting", a), code: fault.ReaderOnly},
	{name: "write as a stranger", given: onHand, who: Outsider, event: Step("inspecting", a), code: fault.NotParticipant},
}

func TestEveryRuleRefusesAndLeavesTheLedgerAsItWas(t *testing.T) {
	for _, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			s := New(t)
			if r.given != nil {
				r.given(s)
			}
			before := s.Ledger.Dump()
			// A first event that is fine shows that it is all or nothing.
			fine := Commission(Object(Manufacturer, "FINE"))
			events, index := []Event{fine, r.event}, 1
			if r.who != Manufacturer {
				events, index = []Event{r.event}, 0
			}
			_, err := s.Capture(r.who, events...)
			require.ErrorIs(t, err, r.code)
			refused := fault.Of(err)
			if r.field != "" {
				at, ok := refused.EventIndex()
				require.True(t, ok)
				require.Equal(t, index, at)
				require.Equal(t, "/epcisBody/eventList/"+string(rune('0'+index))+r.field, refused.Field)
			}
			if r.about != "" {
				require.Equal(t, r.about, refused.EPC)
			}
			require.Equal(t, before, s.Ledger.Dump())
		})
	}
}

func TestARefusalSaysWhatAProgramNeeds(t *testing.T) {
	s := New(t)
	heldAtHand(s)
	_, err := s.Capture(Manufacturer, Ship(Retailer, a))
	require.Equal(t, map[string]string{"hold": "h1", "breach": "breach-7", "holds": "1", "permit": "shipping"}, fault.Of(err).Detail)
	_, err = s.Capture(Retailer, Ship(Carrier, a))
	require.Equal(t, map[string]string{"custodian": Manufacturer}, fault.Of(err).Detail)
	_, err = s.Capture(Retailer, Commission(b))
	require.Equal(t, map[string]string{"licensee": Manufacturer}, fault.Of(err).Detail)
}

func TestOnlyOperatorsAndAdminsCapture(t *testing.T) {
	s := New(t)
	document := s.Document(Commission(a))
	for _, role := range []string{ledger.RoleAuditor, ledger.RoleGateway, ledger.RoleQuality, ""} {
		err := s.As(Manufacturer, role).With("document", document).Update(capture(""))
		require.ErrorIs(t, err, fault.RoleRequired, role)
	}
	require.NoError(t, s.As(Manufacturer, ledger.RoleAdmin).With("document", document).Update(capture("")))
}

func TestAVoidedShipmentLeavesTheObjectWhereItWas(t *testing.T) {
	s := New(t)
	begin := Commission(a)
	begin.Place = Site(Manufacturer)
	s.MustCapture(Manufacturer, begin)
	before := s.Twin(a)
	out := Ship(Retailer, a)
	out.Owner = GLN(Retailer)
	s.MustCapture(Manufacturer, out)
	require.Equal(t, Retailer, s.Twin(a).NextOwner)
	s.MustCapture(Manufacturer, Step("void_shipping", a))
	after := s.Twin(a)
	require.EqualValues(t, 3, after.Events)
	after.Events, after.Changed, after.Occurred, after.Updated = before.Events, before.Changed, before.Occurred, before.Updated
	require.Equal(t, before, after)
	_, err := s.Capture(Retailer, Step("receiving", a))
	require.ErrorIs(t, err, fault.NotYetShipped)
	s.MustCapture(Manufacturer, Ship(Carrier, a))
}

func TestAnyRegisteredOrganisationMayWitnessAndChangesNothing(t *testing.T) {
	s := New(t)
	onHand(s)
	before := s.Twin(a)
	seen := Step("inspecting", a)
	seen.Time, seen.Place, seen.Disposition = s.Now, Site(Carrier), "damaged"
	s.MustCapture(Carrier, seen)
	require.Equal(t, before, s.Twin(a))
	require.Len(t, s.History(a), 1)
	said := witnesses(t, s, a)
	require.Len(t, said, 1)
	require.Equal(t, Manufacturer, said[0].Custodian)
	require.Equal(t, Carrier, said[0].Record.RecordedBy)
	require.False(t, said[0].Record.Effective)
	for _, by := range []string{"", Carrier} {
		var read product.ReadEventResponse
		require.NoError(t, s.As(Regulator, "").Query(func(tx *ledger.Tx) (err error) {
			read, err = product.ReadEvent(tx, product.ReadEventRequest{Event: said[0].Record.Event, RecordedBy: by})
			return err
		}))
		require.Equal(t, said[0].Record, read.Record)
		require.Contains(t, string(read.Body), "damaged")
	}
	_, err := s.CaptureDocument(Carrier, s.Document(seen))
	require.ErrorIs(t, err, fault.AlreadyRecorded, "a witness may repeat itself, too")
}

func TestOneEventMaySayOfOnesOwnAndWitnessOfOthers(t *testing.T) {
	s := New(t)
	onHand(s)
	mine := Pallet(Carrier, 1)
	s.MustCapture(Carrier, Commission(mine))
	seen := Step("loading", mine, a)
	seen.Place = Site(Carrier)
	response := s.MustCapture(Carrier, seen)
	require.Equal(t, Site(Carrier), s.Twin(mine).Place)
	require.Len(t, s.History(mine), 2)
	require.Empty(t, witnesses(t, s, mine))
	require.Len(t, s.History(a), 1)
	said := witnesses(t, s, a)
	require.Len(t, said, 1)
	require.Equal(t, response.Events[0].Event, said[0].Record.Event)
	require.Equal(t, 2, said[0].Record.Objects)
	require.True(t, said[0].Record.Effective)
}

func TestWhatIsImplausibleIsRecordedAndFlagged(t *testing.T) {
	s := New(t)
	ended(s)
	late := Step("storing", a)
	late.Time = Begin.Add(-time.Hour)
	s.MustCapture(Manufacturer, late)
	soon := Step("inspecting", a)
	soon.Time = s.Now.Add(10 * time.Minute)
	s.MustCapture(Carrier, soon)
	history := s.History(a)
	require.Empty(t, history[0].Flags)
	require.Equal(t, []product.Flag{product.FlagBackwards, product.FlagAfterEnd}, history[2].Flags)
	require.Len(t, history, 3)
	require.Equal(t, []product.Flag{product.FlagAhead, product.FlagAfterEnd}, witnesses(t, s, a)[0].Flags)
	require.Equal(t, product.Ended, s.Twin(a).State)
}

func TestEachWayToEndAnObject(t *testing.T) {
	for _, event := range []Event{
		Delete("destroying", a), Delete("decommissioning", a), Delete("dispensing", a), Delete("retail_selling", a), Delete("", a),
		Step("destroying", a), Step("retail_selling", a), Step("dispensing", a),
	} {
		s := New(t)
		onHand(s)
		s.MustCapture(Manufacturer, event)
		require.Equal(t, product.Ended, s.Twin(a).State, event)
	}
	s := New(t)
	onHand(s)
	partly := Step("dispensing", a)
	partly.Disposition = "partially_dispensed"
	s.MustCapture(Manufacturer, partly)
	require.Equal(t, product.Active, s.Twin(a).State)
}

func TestAHeldObjectIsDestroyedWhereThatIsPermitted(t *testing.T) {
	s := New(t)
	heldAtHand(s)
	_, err := s.Capture(Manufacturer, Delete("destroying", a))
	require.ErrorIs(t, err, fault.Held)
	permit(s, "h1", product.Permit{Purpose: product.ForDestruction})
	s.MustCapture(Manufacturer, Delete("destroying", a))
	require.Equal(t, product.Ended, s.Twin(a).State)
}

func TestEventsOfOneDocumentBuildOnEachOther(t *testing.T) {
	s := New(t)
	away := Ship(Retailer, a, b)
	away.Time = s.Now.Add(time.Minute)
	back := Step("void_shipping", b)
	back.Time = s.Now.Add(time.Minute)
	s.MustCapture(Manufacturer, Commission(a, b), away, back)
	require.Equal(t, Retailer, s.Twin(a).Offer.To)
	require.Nil(t, s.Twin(b).Offer)
	require.EqualValues(t, 3, s.Twin(b).Events)
	require.Len(t, s.History(b), 3)

	// The same the other way round is refused as a whole.
	_, err := s.Capture(Manufacturer, Step("void_shipping", a), Ship(Retailer, b), Ship(Retailer, b))
	require.ErrorIs(t, err, fault.DuplicateContent)
	require.NotNil(t, s.Twin(a).Offer)
}

func TestLogisticUnitsAndAssetsAreObjects(t *testing.T) {
	s := New(t)
	pallet := Pallet(Manufacturer, 7)
	asset := "/8004/" + Prefixes[Manufacturer] + "TANK-1"
	s.MustCapture(Manufacturer, Commission(pallet, asset))
	require.Empty(t, s.Twin(pallet).Class)
	require.Equal(t, product.Active, s.Twin(asset).State)
	_, err := s.Capture(Carrier, Commission(Pallet(Manufacturer, 8)))
	require.ErrorIs(t, err, fault.NotLicensee)
	s.MustCapture(Carrier, Commission(Pallet(Carrier, 8)))
}
