package privacy_test

import (
	"context"
	"testing"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/test/privacy/internal/deed"
)

// yielded is what a follower yields in one step.
type yielded struct {
	client.Delivery
	err error
}

// followed is all that the regulator's follower yields from a block on.
func (w *world) followed(t *testing.T, block uint64) (all []yielded) {
	t.Helper()
	w.reaches(t, regulator, block+1)
	for delivery, err := range w.client(t, regulator, "auditor").Deliveries(t.Context(), block) {
		all = append(all, yielded{delivery, err})
	}
	return all
}

// yieldsOnlyHonest has the owner deliver on a request at last, and the follower
// yield that and nothing of what was tried from a block on.
func (w *world) yieldsOnlyHonest(t *testing.T, s stored, request string, from uint64) {
	t.Helper()
	require.Empty(t, w.followed(t, from), "nothing has been delivered")
	_, block := w.must(t, w.delivering(t, s, request, "/price"))
	w.reaches(t, regulator, block+1)
	all := w.followed(t, from)
	require.Len(t, all, 1)
	require.NoError(t, all[0].err)
	require.Equal(t, request, all[0].Request)
	require.Equal(t, block, all[0].Block)
	require.Equal(t, s.field(t, "/price"), all[0].Fields[0])
}

// Chaincode events are not covered by the chaincode's endorsement policy when
// nothing but a collection with a policy of its own is written: one organisation can
// say in them what it likes. (With no write at all, or a public one, Fabric does ask
// for the chaincode's policy.) Who follows deliveries is not deceived by one that
// claims what has been asked for: true fields, in the form in which they would stand
// in the regulator's collection, or in which the follower itself would show them.
func TestAForgedEventThatClaimsADeliveryGivesItsRecipientNothing(t *testing.T) {
	w := start(t)
	s, id := w.asked(t, "claimed")
	forge := func(event string, deeds deed.Deeds) *gateway.Status {
		deeds.EventName, deeds.Event = shipment.EventName, event
		settled, err := w.submit(t, call{organisation: manufacturer, function: metadata, deeds: &deeds, endorsers: []string{manufacturerMSP}})
		require.NoError(t, err)
		return settled
	}
	require.Equal(t, peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE, forge("{}", deed.Deeds{}).Code)
	require.Equal(t, peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE, forge("{}", deed.Deeds{Put: map[string]string{"forged": "1"}}).Code)

	fields := []selective.Field{s.field(t, "/price")}
	var first uint64
	for _, claim := range []string{
		asJSON(t, disclosure.Content{V: disclosure.Version, Request: id, Record: s.draft.ID, Fields: fields}),
		asJSON(t, client.Delivery{Owner: manufacturerMSP, Recipient: regulatorMSP, Request: id, Record: s.draft.ID, Fields: fields}),
	} {
		deeds, _ := writes(t, collections.Disclosure(manufacturerMSP, retailerMSP))
		forged := forge(claim, deeds)
		require.Equal(t, peer.TxValidationCode_VALID, forged.Code)
		if first == 0 {
			first = forged.BlockNumber
		}
		ctx, cancel := context.WithCancel(t.Context())
		events, err := w.channel(t, regulator, "auditor").ChaincodeEvents(ctx, "countersign", gateway.WithStartBlock(forged.BlockNumber))
		require.NoError(t, err)
		event := <-events
		cancel()
		require.Equal(t, forged.TransactionID, event.TransactionID)
		require.Equal(t, claim, string(event.Payload), "Fabric delivers it to the regulator: whoever acts on events is deceived")
	}
	w.yieldsOnlyHonest(t, s, id, first)
}

// A stranger's peer endorses what the owner's does not. The transaction is invalid,
// and Fabric gives the regulator its value all the same, under the very key and with
// true fields: nothing but the transaction's validity speaks against it.
func TestADeliveryThatAStrangerEndorsedIsPassedOverThoughItsValueIsThere(t *testing.T) {
	w := start(t)
	s, id := w.asked(t, "endorsed-by-a-stranger")
	forging := w.forging(t, s, regulator, id, s.field(t, "/price"))
	forging.endorsers = []string{carrierMSP}
	forged, err := w.submit(t, forging)
	require.NoError(t, err)
	require.Equal(t, peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE, forged.Code)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	blocks, err := w.channel(t, regulator, "auditor").BlockAndPrivateDataEvents(ctx, gateway.WithStartBlock(forged.BlockNumber))
	require.NoError(t, err)
	block := <-blocks
	cancel()
	for range blocks { //nolint:revive // else what reads them stays behind
	}
	require.Len(t, block.GetBlock().GetData().GetData(), 1)
	require.NotEmpty(t, block.GetPrivateDataMap()[0].GetNsPvtRwset(), "Fabric gives the regulator the value")
	w.yieldsOnlyHonest(t, s, id, forged.BlockNumber)
}

// asked is a published record of which the regulator is to be given the price, on a
// request that the owner has consented to and not delivered on.
func (w *world) asked(t *testing.T, name string) (s stored, request string) {
	t.Helper()
	s = w.write(t, draft(t, "terms", map[string]string{"/price": "12.5"}), manufacturer, retailer)
	w.publish(t, s)
	return s, w.request(t, s, regulator, name, "/price")
}
