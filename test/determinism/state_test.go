package determinism_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// An upgraded chaincode must know what it reads. Bodies are EPCIS, which has a
// version of its own.
func TestEveryRecordCarriesItsSchemaVersion(t *testing.T) {
	w := newWorld(t)
	w.participants()
	goods := w.shipments()
	w.conditions(goods)
	w.secrets(goods[0])
	w.disclosures(goods[0])
	kinds := map[string]bool{}
	for _, entry := range w.scene.Ledger.Dump() {
		kind, _ := entry.Key.Parts()
		kinds[kind] = true
		if kind == "body" {
			continue
		}
		var record struct {
			V int `json:"v"`
		}
		require.NoError(t, json.Unmarshal(entry.Value, &record), entry.Key)
		require.Positive(t, record.V, entry.Key)
	}
	require.Greater(t, len(kinds), 15, "%v", kinds)
}

// A key that every transaction writes would let one at a time commit, and
// anybody block all others.
func TestCapturesOfDifferentObjectsDoNotConflict(t *testing.T) {
	w := newWorld(t)
	w.participants()
	var transactions []memledger.Transaction
	for i, msp := range []string{Manufacturer, Carrier, Retailer, Manufacturer} {
		sim := w.scene.Ledger.Simulate(memledger.Proposal{
			ID: fmt.Sprint(i), Time: w.scene.Now, Caller: ledger.Caller{MSP: msp, Role: ledger.RoleOperator},
			Transient: map[string][]byte{shipment.TransientDocument: w.scene.Document(Commission(Object(msp, fmt.Sprint("H", i))))},
		}, msp)
		_, err := api.Capture.Execute(sim, []byte("{}"))
		require.NoError(t, err)
		transactions = append(transactions, memledger.Transaction{ID: fmt.Sprint(i), Results: sim.Results()})
	}
	written := map[ledger.Key]bool{}
	for _, transaction := range transactions {
		for _, write := range transaction.Results.Writes {
			require.False(t, written[write.Key], "%s is written by each", write.Key)
			written[write.Key] = true
		}
	}
	codes := slices.Compact(w.scene.Ledger.Commit(transactions...))
	require.Equal(t, []memledger.Code{memledger.Valid}, codes, "all in one block")
}
