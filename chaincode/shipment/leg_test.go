package shipment_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// ask runs a query as the regulator.
func ask[Req, Resp any](s *Scene, rule func(*ledger.Tx, Req) (Resp, error), req Req) (response Resp, err error) {
	err = s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) error {
		response, err = rule(tx, req)
		return err
	})
	return response, err
}

// known asks what the test takes for granted.
func known[Req, Resp any](t *testing.T, s *Scene, rule func(*ledger.Tx, Req) (Resp, error), req Req) Resp {
	t.Helper()
	response, err := ask(s, rule, req)
	require.NoError(t, err)
	return response
}

// returning ships objects back.
func returning(to string, epcs ...string) Event {
	return with(Ship(to, epcs...), func(e *Event) { e.Disposition = "returned" })
}

func at(place string, e Event) Event {
	return with(e, func(e *Event) { e.Place = place })
}

func titled(to string, e Event) Event {
	return with(e, func(e *Event) { e.Owner = GLN(to) })
}

func TestAPartialReceiptLeavesTheRestOffered(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(many(0, 5)...))
	shipped := s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, many(0, 5)...))).Events[0].Event
	s.MustCapture(Retailer, Step("receiving", many(0, 2)...))
	s.MustCapture(Retailer, Step("void_shipping", many(2, 3)...))
	s.MustCapture(Manufacturer, Step("void_shipping", many(3, 4)...))

	read := known(t, s, shipment.ReadShipment, shipment.ReadShipmentRequest{Event: shipped})
	require.Equal(t, 5, read.Length)
	require.Equal(t, Retailer, read.Offer.Owner)
	require.Equal(t, Manufacturer, read.Record.RecordedBy)
	var offered []bool
	var with []string
	for _, item := range read.Items {
		offered, with = append(offered, item.Offered), append(with, item.Custodian)
	}
	require.Equal(t, []bool{false, false, false, false, true}, offered)
	require.Equal(t, []string{Retailer, Retailer, Manufacturer, Manufacturer, Manufacturer}, with)
	require.Equal(t, Manufacturer, s.Twin(many(4, 5)[0]).Owner, "what did not arrive is whose it was")
	require.Equal(t, Retailer, s.Twin(many(0, 1)[0]).Owner)

	s.MustCapture(Retailer, Step("receiving", many(4, 5)...))
	require.Equal(t, Retailer, s.Twin(many(4, 5)[0]).Custodian, "the rest follows")
	for place := 0; place < 5; place += 2 {
		page := known(t, s, shipment.ReadShipment, shipment.ReadShipmentRequest{Event: shipped, RecordedBy: Manufacturer, From: place, Size: 2})
		require.Equal(t, many(place, min(place+2, 5)), paths(page.Items))
		require.Equal(t, place < 4, page.Next > 0)
	}
	past := known(t, s, shipment.ReadShipment, shipment.ReadShipmentRequest{Event: shipped, From: 99})
	require.Empty(t, past.Items)
}

func paths(items []shipment.ShippedItem) (ids []string) {
	for _, i := range items {
		ids = append(ids, i.ID)
	}
	return ids
}

func TestACarrierHandsOverBetweenTwoLegsOfOneWay(t *testing.T) {
	for _, carriersWord := range []string{"", Retailer} {
		s := New(t)
		onHand(s)
		first := titled(Retailer, with(Ship(Carrier, a), func(e *Event) { e.Location = Site(Retailer) }))
		s.MustCapture(Manufacturer, first)
		s.MustCapture(Carrier, at(Site(Carrier), Step("receiving", a)))
		require.Equal(t, []string{Carrier, Manufacturer, Retailer}, owners(s, a), "the carrier has it, and it is the manufacturer's until it arrives")
		second := Ship(Retailer, a)
		if carriersWord != "" {
			second = titled(carriersWord, second)
		}
		s.MustCapture(Carrier, second)
		require.Equal(t, Site(Retailer), s.Twin(a).Offer.Location)
		s.MustCapture(Retailer, at(Site(Retailer), Step("receiving", a)))
		require.Equal(t, []string{Retailer, Retailer, ""}, owners(s, a))
		require.Equal(t, Carrier, s.Twin(a).From)
	}
}

// owners are custodian, owner and next owner of an object.
func owners(s *Scene, id string) []string {
	twin := s.Twin(id)
	return []string{twin.Custodian, twin.Owner, twin.NextOwner}
}

