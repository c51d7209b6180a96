package shipment_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// lasting is an event by which a custodian fills a twin with dispositions.
func lasting(n int, epcs ...string) Event {
	var set []string
	for i := range n {
		set = append(set, fmt.Sprintf("https://example.com/%03d&%s", i, strings.Repeat("x", 40)))
	}
	e := Step("storing", epcs...)
	e.More = map[string]any{"persistentDisposition": map[string]any{"set": set}}
	return e
}

// A hold that did not fit would refuse the recording that shows the breach, so
// that a custodian could keep it off the ledger.
func TestACustodianCannotFillATwinSoThatItCannotBeHeld(t *testing.T) {
	s := New(t)
	onHand(s)
	n := 0
	for ; ; n++ {
		if _, err := s.Capture(Manufacturer, lasting(n+1, a)); err != nil {
			require.ErrorIs(t, err, fault.LimitExceeded)
			break
		}
	}
	require.Greater(t, n, 10, "what is usual fits")
	twins := func(tx *ledger.Tx) []*product.Twin {
		twins, err := product.LoadTwins(tx, ids(a))
		require.NoError(t, err)
		return twins
	}
	id := func(i int) string { return fmt.Sprintf("%032x", i) }
	for i := range product.MaxHolds {
		require.NoError(t, s.As(Retailer, ledger.RoleGateway).Update(func(tx *ledger.Tx) error {
			return product.PlaceHold(tx, twins(tx), product.Hold{ID: id(i), Breach: id(i), Reason: strings.Repeat("r", product.MaxText)})
		}), i)
	}
	_, err := s.Capture(Manufacturer, lasting(n+1, a))
	require.ErrorIs(t, err, fault.LimitExceeded)
	for i := range product.MaxHolds {
		require.NoError(t, s.As(Retailer, ledger.RoleGateway).Update(func(tx *ledger.Tx) error {
			return product.LiftHold(tx, twins(tx), id(i), "somebody")
		}), i)
	}
}

// Custody must not stay with a carrier whose customer was told that its receipt
// is on record: the carrier took the goods back, said the very event of the
// customer itself, and shipped again.
func TestNobodyTakesAReceiptAwayBySayingItFirst(t *testing.T) {
	s := New(t)
	onHand(s)
	s.MustCapture(Manufacturer, Ship(Carrier, a))
	s.MustCapture(Carrier, Step("receiving", a))
	s.MustCapture(Carrier, Ship(Retailer, a))
	receipt := Step("receiving", a)
	receipt.Time, receipt.Place, receipt.EventID = s.Now, Site(Retailer), "https://retailer.example/receipts/1"
	s.MustCapture(Carrier, Step("void_shipping", a))
	copied := receipt
	copied.EventID = ""
	s.MustCapture(Carrier, copied)
	s.MustCapture(Carrier, Ship(Retailer, a))

	response := s.MustCapture(Retailer, receipt)
	require.Empty(t, response.Events[0].Transaction, "it is no repeat")
	require.Equal(t, Retailer, s.Twin(a).Custodian)
	history := s.History(a)
	last, first := history[len(history)-1], history[len(history)-3]
	require.Equal(t, first.Event, last.Event)
	require.Equal(t, []string{Carrier, Retailer}, []string{first.RecordedBy, last.RecordedBy})
	require.Equal(t, product.Received, last.Effect)
	body := func(by string) string {
		var read product.ReadEventResponse
		require.NoError(t, s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
			read, err = product.ReadEvent(tx, product.ReadEventRequest{Event: last.Event, RecordedBy: by})
			return err
		}))
		return string(read.Body)
	}
	require.Contains(t, body(Retailer), receipt.EventID, "each is kept as it was sent")
	require.NotContains(t, body(""), receipt.EventID)

	before := s.Ledger.Dump()
	for who, own := range map[string][2]Event{Carrier: {copied, receipt}, Retailer: {receipt, copied}} {
		_, err := s.Capture(who, own[0])
		require.ErrorIs(t, err, fault.AlreadyRecorded, "one's own is a repeat")
		require.Equal(t, who, fault.Of(err).Detail["recordedBy"])
		_, err = s.Capture(who, own[1])
		require.ErrorIs(t, err, fault.DuplicateContent)
	}
	require.Equal(t, before, s.Ledger.Dump())
}

