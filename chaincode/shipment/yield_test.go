package shipment_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// listed are quantities in one list.
func listed(list ...map[string]any) []map[string]any { return list }

// stocked commissions the inputs of a making.
func stocked(s *Scene, m Making) {
	s.TB.Helper()
	if len(m.In) > 0 {
		s.MustCapture(Manufacturer, Commission(m.In...))
	}
	if len(m.InQuantities) > 0 {
		begin := Commission()
		begin.More = map[string]any{"quantityList": m.InQuantities, "epcList": nil}
		s.MustCapture(Manufacturer, begin)
	}
}

// flagged reports whether the outputs of the last event have the flag.
func flagged(t *testing.T, s *Scene, response string) bool {
	t.Helper()
	for _, e := range flagsOf(t, s) {
		if e.Record.Event == response {
			require.Equal(t, []product.Flag{product.FlagQuantity}, e.Flags)
			return true
		}
	}
	return false
}

func TestWhatGoesInComesOutOrIsDeclaredLost(t *testing.T) {
	a, b := Class(Manufacturer, 201), Class(Manufacturer, 202)
	la, lb, lc := Lot(a, "A1"), Lot(b, "B1"), Lot(b, "B2")
	kg := func(class string, n any) map[string]any { return Quantity(class, n, "KGM") }
	none := []map[string]any(nil)
	for name, c := range map[string]struct {
		m    Making
		flag bool
	}{
		"mass":                            {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(kg(lb, 10))}, false},
		"mass, in kilograms and grams":    {Making{InQuantities: listed(kg(la, 1.5)), OutQuantities: listed(Quantity(lb, 1000, "GRM"), kg(lc, 0.5))}, false},
		"mass, in pounds, exactly":        {Making{InQuantities: listed(Quantity(la, 2, "LBR")), OutQuantities: listed(Quantity(lb, 907.18474, "GRM"))}, false},
		"mass, in pounds, rounded":        {Making{InQuantities: listed(Quantity(la, 2, "LBR")), OutQuantities: listed(Quantity(lb, 907.1847, "GRM"))}, true},
		"mass missing":                    {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(kg(lb, 9.999999))}, true},
		"mass out of nothing":             {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(kg(lb, 10.000001))}, true},
		"a declared loss":                 {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(kg(lb, 9.5)), Loss: listed(Loss(500, "GRM"))}, false},
		"losses, one of them nothing":     {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(kg(lb, 9.5)), Loss: listed(Loss("0.3", "KGM"), Loss(0, "KGM"), Loss(200, "GRM"))}, false},
		"too little declared":             {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(kg(lb, 9)), Loss: listed(Loss(500, "GRM"))}, true},
		"too much declared":               {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(kg(lb, 10)), Loss: listed(Loss(1, "GRM"))}, true},
		"within the yield":                {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(kg(lb, 9.5)), Yield: 950}, false},
		"below the yield":                 {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(kg(lb, 9.49)), Yield: 950}, true},
		"above what went in":              {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(kg(lb, 10.01)), Yield: 950}, true},
		"water taken up":                  {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(kg(lb, 15)), Yield: "1500"}, false},
		"more taken up than declared":     {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(kg(lb, 15.01)), Yield: 1500}, true},
		"yield and loss":                  {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(kg(lb, 9)), Yield: 950, Loss: listed(Loss(0.6, "KGM"))}, false},
		"volume":                          {Making{InQuantities: listed(Quantity(la, 1, "HLT")), OutQuantities: listed(Quantity(lb, 60, "LTR"), Quantity(lc, 40000, "MLT"))}, false},
		"volume missing":                  {Making{InQuantities: listed(Quantity(la, 1, "HLT")), OutQuantities: listed(Quantity(lb, 99, "LTR"))}, true},
		"volume and mass, each":           {Making{InQuantities: listed(Quantity(la, 1, "LTR"), kg(lb, 2)), OutQuantities: listed(Quantity(la, 1, "LTR"), kg(lc, 2))}, false},
		"volume and mass, one missing":    {Making{InQuantities: listed(Quantity(la, 1, "LTR"), kg(lb, 2)), OutQuantities: listed(Quantity(la, 1, "LTR"), kg(lc, 1))}, true},
		"pieces of one class, split":      {Making{InQuantities: listed(Quantity(lb, 10, "")), OutQuantities: listed(Quantity(lc, 4, ""), Quantity(Lot(b, "B3"), 6, "EA"))}, false},
		"pieces by the dozen":             {Making{InQuantities: listed(Quantity(lb, 2, "DZN")), OutQuantities: listed(Quantity(lc, 24, "H87"))}, false},
		"pieces missing":                  {Making{InQuantities: listed(Quantity(lb, 10, "")), OutQuantities: listed(Quantity(lc, 9, ""))}, true},
		"pieces lost":                     {Making{InQuantities: listed(Quantity(lb, 10, "")), OutQuantities: listed(Quantity(lc, 9, "")), Loss: listed(Loss(1, ""))}, false},
		"all of it lost":                  {Making{InQuantities: listed(kg(lb, 10)), OutQuantities: listed(kg(lc, 0.000001)), Loss: listed(Loss("9.999999", "KGM"))}, false},
		"single objects are pieces":       {Making{InQuantities: listed(Quantity(lb, 2, "")), Out: items(b, "1", "2")}, false},
		"a single object too many":        {Making{In: items(b, "1", "2"), Out: items(b, "3", "4", "5")}, true},
		"a single object lost":            {Making{In: items(b, "1", "2"), Out: items(b, "3"), Loss: listed(Loss(1, "H87"))}, false},
		"length of one class, cut":        {Making{InQuantities: listed(Quantity(lb, 1, "KMT")), OutQuantities: listed(Quantity(lc, 998, "MTR")), Loss: listed(Loss(200, "CMT"))}, false},
		"length of one class, missing":    {Making{InQuantities: listed(Quantity(lb, 1, "KMT")), OutQuantities: listed(Quantity(lc, 998, "MTR"))}, true},
		"not judged: pieces of two":       {Making{InQuantities: listed(Quantity(la, 10, "")), OutQuantities: listed(Quantity(lb, 100, ""))}, false},
		"not judged: length of two":       {Making{InQuantities: listed(Quantity(la, 10, "MTR")), OutQuantities: listed(Quantity(lb, 40, "MTR"))}, false},
		"not judged: no density":          {Making{InQuantities: listed(kg(la, 10)), OutQuantities: listed(Quantity(lb, 1, "LTR"))}, false},
		"not judged: packing of mass":     {Making{InQuantities: listed(kg(la, 10)), Out: items(b, "1", "2")}, false},
		"not judged: an assembly":         {Making{In: []string{Item(a, "1"), Item(b, "1")}, Out: items(Class(Manufacturer, 203), "1")}, false},
		"not judged: no unit of goods":    {Making{InQuantities: listed(Quantity(la, 10, "CEL")), OutQuantities: listed(Quantity(lb, 1, "CEL"))}, false},
		"not judged: an unknown unit":     {Making{InQuantities: listed(Quantity(la, 10, "XBX")), OutQuantities: listed(Quantity(lb, 1, "XBX"))}, false},
		"not judged: whose pieces?":       {Making{In: []string{Item(a, "1"), Item(b, "1")}, Out: []string{Item(a, "2"), Item(b, "2")}, Loss: listed(Loss(1, ""))}, false},
		"not judged: a loss of its own":   {Making{In: items(b, "1"), Out: items(b, "2"), Loss: listed(Loss(1, "KGM"))}, false},
		"international units as they are": {Making{InQuantities: listed(Quantity(lb, 10, "NIU")), OutQuantities: listed(Quantity(lc, 9, "NIU"))}, true},
		"and are no pieces":               {Making{InQuantities: listed(Quantity(lb, 10, "NIU")), OutQuantities: listed(Quantity(lc, 9, ""))}, false},
		"no loss":                         {Making{In: items(b, "1"), Out: items(b, "2"), Loss: none}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			stocked(s, c.m)
			response := s.MustCapture(Manufacturer, Transform(c.m))
			require.Equal(t, c.flag, flagged(t, s, response.Events[0].Event))
			for _, id := range c.m.Out {
				require.Equal(t, c.flag, len(s.History(id)[0].Flags) > 0)
			}
		})
	}
}

