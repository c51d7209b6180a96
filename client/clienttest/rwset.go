package clienttest

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
)

// definitions is the namespace of the chaincodes' definitions.
const definitions = "_lifecycle"

// definitionRead is what a peer reads before it runs a chaincode.
func definitionRead(chaincode string) memledger.Results {
	key := ledger.Key("namespaces/fields/" + chaincode + "/Sequence")
	return memledger.Results{Reads: []memledger.Read{{Key: key, Version: &memledger.Version{Block: 1}}}}
}

// readWriteSet writes what was read and written in each namespace as a peer
// does, in order; of private data only hashes.
func readWriteSet(namespaces map[string]memledger.Results) ([]byte, error) {
	var sets []*rwset.NsReadWriteSet
	for name, results := range namespaces {
		public, err := proto.Marshal(publicSet(results))
		if err != nil {
			return nil, fmt.Errorf("clienttest: write a read-write set: %w", err)
		}
		collections, err := collectionSets(results)
		if err != nil {
			return nil, err
		}
		sets = append(sets, &rwset.NsReadWriteSet{Namespace: name, Rwset: public, CollectionHashedRwset: collections})
	}
	slices.SortFunc(sets, func(a, b *rwset.NsReadWriteSet) int { return cmp.Compare(a.GetNamespace(), b.GetNamespace()) })
	return proto.Marshal(&rwset.TxReadWriteSet{DataModel: rwset.TxReadWriteSet_KV, NsRwset: sets})
}

func publicSet(results memledger.Results) *kvrwset.KVRWSet {
	set := &kvrwset.KVRWSet{Reads: reads(results.Reads), RangeQueriesInfo: rangeQueries(results.Ranges)}
	for _, w := range results.Writes {
		set.Writes = append(set.Writes, &kvrwset.KVWrite{Key: string(w.Key), Value: w.Value, IsDelete: w.Value == nil})
	}
	return set
}

func reads(list []memledger.Read) []*kvrwset.KVRead {
	var set []*kvrwset.KVRead
	for _, r := range list {
		set = append(set, &kvrwset.KVRead{Key: string(r.Key), Version: version(r.Version)})
	}
	return set
}

func version(v *memledger.Version) *kvrwset.Version {
	if v == nil {
		return nil
	}
	return &kvrwset.Version{BlockNum: v.Block, TxNum: v.Tx}
}

func collectionSets(results memledger.Results) ([]*rwset.CollectionHashedReadWriteSet, error) {
	hashed := map[string]*kvrwset.HashedRWSet{}
	written := map[string][]byte{}
	of := func(collection string) *kvrwset.HashedRWSet {
		if hashed[collection] == nil {
			hashed[collection] = &kvrwset.HashedRWSet{}
		}
		return hashed[collection]
	}
	for _, r := range results.Hashes {
		of(r.Collection).HashedReads = append(of(r.Collection).HashedReads, &kvrwset.KVReadHash{KeyHash: keyHash(r.Key), Version: version(r.Version)})
	}
	for _, w := range results.Private {
		write := &kvrwset.KVWriteHash{KeyHash: keyHash(w.Key), IsPurge: w.Purge, IsDelete: w.Purge || w.Value == nil}
		if !write.GetIsDelete() {
			sum := sha256.Sum256(w.Value)
			write.ValueHash = sum[:]
		}
		of(w.Collection).HashedWrites = append(of(w.Collection).HashedWrites, write)
		written[w.Collection] = append(written[w.Collection], w.Value...)
	}
	var sets []*rwset.CollectionHashedReadWriteSet
	for name, set := range hashed {
		text, err := proto.Marshal(set)
		if err != nil {
			return nil, fmt.Errorf("clienttest: write a read-write set: %w", err)
		}
		entry := &rwset.CollectionHashedReadWriteSet{CollectionName: name, HashedRwset: text}
		if value, ok := written[name]; ok {
			sum := sha256.Sum256(value)
			entry.PvtRwsetHash = sum[:]
		}
		sets = append(sets, entry)
	}
	slices.SortFunc(sets, func(a, b *rwset.CollectionHashedReadWriteSet) int {
		return cmp.Compare(a.GetCollectionName(), b.GetCollectionName())
	})
	return sets, nil
}

func keyHash(key ledger.Key) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}
