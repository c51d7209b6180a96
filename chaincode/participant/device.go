package participant

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Device is a measuring device whose readings the ledger accepts, or a gateway
// that signs for such devices, or both.
type Device struct {
	// V is the schema version.
	V int `json:"v"`
	// ID identifies it, a GIAI or GRAI: "/8004/...".
	ID string `json:"id"`
	// Owner is the MSP id of the organisation that answers for it.
	Owner string `json:"owner"`
	// Signer is what its recordings are signed with at present.
	Signer
	// Measures is what it measures, a measurement type of CBV 2.0 section
	// 7.6, such as Temperature; absent for a gateway that measures nothing.
	Measures string `json:"measures,omitempty"`
	// Component is the part of a compound quantity that it measures, such as x
	// of an acceleration; absent for a quantity of one part.
	Component string `json:"component,omitempty"`
	// Unit is the unit of its readings, a code of UN/ECE Recommendation 20,
	// such as CEL.
	Unit string `json:"unit,omitempty"`
	// Accuracy is the largest error of a reading, in Unit, as a decimal.
	Accuracy string `json:"accuracy,omitempty"`
	Model
	// CalibratedUntil is when the last of its calibrations runs out.
	CalibratedUntil time.Time `json:"calibratedUntil,omitzero"`
	// Registered is the ledger time of its registration.
	Registered time.Time `json:"registered"`
	// Assigned lets another organisation use the device.
	Assigned *Assignment `json:"assigned,omitempty"`
	// Suspensions are the times within which its readings are not believed, in
	// the order in which they were recorded.
	Suspensions []Suspension `json:"suspensions,omitempty"`
	// Revoked is set once its signatures count no longer.
	Revoked *Revocation `json:"revoked,omitempty"`
	// Steps is how many entries its history has.
	Steps uint64 `json:"steps"`
}

// Model is what a device is, as its maker says. All of it is optional.
type Model struct {
	// Class is the class of devices that it belongs to, such as "EN 12830:2018
	// class 1", 1 to 64 bytes. A policy that asks for a class compares the text.
	Class string `json:"class,omitempty" jsonschema:"maxLength=64"`
	// IntervalMs is its longest time from one reading to the next, in
	// milliseconds, at most 31 days.
	IntervalMs int64 `json:"intervalMs,omitempty"`
	// Firmware is the version of its program, 1 to 64 bytes.
	Firmware string `json:"firmware,omitempty" jsonschema:"maxLength=64"`
	// Serial is the maker's serial number, 1 to 64 bytes.
	Serial string `json:"serial,omitempty" jsonschema:"maxLength=64"`
}

const (
	maxModel    = 64 // bytes of each text
	maxInterval = int64(31 * 24 * time.Hour / time.Millisecond)
)

func (m Model) check() error {
	for _, text := range [][2]string{{"/class", m.Class}, {"/firmware", m.Firmware}, {"/serial", m.Serial}} {
		if len(text[1]) > maxModel {
			return fault.New(fault.LimitExceeded, "at most %d bytes", maxModel).At(text[0])
		}
	}
	if m.IntervalMs < 0 || m.IntervalMs > maxInterval {
		return fault.New(fault.InvalidRequest, "an interval is 1 ms to 31 days, or left out").At("/intervalMs")
	}
	return nil
}

// UsableBy reports whether an organisation may put the device to a watch: its
// owner, and whom it is assigned to while the assignment runs.
func (d *Device) UsableBy(msp string, at time.Time) bool {
	return d.Owner == msp || d.Assigned != nil && d.Assigned.To == msp && d.Assigned.runs(at)
}

func deviceKey(path string) ledger.Key { return ledger.NewKey("device", path) }

// deviceByKey is the index from an organisation's public key to its device: each
// of its devices signs with a key of its own. Others may register the same key:
// it does not help them, as a recording names its device; and it must not keep
// the owner from registering it.
type deviceByKey struct {
	V  int    `json:"v"`
	ID string `json:"id"`
}

func deviceByKeyKey(owner, publicKey string) ledger.Key {
	digest := sha256.Sum256([]byte(publicKey))
	return ledger.NewKey("devicekey", owner, hex.EncodeToString(digest[:]))
}

// LoadDevice returns a device by its identifier in any GS1 form. It fails with
// fault.InvalidIdentifier, and with fault.NotFound when it is not registered.
func LoadDevice(tx *ledger.Tx, id string) (*Device, error) {
	path, err := devicePath(id)
	if err != nil {
		return nil, err
	}
	found, ok, err := ledger.Load[Device](tx, deviceKey(path.Path()))
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.New(fault.NotFound, "the device is not registered").About(path.Path())
	}
	return &found, nil
}

func devicePath(text string) (gs1.ID, error) {
	id, err := gs1.Parse(text)
	if err != nil {
		return id, fault.New(fault.InvalidIdentifier, "%w", err).At("/id")
	}
	if id.Kind() != gs1.GIAI && id.Kind() != gs1.GRAI || !id.IsInstance() {
		return id, fault.New(fault.InvalidIdentifier, "a device is identified by a GIAI, or a GRAI with its serial number").About(id.Path()).At("/id")
	}
	return id, nil
}

// ownDevice returns a device of the caller's organisation, for a caller with one
// of the roles. It fails as [Require] and [LoadDevice] do, and with
// fault.NotLicensee for another's device.
func ownDevice(tx *ledger.Tx, id string, roles ...string) (*Device, error) {
	caller, err := Require(tx, roles...)
	if err != nil {
		return nil, err
	}
	device, err := LoadDevice(tx, id)
	if err != nil {
		return nil, err
	}
	if device.Owner != caller.MSP {
		return nil, fault.New(fault.NotLicensee, "the device is registered by %s", device.Owner).About(device.ID).At("/id")
	}
	return device, nil
}

// inUse refuses a device that is revoked.
func (d *Device) inUse() error {
	if d.Revoked == nil {
		return nil
	}
	return fault.New(fault.DeviceUnfit, "the device is revoked since %s", d.Revoked.Since.Format(time.RFC3339)).About(d.ID).At("/id")
}

// ReadDeviceRequest names a device.
type ReadDeviceRequest struct {
	// ID is its GIAI or GRAI in any GS1 form.
	ID string `json:"id"`
}

// ReadDevice returns a device, fault.NotFound or fault.InvalidIdentifier.
// Anyone may.
func ReadDevice(tx *ledger.Tx, req ReadDeviceRequest) (Device, error) {
	found, err := LoadDevice(tx, req.ID)
	if err != nil {
		return Device{}, err
	}
	return *found, nil
}
