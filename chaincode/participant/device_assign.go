package participant

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Assignment lets another organisation put a device to its watches for a time.
// The owner answers for the device all the while.
type Assignment struct {
	// To is the MSP id of that organisation.
	To string `json:"to"`
	// From is the first instant, Until the first after it, in ledger time;
	// without Until it runs until the owner takes it back.
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
}

func (a *Assignment) runs(at time.Time) bool {
	return !at.Before(a.From) && (a.Until.IsZero() || at.Before(a.Until))
}

// AssignDeviceRequest lets another organisation use a device.
type AssignDeviceRequest struct {
	// ID is the device's GIAI or GRAI in any GS1 form.
	ID string `json:"id"`
	// To is the MSP id of the organisation; absent: the device is taken back.
	To string `json:"to,omitempty" jsonschema:"maxLength=64"`
	// From is when it may begin; absent: now.
	From time.Time `json:"from,omitzero"`
	// Until is when it must have begun its last watch; absent: until the
	// device is taken back.
	Until time.Time `json:"until,omitzero"`
	// Reason is for people, at most 200 bytes.
	Reason string `json:"reason,omitempty" jsonschema:"maxLength=200"`
}

// AssignDevice lets another organisation of the channel put a device of the
// caller's organisation to its watches, by an operator or admin. It takes the
// place of the assignment before. A watch that was started within the term goes
// on after it.
//
// Refusals: fault.RoleRequired, fault.NotFound for the device or the
// organisation, fault.ReaderOnly for an organisation that only reads,
// fault.NotLicensee for another's device, fault.DeviceUnfit for a revoked one,
// fault.InvalidRequest, fault.LimitExceeded.
func AssignDevice(tx *ledger.Tx, req AssignDeviceRequest) (Device, error) {
	device, err := ownDevice(tx, req.ID, ledger.RoleOperator, ledger.RoleAdmin)
	if err != nil {
		return Device{}, err
	}
	if len(req.Reason) > MaxName {
		return Device{}, fault.New(fault.LimitExceeded, "a reason has at most %d bytes", MaxName).At("/reason")
	}
	if err := device.inUse(); err != nil {
		return Device{}, err
	}
	device.Assigned, err = req.assignment(tx, device)
	if err != nil {
		return Device{}, err
	}
	step := DeviceStep{Kind: StepAssigned, To: req.To, Reason: req.Reason}
	if device.Assigned != nil {
		step.From, step.Until = device.Assigned.From, device.Assigned.Until
	}
	return *device, device.store(tx, step)
}

// assignment returns what is asked for, nil when the device is taken back.
func (r AssignDeviceRequest) assignment(tx *ledger.Tx, device *Device) (*Assignment, error) {
	if r.To == "" {
		return nil, nil
	}
	term := &Assignment{To: r.To, From: ledgerTime(r.From), Until: ledgerTime(r.Until)}
	if term.From.IsZero() {
		term.From = tx.Time()
	}
	if !term.Until.IsZero() && !term.Until.After(term.From) {
		return nil, fault.New(fault.InvalidRequest, "the assignment ends before it begins").At("/until")
	}
	organisation, err := Load(tx, r.To)
	switch {
	case err != nil:
		return nil, err
	case organisation == nil:
		return nil, fault.New(fault.NotFound, "%s is not on record", r.To).At("/to")
	case organisation.Reader:
		return nil, fault.New(fault.ReaderOnly, "%s is on record as a reader and starts no watch", r.To).At("/to")
	case r.To == device.Owner:
		return nil, fault.New(fault.InvalidRequest, "the owner needs no assignment").At("/to")
	}
	return term, nil
}

// UpdateFirmwareRequest says which program a device runs.
type UpdateFirmwareRequest struct {
	// ID is the device's GIAI or GRAI in any GS1 form.
	ID string `json:"id"`
	// Firmware is the version, 1 to 64 bytes.
	Firmware string `json:"firmware" jsonschema:"maxLength=64"`
}

// UpdateFirmware records that a device of the caller's organisation runs another
// version of its program, by an operator, admin or gateway. Earlier versions
// stand in its history.
//
// Refusals: fault.RoleRequired, fault.NotFound, fault.NotLicensee for another's
// device, fault.DeviceUnfit for a revoked one, fault.InvalidRequest, and
// fault.AlreadyRecorded when it is the version on record.
func UpdateFirmware(tx *ledger.Tx, req UpdateFirmwareRequest) (Device, error) {
	device, err := ownDevice(tx, req.ID, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleGateway)
	if err != nil {
		return Device{}, err
	}
	switch {
	case req.Firmware == "" || len(req.Firmware) > maxModel:
		return Device{}, fault.New(fault.InvalidRequest, "a version has 1 to %d bytes", maxModel).At("/firmware")
	case device.Revoked != nil:
		return Device{}, device.inUse()
	case device.Firmware == req.Firmware:
		return Device{}, fault.New(fault.AlreadyRecorded, "this version is on record").About(device.ID).At("/firmware")
	}
	device.Firmware = req.Firmware
	return *device, device.store(tx, DeviceStep{Kind: StepFirmware, Text: req.Firmware})
}
