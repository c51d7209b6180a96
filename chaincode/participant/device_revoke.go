package participant

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Why a device is revoked.
const (
	// Retired: it is out of use. What it measured before is believed, also when
	// it is submitted later.
	Retired = "retired"
	// Compromised: others may have its key, or its readings are not its own.
	// Nothing is taken any more, whatever time it claims.
	Compromised = "compromised"
)

// Revocation says from when on a device is not believed.
type Revocation struct {
	// Kind is retired or compromised.
	Kind string `json:"kind" jsonschema:"enum=retired,enum=compromised"`
	// Since is from when on its signatures count no longer; it may lie before
	// the ledger time at which that was recorded.
	Since time.Time `json:"since"`
	// Reason is for people.
	Reason string `json:"reason"`
	// Recorded is the ledger time of the revocation.
	Recorded time.Time `json:"recorded"`
}

// RevokedAt reports whether the device is not believed about an instant.
func (d *Device) RevokedAt(at time.Time) bool { return d.Revoked != nil && !at.Before(d.Revoked.Since) }

// RevokeDeviceRequest says from when on a device is not believed.
type RevokeDeviceRequest struct {
	// ID is the device's GIAI or GRAI in any GS1 form.
	ID string `json:"id"`
	// Kind is retired or compromised; absent: compromised, the stricter.
	Kind string `json:"kind,omitempty" jsonschema:"enum=retired,enum=compromised"`
	// Since is from when on its signatures count no longer: absent for now,
	// earlier when it is known to have been compromised before.
	Since time.Time `json:"since,omitzero"`
	// Reason is for people, 1 to 200 bytes.
	Reason string `json:"reason"`
}

// RevokeDevice takes a device of the caller's organisation out of use, by an
// operator, admin or person of the quality unit. A revocation is never undone; it
// may be moved back, and a retired device may turn out to be compromised.
//
// Readings from Since on are not believed: recordings of them are refused, and
// those on record put the verdicts in doubt that they fed. Of a compromised
// device nothing is taken any more: who has its key can claim any time.
//
// Refusals: fault.NotFound, fault.NotLicensee for another's device,
// fault.InvalidRequest, fault.TimeAhead, and fault.Closed when it has been
// revoked in the same way since then or earlier, or compromised.
func RevokeDevice(tx *ledger.Tx, req RevokeDeviceRequest) (Device, error) {
	device, err := ownDevice(tx, req.ID, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return Device{}, err
	}
	if err := checkReason(req.Reason); err != nil {
		return Device{}, err
	}
	revocation, err := req.revocation(tx)
	if err != nil {
		return Device{}, err
	}
	if err := revocation.after(device.Revoked); err != nil {
		return Device{}, fault.Of(err).About(device.ID)
	}
	device.Revoked = revocation
	return *device, device.store(tx, DeviceStep{Kind: StepRevoked, From: revocation.Since, Text: revocation.Kind, Reason: req.Reason})
}

// revocation returns what is asked for.
func (r RevokeDeviceRequest) revocation(tx *ledger.Tx) (*Revocation, error) {
	asked := &Revocation{Kind: r.Kind, Since: ledgerTime(r.Since), Reason: r.Reason, Recorded: tx.Time()}
	if asked.Kind == "" {
		asked.Kind = Compromised
	}
	if asked.Kind != Retired && asked.Kind != Compromised {
		return nil, fault.New(fault.InvalidRequest, "a device is retired or compromised").At("/kind")
	}
	if asked.Since.IsZero() {
		asked.Since = tx.Time()
	}
	if asked.Since.After(tx.Time()) {
		return nil, fault.New(fault.TimeAhead, "a device cannot be revoked from a time to come").At("/since")
	}
	return asked, nil
}

// after checks that a revocation says more than the one on record, and keeps the
// earlier of their times.
func (r *Revocation) after(known *Revocation) error {
	if known == nil {
		return nil
	}
	earlier := r.Since.Before(known.Since)
	worse := known.Kind == Retired && r.Kind == Compromised
	if !worse && (r.Kind != known.Kind || !earlier) {
		return fault.New(fault.Closed, "the device is %s since %s", known.Kind, known.Since.Format(time.RFC3339))
	}
	if !earlier {
		r.Since = known.Since
	}
	return nil
}
