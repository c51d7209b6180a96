package participant

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// RevokeDeviceRequest says from when on a device is not believed.
type RevokeDeviceRequest struct {
	// ID is the device's GIAI or GRAI in any GS1 form.
	ID string `json:"id"`
	// Since is from when on its signatures count no longer: absent for now,
	// earlier when it is known to have been compromised before.
	Since time.Time `json:"since,omitzero"`
	// Reason is for people, 1 to 200 bytes.
	Reason string `json:"reason"`
}

// RevokeDevice takes a device of the caller's organisation out of use, by an
// operator or admin. A revocation is never undone; it may be moved back.
//
// Refusals: fault.NotFound, fault.NotLicensee for another's device,
// fault.InvalidRequest, fault.TimeAhead, and fault.Closed when it has been
// revoked since then or earlier.
func RevokeDevice(tx *ledger.Tx, req RevokeDeviceRequest) (Device, error) {
	caller, err := Require(tx, ledger.RoleOperator, ledger.RoleAdmin)
	if err != nil {
		return Device{}, err
	}
	if req.Reason == "" || len(req.Reason) > MaxName {
		return Device{}, fault.New(fault.InvalidRequest, "give a reason of 1 to %d bytes", MaxName).At("/reason")
	}
	device, err := LoadDevice(tx, req.ID)
	if err != nil {
		return Device{}, err
	}
	since := ledgerTime(req.Since)
	if since.IsZero() {
		since = tx.Time()
	}
	switch {
	case device.Owner != caller.MSP:
		return Device{}, fault.New(fault.NotLicensee, "the device is registered by %s", device.Owner).About(device.ID).At("/id")
	case since.After(tx.Time()):
		return Device{}, fault.New(fault.TimeAhead, "a device cannot be revoked from a time to come").At("/since")
	case device.RevokedAt(since):
		return Device{}, fault.New(fault.Closed, "the device is revoked since %s", device.Revoked.Since.Format(time.RFC3339)).About(device.ID)
	}
	device.Revoked = &Revocation{Since: since, Reason: req.Reason, Recorded: tx.Time()}
	return *device, ledger.Store(tx, deviceKey(device.ID), device)
}
