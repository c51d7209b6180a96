package condition

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// What a decision means.
const (
	// Release: the objects are fit for use; the breach's hold is lifted.
	Release = "release"
	// Reject: they are not; the hold stays.
	Reject = "reject"
)

const maxReason = 2000

// Statement is what a person of the quality unit signs.
type Statement struct {
	// ID is unique, chosen by the signer: 1 to 64 letters, digits, '.', '_' and
	// '-', such as a UUID. A statement is recorded once.
	ID string `json:"id" jsonschema:"maxLength=64"`
	// Breach is the id of the breach.
	Breach string `json:"breach" jsonschema:"maxLength=32"`
	// Meaning of the signature: release or reject.
	Meaning string `json:"meaning" jsonschema:"enum=release,enum=reject"`
	// Reason is why, 1 to 2,000 bytes.
	Reason string `json:"reason" jsonschema:"maxLength=2000"`
	// Time is when it was signed, by the signer's clock: UTC, to the
	// millisecond.
	Time evaluation.Moment `json:"time"`
}

// statementType stands in the signed bytes, so that nothing else a person signs
// can pass for a decision.
const statementType = "countersign.decision.v1"

// DecisionBytes returns the bytes to sign: the JSON object of the statement's
// five members and "type":"countersign.decision.v1", in the canonical form of
// RFC 8785 (members in order of name, no spaces), UTF-8. For instance
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
	out := append([]byte(nil), '{')
	for i, member := range [][2]string{ // in order of name
		{"breach", s.Breach},
		{"id", s.ID},
		{"meaning", s.Meaning},
		{"reason", s.Reason},
		{"time", s.Time.String()},
		{"type", statementType},
	} {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendText(append(appendText(out, member[0]), ':'), member[1])
	}
	return append(out, '}'), nil
}

// appendText writes a JSON string as RFC 8785, section 3.2.2.2 wants it:
// nothing is escaped but what must be.
func appendText(out []byte, text string) []byte {
	const short = "\b\t\n\f\r\"\\"
	out = append(out, '"')
	for _, c := range []byte(text) {
		switch at := strings.IndexByte(short, c); {
		case at >= 0:
			out = append(out, '\\', `btnfr"\`[at])
		case c < ' ':
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

func (s Statement) check() error {
	switch {
	case !nameForm.MatchString(s.ID):
		return fault.New(fault.InvalidRequest, "a decision id has 1 to 64 letters, digits, '.', '_' and '-'").At("/statement/id")
	case s.Breach == "":
		return fault.New(fault.InvalidRequest, "name the breach").At("/statement/breach")
	case s.Meaning != Release && s.Meaning != Reject:
		return fault.New(fault.InvalidRequest, "a decision is to release or to reject").At("/statement/meaning")
	case s.Reason == "" || len(s.Reason) > maxReason || !utf8.ValidString(s.Reason):
		return fault.New(fault.InvalidRequest, "a decision has a reason of 1 to %d bytes, UTF-8", maxReason).At("/statement/reason")
	case s.Time <= 0 || s.Time.Time().Year() > 9999:
		return fault.New(fault.InvalidRequest, "say when the decision was signed").At("/statement/time")
	}
	return nil
}

// Decision is a statement as the ledger keeps it, with what proves it.
type Decision struct {
	// V is the schema version.
	V         int       `json:"v"`
	Statement Statement `json:"statement"`
	// By signed it.
	By Person `json:"by"`
	// Certificate is the signer's, X.509 DER in base64; Signature is over
	// [DecisionBytes], ASN.1 DER in base64.
	Certificate string `json:"certificate"`
	Signature   string `json:"signature"`
	// Late says that it was signed more than 15 minutes before the ledger time
	// of its recording.
	Late bool `json:"late,omitempty"`
	// Recorded is the ledger time, Transaction the transaction that recorded it.
	Recorded    time.Time `json:"recorded"`
	Transaction string    `json:"transaction"`
}
