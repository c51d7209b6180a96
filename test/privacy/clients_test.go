package privacy_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/test/privacy/internal/deed"
)

// connection is to an organisation's peer, through the recorder: what it answers to
// a client of an organisation is kept. A peer that was restarted is found again at
// once.
func (w *world) connection(t *testing.T, peerOf, organisation string) grpc.ClientConnInterface {
	t.Helper()
	if w.connections[peerOf] == nil {
		var profile struct {
			Client        struct{ Organization string }
			Organizations map[string]struct{ Peers []string }
			Peers         map[string]struct {
				URL         string
				TLSCACerts  struct{ PEM string }
				GRPCOptions map[string]string
			}
		}
		text, err := os.ReadFile(filepath.Join(filepath.Dir(w.network.Profile(peerOf)), "connection.json"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &profile))
		peer := profile.Peers[profile.Organizations[profile.Client.Organization].Peers[0]]
		authorities := x509.NewCertPool()
		require.True(t, authorities.AppendCertsFromPEM([]byte(peer.TLSCACerts.PEM)))
		w.connections[peerOf], err = grpc.NewClient(strings.TrimPrefix(peer.URL, "grpcs://"),
			grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(authorities, peer.GRPCOptions["ssl-target-name-override"])),
			grpc.WithConnectParams(grpc.ConnectParams{
				Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.2, MaxDelay: 500 * time.Millisecond},
				MinConnectTimeout: 5 * time.Second,
			}))
		require.NoError(t, err)
	}
	return w.recorder.Connection(organisation, w.connections[peerOf])
}

func (w *world) person(t *testing.T, organisation, user string) client.Signatory {
	t.Helper()
	person, err := client.SignatoryFromMSP(w.network.MSPDir(organisation, user))
	require.NoError(t, err)
	return person
}

// client is a user's, at the peer of its own organisation.
func (w *world) client(t *testing.T, organisation, user string) *client.Client {
	t.Helper()
	person := w.person(t, organisation, user)
	c, err := client.Connect(t.Context(),
		client.WithProfile(w.network.Profile(organisation)), client.WithIdentity(msps[organisation], person.Certificate, person.Key),
		client.WithClientConnection(w.connection(t, organisation, organisation)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

// gateway is what anybody's Fabric client would work with: nothing of ours keeps
// it from what it wants.
func (w *world) gateway(t *testing.T, organisation, user string) *gateway.Gateway {
	t.Helper()
	person := w.person(t, organisation, user)
	id, err := identity.NewX509Identity(msps[organisation], person.Certificate)
	require.NoError(t, err)
	sign, err := identity.NewPrivateKeySign(person.Key)
	require.NoError(t, err)
	connected, err := gateway.Connect(id, gateway.WithSign(sign), gateway.WithHash(hash.SHA256),
		gateway.WithClientConnection(w.connection(t, organisation, organisation)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, connected.Close()) })
	return connected
}

func (w *world) channel(t *testing.T, organisation, user string) *gateway.Network {
	t.Helper()
	return w.gateway(t, organisation, user).GetNetwork(w.network.Topology().Channel)
}

// call is a call of a contract function by an organisation's user as an adversary's
// client makes it.
type call struct {
	organisation, user string
	function, request  string
	transient          map[string][]byte
	// deeds tell an altered chaincode what to do; nil means what it is meant for.
	deeds *deed.Deeds
	// endorsers are the organisations whose peers are asked.
	endorsers []string
}

func (w *world) proposal(t *testing.T, c call) *gateway.Proposal {
	t.Helper()
	if c.user == "" {
		c.user = "operator"
	}
	transient := map[string][]byte{}
	for name, value := range c.transient {
		transient[name] = value
	}
	if c.deeds != nil {
		for name, value := range c.deeds.Map() {
			transient[name] = value
		}
	}
	options := []gateway.ProposalOption{gateway.WithTransient(transient)}
	if c.request != "" {
		options = append(options, gateway.WithArguments(c.request))
	}
	if len(c.endorsers) > 0 {
		options = append(options, gateway.WithEndorsingOrganizations(c.endorsers...))
	}
	contract := w.channel(t, c.organisation, c.user).GetContract(w.network.Topology().Chaincode.Name)
	proposal, err := contract.NewProposal(c.function, options...)
	require.NoError(t, err)
	return proposal
}

// evaluate runs a call at one peer and submits nothing.
func (w *world) evaluate(t *testing.T, c call) ([]byte, error) {
	t.Helper()
	return w.proposal(t, c).EvaluateWithContext(t.Context())
}

// submit has a call endorsed and committed, and returns what became of it. An
// error is of the endorsement, or of the handing over.
func (w *world) submit(t *testing.T, c call) (*gateway.Status, error) {
	t.Helper()
	transaction, err := w.proposal(t, c).EndorseWithContext(t.Context())
	if err != nil {
		return nil, err
	}
	sent, err := transaction.SubmitWithContext(t.Context())
	if err != nil {
		return nil, err
	}
	return sent.StatusWithContext(t.Context())
}

// eventually repeats what may take a moment on a network, until it succeeds.
func eventually(t *testing.T, act func(context.Context) error) {
	t.Helper()
	var err error
	for range 1200 {
		if err = act(t.Context()); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	require.NoError(t, err)
}

// requireRefused holds an error against the code of a refusal by the chaincode of a
// peer.
func requireRefused(t *testing.T, err error, code fault.Code) {
	t.Helper()
	require.Error(t, err)
	refused, ok := fault.Find(err.Error())
	require.True(t, ok, "refused, but not by the chaincode: %v", err)
	require.ErrorIs(t, refused, code)
}