func TestARefusalLeavesTheObjectWithTheShipperAsItWas(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, at(Site(Manufacturer), Commission(a)))
	before := s.Twin(a)
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, a)))
	_, err := s.Capture(Carrier, Step("void_shipping", a))
	require.ErrorIs(t, err, fault.NotCustodian, "a third party has no say")
	refusal := at(Site(Retailer), Step("void_shipping", a))
	refusal.Disposition = "damaged"
	s.MustCapture(Retailer, refusal)
	after := s.Twin(a)
	require.Equal(t, product.Refused, s.History(a)[2].Effect)
	require.Equal(t, before.Facts, after.Facts, "who refuses does not say where it is and how")
	_, err = s.Capture(Retailer, Step("receiving", a))
	require.ErrorIs(t, err, fault.NotYetShipped)
	s.MustCapture(Manufacturer, Ship(Carrier, a))
}

func TestAReturnRunsBackAlongTheLeg(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, a, b)))
	s.MustCapture(Retailer, Step("receiving", a, b))
	s.MustCapture(Retailer, titled(Manufacturer, returning(Manufacturer, a)))
	require.True(t, s.Twin(a).Offer.Return)
	s.MustCapture(Manufacturer, Step("receiving", a))
	require.Equal(t, []string{Manufacturer, Manufacturer, ""}, owners(s, a), "the title, too")
	require.Equal(t, "returned", s.Twin(a).Disposition)

	s.MustCapture(Retailer, returning(Carrier, b))
	require.False(t, s.Twin(b).Offer.Return, "it did not come from there")
	s.MustCapture(Carrier, Step("receiving", b))
	require.Equal(t, []string{Carrier, Retailer, ""}, owners(s, b))
	s.MustCapture(Carrier, Ship(Retailer, b))
	require.False(t, s.Twin(b).Offer.Return, "it is not said to be a return")
}

func TestAShipmentIsAReturnWhenAllOfItIs(t *testing.T) {
	s := New(t)
	own := Object(Retailer, "OWN")
	received(s)
	s.MustCapture(Retailer, Commission(own))
	s.MustCapture(Retailer, returning(Manufacturer, a, own))
	require.False(t, s.Twin(a).Offer.Return)
}

// A sale that goes back before it arrived leaves no title on its way.
func TestTitleThatWasOnItsWayEndsWhenTheOwnerHasTheObjectBack(t *testing.T) {
	s := New(t)
	onHand(s)
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Carrier, a)))
	s.MustCapture(Carrier, Step("receiving", a))
	s.MustCapture(Carrier, returning(Manufacturer, a))
	require.Equal(t, Retailer, s.Twin(a).NextOwner)
	s.MustCapture(Manufacturer, Step("receiving", a))
	require.Equal(t, []string{Manufacturer, Manufacturer, ""}, owners(s, a))
}

// pharmacy is a party without an MSP.
const pharmacy = "/417/7612345000060"

func sponsored(s *Scene, by string) {
	s.TB.Helper()
	if err := s.As(by, ledger.RoleAdmin).Update(func(tx *ledger.Tx) error {
		_, err := participant.RegisterParty(tx, participant.RegisterPartyRequest{GLN: pharmacy, Name: "Pharmacy"})
		return err
	}); err != nil {
		s.TB.Fatalf("%v", err)
	}
}

func toPharmacy(epcs ...string) Event {
	return with(Ship(Retailer, epcs...), func(e *Event) { e.To, e.Location = pharmacy, "" })
}

func TestASponsorRecordsForAPartyOutsideOfTheChannel(t *testing.T) {
	for _, sponsor := range []string{Retailer, Manufacturer} {
		t.Run(sponsor, func(t *testing.T) {
			s := New(t)
			sponsored(s, sponsor)
			onHand(s)
			s.MustCapture(Manufacturer, toPharmacy(a))
			offer := s.Twin(a).Offer
			require.Equal(t, []string{sponsor, pharmacy}, []string{offer.To, offer.ToGLN})
			require.True(t, offer.Outside)
			require.Empty(t, s.Twin(a).Party, "it has not arrived")
			_, err := s.Capture(Carrier, Step("receiving", a))
			require.ErrorIs(t, err, fault.NotOffered)

			s.MustCapture(sponsor, Step("receiving", a))
			require.Equal(t, product.Received, s.History(a)[2].Effect)
			require.Equal(t, []string{sponsor, pharmacy, Manufacturer}, []string{s.Twin(a).Custodian, s.Twin(a).Party, s.Twin(a).From})
			require.Equal(t, Manufacturer, s.Twin(a).Owner, "a sponsor answers for it and does not own it")
			_, err = s.Capture(Carrier, Ship(Carrier, a))
			require.ErrorIs(t, err, fault.NotCustodian)

			s.MustCapture(sponsor, Ship(Carrier, a))
			require.Equal(t, pharmacy, s.Twin(a).Party, "it is there until it is received elsewhere")
			s.MustCapture(Carrier, Step("receiving", a))
			require.Equal(t, []string{Carrier, ""}, []string{s.Twin(a).Custodian, s.Twin(a).Party})
		})
	}
}

