package shipment_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

var (
	raw       = Class(Manufacturer, 101)
	assembled = Class(Manufacturer, 102)
)

func items(class string, serials ...string) []string {
	var list []string
	for _, serial := range serials {
		list = append(list, Item(class, serial))
	}
	return list
}

func TestATransformationEndsItsInputsAndBeginsItsOutputs(t *testing.T) {
	s := New(t)
	in, out := items(raw, "1", "2"), items(assembled, "1", "2", "3")
	begin := Commission(in...)
	begin.Place = Site(Manufacturer)
	s.MustCapture(Manufacturer, begin)
	event := Transform(Making{In: in, Out: out, Lot: "B7"})
	event.Place, event.Disposition = "https://example.com/line/3", "in_progress"
	event.More["ilmd"] = map[string]any{"cbvmda:lotNumber": "B7", "cbvmda:itemExpirationDate": "2027-05-31"}
	response := s.MustCapture(Manufacturer, event)
	require.Equal(t, 5, response.Events[0].EPCs)

	for _, id := range in {
		twin := s.Twin(id)
		require.Equal(t, product.Ended, twin.State)
		require.Equal(t, Site(Manufacturer), twin.Place, "where it was; the event says where its outputs are")
		require.Equal(t, product.Consumed, s.History(id)[1].Effect)
		require.Empty(t, s.History(id)[1].Flags)
	}
	for _, id := range out {
		twin := s.Twin(id)
		require.Equal(t, product.Active, twin.State)
		require.Equal(t, Manufacturer, twin.Custodian)
		require.Equal(t, Manufacturer, twin.Owner)
		require.Equal(t, Manufacturer, twin.CommissionedBy)
		require.Equal(t, "https://example.com/line/3", twin.Place)
		require.Equal(t, "in_progress", twin.Disposition)
		require.Equal(t, "B7", twin.Lot)
		require.Equal(t, "2027-05-31", twin.Expires)
		history := s.History(id)
		require.Len(t, history, 1)
		require.Equal(t, product.Produced, history[0].Effect)
		require.Empty(t, history[0].Flags)
	}
	_, err := s.Capture(Manufacturer, Ship(Retailer, in[0]))
	require.ErrorIs(t, err, fault.ObjectEnded)
	s.MustCapture(Manufacturer, Ship(Retailer, out...))
}

func TestADocumentMakesInStepsAndDisassemblesAgain(t *testing.T) {
	s := New(t)
	a, b, c := Item(raw, "A"), Item(assembled, "B"), items(raw, "C1", "C2")
	s.MustCapture(Manufacturer, Commission(a), Transform(Making{In: []string{a}, Out: []string{b}}), Transform(Making{In: []string{b}, Out: c}))
	require.Equal(t, product.Ended, s.Twin(b).State)
	require.Equal(t, product.Active, s.Twin(c[1]).State)
}

