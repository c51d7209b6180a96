package determinism_test

import (
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// recalls calls back what the manufacturer made, moves some of it, and ends one
// recall.
func (w *world) recalls(goods []string) {
	w.Helper()
	quality := w.as(Manufacturer, ledger.RoleQuality)
	gtin, _, _ := strings.Cut(goods[0], "/21/")
	for id, subjects := range map[string][]string{"R1": {gtin + "/10/L1", gtin}, "R2": goods} {
		must(w, api.Recall, quality, product.RecallRequest{ID: id, Subjects: subjects, Reason: "glass", Severity: "class-1"}, nil)
	}
	w.capture(Manufacturer, Ship(Carrier, goods...), Step("void_shipping", goods...))
	for _, msp := range []string{Retailer, Carrier} {
		must(w, api.AcknowledgeRecall, w.as(msp, ledger.RoleOperator), product.AcknowledgeRecallRequest{By: Manufacturer, ID: "R1", Done: product.NoneHere}, nil)
	}
	must(w, api.EndRecall, quality, product.EndRecallRequest{ID: "R2", Reason: "all is back"}, nil)

	who := w.as(Regulator, ledger.RoleAuditor)
	require.Len(w, must(w, api.RecallStatus, who, product.ReadRecallRequest{By: Manufacturer, ID: "R1"}, nil).Acknowledgements, 2)
	require.Len(w, must(w, api.Recalls, who, product.ListRecallsRequest{Subject: gtin}, nil).Recalls, 1)
	require.Len(w, must(w, api.Twin, who, product.ReadTwinRequest{ID: goods[0]}, nil).Recalls, 2)
	for _, subject := range []string{gtin, gtin + "/10/L1"} {
		must(w, api.RecallScope, who, product.ReadRecallScopeRequest{Subject: subject}, nil)
	}
	must(w, api.RecallScope, who, product.ReadRecallScopeRequest{By: Manufacturer, ID: "R2"}, nil)
	require.NotEmpty(w, must(w, api.Flags, who, product.ListFlagsRequest{Day: "2026-03-01"}, nil).Events)
}
