package client_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
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
	deliver := func(id string) read {
		ask("last-after-" + id[len("CarrierMSP/"):] + strconv.FormatUint(c.Ledger().Height(), 10))
		all := endsIn(t, c, "carrier", delivering("CarrierMSP", id, contentOf(t, id, draft.ID, fieldsNamed(t, draft, "/price")), lookedAt(t, c, id, draft.ID)))
		require.Len(t, all, 1)
		require.Equal(t, id, all[0].delivery.Request)
		return all[0]
	}
	requested, refused, takenBack, revoked := ask("requested"), ask("refused"), ask("taken-back"), ask("revoked")
	_, err := manufacturer.RefuseDisclosure(t.Context(), refused, "not now")
	require.NoError(t, err)
	for _, id := range []string{takenBack, revoked} {
		_, err := manufacturer.ApproveDisclosure(t.Context(), id)
		require.NoError(t, err)
		require.NoError(t, deliver(id).err, "until then")
	}
	_, err = manufacturer.RefuseDisclosure(t.Context(), takenBack, "after all not")
	require.NoError(t, err)
	_, err = manufacturer.RevokeDisclosure(t.Context(), revoked, "over")
	require.NoError(t, err)
	for id, said := range map[string]string{requested: "had not consented", refused: "had refused", takenBack: "had refused", revoked: "had revoked"} {
		got := deliver(id)
		require.ErrorIs(t, got.err, fault.NotConsented, id)
		require.ErrorContains(t, got.err, said)
	}
}

// What a delivery has not looked at, nobody knows of the time when it was made: the
// votes could have been taken back before it.
func TestADeliveryPastTheRulesIsSaid(t *testing.T) {
	c := founded(t)
	draft := sharedTerms(t, c)
	id := delivered(t, c, draft, "one", "RegulatorMSP", "/price")
	value := contentOf(t, id, draft.ID, fieldsNamed(t, draft, "/price"))
	looked := lookedAt(t, c, id, draft.ID)
	require.NoError(t, endsIn(t, c, "regulator", delivering("RegulatorMSP", id, value, looked))[0].err)
	for i := range looked {
		all := endsIn(t, c, "regulator", delivering("RegulatorMSP", id, value, slices.Delete(slices.Clone(looked), i, i+1)))
		require.Len(t, all, 1)
		require.ErrorIs(t, all[0].err, fault.NotConsented)
		require.ErrorContains(t, all[0].err, "past the rules")
	}
}

// Deliveries are held against blocks of the reader's own peer. Nobody else is asked,
// so that nobody's lies are believed: any other peer can be the altered owner's.
func TestADeliveryIsVerifiedWithoutAskingAnybody(t *testing.T) {
	c := founded(t)
	draft := sharedTerms(t, c)
	id := delivered(t, c, draft, "one", "RegulatorMSP", "/currency", "/price")
	connection, err := c.Connection("regulator")
	require.NoError(t, err)
	all := received(t, c.Client(t, "regulator", "auditor", client.WithClientConnection(deaf{connection})), 0)
	require.Len(t, all, 1)
	require.NoError(t, all[0].err)
	require.Equal(t, id, all[0].delivery.Request)

	price := slices.Clone(all[0].delivery.Fields)
	price[1].Value = "1.00"
	all = endsIn(t, c, "regulator", delivering("RegulatorMSP", id, contentOf(t, id, draft.ID, price), lookedAt(t, c, id, draft.ID)))
	require.ErrorIs(t, all[0].err, fault.HashMismatch)
}

func TestWhatADeliveryWasBuiltOnMustStandInTheBlocks(t *testing.T) {
	c := founded(t)
	draft := sharedTerms(t, c)
	id := delivered(t, c, draft, "one", "RegulatorMSP", "/price")
	value := contentOf(t, id, draft.ID, fieldsNamed(t, draft, "/price"))
	at := lookedAt(t, c, id, draft.ID)[0].GetVersion()
	for name, version := range map[string]*kvrwset.Version{
		"another transaction's": {BlockNum: at.GetBlockNum() + 1},
		"no transaction's":      {BlockNum: at.GetBlockNum(), TxNum: at.GetTxNum() + 1},
		"the configuration's":   {BlockNum: 0},
		"its own block's":       {BlockNum: c.Ledger().Height() - 1},
		"one that is to come":   {BlockNum: 1 << 60},
	} {
		looked := lookedAt(t, c, id, draft.ID)
		looked[0].Version = version
		all := endsIn(t, c, "regulator", delivering("RegulatorMSP", id, value, looked))
		require.Len(t, all, 1, name)
		require.ErrorContains(t, all[0].err, "contradict one another", name)
	}
}

// A peer that was made from a snapshot does not have the blocks before; and a
// connection can break between a delivery and what it was built on.
func TestWhatADeliveryWasBuiltOnCanBeOutOfReach(t *testing.T) {
	c := founded(t)
	draft := sharedTerms(t, c)
	id := delivered(t, c, draft, "one", "RegulatorMSP", "/price")
	at := received(t, c.Client(t, "regulator", "auditor"), 0)[0].delivery.Block
	before := func(r *peer.DeliverResponse) bool {
		return r.GetBlockAndPrivateData().GetBlock().GetHeader().GetNumber() < at
	}
	all := received(t, through(t, c, func(r *peer.DeliverResponse) error {
		if before(r) {
			r.Type = &peer.DeliverResponse_Status{Status: 404}
		}
		return nil
	}), at)
	require.Len(t, all, 1)
	require.ErrorIs(t, all[0].err, fault.NotHere)
	require.ErrorContains(t, all[0].err, "NOT_FOUND")
	require.Equal(t, id, all[0].delivery.Request)

	all = received(t, through(t, c, func(r *peer.DeliverResponse) error {
		if before(r) {
			return status.Error(codes.Unavailable, "gone")
		}
		return nil
	}), at)
	require.Len(t, all, 1)
	var broken *client.BlocksError
	require.ErrorAs(t, all[0].err, &broken)
	require.Equal(t, at, broken.Block, "where another call goes on")
	require.Empty(t, all[0].delivery)
}

func TestAReaderThatAsksItsPeersChaincodeIsToldWhatToCall(t *testing.T) {
	c := founded(t)
	draft := sharedTerms(t, c)
	id := delivered(t, c, draft, "one", "RegulatorMSP", "/price")
	regulator := c.Client(t, "regulator", "auditor")
	_, err := regulator.ReceivedDisclosure(t.Context(), id)
	require.ErrorIs(t, err, client.ErrNoChaincode)
	require.ErrorContains(t, err, "Deliveries")
	_, err = regulator.ReadConfidential(t.Context(), draft.ID, "ManufacturerMSP")
	require.ErrorIs(t, err, client.ErrNoChaincode)
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	_, err = c.Client(t, "carrier", "auditor").ReceivedDisclosure(t.Context(), id)
	require.NotErrorIs(t, err, client.ErrNoChaincode)
}
