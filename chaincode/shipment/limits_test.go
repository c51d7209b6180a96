package shipment_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func many(from, to int) []string {
	var epcs []string
	for i := from; i < to; i++ {
		epcs = append(epcs, Object(Manufacturer, fmt.Sprintf("S%07d", i)))
	}
	return epcs
}

// cost is what a capture reads and writes.
type cost struct{ trips, reads, writes, bytes int }

// counting counts the trips of a backend.
type counting struct {
	ledger.Backend
	trips int
}

func (c *counting) Get(keys []ledger.Key) ([][]byte, error) {
	c.trips++
	return c.Backend.Get(keys)
}

func (c *counting) Scan(ledger.Key, func(ledger.Entry) bool) error {
	return fault.New(fault.Internal, "a capture reads no range")
}

func measure(t *testing.T, s *Scene, msp string, events ...Event) cost {
	t.Helper()
	sim := s.As(msp, ledger.RoleOperator).With(shipment.TransientDocument, s.Document(events...)).Simulate()
	backend := &counting{Backend: sim}
	tx := ledger.Begin(backend)
	require.NoError(t, capture("")(tx))
	require.NoError(t, tx.Flush())
	results := sim.Results()
	c := cost{trips: backend.trips, reads: len(results.Reads), writes: len(results.Writes)}
	for _, w := range results.Writes {
		c.bytes += len(w.Key) + len(w.Value)
	}
	return c
}

func TestTenThousandObjectsFitOneTransaction(t *testing.T) {
	s := New(t)
	full := many(0, shipment.MaxObjects)
	c := measure(t, s, Manufacturer, Commission(full...))
	t.Logf("commissioning %d objects: %+v", len(full), c)
	require.Less(t, c.bytes, 10<<20, "Fabric's orderers take 10 MB by default")
	require.Equal(t, 2*len(full)+2, c.writes, "a twin and a history entry each, the event and its record")
	s.MustCapture(Manufacturer, Commission(full...))
	c = measure(t, s, Manufacturer, Ship(Retailer, full...))
	t.Logf("shipping them: %+v", c)
	require.Less(t, c.bytes, 10<<20)

	long := Ship(Retailer, full...)
	long.Disposition = "https://example.com/" + strings.Repeat("x", 200)
	_, err := s.Capture(Manufacturer, long)
	require.ErrorIs(t, err, fault.LimitExceeded, "what would be refused at the orderer is refused here")

	_, err = s.Capture(Manufacturer, Commission(many(shipment.MaxObjects, 2*shipment.MaxObjects+1)...))
	require.ErrorIs(t, err, fault.LimitExceeded)
	_, err = s.Capture(Manufacturer, Step("storing", full...), Step("picking", full[0]))
	require.ErrorIs(t, err, fault.LimitExceeded)
	i, _ := fault.Of(err).EventIndex()
	require.Equal(t, 1, i)
}

func TestReadsAreBatchedHoweverLargeTheDocument(t *testing.T) {
	s := New(t)
	one := measure(t, s, Manufacturer, Commission(many(0, 1)...))
	all := measure(t, s, Manufacturer, Commission(many(0, 500)...))
	require.Equal(t, one.trips, all.trips)
	require.Equal(t, one.reads+499, all.reads, "one twin more for each object, and nothing else")

	s.MustCapture(Manufacturer, Commission(many(0, 500)...))
	one = measure(t, s, Manufacturer, Ship(Retailer, many(0, 1)...))
	var events []Event
	for _, epc := range many(0, 500) {
		events = append(events, Ship(Retailer, epc))
	}
	all = measure(t, s, Manufacturer, events...)
	require.Equal(t, one.trips, all.trips)
}

func TestTheThousandthEventOfAnObjectCostsWhatTheFirstDid(t *testing.T) {
	s := New(t)
	onHand(s)
	second := measure(t, s, Manufacturer, Step("picking", a))
	for range 1000 {
		s.MustCapture(Manufacturer, Step("storing", a)) // a minute apart
	}
	later := measure(t, s, Manufacturer, Step("picking", a))
	require.Equal(t, second.reads, later.reads)
	require.Equal(t, second.writes, later.writes)
	require.InDelta(t, second.bytes, later.bytes, 24, "the count has more digits, and times repeat less")
	require.EqualValues(t, 1001, s.Twin(a).Events)
}

func TestEveryEndorserReadsAndWritesTheSame(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(many(0, 50)...))
	document := s.Document(Ship(Retailer, many(0, 30)...), Step("storing", many(30, 50)...), Commission(many(50, 60)...))
	run := func(peer string) memledger.Results {
		sim := s.Ledger.Simulate(memledger.Proposal{
			ID: "t", Time: s.Now, Caller: ledger.Caller{MSP: Manufacturer, Role: ledger.RoleOperator},
			Transient: map[string][]byte{shipment.TransientDocument: document},
		}, peer)
		tx := ledger.Begin(sim)
		require.NoError(t, capture("")(tx))
		require.NoError(t, tx.Flush())
		return sim.Results()
	}
	first := run(Manufacturer)
	require.NotEmpty(t, first.Event)
	for _, peer := range []string{Carrier, Retailer, Regulator} {
		require.Equal(t, first, run(peer))
	}
}

func TestWhatIsTooLargeIsRefused(t *testing.T) {
	s := New(t)
	onHand(s)
	pad := func(n int) map[string]any { return map[string]any{"ex:pad": strings.Repeat("x", n)} }
	for name, events := range map[string][]Event{
		"a document over 4 MB": {with(Step("storing", a), func(e *Event) { e.More = pad(4 << 20) })},
		"an event over 1 MB":   {with(Step("storing", a), func(e *Event) { e.More = pad(1 << 20) })},
	} {
		_, err := s.Capture(Manufacturer, events...)
		require.ErrorIs(t, err, fault.LimitExceeded, name)
	}
	// Each event takes the document's @context along.
	document := string(s.Document(Step("storing", a), Step("picking", a), Step("packing", a), Step("loading", a), Step("sampling", a), Step("holding", a)))
	document = strings.Replace(document, `"ex":"`, `"pad":"https://example.com/`+strings.Repeat("x", 900_000)+`","ex":"`, 1)
	_, err := s.CaptureDocument(Manufacturer, []byte(document))
	require.ErrorIs(t, err, fault.LimitExceeded)
}

func TestADocumentThatIsNoneIsRefusedWithAPointer(t *testing.T) {
	s := New(t)
	for name, c := range map[string]struct {
		document string
		code     fault.Code
	}{
		"no JSON":       {"hello", fault.InvalidDocument},
		"cut short":     {string(s.Document(Commission(a)))[:200], fault.InvalidDocument},
		"no events":     {string(s.Document()), fault.InvalidDocument},
		"unknown field": {strings.Replace(string(s.Document(Commission(a))), `"action"`, `"acton"`, 1), fault.InvalidDocument},
	} {
		_, err := s.CaptureDocument(Manufacturer, []byte(c.document))
		require.ErrorIs(t, err, c.code, name)
	}
	_, err := s.Capture(Manufacturer, Commission(b), with(Commission(a), func(e *Event) { e.Action = "add" }))
	require.ErrorIs(t, err, fault.InvalidDocument)
	i, ok := fault.Of(err).EventIndex()
	require.True(t, ok)
	require.Equal(t, 1, i)
	require.Contains(t, fault.Of(err).Field, "/epcisBody/eventList/1")
	err = s.As(Manufacturer, ledger.RoleOperator).Update(capture(""))
	require.ErrorIs(t, err, fault.InvalidRequest, "without a document")
}
