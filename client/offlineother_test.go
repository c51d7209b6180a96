package client_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client"
)

// hostile returns something else than was endorsed.
type hostile struct {
	grpc.ClientConnInterface
	turn func(*common.Envelope)
}

func (h hostile) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	err := h.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
	if answer, ok := reply.(*pb.EndorseResponse); ok && err == nil {
		h.turn(answer.GetPreparedTransaction())
	}
	return err
}

// otherTransaction is what a gateway makes of one, and by what it is told.
type otherTransaction struct {
	told string
	turn func(*common.Envelope)
}

// otherTransactions are transactions that a gateway would like to have signed in place of the
// one that was asked for.
func otherTransactions(t *testing.T, earlier *common.Envelope) map[string]otherTransaction {
	channel := func(change func(*common.ChannelHeader)) func(*common.Envelope) {
		return func(e *common.Envelope) {
			rewrite(t, e, func(p *common.Payload, _ *peer.Transaction) {
				var header common.ChannelHeader
				require.NoError(t, proto.Unmarshal(p.GetHeader().GetChannelHeader(), &header))
				change(&header)
				p.Header.ChannelHeader = marshal(t, &header)
			})
			rehash(t, e)
		}
	}
	action := func(change func(*peer.ChaincodeActionPayload)) func(*common.Envelope) {
		return func(e *common.Envelope) {
			rewrite(t, e, func(_ *common.Payload, tx *peer.Transaction) {
				var payload peer.ChaincodeActionPayload
				require.NoError(t, proto.Unmarshal(tx.GetActions()[0].GetPayload(), &payload))
				change(&payload)
				tx.Actions[0].Payload = marshal(t, &payload)
			})
		}
	}
	input := func(change func(*peer.ChaincodeProposalPayload)) func(*common.Envelope) {
		return func(e *common.Envelope) {
			action(func(p *peer.ChaincodeActionPayload) {
				var payload peer.ChaincodeProposalPayload
				require.NoError(t, proto.Unmarshal(p.GetChaincodeProposalPayload(), &payload))
				change(&payload)
				p.ChaincodeProposalPayload = marshal(t, &payload)
			})(e)
			rehash(t, e)
		}
	}
	return map[string]otherTransaction{
		"an earlier proposal that was never submitted": {"creator or nonce", func(e *common.Envelope) { proto.Reset(e); proto.Merge(e, earlier) }},
		"a change of the channel's configuration":      {"channel header", channel(func(h *common.ChannelHeader) { h.Type = int32(common.HeaderType_CONFIG_UPDATE) })},
		"another channel":   {"channel header", channel(func(h *common.ChannelHeader) { h.ChannelId = "other" })},
		"another id":        {"channel header", channel(func(h *common.ChannelHeader) { h.TxId = "other" })},
		"another chaincode": {"channel header", channel(func(h *common.ChannelHeader) { h.Extension = []byte{1} })},
		"another creator": {"creator or nonce", func(e *common.Envelope) {
			rewrite(t, e, func(p *common.Payload, tx *peer.Transaction) {
				p.Header.SignatureHeader, tx.Actions[0].Header = []byte{1}, []byte{1}
			})
			rehash(t, e)
		}},
		"an action of another": {"another creator", func(e *common.Envelope) {
			rewrite(t, e, func(_ *common.Payload, tx *peer.Transaction) { tx.Actions[0].Header = []byte{1} })
		}},
		"two actions": {"actions are not one", func(e *common.Envelope) {
			rewrite(t, e, func(_ *common.Payload, tx *peer.Transaction) { tx.Actions = append(tx.Actions, tx.GetActions()[0]) })
		}},
		"other arguments":       {"arguments differ", input(func(p *peer.ChaincodeProposalPayload) { p.Input = []byte{1} })},
		"transient values kept": {"arguments differ", input(func(p *peer.ChaincodeProposalPayload) { p.TransientMap = map[string][]byte{"secret": {1}} })},
		"endorsements of another": {"of another proposal", action(func(p *peer.ChaincodeActionPayload) {
			var endorsed peer.ProposalResponsePayload
			require.NoError(t, proto.Unmarshal(p.GetAction().GetProposalResponsePayload(), &endorsed))
			endorsed.ProposalHash = bytes.Repeat([]byte{1}, 32)
			p.Action.ProposalResponsePayload = marshal(t, &endorsed)
		})},
		"nothing":  {"form", func(e *common.Envelope) { e.Payload = nil }},
		"no proto": {"form", func(e *common.Envelope) { e.Payload = []byte{0xff} }},
		// Readers of protobuf merge what stands twice, or take the last.
		"a second header behind it": {"form", func(e *common.Envelope) {
			header := marshal(t, &common.Payload{Header: &common.Header{ChannelHeader: marshal(t, &common.ChannelHeader{Type: int32(common.HeaderType_CONFIG_UPDATE)})}})
			e.Payload = append(bytes.Clone(e.GetPayload()), header...)
		}},
		"another channel behind its own": {"channel header", func(e *common.Envelope) {
			rewrite(t, e, func(p *common.Payload, _ *peer.Transaction) {
				p.Header.ChannelHeader = append(p.GetHeader().GetChannelHeader(), marshal(t, &common.ChannelHeader{ChannelId: "other"})...)
			})
			rehash(t, e)
		}},
		"other arguments behind its own": {"arguments differ", func(e *common.Envelope) {
			action(func(p *peer.ChaincodeActionPayload) {
				p.ChaincodeProposalPayload = append(p.GetChaincodeProposalPayload(), marshal(t, &peer.ChaincodeProposalPayload{Input: []byte{1}})...)
			})(e)
			rehash(t, e)
		}},
		"a second action behind it": {"arguments differ", func(e *common.Envelope) {
			rewrite(t, e, func(_ *common.Payload, tx *peer.Transaction) {
				tx.Actions[0].Payload = append(tx.GetActions()[0].GetPayload(), marshal(t, &peer.ChaincodeActionPayload{Action: &peer.ChaincodeEndorsedAction{ProposalResponsePayload: []byte{1}}})...)
			})
		}},
	}
}

