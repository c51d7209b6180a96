package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// publicSet is what a valid transaction read and wrote of a chaincode's public state.
type publicSet struct {
	id string
	// reads has of each key that was read where it had last been written; nil for a
	// key that did not exist.
	reads map[string]*kvrwset.Version
	// writes has the values; none of a key that was deleted.
	writes map[string][]byte
}

// publicSets returns what the transactions of a block did to a chaincode's public
// state, in the order of the block; nil in the place of one that is not valid.
func publicSets(block *common.Block, chaincode string) ([]*publicSet, error) {
	codes, err := validation(block)
	if err != nil {
		return nil, err
	}
	all := make([]*publicSet, len(codes))
	for i, envelope := range block.GetData().GetData() {
		if peer.TxValidationCode(codes[i]) != peer.TxValidationCode_VALID {
			continue
		}
		if all[i], err = publicSetOf(envelope, chaincode); err != nil {
			return nil, fmt.Errorf("transaction %d: %w", i, err)
		}
	}
	return all, nil
}

func publicSetOf(envelope []byte, chaincode string) (*publicSet, error) {
	id, sets, err := chaincodeSets(envelope, chaincode)
	if err != nil {
		return nil, err
	}
	done := &publicSet{id: id, reads: map[string]*kvrwset.Version{}, writes: map[string][]byte{}}
	for _, set := range sets {
		var kv kvrwset.KVRWSet
		if err := proto.Unmarshal(set.GetRwset(), &kv); err != nil {
			return nil, err
		}
		for _, read := range kv.GetReads() {
			done.reads[read.GetKey()] = read.GetVersion()
		}
		for _, write := range kv.GetWrites() {
			if !write.GetIsDelete() {
				done.writes[write.GetKey()] = write.GetValue()
			}
		}
	}
	return done, nil
}

// state is the public state that transactions were built on, from blocks alone.
//
// A transaction names the version of each key that it read: the block, and the place
// in it of the transaction that wrote the value. It is valid only if that was still
// the last when it committed; each peer has checked that, also of what one
// organisation endorsed alone. So what a delivery read of the request and of the votes
// is what stood there when it was delivered, and nobody has to be asked.
type state struct {
	peer      *deliverer
	chaincode string
	lately    map[uint64][]*publicSet // blocks that were read, by number
}

// maxLately bounds how many blocks are kept.
const maxLately = 32

func newState(peer *deliverer, chaincode string) *state {
	return &state{peer: peer, chaincode: chaincode, lately: map[uint64][]*publicSet{}}
}

// basis is what a transaction was built on.
type basis struct {
	*state
	transaction *publicSet
	block       uint64
}

// basisOf finds a valid transaction of a block by its id.
func (s *state) basisOf(block *common.Block, transaction string) (*basis, error) {
	sets, err := publicSets(block, s.chaincode)
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		if set != nil && set.id == transaction {
			return &basis{s, set, block.GetHeader().GetNumber()}, nil
		}
	}
	return nil, fmt.Errorf("client: block %d has no valid transaction %s", block.GetHeader().GetNumber(), transaction)
}

// stood returns the record that stood under a key when a transaction that had read it
// was committed; nil when there was none. It fails with fault.NotConsented when the
// transaction has not read the key, and with fault.NotHere when the peer does not have
// the block in which it was written.
func stood[T any](ctx context.Context, b *basis, key ledger.Key) (*T, error) {
	version, read := b.transaction.reads[string(key)]
	if !read {
		return nil, fault.New(fault.NotConsented, "it was delivered past the rules: the transaction has not looked at %s", key)
	}
	if version == nil {
		return nil, nil //nolint:nilnil // nothing stood there
	}
	value, err := b.written(ctx, key, version)
	if err != nil {
		return nil, err
	}
	record, err := ledger.Decode[T](key, value)
	return &record, err
}

// written returns what a transaction before wrote under a key.
func (b *basis) written(ctx context.Context, key ledger.Key, at *kvrwset.Version) ([]byte, error) {
	if at.GetBlockNum() < b.block { // no transaction reads what its own block writes
		sets, err := b.read(ctx, at.GetBlockNum())
		if err != nil {
			return nil, err
		}
		if at.GetTxNum() < uint64(len(sets)) && sets[at.GetTxNum()] != nil {
			if value := sets[at.GetTxNum()].writes[string(key)]; value != nil {
				return value, nil
			}
		}
	}
	return nil, fmt.Errorf("client: the peer's blocks contradict one another: transaction %d of block %d has not written %s", at.GetTxNum(), at.GetBlockNum(), key)
}

// read reads a block, or has it from before.
func (s *state) read(ctx context.Context, number uint64) ([]*publicSet, error) {
	if sets, known := s.lately[number]; known {
		return sets, nil
	}
	var sets []*publicSet
	for block, err := range s.peer.blocks(ctx, number, number) {
		if ended := (*BlocksError)(nil); errors.As(err, &ended) && ended.Status == notFound {
			return nil, fault.New(fault.NotHere, "this peer does not give out block %d, where the request, the record or a vote stands: %s", number, ended.Status)
		}
		if err == nil {
			sets, err = publicSets(block.GetBlock(), s.chaincode)
		}
		if err != nil {
			return nil, fmt.Errorf("client: read block %d: %w", number, err)
		}
	}
	if len(s.lately) >= maxLately {
		clear(s.lately)
	}
	s.lately[number] = sets
	return sets, nil
}
