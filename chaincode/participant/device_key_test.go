package participant_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

const loggerID = "/8004/4012345LOGGER-7"

func edKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return key
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

// proof signs as a device would that knows the documented bytes alone.
func proof(t *testing.T, key crypto.Signer, device, owner string) (public, algorithm, signature string) {
	t.Helper()
	public, algorithm = publicKey(t, key.Public()), "EdDSA"
	if _, ok := key.(*ecdsa.PrivateKey); ok {
		algorithm = "ES256"
	}
	message := fmt.Sprintf(`{"algorithm":"%s","device":"%s","owner":"%s","publicKey":"%s","type":"countersign.devicekey.v1"}`, algorithm, device, owner, public)
	var raw []byte
	switch key := key.(type) {
	case ed25519.PrivateKey:
		raw = ed25519.Sign(key, []byte(message))
	case *ecdsa.PrivateKey:
		digest := sha256.Sum256([]byte(message))
		r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
		require.NoError(t, err)
		raw = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}
	return public, algorithm, base64.StdEncoding.EncodeToString(raw)
}

// rotation asks for another key of a device of the carrier.
func rotation(t *testing.T, key crypto.Signer, id string) participant.RotateDeviceKeyRequest {
	t.Helper()
	request := participant.RotateDeviceKeyRequest{ID: id, Reason: "yearly"}
	request.PublicKey, request.Algorithm, request.Proof = proof(t, key, id, Carrier)
	return request
}

// logger registers a device of the carrier with a key.
func logger(t *testing.T, s *Scene, key crypto.Signer) participant.Device {
	t.Helper()
	request := device(t)
	request.PublicKey, request.Algorithm, request.Proof = proof(t, key, loggerID, Carrier)
	registered, err := call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, request)
	require.NoError(t, err)
	return registered
}

// signed reports whether a recording is taken that a key has signed.
func signed(t *testing.T, s *Scene, id, gateway string, key crypto.Signer, last time.Time) error {
	t.Helper()
	_, err := query(s, func(tx *ledger.Tx, id string) (*participant.Device, error) {
		trust, err := participant.LoadTrust(tx, id)
		if err != nil {
			return nil, err
		}
		return trust.Signed(gateway, last, func(public crypto.PublicKey) error {
			if public.(interface{ Equal(crypto.PublicKey) bool }).Equal(key.Public()) {
				return nil
			}
			return fault.New(fault.BadSignature, "another key")
		})
	}, id)
	return err
}

func TestAKeyGivesWayToTheNextForLaterReadings(t *testing.T) {
	for name, keys := range map[string][3]crypto.Signer{
		"Ed25519": {edKey(t), edKey(t), edKey(t)},
		"P-256":   {ecKey(t), ecKey(t), ecKey(t)},
		"mixed":   {edKey(t), ecKey(t), edKey(t)},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			require.True(t, logger(t, s, keys[0]).Proven)
			for i, key := range keys[1:] {
				s.Now = Begin.Add(time.Duration(i+1) * time.Hour)
				rotated, err := call(s.As(Carrier, ledger.RoleGateway), participant.RotateDeviceKey, rotation(t, key, loggerID))
				require.NoError(t, err)
				require.Equal(t, i+2, rotated.Number)
				require.True(t, rotated.Proven)
			}
			for i, turns := range [][3]bool{ // readings before the first rotation, between, after
				{true, false, false},
				{true, true, false},
				{true, true, true},
			} {
				for turn, good := range turns {
					last := Begin.Add(time.Duration(turn)*time.Hour + 30*time.Minute)
					err := signed(t, s, loggerID, "", keys[i], last)
					require.Equal(t, good, err == nil, "key %d at %s: %v", i+1, last, err)
				}
			}
			require.ErrorIs(t, signed(t, s, loggerID, "", keys[0], Begin.Add(time.Hour)), fault.BadSignature, "at the very instant")
			require.NoError(t, signed(t, s, loggerID, "", keys[0], Begin.Add(time.Hour-time.Millisecond)))
		})
	}
}

