package participant

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Algorithms with which a device may sign, by their COSE names (RFC 9053).
const (
	// ES256 is ECDSA on P-256 with SHA-256.
	ES256 = "ES256"
	// EdDSA is Ed25519.
	EdDSA = "EdDSA"
)

// Device is a measuring device whose signature the ledger accepts.
type Device struct {
	// V is the schema version.
	V int `json:"v"`
	// ID identifies it, a GIAI or GRAI: "/8004/...".
	ID string `json:"id"`
	// Owner is the MSP id of the organisation that answers for it.
	Owner string `json:"owner"`
	// PublicKey verifies its signatures: SubjectPublicKeyInfo, DER, base64.
	PublicKey string `json:"publicKey"`
	// Algorithm is ES256 or EdDSA.
	Algorithm string `json:"algorithm"`
	// Measures is what it measures, a measurement type of CBV 2.0 section
	// 7.6, such as Temperature.
	Measures string `json:"measures"`
	// Unit is the unit of its readings, a code of UN/ECE Recommendation 20,
	// such as CEL.
	Unit string `json:"unit"`
	// Accuracy is the largest error of a reading, in Unit, as a decimal.
	Accuracy string `json:"accuracy"`
	// CalibratedUntil is when its calibration runs out.
	CalibratedUntil time.Time `json:"calibratedUntil"`
	// Registered is the ledger time of its registration.
	Registered time.Time `json:"registered"`
	// Revoked is set once its signatures count no longer.
	Revoked *Revocation `json:"revoked,omitempty"`
}

// Revocation says from when on a device is not believed.
type Revocation struct {
	// Since is from when on its signatures count no longer; it may lie before
	// the ledger time at which that was recorded.
	Since time.Time `json:"since"`
	// Reason is for people.
	Reason string `json:"reason"`
	// Recorded is the ledger time of the revocation.
	Recorded time.Time `json:"recorded"`
}

// Key returns the device's public key: a *ecdsa.PublicKey on P-256 for ES256, an
// ed25519.PublicKey for EdDSA. It fails with fault.InvalidRequest when text and
// algorithm do not fit, which a device on record never does.
func (d *Device) Key() (any, error) {
	der, err := base64.StdEncoding.Strict().DecodeString(d.PublicKey)
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "the public key is SubjectPublicKeyInfo, DER, in base64: %w", err).At("/publicKey")
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "the public key is SubjectPublicKeyInfo, DER, in base64: %w", err).At("/publicKey")
	}
	switch key := key.(type) {
	case *ecdsa.PublicKey:
		if d.Algorithm == ES256 && key.Curve == elliptic.P256() {
			return key, nil
		}
	case ed25519.PublicKey:
		if d.Algorithm == EdDSA {
			return key, nil
		}
	}
	return nil, fault.New(fault.InvalidRequest, "take ES256 with a key on P-256, or EdDSA with an Ed25519 key").At("/algorithm")
}

// spellKey checks the public key and gives it its one spelling, so that the
// same key is found again.
func (d *Device) spellKey() error {
	key, err := d.Key()
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return fault.New(fault.InvalidRequest, "the public key: %w", err).At("/publicKey")
	}
	d.PublicKey = base64.StdEncoding.EncodeToString(der)
	return nil
}

// RevokedAt reports whether the device is not believed about an instant.
func (d *Device) RevokedAt(at time.Time) bool { return d.Revoked != nil && !at.Before(d.Revoked.Since) }

func deviceKey(path string) ledger.Key { return ledger.NewKey("device", path) }

