package shipment_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func ids(paths ...string) []gs1.ID {
	var list []gs1.ID
	for _, path := range paths {
		id, err := gs1.Parse(path)
		if err != nil {
			panic(err)
		}
		list = append(list, id)
	}
	return list
}

func capture(hash string) func(*ledger.Tx) error {
	return func(tx *ledger.Tx) error {
		_, err := shipment.Capture(tx, shipment.CaptureRequest{SHA256: hash})
		return err
	}
}

func TestADocumentSentAgainIsAlreadyRecorded(t *testing.T) {
	s := New(t)
	event := Commission(a)
	event.EventID = "urn:uuid:11111111-1111-4111-8111-111111111111"
	document := s.Document(event)
	first, err := s.CaptureDocument(Manufacturer, document)
	require.NoError(t, err)
	before := s.Ledger.Dump()
	for range 2 {
		_, err = s.CaptureDocument(Manufacturer, document)
		require.ErrorIs(t, err, fault.AlreadyRecorded)
		detail := fault.Of(err).Detail
		require.Equal(t, s.History(a)[0].Transaction, detail["transaction"])
		require.Equal(t, first.Events[0].Event, detail["event"])
	}
	require.Equal(t, before, s.Ledger.Dump())
}

func TestTheSameEventInAnotherSpellingIsTheSameEvent(t *testing.T) {
	s := New(t)
	event := Commission(a)
	_, err := s.CaptureDocument(Manufacturer, s.Document(event))
	require.NoError(t, err)
	event.EPCs = []string{"urn:epc:id:sgtin:9506000.013435.A"}
	_, err = s.CaptureDocument(Manufacturer, s.Document(event))
	require.ErrorIs(t, err, fault.AlreadyRecorded)
}

func TestADocumentOfWhichAPartIsOnRecordAddsTheRest(t *testing.T) {
	s := New(t)
	one, two := Commission(a), Commission(b)
	one.Time, two.Time = s.Now, s.Now
	s.MustCapture(Manufacturer, one)
	response := s.MustCapture(Manufacturer, one, two)
	require.Equal(t, s.History(a)[0].Transaction, response.Events[0].Transaction)
	require.Empty(t, response.Events[1].Transaction)
	require.EqualValues(t, 1, s.Twin(a).Events)
	require.EqualValues(t, 1, s.Twin(b).Events)
}

func TestEventIDsAreAliasesOfTheirOrganisation(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a))
	named := Step("storing", a)
	named.EventID, named.Time = "https://example.com/events/1", s.Now
	s.MustCapture(Manufacturer, named)

	other := Step("inspecting", a)
	other.EventID = named.EventID
	_, err := s.Capture(Manufacturer, other)
	require.ErrorIs(t, err, fault.EventIDConflict)
	require.Equal(t, s.History(a)[1].Event, fault.Of(err).Detail["event"])

	renamed := named
	renamed.EventID = "https://example.com/events/2"
	_, err = s.Capture(Manufacturer, renamed)
	require.ErrorIs(t, err, fault.DuplicateContent)
	require.Equal(t, named.EventID, fault.Of(err).Detail["eventID"])
	renamed.EventID = ""
	_, err = s.Capture(Manufacturer, renamed)
	require.ErrorIs(t, err, fault.DuplicateContent)

	s.MustCapture(Carrier, other) // another's ids are its own affair
	_, err = s.Capture(Manufacturer, with(Step("packing", a), func(e *Event) { e.EventID = "urn:x:1" }),
		with(Step("loading", a), func(e *Event) { e.EventID = "urn:x:1" }))
	require.ErrorIs(t, err, fault.EventIDConflict)
}

func TestRecordingAnEventFirstDoesNotTakeItFromWhoMaySayIt(t *testing.T) {
	s := New(t)
	onHand(s)
	stored := Step("storing", a)
	stored.Time, stored.Place = s.Now, Site(Manufacturer)
	s.MustCapture(Carrier, stored) // it saw the document coming
	require.Empty(t, s.Twin(a).Place)
	s.MustCapture(Manufacturer, stored)
	require.Equal(t, Site(Manufacturer), s.Twin(a).Place)

	history := s.History(a)
	require.Len(t, history, 2)
	require.Equal(t, product.Observed, history[1].Effect)
	require.Equal(t, Manufacturer, history[1].RecordedBy)
	said := witnesses(t, s, a)
	require.Len(t, said, 1)
	require.Equal(t, history[1].Event, said[0].Record.Event)
	require.Equal(t, Carrier, said[0].Record.RecordedBy)
	_, err := s.Capture(Manufacturer, stored)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	_, err = s.Capture(Carrier, stored)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
}