func TestASponsorTakesBackWhatItsPartyHas(t *testing.T) {
	s := New(t)
	sponsored(s, Retailer)
	onHand(s)
	s.MustCapture(Manufacturer, toPharmacy(a))
	s.MustCapture(Retailer, Step("receiving", a))
	s.MustCapture(Retailer, Ship(Retailer, a))
	s.MustCapture(Retailer, at(Site(Retailer), Step("receiving", a)))
	require.Equal(t, []string{Retailer, "", Site(Retailer)}, []string{s.Twin(a).Custodian, s.Twin(a).Party, s.Twin(a).Place})

	s.MustCapture(Retailer, toPharmacy(a))
	s.MustCapture(Retailer, at(Site(Retailer), Step("void_shipping", a)))
	require.Equal(t, []string{Retailer, ""}, []string{s.Twin(a).Custodian, s.Twin(a).Party})
	require.Equal(t, product.Voided, s.History(a)[6].Effect, "its own shipment is called off, not refused")
}

func TestNobodyOutsideOfTheChannelOwns(t *testing.T) {
	s := New(t)
	sponsored(s, Retailer)
	onHand(s)
	_, err := s.Capture(Manufacturer, with(toPharmacy(a), func(e *Event) { e.Owner = pharmacy }))
	require.ErrorIs(t, err, fault.Unsupported)
	require.Equal(t, "/epcisBody/eventList/0/destinationList/1/destination", fault.Of(err).Field)
	require.Equal(t, Retailer, fault.Of(err).Detail["sponsor"])
}

func TestASponsorMayRefuseForItsParty(t *testing.T) {
	s := New(t)
	sponsored(s, Retailer)
	onHand(s)
	s.MustCapture(Manufacturer, toPharmacy(a))
	s.MustCapture(Retailer, Step("void_shipping", a))
	require.Equal(t, product.Refused, s.History(a)[2].Effect)
	require.Equal(t, []string{Manufacturer, ""}, []string{s.Twin(a).Custodian, s.Twin(a).Party})
}

func TestShipmentsAreListedForBothSidesLatestFirst(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(many(0, 5)...))
	var sent []string
	for i := range 5 {
		sent = append([]string{s.MustCapture(Manufacturer, Ship(Retailer, many(i, i+1)...)).Events[0].Event}, sent...)
	}
	for organisation, direction := range map[string]string{Manufacturer: "from", Retailer: "to"} {
		var listed []string
		for bookmark := ""; ; {
			page := known(t, s, shipment.ListOffers, shipment.ListOffersRequest{Organisation: organisation, Direction: direction, Size: 2, Bookmark: bookmark})
			for _, offer := range page.Offers {
				require.Equal(t, []string{Manufacturer, Retailer}, []string{offer.From, offer.To})
				listed = append(listed, product.EventURI(offer.Event))
			}
			if bookmark = page.Bookmark; bookmark == "" {
				break
			}
		}
		require.Equal(t, sent, listed)
	}
	require.Empty(t, known(t, s, shipment.ListOffers, shipment.ListOffersRequest{Organisation: Retailer, Direction: "from"}).Offers)
}