func TestWhoMayTransform(t *testing.T) {
	foreign := Item(Class(Retailer, 1), "9")
	for name, c := range map[string]struct {
		by    string
		event Making
		first []Event // by the manufacturer
		code  fault.Code
		about string
		field string
	}{
		"an input that is not on the ledger": {
			Manufacturer,
			Making{In: items(raw, "1", "X"), Out: items(assembled, "1")},
			nil,
			fault.NotFound, Item(raw, "X"), "/epcisBody/eventList/0/inputEPCList/1",
		},
		"another's input": {
			Retailer,
			Making{In: items(raw, "1"), Out: []string{foreign}},
			nil,
			fault.NotCustodian, Item(raw, "1"), "/epcisBody/eventList/0/inputEPCList/0",
		},
		"outputs under another's licence": {
			Manufacturer,
			Making{In: items(raw, "1"), Out: append(items(assembled, "1"), foreign)},
			nil,
			fault.NotLicensee, foreign, "/epcisBody/eventList/0/outputEPCList/1",
		},
		"an input that is under way": {
			Manufacturer,
			Making{In: items(raw, "1"), Out: items(assembled, "1")},
			[]Event{Ship(Retailer, Item(raw, "1"))},
			fault.InTransit, Item(raw, "1"), "/epcisBody/eventList/0/inputEPCList/0",
		},
		"an input that has ended": {
			Manufacturer,
			Making{In: items(raw, "1"), Out: items(assembled, "1")},
			[]Event{Delete("destroying", Item(raw, "1"))},
			fault.ObjectEnded, Item(raw, "1"), "/epcisBody/eventList/0/inputEPCList/0",
		},
		"an output that exists": {
			Manufacturer,
			Making{In: items(raw, "1"), Out: items(raw, "3", "2")},
			nil,
			fault.AlreadyExists, Item(raw, "2"), "/epcisBody/eventList/0/outputEPCList/1",
		},
		"an object on both sides": {
			Manufacturer,
			Making{In: items(raw, "1"), Out: items(raw, "1")},
			nil,
			fault.InvalidDocument, Item(raw, "1"), "/epcisBody/eventList/0/outputEPCList/0",
		},
		"outputs of nothing": {
			Manufacturer,
			Making{Out: items(assembled, "1")},
			nil,
			fault.InvalidDocument, "", "/epcisBody/eventList/0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			s.MustCapture(Manufacturer, Commission(items(raw, "1", "2")...))
			if c.first != nil {
				s.MustCapture(Manufacturer, c.first...)
			}
			before := s.Ledger.Dump()
			_, err := s.Capture(c.by, Transform(c.event))
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.about, fault.Of(err).EPC)
			require.Contains(t, fault.Of(err).Field, c.field)
			require.Equal(t, before, s.Ledger.Dump(), "nothing is half-done")
		})
	}
}

func TestAHeldInputIsNotConsumed(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(items(raw, "1", "2")...))
	hold(s, Item(raw, "1"))
	_, err := s.Capture(Manufacturer, Transform(Making{In: items(raw, "2", "1"), Out: items(assembled, "1")}))
	require.ErrorIs(t, err, fault.Held)
}

func TestWhatIsExpiredOrUnprovenGoesInWithAFlag(t *testing.T) {
	s := New(t)
	old := Commission(Item(raw, "1"))
	old.More = map[string]any{"ilmd": map[string]any{"cbvmda:itemExpirationDate": "2026-02-01"}}
	s.MustCapture(Manufacturer, old)
	s.MustCapture(Manufacturer, Transform(Making{In: items(raw, "1"), Out: items(assembled, "1")}))
	require.Equal(t, []product.Flag{product.FlagExpired}, s.History(Item(raw, "1"))[1].Flags)
}

// A contract manufacturer does not become the owner of what it works on.
func TestOutputsBelongToWhoOwnedTheInputs(t *testing.T) {
	s := New(t)
	in := items(raw, "1", "2", "3", "4")
	s.MustCapture(Manufacturer, Commission(in...))
	s.MustCapture(Manufacturer, Ship(Retailer, in...)) // custody only
	s.MustCapture(Retailer, Step("receiving", in...))
	own, made := Class(Retailer, 1), Class(Retailer, 2)
	s.MustCapture(Retailer, Commission(items(own, "1", "2", "3")...))
	s.MustCapture(Retailer, Transform(Making{In: []string{in[0], Item(own, "1")}, Out: items(made, "1")}))
	require.Equal(t, Manufacturer, s.Twin(Item(made, "1")).Owner)
	require.Equal(t, Retailer, s.Twin(Item(made, "1")).Custodian)
	s.MustCapture(Retailer, Transform(Making{In: items(own, "2"), Out: items(made, "2")}))
	require.Equal(t, Retailer, s.Twin(Item(made, "2")).Owner)

	s.MustCapture(Retailer, Transform(Making{ID: "urn:x:run:1", In: []string{in[1]}}))
	s.MustCapture(Retailer, Transform(Making{ID: "urn:x:run:1", Out: items(made, "3")}))
	require.Equal(t, Manufacturer, s.Twin(Item(made, "3")).Owner, "what went in earlier counts, too")
	send := Ship(Carrier, Item(made, "3"))
	send.Owner = GLN(Carrier)
	_, err := s.Capture(Retailer, send)
	require.ErrorIs(t, err, fault.NotOwner)
}

