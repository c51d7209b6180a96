package client_test

import (
	"encoding/json"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client"
)

// forged is a stored step of which the message for the gateway was replaced.
func forged(t *testing.T, u *client.Unsigned, into proto.Message, change func()) []byte {
	t.Helper()
	text, err := u.Encode()
	require.NoError(t, err)
	var file struct {
		Format  string `json:"format"`
		Step    string `json:"step"`
		Content []byte `json:"content"`
	}
	require.NoError(t, json.Unmarshal(text, &file))
	require.NoError(t, proto.Unmarshal(file.Content, into))
	change()
	file.Content = marshal(t, into)
	text, err = json.Marshal(file)
	require.NoError(t, err)
	return text
}

// replace changes a message within bytes.
func replace[M proto.Message](t *testing.T, text *[]byte, m M, change func(M)) {
	t.Helper()
	require.NoError(t, proto.Unmarshal(*text, m))
	change(m)
	*text = marshal(t, m)
}

// Whoever makes the file, or carries it, may be hostile: the signer is shown what is
// signed, or nothing.
func TestASignerIsNotShownSomethingElseThanIsSigned(t *testing.T) {
	c := founded(t)
	admin, err := c.User("manufacturer", "admin")
	require.NoError(t, err)
	offline := keyless(t, c, admin)

	proposal, err := offline.Propose(invocation(t, api.RegisterDevice.Function, logger("1")))
	require.NoError(t, err)
	propose := func(change func(*peer.Proposal)) []byte {
		var proposed pb.ProposedTransaction
		return forged(t, proposal, &proposed, func() {
			replace(t, &proposed.Proposal.ProposalBytes, &peer.Proposal{}, change)
		})
	}
	_, err = client.OpenUnsigned(propose(func(p *peer.Proposal) {
		replace(t, &p.Header, &common.Header{}, func(h *common.Header) {
			replace(t, &h.ChannelHeader, &common.ChannelHeader{}, func(h *common.ChannelHeader) {
				replace(t, &h.Extension, &peer.ChaincodeHeaderExtension{}, func(e *peer.ChaincodeHeaderExtension) { e.ChaincodeId.Name = "payments" })
			})
		})
	}))
	require.ErrorContains(t, err, "has peers run payments", "the header's chaincode is the one that peers run")
	_, err = client.OpenUnsigned(propose(func(p *peer.Proposal) {
		replace(t, &p.Payload, &peer.ChaincodeProposalPayload{}, func(p *peer.ChaincodeProposalPayload) {
			replace(t, &p.Input, &peer.ChaincodeInvocationSpec{}, func(s *peer.ChaincodeInvocationSpec) { s.ChaincodeSpec.Input.IsInit = true })
		})
	}))
	require.ErrorContains(t, err, "initializes")

	status, err := offline.Status(proposal.Transaction)
	require.NoError(t, err)
	var asked pb.SignedCommitStatusRequest
	_, err = client.OpenUnsigned(forged(t, status, &asked, func() {
		var question pb.CommitStatusRequest
		require.NoError(t, proto.Unmarshal(asked.GetRequest(), &question))
		asked.Request = marshal(t, &peer.Proposal{Header: []byte("of a proposal"), Payload: []byte("and its payload"), Extension: question.GetIdentity()})
	}))
	require.ErrorContains(t, err, "no question", "a proposal that passes for a question")

	blocks, err := offline.AskBlocks(3, 4)
	require.NoError(t, err)
	var envelope common.Envelope
	_, err = client.OpenUnsigned(forged(t, blocks, &envelope, func() {
		replace(t, &envelope.Payload, &common.Payload{}, func(p *common.Payload) {
			replace(t, &p.Data, &orderer.SeekInfo{}, func(s *orderer.SeekInfo) {
				s.Start = &orderer.SeekPosition{Type: &orderer.SeekPosition_Oldest{Oldest: &orderer.SeekOldest{}}}
			})
		})
	}))
	require.ErrorContains(t, err, "from which block", "0 would be shown")
}
