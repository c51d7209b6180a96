package participant

import (
	"regexp"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// RegisterDeviceRequest describes a device. It has a key of its own (PublicKey
// and Algorithm), or a Gateway that vouches for it. A gateway that measures
// nothing has neither Measures, Unit, Accuracy nor a calibration.
type RegisterDeviceRequest struct {
	// ID is a GIAI, or a GRAI with its serial number, in any GS1 form. Its
	// company prefix must be licensed, or delegated, to the caller's
	// organisation.
	ID string `json:"id"`
	// PublicKey verifies its signatures: SubjectPublicKeyInfo, DER, base64.
	PublicKey string `json:"publicKey,omitempty"`
	// Algorithm is ES256 (a key on P-256) or EdDSA (Ed25519).
	Algorithm string `json:"algorithm,omitempty"`
	// Proof is the key's own signature over [KeyStatementBytes], base64: it
	// shows that the device has the key. Absent: the record says that nobody
	// has shown it.
	Proof string `json:"proof,omitempty"`
	// Gateway is a registered device of the same owner, in any GS1 form, with a
	// key of its own: it signs the recordings of this one.
	Gateway string `json:"gateway,omitempty"`
	// Measures is a measurement type of CBV 2.0, such as Temperature.
	Measures string `json:"measures,omitempty"`
	// Component is the part of a compound quantity that it measures: x, y, z and
	// the like, 1 to 40 letters; a device of three axes is registered as three.
	Component string `json:"component,omitempty" jsonschema:"maxLength=40"`
	// Unit is a code of UN/ECE Recommendation 20, such as CEL.
	Unit string `json:"unit,omitempty"`
	// Accuracy is the largest error of a reading, in Unit, as a decimal, such
	// as 0.5.
	Accuracy string `json:"accuracy,omitempty"`
	Model
	// CalibratedFrom is when its first calibration was performed; absent: at
	// the registration, so that earlier readings are in doubt.
	CalibratedFrom time.Time `json:"calibratedFrom,omitzero"`
	// CalibratedUntil is when that calibration runs out.
	CalibratedUntil time.Time `json:"calibratedUntil,omitzero"`
	// Laboratory and Certificate are of that calibration, as in
	// [RecordCalibrationRequest]; optional here.
	Laboratory  string `json:"laboratory,omitempty" jsonschema:"maxLength=200"`
	Certificate string `json:"certificate,omitempty" jsonschema:"maxLength=64"`
}

var (
	measureForm  = regexp.MustCompile(`^[A-Z][A-Za-z]{1,63}$`)
	partForm     = regexp.MustCompile(`^[A-Za-z]{0,40}$`)
	unitForm     = regexp.MustCompile(`^[A-Z0-9]{2,3}$`)
	accuracyForm = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?$`)
)

// measures reports whether the device measures anything.
func (r RegisterDeviceRequest) measures() bool {
	return r.Measures != "" || r.Component != "" || r.Unit != "" || r.Accuracy != "" || !r.CalibratedUntil.IsZero() || r.Gateway != ""
}

func (r RegisterDeviceRequest) check() error {
	switch {
	case !r.measures():
	case !measureForm.MatchString(r.Measures):
		return fault.New(fault.InvalidRequest, "a measurement type is a word of CBV 2.0, such as Temperature").At("/measures")
	case !partForm.MatchString(r.Component):
		return fault.New(fault.InvalidRequest, "a component is a word such as x").At("/component")
	case !unitForm.MatchString(r.Unit):
		return fault.New(fault.InvalidRequest, "a unit is a code of UN/ECE Recommendation 20, such as CEL").At("/unit")
	case !accuracyForm.MatchString(r.Accuracy):
		return fault.New(fault.InvalidRequest, "an accuracy is a decimal such as 0.5").At("/accuracy")
	case r.CalibratedUntil.IsZero():
		return fault.New(fault.InvalidRequest, "say until when the device is calibrated").At("/calibratedUntil")
	}
	return r.Model.check()
}

// calibration returns the first calibration, nil for what measures nothing.
func (r RegisterDeviceRequest) calibration(tx *ledger.Tx, device *Device) (*Calibration, error) {
	if !r.measures() {
		return nil, nil
	}
	from := r.CalibratedFrom
	if from.IsZero() {
		from = tx.Time()
	}
	first := &Calibration{
		Device: device.ID, Calibrated: Calibrated{Performed: ledgerTime(from), Due: ledgerTime(r.CalibratedUntil), AsFound: CheckNone, AsLeft: CheckPass},
		Laboratory: r.Laboratory, Certificate: r.Certificate,
	}
	if !first.Performed.Before(first.Due) {
		return nil, fault.New(fault.InvalidRequest, "the calibration runs out before it begins, at %s; say from when it counts", first.Performed.Format(time.RFC3339)).
			At("/calibratedUntil")
	}
	if first.Performed.After(tx.Time()) {
		return nil, fault.New(fault.TimeAhead, "a calibration is recorded once it was performed").At("/calibratedFrom")
	}
	return first, first.checkTexts()
}

// RegisterDevice puts a device of the caller's organisation on record, by an
// operator, admin or gateway.
//
// Refusals: fault.InvalidIdentifier, fault.InvalidRequest, fault.LimitExceeded,
// fault.NotLicensee; fault.BadSignature for a proof that is none; fault.TimeAhead
// for a calibration to come; fault.AlreadyExists when the device is on record or
// another of the organisation's has the key. For a gateway: fault.NotFound,
// fault.NotLicensee when it is another's, fault.DeviceUnfit when it is revoked,
// fault.Unsupported when another vouches for it.
func RegisterDevice(tx *ledger.Tx, req RegisterDeviceRequest) (Device, error) {
	caller, err := Require(tx, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleGateway)
	if err != nil {
		return Device{}, err
	}
	if err := req.check(); err != nil {
		return Device{}, err
	}
	id, err := devicePath(req.ID)
	if err != nil {
		return Device{}, err
	}
	device := Device{
		V: Version, ID: id.Path(), Owner: caller.MSP,
		Measures: req.Measures, Component: req.Component, Unit: req.Unit, Accuracy: req.Accuracy, Model: req.Model, Registered: tx.Time(),
	}
	device.Signer, err = newSigner(tx, &device, signing{req.PublicKey, req.Algorithm, req.Proof, req.Gateway})
	if err != nil {
		return Device{}, err
	}
	rights, err := Rights(tx, []gs1.ID{id}, caller.MSP)
	if err != nil {
		return Device{}, err
	}
	if !rights[0].May {
		return Device{}, fault.New(fault.NotLicensee, "%s holds no licence for the device's company prefix, nor is it delegated", caller.MSP).About(id.Path()).At("/id")
	}
	first, err := req.calibration(tx, &device)
	if err != nil {
		return Device{}, err
	}
	return device, device.storeNew(tx, first)
}

func (d *Device) storeNew(tx *ledger.Tx, first *Calibration) error {
	known, err := tx.Get(deviceKey(d.ID))
	switch {
	case err != nil:
		return err
	case known != nil:
		return fault.New(fault.AlreadyExists, "the device is registered").About(d.ID).At("/id")
	}
	if err := d.takeSigner(tx); err != nil {
		return err
	}
	if err := ledger.Store(tx, ledger.NewKey("deviceof", d.Owner, d.ID), listed{V: Version}); err != nil {
		return err
	}
	if first != nil {
		if err := first.store(tx, d, nil); err != nil {
			return err
		}
	}
	return d.store(tx, DeviceStep{Kind: StepRegistered, Key: d.Number, Text: d.Firmware, Until: d.CalibratedUntil})
}