func TestQuantitiesAreTakenFromWhatOneHasAndMadeUnderOnesLicence(t *testing.T) {
	bulk, made, theirs := Lot(raw, "L1"), Lot(assembled, "L2"), Lot(Class(Retailer, 1), "R1")
	for name, c := range map[string]struct {
		by    string
		event Making
		code  fault.Code
		about string
		field string
	}{
		"more than one has": {
			Manufacturer,
			Making{InQuantities: listed(Quantity(bulk, 11, "KGM")), OutQuantities: listed(Quantity(made, 11, "KGM"))},
			fault.NotEnough, bulk, "/inputQuantityList/0",
		},
		"in two lines": {
			Manufacturer,
			Making{InQuantities: listed(Quantity(bulk, 6, "KGM"), Quantity(bulk, 5, "KGM")), OutQuantities: listed(Quantity(made, 11, "KGM"))},
			fault.NotEnough, bulk, "/inputQuantityList/1",
		},
		"in another unit": {
			Manufacturer,
			Making{InQuantities: listed(Quantity(bulk, 10, "GRM")), OutQuantities: listed(Quantity(made, 10, "GRM"))},
			fault.NotEnough, bulk, "/inputQuantityList/0",
		},
		"another's": {
			Retailer,
			Making{InQuantities: listed(Quantity(bulk, 1, "KGM")), OutQuantities: listed(Quantity(theirs, 1, "KGM"))},
			fault.NotEnough, bulk, "/inputQuantityList/0",
		},
		"of what is not on the ledger": {
			Manufacturer,
			Making{InQuantities: listed(Quantity(made, 1, "KGM")), Out: items(assembled, "1")},
			fault.NotFound, made, "/inputQuantityList/0",
		},
		"under another's licence": {
			Manufacturer,
			Making{InQuantities: listed(Quantity(bulk, 1, "KGM")), OutQuantities: listed(Quantity(theirs, 1, "KGM"))},
			fault.NotLicensee, theirs, "/outputQuantityList/0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			stocked(s, Making{InQuantities: listed(Quantity(bulk, 10, "KGM"))})
			before := s.Ledger.Dump()
			_, err := s.Capture(c.by, Transform(c.event))
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.about, fault.Of(err).EPC)
			require.Contains(t, fault.Of(err).Field, "/epcisBody/eventList/0"+c.field)
			require.Equal(t, before, s.Ledger.Dump(), "nothing is half-done")
		})
	}
}

