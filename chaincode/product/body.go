package product

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// LoadBody returns an event as its recorder sent it, EPCIS 2.0 JSON-LD. The event
// is on record: without a body it fails with fault.Internal.
func LoadBody(tx *ledger.Tx, ref Ref) ([]byte, error) {
	body, err := tx.Get(ref.bodyKey())
	if err == nil && body == nil {
		err = fault.New(fault.Internal, "the ledger lacks the body of event %s", ref.Hash)
	}
	return body, err
}
