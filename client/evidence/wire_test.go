package evidence_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// messages are all that evidence can hold.
func messages() []proto.Message {
	return []proto.Message{
		&peer.Proposal{}, &common.Header{}, &common.ChannelHeader{}, &timestamppb.Timestamp{}, &peer.ChaincodeHeaderExtension{},
		&peer.ChaincodeID{}, &common.SignatureHeader{}, &msp.SerializedIdentity{}, &peer.ChaincodeProposalPayload{},
		&peer.ChaincodeInvocationSpec{}, &peer.ChaincodeSpec{}, &peer.ChaincodeInput{}, &peer.ProposalResponsePayload{},
		&peer.ChaincodeAction{}, &peer.Response{}, &rwset.TxReadWriteSet{}, &rwset.NsReadWriteSet{},
		&rwset.CollectionHashedReadWriteSet{}, &kvrwset.KVRWSet{}, &kvrwset.KVRead{}, &kvrwset.Version{},
		&kvrwset.RangeQueryInfo{}, &kvrwset.QueryReads{}, &kvrwset.QueryReadsMerkleSummary{}, &kvrwset.KVWrite{},
		&kvrwset.KVMetadataWrite{}, &kvrwset.KVMetadataEntry{}, &kvrwset.HashedRWSet{}, &kvrwset.KVReadHash{},
		&kvrwset.KVWriteHash{}, &kvrwset.KVMetadataWriteHash{},
	}
}

func TestEveryMessageIsReadAsFabricDeclaresIt(t *testing.T) {
	shapes := evidence.Shapes()
	for _, m := range messages() {
		fields := m.ProtoReflect().Descriptor().Fields()
		var want []string
		for i := range fields.Len() {
			f := fields.Get(i)
			for len(want) < int(f.Number()) {
				want = append(want, "none")
			}
			name := f.Kind().String()
			if f.Kind() == protoreflect.EnumKind {
				name = "int32"
			}
			if f.Cardinality() == protoreflect.Repeated {
				name = "repeated " + name
			}
			want[f.Number()-1] = name
		}
		name := string(m.ProtoReflect().Descriptor().FullName())
		require.Equal(t, want, shapes[name], name)
		delete(shapes, name)
	}
	require.Empty(t, shapes)
}

// everything is a statement whose payload has something of all that a payload can
// have, a summary included.
func everything(t testing.TB) *evidence.Statement {
	c, err := clienttest.Start()
	require.NoError(t, err)
	by, err := c.Peer("carrier")
	require.NoError(t, err)
	results := memledger.Results{
		Reads:   []memledger.Read{{Key: ledger.NewKey("a", "1"), Version: &memledger.Version{Block: 300, Tx: 2}}, {Key: ledger.NewKey("a", "2")}},
		Ranges:  []memledger.RangeRead{{Prefix: ledger.NewKey("none")}, {Prefix: ledger.NewKey("few"), Reads: reads(3)}, {Prefix: ledger.NewKey("many"), Last: "last", Reads: reads(60)}},
		Hashes:  []memledger.HashRead{{Collection: "c", Key: "k", Version: &memledger.Version{}}},
		Writes:  []ledger.Write{{Key: "w", Value: []byte("x")}, {Key: "d"}},
		Private: []memledger.PrivateWrite{{Collection: "c", Key: "p", Value: []byte("x")}, {Collection: "c", Key: "q", Purge: true}},
		Event:   &memledger.Event{Name: "e"},
	}
	s, err := c.State(clienttest.Claim{Function: "thing:Look", Request: `{}`, Result: `{}`, Time: asked, By: []*clienttest.Identity{by}, Results: results})
	require.NoError(t, err)
	return s
}

func reads(n int) (list []memledger.Read) {
	for i := range n {
		list = append(list, memledger.Read{Key: ledger.NewKey("thing", ledger.Number(uint64(i))), Version: &memledger.Version{Block: uint64(i), Tx: 1}})
	}
	return list
}

// canonical reads messages as protobuf's own library does, and tells whether they
// are in its one form: what this package's reader is held against.
func canonical(s *evidence.Statement) bool {
	var p peer.Proposal
	var h common.Header
	var ch common.ChannelHeader
	var sh common.SignatureHeader
	var x peer.ChaincodeHeaderExtension
	var creator msp.SerializedIdentity
	var input peer.ChaincodeProposalPayload
	var invocation peer.ChaincodeInvocationSpec
	var payload peer.ProposalResponsePayload
	var action peer.ChaincodeAction
	var sets rwset.TxReadWriteSet
	for _, part := range []struct {
		text func() []byte
		into proto.Message
	}{
		{func() []byte { return s.Proposal }, &p},
		{p.GetHeader, &h},
		{h.GetChannelHeader, &ch},
		{ch.GetExtension, &x},
		{h.GetSignatureHeader, &sh},
		{sh.GetCreator, &creator},
		{p.GetPayload, &input},
		{input.GetInput, &invocation},
		{func() []byte { return s.Payload }, &payload},
		{payload.GetExtension, &action},
		{action.GetResults, &sets},
	} {
		if !again(part.text(), part.into) {
			return false
		}
	}
	for _, set := range sets.GetNsRwset() {
		if !again(set.GetRwset(), &kvrwset.KVRWSet{}) {
			return false
		}
		for _, c := range set.GetCollectionHashedRwset() {
			if !again(c.GetHashedRwset(), &kvrwset.HashedRWSet{}) {
				return false
			}
		}
	}
	return true
}

func again(text []byte, into proto.Message) bool {
	if proto.Unmarshal(text, into) != nil || unknown(into.ProtoReflect()) {
		return false
	}
	written, err := proto.MarshalOptions{Deterministic: true}.Marshal(into)
	return err == nil && bytes.Equal(written, text)
}