// What an organisation has witnessed stays known to it when it holds the object, and
// says the same again; also on another day.
func TestWhatWasWitnessedIsKnownToWhoHoldsTheObjectSince(t *testing.T) {
	s := New(t)
	onHand(s)
	seen := Step("inspecting", a)
	seen.Time = s.Now
	s.MustCapture(Retailer, seen)
	s.Now = s.Now.Add(30 * time.Hour)
	s.MustCapture(Manufacturer, Ship(Retailer, a))
	s.MustCapture(Retailer, Step("receiving", a))
	require.Equal(t, Retailer, s.Twin(a).Custodian)
	requireKnown(t, s, Retailer, seen)
}

// requireKnown holds that what an organisation sends is a repeat, under its id and as a
// double under another, and changes nothing.
func requireKnown(t *testing.T, s *Scene, msp string, event Event) {
	t.Helper()
	before := s.Ledger.Dump()
	_, err := s.Capture(msp, event)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	_, err = s.Capture(msp, with(event, func(e *Event) { e.EventID = "urn:x:other" }))
	require.ErrorIs(t, err, fault.DuplicateContent)
	require.Equal(t, before, s.Ledger.Dump())
}

// The hash rounds to milliseconds, and so does all that is concluded from times.
func TestAnEventOfTheSameHashAtAnotherPartOfAMillisecondIsARepeat(t *testing.T) {
	for name, who := range map[string]string{"of the custodian": Manufacturer, "of a witness": Retailer} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			onHand(s)
			midnight := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
			s.Now = midnight.Add(time.Hour)
			seen := Step("inspecting", a)
			seen.Time = midnight.Add(-400 * time.Microsecond)
			s.MustCapture(who, seen)
			seen.Time = midnight
			requireKnown(t, s, who, seen)
		})
	}
}

// What an event lists of a container and the ledger does not know does not make it new.
func TestAVoidThatListsWhatNobodyKnowsIsRecordedOnce(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(pallet))
	ship := func() {
		s.Now = s.Now.Add(time.Minute)
		s.MustCapture(Manufacturer, Ship(Retailer, pallet))
	}
	ship()
	s.Now = s.Now.Add(time.Minute)
	void := Count(pallet, Object(Manufacturer, "NEVER"))
	void.BizStep, void.Time = "void_shipping", s.Now
	s.MustCapture(Manufacturer, void)
	ship()
	_, err := s.Capture(Manufacturer, void)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	require.NotNil(t, s.Twin(pallet).Offer, "the second shipment is under way")
}

func TestOfTwoThatRaceForOneObjectTheSecondCommitsNothing(t *testing.T) {
	s := New(t)
	onHand(s)
	run := func(id string, event Event) memledger.Transaction {
		sim := s.Ledger.Simulate(memledger.Proposal{
			ID: id, Time: s.Now, Caller: ledger.Caller{MSP: Manufacturer, Role: ledger.RoleOperator},
			Transient: map[string][]byte{"document": s.Document(event)},
		}, Manufacturer)
		tx := ledger.Begin(sim)
		require.NoError(t, capture("")(tx))
		require.NoError(t, tx.Flush())
		return memledger.Transaction{ID: id, Results: sim.Results()}
	}
	codes := s.Ledger.Commit(run("one", Ship(Carrier, a)), run("two", Ship(Retailer, a)))
	require.Equal(t, []memledger.Code{memledger.Valid, memledger.MVCCConflict}, codes)
	require.Equal(t, Carrier, s.Twin(a).Offer.To)
	_, err := s.Capture(Manufacturer, Ship(Retailer, a))
	require.ErrorIs(t, err, fault.InTransit, "tried again, the loser gets the business fault")
}

func TestTheHashInTheRequestBindsTheDocument(t *testing.T) {
	s := New(t)
	document := s.Document(Commission(a))
	digest := sha256.Sum256(document)
	err := s.As(Manufacturer, ledger.RoleOperator).With("document", document).Update(capture(strings.Repeat("0", 64)))
	require.ErrorIs(t, err, fault.HashMismatch)
	require.NoError(t, s.As(Manufacturer, ledger.RoleOperator).With("document", document).Update(capture(hex.EncodeToString(digest[:]))))
}

func TestAnEventIsReadBackAsItWasSent(t *testing.T) {
	s := New(t)
	begin := Commission(a)
	begin.EventID = "urn:uuid:11111111-1111-4111-8111-111111111111"
	begin.More = map[string]any{"ex:batch": "B & C"}
	response := s.MustCapture(Manufacturer, begin)
	var got product.ReadEventResponse
	require.NoError(t, s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
		got, err = product.ReadEvent(tx, product.ReadEventRequest{Event: response.Events[0].Event})
		return err
	}))
	require.Equal(t, begin.EventID, got.Record.EventID)
	require.Equal(t, 1, got.Record.Objects)
	require.True(t, got.Record.Effective)
	require.False(t, got.Record.LedgerMade)
	event, err := epcis.ReadEvent(got.Body, epcis.DefaultLimits())
	require.NoError(t, err, "the stored event stands alone")
	hash, err := event.HashID()
	require.NoError(t, err)
	require.Equal(t, response.Events[0].Event, hash)
}
