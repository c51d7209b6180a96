package costs_test

import (
	"fmt"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

var goods = Class(Manufacturer, 1)

// ofLot is an event about a quantity of a lot.
func ofLot(e Event, amount int) Event {
	e.More = map[string]any{"epcList": nil, "quantityList": []any{Quantity(Lot(goods, "L1"), amount, "KGM")}}
	return e
}

// lots makes, ships and receives quantities, and traces what becomes of them.
func (s *sheet) lots() {
	scene := New(s)
	s.row("make 1,000 KGM of a lot", capture(s.T, scene, Manufacturer, ofLot(Commission(), 1000)))
	s.row("ship 100 of it", capture(s.T, scene, Manufacturer, ofLot(Ship(Retailer), 100)))
	s.row("receive 60 of that", capture(s.T, scene, Retailer, ofLot(Step("receiving"), 60)))
	packs := make([]string, 100)
	for i := range packs {
		packs[i] = Item(Class(Manufacturer, 2), fmt.Sprint("P", i))
	}
	s.row("make 100 packs of 50 of it", capture(s.T, scene, Manufacturer, Transform(Making{
		InQuantities: []map[string]any{Quantity(Lot(goods, "L1"), 50, "KGM")}, Out: packs,
	})))
	s.row("a page of 100 of the trace forward", ask(s.T, scene, product.TraceForward, product.TraceRequest{ID: Lot(goods, "L1")}))
	s.row("trace a pack back", ask(s.T, scene, product.TraceBack, product.TraceRequest{ID: packs[99]}))
}

// marks puts a hold on something three containers deep.
func (s *sheet) marks() {
	scene := New(s)
	one := items("H", 1)
	capture(s.T, scene, Manufacturer, Commission(one...))
	inner := one[0]
	for n := range 3 {
		outer := Pallet(Manufacturer, 1+n)
		capture(s.T, scene, Manufacturer, Pack(outer, inner))
		inner = outer
	}
	id, err := gs1.Parse(one[0])
	require.NoError(s, err)
	sim := &counter{Simulation: scene.As(Manufacturer, ledger.RoleGateway).Simulate()}
	tx := ledger.Begin(sim)
	twins, err := product.LoadTwins(tx, []gs1.ID{id})
	require.NoError(s, err)
	require.NoError(s, product.PlaceHold(tx, twins, product.Hold{ID: "h", Reason: "too warm"}))
	require.NoError(s, tx.Flush())
	s.row("hold an object that is three containers deep", sim.cost)
}

// recalls recalls a lot of 1 and of 1,000 objects: it is the same.
func (s *sheet) recalls() {
	var first cost
	for _, n := range []int{1, 1000} {
		scene := New(s)
		begin := Commission(items("R", n)...)
		begin.More = map[string]any{"ilmd": map[string]any{"cbvmda:lotNumber": "L1"}}
		capture(s.T, scene, Manufacturer, begin)
		sim := &counter{Simulation: scene.As(Manufacturer, ledger.RoleQuality).Simulate()}
		tx := ledger.Begin(sim)
		_, err := product.BeginRecall(tx, product.RecallRequest{ID: "r", Reason: "leaking", Subjects: []string{"/01/09506000134352/10/L1"}})
		require.NoError(s, err)
		require.NoError(s, tx.Flush())
		if n == 1 {
			first = sim.cost
		}
		require.Equal(s, first, sim.cost)
	}
	s.row("recall a lot, the same for 1 and 1,000 objects", first)
}
