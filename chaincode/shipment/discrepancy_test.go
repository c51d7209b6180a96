package shipment_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// say runs an update of an organisation's operator a minute later.
func say[Req, Resp any](s *Scene, msp string, rule func(*ledger.Tx, Req) (Resp, error), req Req) (response Resp, err error) {
	s.Now = s.Now.Add(time.Minute)
	err = s.As(msp, ledger.RoleOperator).Update(func(tx *ledger.Tx) error {
		response, err = rule(tx, req)
		return err
	})
	return response, err
}

// said says what the test takes for granted.
func said[Req, Resp any](t *testing.T, s *Scene, msp string, rule func(*ledger.Tx, Req) (Resp, error), req Req) Resp {
	t.Helper()
	response, err := say(s, msp, rule, req)
	require.NoError(t, err)
	return response
}

func discrepancy(t *testing.T, s *Scene, id string) shipment.Discrepancy {
	t.Helper()
	return known(t, s, shipment.ReadDiscrepancy, shipment.ReadDiscrepancyRequest{Discrepancy: id})
}

// receipt is a receiving with a disposition.
func receipt(disposition string, epcs ...string) Event {
	return with(Step("receiving", epcs...), func(e *Event) { e.Disposition = disposition })
}

// short ships A and B to the retailer, who receives A, and returns the hashes of
// shipping and receipt.
func shortOfB(s *Scene) (shipped, received string) {
	s.MustCapture(Manufacturer, Commission(a, b))
	shipped = s.MustCapture(Manufacturer, Ship(Retailer, a, b)).Events[0].Event
	return shipped, s.MustCapture(Retailer, Step("receiving", a)).Events[0].Event
}

func unsettled(t *testing.T, s *Scene, msp string) (ids []string) {
	t.Helper()
	for _, d := range known(t, s, shipment.ListDiscrepancies, shipment.ListDiscrepanciesRequest{Organisation: msp, Unsettled: true}).Discrepancies {
		ids = append(ids, d.ID)
	}
	return ids
}

func TestAShortageIsClaimedDisputedAndAgreed(t *testing.T) {
	s := New(t)
	shipped, received := shortOfB(s)
	before := s.Twin(b)
	document := strings.Repeat("ab", 32)
	d := said(t, s, Retailer, shipment.Claim, shipment.ClaimRequest{
		Shipment: shipped, ShippedBy: Manufacturer, Receipt: received, Kind: shipment.Short, Objects: []string{"urn:epc:id:sgtin:9506000.013435.B"},
		Note: "one box missing", Documents: []string{document},
	})
	hash, err := product.EventHash(shipped)
	require.NoError(t, err)
	receiptHash, err := product.EventHash(received)
	require.NoError(t, err)
	require.Equal(t, shipment.Discrepancy{
		V: shipment.Version, ID: d.ID, Kind: shipment.Short,
		Shipment: &shipment.EventRef{Event: hash}, Receipt: &shipment.EventRef{Event: receiptHash},
		Objects: []string{b}, Claimant: Retailer, Other: Manufacturer, Note: "one box missing", Documents: []string{document},
		Claimed: s.Now, Transaction: d.Transaction, Deadline: s.Now.Add(shipment.Window), Standing: shipment.Claimed,
	}, d)
	require.Regexp(t, "^[0-9a-f]{32}$", d.ID)
	require.Equal(t, d, discrepancy(t, s, d.ID))
	require.Equal(t, before, s.Twin(b), "what is short stays offered, and with the shipper")
	require.Equal(t, []string{d.ID}, unsettled(t, s, Retailer))
	require.Equal(t, []string{d.ID}, unsettled(t, s, Manufacturer))

	said(t, s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: d.ID, Note: "we counted two"})
	require.Equal(t, shipment.Disputed, discrepancy(t, s, d.ID).Standing)
	said(t, s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: d.ID, Agree: true, Note: "found it"})
	settled := discrepancy(t, s, d.ID)
	require.Equal(t, shipment.Agreed, settled.Standing)
	require.Equal(t, []shipment.Standing{shipment.Disputed, shipment.Agreed}, []shipment.Standing{settled.Said[0].Standing, settled.Said[1].Standing})
	require.Equal(t, []string{Manufacturer, "found it"}, []string{settled.Said[1].By, settled.Said[1].Note})
	require.Equal(t, before, s.Twin(b))
	require.Empty(t, unsettled(t, s, Retailer))
	require.Empty(t, unsettled(t, s, Manufacturer))
	s.MustCapture(Manufacturer, Step("void_shipping", b))
	require.Equal(t, []string{Manufacturer, Manufacturer, ""}, owners(s, b))

	for _, req := range []shipment.ListDiscrepanciesRequest{{Organisation: Retailer}, {Organisation: Manufacturer}, {Shipment: shipped}} {
		require.Equal(t, []shipment.Discrepancy{settled}, known(t, s, shipment.ListDiscrepancies, req).Discrepancies)
	}
	require.Empty(t, known(t, s, shipment.ListDiscrepancies, shipment.ListDiscrepanciesRequest{Organisation: Carrier}).Discrepancies)
}

