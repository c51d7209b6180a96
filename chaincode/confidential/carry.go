package confidential

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
)

// HoldStatement is what a person of an organisation that only reads, such as a
// regulator, signs to hold a published record, or to hold it no longer.
type HoldStatement struct {
	// Organisation is the signer's, by MSP id.
	Organisation string `json:"organisation" jsonschema:"maxLength=128"`
	// Record is the record's id.
	Record string `json:"record" jsonschema:"maxLength=43"`
	// Reason is why, 1 to 500 bytes.
	Reason string `json:"reason" jsonschema:"maxLength=500"`
	// Reference is such as the number of a case, at most 100 bytes.
	Reference string `json:"reference,omitempty" jsonschema:"maxLength=100"`
	// Time is when it was signed, by the signer's clock: UTC, to the millisecond. A
	// statement counts only if it is later than the last one of the organisation
	// about this record.
	Time time.Time `json:"time"`
}

// Types that stand in the signed bytes, so that nothing else a person signs can pass
// for these.
const (
	placeType = "countersign.legalhold.v1"
	liftType  = "countersign.legalhold.lifted.v1"
)

// HoldBytes returns the bytes to sign for a hold, or with a meaning of [LiftHold] to
// end one: the members of the statement, the channel on which it shall count and
// "type", in the form of [personal.Canonical]. For instance
//
//	{"channel":"supplychain","organisation":"RegulatorMSP","reason":"Inquiry.","record":"<43 characters>","reference":"4711/26","time":"2026-03-01T08:00:00.000Z","type":"countersign.legalhold.v1"}
//
// It fails with fault.InvalidRequest for a statement that is incomplete.
func HoldBytes(channel, meaning string, s HoldStatement) ([]byte, error) {
	if err := checkHold(s.Record, s.Reason, s.Reference, "/statement"); err != nil {
		return nil, err
	}
	switch {
	case !isMSP(s.Organisation):
		return nil, fault.New(fault.InvalidRequest, "name the organisation").At("/statement/organisation")
	case !personal.Exact(s.Time):
		return nil, fault.New(fault.InvalidRequest, "say when the statement was signed, to the millisecond").At("/statement/time")
	}
	statementType := placeType
	if meaning == LiftHold {
		statementType = liftType
	}
	return personal.Canonical(personal.Object{
		{Name: "channel", Value: channel},
		{Name: "organisation", Value: s.Organisation},
		{Name: "reason", Value: s.Reason},
		{Name: "record", Value: s.Record},
		{Name: "reference", Value: s.Reference},
		{Name: "time", Value: personal.Time(s.Time)},
		{Name: "type", Value: statementType},
	}), nil
}

// CarryHoldRequest carries a statement, signed by a person of the reader.
type CarryHoldRequest struct {
	// Statement is what is signed: [HoldBytes].
	Statement HoldStatement `json:"statement"`
	personal.Proof
}

// CarryLegalHold places a hold of a published record for an organisation that only
// reads, by the signature of an auditor, an admin or a person of its quality unit.
// Any organisation that trades submits it, by an operator, an admin or a person of
// the quality unit; who does has no say in it.
//
// Refusals: fault.InvalidRequest; fault.NotFound; those of personal.Proof's Reader;
// fault.AlreadyRecorded for the very same statement; fault.OutOfSequence for one that
// is not later than the last. A later one confirms a hold that stands: then nothing
// counts any more that was signed between and that a carrier keeps back.
func CarryLegalHold(tx *ledger.Tx, req CarryHoldRequest) (LegalHold, error) {
	return carry(tx, req, PlaceHold)
}

// CarryLiftedLegalHold ends a reader's hold of a record, as [CarryLegalHold] places
// it. It refuses as that does, with fault.NotFound for a hold that does not stand.
func CarryLiftedLegalHold(tx *ledger.Tx, req CarryHoldRequest) (LegalHold, error) {
	return carry(tx, req, LiftHold)
}

func carry(tx *ledger.Tx, req CarryHoldRequest, meaning string) (LegalHold, error) {
	carrier, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return LegalHold{}, err
	}
	s := req.Statement
	s.Time = s.Time.UTC()
	message, err := HoldBytes(tx.Channel(), meaning, s)
	if err != nil {
		return LegalHold{}, err
	}
	if err := unrecorded(tx, s, meaning); err != nil {
		return LegalHold{}, err
	}
	if meaning == PlaceHold {
		p, err := mustLoad(tx, s.Record)
		if err == nil {
			err = p.there(tx)
		}
		if err != nil {
			return LegalHold{}, fault.Of(err).At("/statement/record")
		}
	}
	by, err := req.Reader(tx, s.Organisation, s.Time, message, ledger.RoleAuditor, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return LegalHold{}, err
	}
	signed := req.By(tx, by, s.Time)
	return step(tx, HoldStep{
		Record: s.Record, MSP: s.Organisation, Meaning: meaning, Reason: s.Reason, Reference: s.Reference,
		Person: by, Time: s.Time, Signed: &signed, Carrier: carrier.MSP,
	})
}

// unrecorded refuses a statement that is on record, or older than the last: nobody
// can hold anew with what was signed for a hold that has been lifted.
func unrecorded(tx *ledger.Tx, s HoldStatement, meaning string) error {
	hold, found, err := ledger.Load[LegalHold](tx, holdKey(s.Record, s.Organisation))
	if err != nil || !found || s.Time.After(hold.Signed) {
		return err
	}
	last, err := hold.lastStep(tx)
	if err != nil {
		return err
	}
	if last.Meaning == meaning && last.Time.Equal(s.Time) && last.Reason == s.Reason && last.Reference == s.Reference {
		return fault.New(fault.AlreadyRecorded, "the statement is on record").With("transaction", last.Transaction)
	}
	return fault.New(fault.OutOfSequence, "a later statement of %s about this record is on record", s.Organisation).
		With("transaction", last.Transaction).At("/statement/time")
}
