package network_test

import (
	"context"
	"testing"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/collections"
)

func TestTheRegulatorQueriesThroughItsOwnPeer(t *testing.T) {
	n := running(t)
	_, err := contract(t, n, "carrier", "operator").SubmitTransaction("Put", "seen-by-all", "yes")
	require.NoError(t, err)
	value, err := contract(t, n, "regulator", "auditor").EvaluateTransaction("Get", "seen-by-all")
	require.NoError(t, err)
	require.Equal(t, "yes", string(value))
}

func TestOthersPeersEndorseTheRegulatorsQueries(t *testing.T) {
	n := running(t)
	proposal, err := contract(t, n, "regulator", "auditor").NewProposal(getMetadata,
		client.WithEndorsingOrganizations("ManufacturerMSP", "CarrierMSP", "RetailerMSP"))
	require.NoError(t, err)
	transaction, err := proposal.EndorseWithContext(t.Context())
	require.NoError(t, err)
	require.Contains(t, string(transaction.Result()), `"Store"`)
}

func TestEverySubmitOfTheRegulatorIsRefused(t *testing.T) {
	n := running(t)
	for _, user := range []string{"admin", "operator"} {
		_, err := contract(t, n, "regulator", user).SubmitTransaction("Put", "written-by-regulator", "yes")
		var refused *client.SubmitError
		require.ErrorAs(t, err, &refused, "it is endorsed, and then refused by the orderer")
		require.Contains(t, status.Convert(err).Message(), "FORBIDDEN")
	}
	value, err := contract(t, n, "carrier", "operator").EvaluateTransaction("Get", "written-by-regulator")
	require.NoError(t, err)
	require.Empty(t, value)
}

func TestTheRegulatorReceivesBlocks(t *testing.T) {
	n := running(t)
	channel := stranger(t, n, "regulator", "auditor").GetNetwork(n.Topology().Channel)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	blocks, err := channel.BlockEvents(ctx, client.WithStartBlock(0))
	require.NoError(t, err)
	for number := range uint64(3) {
		block, open := <-blocks
		require.True(t, open)
		require.Equal(t, number, block.GetHeader().GetNumber())
	}
	drain(cancel, blocks)
}

// drain ends a stream of events. fabric-gateway's reader waits until somebody
// takes the event that it holds.
func drain[E any](cancel context.CancelFunc, events <-chan E) {
	cancel()
	for range events {
	}
}

func TestPrivateDataReachesMembersAndNobodyElse(t *testing.T) {
	n := running(t)
	pair := collections.Relation("ManufacturerMSP", "CarrierMSP")
	_, err := contract(t, n, "manufacturer", "operator").Submit("PutPrivate",
		client.WithArguments(pair, "price"),
		client.WithTransient(map[string][]byte{"value": []byte("12.50")}),
		client.WithEndorsingOrganizations("ManufacturerMSP", "CarrierMSP"))
	require.NoError(t, err)

	for _, member := range []string{"manufacturer", "carrier"} {
		o := map[string]string{"manufacturer": "ManufacturerMSP", "carrier": "CarrierMSP"}[member]
		value, err := contract(t, n, member, "operator").Evaluate("GetPrivate",
			client.WithArguments(pair, "price"), client.WithEndorsingOrganizations(o))
		require.NoError(t, err)
		require.Equal(t, "12.50", string(value))
	}
	for _, outsider := range []string{"retailer", "regulator"} {
		_, err := contract(t, n, outsider, "operator").Evaluate("GetPrivate",
			client.WithArguments(pair, "price"), client.WithEndorsingOrganizations("CarrierMSP"))
		require.Error(t, err)
	}
}

func TestWhatIsDisclosedToTheRegulatorReachesItsOwnPeer(t *testing.T) {
	n := running(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, commit, err := contract(t, n, "manufacturer", "operator").SubmitAsync("PutPrivate",
		client.WithArguments(watchedCollection, "dossier"),
		client.WithTransient(map[string][]byte{"value": []byte("for the regulator")}),
		client.WithEndorsingOrganizations("ManufacturerMSP"))
	require.NoError(t, err)
	result, err := commit.StatusWithContext(ctx)
	require.NoError(t, err)
	require.True(t, result.Successful, result.Code)

	channel := stranger(t, n, "regulator", "auditor").GetNetwork(n.Topology().Channel)
	events, err := channel.BlockAndPrivateDataEvents(ctx, client.WithStartBlock(result.BlockNumber))
	require.NoError(t, err)
	event, open := <-events
	require.True(t, open)
	var seen []*rwset.CollectionPvtReadWriteSet
	for _, data := range event.GetPrivateDataMap() {
		for _, namespace := range data.GetNsPvtRwset() {
			seen = append(seen, namespace.GetCollectionPvtRwset()...)
		}
	}
	drain(cancel, events)
	require.Len(t, seen, 1)
	require.Equal(t, watchedCollection, seen[0].GetCollectionName())
	require.Contains(t, string(seen[0].GetRwset()), "for the regulator")
}
