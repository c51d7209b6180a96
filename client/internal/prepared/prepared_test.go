package prepared_test

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/countersign-ledger/countersign/client/internal/prepared"
)

func marshal(t testing.TB, m proto.Message) []byte {
	t.Helper()
	text, err := proto.Marshal(m)
	require.NoError(t, err)
	return text
}

// proposed is a proposal with a transient value, and the parts that go on.
func proposed(t testing.TB) (proposal, channel, creator, input []byte) {
	t.Helper()
	channel = marshal(t, &common.ChannelHeader{
		Type: int32(common.HeaderType_ENDORSER_TRANSACTION), ChannelId: "supplychain", TxId: "1", Epoch: 0,
		Timestamp: &timestamppb.Timestamp{Seconds: 1}, Extension: []byte("countersign"), TlsCertHash: []byte("tls"),
	})
	creator = marshal(t, &common.SignatureHeader{Creator: []byte("manufacturer"), Nonce: []byte("nonce")})
	input = []byte("Capture")
	proposal = marshal(t, &peer.Proposal{
		Header:  marshal(t, &common.Header{ChannelHeader: channel, SignatureHeader: creator}),
		Payload: marshal(t, &peer.ChaincodeProposalPayload{Input: input, TransientMap: map[string][]byte{"document": []byte("secret")}}),
	})
	return proposal, channel, creator, input
}

// field is a field of bytes, as it stands in a message.
func field(number protowire.Number, content []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), content)
}

// made is what a gateway makes of parts, with what it puts behind the endorsements.
func made(t testing.TB, channel, creator, kept []byte, behind ...byte) []byte {
	t.Helper()
	sum := sha256.Sum256(slices.Concat(channel, creator, kept))
	action := marshal(t, &peer.ChaincodeAction{ChaincodeId: &peer.ChaincodeID{Name: "countersign", Version: "2.0"}})
	return marshal(t, &common.Payload{
		Header: &common.Header{ChannelHeader: channel, SignatureHeader: creator},
		Data: marshal(t, &peer.Transaction{Actions: []*peer.TransactionAction{{
			Header: creator,
			Payload: slices.Concat(field(1, kept), field(2, append(marshal(t, &peer.ChaincodeEndorsedAction{
				ProposalResponsePayload: marshal(t, &peer.ProposalResponsePayload{ProposalHash: sum[:], Extension: action}),
				Endorsements:            []*peer.Endorsement{{Endorser: []byte("a")}, {Endorser: []byte("b")}},
			}), behind...))),
		}}}),
	})
}

func TestWhatAGatewayMakesOfAProposalIsTaken(t *testing.T) {
	proposal, channel, creator, input := proposed(t)
	action, err := prepared.Check(proposal, made(t, channel, creator, marshal(t, &peer.ChaincodeProposalPayload{Input: input})))
	require.NoError(t, err)
	version, err := prepared.Version(action)
	require.NoError(t, err)
	require.Equal(t, "2.0", version)
}

// Readers take the last of what stands twice.
func TestASecondAnswerBehindTheEndorsementsIsRefused(t *testing.T) {
	proposal, channel, creator, input := proposed(t)
	kept := marshal(t, &peer.ChaincodeProposalPayload{Input: input})
	_, err := prepared.Check(proposal, made(t, channel, creator, kept, field(1, marshal(t, &peer.ProposalResponsePayload{Extension: []byte("other")}))...))
	require.ErrorIs(t, err, prepared.ErrOther)
	require.ErrorContains(t, err, "of no answer")
}

func TestAVersionIsNamedOnce(t *testing.T) {
	id := field(4, marshal(t, &peer.ChaincodeID{Version: "2.0"}))
	for name, action := range map[string][]byte{
		"twice":        append(bytes.Clone(id), id...),
		"as a number":  protowire.AppendVarint(protowire.AppendTag(nil, 4, protowire.VarintType), 1),
		"cut short":    id[:len(id)-1],
		"not a number": {0xff},
	} {
		_, err := prepared.Version(action)
		require.ErrorIs(t, err, prepared.ErrOther, name)
	}
	version, err := prepared.Version(nil)
	require.NoError(t, err)
	require.Empty(t, version)
}

// Whatever is taken means to those who decode it, as peers and orderers do, what was
// proposed.
func FuzzWhatIsTakenIsWhatWasProposed(f *testing.F) {
	proposal, channel, creator, input := proposed(f)
	kept := marshal(f, &peer.ChaincodeProposalPayload{Input: input})
	good := made(f, channel, creator, kept)
	f.Add(good)
	// Groups, other wire types, long numbers and unknown fields, at each level.
	for _, odd := range [][]byte{
		protowire.AppendGroup(protowire.AppendTag(nil, 3, protowire.StartGroupType), 3, marshal(f, &common.ChannelHeader{ChannelId: "other"})),
		protowire.AppendVarint(protowire.AppendTag(nil, 3, protowire.VarintType), 1),
		protowire.AppendVarint(protowire.AppendTag(nil, 99, protowire.VarintType), 1),
		marshal(f, &common.ChannelHeader{Timestamp: &timestamppb.Timestamp{Nanos: 1}}),
		marshal(f, &common.ChannelHeader{ChannelId: "other"}),
		{0x9a, 0x80, 0x00, 0x00},
		{0x1b},
		protowire.AppendTag(nil, protowire.MaxValidNumber, protowire.BytesType),
	} {
		f.Add(made(f, append(bytes.Clone(channel), odd...), creator, kept))
		f.Add(made(f, append(bytes.Clone(odd), channel...), creator, kept))
		f.Add(made(f, channel, append(bytes.Clone(creator), odd...), kept))
		f.Add(made(f, channel, creator, append(bytes.Clone(kept), odd...)))
		f.Add(made(f, channel, creator, kept, odd...))
		f.Add(append(bytes.Clone(good), odd...))
	}
	f.Fuzz(func(t *testing.T, transaction []byte) {
		action, err := prepared.Check(proposal, transaction)
		if err != nil {
			require.ErrorIs(t, err, prepared.ErrOther)
			return
		}
		var payload common.Payload
		var got, asked common.ChannelHeader
		var whole peer.Transaction
		var done peer.ChaincodeActionPayload
		var run peer.ChaincodeProposalPayload
		var answer peer.ProposalResponsePayload
		require.NoError(t, proto.Unmarshal(channel, &asked))
		if proto.Unmarshal(transaction, &payload) != nil || proto.Unmarshal(payload.GetHeader().GetChannelHeader(), &got) != nil ||
			proto.Unmarshal(payload.GetData(), &whole) != nil || len(whole.GetActions()) != 1 ||
			proto.Unmarshal(whole.GetActions()[0].GetPayload(), &done) != nil ||
			proto.Unmarshal(done.GetChaincodeProposalPayload(), &run) != nil ||
			proto.Unmarshal(done.GetAction().GetProposalResponsePayload(), &answer) != nil {
			return // nobody can read it
		}
		require.Equal(t, creator, payload.GetHeader().GetSignatureHeader())
		require.Equal(t, creator, whole.GetActions()[0].GetHeader())
		require.Equal(t, input, run.GetInput())
		require.Empty(t, run.GetTransientMap())
		require.True(t, bytes.Equal(action, answer.GetExtension()))
		got.Timestamp, asked.Timestamp = nil, nil
		got.ProtoReflect().SetUnknown(nil)
		require.True(t, proto.Equal(&asked, &got))
		_, _ = prepared.Version(action)
	})
}
