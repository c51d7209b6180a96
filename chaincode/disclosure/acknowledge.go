package disclosure

import (
	"regexp"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
)

// What a recipient says of a delivery.
const (
	// Verified: each field opens a public commitment.
	Verified = "verified"
	// Disputed: it does not, or is not what was asked for.
	Disputed = "disputed"
)

// readerRoles are the roles of those who sign for an organisation that only reads.
var readerRoles = []string{ledger.RoleAuditor, ledger.RoleQuality, ledger.RoleAdmin}

// Finding is what the recipient found.
type Finding struct {
	// Request is the id.
	Request string `json:"request" jsonschema:"maxLength=200"`
	// Hash is that of the delivery on record, which the recipient looked at.
	Hash string `json:"hash" jsonschema:"maxLength=64"`
	// Verdict is verified or disputed.
	Verdict string `json:"verdict" jsonschema:"enum=verified,enum=disputed"`
	// Reason is why, at most 500 bytes; a dispute has one. It is public.
	Reason string `json:"reason,omitempty" jsonschema:"maxLength=500"`
}

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (f Finding) check(at string) error {
	least := 0
	switch {
	case f.Request == "" || len(f.Request) > 200:
		return fault.New(fault.InvalidRequest, "name the request").At(at + "/request")
	case !hashForm.MatchString(f.Hash):
		return fault.New(fault.InvalidRequest, "name the hash of the delivery on record, hexadecimal").At(at + "/hash")
	case f.Verdict != Verified && f.Verdict != Disputed:
		return fault.New(fault.InvalidRequest, "a delivery is verified or disputed").At(at + "/verdict")
	case f.Verdict == Disputed:
		least = 1
	}
	if err := checkText(f.Reason, least, MaxText); err != nil {
		return fault.Of(err).At(at + "/reason")
	}
	return nil
}

// Acknowledgement is what the recipient said of a delivery.
type Acknowledgement struct {
	// V is the schema version.
	V int `json:"v"`
	Finding
	// Act is whose word it is: of a carried one the person who signed it.
	Act
	// Carried proves that; absent when the recipient submitted it itself.
	Carried *CarriedFinding `json:"carried,omitempty"`
}

// CarriedFinding proves a carried acknowledgement: a signature over
// [AcknowledgementBytes].
type CarriedFinding struct {
	// Time is when it was signed, by the signer's clock.
	Time time.Time `json:"time"`
	personal.Signed
	// Carrier is the organisation that submitted it, by MSP id.
	Carrier string `json:"carrier"`
}

func acknowledgedKey(id string) ledger.Key { return ledger.NewKey("acknowledged", id) }

// Acknowledge puts on record what the recipient found, by an operator, admin or
// person of its quality unit. It is said once.
//
// Refusals: fault.InvalidRequest; fault.NotFound for the request, or when no delivery
// is on record; fault.NotParty for another organisation; fault.HashMismatch for
// another hash than the delivery's; fault.AlreadyRecorded for the same word,
// fault.AlreadyExists for another.
func Acknowledge(tx *ledger.Tx, req Finding) (Acknowledgement, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleQuality, ledger.RoleAdmin)
	if err != nil {
		return Acknowledgement{}, err
	}
	if err := req.check(""); err != nil {
		return Acknowledgement{}, err
	}
	a := Acknowledgement{V: Version, Finding: req, Act: acted(tx)}
	if err := a.possible(tx, caller.MSP); err != nil {
		return Acknowledgement{}, err
	}
	return a, ledger.Store(tx, acknowledgedKey(req.Request), a)
}

