package personal

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// Reader is [Proof.Signer] for what is carried: the signature is of a person of an
// organisation that only reads, and so cannot bring the statement to the ledger by
// itself. signed is the time in the statement.
//
// Refusals: those of [Proof.Signer]; fault.InvalidRequest for an organisation that
// writes, fault.TimeAhead for a time more than [Skew] ahead of the ledger's.
func (r Proof) Reader(tx *ledger.Tx, msp string, signed time.Time, message []byte, roles ...string) (Person, error) {
	organisation, err := participant.Load(tx, msp)
	switch {
	case err != nil:
		return Person{}, err
	case organisation == nil:
		return Person{}, fault.New(fault.NotParticipant, "%s, of which somebody signs, is not on record", msp).At("/statement/organisation")
	case !organisation.Reader:
		return Person{}, fault.New(fault.InvalidRequest, "%s writes to the ledger, and submits this by itself", msp).At("/statement/organisation")
	case signed.After(tx.Time().Add(Skew)):
		return Person{}, fault.New(fault.TimeAhead, "the statement is dated more than 15 minutes ahead").At("/statement/time")
	}
	return r.Signer(tx, msp, message, roles...)
}
