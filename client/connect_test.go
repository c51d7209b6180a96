package client_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// relay serves a consortium's gateway on a port. Its answers are longer than
// gRPC takes by default.
type relay struct {
	pb.UnimplementedGatewayServer
	to grpc.ClientConnInterface
}

func (r relay) Evaluate(ctx context.Context, in *pb.EvaluateRequest) (*pb.EvaluateResponse, error) {
	answer, err := pb.NewGatewayClient(r.to).Evaluate(ctx, in)
	if err == nil {
		answer.Result.Payload = append(answer.Result.Payload, bytes.Repeat([]byte(" "), 5<<20)...)
	}
	return answer, err
}

// serve returns the address of a gateway and the certificate of its TLS
// authority.
func serve(t *testing.T, c *clienttest.Consortium, organisation string) (string, string) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "peer0"}, DNSNames: []string{"peer0.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer(grpc.Creds(credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: private}}, MinVersion: tls.VersionTLS12,
	})))
	to, err := c.Connection(organisation)
	require.NoError(t, err)
	pb.RegisterGatewayServer(server, relay{to: to})
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		require.NoError(t, <-served)
	})
	return listener.Addr().String(), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

const profileYAML = `name: test
client:
  organization: carrier
organizations:
  carrier:
    mspid: CarrierMSP
    peers: [peer0.carrier.example]
channels:
  supplychain: {}
peers:
  peer0.carrier.example:
    url: grpcs://%s
    tlsCACerts:
      pem: |
%s
    grpcOptions:
      ssl-target-name-override: %s
`

func writeProfile(t *testing.T, address, authority, host string) string {
	path := filepath.Join(t.TempDir(), "connection.yaml")
	indented := "        " + strings.ReplaceAll(strings.TrimSpace(authority), "\n", "\n        ")
	require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, profileYAML, address, indented, host), 0o600))
	return path
}

func writeMSP(t *testing.T, identity *clienttest.Identity) string {
	dir := t.TempDir()
	key, err := x509.MarshalPKCS8PrivateKey(identity.Key)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{
		"signcerts/cert.pem": {Type: "CERTIFICATE", Bytes: identity.Certificate.Raw},
		"keystore/key.pem":   {Type: "PRIVATE KEY", Bytes: key},
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(block), 0o600))
	}
	return dir
}

func TestConnectFromAProfileAndAnMSPFolder(t *testing.T) {
	c := founded(t)
	address, authority := serve(t, c, "carrier")
	user, err := c.User("carrier", "auditor")
	require.NoError(t, err)
	connected, err := client.Connect(t.Context(),
		client.WithProfile(writeProfile(t, address, authority, "peer0.example")), client.WithMSP(writeMSP(t, user)))
	require.NoError(t, err)
	defer func() { require.NoError(t, connected.Close()) }()
	require.Equal(t, "CarrierMSP", connected.MSP())
	require.Equal(t, "supplychain", connected.Channel())
	organisation, err := connected.Organisation(t.Context(), "CarrierMSP")
	require.NoError(t, err)
	require.Equal(t, "Carrier", organisation.Name)
}

func TestConnectSaysWhatIsWrong(t *testing.T) {
	c := clienttest.New(t)
	user, err := c.User("carrier", "auditor")
	require.NoError(t, err)
	other, err := c.User("carrier", "admin")
	require.NoError(t, err)
	connection, err := c.Connection("carrier")
	require.NoError(t, err)
	address, authority := serve(t, c, "carrier")
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	msp := client.WithMSP(writeMSP(t, user))
	identity := client.WithIdentity("CarrierMSP", user.Certificate, user.Key)
	for name, wrong := range map[string]struct {
		options []client.Option
		says    string
	}{
		"no gateway":            {[]client.Option{identity}, "no way to a gateway"},
		"no identity":           {[]client.Option{client.WithClientConnection(connection)}, "no identity"},
		"two identities":        {[]client.Option{client.WithProfile("x"), msp, identity}, "two identities"},
		"half an identity":      {[]client.Option{client.WithClientConnection(connection), client.WithIdentity("", user.Certificate, user.Key)}, "needs an organisation"},
		"another's key":         {[]client.Option{client.WithClientConnection(connection), client.WithChannel("c"), client.WithIdentity("CarrierMSP", user.Certificate, other.Key)}, "not the certificate's"},
		"no channel":            {[]client.Option{client.WithClientConnection(connection), identity}, "no channel"},
		"no profile":            {[]client.Option{client.WithProfile("nowhere.yaml"), msp}, "read the connection profile"},
		"no MSP folder":         {[]client.Option{client.WithProfile(writeProfile(t, address, authority, "peer0.example")), client.WithMSP("nowhere")}, "the certificate"},
		"a negative timeout":    {[]client.Option{client.WithClientConnection(connection), identity, client.WithTimeouts(client.Timeouts{Submit: -1})}, "negative"},
		"no tries":              {[]client.Option{client.WithClientConnection(connection), identity, client.WithTries(0)}, "0 times"},
		"nobody at the port":    {[]client.Option{client.WithProfile(writeProfile(t, closed.Addr().String(), authority, "peer0.example")), msp}, closed.Addr().String()},
		"another host's name":   {[]client.Option{client.WithProfile(writeProfile(t, address, authority, "peer1.example")), msp}, "peer1.example"},
		"no TLS authority":      {[]client.Option{client.WithProfile(writeProfile(t, address, "", "peer0.example")), msp}, "tlsCACerts"},
		"a port that is no URL": {[]client.Option{client.WithProfile(writeProfile(t, "", authority, "peer0.example")), msp}, "missing address"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client.Connect(t.Context(), wrong.options...)
			require.ErrorContains(t, err, wrong.says)
		})
	}
}

func TestASignerThatGivesTheHigherSIsCorrected(t *testing.T) {
	c := founded(t)
	user, err := c.User("carrier", "auditor")
	require.NoError(t, err)
	connection, err := c.Connection("carrier")
	require.NoError(t, err)
	connected, err := client.Connect(t.Context(), client.WithClientConnection(connection), client.WithChannel(clienttest.Channel),
		client.WithIdentity("CarrierMSP", user.Certificate, user.Key))
	require.NoError(t, err)
	defer func() { require.NoError(t, connected.Close()) }()
	for range 20 { // half of all signatures come with the higher S
		_, err := connected.Organisation(t.Context(), "CarrierMSP")
		require.NoError(t, err)
	}
}