func TestWhatIsAskedAboutShipmentsIsChecked(t *testing.T) {
	s := New(t)
	offered(s)
	event := product.EventURI(s.Twin(a).Offer.Event)
	for name, c := range map[string]struct {
		req  any
		code fault.Code
	}{
		"no hash":        {shipment.ReadShipmentRequest{Event: "x"}, fault.InvalidRequest},
		"no shipment":    {shipment.ReadShipmentRequest{Event: s.History(a)[0].Event}, fault.NotFound},
		"no recorder":    {shipment.ReadShipmentRequest{Event: event, RecordedBy: Carrier}, fault.NotFound},
		"too many":       {shipment.ReadShipmentRequest{Event: event, Size: 501}, fault.LimitExceeded},
		"negative":       {shipment.ReadShipmentRequest{Event: event, From: -1}, fault.InvalidRequest},
		"no side":        {shipment.ListOffersRequest{Organisation: Retailer}, fault.InvalidRequest},
		"nobody":         {shipment.ListOffersRequest{Direction: "to"}, fault.InvalidRequest},
		"a page too big": {shipment.ListOffersRequest{Organisation: Retailer, Direction: "to", Size: 501}, fault.LimitExceeded},
	} {
		var err error
		switch req := c.req.(type) {
		case shipment.ReadShipmentRequest:
			_, err = ask(s, shipment.ReadShipment, req)
		case shipment.ListOffersRequest:
			_, err = ask(s, shipment.ListOffers, req)
		}
		require.ErrorIs(t, err, c.code, name)
	}
}

// run simulates a capture at the organisation's own peer.
func simulated(s *Scene, id, msp string, event Event) memledger.Transaction {
	s.TB.Helper()
	sim := s.As(msp, ledger.RoleOperator).With(shipment.TransientDocument, s.Document(event)).Simulate()
	tx := ledger.Begin(sim)
	if err := capture("")(tx); err != nil {
		s.TB.Fatalf("%v", err)
	}
	if err := tx.Flush(); err != nil {
		s.TB.Fatalf("%v", err)
	}
	return memledger.Transaction{ID: id, Results: sim.Results()}
}

// Of two that act on the same object at once, one wins; the other hears from the
// rules when it tries again, and nothing of it is on the ledger.
func TestOfTwoThatRaceForAnObjectOneWins(t *testing.T) {
	for name, race := range map[string]struct {
		first, second func() (string, Event)
		code          fault.Code
	}{
		"receipt before void":    {recv, voids, fault.NotCustodian},
		"void before receipt":    {voids, recv, fault.NotYetShipped},
		"receipt before refusal": {recv, refuses, fault.Closed},
		"receipt twice":          {recv, again, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			offered(s)
			s.Now = s.Now.Add(time.Minute)
			firstBy, first := race.first()
			secondBy, second := race.second()
			codes := s.Ledger.Commit(simulated(s, "1", firstBy, first), simulated(s, "2", secondBy, second))
			require.Equal(t, []memledger.Code{memledger.Valid, memledger.MVCCConflict}, codes)
			events := s.Twin(a).Events
			require.EqualValues(t, 3, events)
			_, err := s.CaptureDocument(secondBy, s.Document(second))
			if race.code == "" {
				require.NoError(t, err, "one's own: it is accepted where it is")
				return
			}
			require.ErrorIs(t, err, race.code)
			require.Equal(t, events, s.Twin(a).Events)
		})
	}
}

func recv() (string, Event)    { return Retailer, Step("receiving", a) }
func again() (string, Event)   { return Retailer, Step("accepting", a) }
func voids() (string, Event)   { return Manufacturer, Step("void_shipping", a) }
func refuses() (string, Event) { return Retailer, Step("void_shipping", a) }

// Two that ship on what both believe to have cannot both: custody is one.
func TestTwoOrganisationsReceiveTheSameObjectAtOnce(t *testing.T) {
	s := New(t)
	offered(s)
	s.Now = s.Now.Add(time.Minute)
	mine := simulated(s, "1", Retailer, Step("receiving", a))
	_, err := s.Capture(Carrier, Step("receiving", a))
	require.ErrorIs(t, err, fault.NotOffered)
	// Called off and shipped to the carrier while the retailer's is on its way.
	s.MustCapture(Manufacturer, Step("void_shipping", a))
	s.MustCapture(Manufacturer, Ship(Carrier, a))
	other := simulated(s, "2", Carrier, Step("receiving", a))
	require.Equal(t, []memledger.Code{memledger.MVCCConflict, memledger.Valid}, s.Ledger.Commit(mine, other))
	require.Equal(t, Carrier, s.Twin(a).Custodian)
	_, err = s.Capture(Retailer, Step("receiving", a))
	require.ErrorIs(t, err, fault.NotYetShipped)
	require.Equal(t, Carrier, fault.Of(err).Detail["custodian"], fmt.Sprint(fault.Of(err).Detail))
}
