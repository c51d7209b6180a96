package shipment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
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
	make := Transform(Making{In: in, Out: out, Lot: "B7"})
	make.Place, make.Disposition = "https://example.com/line/3", "in_progress"
	make.More["ilmd"] = map[string]any{"cbvmda:lotNumber": "B7", "cbvmda:itemExpirationDate": "2027-05-31"}
	response := s.MustCapture(Manufacturer, make)
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
		"an input that is not on the ledger": {Manufacturer, Making{In: items(raw, "1", "X"), Out: items(assembled, "1")}, nil,
			fault.NotFound, Item(raw, "X"), "/epcisBody/eventList/0/inputEPCList/1"},
		"another's input": {Retailer, Making{In: items(raw, "1"), Out: []string{foreign}}, nil,
			fault.NotCustodian, Item(raw, "1"), "/epcisBody/eventList/0/inputEPCList/0"},
		"outputs under another's licence": {Manufacturer, Making{In: items(raw, "1"), Out: append(items(assembled, "1"), foreign)}, nil,
			fault.NotLicensee, foreign, "/epcisBody/eventList/0/outputEPCList/1"},
		"an input that is under way": {Manufacturer, Making{In: items(raw, "1"), Out: items(assembled, "1")}, []Event{Ship(Retailer, Item(raw, "1"))},
			fault.InTransit, Item(raw, "1"), "/epcisBody/eventList/0/inputEPCList/0"},
		"an input that has ended": {Manufacturer, Making{In: items(raw, "1"), Out: items(assembled, "1")}, []Event{Delete("destroying", Item(raw, "1"))},
			fault.ObjectEnded, Item(raw, "1"), "/epcisBody/eventList/0/inputEPCList/0"},
		"an output that exists": {Manufacturer, Making{In: items(raw, "1"), Out: items(raw, "3", "2")}, nil,
			fault.AlreadyExists, Item(raw, "2"), "/epcisBody/eventList/0/outputEPCList/1"},
		"an object on both sides": {Manufacturer, Making{In: items(raw, "1"), Out: items(raw, "1")}, nil,
			fault.InvalidDocument, Item(raw, "1"), "/epcisBody/eventList/0/outputEPCList/0"},
		"outputs of nothing": {Manufacturer, Making{Out: items(assembled, "1")}, nil,
			fault.InvalidDocument, "", "/epcisBody/eventList/0"},
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
