package privacy_test

import (
	"testing"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	protos "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/test/privacy/internal/deed"
)

// writes are the deeds of writing one value into a collection, and its key.
func writes(t *testing.T, collection string) (deed.Deeds, string) {
	t.Helper()
	key := randomText(t)
	return deed.Deeds{Write: []deed.Private{{Collection: collection, Key: key, Value: []byte("forged")}}}, key
}

// peek reads a private value at the peer of an organisation whose chaincode is
// altered, as its client or another's.
func (w *world) peek(t *testing.T, client, peerMSP, collection, key string) (string, error) {
	t.Helper()
	value, err := w.evaluate(t, call{
		organisation: client, function: metadata, endorsers: []string{peerMSP},
		deeds: &deed.Deeds{Read: []deed.Private{{Collection: collection, Key: key}}},
	})
	return string(value), err
}

// Whatever chaincode a member runs, what it endorses alone, or with a stranger,
// does not enter a relation's collection.
func TestAMemberWithAlteredChaincodeWritesNothingAlone(t *testing.T) {
	w := start(t)
	for name, c := range map[string]struct {
		collection string
		endorsers  []string
		valid      bool
	}{
		"of two, alone":                            {bilateral, []string{manufacturerMSP}, false},
		"of two, with a stranger":                  {bilateral, []string{manufacturerMSP, carrierMSP}, false},
		"of two, a stranger in its name":           {bilateral, []string{carrierMSP}, false},
		"of three, alone":                          {trilateral, []string{manufacturerMSP}, false},
		"of three, two that have altered it alike": {trilateral, []string{manufacturerMSP, carrierMSP}, true},
		"of two, both having altered it alike":     {collections.Relation(manufacturerMSP, carrierMSP), []string{manufacturerMSP, carrierMSP}, true},
		"a disclosure to it, in the owner's name":  {collections.Disclosure(retailerMSP, manufacturerMSP), []string{manufacturerMSP, carrierMSP}, false},
	} {
		t.Run(name, func(t *testing.T) {
			deeds, key := writes(t, c.collection)
			settled, err := w.submit(t, call{organisation: manufacturer, function: metadata, deeds: &deeds, endorsers: c.endorsers})
			require.NoError(t, err)
			value, err := w.peek(t, manufacturer, manufacturerMSP, c.collection, key)
			require.NoError(t, err)
			if c.valid { // as many as the policy asks for can write anything
				require.Equal(t, peer.TxValidationCode_VALID, settled.Code)
				require.Equal(t, "forged", value)
				return
			}
			require.Equal(t, peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE, settled.Code)
			require.Empty(t, value, "Fabric keeps it, but no query finds it")
		})
	}
}

// An honest member beside an altered one endorses something else. The gateway says
// so; who puts the honest signature under the altered result by hand, past the
// gateway, gets an invalid transaction.
func TestAnHonestMembersEndorsementCoversNoAlteredResult(t *testing.T) {
	w := start(t)
	deeds, key := writes(t, bilateral)
	c := call{organisation: manufacturer, function: metadata, deeds: &deeds, endorsers: []string{manufacturerMSP, retailerMSP}}
	_, err := w.submit(t, c)
	require.Equal(t, codes.Aborted, status.Code(err), err)
	require.ErrorContains(t, err, "ProposalResponsePayloads do not match")

	altered, honest := w.twice(t, c)
	forged := splice(t, altered, honest)
	sent, err := w.channelTransaction(t, forged).SubmitWithContext(t.Context())
	require.NoError(t, err)
	settled, err := sent.StatusWithContext(t.Context())
	require.NoError(t, err)
	require.Equal(t, peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE, settled.Code)
	value, err := w.peek(t, manufacturer, manufacturerMSP, bilateral, key)
	require.NoError(t, err)
	require.Empty(t, value)
}

// twice has one proposal endorsed by the first organisation alone, then by the
// second alone.
func (w *world) twice(t *testing.T, c call) (first, second []byte) {
	t.Helper()
	proposal := w.proposal(t, c)
	text, err := proposal.Bytes()
	require.NoError(t, err)
	var out [2][]byte
	for i, msp := range c.endorsers {
		var proposed protos.ProposedTransaction
		require.NoError(t, proto.Unmarshal(text, &proposed))
		proposed.EndorsingOrganizations = []string{msp}
		narrowed, err := proto.Marshal(&proposed)
		require.NoError(t, err)
		again, err := w.gateway(t, c.organisation, "operator").NewProposal(narrowed)
		require.NoError(t, err)
		transaction, err := again.EndorseWithContext(t.Context())
		require.NoError(t, err)
		out[i], err = transaction.Bytes()
		require.NoError(t, err)
	}
	return out[0], out[1]
}

// splice puts the endorsements of both transactions under the result of the first.
func splice(t *testing.T, to, from []byte) []byte {
	t.Helper()
	var prepared, other protos.PreparedTransaction
	require.NoError(t, proto.Unmarshal(to, &prepared))
	require.NoError(t, proto.Unmarshal(from, &other))
	var added []*peer.Endorsement
	endorsed(t, other.GetEnvelope(), func(a *peer.ChaincodeActionPayload) { added = a.GetAction().GetEndorsements() })
	endorsed(t, prepared.GetEnvelope(), func(a *peer.ChaincodeActionPayload) {
		a.Action.Endorsements = append(a.Action.Endorsements, added...)
	})
	text, err := proto.Marshal(&prepared)
	require.NoError(t, err)
	return text
}

// endorsed lets somebody change the action in an envelope.
func endorsed(t *testing.T, envelope *common.Envelope, change func(*peer.ChaincodeActionPayload)) {
	t.Helper()
	var payload common.Payload
	var transaction peer.Transaction
	var action peer.ChaincodeActionPayload
	require.NoError(t, proto.Unmarshal(envelope.GetPayload(), &payload))
	require.NoError(t, proto.Unmarshal(payload.GetData(), &transaction))
	require.NoError(t, proto.Unmarshal(transaction.GetActions()[0].GetPayload(), &action))
	change(&action)
	var err error
	transaction.Actions[0].Payload, err = proto.Marshal(&action)
	require.NoError(t, err)
	payload.Data, err = proto.Marshal(&transaction)
	require.NoError(t, err)
	envelope.Payload, err = proto.Marshal(&payload)
	require.NoError(t, err)
}

func (w *world) channelTransaction(t *testing.T, text []byte) *gateway.Transaction {
	t.Helper()
	transaction, err := w.gateway(t, manufacturer, "operator").NewTransaction(text)
	require.NoError(t, err)
	return transaction
}

// alteredPurgeFails has the owner's altered chaincode purge a record of two.
func (w *world) alteredPurgeFails(t *testing.T, s stored) {
	t.Helper()
	purge := w.purging(t, s)
	purge.deeds = &deed.Deeds{Purge: []deed.Private{{Collection: bilateral, Key: string(ledger.NewKey("content", s.draft.ID))}}}
	_, err := w.submit(t, purge)
	requireRefused(t, err, fault.Retained) // by the honest member
	purge.endorsers = []string{manufacturerMSP}
	settled, err := w.submit(t, purge)
	require.NoError(t, err)
	require.Equal(t, peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE, settled.Code)
}
