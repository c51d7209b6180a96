package e2e_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/network"
)

// network and clienttest may not import the chaincode's declarations, so the
// version that they deploy is written there again.
func TestWhatIsDeployedIsTheVersionOfTheFunctions(t *testing.T) {
	require.Equal(t, api.Version, network.Default().Chaincode.Version)
	require.Equal(t, api.Version, clienttest.Version)
}

// load commissions objects from several callers until it is told to stop, and returns
// all that were accepted. Each caller has an object at a time under way.
func load(t *testing.T, operator *client.Client, callers int) (stop func() []string) {
	t.Helper()
	var ended atomic.Bool
	var group sync.WaitGroup
	accepted := make([][]string, callers)
	for caller := range callers {
		group.Go(func() {
			for !ended.Load() {
				object := objects(1)
				_, err := operator.Capture(t.Context(), document(t, commission(object)))
				if err != nil {
					t.Errorf("a capture failed: %v", err)
					return
				}
				accepted[caller] = append(accepted[caller], object...)
			}
		})
	}
	return func() []string {
		ended.Store(true)
		group.Wait()
		var all []string
		for _, some := range accepted {
			all = append(all, some...)
		}
		return all
	}
}

// onceEach checks that each object has exactly one event.
func onceEach(t *testing.T, reader *client.Client, objects []string) {
	t.Helper()
	for _, object := range objects {
		twin, err := reader.Twin(t.Context(), object)
		require.NoError(t, err, object)
		require.EqualValues(t, 1, twin.Events, object)
	}
}

func TestAnUpgradeUnderLoadLosesNothingAndDoublesNothing(t *testing.T) {
	r := start(t)
	operator := r.client(t, manufacturer, "operator")
	stop := load(t, operator, 4)
	for _, version := range []string{"next", api.Version} {
		time.Sleep(time.Second) // of load before, between and after
		require.NoError(t, r.network.Define(t.Context(), network.Definition{Version: version}))
	}
	time.Sleep(time.Second)
	accepted := stop()
	t.Logf("%d captures through two upgrades", len(accepted))
	require.Greater(t, len(accepted), 20)
	onceEach(t, operator, accepted)
}

// built is the path of Countersign's chaincode server as it would be if its contract
// functions were of another version.
func built(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	declared, err := filepath.Abs(filepath.Join("..", "..", "chaincode", "api", "version.go"))
	require.NoError(t, err)
	text, err := os.ReadFile(declared)
	require.NoError(t, err)
	const line = "const Version = %q"
	require.Contains(t, string(text), fmt.Sprintf(line, api.Version))
	text = bytes.Replace(text, fmt.Appendf(nil, line, api.Version), fmt.Appendf(nil, line, version), 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "version.go"), text, 0o600))
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{declared: filepath.Join(dir, "version.go")}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600))
	program := filepath.Join(dir, "countersigncc")
	command := exec.CommandContext(t.Context(), "go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", program,
		"../../chaincode/cmd/countersigncc")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	said, err := command.CombinedOutput()
	require.NoError(t, err, string(said))
	return program
}

// A network is upgraded to a chaincode that speaks another version of the functions,
// while programs with this client run.
func TestAChaincodeOfAnotherVersionIsRefusedByNameOnANetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("SHORT: needs a real network")
	}
	const another = "another"
	next, running := built(t, another), built(t, api.Version)
	n, err := network.Start(t.Context(), network.Default(), network.WithChaincodeBinary(running))
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Stop(context.Background())) }()
	r := real{n}
	found(t, r)
	operator := r.client(t, manufacturer, "operator")
	send := func() error {
		_, err := operator.Capture(t.Context(), document(t, commission(objects(1))))
		return err
	}
	require.NoError(t, send())

	require.NoError(t, os.Rename(next, running))
	for _, organisation := range []string{manufacturer, carrier, retailer} {
		require.NoError(t, n.StopChaincode(t.Context(), organisation))
		require.NoError(t, n.StartChaincode(t.Context(), organisation))
	}
	require.NoError(t, n.Define(t.Context(), network.Definition{Version: another}))
	before := newest(t, operator)
	var other *client.VersionError
	require.ErrorAs(t, send(), &other)
	require.Equal(t, &client.VersionError{Chaincode: []string{another}, Client: api.Version}, other)
	require.Equal(t, before, newest(t, operator), "nothing was submitted")

	person := r.signatory(t, carrier, "operator")
	_, err = client.Connect(t.Context(), client.WithProfile(n.Profile(carrier)), client.WithIdentity(carrierMSP, person.Certificate, person.Key))
	require.ErrorAs(t, err, &other)
	require.ErrorContains(t, err, "the chaincode speaks version "+another+" of the contract functions and this client version "+api.Version)
}

func TestAChaincodeServerTakesNobodyWithoutACertificate(t *testing.T) {
	r := start(t)
	address := r.node(t, network.KindChaincode, manufacturer).Address
	require.ErrorContains(t, greeted(t, address), "certificate required")

	person := r.signatory(t, manufacturer, "operator") // of the organisation, and no peer's TLS certificate
	err := greeted(t, address, tls.Certificate{Certificate: [][]byte{person.Certificate.Raw}, PrivateKey: person.Key})
	require.Error(t, err)
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded)

	plain, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer plain.Close() //nolint:errcheck // it is closed already
	_, err = plain.Write([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
	require.NoError(t, err)
	require.NoError(t, plain.SetDeadline(time.Now().Add(10*time.Second)))
	answer, err := io.ReadAll(plain)
	require.False(t, errors.Is(err, os.ErrDeadlineExceeded), "it hangs up")
	require.Less(t, len(answer), 16, "an alert at most")
}
