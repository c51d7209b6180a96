package disclosure

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
)

// Statement is a request as a person of an organisation that only reads signs it.
type Statement struct {
	// Organisation is the reader that asks, for itself, by MSP id.
	Organisation string `json:"organisation" jsonschema:"maxLength=128"`
	// Name names the request among those of the reader: 1 to 64 letters, digits,
	// '.', '_' and '-'. Its id is "MSP/name"; it is recorded once.
	Name string `json:"name" jsonschema:"maxLength=64"`
	Terms
	// Time is when it was signed, by the signer's clock, to the millisecond.
	Time time.Time `json:"time"`
}

// requestType stands in the signed bytes, so that nothing else a person signs can
// pass for a request.
const requestType = "countersign.disclosurerequest.v1"

// RequestBytes returns the bytes to sign: the members of the statement, the channel
// on which it is to be recorded and "type", in the form of RFC 8785
// (personal.Canonical). For instance
//
//	{"channel":"supplychain","fields":["/origin/country"],"legalBasis":{"code":"publicTask"},"name":"case-17","organisation":"RegulatorMSP","purpose":{"code":"investigation"},"record":"<43 characters>","time":"2026-03-01T08:00:00.000Z","type":"countersign.disclosurerequest.v1","until":"2026-06-01T08:00:00.000Z"}
//
// It fails with fault.InvalidRequest and fault.LimitExceeded for a statement that is
// incomplete.
func RequestBytes(channel string, s Statement) ([]byte, error) {
	switch {
	case s.Organisation == "" || len(s.Organisation) > 128:
		return nil, fault.New(fault.InvalidRequest, "name the organisation that asks").At("/statement/organisation")
	case !nameForm.MatchString(s.Name):
		return nil, fault.New(fault.InvalidRequest, "a name has 1 to 64 letters, digits, '.', '_' and '-'").At("/statement/name")
	case !personal.Exact(s.Time):
		return nil, fault.New(fault.InvalidRequest, "say when the request was signed, to the millisecond").At("/statement/time")
	}
	if err := s.check("/statement"); err != nil {
		return nil, err
	}
	return personal.Canonical(personal.Object{
		{Name: "channel", Value: channel},
		{Name: "fields", Value: s.Fields},
		{Name: "legalBasis", Value: personal.Object{{Name: "code", Value: s.LegalBasis.Code}, {Name: "reference", Value: s.LegalBasis.Reference}}},
		{Name: "name", Value: s.Name},
		{Name: "organisation", Value: s.Organisation},
		{Name: "purpose", Value: personal.Object{{Name: "code", Value: s.Purpose.Code}, {Name: "text", Value: s.Purpose.Text}}},
		{Name: "record", Value: s.Record},
		{Name: "time", Value: personal.Time(s.Time)},
		{Name: "type", Value: requestType},
		{Name: "until", Value: personal.Time(s.Until)},
	}), nil
}

// CarryRequestRequest carries a request, signed by a person of the reader (the bytes
// are those of [RequestBytes]).
type CarryRequestRequest struct {
	// Statement is what is signed.
	Statement Statement `json:"statement"`
	personal.Proof
}

// SignedRequest is what proves a carried request: a signature over [RequestBytes].
type SignedRequest struct {
	// V is the schema version.
	V         int       `json:"v"`
	Statement Statement `json:"statement"`
	personal.Signed
	// Carrier is the organisation that submitted it, by MSP id.
	Carrier string `json:"carrier"`
}

func signedRequestKey(id string) ledger.Key { return ledger.NewKey("signedrequest", id) }

// CarryRequest puts the request of an organisation that only reads on record, signed
// by one of its auditors, admins or persons of its quality unit, and submitted by an
// operator, admin or person of the quality unit of any organisation that writes. Who
// carries it says nothing by that, and cannot change it.
//
// Refusals: those of [Request]; fault.NotParticipant, fault.NotIndependent,
// fault.BadSignature and fault.RoleRequired as personal.Proof's Signer says, which
// is also what becomes of a request that was signed for another channel or changed
// since; fault.TimeAhead; fault.InvalidRequest for an organisation that can write.
func CarryRequest(tx *ledger.Tx, req CarryRequestRequest) (Status, error) {
	carrier, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleQuality, ledger.RoleAdmin)
	if err != nil {
		return Status{}, err
	}
	s := req.Statement
	message, err := RequestBytes(tx.Channel(), s)
	if err != nil {
		return Status{}, err
	}
	s.Time, s.Until = s.Time.UTC(), s.Until.UTC()
	d := Disclosure{
		V: Version, ID: s.Organisation + "/" + s.Name, Terms: s.Terms, Recipient: s.Organisation,
		Act: Act{Recorded: tx.Time(), Transaction: tx.ID()}, Signed: s.Time, Carrier: carrier.MSP,
	}
	d.By.MSP = s.Organisation
	if err := d.repeated(tx); err != nil { // a repeat is none the worse for a certificate that has expired since
		return Status{}, err
	}
	if d.By, err = req.Reader(tx, s.Organisation, s.Time, message, readerRoles...); err != nil {
		return Status{}, err
	}
	status, err := open(tx, d)
	if err != nil {
		return Status{}, err
	}
	signed := SignedRequest{V: Version, Statement: s, Signed: req.By(tx, d.By, s.Time), Carrier: carrier.MSP}
	return status, ledger.Store(tx, signedRequestKey(d.ID), signed)
}
