package e2e_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
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

func TestAChaincodeServerTakesNobodyWithoutACertificate(t *testing.T) {
	r := start(t)
	var address string
	for _, node := range r.network.Status() {
		if node.Kind == network.KindChaincode && node.Organisation == manufacturer {
			address = node.Address
		}
	}
	require.NotEmpty(t, address)
	speak := func(certificates ...tls.Certificate) error {
		conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, Certificates: certificates, NextProtos: []string{"h2"}}) //nolint:gosec // who is asked does not matter here
		if err != nil {
			return err
		}
		defer conn.Close() //nolint:errcheck // nothing was written
		if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			return err
		}
		_, err = conn.Read(make([]byte, 1)) // TLS 1.3 refuses after the handshake
		return err
	}
	require.ErrorContains(t, speak(), "certificate required")

	person := r.signatory(t, manufacturer, "operator") // of the organisation, and no peer's TLS certificate
	err := speak(tls.Certificate{Certificate: [][]byte{person.Certificate.Raw}, PrivateKey: person.Key})
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
