package shipment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// flagsPage lists the events that were flagged on the scene's first day.
func flagsPage(s *Scene) []product.FlaggedEvent {
	s.TB.Helper()
	var page product.ListFlagsResponse
	err := s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
		page, err = product.ListFlags(tx, product.ListFlagsRequest{Day: "2026-03-01"})
		return err
	})
	if err != nil {
		s.TB.Fatalf("%v", err)
	}
	return page.Events
}

func flagsOf(t *testing.T, s *Scene) []product.FlaggedEvent {
	t.Helper()
	return flagsPage(s)
}

type tracer func(*ledger.Tx, product.TraceRequest) (product.TraceResponse, error)

// traced returns the steps of a trace.
func traced(t *testing.T, s *Scene, trace tracer, id string) []product.TraceStep {
	t.Helper()
	var page product.TraceResponse
	require.NoError(t, s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
		page, err = trace(tx, product.TraceRequest{ID: id})
		return err
	}))
	require.Empty(t, page.Bookmark)
	return page.Steps
}

func traceIDs(t *testing.T, s *Scene, trace tracer, id string) (found []string) {
	t.Helper()
	for _, step := range traced(t, s, trace, id) {
		found = append(found, step.ID)
	}
	return found
}

// Milk becomes cheese, cheese is cut, packed and sold: from a pack one finds the
// farm's lot, and from the lot every pack.
func TestALotIsTracedToEveryPackAndAPackToItsLots(t *testing.T) {
	s := New(t)
	milk, rennet := Lot(Class(Manufacturer, 301), "M1"), Lot(Class(Manufacturer, 302), "R1")
	cheese, wedge := Lot(Class(Manufacturer, 303), "C1"), Class(Retailer, 304)
	stocked(s, Making{InQuantities: listed(Quantity(milk, 1000, "LTR"), Quantity(rennet, 1, "KGM"))})
	ripen := s.MustCapture(Manufacturer, Transform(Making{
		InQuantities: listed(Quantity(milk, 800, "LTR"), Quantity(rennet, 0.5, "KGM")), OutQuantities: listed(Quantity(cheese, 80, "KGM")),
	}))
	ship := Ship(Retailer)
	ship.More = map[string]any{"epcList": nil, "quantityList": listed(Quantity(cheese, 40, "KGM"))}
	s.MustCapture(Manufacturer, ship)
	receive := Step("receiving")
	receive.More = map[string]any{"epcList": nil, "quantityList": listed(Quantity(cheese, 40, "KGM"))}
	s.MustCapture(Retailer, receive)
	packs := items(wedge, "1", "2", "3")
	cut := s.MustCapture(Retailer, Transform(Making{InQuantities: listed(Quantity(cheese, 3, "KGM")), Out: packs, Lot: "W9"}))
	box := Item(Class(Retailer, 305), "1")
	boxed := s.MustCapture(Retailer, Transform(Making{In: packs[:2], Out: []string{box}}))

	steps := traced(t, s, product.TraceForward, milk)
	type short struct {
		id, from string
		depth    int
		kind     product.TraceKind
		event    string
	}
	shorten := func(steps []product.TraceStep) (list []short) {
		for _, step := range steps {
			event := ""
			if step.Event != nil {
				event = step.Event.Event
			}
			list = append(list, short{step.ID, step.From, step.Depth, step.Kind, event})
		}
		return list
	}
	first, second, third := ripen.Events[0].Event, cut.Events[0].Event, boxed.Events[0].Event
	require.Equal(t, []short{
		{cheese, milk, 1, product.Outcome, first},
		{packs[0], cheese, 2, product.Outcome, second},
		{box, packs[0], 3, product.Outcome, third},
		{packs[1], cheese, 2, product.Outcome, second},
		{box, packs[1], 3, product.Outcome, third},
		{packs[2], cheese, 2, product.Outcome, second},
	}, shorten(steps))
	require.Equal(t, []product.Measured{{Amount: 80 * product.One, Unit: "KGM"}}, steps[0].Amounts)
	require.Equal(t, Manufacturer, steps[0].Event.RecordedBy)
	require.NotEmpty(t, steps[0].Event.Transaction)
	require.Equal(t, Retailer, steps[1].Event.RecordedBy)

	require.Equal(t, []short{
		{packs[0], box, 1, product.Origin, third},
		{cheese, packs[0], 2, product.Origin, second},
		{milk, cheese, 3, product.Origin, first},
		{rennet, cheese, 3, product.Origin, first},
		{packs[1], box, 1, product.Origin, third},
		{cheese, packs[1], 2, product.Origin, second},
	}, shorten(traced(t, s, product.TraceBack, box)), "beyond the cheese it goes once")

	// The lot of the packs: its objects forward, and what any of them is made of back.
	lot := Lot(wedge, "W9")
	require.Equal(t, []string{packs[0], box, packs[1], box, packs[2]}, traceIDs(t, s, product.TraceForward, lot))
	require.Equal(t, []string{cheese, milk, rennet}, traceIDs(t, s, product.TraceBack, lot))
	require.Empty(t, traceIDs(t, s, product.TraceBack, milk))
}

