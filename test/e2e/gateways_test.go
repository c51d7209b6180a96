package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client"
)

// The manufacturer's only peer dies under load: its captures go on through the
// carrier's, endorsed by the two that are left, and come back when it has returned.
func TestADeadPeerCostsNoCaptureOnANetwork(t *testing.T) {
	r := start(t)
	person := r.signatory(t, manufacturer, "operator")
	operator, err := client.Connect(t.Context(), client.WithProfile(r.network.Profile(manufacturer)),
		client.WithIdentity(manufacturerMSP, person.Certificate, person.Key), client.WithPeers("peer0.carrier.example"))
	require.NoError(t, err)
	defer func() { require.NoError(t, operator.Close()) }()
	require.Len(t, operator.Gateways(), 2)
	chosen := func(at int) bool { return operator.Gateways()[at].Chosen }

	stop := load(t, operator, 4)
	require.Eventually(t, func() bool { return chosen(0) }, time.Minute, 20*time.Millisecond)
	require.NoError(t, r.network.KillPeer(t.Context(), manufacturer))
	require.Eventually(t, func() bool { return chosen(1) }, time.Minute, 20*time.Millisecond)
	require.Equal(t, client.GatewayStateLost, operator.Gateways()[0].State)
	time.Sleep(time.Second) // of load without it
	require.NoError(t, r.network.StartPeer(t.Context(), manufacturer))
	require.Eventually(t, func() bool { return chosen(0) }, 2*time.Minute, 100*time.Millisecond)
	accepted := stop()
	t.Logf("%d captures; gateways: %+v", len(accepted), operator.Gateways())
	require.Greater(t, len(accepted), 20)
	onceEach(t, operator, accepted)
}

// A client of the one organisation, at the gateway of another that does not know its
// certificate: a stranger's.
func TestAnIdentityThatTheNetworkDoesNotKnowIsToldSo(t *testing.T) {
	r := start(t)
	person := r.signatory(t, carrier, "operator")
	_, err := client.Connect(t.Context(), client.WithProfile(r.network.Profile(manufacturer)),
		client.WithIdentity(manufacturerMSP, person.Certificate, person.Key))
	var refused *client.ConnectError
	require.ErrorAs(t, err, &refused)
	require.Contains(t, refused.Advice, "is the MSP id right")
	_, err = client.Connect(t.Context(), client.WithProfile(r.network.Profile(manufacturer)),
		client.WithIdentity("NobodyMSP", person.Certificate, person.Key))
	require.ErrorAs(t, err, &refused)
}
