package client

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
)

// PrivateWrite is a write to a private data collection by a valid transaction: its
// hashes, which are on the ledger, and what the peer has of it beside them.
type PrivateWrite struct {
	// Block and Transaction are where it is on the ledger.
	Block       uint64
	Transaction string
	Collection  string
	// KeyHash and Hash are the SHA-256 of key and value; no Hash when it was deleted.
	KeyHash []byte
	Hash    []byte
	// Key and Value are what the peer has, and only what has these hashes; no Key when
	// it has nothing, as of a purge and of all that was purged.
	Key   string
	Value []byte
	// Missing tells that the peer does not have the value: it has not arrived yet, or
	// it was purged since, or has expired. Altered tells that it has one with another
	// hash.
	Missing, Altered bool
	// Deleted tells that the key was removed, Purged that it was removed for good, with
	// the values that it ever had.
	Deleted, Purged bool
}

// PrivateWrites returns what the valid transactions of a block wrote to a
// chaincode's private data collections, in the order in which they are on the ledger:
// each write that the hashed write sets have, and no other.
//
// Only write sets are read, which endorsers signed and peers validated under the
// collection's policy. Chaincode events are not: those of a transaction that writes
// to a collection only are checked against the collection's policy, so that one
// organisation can forge them.
//
// Which transactions are valid is the peer's word. An error says that a block is not
// in the form of Fabric's blocks.
func PrivateWrites(block *peer.BlockAndPrivateData, chaincode string) ([]PrivateWrite, error) {
	number := block.GetBlock().GetHeader().GetNumber()
	envelopes := block.GetBlock().GetData().GetData()
	codes, err := validation(block.GetBlock())
	if err != nil {
		return nil, fmt.Errorf("client: block %d: %w", number, err)
	}
	var found []PrivateWrite
	for i, envelope := range envelopes {
		if peer.TxValidationCode(codes[i]) != peer.TxValidationCode_VALID {
			continue
		}
		private := privateValues(block.GetPrivateDataMap()[uint64(i)], chaincode)
		writes, err := transactionWrites(envelope, chaincode, private)
		if err != nil {
			return nil, fmt.Errorf("client: block %d, transaction %d: %w", number, i, err)
		}
		for _, w := range writes {
			w.Block = number
			found = append(found, w)
		}
	}
	return found, nil
}

// validation returns the peer's validation code of each transaction.
func validation(block *common.Block) ([]byte, error) {
	metadata := block.GetMetadata().GetMetadata()
	if len(metadata) <= int(common.BlockMetadataIndex_TRANSACTIONS_FILTER) {
		return nil, errors.New("it does not say which transactions are valid")
	}
	codes := metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER]
	if len(codes) != len(block.GetData().GetData()) {
		return nil, fmt.Errorf("it says of %d transactions whether they are valid, and has %d", len(codes), len(block.GetData().GetData()))
	}
	return codes, nil
}

// privateKey names a private value by the hash of its key.
type privateKey struct{ collection, keyHash string }

// privateValues are the private writes that the peer has of a transaction. What
// cannot be read is as good as missing: nothing is believed without its hash.
func privateValues(set *rwset.TxPvtReadWriteSet, chaincode string) map[privateKey]*kvrwset.KVWrite {
	values := map[privateKey]*kvrwset.KVWrite{}
	for _, namespace := range set.GetNsPvtRwset() {
		if namespace.GetNamespace() != chaincode {
			continue
		}
		for _, collection := range namespace.GetCollectionPvtRwset() {
			var kv kvrwset.KVRWSet
			if proto.Unmarshal(collection.GetRwset(), &kv) != nil {
				continue
			}
			for _, write := range kv.GetWrites() {
				hash := sha256.Sum256([]byte(write.GetKey()))
				values[privateKey{collection.GetCollectionName(), string(hash[:])}] = write
			}
		}
	}
	return values
}