func TestABalanceThatIsNoneIsRefused(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(items(raw, "1")...))
	for name, change := range map[string]func(*Making){
		"a loss of text":      func(m *Making) { m.Loss = listed(map[string]any{"quantity": "much"}) },
		"a negative loss":     func(m *Making) { m.Loss = listed(Loss(-1, "KGM")) },
		"a loss of nothing":   func(m *Making) { m.Loss = listed(map[string]any{"uom": "KGM"}) },
		"a loss of a class":   func(m *Making) { m.Loss = listed(Quantity(raw, 1, "")) },
		"no losses":           func(m *Making) { m.Loss = []map[string]any{} },
		"seven decimals":      func(m *Making) { m.Loss = listed(Loss("0.0000001", "KGM")) },
		"no yield":            func(m *Making) { m.Yield = 0 },
		"a yield of percents": func(m *Making) { m.Yield = 99.5 },
		"a yield beyond all":  func(m *Making) { m.Yield = 10_001 },
		"a yield of objects":  func(m *Making) { m.Yield = map[string]any{"ex:x": 1} },
	} {
		t.Run(name, func(t *testing.T) {
			m := Making{In: items(raw, "1"), Out: items(assembled, "1")}
			change(&m)
			_, err := s.Capture(Manufacturer, Transform(m))
			require.ErrorIs(t, err, fault.InvalidDocument)
			require.Contains(t, fault.Of(err).Field, "/epcisBody/eventList/0/countersign:")
		})
	}
	twice := Transform(Making{In: items(raw, "1"), Out: items(assembled, "1"), Yield: 900})
	twice.More["@context"] = map[string]any{"countersign": product.Namespace, "c": product.Namespace}
	twice.More["c:yield"] = 800
	_, err := s.Capture(Manufacturer, twice)
	require.ErrorIs(t, err, fault.InvalidDocument)
}

