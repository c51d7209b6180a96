package client_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
)

const lifeID = "/8004/9506000LIFE"

func TestTheLifeOfADevice(t *testing.T) {
	ctx := t.Context()
	c := founded(t)
	operator, quality := c.Client(t, "manufacturer", "operator"), c.Client(t, "manufacturer", "quality")
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)

	key, err := client.ProveDeviceKey("https://id.gs1.org"+lifeID, "ManufacturerMSP", p256)
	require.NoError(t, err)
	request := logger("LIFE")
	request.PublicKey, request.Algorithm, request.Proof = key.PublicKey, key.Algorithm, key.Proof
	registered, err := operator.RegisterDevice(ctx, request)
	require.NoError(t, err)
	require.True(t, registered.Proven)

	next, err := client.ProveDeviceKey(lifeID, "ManufacturerMSP", ed)
	require.NoError(t, err)
	rotated, err := operator.RotateDeviceKey(ctx, participant.RotateDeviceKeyRequest{
		ID: lifeID, PublicKey: next.PublicKey, Algorithm: next.Algorithm, Proof: next.Proof, Reason: "yearly",
	})
	require.NoError(t, err)
	require.Equal(t, 2, rotated.Number)
	require.NotEmpty(t, rotated.Transaction)

	_, err = operator.UpdateFirmware(ctx, lifeID, "2.0")
	require.NoError(t, err)
	_, err = operator.AssignDevice(ctx, participant.AssignDeviceRequest{ID: lifeID, To: "CarrierMSP"})
	require.NoError(t, err)
	_, err = quality.SuspendDevice(ctx, participant.SuspendDeviceRequest{ID: lifeID, From: now.Add(-time.Hour), Reason: "dropped"})
	require.NoError(t, err)
	_, err = quality.ResumeDevice(ctx, lifeID, "checked")
	require.NoError(t, err)
	_, err = quality.ResumeDevice(ctx, lifeID, "checked")
	require.ErrorIs(t, err, fault.Closed)

	carrier := c.Client(t, "carrier", "operator")
	var kinds []string
	for step, err := range carrier.DeviceHistory(ctx, lifeID) {
		require.NoError(t, err)
		kinds = append(kinds, step.Kind)
	}
	require.Equal(t, "registered rotated firmware assigned suspended resumed", strings.Join(kinds, " "))
	for calibration, err := range carrier.Calibrations(ctx, lifeID) {
		require.NoError(t, err)
		require.Equal(t, registered.CalibratedUntil, calibration.Due)
	}
	for device, err := range carrier.DevicesOf(ctx, "ManufacturerMSP") {
		require.NoError(t, err)
		require.Equal(t, lifeID, device.ID)
	}
	for device, err := range carrier.VouchedBy(ctx, lifeID) {
		require.NoError(t, err)
		require.Empty(t, device.ID, "it vouches for none")
	}
	for verdict, err := range carrier.DeviceVerdicts(ctx, condition.DeviceVerdictsRequest{Device: lifeID}) {
		require.NoError(t, err)
		require.Empty(t, verdict.Watch, "it has fed none")
	}
	_, err = carrier.RecordCalibration(ctx, participant.RecordCalibrationRequest{ID: lifeID})
	require.ErrorIs(t, err, fault.NotLicensee)
}

// card is a signer that refuses.
type card struct{ crypto.Signer }

var errCard = errors.New("no card")

func (card) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errCard }

func TestAKeyThatCannotBeProved(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	_, err = client.ProveDeviceKey(lifeID, "ManufacturerMSP", p384)
	require.ErrorIs(t, err, fault.InvalidRequest)
	_, err = client.ProveDeviceKey("logger 7", "ManufacturerMSP", ed)
	require.ErrorIs(t, err, fault.InvalidIdentifier)
	_, err = client.ProveDeviceKey(lifeID, "", ed)
	require.ErrorIs(t, err, fault.InvalidRequest)
	_, err = client.ProveDeviceKey(lifeID, "ManufacturerMSP", card{ed})
	require.ErrorIs(t, err, errCard)
}
