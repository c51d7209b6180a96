package participant

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// MaxSuspensions bounds the suspensions of a device.
const MaxSuspensions = 32

// Suspension is a time within which a device's readings are not believed.
type Suspension struct {
	// From is the first instant, Until the first that is believed again; absent
	// while the suspension runs.
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
}

// covers reports whether an instant lies within the suspension.
func (s Suspension) covers(at time.Time) bool {
	return !at.Before(s.From) && (s.Until.IsZero() || at.Before(s.Until))
}

// SuspendDeviceRequest says for what time a device is not believed.
type SuspendDeviceRequest struct {
	// ID is the device's GIAI or GRAI in any GS1 form.
	ID string `json:"id"`
	// From is the first instant; absent: now. It may lie in the past.
	From time.Time `json:"from,omitzero"`
	// Until is the first instant that is believed again; absent: until
	// [ResumeDevice].
	Until time.Time `json:"until,omitzero"`
	// Reason is for people, 1 to 200 bytes.
	Reason string `json:"reason"`
}

// SuspendDevice says that the readings of a device of the caller's organisation
// are not believed within a time, by an operator, admin or person of the quality
// unit. While the time runs, recordings that reach into it are refused; once it
// is over they are taken, since later ones follow them, and what they say within
// it is in doubt, as is what was on record before.
//
// Refusals: fault.RoleRequired, fault.NotFound, fault.NotLicensee for another's
// device, fault.InvalidRequest, fault.TimeAhead for a suspension to come,
// fault.Closed while an open one runs, fault.LimitExceeded for more than 32.
func SuspendDevice(tx *ledger.Tx, req SuspendDeviceRequest) (Device, error) {
	device, err := ownDevice(tx, req.ID, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return Device{}, err
	}
	if err := checkReason(req.Reason); err != nil {
		return Device{}, err
	}
	term := Suspension{From: ledgerTime(req.From), Until: ledgerTime(req.Until)}
	if term.From.IsZero() {
		term.From = tx.Time()
	}
	switch {
	case term.From.After(tx.Time()):
		return Device{}, fault.New(fault.TimeAhead, "a device is suspended when its time has come").At("/from")
	case !term.Until.IsZero() && !term.Until.After(term.From):
		return Device{}, fault.New(fault.InvalidRequest, "the suspension ends before it begins").At("/until")
	case device.openSuspension() != nil:
		return Device{}, fault.New(fault.Closed, "the device is suspended since %s; resume it first", device.openSuspension().From.Format(time.RFC3339)).About(device.ID)
	case len(device.Suspensions) >= MaxSuspensions:
		return Device{}, fault.New(fault.LimitExceeded, "a device has at most %d suspensions; revoke it", MaxSuspensions).About(device.ID)
	}
	device.Suspensions = append(device.Suspensions, term)
	return *device, device.store(tx, DeviceStep{Kind: StepSuspended, From: term.From, Until: term.Until, Reason: req.Reason})
}

// openSuspension returns the suspension without an end, nil when there is none.
func (d *Device) openSuspension() *Suspension {
	for i := range d.Suspensions {
		if d.Suspensions[i].Until.IsZero() {
			return &d.Suspensions[i]
		}
	}
	return nil
}

// ResumeDeviceRequest ends the suspension of a device.
type ResumeDeviceRequest struct {
	// ID is the device's GIAI or GRAI in any GS1 form.
	ID string `json:"id"`
	// Reason is for people, 1 to 200 bytes.
	Reason string `json:"reason"`
}

// ResumeDevice ends the running suspension of a device of the caller's
// organisation, as of now, by an operator, admin or person of the quality unit.
//
// Refusals: fault.RoleRequired, fault.NotFound, fault.NotLicensee for another's
// device, fault.InvalidRequest, and fault.Closed when none is open.
func ResumeDevice(tx *ledger.Tx, req ResumeDeviceRequest) (Device, error) {
	device, err := ownDevice(tx, req.ID, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return Device{}, err
	}
	if err := checkReason(req.Reason); err != nil {
		return Device{}, err
	}
	open := device.openSuspension()
	if open == nil {
		return Device{}, fault.New(fault.Closed, "no suspension of the device is open").About(device.ID)
	}
	open.Until = tx.Time()
	return *device, device.store(tx, DeviceStep{Kind: StepResumed, From: open.From, Until: open.Until, Reason: req.Reason})
}
