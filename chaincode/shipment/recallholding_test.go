package shipment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// quantities puts records of quantities on the ledger, as the rules of lots do.
func quantities(t *testing.T, s *Scene, lot string, stocks ...product.Stock) {
	t.Helper()
	s.Now = s.Now.Add(time.Minute)
	require.NoError(t, s.As(Manufacturer, ledger.RoleOperator).Update(func(tx *ledger.Tx) error {
		for i, stock := range stocks {
			h := product.Holding{V: product.Version, Lot: lot, Stock: stock, Amount: product.Amount(i+1) * 1e6}
			if err := ledger.Store(tx, ledger.NewKey("holding", lot, ledger.Number(uint64(i))), h); err != nil {
				return err
			}
		}
		return ledger.Store(tx, ledger.NewKey("account", lot, Retailer), product.Account{
			V: product.Version, Lot: lot, Organisation: Retailer,
			Totals: []product.Total{{Unit: "KGM", Received: 5e6, Ended: 2e6}, {Unit: "LTR", Received: 1e6}},
		})
	}))
}

func TestTheScopeOfALotTellsHowMuchIsWhere(t *testing.T) {
	s := New(t)
	pallet, emptied := Pallet(Manufacturer, 1), Pallet(Manufacturer, 2)
	one := Object(Manufacturer, "1")
	s.MustCapture(Manufacturer, Commission(pallet, emptied, one, Object(Manufacturer, "2")))
	putIn(t, s, Manufacturer, one, pallet)
	putIn(t, s, Manufacturer, Object(Manufacturer, "2"), emptied)
	shipment := s.MustCapture(Manufacturer, Ship(Carrier, pallet, emptied)).Events[0].Event
	hash, err := product.EventHash(shipment)
	require.NoError(t, err)
	s.MustCapture(Carrier, Step("receiving", pallet, emptied))
	withTwins(t, s, Carrier, []string{emptied}, func(b *product.Batch, event *product.NewEvent, twins []*product.Twin) {
		require.NoError(t, b.Empty(twins[0]))
		b.Record(twins[0], event, product.Emptied)
	})
	s.MustCapture(Carrier, Ship(Retailer, pallet, emptied))

	lot := lotted(Manufacturer, "L1")
	quantities(t, s, lot,
		product.Stock{Kind: product.StockAtHand, Custodian: Retailer, Owner: Retailer, Place: Site(Retailer), Unit: "KGM"},
		product.Stock{Kind: product.StockAtHand, Custodian: Retailer, Party: "/417/7612345000060", Owner: Retailer, Unit: "KGM"},
		product.Stock{Kind: product.StockOnOffer, Custodian: Manufacturer, Event: hash, Owner: Manufacturer, Place: Site(Manufacturer)},
		product.Stock{Kind: product.StockInside, Container: pallet, Owner: Manufacturer},
		product.Stock{Kind: product.StockInside, Container: emptied, Owner: Manufacturer},
	)
	found, _ := scope(t, s, product.ReadRecallScopeRequest{Subject: lot, Size: 2})
	for i := range found {
		require.Len(t, found[i].Amounts, 1)
		require.Equal(t, lot, found[i].ID)
	}
	amount := func(n product.Amount, unit string) []product.Measured {
		return []product.Measured{{Amount: n * 1e6, Unit: unit}}
	}
	require.Equal(t, []product.Affected{
		{ID: lot, State: product.StillHeld, Custodian: Retailer, Owner: Retailer, Place: Site(Retailer), Amounts: amount(1, "KGM")},
		{ID: lot, State: product.OutsideChannel, Custodian: Retailer, Party: "/417/7612345000060", Owner: Retailer, Amounts: amount(2, "KGM")},
		{ID: lot, State: product.UnderWay, Custodian: Manufacturer, Owner: Manufacturer, To: Carrier, ToGLN: GLN(Carrier), Bound: Site(Carrier), Amounts: amount(3, "")},
		{ID: lot, State: product.UnderWay, Custodian: Carrier, Owner: Manufacturer, Disposition: "in_transit", To: Retailer, ToGLN: GLN(Retailer), Bound: Site(Retailer), Containers: []string{pallet}, Amounts: amount(4, "")},
		{ID: lot, State: product.StillHeld, Custodian: Carrier, Owner: Manufacturer, Disposition: "in_transit", Amounts: amount(5, "")},
		{ID: lot, State: product.Over, Custodian: Retailer, Amounts: amount(2, "KGM")},
	}, found)
}

// Quantities are recalled, moved, flagged and found as objects are.
func TestQuantitiesOfARecalledLotAreFlaggedAndFound(t *testing.T) {
	s := New(t)
	delegate(s, Carrier, s.Now.AddDate(1, 0, 0))
	lot := lotted(Manufacturer, "Q1")
	s.MustCapture(Manufacturer, madeLot(100, lot, "KGM"))
	s.MustCapture(Carrier, madeLot(20, lot, "KGM"))
	_, err := recall(s, Carrier, "R1", lot)
	require.NoError(t, err, "who made some of it for the holder")
	_, err = recall(s, Retailer, "R1", lot)
	require.ErrorIs(t, err, fault.NotLicensee)

	s.MustCapture(Manufacturer, ofLot(Ship(Retailer), 40, lot, "KGM"))
	s.MustCapture(Retailer, ofLot(Step("receiving"), 30, lot, "KGM"))
	s.MustCapture(Retailer, ofLot(Delete("destroying"), 12, lot, "KGM"))
	listed, err := consult(s, product.ListFlags, product.ListFlagsRequest{Day: "2026-03-01"})
	require.NoError(t, err)
	var steps []string
	for _, e := range listed.Events {
		require.Equal(t, []product.Flag{product.FlagRecalled}, e.Flags)
		require.Equal(t, lot, e.First)
		steps = append(steps, e.Record.BizStep)
	}
	require.ElementsMatch(t, []string{"shipping", "receiving"}, steps)

	found, _ := scope(t, s, product.ReadRecallScopeRequest{Subject: lot, Size: 1})
	var told []string
	for _, a := range found {
		told = append(told, string(a.State)+" "+a.Custodian+" "+a.To+" "+a.Amounts[0].Amount.String())
	}
	require.ElementsMatch(t, []string{
		"held " + Manufacturer + "  60", "held " + Carrier + "  20", "held " + Retailer + "  18",
		"inTransit " + Manufacturer + " " + Retailer + " 10", "ended " + Retailer + "  12",
	}, told)
	_, lots := scope(t, s, product.ReadRecallScopeRequest{Subject: class(Manufacturer)})
	require.Equal(t, []string{lot}, lots)
}