// A lot may go in and come out again, and stand in two lines of an event.
func TestALotIsSplitMergedAndTopsItselfUp(t *testing.T) {
	s := New(t)
	a, b, c := Lot(raw, "A"), Lot(raw, "B"), Lot(raw, "C")
	stocked(s, Making{InQuantities: listed(Quantity(a, 10, "KGM"))})
	s.MustCapture(Manufacturer, Transform(Making{InQuantities: listed(Quantity(a, 3, "KGM"), Quantity(a, 3, "KGM")), OutQuantities: listed(Quantity(b, 2, "KGM"), Quantity(c, 1, "KGM"), Quantity(b, 3, "KGM"))}))
	s.MustCapture(Manufacturer, Transform(Making{InQuantities: listed(Quantity(a, 4, "KGM"), Quantity(b, 5, "KGM")), OutQuantities: listed(Quantity(a, 9, "KGM"))}))
	require.Empty(t, flagsPage(s))
	forward := traced(t, s, product.TraceForward, a)
	require.Equal(t, []product.Measured{{Amount: 5 * product.One, Unit: "KGM"}}, forward[slices.IndexFunc(forward, func(s product.TraceStep) bool { return s.ID == b })].Amounts)
	require.ElementsMatch(t, []string{a, b, c}, distinct(traceIDs(t, s, product.TraceForward, a)))
	require.ElementsMatch(t, []string{a, b}, distinct(traceIDs(t, s, product.TraceBack, a)))
	require.ElementsMatch(t, []string{a, b}, distinct(traceIDs(t, s, product.TraceBack, c)))
	_, err := s.Capture(Manufacturer, Transform(Making{InQuantities: listed(Quantity(b, 1, "KGM")), Out: items(assembled, "1")}))
	require.ErrorIs(t, err, fault.NotEnough)
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func TestAnInputIsTakenOutOfItsContainerAndWhatIsInItStays(t *testing.T) {
	s := New(t)
	in, inner := items(raw, "1", "2"), Item(raw, "in")
	s.MustCapture(Manufacturer, Commission(append(in, inner, Pallet(Manufacturer, 1))...))
	s.MustCapture(Manufacturer, Pack(in[1], inner), Pack(Pallet(Manufacturer, 1), in...))
	s.MustCapture(Manufacturer, Transform(Making{In: in, Out: items(raw, "3", "4")}))
	require.Nil(t, s.Twin(in[0]).In)
	history := s.History(in[0])
	require.Equal(t, []product.Flag{product.FlagOutside}, history[len(history)-1].Flags, "nobody said that it was taken out")
	require.Equal(t, product.Active, s.Twin(inner).State)
	require.Nil(t, s.Twin(inner).In)
	require.Equal(t, Manufacturer, s.Twin(inner).Custodian)

	s.MustCapture(Manufacturer, Pack(Pallet(Manufacturer, 1), items(raw, "3")...))
	hold(s, Pallet(Manufacturer, 1))
	_, err := s.Capture(Manufacturer, Transform(Making{In: items(raw, "3"), Out: items(raw, "5")}))
	require.ErrorIs(t, err, fault.Held)
}

// Of a making that another licensed organisation told of as well, nothing moves.
func TestOutputsThatAnotherBeganAreSuspected(t *testing.T) {
	s := New(t)
	out := Object(Manufacturer, "1")
	require.NoError(t, s.As(Manufacturer, ledger.RoleAdmin).Update(func(tx *ledger.Tx) error {
		_, err := participant.Delegate(tx, participant.DelegateRequest{Prefix: Prefixes[Manufacturer], Delegate: Retailer, To: Begin.AddDate(1, 0, 0)})
		return err
	}))
	own := Item(Class(Retailer, 1), "1")
	s.MustCapture(Manufacturer, Commission(out))
	s.MustCapture(Retailer, Commission(own))
	s.MustCapture(Retailer, Transform(Making{In: []string{own}, Out: []string{out}}))
	require.Equal(t, Manufacturer, s.Twin(out).Custodian)
	history := s.History(out)
	require.Equal(t, product.Duplicated, history[1].Effect)
	require.Equal(t, []product.Flag{product.FlagSuspected}, history[1].Flags)
	require.Empty(t, traceIDs(t, s, product.TraceBack, out))
}

func TestTenThousandObjectsAreMadeAndUsedUpInOneTransaction(t *testing.T) {
	s := New(t)
	class := Class(Manufacturer, 103)
	s.MustCapture(Manufacturer, Commission(items(raw, "1")...))
	var out []string
	for i := range shipment.MaxObjects - 1 { // with the input they are as many
		out = append(out, Item(class, fmt.Sprintf("S%07d", i)))
	}
	event := Transform(Making{In: items(raw, "1"), Out: out, Lot: "P1"})
	c := measure(t, s, Manufacturer, event)
	t.Logf("making %d objects: %+v", len(out), c)
	require.Less(t, c.bytes, 10<<20, "Fabric's orderers take 10 MB by default")
	s.MustCapture(Manufacturer, event)
	use := Transform(Making{ID: "https://example.com/runs/1", In: out})
	c = measure(t, s, Manufacturer, use)
	t.Logf("using them up: %+v", c)
	require.Less(t, c.bytes, 10<<20)
}
