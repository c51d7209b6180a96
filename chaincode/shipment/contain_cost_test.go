package shipment_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// footprint is what a capture touches: keys by their type, ranges, and bytes.
type footprint struct {
	reads, writes map[string]int
	ranges        int // ranges read
	entries       int // entries in them
	trips, bytes  int
}

// trips counts trips, ranges included.
type trips struct {
	ledger.Backend
	n int
}

func (c *trips) Get(keys []ledger.Key) ([][]byte, error) {
	c.n++
	return c.Backend.Get(keys)
}

func (c *trips) Scan(prefix ledger.Key, yield func(ledger.Entry) bool) error {
	c.n++
	return c.Backend.Scan(prefix, yield)
}

func touches(t *testing.T, s *Scene, msp string, events ...Event) footprint {
	t.Helper()
	sim := s.As(msp, ledger.RoleOperator).With(shipment.TransientDocument, s.Document(events...)).Simulate()
	backend := &trips{Backend: sim}
	tx := ledger.Begin(backend)
	require.NoError(t, capture("")(tx))
	require.NoError(t, tx.Flush())
	results := sim.Results()
	f := footprint{reads: map[string]int{}, writes: map[string]int{}, ranges: len(results.Ranges), trips: backend.n}
	for _, r := range results.Reads {
		kind, _ := r.Key.Parts()
		f.reads[kind]++
	}
	for _, w := range results.Writes {
		kind, _ := w.Key.Parts()
		f.writes[kind]++
		f.bytes += len(w.Key) + len(w.Value)
	}
	for _, r := range results.Ranges {
		f.entries += len(r.Reads)
	}
	return f
}

// filled is a ledger with a pallet of n objects, packed in as many documents as
// it takes.
func filled(t *testing.T, n int) *Scene {
	t.Helper()
	s := New(t)
	const most = 5_000
	for from := 0; from < n; from += most {
		some := many(from, min(n, from+most))
		s.MustCapture(Manufacturer, Commission(some...))
		s.MustCapture(Manufacturer, at(Site(Manufacturer), Pack(pallet, some...)))
	}
	return s
}

// A pallet costs the same to move, to void, to receive and to empty whatever is on
// it, and an object on it the same to observe.
func TestAPalletOfTenThousandCostsWhatAPalletOfOneDoes(t *testing.T) {
	type step struct {
		name, who string
		event     Event
	}
	steps := []step{
		{"ship", Manufacturer, titled(Retailer, Ship(Retailer, pallet))},
		{"void", Retailer, Step("void_shipping", pallet)},
		{"ship again", Manufacturer, titled(Retailer, Ship(Retailer, pallet))},
		{"receive", Retailer, at(Site(Retailer), Step("receiving", pallet))},
		{"observe one", Retailer, Step("inspecting", many(0, 1)[0])},
		{"load", Retailer, Pack(Pallet(Retailer, 5), pallet)},
		{"ship the lorry", Retailer, Ship(Carrier, Pallet(Retailer, 5))},
		{"receive the lorry", Carrier, Step("receiving", Pallet(Retailer, 5))},
		{"unload", Carrier, Unpack(Pallet(Retailer, 5), pallet)},
		{"empty", Carrier, Unpack(pallet)},
		{"use one", Carrier, Step("inspecting", many(0, 1)[0])},
	}
	costs := map[int][]footprint{}
	for _, n := range []int{1, 100, 10_000} {
		s := filled(t, n)
		for _, step := range steps {
			f := touches(t, s, step.who, step.event)
			s.MustCapture(step.who, step.event)
			f.bytes = f.bytes / 16 * 16 // numbers have more digits
			if step.name == "unload" {
				f.entries = 0 // a range of what is left on the lorry, read ahead to the end of its batch
			}
			costs[n] = append(costs[n], f)
		}
	}
	for i, step := range steps {
		one := costs[1][i]
		t.Logf("%s: %+v", step.name, one)
		for _, n := range []int{100, 10_000} {
			require.InDelta(t, one.bytes, costs[n][i].bytes, 32, step.name)
			other := costs[n][i]
			other.bytes = one.bytes
			require.Equal(t, one, other, "%s, of %d", step.name, n)
		}
	}
	require.Equal(t, map[string]int{"twin": 1, "history": 1, "event": 1, "offer": 1, "legfrom": 1, "legto": 1}, rename(costs[1][0].writes))
}