func TestAKeyThatIsVoidIsGoodForNothing(t *testing.T) {
	s := New(t)
	first, second, third := edKey(t), edKey(t), edKey(t)
	logger(t, s, first)
	s.Now = Begin.Add(time.Hour)
	request := rotation(t, second, loggerID)
	request.Void = true
	_, err := call(s.As(Carrier, ledger.RoleAdmin), participant.RotateDeviceKey, request)
	require.NoError(t, err)
	require.ErrorIs(t, signed(t, s, loggerID, "", first, Begin), fault.BadSignature)
	require.NoError(t, signed(t, s, loggerID, "", second, Begin), "the new key signs whatever the device still has")
	s.Now = Begin.Add(2 * time.Hour)
	_, err = call(s.As(Carrier, ledger.RoleAdmin), participant.RotateDeviceKey, rotation(t, third, loggerID))
	require.NoError(t, err)
	require.ErrorIs(t, signed(t, s, loggerID, "", first, Begin), fault.BadSignature, "void for good")
	require.NoError(t, signed(t, s, loggerID, "", second, Begin))
}

func TestRotationsThatAreRefused(t *testing.T) {
	const other = "/8004/4012345LOGGER-8"
	present, next := edKey(t), ecKey(t)
	for name, c := range map[string]struct {
		msp, role string
		change    func(*testing.T, *Scene, *participant.RotateDeviceKeyRequest)
		code      fault.Code
		field     string
	}{
		"by another organisation": {Retailer, ledger.RoleAdmin, nil, fault.NotLicensee, "/id"},
		"by a reader":             {Regulator, ledger.RoleAdmin, nil, fault.ReaderOnly, ""},
		"by an auditor":           {Carrier, ledger.RoleAuditor, nil, fault.RoleRequired, ""},
		"by the quality unit":     {Carrier, ledger.RoleQuality, nil, fault.RoleRequired, ""},
		"without a reason": {Carrier, ledger.RoleAdmin, func(_ *testing.T, _ *Scene, r *participant.RotateDeviceKeyRequest) {
			r.Reason = ""
		}, fault.InvalidRequest, "/reason"},
		"without a proof": {Carrier, ledger.RoleAdmin, func(_ *testing.T, _ *Scene, r *participant.RotateDeviceKeyRequest) {
			r.Proof = ""
		}, fault.BadSignature, "/proof"},
		"with a proof for another device": {Carrier, ledger.RoleAdmin, func(t *testing.T, _ *Scene, r *participant.RotateDeviceKeyRequest) {
			_, _, r.Proof = proof(t, next, other, Carrier)
		}, fault.BadSignature, "/proof"},
		"with a proof for another owner": {Carrier, ledger.RoleAdmin, func(t *testing.T, _ *Scene, r *participant.RotateDeviceKeyRequest) {
			_, _, r.Proof = proof(t, next, loggerID, Retailer)
		}, fault.BadSignature, "/proof"},
		"with the present key's proof": {Carrier, ledger.RoleAdmin, func(t *testing.T, _ *Scene, r *participant.RotateDeviceKeyRequest) {
			_, _, r.Proof = proof(t, present, loggerID, Carrier)
		}, fault.BadSignature, "/proof"},
		"with a proof that is none": {Carrier, ledger.RoleAdmin, func(_ *testing.T, _ *Scene, r *participant.RotateDeviceKeyRequest) {
			r.Proof = "AAAA"
		}, fault.BadSignature, "/proof"},
		"to the key it has": {Carrier, ledger.RoleAdmin, func(t *testing.T, _ *Scene, r *participant.RotateDeviceKeyRequest) {
			*r = rotation(t, present, loggerID)
		}, fault.AlreadyExists, "/publicKey"},
		"to a key that another device has": {Carrier, ledger.RoleAdmin, func(t *testing.T, s *Scene, _ *participant.RotateDeviceKeyRequest) {
			request := device(t)
			request.ID = other
			request.PublicKey, request.Algorithm, _ = proof(t, next, other, Carrier)
			_, err := call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, request)
			require.NoError(t, err)
		}, fault.AlreadyExists, "/publicKey"},
		"to a gateway": {Carrier, ledger.RoleAdmin, func(_ *testing.T, _ *Scene, r *participant.RotateDeviceKeyRequest) {
			*r = participant.RotateDeviceKeyRequest{ID: loggerID, Gateway: other, Reason: "x"}
		}, fault.Unsupported, "/gateway"},
		"of a device that is revoked": {Carrier, ledger.RoleAdmin, func(t *testing.T, s *Scene, _ *participant.RotateDeviceKeyRequest) {
			_, err := call(s.As(Carrier, ledger.RoleAdmin), participant.RevokeDevice, participant.RevokeDeviceRequest{ID: loggerID, Kind: participant.Retired, Reason: "old"})
			require.NoError(t, err)
		}, fault.DeviceUnfit, "/id"},
		"of a device that is not there": {Carrier, ledger.RoleAdmin, func(_ *testing.T, _ *Scene, r *participant.RotateDeviceKeyRequest) {
			r.ID = other
		}, fault.NotFound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			logger(t, s, present)
			s.Now = s.Now.Add(time.Hour)
			request := rotation(t, next, loggerID)
			if c.change != nil {
				c.change(t, s, &request)
			}
			before := s.Ledger.Dump()
			_, err := call(s.As(c.msp, c.role), participant.RotateDeviceKey, request)
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.field, fault.Of(err).Field)
			require.Equal(t, before, s.Ledger.Dump())
		})
	}
}