func marshal(t *testing.T, m proto.Message) []byte {
	t.Helper()
	text, err := proto.Marshal(m)
	require.NoError(t, err)
	return text
}

func rewrite(t *testing.T, e *common.Envelope, change func(*common.Payload, *peer.Transaction)) {
	t.Helper()
	var payload common.Payload
	var transaction peer.Transaction
	require.NoError(t, proto.Unmarshal(e.GetPayload(), &payload))
	require.NoError(t, proto.Unmarshal(payload.GetData(), &transaction))
	change(&payload, &transaction)
	payload.Data = marshal(t, &transaction)
	e.Payload = marshal(t, &payload)
}

// rehash has the answer claim to be to the proposal of which the transaction now is: only
// endorsers' signatures, at which peers look, could tell.
func rehash(t *testing.T, e *common.Envelope) {
	t.Helper()
	rewrite(t, e, func(p *common.Payload, tx *peer.Transaction) {
		var action peer.ChaincodeActionPayload
		var endorsed peer.ProposalResponsePayload
		require.NoError(t, proto.Unmarshal(tx.GetActions()[0].GetPayload(), &action))
		require.NoError(t, proto.Unmarshal(action.GetAction().GetProposalResponsePayload(), &endorsed))
		sum := sha256.Sum256(slices.Concat(p.GetHeader().GetChannelHeader(), p.GetHeader().GetSignatureHeader(), action.GetChaincodeProposalPayload()))
		endorsed.ProposalHash = sum[:]
		action.Action.ProposalResponsePayload = marshal(t, &endorsed)
		tx.Actions[0].Payload = marshal(t, &action)
	})
}

// What a gateway could otherwise get signed; see docs/keys.md.
func TestAGatewayGetsNothingElseSigned(t *testing.T) {
	c := founded(t)
	admin, err := c.User("manufacturer", "admin")
	require.NoError(t, err)
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	earlier := &common.Envelope{}
	offline := keyless(t, c, admin, client.WithClientConnection(hostile{connection, func(e *common.Envelope) { proto.Merge(earlier, e) }}))
	propose := func(serial string) *client.Signed {
		proposal, err := offline.Propose(invocation(t, api.RegisterDevice.Function, logger(serial)))
		require.NoError(t, err)
		return elsewhere(t, admin, proposal)
	}
	honest, err := offline.Endorse(t.Context(), propose("1"))
	require.NoError(t, err)
	for name, other := range otherTransactions(t, earlier) {
		t.Run(name, func(t *testing.T) {
			over := client.WithClientConnection(hostile{connection, other.turn})
			_, err := keyless(t, c, admin, over).Endorse(t.Context(), propose("2"))
			require.ErrorIs(t, err, client.ErrOtherTransaction)
			require.ErrorContains(t, err, other.told)

			// The same of a client that signs by itself.
			height := c.Ledger().Height()
			online := c.Client(t, "manufacturer", "admin", over, client.WithTries(1))
			_, err = online.RegisterDevice(t.Context(), logger("2"))
			require.ErrorIs(t, err, client.ErrOtherTransaction)
			require.Equal(t, height, c.Ledger().Height())

			// And of a file that was altered on its way to the signer.
			if turned := alteredFile(t, honest, other.turn); turned != nil {
				_, err = client.OpenUnsigned(turned)
				require.Error(t, err)
			}
		})
	}
}

// alteredFile is a stored transaction, altered; nil when that changes nothing.
func alteredFile(t *testing.T, u *client.Unsigned, turn func(*common.Envelope)) []byte {
	t.Helper()
	text, err := u.Encode()
	require.NoError(t, err)
	var file map[string]any
	require.NoError(t, json.Unmarshal(text, &file))
	var content struct{ Content []byte }
	require.NoError(t, json.Unmarshal(text, &content))
	var prepared pb.PreparedTransaction
	require.NoError(t, proto.Unmarshal(content.Content, &prepared))
	before := bytes.Clone(prepared.GetEnvelope().GetPayload())
	turn(prepared.GetEnvelope())
	if bytes.Equal(before, prepared.GetEnvelope().GetPayload()) {
		return nil
	}
	file["content"] = marshal(t, &prepared)
	text, err = json.Marshal(file)
	require.NoError(t, err)
	return text
}