// transactionWrites reads the hashed writes of a valid transaction; none of one that
// runs no chaincode.
func transactionWrites(text []byte, chaincode string, private map[privateKey]*kvrwset.KVWrite) ([]PrivateWrite, error) {
	id, sets, err := chaincodeSets(text, chaincode)
	if err != nil {
		return nil, err
	}
	var found []PrivateWrite
	for _, set := range sets {
		for _, collection := range set.GetCollectionHashedRwset() {
			writes, err := hashedWrites(collection, private)
			if err != nil {
				return nil, err
			}
			found = append(found, writes...)
		}
	}
	for i := range found {
		found[i].Transaction = id
	}
	return found, nil
}

// chaincodeSets returns the id of a transaction and its read-write sets of a
// chaincode; none of one that runs no chaincode.
func chaincodeSets(text []byte, chaincode string) (id string, sets []*rwset.NsReadWriteSet, err error) {
	var envelope common.Envelope
	var payload common.Payload
	var header common.ChannelHeader
	if err := errors.Join(proto.Unmarshal(text, &envelope), proto.Unmarshal(envelope.GetPayload(), &payload),
		proto.Unmarshal(payload.GetHeader().GetChannelHeader(), &header)); err != nil {
		return "", nil, err
	}
	if header.GetType() != int32(common.HeaderType_ENDORSER_TRANSACTION) {
		return header.GetTxId(), nil, nil
	}
	var transaction peer.Transaction
	if err := proto.Unmarshal(payload.GetData(), &transaction); err != nil {
		return "", nil, err
	}
	for _, action := range transaction.GetActions() {
		all, err := results(action)
		if err != nil {
			return "", nil, err
		}
		for _, set := range all {
			if set.GetNamespace() == chaincode {
				sets = append(sets, set)
			}
		}
	}
	return header.GetTxId(), sets, nil
}

// results are the read-write sets of an action, by namespace.
func results(of *peer.TransactionAction) ([]*rwset.NsReadWriteSet, error) {
	var payload peer.ChaincodeActionPayload
	if err := proto.Unmarshal(of.GetPayload(), &payload); err != nil {
		return nil, err
	}
	var response peer.ProposalResponsePayload
	if err := proto.Unmarshal(payload.GetAction().GetProposalResponsePayload(), &response); err != nil {
		return nil, err
	}
	var action peer.ChaincodeAction
	if err := proto.Unmarshal(response.GetExtension(), &action); err != nil {
		return nil, err
	}
	var sets rwset.TxReadWriteSet
	if err := proto.Unmarshal(action.GetResults(), &sets); err != nil {
		return nil, err
	}
	return sets.GetNsRwset(), nil
}

func hashedWrites(set *rwset.CollectionHashedReadWriteSet, private map[privateKey]*kvrwset.KVWrite) ([]PrivateWrite, error) {
	var hashed kvrwset.HashedRWSet
	if err := proto.Unmarshal(set.GetHashedRwset(), &hashed); err != nil {
		return nil, err
	}
	found := make([]PrivateWrite, 0, len(hashed.GetHashedWrites()))
	for _, on := range hashed.GetHashedWrites() {
		w := PrivateWrite{
			Collection: set.GetCollectionName(), KeyHash: on.GetKeyHash(), Hash: on.GetValueHash(),
			Deleted: on.GetIsPurge() || deletes(on), Purged: on.GetIsPurge(),
		}
		w.fill(private[privateKey{w.Collection, string(w.KeyHash)}])
		found = append(found, w)
	}
	return found, nil
}

// deletes tells a deletion as Fabric does, to which an empty value is one.
func deletes(on *kvrwset.KVWriteHash) bool {
	empty := sha256.Sum256(nil)
	return on.GetIsDelete() || len(on.GetValueHash()) == 0 || bytes.Equal(on.GetValueHash(), empty[:])
}

// fill adds what the peer has; nil when it has nothing.
func (w *PrivateWrite) fill(has *kvrwset.KVWrite) {
	if has != nil {
		w.Key = has.GetKey() // it was found by its hash
	}
	if w.Deleted {
		w.Hash = nil
		return
	}
	if has == nil || has.GetIsDelete() {
		w.Missing = true
		return
	}
	if hash := sha256.Sum256(has.GetValue()); !bytes.Equal(hash[:], w.Hash) {
		w.Altered = true
		return
	}
	w.Value = has.GetValue()
}
