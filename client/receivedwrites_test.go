package client_test

import (
	"crypto/sha256"
	"math/rand/v2"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client"
)

// privateTx is a transaction of a block that a test makes, and what the peer has of
// its private writes.
type privateTx struct {
	id         string
	code       peer.TxValidationCode
	chaincode  string // of the write set
	collection string
	writes     []*kvrwset.KVWrite // as the chaincode made them
	purges     []string
	event      *peer.ChaincodeEvent
	has        []*kvrwset.KVWrite // what the peer has; nil: what was written
	lost       bool               // the peer has nothing
	config     bool
	reads      []*kvrwset.KVRead  // of public state
	public     []*kvrwset.KVWrite // to public state
}

func sha(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

func bytesOf(t testing.TB, m proto.Message) []byte {
	text, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	require.NoError(t, err)
	return text
}

func write(key, value string) *kvrwset.KVWrite {
	return &kvrwset.KVWrite{Key: key, Value: []byte(value)}
}

// hashed is what goes onto the ledger of the private writes.
func (x privateTx) hashed() *kvrwset.HashedRWSet {
	set := &kvrwset.HashedRWSet{}
	for _, w := range x.writes {
		h := &kvrwset.KVWriteHash{KeyHash: sha(w.GetKey()), IsDelete: w.GetIsDelete()}
		if !w.GetIsDelete() {
			h.ValueHash = sha(string(w.GetValue()))
		}
		set.HashedWrites = append(set.HashedWrites, h)
	}
	for _, key := range x.purges {
		set.HashedWrites = append(set.HashedWrites, &kvrwset.KVWriteHash{KeyHash: sha(key), IsDelete: true, IsPurge: true})
	}
	return set
}

func (x privateTx) envelope(t testing.TB) []byte {
	kind := common.HeaderType_ENDORSER_TRANSACTION
	if x.config {
		kind = common.HeaderType_CONFIG
	}
	var event []byte
	if x.event != nil {
		event = bytesOf(t, x.event)
	}
	results := bytesOf(t, &rwset.TxReadWriteSet{NsRwset: []*rwset.NsReadWriteSet{{
		Namespace: x.chaincode, Rwset: bytesOf(t, &kvrwset.KVRWSet{Reads: x.reads, Writes: x.public}),
		CollectionHashedRwset: []*rwset.CollectionHashedReadWriteSet{{
			CollectionName: x.collection, HashedRwset: bytesOf(t, x.hashed()),
		}},
	}}})
	response := bytesOf(t, &peer.ProposalResponsePayload{Extension: bytesOf(t, &peer.ChaincodeAction{Results: results, Events: event})})
	action := bytesOf(t, &peer.ChaincodeActionPayload{Action: &peer.ChaincodeEndorsedAction{ProposalResponsePayload: response}})
	payload := bytesOf(t, &common.Payload{
		Header: &common.Header{ChannelHeader: bytesOf(t, &common.ChannelHeader{Type: int32(kind), TxId: x.id})},
		Data:   bytesOf(t, &peer.Transaction{Actions: []*peer.TransactionAction{{Payload: action}}}),
	})
	return bytesOf(t, &common.Envelope{Payload: payload})
}

func (x privateTx) private(t testing.TB) *rwset.TxPvtReadWriteSet {
	has := x.has
	if has == nil {
		has = x.writes
		for _, key := range x.purges {
			has = append(has, &kvrwset.KVWrite{Key: key, IsDelete: true})
		}
	}
	return &rwset.TxPvtReadWriteSet{NsPvtRwset: []*rwset.NsPvtReadWriteSet{{
		Namespace: x.chaincode,
		CollectionPvtRwset: []*rwset.CollectionPvtReadWriteSet{{
			CollectionName: x.collection, Rwset: bytesOf(t, &kvrwset.KVRWSet{Writes: has}),
		}},
	}}}
}

// blockOf makes a block as a peer gives it to an organisation with private data.
func blockOf(t testing.TB, number uint64, transactions ...privateTx) *peer.BlockAndPrivateData {
	block := &common.Block{Header: &common.BlockHeader{Number: number}, Data: &common.BlockData{}, Metadata: &common.BlockMetadata{}}
	given := &peer.BlockAndPrivateData{Block: block, PrivateDataMap: map[uint64]*rwset.TxPvtReadWriteSet{}}
	var codes []byte
	for i, x := range transactions {
		block.Data.Data = append(block.Data.Data, x.envelope(t))
		codes = append(codes, byte(x.code))
		if !x.lost {
			given.PrivateDataMap[uint64(i)] = x.private(t)
		}
	}
	block.Metadata.Metadata = make([][]byte, len(common.BlockMetadataIndex_name))
	block.Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER] = codes
	return given
}

