package shipment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// Events of two organisations, simulated at once and put into one block in either
// order: they conflict only where both draw on the same quantity.
func TestTwoOrganisationsActOnOneLotAtOnceWithoutConflicts(t *testing.T) {
	type act struct {
		who   string
		event Event
	}
	ship := func(to string, amount int, n int) Event { return withMember(ofLot(Ship(to), amount, lotA), "ex:n", n) }
	box := func(msp string, action string, amount int) Event { return inBox(action, Pallet(msp, 1), amount, lotA) }
	for name, c := range map[string]struct {
		first, second act
		conflict      bool
	}{
		"more is shipped while some is received":      {act{Manufacturer, ship(Carrier, 5, 9)}, act{Carrier, ofLot(Step("receiving"), 8, lotA)}, false},
		"more is shipped while all is received":       {act{Manufacturer, ship(Carrier, 5, 9)}, act{Carrier, ofLot(Step("receiving"), 20, lotA)}, false},
		"more is made while some is received":         {act{Manufacturer, madeLot(5, lotA)}, act{Carrier, ofLot(Step("receiving"), 8, lotA)}, false},
		"two receive":                                 {act{Retailer, ofLot(Step("receiving"), 5, lotA)}, act{Carrier, ofLot(Step("receiving"), 8, lotA)}, false},
		"two ship to the same":                        {act{Manufacturer, ship(Retailer, 5, 9)}, act{Carrier, ship(Retailer, 5, 8)}, false},
		"two ship to each other":                      {act{Manufacturer, ship(Carrier, 5, 9)}, act{Carrier, ship(Manufacturer, 5, 8)}, false},
		"two use some up":                             {act{Manufacturer, ofLot(Delete("destroying"), 5, lotA)}, act{Carrier, withMember(ofLot(Delete("destroying"), 5, lotA), "ex:n", 1)}, false},
		"two pack":                                    {act{Manufacturer, box(Manufacturer, "ADD", 3)}, act{Carrier, box(Carrier, "ADD", 3)}, false},
		"one looks at it while another ships":         {act{Manufacturer, ship(Carrier, 5, 9)}, act{Retailer, ofLot(Step("inspecting"), 5, lotA)}, false},
		"one calls off what the other receives":       {act{Manufacturer, ofLot(Step("void_shipping"), 20, lotA)}, act{Carrier, ofLot(Step("receiving"), 8, lotA)}, true},
		"one refuses what the other calls off":        {act{Manufacturer, ofLot(Step("void_shipping"), 5, lotA)}, act{Carrier, ofLot(Step("void_shipping"), 8, lotA)}, true},
		"one ships twice what it has":                 {act{Manufacturer, ship(Carrier, 40, 9)}, act{Manufacturer, ship(Retailer, 40, 8)}, true},
		"one receives twice what it is sent":          {act{Carrier, ofLot(Step("receiving"), 20, lotA)}, act{Carrier, withMember(ofLot(Step("receiving"), 20, lotA), "ex:n", 1)}, true},
		"one receives while a new shipper names it":   {act{Retailer, ship(Carrier, 5, 9)}, act{Carrier, fromSource(ofLot(Step("receiving"), 20, lotA), "possessing_party", GLN(Manufacturer))}, false},
		"one packs what it ships at the same time":    {act{Manufacturer, ship(Carrier, 40, 9)}, act{Manufacturer, box(Manufacturer, "ADD", 40)}, true},
		"one ships while the other observes its own":  {act{Manufacturer, ship(Carrier, 5, 9)}, act{Carrier, withMember(ofLot(Step("storing"), 5, lotA), "disposition", "damaged")}, false},
		"one unpacks while the other ships the goods": {act{Carrier, box(Carrier, "ADD", 1)}, act{Manufacturer, ship(Carrier, 5, 9)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, turned := range []bool{false, true} {
				s := New(t)
				s.MustCapture(Manufacturer, Commission(Pallet(Manufacturer, 1)), madeLot(100, lotA))
				s.MustCapture(Carrier, Commission(Pallet(Carrier, 1)))
				s.MustCapture(Manufacturer, ship(Carrier, 10, 1), ship(Retailer, 20, 2))
				s.MustCapture(Carrier, ofLot(Step("receiving"), 10, lotA))
				s.MustCapture(Retailer, ofLot(Step("receiving"), 15, lotA))
				s.MustCapture(Manufacturer, ship(Carrier, 20, 3))
				one, two := simulated(s, "1", c.first.who, c.first.event), simulated(s, "2", c.second.who, c.second.event)
				if turned {
					one, two = two, one
				}
				codes := s.Ledger.Commit(one, two)
				require.Equal(t, memledger.Valid, codes[0])
				if c.conflict {
					require.NotEqual(t, memledger.Valid, codes[1])
				} else {
					require.Equal(t, memledger.Valid, codes[1])
				}
				lotBooks(t, s)
			}
		})
	}
}
