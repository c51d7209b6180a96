package determinism_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// thermometer registers a device of the manufacturer's, and returns its key.
func (w *world) thermometer(device string) ed25519.PrivateKey {
	w.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(w, err)
	der, err := x509.MarshalPKIXPublicKey(public)
	require.NoError(w, err)
	must(w, api.RegisterDevice, w.as(Manufacturer, ledger.RoleOperator), participant.RegisterDeviceRequest{
		ID: device, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: participant.EdDSA,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedUntil: w.scene.Now.AddDate(0, 6, 0),
	}, nil)
	return key
}
