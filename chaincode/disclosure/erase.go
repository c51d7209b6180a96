package disclosure

import (
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// Erasure is the proof that what was delivered is gone: its hash was on record, and
// the ledger has it no more.
type Erasure struct {
	// V is the schema version.
	V int `json:"v"`
	// Early says that the disclosure had not ended when this was put on record, Holds
	// whose legal holds the record was under, by MSP id. Then the owner has erased it
	// against the rules, which altered chaincode can, unless a hold was placed since.
	Early bool     `json:"early,omitempty"`
	Holds []string `json:"holds,omitempty"`
	// Act is who put it on record.
	Act
}

func erasedKey(id string) ledger.Key { return ledger.NewKey("erased", id) }

// EraseResponse confirms that a purge was ordered.
type EraseResponse struct{}

// Erase purges what was delivered from owner and recipient: from queries at once,
// from storage after Fabric's purge interval. It is a transaction of its own, by an
// operator or admin of the owner, endorsed by the owner's peer, once the disclosure
// is revoked or has expired, or the record itself is no longer kept. [RecordErasure]
// follows. What was delivered must be on record before ([RecordDelivery]), where it
// was consented to: else nothing would say that it had been given.
//
// Refusals: fault.NotFound for the request, or when nothing is there;
// fault.NotParty for another organisation than the owner; fault.NotMember at
// another's peer; fault.Retained while the disclosure runs and under a legal hold on
// the record; fault.OutOfSequence when the delivery is not on record.
func Erase(tx *ledger.Tx, req RefRequest) (EraseResponse, error) {
	s, err := owned(tx, req.Request)
	if err != nil {
		return EraseResponse{}, err
	}
	hash, err := s.hash(tx)
	if err != nil {
		return EraseResponse{}, err
	}
	if hash == nil {
		return EraseResponse{}, fault.New(fault.NotFound, "there is nothing to erase: the ledger has no hash of a delivery").At("/request")
	}
	if err := s.erasable(tx); err != nil {
		return EraseResponse{}, err
	}
	return EraseResponse{}, tx.Purge(s.collection(), deliveryKey(s.ID))
}

func (s *Status) erasable(tx *ledger.Tx) error {
	early, holders, err := s.against(tx)
	switch {
	case err != nil:
		return err
	case early:
		return fault.New(fault.Retained, "the disclosure runs until %s: revoke it first", s.Until.Format(time.RFC3339)).With("state", string(s.State))
	case len(holders) > 0:
		return fault.New(fault.Retained, "the record is under a legal hold of %s", strings.Join(holders, ", ")).
			With("holds", strings.Join(holders, ","))
	case s.Delivery == nil && s.consented():
		return fault.New(fault.OutOfSequence, "record the delivery first: what was given must be on record")
	}
	return nil
}

// against says what stands against erasing: that the disclosure has not ended, and
// whose legal holds.
func (s *Status) against(tx *ledger.Tx) (early bool, holders []string, err error) {
	record, err := confidential.Load(tx, s.Record)
	if err != nil {
		return false, nil, err
	}
	if record == nil { // what has been published stays
		return false, nil, fault.New(fault.Internal, "the record of %s is not on the ledger", s.ID)
	}
	if early, err = s.early(tx, record); err != nil {
		return false, nil, err
	}
	holds, err := confidential.Holds(tx, &record.Manifest)
	for _, hold := range holds {
		holders = append(holders, hold.MSP)
	}
	return early, holders, err
}

// early reports whether there is a reason to keep what was delivered.
func (s *Status) early(tx *ledger.Tx, record *confidential.Published) (bool, error) {
	if record.Purged != nil || s.State != Approved && s.State != Delivered && s.State != Requested {
		return false, nil
	}
	return record.Kept(tx)
}

// RecordErasure puts on record that what was delivered is gone. The proof is the
// ledger's own, so an operator or admin of any organisation that writes may. It says
// what stood against it.
//
// Refusals: fault.NotFound for the request, or when no delivery is on record;
// fault.OutOfSequence while the ledger has its hash; fault.AlreadyRecorded.
func RecordErasure(tx *ledger.Tx, req RefRequest) (Erasure, error) {
	if _, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin); err != nil {
		return Erasure{}, err
	}
	s, err := loadStatus(tx, req.Request)
	if err != nil {
		return Erasure{}, err
	}
	switch {
	case s.Erasure != nil:
		return Erasure{}, fault.New(fault.AlreadyRecorded, "the erasure is on record").With("transaction", s.Erasure.Transaction)
	case s.Delivery == nil:
		return Erasure{}, fault.New(fault.NotFound, "no delivery is on record").At("/request")
	}
	hash, err := s.hash(tx)
	if err != nil {
		return Erasure{}, err
	}
	if hash != nil {
		return Erasure{}, fault.New(fault.OutOfSequence, "erase it first: the ledger has the hash of what was delivered")
	}
	early, holders, err := s.against(tx)
	if err != nil {
		return Erasure{}, err
	}
	erasure := Erasure{V: Version, Early: early, Holds: holders, Act: acted(tx)}
	return erasure, ledger.Store(tx, erasedKey(s.ID), erasure)
}
