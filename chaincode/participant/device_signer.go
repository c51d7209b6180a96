package participant

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// MaxSigners bounds the signers that a device has had, one after another.
const MaxSigners = 32

// signing is what a request says of who signs a device's recordings.
type signing struct{ publicKey, algorithm, proof, gateway string }

// earlierSigners are those that a device has had before its present one.
type earlierSigners struct {
	V       int      `json:"v"`
	Signers []Signer `json:"signers"`
}

func earlierSignersKey(device string) ledger.Key { return ledger.NewKey("signers", device) }

// newSigner checks what is to sign a device's recordings from now on. A key
// without a proof is taken where the caller lets it be.
func newSigner(tx *ledger.Tx, device *Device, by signing) (Signer, error) {
	signer := Signer{Number: device.Number + 1, PublicKey: by.publicKey, Algorithm: by.algorithm, Since: tx.Time()}
	if by.gateway != "" {
		if by.publicKey != "" || by.algorithm != "" || by.proof != "" {
			return Signer{}, fault.New(fault.InvalidRequest, "a device signs with its own key or a gateway vouches for it, not both").At("/gateway")
		}
		gateway, err := voucher(tx, device, by.gateway)
		if err != nil {
			return Signer{}, fault.Of(err).At("/gateway")
		}
		signer.Gateway = gateway.ID
		return signer, nil
	}
	if by.proof != "" {
		return signer, signer.prove(device.ID, device.Owner, by.proof)
	}
	_, err := signer.spellKey()
	return signer, err
}

// voucher returns a gateway that may vouch for a device: of the same owner,
// since that is who answers for both; with a key of its own, since one that
// another vouches for adds nothing; not revoked.
func voucher(tx *ledger.Tx, device *Device, id string) (*Device, error) {
	gateway, err := LoadDevice(tx, id)
	if err != nil {
		return nil, err
	}
	switch {
	case gateway.Owner != device.Owner:
		return nil, fault.New(fault.NotLicensee, "the gateway is registered by %s: it vouches for devices of its owner", gateway.Owner).About(gateway.ID)
	case gateway.ID == device.ID || gateway.Gateway != "":
		return nil, fault.New(fault.Unsupported, "a gateway signs with a key of its own; %s has none", gateway.ID).About(gateway.ID)
	}
	return gateway, gateway.inUse()
}

// takeSigner writes the indexes of a device's new signer: the key, which no
// other device of the owner has or had, or the gateway's list.
func (d *Device) takeSigner(tx *ledger.Tx) error {
	if d.Gateway != "" {
		return ledger.Store(tx, ledger.NewKey("vouched", d.Gateway, d.ID), listed{V: Version})
	}
	key := deviceByKeyKey(d.Owner, d.PublicKey)
	known, found, err := ledger.Load[deviceByKey](tx, key)
	switch {
	case err != nil:
		return err
	case found:
		return fault.New(fault.AlreadyExists, "%s has or had this public key: take a new one for each device and each turn", known.ID).
			About(d.ID).At("/publicKey")
	}
	return ledger.Store(tx, key, deviceByKey{V: Version, ID: d.ID})
}

// RotateDeviceKeyRequest gives a device another signer.
type RotateDeviceKeyRequest struct {
	// ID is the device's GIAI or GRAI in any GS1 form.
	ID string `json:"id"`
	// PublicKey and Algorithm are the new key, as in [RegisterDeviceRequest].
	PublicKey string `json:"publicKey,omitempty"`
	Algorithm string `json:"algorithm,omitempty"`
	// Proof is the new key's own signature over [KeyStatementBytes], base64.
	Proof string `json:"proof,omitempty"`
	// Gateway is the gateway that vouches from now on, instead of a key: for a
	// sensor that has none.
	Gateway string `json:"gateway,omitempty"`
	// Void says that nothing that earlier keys have signed is taken any more,
	// because somebody else may have one of them. What is on record stays; if it
	// is to be doubted, suspend the device for that time.
	Void bool `json:"void,omitempty"`
	// Reason is for people, 1 to 200 bytes.
	Reason string `json:"reason"`
}

// RotateDeviceKey gives a device of the caller's organisation another key, or a
// plain sensor another gateway, by an operator, admin or gateway. The new key
// signs whatever readings the device still has; the one before is good for
// recordings whose last reading is earlier than this transaction, such as those
// that the device has signed and not sent, and for no later ones. So a device
// takes up its new key first, and the rotation is recorded then.
//
// Refusals: fault.RoleRequired, fault.NotFound, fault.NotLicensee for another's
// device, fault.InvalidRequest; fault.BadSignature without the new key's own
// signature for this device and owner; fault.AlreadyExists for a key that a
// device of the owner has or had; fault.Unsupported for a gateway in place of a
// key; fault.DeviceUnfit for a revoked device or gateway; fault.LimitExceeded
// for more than 32 signers.
func RotateDeviceKey(tx *ledger.Tx, req RotateDeviceKeyRequest) (Device, error) {
	device, err := ownDevice(tx, req.ID, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleGateway)
	if err != nil {
		return Device{}, err
	}
	if err := checkReason(req.Reason); err != nil {
		return Device{}, err
	}
	if err := device.mayRotate(req); err != nil {
		return Device{}, err
	}
	next, err := newSigner(tx, device, signing{req.PublicKey, req.Algorithm, req.Proof, req.Gateway})
	if err != nil {
		return Device{}, err
	}
	earlier, _, err := ledger.Load[earlierSigners](tx, earlierSignersKey(device.ID))
	if err != nil {
		return Device{}, err
	}
	device.Until = tx.Time()
	earlier.V, earlier.Signers = Version, append(earlier.Signers, device.Signer)
	for i := range earlier.Signers {
		earlier.Signers[i].Void = earlier.Signers[i].Void || req.Void
	}
	if err := ledger.Store(tx, earlierSignersKey(device.ID), earlier); err != nil {
		return Device{}, err
	}
	device.Signer = next
	if err := device.takeSigner(tx); err != nil {
		return Device{}, err
	}
	return *device, device.store(tx, DeviceStep{Kind: StepRotated, Key: next.Number, Reason: req.Reason})
}

func (d *Device) mayRotate(req RotateDeviceKeyRequest) error {
	switch {
	case d.Revoked != nil:
		return d.inUse()
	case d.Number >= MaxSigners:
		return fault.New(fault.LimitExceeded, "a device has at most %d keys, one after another; register another device", MaxSigners).About(d.ID)
	case req.Gateway == "" && req.Proof == "":
		return fault.New(fault.BadSignature, "a new key signs for itself, so that the device is known to have it").About(d.ID).At("/proof")
	case req.Gateway != "" && d.Gateway == "":
		return fault.New(fault.Unsupported, "a device with a key of its own keeps one: nothing is gained by a gateway that vouches").About(d.ID).At("/gateway")
	}
	return nil
}