// A lot that is made as a quantity and given serial numbers later.
func TestAnObjectThatWasCommissionedComesFromItsLot(t *testing.T) {
	s := New(t)
	bulk, class := Lot(Class(Manufacturer, 301), "M1"), Class(Manufacturer, 303)
	stocked(s, Making{InQuantities: listed(Quantity(bulk, 5, "KGM"))})
	s.MustCapture(Manufacturer, Transform(Making{InQuantities: listed(Quantity(bulk, 5, "KGM")), OutQuantities: listed(Quantity(Lot(class, "T1"), 50, ""))}))
	begin := Commission(items(class, "1", "2")...)
	begin.More = map[string]any{"ilmd": map[string]any{"cbvmda:lotNumber": "T1"}}
	s.MustCapture(Manufacturer, begin)
	steps := traced(t, s, product.TraceBack, Item(class, "1"))
	require.Len(t, steps, 2)
	require.Equal(t, product.TraceStep{ID: Lot(class, "T1"), From: Item(class, "1"), Depth: 1, Kind: product.OfLot}, steps[0])
	require.Equal(t, bulk, steps[1].ID)
	require.Equal(t, []string{Lot(class, "T1"), Item(class, "1"), Item(class, "2")}, traceIDs(t, s, product.TraceForward, bulk))
	require.Equal(t, product.Member, traced(t, s, product.TraceForward, bulk)[1].Kind)
}

// What is declared an error is no origin of anything.
func TestATransformationThatDidNotHappenIsNotTraced(t *testing.T) {
	s := New(t)
	in, out := items(raw, "1"), items(assembled, "1")
	s.MustCapture(Manufacturer, Commission(in...))
	event := Transform(Making{In: in, Out: out, Lot: "B7"})
	event.Time = s.Now
	s.MustCapture(Manufacturer, event)
	require.Equal(t, out, traceIDs(t, s, product.TraceForward, in[0]))
	event.More["errorDeclaration"] = map[string]any{"declarationTime": "2026-03-01T09:00:00Z", "reason": "did_not_occur"}
	s.Now = s.Now.AddDate(0, 0, 1)
	s.MustCapture(Manufacturer, event)
	require.Equal(t, product.Active, s.Twin(in[0]).State)
	require.Empty(t, traceIDs(t, s, product.TraceForward, in[0]))
	require.Empty(t, traceIDs(t, s, product.TraceBack, out[0]))
	require.Empty(t, traceIDs(t, s, product.TraceBack, Lot(assembled, "B7")))

	require.Zero(t, s.Twin(in[0]).Into)
	s.MustCapture(Manufacturer, Delete("destroying", in[0]))
	require.Empty(t, traceIDs(t, s, product.TraceForward, in[0]), "it ended otherwise")
}

func TestAnObjectIsTracedFromTheLotOfItsPresentLife(t *testing.T) {
	s := New(t)
	object := Item(raw, "1")
	in := func(lot string) Event {
		e := Commission(object)
		e.Time = s.Now
		e.More = map[string]any{"ilmd": map[string]any{"cbvmda:lotNumber": lot}}
		return e
	}
	wrong := in("X")
	s.MustCapture(Manufacturer, wrong)
	require.Equal(t, []string{object}, traceIDs(t, s, product.TraceForward, Lot(raw, "X")))
	wrong.More["errorDeclaration"] = map[string]any{"declarationTime": "2026-03-01T08:01:00Z", "reason": "incorrect_data"}
	s.MustCapture(Manufacturer, wrong)
	require.Empty(t, traceIDs(t, s, product.TraceForward, Lot(raw, "X")))
	require.Empty(t, traceIDs(t, s, product.TraceBack, object))
	s.MustCapture(Manufacturer, in("Y"))
	require.Empty(t, traceIDs(t, s, product.TraceForward, Lot(raw, "X")))
	require.Equal(t, []string{object}, traceIDs(t, s, product.TraceForward, Lot(raw, "Y")))
	require.Equal(t, []string{Lot(raw, "Y")}, traceIDs(t, s, product.TraceBack, object))
}
