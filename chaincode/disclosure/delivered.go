package disclosure

import (
	"encoding/hex"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// Delivery says that fields were delivered.
type Delivery struct {
	// V is the schema version.
	V int `json:"v"`
	// Hash is the SHA-256 of what stands in the collection, hexadecimal.
	Hash string `json:"hash"`
	// Act is who put it on record.
	Act
}

func deliveredKey(id string) ledger.Key { return ledger.NewKey("delivered", id) }

// delivered reports whether something has been delivered, recorded or not: a
// delivery counts from the moment that the ledger has its hash.
func (d Disclosure) delivered(tx *ledger.Tx) (bool, error) {
	hash, err := d.hash(tx)
	if err != nil || hash != nil {
		return hash != nil, err
	}
	_, found, err := ledger.Load[Delivery](tx, deliveredKey(d.ID))
	return found, err
}

// RecordDelivery puts on record that a delivery was made, with the hash that the
// ledger has of it. The ledger's hash is what proves it, so an operator or admin of
// any organisation that writes may, not the owner alone: what was given does not stay
// off the record because the owner does not go on. It counts, too, when the
// disclosure was revoked or has expired between: it was given.
//
// Refusals: fault.NotFound for the request, or when the collection has no delivery;
// fault.NotConsented when not all have consented; fault.AlreadyRecorded.
func RecordDelivery(tx *ledger.Tx, req RefRequest) (Delivery, error) {
	if _, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin); err != nil {
		return Delivery{}, err
	}
	s, err := loadStatus(tx, req.Request)
	if err != nil {
		return Delivery{}, err
	}
	switch {
	case s.Delivery != nil:
		return Delivery{}, fault.New(fault.AlreadyRecorded, "the delivery is on record").With("transaction", s.Delivery.Transaction)
	case !s.consented():
		return Delivery{}, s.unconsented()
	}
	hash, err := s.hash(tx)
	if err != nil {
		return Delivery{}, err
	}
	if hash == nil {
		return Delivery{}, fault.New(fault.NotFound, "nothing has been delivered: the ledger has no hash of it").At("/request")
	}
	delivery := Delivery{V: Version, Hash: hex.EncodeToString(hash), Act: acted(tx)}
	return delivery, ledger.Store(tx, deliveredKey(s.ID), delivery)
}
