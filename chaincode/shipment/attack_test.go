package shipment_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
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

// A client that repeats a capture takes AlreadyRecorded for success: it must be
// able to tell that another organisation recorded the event.
func TestAlreadyRecordedNamesWhoRecorded(t *testing.T) {
	s := New(t)
	document := s.Document(Commission(a))
	_, err := s.CaptureDocument(Manufacturer, document)
	require.NoError(t, err)
	for _, who := range []string{Manufacturer, Carrier} {
		_, err = s.CaptureDocument(who, document)
		require.ErrorIs(t, err, fault.AlreadyRecorded)
		require.Equal(t, Manufacturer, fault.Of(err).Detail["recordedBy"])
	}
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