// possible refuses the word of another than the recipient, a second one, and one of
// another delivery.
func (a Acknowledgement) possible(tx *ledger.Tx, msp string) error {
	d, err := load(tx, a.Request)
	if err != nil {
		return err
	}
	if msp != d.Recipient {
		return fault.New(fault.NotParty, "%s has been given this, and says what it found", d.Recipient)
	}
	known, found, err := ledger.Load[Acknowledgement](tx, acknowledgedKey(d.ID))
	switch {
	case err != nil:
		return err
	case found && known.Finding == a.Finding:
		return fault.New(fault.AlreadyRecorded, "the acknowledgement is on record").With("transaction", known.Transaction)
	case found:
		return fault.New(fault.AlreadyExists, "another acknowledgement is on record").With("transaction", known.Transaction)
	}
	delivery, found, err := ledger.Load[Delivery](tx, deliveredKey(d.ID))
	switch {
	case err != nil:
		return err
	case !found:
		return fault.New(fault.NotFound, "no delivery is on record").At("/request")
	case delivery.Hash != a.Hash:
		return fault.New(fault.HashMismatch, "the delivery on record has another hash").At("/hash")
	}
	return nil
}

// AcknowledgementStatement is what a person of an organisation that only reads signs.
type AcknowledgementStatement struct {
	// Organisation is the recipient, by MSP id.
	Organisation string `json:"organisation" jsonschema:"maxLength=128"`
	Finding
	// Time is when it was signed, by the signer's clock, to the millisecond.
	Time time.Time `json:"time"`
}

const acknowledgementType = "countersign.acknowledgement.v1"

// AcknowledgementBytes returns the bytes to sign, as [RequestBytes] does. For
// instance
//
//	{"channel":"supplychain","hash":"<64 digits>","organisation":"RegulatorMSP","request":"RegulatorMSP/case-17","time":"2026-03-02T08:00:00.000Z","type":"countersign.acknowledgement.v1","verdict":"verified"}
//
// It fails with fault.InvalidRequest for a statement that is incomplete.
func AcknowledgementBytes(channel string, s AcknowledgementStatement) ([]byte, error) {
	switch {
	case s.Organisation == "" || len(s.Organisation) > 128:
		return nil, fault.New(fault.InvalidRequest, "name the organisation").At("/statement/organisation")
	case !personal.Exact(s.Time):
		return nil, fault.New(fault.InvalidRequest, "say when it was signed, to the millisecond").At("/statement/time")
	}
	if err := s.check("/statement"); err != nil {
		return nil, err
	}
	return personal.Canonical(personal.Object{
		{Name: "channel", Value: channel},
		{Name: "hash", Value: s.Hash},
		{Name: "organisation", Value: s.Organisation},
		{Name: "reason", Value: s.Reason},
		{Name: "request", Value: s.Request},
		{Name: "time", Value: personal.Time(s.Time)},
		{Name: "type", Value: acknowledgementType},
		{Name: "verdict", Value: s.Verdict},
	}), nil
}

// CarryAcknowledgementRequest carries an acknowledgement, signed by a person of the
// reader (the bytes are those of [AcknowledgementBytes]).
type CarryAcknowledgementRequest struct {
	// Statement is what is signed.
	Statement AcknowledgementStatement `json:"statement"`
	personal.Proof
}

// CarryAcknowledgement is [Acknowledge] for a recipient that only reads, as
// [CarryRequest] is [Request]: signed by one of its auditors, admins or persons of its
// quality unit, submitted by any organisation that writes. It fails as the two do.
func CarryAcknowledgement(tx *ledger.Tx, req CarryAcknowledgementRequest) (Acknowledgement, error) {
	carrier, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleQuality, ledger.RoleAdmin)
	if err != nil {
		return Acknowledgement{}, err
	}
	s := req.Statement
	message, err := AcknowledgementBytes(tx.Channel(), s)
	if err != nil {
		return Acknowledgement{}, err
	}
	a := Acknowledgement{V: Version, Finding: s.Finding, Act: Act{Recorded: tx.Time(), Transaction: tx.ID()}}
	if err := a.possible(tx, s.Organisation); err != nil {
		return Acknowledgement{}, err
	}
	if a.By, err = req.Reader(tx, s.Organisation, s.Time, message, readerRoles...); err != nil {
		return Acknowledgement{}, err
	}
	a.Carried = &CarriedFinding{Time: s.Time.UTC(), Signed: req.By(tx, a.By, s.Time), Carrier: carrier.MSP}
	return a, ledger.Store(tx, acknowledgedKey(s.Request), a)
}
