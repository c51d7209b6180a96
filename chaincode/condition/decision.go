package condition

import (
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/personal"
)

// What a decision means.
const (
	// Release: what the breach affects is fit for use; the hold is lifted.
	Release = "release"
	// Reject: it is not; the hold stays.
	Reject = "reject"
	// Repack: it may be taken out of what it is in and packed anew, while on hold.
	// Nothing ships before another decision releases it, and what is on hold
	// itself, such as the container, takes nothing in.
	Repack = "repack"
	// RestoreAllowance: stability data show that it is fit for use, and that the
	// time out of range up to the end of the breach counts no longer; the hold is
	// lifted.
	RestoreAllowance = "restoreAllowance"
	// Reverse: another person of the quality unit takes a decision back; the
	// breach stands as before, with its hold.
	Reverse = "reverse"
	// Dispute: an organisation that has or owns something affected, or whose policy
	// it is, does not agree with a decision.
	Dispute = "dispute"
)

// lifts reports whether a decision lifts the hold.
func lifts(meaning string) bool { return meaning == Release || meaning == RestoreAllowance }

// isDecision reports whether something is a decision of the quality unit on a
// breach, and stands until it is reversed.
func isDecision(meaning string) bool {
	return lifts(meaning) || meaning == Reject || meaning == Repack
}

const maxReason = 2000

// Statement is what a person of a quality unit signs.
type Statement struct {
	// ID is unique among those of the signer's organisation, chosen by the signer:
	// 1 to 64 letters, digits, '.', '_' and '-', such as a UUID. A statement is
	// recorded once.
	ID string `json:"id" jsonschema:"maxLength=64"`
	// Breach is the id of the breach.
	Breach string `json:"breach" jsonschema:"maxLength=32"`
	// Meaning of the signature.
	Meaning string `json:"meaning" jsonschema:"enum=release,enum=reject,enum=repack,enum=restoreAllowance,enum=reverse,enum=dispute"`
	// Reason is why, 1 to 2,000 bytes.
	Reason string `json:"reason" jsonschema:"maxLength=2000"`
	// Time is when it was signed, by the signer's clock: UTC, to the
	// millisecond.
	Time evaluation.Moment `json:"time"`
	// Decision is the id of the decision, "MSP/id", that this one reverses or
	// disputes; and, of one that answers a dispute, the decision disputed. Absent
	// otherwise.
	Decision string `json:"decision,omitempty" jsonschema:"maxLength=200"`
	// Organisation is the MSP id of the organisation that disputes; absent
	// otherwise.
	Organisation string `json:"organisation,omitempty" jsonschema:"maxLength=128"`
	// Object is something that the breach affects and that the disputing
	// organisation has or owns, as a canonical path; absent when the policy is its
	// own, and of what is no dispute.
	Object string `json:"object,omitempty" jsonschema:"maxLength=200"`
	// Documents are what the person rests upon, at most 16.
	Documents []Document `json:"documents,omitempty"`
}

// statementType stands in the signed bytes, so that nothing else a person signs
// can pass for a decision.
const statementType = "countersign.decision.v1"

// DecisionBytes returns the bytes to sign: the JSON object of the statement's
// members, those absent left out, and "type":"countersign.decision.v1", in the
// canonical form of RFC 8785 (members in order of name, no spaces), UTF-8. For
// instance
//
//	{"breach":"00112233445566778899aabbccddeeff","id":"d-1","meaning":"release","reason":"Stability data cover it.","time":"2026-03-01T08:00:00.000Z","type":"countersign.decision.v1"}
//
// The signature is ECDSA on P-256 over their SHA-256, ASN.1 DER, with the lower
// of the two possible values of s.
//
// It fails with fault.InvalidRequest for a statement that is incomplete.
func DecisionBytes(s Statement) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return canonical([]member{ // in order of name
		{"breach", s.Breach},
		{"decision", s.Decision},
		{"documents", s.Documents},
		{"id", s.ID},
		{"meaning", s.Meaning},
		{"object", s.Object},
		{"organisation", s.Organisation},
		{"reason", s.Reason},
		{"time", s.Time.String()},
		{"type", statementType},
	}), nil
}

func (s Statement) check() error {
	switch {
	case !nameForm.MatchString(s.ID):
		return fault.New(fault.InvalidRequest, "a decision id has 1 to 64 letters, digits, '.', '_' and '-'").At("/statement/id")
	case s.Breach == "":
		return fault.New(fault.InvalidRequest, "name the breach").At("/statement/breach")
	case !isDecision(s.Meaning) && s.Meaning != Reverse && s.Meaning != Dispute:
		return fault.New(fault.InvalidRequest, "a decision is to release, reject, repack, restoreAllowance, reverse or dispute").At("/statement/meaning")
	case s.Time <= 0 || s.Time.Time().Year() > 9999:
		return fault.New(fault.InvalidRequest, "say when the decision was signed").At("/statement/time")
	}
	if err := checkText(s.Reason, 1, maxReason, "/statement/reason"); err != nil {
		return err
	}
	if err := checkDocuments(s.Documents, "/statement/documents"); err != nil {
		return err
	}
	return s.checkUpon()
}

// checkUpon checks what a statement names beside the breach.
func (s Statement) checkUpon() error {
	disputes := s.Meaning == Dispute
	switch {
	case s.Decision == "" && (disputes || s.Meaning == Reverse):
		return fault.New(fault.InvalidRequest, "name the decision").At("/statement/decision")
	case disputes != (s.Organisation != ""):
		return fault.New(fault.InvalidRequest, "a dispute, and only that, names the organisation that speaks").At("/statement/organisation")
	case s.Object != "" && !disputes:
		return fault.New(fault.InvalidRequest, "only a dispute names an object").At("/statement/object")
	case len(s.Decision) > 200 || len(s.Organisation) > 128 || len(s.Object) > 200:
		return fault.New(fault.LimitExceeded, "a name in the statement is too long").At("/statement")
	}
	return nil
}

// Decision is a statement as the ledger keeps it, with what proves it: a
// signature over [DecisionBytes].
type Decision struct {
	// V is the schema version.
	V         int       `json:"v"`
	Statement Statement `json:"statement"`
	personal.Signed
}

// id is what the record is found under: ids of different organisations never meet.
func (d *Decision) id() string { return scoped(d.By.MSP, d.Statement.ID) }
