package shipment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func lotEffects(t *testing.T, s *Scene, lot, msp string) (effects []product.Effect) {
	t.Helper()
	page, err := lotQuery(s, product.ReadLotHistory, product.ReadLotHistoryRequest{ID: lot, Organisation: msp})
	require.NoError(t, err)
	for _, e := range page.Entries {
		effects = append(effects, e.Effect)
	}
	return effects
}

func lotAccount(t *testing.T, s *Scene, msp string) product.Account {
	t.Helper()
	for _, a := range lotBooks(t, s).accounts {
		if a.Organisation == msp {
			return a
		}
	}
	t.Fatalf("%s has no account", msp)
	return product.Account{}
}

func TestWhatAnErrorDidToALotIsUndoneWhileItIsTheLast(t *testing.T) {
	sold := ofLot(Ship(Carrier), 40, lotA)
	sold.Owner = GLN(Carrier)
	for name, c := range map[string]struct {
		who   string
		event Event
	}{
		"making":     {Manufacturer, madeLot(5, lotA)},
		"adopting":   {Retailer, ofLot(Event{Action: "ADD", BizStep: "stock_taking"}, 5, lotA)},
		"shipping":   {Manufacturer, sold},
		"receiving":  {Carrier, ofLot(Step("receiving"), 20, lotA)},
		"taking all": {Carrier, ofLot(Step("receiving"), 30, lotA)},
		"destroying": {Manufacturer, ofLot(Delete("destroying"), 70, lotA)},
		"observing":  {Manufacturer, withMember(ofLot(Step("inspecting"), 50, lotA), "disposition", "damaged")},
		"voiding":    {Manufacturer, ofLot(Step("void_shipping"), 30, lotA)},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			s.MustCapture(Manufacturer, madeLot(100, lotA))
			s.MustCapture(Manufacturer, withMember(ofLot(Ship(Carrier), 30, lotA), "ex:n", 1))
			before := lotBooks(t, s)
			events := recorded(s, c.who, c.event)
			require.NotEqual(t, before.holdings, lotBooks(t, s).holdings)
			s.MustCapture(c.who, wrong(s, events[0]))
			after := lotBooks(t, s)
			require.Equal(t, before.holdings, after.holdings)
			effects := lotEffects(t, s, lotA, c.who)
			require.Equal(t, product.Reversed, effects[len(effects)-1])
			require.False(t, lotAccount(t, s, c.who).Contested)
			// All is as it was: what was on its way can be received, and no more.
			_, err := s.Capture(Carrier, ofLot(Step("receiving"), 31, lotA))
			require.ErrorIs(t, err, fault.NotEnough)
			s.MustCapture(Carrier, withMember(ofLot(Step("receiving"), 30, lotA), "ex:n", 2))
			require.Equal(t, []string{"30 Manufacturer  in_transit"}, lotAt(t, s, lotA, Carrier))
			lotBooks(t, s)
		})
	}
}

func TestErrorsAreUndoneOneAfterTheOther(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(100, lotA))
	before := lotBooks(t, s).holdings
	one := recorded(s, Manufacturer, ofLot(Ship(Carrier), 30, lotA))
	two := recorded(s, Manufacturer, ofLot(Delete("destroying"), 30, lotA))
	s.MustCapture(Manufacturer, wrong(s, two[0]))
	s.MustCapture(Manufacturer, wrong(s, one[0]))
	require.Equal(t, before, lotBooks(t, s).holdings)
	_, err := s.Capture(Carrier, ofLot(Step("receiving"), 1, lotA))
	require.ErrorIs(t, err, fault.NotYetShipped)
	s.MustCapture(Manufacturer, withMember(ofLot(Ship(Carrier), 30, lotA), "ex:n", 1))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 30, lotA))
	lotBooks(t, s)
}

