package disclosure

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// Revocation ends a disclosure.
type Revocation struct {
	// V is the schema version.
	V int `json:"v"`
	// Reason is why, 1 to 500 bytes.
	Reason string `json:"reason"`
	Act
}

func revocationKey(id string) ledger.Key { return ledger.NewKey("disclosurerevoked", id) }

// RevokeRequest revokes.
type RevokeRequest struct {
	// Request is the id.
	Request string `json:"request" jsonschema:"maxLength=200"`
	// Reason is why, 1 to 500 bytes. It is public.
	Reason string `json:"reason" jsonschema:"maxLength=500"`
}

// Revoke ends a disclosure at any time, by an admin or a person of the quality unit
// of the owner, or of any other organisation whose consent it took. There is no
// delivery any more, and the owner may erase what was delivered; what was seen cannot
// be unseen.
//
// Refusals: fault.InvalidRequest; fault.NotFound; fault.NotParty for other
// organisations; fault.AlreadyRecorded when it is revoked; fault.Closed when it was
// refused, or is erased.
func Revoke(tx *ledger.Tx, req RevokeRequest) (Revocation, error) {
	caller, err := participant.Require(tx, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return Revocation{}, err
	}
	if err := checkText(req.Reason, 1, MaxText); err != nil {
		return Revocation{}, fault.Of(err).At("/reason")
	}
	s, err := loadStatus(tx, req.Request)
	if err != nil {
		return Revocation{}, err
	}
	switch {
	case !slices.Contains(s.Voters, caller.MSP):
		return Revocation{}, fault.New(fault.NotParty, "the disclosure did not take the consent of %s", caller.MSP)
	case s.Revocation != nil:
		return Revocation{}, fault.New(fault.AlreadyRecorded, "the disclosure is revoked").With("transaction", s.Revocation.Transaction)
	case s.State == Refused || s.State == Erased:
		return Revocation{}, fault.New(fault.Closed, "the disclosure is %s", s.State)
	}
	revocation := Revocation{V: Version, Reason: req.Reason, Act: acted(tx)}
	return revocation, ledger.Store(tx, revocationKey(s.ID), revocation)
}
