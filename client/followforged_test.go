package client_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/asn1"
	"io"
	"math/big"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/client"
)

// made is a peer that has blocks which a test made.
type made struct {
	grpc.ClientConnInterface
	blocks []*common.Block
}

// madeOf makes blocks that follow one another.
func madeOf(t *testing.T, blocks ...[]privateTx) *made {
	t.Helper()
	m := &made{}
	var previous []byte
	for number, transactions := range blocks {
		block := blockOf(t, uint64(number), transactions...).GetBlock()
		data := sha256.Sum256(bytes.Join(block.GetData().GetData(), nil))
		block.Header.DataHash, block.Header.PreviousHash = data[:], previous
		header, err := asn1.Marshal(struct {
			Number         *big.Int
			Previous, Data []byte
		}{big.NewInt(int64(number)), previous, data[:]})
		require.NoError(t, err)
		sum := sha256.Sum256(header)
		previous = sum[:]
		m.blocks = append(m.blocks, block)
	}
	return m
}

func (m *made) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return &madeStream{made: m}, nil
}

type madeStream struct {
	*made
	next, last uint64
}

func (s *madeStream) Header() (metadata.MD, error) { return metadata.MD{}, nil }
func (s *madeStream) Trailer() metadata.MD         { return nil }
func (s *madeStream) CloseSend() error             { return nil }
func (s *madeStream) Context() context.Context     { return context.Background() }

func (s *madeStream) SendMsg(message any) error {
	var payload common.Payload
	var seek orderer.SeekInfo
	if err := proto.Unmarshal(message.(*common.Envelope).GetPayload(), &payload); err != nil {
		return err
	}
	if err := proto.Unmarshal(payload.GetData(), &seek); err != nil {
		return err
	}
	newest := uint64(len(s.blocks) - 1)
	s.next, s.last = newest, newest
	if at := seek.GetStart().GetSpecified(); at != nil {
		s.next, s.last = at.GetNumber(), min(newest, seek.GetStop().GetSpecified().GetNumber())
	}
	return nil
}

func (s *madeStream) RecvMsg(message any) error {
	if s.next > s.last {
		return io.EOF
	}
	into, block := message.(*peer.DeliverResponse), s.blocks[s.next]
	s.next++
	into.Type = &peer.DeliverResponse_Block{Block: block}
	return nil
}

func (m *made) follow(t *testing.T) (items []client.Item, ended error) {
	t.Helper()
	c := founded(t)
	var err error
	m.ClientConnInterface, err = c.Connection("retailer") // for anything else
	require.NoError(t, err)
	follower := c.Client(t, "retailer", "operator", client.WithClientConnection(m))
	for item, err := range follower.Follow(client.UntilBlock(uint64(len(m.blocks) - 1))).Items(t.Context()) {
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
	return items, nil
}

// recall is the write of a recall as a chaincode stores it.
func recallWrite(id, version string) *kvrwset.KVWrite {
	return write(string(ledger.NewKey("recall", "ManufacturerMSP", id)), `{"v":`+version+`,"by":"ManufacturerMSP","id":"`+id+`"}`)
}

func recalling(id string) privateTx {
	return privateTx{id: "tx-" + id, chaincode: "countersign", public: []*kvrwset.KVWrite{recallWrite(id, "2")}}
}

func TestOnlyWhatValidTransactionsWroteIsFollowed(t *testing.T) {
	lost, elsewhere, config, again := recalling("lost"), recalling("elsewhere"), recalling("config"), recalling("again")
	lost.code = peer.TxValidationCode_MVCC_READ_CONFLICT
	elsewhere.chaincode = "another"
	config.config = true
	again.id = "tx-first"
	claimed := privateTx{id: "tx-claimed", chaincode: "countersign", collection: "disclosure-ManufacturerMSP-RetailerMSP", event: &peer.ChaincodeEvent{
		ChaincodeId: "countersign", EventName: "captured", Payload: recallWrite("claimed", "2").GetValue(),
	}}
	deleted := privateTx{id: "tx-deleted", chaincode: "countersign", public: []*kvrwset.KVWrite{
		{Key: string(ledger.NewKey("recall", "ManufacturerMSP", "deleted")), IsDelete: true},
	}}
	private := privateTx{id: "tx-private", chaincode: "countersign", collection: "c", writes: []*kvrwset.KVWrite{recallWrite("private", "2")}}
	items, err := madeOf(t, []privateTx{config}, nil, []privateTx{lost, recalling("first"), again, elsewhere, claimed, deleted, private}, []privateTx{recalling("last")}).follow(t)
	require.NoError(t, err)
	require.Equal(t, []string{"recall 2/1/0 tx-first", "recall 3/0/0 tx-last"}, places(items))
}

func TestARecordOfALaterVersionEndsTheStreamThere(t *testing.T) {
	later := privateTx{id: "tx-later", chaincode: "countersign", public: []*kvrwset.KVWrite{recallWrite("later", "99")}}
	items, err := madeOf(t, []privateTx{recalling("first")}, []privateTx{recalling("second"), later, recalling("last")}).follow(t)
	require.Equal(t, []string{"recall 0/0/0 tx-first", "recall 1/0/0 tx-second"}, places(items))
	var record *client.RecordError
	require.ErrorAs(t, err, &record)
	require.ErrorIs(t, err, fault.Unsupported)
	require.EqualValues(t, 1, record.Block)
	require.Equal(t, "tx-later", record.Transaction)
	var ended *client.StreamError
	require.ErrorAs(t, err, &ended)
	require.Equal(t, items[1].Checkpoint, ended.Checkpoint, "a newer client goes on behind what was read")
}

func TestABlockThatIsNoneEndsTheStream(t *testing.T) {
	for name, spoil := range map[string]func(*common.Block){
		"no word on validity":  func(b *common.Block) { b.Metadata = nil },
		"no transaction":       func(b *common.Block) { b.Data.Data[0] = []byte("none") },
		"another transaction":  func(b *common.Block) { b.Data.Data[0] = append(b.GetData().GetData()[0], 0) },
		"one transaction more": func(b *common.Block) { b.Data.Data = append(b.GetData().GetData(), b.GetData().GetData()[0]) },
		"one transaction less": func(b *common.Block) { b.Data.Data = nil },
		"more words on validity": func(b *common.Block) {
			b.Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER] = []byte{0, 0}
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := madeOf(t, []privateTx{recalling("first")}, []privateTx{recalling("second")})
			spoil(m.blocks[1])
			if name == "no transaction" { // with a header that says so
				sum := sha256.Sum256([]byte("none"))
				m.blocks[1].Header.DataHash = sum[:]
			}
			items, err := m.follow(t)
			require.Len(t, items, 1)
			var corrupt *client.CorruptBlockError
			require.ErrorAs(t, err, &corrupt)
			require.EqualValues(t, 1, corrupt.Header.Number)
		})
	}
}