func TestWhatOthersBuiltOnIsContested(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(100, lotA))
	out := recorded(s, Manufacturer, ofLot(Ship(Carrier), 30, lotA))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 1, lotA))
	before := lotBooks(t, s).holdings
	s.MustCapture(Manufacturer, wrong(s, out[0]))
	require.Equal(t, before, lotBooks(t, s).holdings)
	require.True(t, lotAccount(t, s, Manufacturer).Contested)
	require.Equal(t, []product.Effect{"commissioned", "shipped", "contested"}, lotEffects(t, s, lotA, Manufacturer))

	in := recorded(s, Carrier, ofLot(Step("receiving"), 29, lotA))
	s.MustCapture(Carrier, ofLot(Delete("destroying"), 1, lotA))
	before = lotBooks(t, s).holdings
	s.MustCapture(Carrier, wrong(s, in[0]))
	require.Equal(t, before, lotBooks(t, s).holdings, "it is not the last in the account")

	s.MustCapture(Manufacturer, withMember(ofLot(Ship(Carrier), 30, lotA), "ex:n", 1))
	refused := recorded(s, Carrier, ofLot(Step("void_shipping"), 30, lotA))
	before = lotBooks(t, s).holdings
	s.MustCapture(Carrier, wrong(s, refused[0]))
	require.Equal(t, before, lotBooks(t, s).holdings, "it is in the shipper's account, too")

	seen := recorded(s, Retailer, ofLot(Step("inspecting"), 30, lotA))
	s.MustCapture(Retailer, wrong(s, seen[0]))
	for _, a := range lotBooks(t, s).accounts {
		require.NotEqual(t, Retailer, a.Organisation, "a mere witness contests nothing")
	}
}

func TestAReceiptThatKnowsThatTheAmountDiffersOpensADiscrepancy(t *testing.T) {
	receive := func(amount int, disposition string) Event {
		return withMember(ofLot(Step("receiving"), amount, lotA), "disposition", disposition)
	}
	for name, c := range map[string]struct {
		event  Event
		kind   shipment.Kind
		amount string
		held   map[string]string
	}{
		"more":    {receive(35, "mismatch_quantity"), shipment.Over, "5", map[string]string{"at ManufacturerMSP": "70", "at CarrierMSP": "30"}},
		"less":    {receive(28, "mismatch_quantity"), shipment.Short, "2", map[string]string{"at ManufacturerMSP": "70", "at CarrierMSP": "28", "offer ManufacturerMSP": "2"}},
		"damaged": {receive(12, "damaged"), shipment.Damaged, "12", map[string]string{"at ManufacturerMSP": "70", "at CarrierMSP": "12", "offer ManufacturerMSP": "18"}},
		"exact":   {receive(30, "mismatch_quantity"), "", "", map[string]string{"at ManufacturerMSP": "70", "at CarrierMSP": "30"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			s.MustCapture(Manufacturer, madeLot(100, lotA))
			out := s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 30, lotA)).Events[0].Event
			ids := s.MustCapture(Carrier, c.event).Events[0].Discrepancies
			require.Equal(t, c.held, lotBooks(t, s).held)
			if c.kind == "" {
				require.Empty(t, ids)
				return
			}
			require.Len(t, ids, 1)
			d := discrepancy(t, s, ids[0])
			require.Equal(t, []string{string(c.kind), lotA, c.amount, Carrier, Manufacturer}, []string{string(d.Kind), d.Lot, d.Amount.String(), d.Claimant, d.Other})
			require.Equal(t, out, product.EventURI(d.Shipment.Event))
		})
	}
}

func TestWhatDidNotArriveIsReceivedLastAndCalledOffFirst(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(100, lotA))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 30, lotA))
	s.MustCapture(Carrier, withMember(ofLot(Step("receiving"), 28, lotA), "disposition", "mismatch_quantity"))
	require.Equal(t, []string{"28 Manufacturer  active"}, lotAt(t, s, lotA, Carrier), "how it is, the disposition does not say")
	s.MustCapture(Manufacturer, withMember(ofLot(Ship(Carrier), 10, lotA), "ex:n", 1))
	s.MustCapture(Carrier, withMember(ofLot(Step("receiving"), 10, lotA), "ex:n", 2))
	page, err := lotQuery(s, product.ReadHoldings, product.ReadHoldingsRequest{ID: lotA, Kind: product.StockOnOffer})
	require.NoError(t, err)
	require.Len(t, page.Holdings, 1)
	require.True(t, page.Holdings[0].Short)
	s.MustCapture(Manufacturer, withMember(ofLot(Ship(Carrier), 10, lotA), "ex:n", 3))
	s.MustCapture(Manufacturer, ofLot(Step("void_shipping"), 2, lotA))
	page, err = lotQuery(s, product.ReadHoldings, product.ReadHoldingsRequest{ID: lotA, Kind: product.StockOnOffer})
	require.NoError(t, err)
	require.Len(t, page.Holdings, 1)
	require.False(t, page.Holdings[0].Short)
	lotBooks(t, s)
}