// deviceByKey is the index from an organisation's public key to its device: each
// of its devices signs with a key of its own. Others may register the same key:
// it does not help them, as a recording names its device and a registration
// proves no possession; and it must not keep the owner from registering it.
type deviceByKey struct {
	V  int    `json:"v"`
	ID string `json:"id"`
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

// RegisterDeviceRequest describes a device.
type RegisterDeviceRequest struct {
	// ID is a GIAI, or a GRAI with its serial number, in any GS1 form. Its
	// company prefix must be licensed, or delegated, to the caller's
	// organisation.
	ID string `json:"id"`
	// PublicKey verifies its signatures: SubjectPublicKeyInfo, DER, base64.
	PublicKey string `json:"publicKey"`
	// Algorithm is ES256 (a key on P-256) or EdDSA (Ed25519).
	Algorithm string `json:"algorithm"`
	// Measures is a measurement type of CBV 2.0, such as Temperature.
	Measures string `json:"measures"`
	// Unit is a code of UN/ECE Recommendation 20, such as CEL.
	Unit string `json:"unit"`
	// Accuracy is the largest error of a reading, in Unit, as a decimal, such
	// as 0.5.
	Accuracy string `json:"accuracy"`
	// CalibratedUntil is when its calibration runs out.
	CalibratedUntil time.Time `json:"calibratedUntil"`
}

var (
	measureForm  = regexp.MustCompile(`^[A-Z][A-Za-z]{1,63}$`)
	unitForm     = regexp.MustCompile(`^[A-Z0-9]{2,3}$`)
	accuracyForm = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?$`)
)

func (r RegisterDeviceRequest) check() error {
	switch {
	case !measureForm.MatchString(r.Measures):
		return fault.New(fault.InvalidRequest, "a measurement type is a word of CBV 2.0, such as Temperature").At("/measures")
	case !unitForm.MatchString(r.Unit):
		return fault.New(fault.InvalidRequest, "a unit is a code of UN/ECE Recommendation 20, such as CEL").At("/unit")
	case !accuracyForm.MatchString(r.Accuracy):
		return fault.New(fault.InvalidRequest, "an accuracy is a decimal such as 0.5").At("/accuracy")
	case r.CalibratedUntil.IsZero():
		return fault.New(fault.InvalidRequest, "say until when the device is calibrated").At("/calibratedUntil")
	}
	return nil
}

// RegisterDevice puts a device of the caller's organisation on record, by an
// operator, admin or gateway.
//
// Refusals: fault.InvalidIdentifier, fault.InvalidRequest, fault.NotLicensee,
// and fault.AlreadyExists when the device is on record or another of the
// organisation's has the key.
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
		V: Version, ID: id.Path(), Owner: caller.MSP, PublicKey: req.PublicKey, Algorithm: req.Algorithm,
		Measures: req.Measures, Unit: req.Unit, Accuracy: req.Accuracy,
		CalibratedUntil: ledgerTime(req.CalibratedUntil), Registered: tx.Time(),
	}
	if err := device.spellKey(); err != nil {
		return Device{}, err
	}
	rights, err := Rights(tx, []gs1.ID{id}, caller.MSP)
	if err != nil {
		return Device{}, err
	}
	if !rights[0].May {
		return Device{}, fault.New(fault.NotLicensee, "%s holds no licence for the device's company prefix, nor is it delegated", caller.MSP).About(id.Path()).At("/id")
	}
	return device, device.storeNew(tx)
}

func (d *Device) storeNew(tx *ledger.Tx) error {
	digest := sha256.Sum256([]byte(d.PublicKey))
	byKey := ledger.NewKey("devicekey", d.Owner, hex.EncodeToString(digest[:]))
	values, err := tx.GetMany([]ledger.Key{deviceKey(d.ID), byKey})
	switch {
	case err != nil:
		return err
	case values[0] != nil:
		return fault.New(fault.AlreadyExists, "the device is registered").About(d.ID).At("/id")
	case values[1] != nil:
		return fault.New(fault.AlreadyExists, "another device of %s has this public key: each signs with its own", d.Owner).About(d.ID).At("/publicKey")
	}
	if err := ledger.Store(tx, byKey, deviceByKey{V: Version, ID: d.ID}); err != nil {
		return err
	}
	return ledger.Store(tx, deviceKey(d.ID), d)
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
