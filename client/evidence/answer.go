package evidence

import (
	"encoding/json"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
)

// Answer is what a statement's endorsers answered, as they signed it.
type Answer struct {
	// ProposalHash is the hash of the proposal that they answered.
	ProposalHash []byte
	// Chaincode and Version name the definition that ran.
	Chaincode string
	Version   string
	// Status is 200 for success; Message explains another.
	Status  int32
	Message string
	// Result is the function's answer.
	Result json.RawMessage
	// Event tells that a chaincode event was set, which a query never does.
	Event bool
	// Reads are the point reads; Ranges the range reads.
	Reads  []Read
	Ranges []Range
	// Writes names every key written, which a query never does.
	Writes []string
}

// Read is a key that was read, in its chaincode's namespace.
type Read struct {
	Namespace string
	// Collection is empty for public state.
	Collection string
	// Key is the key in public state, the hash of the key in a collection.
	Key string
	// Version is where the value was committed; nil when there was none.
	Version *Version
}

// Version is a place on the ledger: a block, and a transaction in it.
type Version struct{ Block, Transaction uint64 }

// Range is a range of keys that was read.
type Range struct {
	Namespace  string
	Start, End string
	// Exhausted tells that the range was read to its end.
	Exhausted bool
}

// OpenPayload decodes what the endorsers signed. It fails with [FormatError]
// when any message in it is not in its canonical form.
func (s *Statement) OpenPayload() (*Answer, error) {
	var payload peer.ProposalResponsePayload
	if err := unmarshal("payload", s.Payload, &payload); err != nil {
		return nil, err
	}
	var action peer.ChaincodeAction
	if err := unmarshal("chaincode action", payload.GetExtension(), &action); err != nil {
		return nil, err
	}
	answer := &Answer{
		ProposalHash: payload.GetProposalHash(),
		Chaincode:    action.GetChaincodeId().GetName(),
		Version:      action.GetChaincodeId().GetVersion(),
		Status:       action.GetResponse().GetStatus(),
		Message:      action.GetResponse().GetMessage(),
		Result:       action.GetResponse().GetPayload(),
		Event:        len(action.GetEvents()) > 0,
	}
	var sets rwset.TxReadWriteSet
	if err := unmarshal("read-write set", action.GetResults(), &sets); err != nil {
		return nil, err
	}
	if sets.GetDataModel() != rwset.TxReadWriteSet_KV {
		return nil, malformed("the read-write set is of an unknown data model")
	}
	for _, set := range sets.GetNsRwset() {
		if err := answer.openPublic(set); err != nil {
			return nil, err
		}
		for _, c := range set.GetCollectionHashedRwset() {
			if err := answer.openCollection(set.GetNamespace(), c); err != nil {
				return nil, err
			}
		}
	}
	return answer, nil
}

func (a *Answer) openPublic(set *rwset.NsReadWriteSet) error {
	var kv kvrwset.KVRWSet
	if err := unmarshal("read-write set of "+set.GetNamespace(), set.GetRwset(), &kv); err != nil {
		return err
	}
	for _, r := range kv.GetReads() {
		a.Reads = append(a.Reads, Read{Namespace: set.GetNamespace(), Key: r.GetKey(), Version: version(r.GetVersion())})
	}
	for _, q := range kv.GetRangeQueriesInfo() {
		a.Ranges = append(a.Ranges, Range{
			Namespace: set.GetNamespace(), Start: q.GetStartKey(), End: q.GetEndKey(), Exhausted: q.GetItrExhausted(),
		})
	}
	for _, w := range kv.GetWrites() {
		a.wrote(set.GetNamespace(), "", w.GetKey())
	}
	for _, w := range kv.GetMetadataWrites() {
		a.wrote(set.GetNamespace(), "metadata", w.GetKey())
	}
	return nil
}

func (a *Answer) openCollection(namespace string, c *rwset.CollectionHashedReadWriteSet) error {
	var hashed kvrwset.HashedRWSet
	if err := unmarshal("hashed read-write set of "+c.GetCollectionName(), c.GetHashedRwset(), &hashed); err != nil {
		return err
	}
	for _, r := range hashed.GetHashedReads() {
		a.Reads = append(a.Reads, Read{
			Namespace: namespace, Collection: c.GetCollectionName(), Key: string(r.GetKeyHash()), Version: version(r.GetVersion()),
		})
	}
	for _, w := range hashed.GetHashedWrites() {
		a.wrote(namespace, c.GetCollectionName(), string(w.GetKeyHash()))
	}
	for _, w := range hashed.GetMetadataWrites() {
		a.wrote(namespace, c.GetCollectionName()+" metadata", string(w.GetKeyHash()))
	}
	if len(c.GetPvtRwsetHash()) > 0 {
		a.wrote(namespace, c.GetCollectionName(), "(private writes)")
	}
	return nil
}

func (a *Answer) wrote(parts ...string) { a.Writes = append(a.Writes, strings.Join(parts, "/")) }

func version(v *kvrwset.Version) *Version {
	if v == nil {
		return nil
	}
	return &Version{Block: v.GetBlockNum(), Transaction: v.GetTxNum()}
}