// rename names the lists of shipments, which another test counts, by two words.
func rename(writes map[string]int) map[string]int {
	named := map[string]int{}
	other := 0
	for kind, n := range writes {
		switch kind {
		case "twin", "history", "event", "body", "offer":
			named[kind] = n
		default:
			other += n
		}
	}
	if other == 2 {
		named["legfrom"], named["legto"] = 1, 1
	}
	return named
}

func TestTheTenThousandthEventOfAContainerCostsWhatTheFirstDid(t *testing.T) {
	s := filled(t, 1)
	s.Now = s.Now.Add(time.Minute)
	one := many(0, 1)[0]
	first := touches(t, s, Manufacturer, Step("picking", one))
	for range 2_500 { // four events a document
		e := Step("storing", pallet)
		var events []Event
		for i := range 4 {
			events = append(events, with(e, func(e *Event) { e.ReadPoint = Site(Manufacturer) + "/254/" + string(rune('1'+i)) }))
		}
		s.MustCapture(Manufacturer, events...)
	}
	require.Greater(t, s.Twin(pallet).Events, uint64(10_000))
	later := touches(t, s, Manufacturer, Step("picking", one))
	require.InDelta(t, first.bytes, later.bytes, 32, "of numbers with more digits")
	first.bytes, later.bytes = 0, 0
	require.Equal(t, first, later)
	backend := &trips{Backend: s.As(Regulator, "").Simulate()}
	_, err := product.ReadTwinAsOf(ledger.BeginQuery(backend), product.ReadTwinAsOfRequest{ID: one, Time: Begin.AddDate(0, 0, 1), Clock: product.Recorded})
	require.NoError(t, err)
	require.Less(t, backend.n, 30, "halving takes some fourteen point reads")
}

// One event packs eight thousand, and what is too large is refused where the
// answer says why.
func TestHowManyOneEventPacks(t *testing.T) {
	s := New(t)
	all := many(0, shipment.MaxObjects-1)
	s.MustCapture(Manufacturer, Commission(all[:5000]...))
	s.MustCapture(Manufacturer, Commission(all[5000:]...))
	fits := func(n int) bool {
		sim := s.As(Manufacturer, ledger.RoleOperator).With(shipment.TransientDocument, s.Document(at(Site(Manufacturer), with(Pack(pallet, all[:n]...), func(e *Event) { e.Disposition = "in_progress" })))).Simulate()
		err := capture("")(ledger.Begin(sim))
		if err != nil {
			require.ErrorIs(t, err, fault.LimitExceeded)
		}
		return err == nil
	}
	low, high := 1, len(all)
	for low < high {
		if middle := (low + high + 1) / 2; fits(middle) {
			low = middle
		} else {
			high = middle - 1
		}
	}
	t.Logf("one event packs %d objects of a serial of eight characters", low)
	require.GreaterOrEqual(t, low, 8_000)
	f := touches(t, s, Manufacturer, at(Site(Manufacturer), Pack(pallet, all[:low]...)))
	t.Logf("%+v: %d bytes each", f, f.bytes/low)
	require.Less(t, f.trips, 12)
	s.MustCapture(Manufacturer, at(Site(Manufacturer), Pack(pallet, all[:low]...)))
	out := slices.Clone(all[:low])
	f = touches(t, s, Manufacturer, at(Site(Manufacturer), Unpack(pallet, out...)))
	t.Logf("unpacking them one by one: %+v", f)
	s.MustCapture(Manufacturer, at(Site(Manufacturer), Unpack(pallet, out...)))
	require.Zero(t, s.Twin(pallet).Contents.Since, "nothing is in it any more")
}
