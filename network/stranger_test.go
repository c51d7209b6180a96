package network_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/countersign-ledger/countersign/network"
)

// stranger connects as anybody's Fabric client would: fabric-gateway, the
// exported connection profile and the exported MSP folder, and nothing of ours.
func stranger(t *testing.T, n *network.Network, organisation, user string) *client.Gateway {
	t.Helper()
	return strangerAt(t, n, organisation, user, 0)
}

// strangerAt connects to one of the organisation's peers.
func strangerAt(t *testing.T, n *network.Network, organisation, user string, peerIndex int) *client.Gateway {
	t.Helper()
	var profile struct {
		Client struct {
			Organization string
			TLSCerts     struct {
				Client struct{ Cert, Key struct{ Path string } }
			} `yaml:"tlsCerts"`
		}
		Organizations map[string]struct {
			MSPID string
			Peers []string
		}
		Peers map[string]struct {
			URL         string
			TLSCACerts  struct{ PEM string } `yaml:"tlsCACerts"`
			GRPCOptions map[string]string    `yaml:"grpcOptions"`
		}
	}
	content, err := os.ReadFile(n.Profile(organisation))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(content, &profile))
	own := profile.Organizations[profile.Client.Organization]
	peer := profile.Peers[own.Peers[peerIndex]]

	var certificates []tls.Certificate
	if program := profile.Client.TLSCerts.Client; n.Topology().MutualTLS {
		certificate, err := tls.LoadX509KeyPair(program.Cert.Path, program.Key.Path)
		require.NoError(t, err)
		certificates = append(certificates, certificate)
	}
	return connect(t, strings.TrimPrefix(peer.URL, "grpcs://"), peer.GRPCOptions["ssl-target-name-override"],
		[]byte(peer.TLSCACerts.PEM), own.MSPID, n.MSPDir(organisation, user), certificates...)
}

// connect connects to a peer as the identity of an MSP folder, with a TLS certificate
// where peers ask for one.
func connect(t *testing.T, address, host string, authority []byte, mspID, msp string, certificates ...tls.Certificate) *client.Gateway {
	t.Helper()
	authorities := x509.NewCertPool()
	require.True(t, authorities.AppendCertsFromPEM(authority))
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{
		RootCAs: authorities, ServerName: host, Certificates: certificates, MinVersion: tls.VersionTLS12,
	})))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, connection.Close()) })

	certificatePEM, err := os.ReadFile(filepath.Join(msp, "signcerts", "cert.pem"))
	require.NoError(t, err)
	certificate, err := identity.CertificateFromPEM(certificatePEM)
	require.NoError(t, err)
	id, err := identity.NewX509Identity(mspID, certificate)
	require.NoError(t, err)
	keyPEM, err := os.ReadFile(filepath.Join(msp, "keystore", "key.pem"))
	require.NoError(t, err)
	key, err := identity.PrivateKeyFromPEM(keyPEM)
	require.NoError(t, err)
	sign, err := identity.NewPrivateKeySign(key)
	require.NoError(t, err)

	gateway, err := client.Connect(id, client.WithSign(sign), client.WithHash(hash.SHA256), client.WithClientConnection(connection))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, gateway.Close()) })
	return gateway
}

func contract(t *testing.T, n *network.Network, organisation, user string) *client.Contract {
	t.Helper()
	topology := n.Topology()
	return stranger(t, n, organisation, user).GetNetwork(topology.Channel).GetContract(topology.Chaincode.Name)
}

const getMetadata = "org.hyperledger.fabric:GetMetadata"

func TestAStrangersClientCallsAContractFromTheExportedProfile(t *testing.T) {
	n := running(t)
	for _, o := range n.Topology().Organisations {
		result, err := contract(t, n, o.Name, "auditor").EvaluateTransaction(getMetadata)
		require.NoError(t, err, o.Name)
		require.Contains(t, string(result), `"Store"`)
	}
}

func TestUsersCarryTheirRoleInTheirCertificate(t *testing.T) {
	n := running(t)
	for _, u := range network.Users() {
		role, err := contract(t, n, "carrier", u.Name).EvaluateTransaction("Attribute", "countersign.role")
		require.NoError(t, err)
		require.Equal(t, u.Role, string(role))
	}
}

func TestAnOrganisationMayHaveSeveralPeersAndEachServes(t *testing.T) {
	real(t)
	topology := storeTopology(t)
	topology.Organisations[1].Peers = 2
	n, err := network.Start(t.Context(), topology)
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Stop(context.Background())) }()
	for i := range 2 {
		contract := strangerAt(t, n, "carrier", "operator", i).GetNetwork(topology.Channel).GetContract("store")
		_, err := contract.SubmitTransaction("Put", "key", "value")
		require.NoError(t, err)
	}
}
