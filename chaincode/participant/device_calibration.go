package participant

import (
	"regexp"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Results of a check.
const (
	CheckPass = "pass"
	CheckFail = "fail"
	CheckNone = "none"
)

// MaxCalibrations bounds the calibrations of a device.
const MaxCalibrations = 64

// Calibrated is what a calibration means for a device's readings.
type Calibrated struct {
	// Performed is when the device was calibrated.
	Performed time.Time `json:"performed"`
	// Due is when the next calibration is due: readings from Performed to Due
	// are covered, until another calibration is performed. Absent when the
	// device was left outside of its limits.
	Due time.Time `json:"due,omitzero"`
	// AsFound is whether the device kept its limits before it was adjusted:
	// pass, fail, or none when nobody looked.
	AsFound string `json:"asFound" jsonschema:"enum=pass,enum=fail,enum=none"`
	// AsLeft is whether it kept them afterwards: pass or fail.
	AsLeft string `json:"asLeft" jsonschema:"enum=pass,enum=fail"`
}

// Calibration is a calibration on record.
type Calibration struct {
	// V is the schema version.
	V int `json:"v"`
	// Device is the device's canonical path.
	Device string `json:"device"`
	Calibrated
	// Laboratory performed it.
	Laboratory string `json:"laboratory,omitempty"`
	// Certificate is the SHA-256 of its certificate, hexadecimal.
	Certificate string `json:"certificate,omitempty"`
	// Recorded is the ledger time, Transaction the transaction that recorded it.
	Recorded    time.Time `json:"recorded"`
	Transaction string    `json:"transaction"`
}

// calibrations is the list of a device, in one record that is cheap to read.
type calibrations struct {
	V    int          `json:"v"`
	List []Calibrated `json:"list"`
}

func calibrationsKey(device string) ledger.Key { return ledger.NewKey("calibrations", device) }

func calibrationKey(device string, performed time.Time) ledger.Key {
	return ledger.NewKey("calibration", device, performed.Format("2006-01-02T15:04:05.000Z"))
}

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (c *Calibration) checkTexts() error {
	switch {
	case len(c.Laboratory) > MaxName:
		return fault.New(fault.LimitExceeded, "a laboratory has at most %d bytes", MaxName).At("/laboratory")
	case c.Certificate != "" && !hashForm.MatchString(c.Certificate):
		return fault.New(fault.InvalidRequest, "a certificate is named by its SHA-256, 64 hexadecimal digits").At("/certificate")
	}
	return nil
}

// store writes a calibration that follows those of a device, and sets until when
// the device is calibrated. The device is not written.
func (c *Calibration) store(tx *ledger.Tx, device *Device, before []Calibrated) error {
	c.V, c.Recorded, c.Transaction = Version, tx.Time(), tx.ID()
	device.CalibratedUntil = c.Due
	if c.AsLeft == CheckFail {
		device.CalibratedUntil = c.Performed
	}
	if err := ledger.Store(tx, calibrationsKey(device.ID), calibrations{V: Version, List: append(before, c.Calibrated)}); err != nil {
		return err
	}
	return ledger.Store(tx, calibrationKey(device.ID, c.Performed), c)
}

// RecordCalibrationRequest says how a device was calibrated.
type RecordCalibrationRequest struct {
	// ID is the device's GIAI or GRAI in any GS1 form.
	ID string `json:"id"`
	Calibrated
	// Laboratory performed it, 1 to 200 bytes.
	Laboratory string `json:"laboratory" jsonschema:"maxLength=200"`
	// Certificate is the SHA-256 of its certificate: 64 hexadecimal digits.
	Certificate string `json:"certificate" jsonschema:"maxLength=64"`
}

// RecordCalibration puts a calibration of a device of the caller's organisation
// on record, by an operator, admin or person of the quality unit; also of a
// revoked device, since what is found counts for what it measured. Calibrations
// are recorded in the order in which they were performed.
//
// A device that is found outside of its limits puts in doubt whatever it
// measured since the calibration before.
//
// Refusals: fault.RoleRequired, fault.NotFound, fault.NotLicensee for another's
// device, fault.InvalidRequest, fault.LimitExceeded, also for more than 64;
// fault.Unsupported for a gateway that measures nothing; fault.TimeAhead;
// fault.AlreadyRecorded for the very same one, fault.OutOfSequence for one
// performed no later than the last.
func RecordCalibration(tx *ledger.Tx, req RecordCalibrationRequest) (Calibration, error) {
	device, err := ownDevice(tx, req.ID, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return Calibration{}, err
	}
	req.Performed, req.Due = ledgerTime(req.Performed), ledgerTime(req.Due)
	next := Calibration{Device: device.ID, Calibrated: req.Calibrated, Laboratory: req.Laboratory, Certificate: req.Certificate}
	if err := next.check(tx, device); err != nil {
		return Calibration{}, err
	}
	known, _, err := ledger.Load[calibrations](tx, calibrationsKey(device.ID))
	if err != nil {
		return Calibration{}, err
	}
	if err := next.follows(tx, known.List); err != nil {
		return Calibration{}, err
	}
	if err := next.store(tx, device, known.List); err != nil {
		return Calibration{}, err
	}
	found := "as found " + next.AsFound + ", as left " + next.AsLeft
	return next, device.store(tx, DeviceStep{Kind: StepCalibrated, From: next.Performed, Until: next.Due, Text: found})
}

func (c *Calibration) check(tx *ledger.Tx, device *Device) error {
	switch {
	case device.Measures == "":
		return fault.New(fault.Unsupported, "the device measures nothing").About(device.ID).At("/id")
	case c.AsFound != CheckPass && c.AsFound != CheckFail && c.AsFound != CheckNone:
		return fault.New(fault.InvalidRequest, "a device is found to pass, to fail, or not looked at: none").At("/asFound")
	case c.AsLeft != CheckPass && c.AsLeft != CheckFail:
		return fault.New(fault.InvalidRequest, "a device is left to pass or to fail").At("/asLeft")
	case c.Performed.Year() < 1970:
		return fault.New(fault.InvalidRequest, "say when the calibration was performed").At("/performed")
	case c.Performed.After(tx.Time()):
		return fault.New(fault.TimeAhead, "a calibration is recorded once it was performed").At("/performed")
	case c.AsLeft == CheckPass && !c.Due.After(c.Performed):
		return fault.New(fault.InvalidRequest, "say until when the device is calibrated").At("/due")
	case c.AsLeft == CheckFail && !c.Due.IsZero():
		return fault.New(fault.InvalidRequest, "a device that is left to fail is calibrated until no time").At("/due")
	case c.Laboratory == "":
		return fault.New(fault.InvalidRequest, "name the laboratory").At("/laboratory")
	case c.Certificate == "":
		return fault.New(fault.InvalidRequest, "name the certificate by its SHA-256").At("/certificate")
	}
	return c.checkTexts()
}

// follows checks that a calibration was performed after those on record.
func (c *Calibration) follows(tx *ledger.Tx, before []Calibrated) error {
	if len(before) == 0 {
		return nil
	}
	last := before[len(before)-1].Performed
	if c.Performed.Equal(last) {
		known, _, err := ledger.Load[Calibration](tx, calibrationKey(c.Device, c.Performed))
		if err != nil {
			return err
		}
		again := *c
		again.V, again.Recorded, again.Transaction = known.V, known.Recorded, known.Transaction
		again.Performed = known.Performed
		if again.Due.Equal(known.Due) {
			again.Due = known.Due
		}
		if again == known {
			return fault.New(fault.AlreadyRecorded, "the calibration is on record").About(c.Device).With("transaction", known.Transaction)
		}
	}
	switch {
	case !c.Performed.After(last):
		return fault.New(fault.OutOfSequence, "a calibration performed at %s is on record: they are recorded in their order", last.Format(time.RFC3339)).
			About(c.Device).At("/performed")
	case len(before) >= MaxCalibrations:
		return fault.New(fault.LimitExceeded, "a device has at most %d calibrations", MaxCalibrations).About(c.Device)
	}
	return nil
}

// ListCalibrationsRequest asks for the calibrations of a device.
type ListCalibrationsRequest struct {
	// ID is its GIAI or GRAI in any GS1 form.
	ID string `json:"id"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListCalibrationsResponse is a page of calibrations, in the order in which they
// were performed.
type ListCalibrationsResponse struct {
	Calibrations []Calibration `json:"calibrations"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListCalibrations lists the calibrations of a device. Anyone may. It fails with
// fault.InvalidIdentifier, and with fault.LimitExceeded for a size out of range.
func ListCalibrations(tx *ledger.Tx, req ListCalibrationsRequest) (ListCalibrationsResponse, error) {
	id, err := devicePath(req.ID)
	if err != nil {
		return ListCalibrationsResponse{}, err
	}
	list, next, err := pageOf[Calibration](tx, ledger.NewKey("calibration", id.Path()), req.Size, req.Bookmark)
	return ListCalibrationsResponse{Calibrations: list, Bookmark: next}, err
}