const ours, theirs = "countersign", "another"

func TestOnlyValidTransactionsAndHashedWritesAreRead(t *testing.T) {
	valid := privateTx{id: "valid", chaincode: ours, collection: "c", writes: []*kvrwset.KVWrite{write("k", "v")}}
	invalid := valid
	invalid.id, invalid.code = "invalid", peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE
	unjudged := valid
	unjudged.id, unjudged.code = "unjudged", peer.TxValidationCode_NOT_VALIDATED
	foreign := valid
	foreign.id, foreign.chaincode = "foreign", theirs
	config := valid
	config.id, config.config = "config", true
	smuggled := valid
	smuggled.id, smuggled.has = "smuggled", []*kvrwset.KVWrite{write("k", "v"), write("other", "never endorsed")}

	got, err := client.PrivateWrites(blockOf(t, 7, invalid, unjudged, foreign, config, valid, smuggled), ours)
	require.NoError(t, err)
	want := client.PrivateWrite{
		Block: 7, Transaction: "valid", Collection: "c", KeyHash: sha("k"), Hash: sha("v"), Key: "k", Value: []byte("v"),
	}
	second := want
	second.Transaction = "smuggled"
	require.Equal(t, []client.PrivateWrite{want, second}, got)
}

func TestAPrivateValueIsBelievedOnlyWithTheHashOnTheLedger(t *testing.T) {
	of := privateTx{id: "tx", chaincode: ours, collection: "c", writes: []*kvrwset.KVWrite{write("k", "v")}}
	read := func(change func(*privateTx)) client.PrivateWrite {
		x := of
		change(&x)
		got, err := client.PrivateWrites(blockOf(t, 1, x), ours)
		require.NoError(t, err)
		require.Len(t, got, 1)
		require.Equal(t, sha("k"), got[0].KeyHash)
		return got[0]
	}
	here := read(func(*privateTx) {})
	require.Equal(t, "v", string(here.Value))
	require.False(t, here.Missing || here.Altered || here.Deleted || here.Purged)

	for name, change := range map[string]func(*privateTx){
		"nothing of the transaction": func(x *privateTx) { x.lost = true },
		"nothing of the key":         func(x *privateTx) { x.has = []*kvrwset.KVWrite{} },
		"another key":                func(x *privateTx) { x.has = []*kvrwset.KVWrite{write("k2", "v")} },
		"a deletion":                 func(x *privateTx) { x.has = []*kvrwset.KVWrite{{Key: "k", IsDelete: true}} },
	} {
		got := read(change)
		require.True(t, got.Missing && !got.Altered, name)
		require.Nil(t, got.Value, name)
		require.Equal(t, sha("v"), got.Hash, name)
	}
	altered := read(func(x *privateTx) { x.has = []*kvrwset.KVWrite{write("k", "w")} })
	require.True(t, altered.Altered && !altered.Missing)
	require.Nil(t, altered.Value)

	purged := read(func(x *privateTx) { x.writes, x.purges = nil, []string{"k"} })
	require.True(t, purged.Purged && purged.Deleted && !purged.Missing)
	require.Equal(t, "k", purged.Key)
	unseen := read(func(x *privateTx) { x.writes, x.purges, x.lost = nil, []string{"k"}, true })
	require.True(t, unseen.Purged && !unseen.Missing)
	require.Empty(t, unseen.Key)
	deleted := read(func(x *privateTx) { x.writes = []*kvrwset.KVWrite{{Key: "k", IsDelete: true}} })
	require.True(t, deleted.Deleted && !deleted.Purged && !deleted.Missing)
	empty := read(func(x *privateTx) { x.writes = []*kvrwset.KVWrite{write("k", "")} })
	require.True(t, empty.Deleted, "an empty value is a deletion to Fabric")
}