func TestWhatArrivesDamagedIsReceivedAndClaimed(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	pallet := Pallet(Carrier, 1)
	s.MustCapture(Carrier, Commission(pallet))
	s.MustCapture(Manufacturer, Ship(Retailer, a))
	s.MustCapture(Carrier, Ship(Retailer, pallet))
	s.MustCapture(Manufacturer, with(Ship(Retailer, b), func(e *Event) { e.ReadPoint = Site(Manufacturer) }))
	captured := s.MustCapture(Retailer, at(Site(Retailer), receipt("damaged", a, pallet, b))).Events[0]
	require.Len(t, captured.Discrepancies, 3, "one for each shipment")
	for i, id := range []string{a, pallet, b} {
		d := discrepancy(t, s, captured.Discrepancies[i])
		require.Equal(t, []string{id}, d.Objects)
		require.Equal(t, shipment.Damaged, d.Kind)
		require.Equal(t, Retailer, d.Claimant)
		require.Equal(t, s.Twin(id).From, d.Other)
		require.Equal(t, Site(Retailer), d.Place)
		require.False(t, d.Moves)
		require.Equal(t, []string{Retailer, "damaged"}, []string{s.Twin(id).Custodian, s.Twin(id).Disposition})
	}
	first := captured.Discrepancies[0]
	said(t, s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: first, Agree: true})
	require.Equal(t, Retailer, s.Twin(a).Custodian, "agreement moves nothing that was received")
	_, err := say(s, Retailer, shipment.Claim, shipment.ClaimRequest{
		Shipment: discrepancy(t, s, captured.Discrepancies[2]).Shipment.Event, Kind: shipment.Damaged, Objects: []string{b},
	})
	require.ErrorIs(t, err, fault.AlreadyExists, "the receipt has said so")
	require.Equal(t, captured.Discrepancies[2], fault.Of(err).Detail["discrepancy"])

	// What is damaged on one's own way is nobody else's doing.
	s.MustCapture(Retailer, Ship(Retailer, b))
	require.Empty(t, s.MustCapture(Retailer, with(receipt("damaged", b), func(e *Event) { e.ReadPoint = Site(Retailer) })).Events[0].Discrepancies)
	// What is damaged later, at hand, neither.
	require.Empty(t, s.MustCapture(Retailer, with(receipt("damaged", a), func(e *Event) { e.BizStep = "accepting" })).Events[0].Discrepancies)
}

func TestAReceiptOfMoreThanADiscrepancyHoldsOpensSeveral(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(many(0, 250)...))
	s.MustCapture(Manufacturer, Ship(Retailer, many(0, 250)...))
	ids := s.MustCapture(Retailer, receipt("damaged", many(0, 250)...)).Events[0].Discrepancies
	var all []string
	for _, id := range ids {
		d := discrepancy(t, s, id)
		require.LessOrEqual(t, len(d.Objects), shipment.MaxClaimed)
		all = append(all, d.Objects...)
	}
	require.Equal(t, many(0, 250), all)
	require.Len(t, ids, 3)
}

