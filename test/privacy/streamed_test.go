package privacy_test

import (
	"context"
	"testing"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/test/privacy/internal/deed"
)

// What one organisation can put into a block by itself, an event beside a write to its
// own collection, is in no stream; what it would take others to endorse, a public
// record, is in a block too, and in no stream either, because it is not valid.
func TestWhatOneOrganisationForgesIsInNoStream(t *testing.T) {
	w := start(t)
	recall := string(ledger.NewKey("recall", manufacturerMSP, "forged"))
	value := `{"v":1,"by":"ManufacturerMSP","id":"forged","reason":"forged"}`
	forge := func(deeds deed.Deeds) *gateway.Status {
		deeds.EventName, deeds.Event = shipment.EventName, value
		settled, err := w.submit(t, call{organisation: manufacturer, function: metadata, deeds: &deeds, endorsers: []string{manufacturerMSP}})
		require.NoError(t, err)
		return settled
	}
	beside, _ := writes(t, collections.Disclosure(manufacturerMSP, retailerMSP))
	claimed := forge(beside)
	require.Equal(t, peer.TxValidationCode_VALID, claimed.Code)
	written := forge(deed.Deeds{Put: map[string]string{recall: value}})
	require.Equal(t, peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE, written.Code)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events, err := w.channel(t, regulator, "auditor").ChaincodeEvents(ctx, "countersign", gateway.WithStartBlock(claimed.BlockNumber))
	require.NoError(t, err)
	event := <-events
	require.Equal(t, claimed.TransactionID, event.TransactionID)
	require.Equal(t, value, string(event.Payload), "Fabric delivers it: whoever acts on events is deceived")

	w.reaches(t, regulator, written.BlockNumber+1)
	for item, err := range w.client(t, regulator, "auditor").Follow(client.FromBlock(claimed.BlockNumber), client.UntilBlock(written.BlockNumber)).Items(t.Context()) {
		require.NoError(t, err)
		require.Fail(t, "something is followed", "%+v", item)
	}
}