// A key that was rotated away cannot come back: whoever has it would.
func TestAKeyIsUsedInOneTurnOnly(t *testing.T) {
	s := New(t)
	first := edKey(t)
	logger(t, s, first)
	s.Now = s.Now.Add(time.Hour)
	_, err := call(s.As(Carrier, ledger.RoleAdmin), participant.RotateDeviceKey, rotation(t, edKey(t), loggerID))
	require.NoError(t, err)
	_, err = call(s.As(Carrier, ledger.RoleAdmin), participant.RotateDeviceKey, rotation(t, first, loggerID))
	require.ErrorIs(t, err, fault.AlreadyExists)
}

func TestKeysInTurnAreBoundedAndFitTheirRecord(t *testing.T) {
	s := New(t)
	request := device(t)
	request.ID = "/8004/4012345" + strings.Repeat("X", 23) // as long as a GIAI may be
	var err error
	request.PublicKey, request.Algorithm, request.Proof = proof(t, ecKey(t), request.ID, Carrier)
	_, err = call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, request)
	require.NoError(t, err)
	for range participant.MaxSigners - 1 {
		s.Now = s.Now.Add(time.Hour + time.Millisecond)
		next := rotation(t, ecKey(t), request.ID)
		next.Void = true
		_, err = call(s.As(Carrier, ledger.RoleAdmin), participant.RotateDeviceKey, next)
		require.NoError(t, err)
	}
	_, err = call(s.As(Carrier, ledger.RoleAdmin), participant.RotateDeviceKey, rotation(t, ecKey(t), request.ID))
	require.ErrorIs(t, err, fault.LimitExceeded)
}

func TestARegistrationMayProveItsKey(t *testing.T) {
	s := New(t)
	request := device(t)
	key := ecKey(t)
	request.PublicKey, request.Algorithm, request.Proof = proof(t, key, "/8004/4012345OTHER", Carrier)
	_, err := call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, request)
	require.ErrorIs(t, err, fault.BadSignature)
	_, _, request.Proof = proof(t, key, loggerID, Carrier)
	registered, err := call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, request)
	require.NoError(t, err)
	require.True(t, registered.Proven)
	unproven := device(t)
	unproven.ID = "/8004/4012345LOGGER-9"
	registered, err = call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, unproven)
	require.NoError(t, err)
	require.False(t, registered.Proven, "and a record says that nobody has")
}