func TestWhatNobodyShippedStaysWithItsCustodianUntilThatAgrees(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, at(Site(Manufacturer), Commission(a)))
	before := s.Twin(a)
	_, err := s.Capture(Retailer, Step("receiving", a))
	require.ErrorIs(t, err, fault.NotYetShipped, "without the disposition it can be parked")
	captured := s.MustCapture(Retailer, at(Site(Retailer), receipt("mismatch_instance", a))).Events[0]
	require.Equal(t, before, s.Twin(a))
	require.Len(t, s.History(a), 1)
	d := discrepancy(t, s, captured.Discrepancies[0])
	require.Equal(t, []any{shipment.Unannounced, Manufacturer, true, Site(Retailer)}, []any{d.Kind, d.Other, d.Moves, d.Place})
	require.Nil(t, d.Shipment)
	require.Equal(t, Retailer, d.Receipt.By, "a mere witness")
	read := known(t, s, product.ReadEvent, product.ReadEventRequest{Event: captured.Event, RecordedBy: d.Receipt.By})
	require.Equal(t, Retailer, read.Record.RecordedBy)

	said(t, s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: d.ID})
	require.Equal(t, Manufacturer, s.Twin(a).Custodian)
	said(t, s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: d.ID, Agree: true})
	after := s.Twin(a)
	require.Equal(t, []string{Retailer, Manufacturer, ""}, owners(s, a), "custody, not title")
	require.Equal(t, []string{Manufacturer, Site(Retailer)}, []string{after.From, after.Place})
	last := s.History(a)[1]
	require.Equal(t, product.Received, last.Effect)
	require.True(t, last.LedgerMade)
	require.Equal(t, product.EventURI(discrepancy(t, s, d.ID).Moved), last.Event)
	body := string(known(t, s, product.ReadEvent, product.ReadEventRequest{Event: last.Event, RecordedBy: product.Ledger}).Body)
	require.Contains(t, body, d.ID)
	require.Contains(t, body, Manufacturer)
	s.MustCapture(Retailer, Ship(Carrier, a))

	// It may go astray again.
	s.MustCapture(Retailer, Step("void_shipping", a))
	s.MustCapture(Retailer, returning(Manufacturer, a))
	s.MustCapture(Manufacturer, Step("receiving", a))
	s.MustCapture(Retailer, receipt("mismatch_instance", a))
}

func TestWhatWasShippedToAnotherIsWrong(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, a, b)))
	s.MustCapture(Retailer, Step("receiving", b))
	captured := s.MustCapture(Carrier, receipt("mismatch_instance", a, b)).Events[0]
	require.Len(t, captured.Discrepancies, 2)
	wrong, unannounced := discrepancy(t, s, captured.Discrepancies[0]), discrepancy(t, s, captured.Discrepancies[1])
	require.Equal(t, []any{shipment.Wrong, Manufacturer, []string{a}}, []any{wrong.Kind, wrong.Other, wrong.Objects})
	require.Equal(t, s.Twin(a).Offer.Event, wrong.Shipment.Event)
	require.Equal(t, []any{shipment.Unannounced, Retailer, []string{b}}, []any{unannounced.Kind, unannounced.Other, unannounced.Objects})

	_, err := say(s, Retailer, shipment.Answer, shipment.AnswerRequest{Discrepancy: wrong.ID, Agree: true})
	require.ErrorIs(t, err, fault.NotParty, "to whom it was shipped has no say: it is the shipper's")
	said(t, s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: wrong.ID, Agree: true})
	require.Equal(t, []string{Carrier, Manufacturer, ""}, owners(s, a), "the sale to the retailer is off")
	require.Nil(t, s.Twin(a).Offer)
	_, err = s.Capture(Retailer, Step("receiving", a))
	require.ErrorIs(t, err, fault.NotYetShipped)
}

// what a mismatch says of objects that are one's own, or offered to one, is an
// ordinary receipt.
func TestAMismatchOfWhatWasOfferedIsAReceipt(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	s.MustCapture(Manufacturer, Ship(Retailer, a))
	captured := s.MustCapture(Retailer, receipt("mismatch_instance", a, b)).Events[0]
	require.Equal(t, Retailer, s.Twin(a).Custodian)
	require.Equal(t, Manufacturer, s.Twin(b).Custodian)
	d := discrepancy(t, s, captured.Discrepancies[0])
	require.Equal(t, []string{b}, d.Objects)
	require.Empty(t, d.Receipt.By, "the event is in a history, as its first recording")
	require.Empty(t, s.MustCapture(Retailer, receipt("mismatch_instance", a)).Events[0].Discrepancies)

	s.MustCapture(Manufacturer, Ship(Retailer, b))
	_, err := s.Capture(Manufacturer, receipt("mismatch_instance", b))
	require.ErrorIs(t, err, fault.NotOffered, "one's own shipment is called off, not claimed")
}

