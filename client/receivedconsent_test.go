package client_test

import (
	"encoding/json"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/collections"
)

// An owner endorses its deliveries alone: with altered chaincode it gives what others
// must consent to. Every field is true, so that only the votes tell.
func TestADeliveryWithoutConsentIsSaid(t *testing.T) {
	c := founded(t)
	draft := sharedTerms(t, c)
	carrier := c.Client(t, "carrier", "admin")
	manufacturer := c.Client(t, "manufacturer", "admin")
	ask := func(name string) string {
		asked, _, err := client.Call(t.Context(), carrier, api.RequestDisclosure, disclosure.RequestRequest{Name: name, Recipient: "CarrierMSP", Terms: disclosure.Terms{
			Record: draft.ID, Fields: []string{"/price"}, Purpose: disclosure.Purpose{Code: "audit"}, LegalBasis: disclosure.LegalBasis{Code: disclosure.NoBasis}, Until: now.AddDate(0, 1, 0),
		}})
		require.NoError(t, err)
		return asked.ID
	}
	requested, refused := ask("requested"), ask("refused")
	_, err := manufacturer.RefuseDisclosure(t.Context(), refused, "not now")
	require.NoError(t, err)
	for _, id := range []string{requested, refused} {
		value, err := json.Marshal(disclosure.Content{V: 1, Request: id, Record: draft.ID, Fields: fieldsNamed(t, draft, "/price")})
		require.NoError(t, err)
		connection, err := c.Connection("carrier")
		require.NoError(t, err)
		given := func(r *peer.DeliverResponse) error {
			number := r.GetBlockAndPrivateData().GetBlock().GetHeader().GetNumber()
			var transactions []privateTx
			if number == 0 {
				transactions = []privateTx{{
					id: "alone", chaincode: ours, collection: collections.Disclosure("ManufacturerMSP", "CarrierMSP"),
					writes: []*kvrwset.KVWrite{write(string(ledger.NewKey("delivery", id)), string(value))},
				}}
			}
			r.Type = &peer.DeliverResponse_BlockAndPrivateData{BlockAndPrivateData: blockOf(t, number, transactions...)}
			return nil
		}
		all := received(t, c.Client(t, "carrier", "operator", client.WithClientConnection(&altered{connection, given})), 0)
		require.Len(t, all, 1)
		require.ErrorIs(t, all[0].err, fault.NotConsented, id)
		require.Equal(t, id, all[0].delivery.Request)
	}
}
