package clienttest

import (
	"bytes"
	"cmp"
	"crypto/sha256"

	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
)

const (
	// lastRune ends the range of a composite key's extensions.
	lastRune = "\U0010FFFF"
	// maxDegree is how many reads, or hashes, a peer writes out before it sums
	// them up (maxDegreeQueryReadsHashing in Fabric's txmgr).
	maxDegree = 50
)

// rangeQueries writes range reads as a peer does: one that was made twice stands
// there once, reads of up to 50 keys are written out, and of more there is a Merkle
// summary.
func rangeQueries(ranges []memledger.RangeRead) []*kvrwset.RangeQueryInfo {
	type place struct {
		start, end string
		exhausted  bool
	}
	seen := map[place]bool{}
	var list []*kvrwset.RangeQueryInfo
	for _, r := range ranges {
		at := place{string(cmp.Or(r.Start, r.Prefix)), cmp.Or(string(r.Last), string(r.Prefix)+lastRune), r.Last == ""}
		if seen[at] {
			continue
		}
		seen[at] = true
		info := &kvrwset.RangeQueryInfo{StartKey: at.start, EndKey: at.end, ItrExhausted: at.exhausted}
		switch n := len(r.Reads); {
		case n > maxDegree:
			info.ReadsInfo = &kvrwset.RangeQueryInfo_ReadsMerkleHashes{ReadsMerkleHashes: summary(reads(r.Reads))}
		case n > 0:
			info.ReadsInfo = &kvrwset.RangeQueryInfo_RawReads{RawReads: &kvrwset.QueryReads{KvReads: reads(r.Reads)}}
		}
		list = append(list, info)
	}
	return list
}

// summary is what Fabric's RangeQueryResultsHelper makes of reads (core/ledger/
// kvledger/txmgmt/rwsetutil): every 51 reads are hashed together, every 51 hashes
// of a level likewise, until at most 50 are left; what is over at the end of a
// level goes up by itself.
func summary(all []*kvrwset.KVRead) *kvrwset.QueryReadsMerkleSummary {
	tree := &merkleTree{levels: map[uint32][][]byte{}, top: 1}
	for from := 0; from < len(all); from += maxDegree + 1 {
		text, err := proto.Marshal(&kvrwset.QueryReads{KvReads: all[from:min(from+maxDegree+1, len(all))]})
		if err != nil {
			return nil // keys are texts, so that they can be written
		}
		tree.add(text)
	}
	tree.finish()
	return &kvrwset.QueryReadsMerkleSummary{MaxDegree: maxDegree, MaxLevel: tree.top, MaxLevelHashes: tree.levels[tree.top]}
}

type merkleTree struct {
	levels map[uint32][][]byte
	top    uint32
}

func (t *merkleTree) add(text []byte) {
	hash := sha256.Sum256(text)
	t.levels[1] = append(t.levels[1], hash[:])
	for level := uint32(1); len(t.levels[level]) > maxDegree; level++ {
		t.raise(level)
	}
}

// raise puts the hash of a level into the next.
func (t *merkleTree) raise(level uint32) {
	hash := sha256.Sum256(bytes.Join(t.levels[level], nil))
	delete(t.levels, level)
	t.levels[level+1] = append(t.levels[level+1], hash[:])
	t.top = max(t.top, level+1)
}

func (t *merkleTree) finish() {
	for level := uint32(1); level < t.top; level++ {
		switch hashes := t.levels[level]; len(hashes) {
		case 0:
		case 1:
			delete(t.levels, level)
			t.levels[level+1] = append(t.levels[level+1], hashes[0])
		default:
			t.raise(level)
		}
	}
	if len(t.levels[t.top]) > maxDegree {
		t.raise(t.top)
	}
}
