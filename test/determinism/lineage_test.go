package determinism_test

import (
	"fmt"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// genealogy makes things of one another in events and processes, some of which do
// not add up, and traces them in pages.
func (w *world) genealogy() {
	w.Helper()
	bulk, parts, made := Class(Manufacturer, 401), Class(Manufacturer, 402), Class(Manufacturer, 403)
	var lots []map[string]any
	for i := range 20 {
		lots = append(lots, Quantity(Lot(bulk, fmt.Sprint("L", i)), 10, "KGM"))
	}
	begin := Commission()
	begin.More = map[string]any{"epcList": nil, "quantityList": lots}
	var single, packs []string
	for i := range 120 {
		single, packs = append(single, Item(parts, fmt.Sprint(i))), append(packs, Item(made, fmt.Sprint(i)))
	}
	w.capture(Manufacturer, begin, Commission(single...))
	const process = "https://example.com/runs/1"
	w.capture(Manufacturer,
		Transform(Making{InQuantities: lots[:10], OutQuantities: []map[string]any{Quantity(Lot(bulk, "M"), 99, "KGM")}, Loss: []map[string]any{Loss(999, "GRM")}}),
		Transform(Making{ID: process, InQuantities: lots[10:], In: single[:60]}),
		Transform(Making{ID: process, Out: packs[:60], Lot: "P1", Yield: 950}),
		Transform(Making{In: append([]string{packs[0]}, single[60:]...), Out: packs[60:], Lot: "P2"}),
	)
	who := w.as(Regulator, ledger.RoleAuditor)
	for _, id := range []string{Lot(bulk, "L12"), Lot(made, "P1")} {
		page := must(w, api.TraceForward, who, product.TraceRequest{ID: id, Size: 30}, nil)
		require.Len(w, page.Steps, 30)
		must(w, api.TraceForward, who, product.TraceRequest{ID: id, Size: 70, Bookmark: page.Bookmark, Skip: []string{packs[1]}}, nil)
	}
	require.NotEmpty(w, must(w, api.TraceBack, who, product.TraceRequest{ID: packs[60]}, nil).Steps)
}
