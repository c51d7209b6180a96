package disclosure

import (
	"encoding/hex"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// ReceivedResponse is what was delivered.
type ReceivedResponse struct {
	Content
	// Owner delivered it, by MSP id.
	Owner string `json:"owner"`
	// Hash is the SHA-256 of the private value that the ledger has, hexadecimal: what
	// an acknowledgement names.
	Hash string `json:"hash"`
}

// Received returns what was delivered to its recipient, at the recipient's own peer,
// after comparing it with the commitments of the published record. The owner may ask,
// too, at its own. An organisation that only reads has no chaincode: its client reads
// the private data of blocks instead and compares with [Open].
//
// Refusals: fault.NotFound for the request or when nothing is there; fault.NotParty
// for other organisations; fault.NotMember at another's peer; fault.NotHere when the
// value has not reached this peer yet; fault.HashMismatch for a forged delivery,
// which [Acknowledge] disputes by the hash in the detail "hash".
func Received(tx *ledger.Tx, req RefRequest) (ReceivedResponse, error) {
	caller, err := participant.Require(tx)
	if err != nil {
		return ReceivedResponse{}, err
	}
	d, err := load(tx, req.Request)
	if err != nil {
		return ReceivedResponse{}, err
	}
	switch {
	case caller.MSP != d.Recipient && caller.MSP != d.Owner:
		return ReceivedResponse{}, fault.New(fault.NotParty, "what %s delivers to %s is theirs", d.Owner, d.Recipient)
	case tx.PeerMSP() != caller.MSP:
		return ReceivedResponse{}, fault.New(fault.NotMember, "private data is read at the caller's own peer, of %s; this is one of %s", caller.MSP, tx.PeerMSP())
	}
	value, err := tx.GetPrivate(d.collection(), deliveryKey(d.ID))
	if err != nil {
		return ReceivedResponse{}, err
	}
	if value == nil {
		return ReceivedResponse{}, fault.New(fault.NotFound, "nothing has been delivered, or it is erased").At("/request")
	}
	record, err := confidential.Load(tx, d.Record)
	if err != nil {
		return ReceivedResponse{}, err
	}
	if record == nil {
		return ReceivedResponse{}, fault.New(fault.NotFound, "the record is not published").At("/record")
	}
	onLedger, err := d.hash(tx)
	if err != nil {
		return ReceivedResponse{}, err
	}
	hash := hex.EncodeToString(onLedger)
	content, err := Open(d, hash, record.Manifest, value)
	if err != nil {
		return ReceivedResponse{}, fault.Of(err).With("hash", hash)
	}
	return ReceivedResponse{Content: content, Owner: d.Owner, Hash: hash}, nil
}