// While a process goes on, less may have come out than went in; more may not.
func TestAProcessOfSeveralEventsIsWeighedAsItGoesOn(t *testing.T) {
	s := New(t)
	a, b := Lot(Class(Manufacturer, 201), "A1"), Lot(Class(Manufacturer, 202), "B1")
	const run = "https://example.com/runs/7"
	stocked(s, Making{InQuantities: listed(Quantity(a, 100, "KGM"))})
	step := func(m Making) bool {
		m.ID = run
		return flagged(t, s, s.MustCapture(Manufacturer, Transform(m)).Events[0].Event)
	}
	in := func(n int) Making { return Making{InQuantities: listed(Quantity(a, n, "KGM"))} }
	out := func(n int, loss ...map[string]any) Making {
		return Making{OutQuantities: listed(Quantity(b, n, "KGM")), Loss: loss}
	}
	require.True(t, step(out(1)), "nothing has gone in")
	require.False(t, step(in(20)))
	require.False(t, step(out(10)))
	require.False(t, step(out(7, Loss(1, "KGM"))))
	require.True(t, step(out(2)), "one too many")
	require.False(t, step(in(10)))
	require.False(t, step(out(9)))
	require.True(t, step(out(1)))

	// Two events of one document, and two processes in it.
	again := Making{ID: run + "b", InQuantities: listed(Quantity(a, 5, "KGM"))}
	rest := Making{ID: run + "b", OutQuantities: listed(Quantity(b, 5, "KGM"))}
	over := Making{ID: run + "c", OutQuantities: listed(Quantity(b, 6, "KGM"))}
	response := s.MustCapture(Manufacturer, Transform(again), Transform(rest), Transform(over))
	require.False(t, flagged(t, s, response.Events[1].Event))
	require.True(t, flagged(t, s, response.Events[2].Event))

	// Another organisation's process of the same id is another.
	theirs := Lot(Class(Retailer, 1), "R1")
	s.MustCapture(Retailer, Transform(Making{ID: run + "b", OutQuantities: listed(Quantity(theirs, 1, "KGM"))}))
	back := traceIDs(t, s, product.TraceBack, theirs)
	require.Empty(t, back, "nothing of the manufacturer's went into it")
	require.Equal(t, []string{a, a}, traceIDs(t, s, product.TraceBack, b), "by way of two processes")
}

// Whatever units a mass is split into, it adds up; and one gram more does not.
func TestMassAddsUpInAnyUnits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(t)
		from, to := Class(Manufacturer, 201), Class(Manufacturer, 202)
		units := map[string]int{"KGM": 1000, "GRM": 1, "TNE": 1_000_000}
		var m Making
		for i := range rapid.IntRange(1, 4).Draw(t, "parts") {
			grams := rapid.IntRange(1, 5_000_000).Draw(t, "grams")
			say := func(class, label string) map[string]any {
				unit := rapid.SampledFrom([]string{"KGM", "GRM", "TNE"}).Draw(t, label)
				return Quantity(Lot(class, fmt.Sprint(label, i)), json.Number(decimal(grams, units[unit])), unit)
			}
			m.InQuantities = append(m.InQuantities, say(from, "in"))
			m.OutQuantities = append(m.OutQuantities, say(to, "out"))
		}
		off := rapid.IntRange(0, 1).Draw(t, "off")
		if off > 0 {
			m.OutQuantities = append(m.OutQuantities, Quantity(Lot(to, "more"), 1, "GRM"))
		}
		begin := Commission()
		begin.More = map[string]any{"quantityList": m.InQuantities, "epcList": nil}
		s.MustCapture(Manufacturer, begin)
		s.MustCapture(Manufacturer, Transform(m))
		page := flagsPage(s)
		if len(page) != off {
			t.Fatalf("%d events are flagged, not %d", len(page), off)
		}
	})
}

// decimal writes n/by, where by is a power of ten.
func decimal(n, by int) string {
	text := fmt.Sprintf("%07d", n)
	places := len(fmt.Sprint(by)) - 1
	whole := strings.TrimLeft(text[:len(text)-places], "0")
	if whole == "" {
		whole = "0"
	}
	if places == 0 {
		return whole
	}
	return whole + "." + text[len(text)-places:]
}