func unknown(m protoreflect.Message) (found bool) {
	found = len(m.GetUnknown()) > 0
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Message() == nil || f.IsMap():
		case f.IsList():
			for i := range v.List().Len() {
				found = found || unknown(v.List().Get(i).Message())
			}
		default:
			found = found || unknown(v.Message())
		}
		return !found
	})
	return found
}

// What is opened is in the form that protobuf's own library writes, whichever byte
// is another: nothing else could have been meant by it.
func TestNothingIsOpenedThatProtobufWouldWriteOtherwise(t *testing.T) {
	t.Parallel()
	s := everything(t)
	require.True(t, canonical(s))
	_, err := s.OpenPayload()
	require.NoError(t, err)
	for _, part := range []*[]byte{&s.Proposal, &s.Payload} {
		whole := *part
		for at := range whole {
			for _, b := range []byte{0, 1, 2, 8, 0x7f, 0x80, 0xff, whole[at] + 1, whole[at] - 1, whole[at] ^ 0x80} {
				changed := slices.Clone(whole)
				changed[at] = b
				*part = changed
				holds(t, s)
				*part = slices.Insert(slices.Clone(whole), at, b)
				holds(t, s)
			}
			*part = slices.Delete(slices.Clone(whole), at, at+1)
			holds(t, s)
		}
		*part = whole
	}
}

func holds(t *testing.T, s *evidence.Statement) {
	t.Helper()
	_, err := s.OpenProposal()
	_, err2 := s.OpenPayload()
	if err == nil && err2 == nil && !canonical(s) {
		t.Fatalf("%x %x is opened and not canonical", s.Proposal, s.Payload)
	}
}

func FuzzNothingIsOpenedThatProtobufWouldWriteOtherwise(f *testing.F) {
	s := everything(f)
	f.Add(s.Proposal, s.Payload)
	f.Add([]byte{}, []byte{0x0a, 0x80, 0x00})
	f.Fuzz(func(t *testing.T, proposal, payload []byte) {
		holds(t, &evidence.Statement{Proposal: proposal, Payload: s.Payload})
		holds(t, &evidence.Statement{Proposal: s.Proposal, Payload: payload})
	})
}

func TestASummaryIsWhatAPeerMakes(t *testing.T) {
	t.Parallel()
	c, err := clienttest.Start()
	require.NoError(t, err)
	by, err := c.Peer("carrier")
	require.NoError(t, err)
	for _, n := range []int{51, 52, 101, 102, 103, 2600, 2601, 2652, 2653, 5300} {
		s, err := c.State(clienttest.Claim{
			Function: "thing:Look", Request: `{}`, Result: `{}`, Time: time.Unix(0, 0), By: []*clienttest.Identity{by},
			Results: memledger.Results{Ranges: []memledger.RangeRead{{Prefix: ledger.NewKey("thing"), Reads: reads(n)}}},
		})
		require.NoError(t, err)
		answer, err := s.OpenPayload()
		require.NoError(t, err)
		signed := answer.Ranges[0].Summary
		require.NotNil(t, signed)
		var entries []evidence.Entry
		for _, r := range reads(n) {
			entries = append(entries, evidence.Entry{Key: string(r.Key), Version: evidence.Version{Block: r.Version.Block, Transaction: r.Version.Tx}})
		}
		require.NoError(t, signed.Covers(entries), n)
		require.Error(t, signed.Covers(entries[1:]))
		require.Error(t, signed.Covers(entries[:n-1]))
		other := slices.Clone(entries)
		other[n/2].Version.Transaction++
		require.Error(t, signed.Covers(other))
		other = slices.Clone(entries)
		other[0], other[1] = other[1], other[0]
		require.Error(t, signed.Covers(other))
	}
}

// fabrics are summaries that Fabric's own code (core/ledger/kvledger/txmgmt/
// rwsetutil, RangeQueryResultsHelper) made of reads: level, number of hashes, and the
// SHA-256 of these.
var fabrics = map[int]struct {
	level, hashes int
	digest        string
}{
	51:   {1, 1, "a4007345f7fbe0bdbaf34600799203e7758d149ebb9ae96e807373c01ee7f5ca"},
	102:  {1, 2, "068a7f9886fc47ae49be92003e2200cd08a0b4c85b7cfb323dfc0c65165bbd42"},
	2601: {2, 1, "11819fb4ec5f00bc4671be447e76311485e7a43e625aa2caf18f42438731aebf"},
	2602: {2, 2, "fb267a91d40b3c871e957861c5fe97bc51811ebdf15adc6cbb662ec9799e047b"},
	2653: {2, 2, "4bfa9b1ab30037fff08e17f8c25e55e262fe21abd3809a5df2b57d132cdfae88"},
	5300: {2, 3, "399bb2f4bbdcfd106baa66516466fd79cda6b09c5b390dddda85ea53fe4ee25f"},
}

func TestASummaryIsWhatFabricMakes(t *testing.T) {
	t.Parallel()
	for n, want := range fabrics {
		var entries []evidence.Entry
		for _, r := range reads(n) {
			entries = append(entries, evidence.Entry{Key: string(r.Key), Version: evidence.Version{Block: r.Version.Block, Transaction: r.Version.Tx}})
		}
		made := evidence.Summarise(entries, 50)
		require.Equal(t, want.level, int(made.Level), n)
		require.Len(t, made.Hashes, want.hashes, n)
		digest := sha256.Sum256(bytes.Join(made.Hashes, nil))
		require.Equal(t, want.digest, hex.EncodeToString(digest[:]), n)
	}
}
