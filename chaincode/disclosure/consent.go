package disclosure

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// Consent is the vote of an organisation.
type Consent struct {
	// V is the schema version.
	V int `json:"v"`
	// MSP is the organisation.
	MSP string `json:"msp"`
	// Approve is its vote, Reason why; a refusal has one.
	Approve bool   `json:"approve"`
	Reason  string `json:"reason,omitempty"`
	Act
	// Before is who had consented, of a vote that turned from yes to no.
	Before *Act `json:"before,omitempty"`
}

func consentKey(id, msp string) ledger.Key { return ledger.NewKey("consent", id, msp) }

// VoteRequest is a vote on a request.
type VoteRequest struct {
	// Request is its id.
	Request string `json:"request" jsonschema:"maxLength=200"`
	// Approve consents; false refuses.
	Approve bool `json:"approve"`
	// Reason is why, at most 500 bytes; a refusal has one. It is public.
	Reason string `json:"reason,omitempty" jsonschema:"maxLength=500"`
}

// Vote consents to a disclosure or refuses it, for an organisation whose consent it
// takes, by an admin or a person of the quality unit. One refusal settles it. Until
// it is delivered, consent can be taken back; a refusal cannot, since it may have
// been acted upon: ask again under another name.
//
// Refusals: fault.InvalidRequest; fault.NotFound; fault.NotParty for another
// organisation; fault.AlreadyRecorded for the same vote again; fault.Closed when the
// request has been refused by the organisation, revoked or delivered, or has expired.
func Vote(tx *ledger.Tx, req VoteRequest) (Consent, error) {
	caller, err := participant.Require(tx, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return Consent{}, err
	}
	least := 1
	if req.Approve {
		least = 0
	}
	if err := checkText(req.Reason, least, MaxText); err != nil {
		return Consent{}, fault.Of(err).At("/reason")
	}
	d, err := load(tx, req.Request)
	if err != nil {
		return Consent{}, err
	}
	if !slices.Contains(d.Voters, caller.MSP) {
		return Consent{}, fault.New(fault.NotParty, "the disclosure does not take the consent of %s", caller.MSP)
	}
	key := consentKey(d.ID, caller.MSP)
	known, found, err := ledger.Load[Consent](tx, key)
	if err != nil {
		return Consent{}, err
	}
	vote := Consent{V: Version, MSP: caller.MSP, Approve: req.Approve, Reason: req.Reason, Act: acted(tx)}
	switch {
	case found && known.Approve == req.Approve:
		return Consent{}, fault.New(fault.AlreadyRecorded, "the vote is on record").With("transaction", known.Transaction)
	case found && !known.Approve:
		return Consent{}, fault.New(fault.Closed, "%s has refused, and that stands: ask again under another name", caller.MSP).With("transaction", known.Transaction)
	case found:
		vote.Before = &known.Act
	}
	if err := d.votable(tx); err != nil {
		return Consent{}, err
	}
	return vote, ledger.Store(tx, key, vote)
}

// votable refuses a vote that comes too late. It does not look at the votes of
// others: those would conflict with one another.
func (d Disclosure) votable(tx *ledger.Tx) error {
	if !tx.Time().Before(d.Until) {
		return fault.New(fault.Closed, "the disclosure has expired")
	}
	_, revoked, err := ledger.Load[Revocation](tx, revocationKey(d.ID))
	if err != nil {
		return err
	}
	if revoked {
		return fault.New(fault.Closed, "the disclosure has been revoked")
	}
	delivered, err := d.delivered(tx)
	if err != nil {
		return err
	}
	if delivered {
		return fault.New(fault.Closed, "it has been delivered: it can be revoked")
	}
	return nil
}

// consentByAsking records the consent of an organisation that asks, or offers, and
// whose consent it takes.
func (s *Status) consentByAsking(tx *ledger.Tx) error {
	if role := tx.Caller().Role; role != ledger.RoleAdmin && role != ledger.RoleQuality {
		return fault.New(fault.RoleRequired, "to ask is to consent for %s: this takes a certificate with the attribute %s=%s or %s, not %q",
			s.By.MSP, ledger.RoleAttribute, ledger.RoleAdmin, ledger.RoleQuality, role)
	}
	vote := Consent{V: Version, MSP: s.By.MSP, Approve: true, Act: s.Act}
	s.Votes = append(s.Votes, vote)
	return ledger.Store(tx, consentKey(s.ID, vote.MSP), vote)
}