// A transaction that writes to a collection only is checked against the collection's
// policy, and its event against none: one organisation can put anything into it.
func TestAForgedChaincodeEventChangesNothing(t *testing.T) {
	honest := privateTx{id: "tx", chaincode: ours, collection: "c", writes: []*kvrwset.KVWrite{write("k", "v")}}
	want, err := client.PrivateWrites(blockOf(t, 3, honest), ours)
	require.NoError(t, err)
	require.Len(t, want, 1)
	// The event claims a delivery of its own, in the very form of a write set.
	lie := honest
	lie.collection, lie.writes = "disclosure-ManufacturerMSP-RegulatorMSP", []*kvrwset.KVWrite{write("\x00delivery\x00X/1\x00", `{"v":1}`)}
	for _, payload := range [][]byte{bytesOf(t, lie.private(t)), bytesOf(t, lie.hashed()), lie.envelope(t), []byte(`{"deliveries":[{"request":"X/1"}]}`)} {
		forged := honest
		forged.event = &peer.ChaincodeEvent{ChaincodeId: ours, TxId: "tx", EventName: "countersign.v1", Payload: payload}
		got, err := client.PrivateWrites(blockOf(t, 3, forged), ours)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestABlockThatDoesNotSayWhatIsValidIsRefused(t *testing.T) {
	valid := privateTx{id: "tx", chaincode: ours, collection: "c", writes: []*kvrwset.KVWrite{write("k", "v")}}
	for name, change := range map[string]func(*common.Block){
		"no metadata": func(b *common.Block) { b.Metadata = nil },
		"no codes":    func(b *common.Block) { b.Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER] = nil },
		"too many codes": func(b *common.Block) {
			b.Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER] = make([]byte, 2)
		},
		"no transaction":   func(b *common.Block) { b.Data.Data = nil },
		"broken envelope":  func(b *common.Block) { b.Data.Data[0] = []byte("\xff") },
		"envelope cut off": func(b *common.Block) { b.Data.Data[0] = b.Data.Data[0][:len(b.Data.Data[0])-3] },
	} {
		block := blockOf(t, 5, valid)
		change(block.Block)
		_, err := client.PrivateWrites(block, ours)
		require.ErrorContains(t, err, "block 5", name)
	}
	got, err := client.PrivateWrites(blockOf(t, 5), ours)
	require.NoError(t, err)
	require.Empty(t, got)
}

func FuzzABlockIsReadWithoutPanic(f *testing.F) {
	of := privateTx{id: "tx", chaincode: ours, collection: "c", writes: []*kvrwset.KVWrite{write("k", "v")}, purges: []string{"p"}}
	f.Add(bytesOf(f, blockOf(f, 1, of)))
	f.Fuzz(func(t *testing.T, text []byte) {
		var block peer.BlockAndPrivateData
		if proto.Unmarshal(text, &block) != nil {
			return
		}
		writes, err := client.PrivateWrites(&block, ours)
		if err != nil {
			return
		}
		for _, w := range writes {
			if w.Value != nil && string(sha(string(w.Value))) != string(w.Hash) || w.Key != "" && string(sha(w.Key)) != string(w.KeyHash) {
				t.Fatal("a value or key without its hash")
			}
		}
	})
}

// Whatever a peer has in its store, nothing but what is hashed on the ledger comes
// out.
func TestWhateverAPeerHasOnlyHashedValuesComeOut(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	of := privateTx{id: "tx", chaincode: ours, collection: "c", writes: []*kvrwset.KVWrite{write("k", "v"), write("l", "w")}}
	text := bytesOf(t, of.private(t))
	for range 2000 {
		changed := append([]byte(nil), text...)
		for range 1 + random.IntN(3) {
			changed[random.IntN(len(changed))] ^= byte(1 << random.IntN(8))
		}
		block := blockOf(t, 1, of)
		var set rwset.TxPvtReadWriteSet
		if proto.Unmarshal(changed, &set) != nil {
			continue
		}
		block.PrivateDataMap[0] = &set
		got, err := client.PrivateWrites(block, ours)
		require.NoError(t, err)
		require.Len(t, got, 2)
		for _, w := range got {
			require.True(t, w.Missing || w.Altered || string(sha(string(w.Value))) == string(w.Hash))
		}
	}
}
