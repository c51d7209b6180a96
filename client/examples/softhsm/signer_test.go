//go:build pkcs11 && cgo

package softhsm_test

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/examples/softhsm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	label = "carrier-operator"
	pin   = "1234"
)

// token makes a token with a key in it, in a folder of the test's, and returns the
// library to reach it with. In production the key is made in the module.
func token(t *testing.T, who *clienttest.Identity) string {
	t.Helper()
	utility, err := exec.LookPath("softhsm2-util")
	if err != nil {
		t.Skip("SOFTHSM NOT PRESENT: install softhsm2 to sign with a module")
	}
	library := ""
	for _, path := range []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so"} {
		if _, err := os.Stat(path); err == nil {
			library = path
			break
		}
	}
	require.NotEmpty(t, library, "softhsm2-util is there and its library is not")
	dir := t.TempDir()
	configuration := filepath.Join(dir, "softhsm2.conf")
	require.NoError(t, os.WriteFile(configuration, fmt.Appendf(nil, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", dir), 0o600))
	t.Setenv("SOFTHSM2_CONF", configuration)
	der, err := x509.MarshalPKCS8PrivateKey(who.Key)
	require.NoError(t, err)
	key := filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	for _, arguments := range [][]string{
		{"--init-token", "--free", "--label", "countersign", "--pin", pin, "--so-pin", pin},
		{"--import", key, "--token", "countersign", "--label", label, "--id", "01", "--pin", pin},
	} {
		out, err := exec.CommandContext(t.Context(), utility, arguments...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	require.NoError(t, os.Remove(key))
	return library
}

func TestAClientSignsInAModule(t *testing.T) {
	c := clienttest.New(t)
	require.NoError(t, c.Found(t.Context(), shipmenttest.Founders()...))
	operator, err := c.User("carrier", "operator")
	require.NoError(t, err)
	library := token(t, operator)

	signer, err := softhsm.Open(library, "countersign", pin, label)
	require.NoError(t, err)
	defer func() { require.NoError(t, signer.Close()) }()
	connection, err := c.Connection("carrier")
	require.NoError(t, err)
	connected, err := client.Connect(t.Context(), client.WithClientConnection(connection), client.WithChannel(clienttest.Channel),
		client.WithIdentity("CarrierMSP", operator.Certificate, signer))
	require.NoError(t, err)
	defer func() { require.NoError(t, connected.Close()) }()
	for range 20 { // half of all signatures come with the higher S, which Fabric refuses
		_, err = connected.Organisation(t.Context(), "CarrierMSP")
		require.NoError(t, err)
	}
	scene := &shipmenttest.Scene{TB: t, Now: time.Now().Add(-time.Hour)}
	_, err = connected.Capture(t.Context(), scene.Document(shipmenttest.Commission(shipmenttest.Object(shipmenttest.Carrier, "1"))))
	require.NoError(t, err)

	other, err := c.User("carrier", "admin")
	require.NoError(t, err)
	_, err = client.Connect(t.Context(), client.WithClientConnection(connection), client.WithChannel(clienttest.Channel),
		client.WithIdentity("CarrierMSP", other.Certificate, signer))
	require.ErrorContains(t, err, "not the certificate's")
}

func TestWhatTheModuleDoesNotHaveIsSaid(t *testing.T) {
	who, err := clienttest.New(t).User("carrier", "operator")
	require.NoError(t, err)
	library := token(t, who)
	for says, arguments := range map[string][4]string{
		"no PKCS#11 library": {library + ".none", "countersign", pin, label},
		"no token":           {library, "other", pin, label},
		"log in":             {library, "countersign", "4321", label},
		"has 0 keys":         {library, "countersign", pin, "other"},
	} {
		_, err := softhsm.Open(arguments[0], arguments[1], arguments[2], arguments[3])
		require.ErrorContains(t, err, says)
	}
}