func TestAClaimWithoutAnAnswerReadsAsDisputedAndCanBeAgreedStill(t *testing.T) {
	s := New(t)
	shipped, _ := shortOfB(s)
	d := said(t, s, Retailer, shipment.Claim, shipment.ClaimRequest{Shipment: shipped, Kind: shipment.Short, Objects: []string{b}})
	s.Now = d.Deadline
	require.Equal(t, shipment.Claimed, discrepancy(t, s, d.ID).Standing)
	s.Now = d.Deadline.Add(time.Millisecond)
	require.Equal(t, shipment.Unanswered, discrepancy(t, s, d.ID).Standing)
	require.Equal(t, shipment.Unanswered, known(t, s, shipment.ListDiscrepancies, shipment.ListDiscrepanciesRequest{Organisation: Retailer}).Discrepancies[0].Standing)
	_, err := say(s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: d.ID})
	require.ErrorIs(t, err, fault.Closed)
	said(t, s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: d.ID, Agree: true})
	require.Equal(t, shipment.Agreed, discrepancy(t, s, d.ID).Standing)
}

func TestTheTimeToClaimCountsFromTheReceiptThatAClaimNames(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	shipped := s.MustCapture(Manufacturer, Ship(Retailer, a, b)).Events[0].Event
	s.Now = s.Now.Add(40 * 24 * time.Hour) // at sea
	received := s.MustCapture(Retailer, Step("receiving", a)).Events[0].Event
	arrived := s.Now
	// Accepting later what was received is no other receipt.
	s.Now = s.Now.Add(10 * 24 * time.Hour)
	accepted := s.MustCapture(Retailer, Step("accepting", a)).Events[0].Event

	claim := shipment.ClaimRequest{Shipment: shipped, Kind: shipment.Short, Objects: []string{b}}
	_, err := say(s, Retailer, shipment.Claim, claim)
	require.ErrorIs(t, err, fault.Closed)
	claim.Receipt = accepted
	_, err = say(s, Retailer, shipment.Claim, claim)
	require.ErrorIs(t, err, fault.NotFound)
	require.Equal(t, "/receipt", fault.Of(err).Field)
	claim.Receipt = received
	s.Now = arrived.Add(shipment.Window)
	_, err = say(s, Retailer, shipment.Claim, claim)
	require.ErrorIs(t, err, fault.Closed, "a minute late")
	s.Now = arrived.Add(shipment.Window - time.Minute)
	said(t, s, Retailer, shipment.Claim, claim)
}

func TestTheShipperMayClaimToo(t *testing.T) {
	s := New(t)
	shipped, _ := shortOfB(s)
	d := said(t, s, Manufacturer, shipment.Claim, shipment.ClaimRequest{Shipment: shipped, Kind: shipment.Wrong, Objects: []string{a}, Note: "meant for another"})
	require.Equal(t, []string{Manufacturer, Retailer}, []string{d.Claimant, d.Other})
	said(t, s, Retailer, shipment.Answer, shipment.AnswerRequest{Discrepancy: d.ID, Agree: true})
	require.Equal(t, Retailer, s.Twin(a).Custodian, "it is shipped back, as anything else")
}

// Both ask for the same record, and only one of them has its way.
func TestAnAnswerAndAWithdrawalRace(t *testing.T) {
	s := New(t)
	onHand(s)
	id := s.MustCapture(Retailer, receipt("mismatch_instance", a)).Events[0].Discrepancies[0]
	simulate := func(txID, msp string, rule func(*ledger.Tx) error) memledger.Transaction {
		sim := s.As(msp, ledger.RoleOperator).Simulate()
		tx := ledger.Begin(sim)
		require.NoError(t, rule(tx))
		require.NoError(t, tx.Flush())
		return memledger.Transaction{ID: txID, Results: sim.Results()}
	}
	agree := simulate("1", Manufacturer, func(tx *ledger.Tx) error {
		_, err := shipment.Answer(tx, shipment.AnswerRequest{Discrepancy: id, Agree: true})
		return err
	})
	withdraw := simulate("2", Retailer, func(tx *ledger.Tx) error {
		_, err := shipment.Withdraw(tx, shipment.WithdrawRequest{Discrepancy: id})
		return err
	})
	require.Equal(t, []memledger.Code{memledger.Valid, memledger.MVCCConflict}, s.Ledger.Commit(withdraw, agree))
	require.Equal(t, Manufacturer, s.Twin(a).Custodian)
	_, err := say(s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: id, Agree: true})
	require.ErrorIs(t, err, fault.Closed)
}