// A client that repeats a capture takes AlreadyRecorded for success: so it is
// never said of what another organisation recorded.
func TestAnothersEventIsNotAlreadyRecorded(t *testing.T) {
	s := New(t)
	document := s.Document(Commission(a))
	_, err := s.CaptureDocument(Manufacturer, document)
	require.NoError(t, err)
	_, err = s.CaptureDocument(Manufacturer, document)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	require.Equal(t, Manufacturer, fault.Of(err).Detail["recordedBy"])
	before := s.Ledger.Dump()
	_, err = s.CaptureDocument(Carrier, document)
	require.ErrorIs(t, err, fault.NotLicensee, "it is run, and this is the carrier's to hear")
	require.Equal(t, before, s.Ledger.Dump())
}

// Anybody registered may watch: were the twin or the history written for it, who
// watches often enough would make every transaction of the custodian invalid.
func TestWitnessesDoNotKeepTheCustodianFromActing(t *testing.T) {
	s := New(t)
	onHand(s)
	run := func(id, msp string, event Event) memledger.Transaction {
		sim := s.As(msp, ledger.RoleOperator).With(shipment.TransientDocument, s.Document(event)).Simulate()
		tx := ledger.Begin(sim)
		require.NoError(t, capture("")(tx))
		require.NoError(t, tx.Flush())
		return memledger.Transaction{ID: id, Results: sim.Results()}
	}
	seen, stored := Step("inspecting", a), Step("storing", a)
	stored.Place = Site(Manufacturer)
	// Of what an organisation witnesses itself, the first of a day comes alone.
	s.MustCapture(Carrier, with(seen, func(e *Event) { e.Time = s.Now }))
	s.Now = s.Now.Add(time.Minute)
	// The carrier even says, first, what the custodian is about to say.
	codes := s.Ledger.Commit(
		run("1", Carrier, seen), run("2", Retailer, seen), run("3", Carrier, stored),
		run("4", Manufacturer, stored))
	require.Equal(t, []memledger.Code{memledger.Valid, memledger.Valid, memledger.Valid, memledger.Valid}, codes)
	require.Equal(t, Site(Manufacturer), s.Twin(a).Place)
	require.EqualValues(t, 2, s.Twin(a).Events)
	require.Len(t, s.History(a), 2)
	require.Len(t, witnesses(t, s, a), 4)
}

// What Fabric's orderers would refuse, in words that say nothing, is refused
// here: also where it is reads, event ids and the answer that make it large.
func TestEveryCaptureThatIsTakenFitsATransaction(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(many(0, 7000)...))
	taken, refused := 0, 0
	for n := 4000; n <= 7000; n += 1000 {
		var events []Event
		for i, epc := range many(0, n) {
			events = append(events, with(Step("storing", epc), func(e *Event) { e.EventID = fmt.Sprintf("https://example.com/%0100d", i) }))
		}
		sim := s.As(Manufacturer, ledger.RoleOperator).With(shipment.TransientDocument, s.Document(events...)).Simulate()
		f, _ := api.Lookup("shipment:Capture")
		response, err := f.Execute(sim, []byte("{}"))
		if err != nil {
			require.ErrorIs(t, err, fault.LimitExceeded)
			refused++
			continue
		}
		taken++
		size, results := len(response), sim.Results()
		for _, r := range results.Reads {
			size += len(r.Key) + 12
		}
		for _, w := range results.Writes {
			size += len(w.Key) + len(w.Value) + 8
		}
		require.Less(t, size, 10<<20-100_000, "%d events", n)
	}
	require.Positive(t, taken)
	require.Positive(t, refused)
}

// witnesses reads all that others said about an object, page by page.
func witnesses(t *testing.T, s *Scene, id string) (all []product.Witness) {
	t.Helper()
	for bookmark := ""; ; {
		var page product.ReadWitnessesResponse
		require.NoError(t, s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
			page, err = product.ReadWitnesses(tx, product.ReadWitnessesRequest{ID: id, Size: 2, Bookmark: bookmark})
			return err
		}))
		all = append(all, page.Witnesses...)
		if bookmark = page.Bookmark; bookmark == "" {
			return all
		}
	}
}
