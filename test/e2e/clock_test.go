package e2e_test

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/countersign-ledger/countersign/client"
)

// wrongClock is a client whose clock is wrong: the time of its proposals is moved,
// and they are signed with that.
type wrongClock struct {
	grpc.ClientConnInterface
	by   time.Duration
	sign identity.Sign
}

func (w *wrongClock) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	var signed *peer.SignedProposal
	switch request := args.(type) {
	case *gateway.EvaluateRequest:
		signed = request.GetProposedTransaction()
	case *gateway.EndorseRequest:
		signed = request.GetProposedTransaction()
	}
	if signed != nil && w.by != 0 {
		if err := w.move(signed); err != nil {
			return err
		}
	}
	return w.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

func (w *wrongClock) move(signed *peer.SignedProposal) error {
	var proposal peer.Proposal
	var header common.Header
	var channel common.ChannelHeader
	if err := proto.Unmarshal(signed.GetProposalBytes(), &proposal); err != nil {
		return err
	}
	if err := proto.Unmarshal(proposal.GetHeader(), &header); err != nil {
		return err
	}
	if err := proto.Unmarshal(header.GetChannelHeader(), &channel); err != nil {
		return err
	}
	channel.Timestamp = timestamppb.New(time.Now().Add(w.by))
	var err error
	if header.ChannelHeader, err = proto.Marshal(&channel); err != nil {
		return err
	}
	if proposal.Header, err = proto.Marshal(&header); err != nil {
		return err
	}
	if signed.ProposalBytes, err = proto.Marshal(&proposal); err != nil {
		return err
	}
	digest := sha256.Sum256(signed.GetProposalBytes())
	signed.Signature, err = w.sign(digest[:])
	return err
}

// gatewayOf connects to an organisation's first peer as its profile says, in YAML or
// JSON, which is YAML.
// It returns the hash of the TLS certificate to which requests for blocks are bound.
func gatewayOf(t *testing.T, profile string) (connection *grpc.ClientConn, tlsHash []byte) {
	t.Helper()
	var described struct {
		Client struct {
			Organization string
			TLSCerts     struct {
				Client struct{ Cert, Key struct{ Path string } }
			} `yaml:"tlsCerts"`
		}
		Organizations map[string]struct{ Peers []string }
		Peers         map[string]struct {
			URL         string
			TLSCACerts  struct{ PEM string } `yaml:"tlsCACerts"`
			GRPCOptions map[string]string    `yaml:"grpcOptions"`
		}
	}
	text, err := os.ReadFile(profile)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &described))
	at := described.Peers[described.Organizations[described.Client.Organization].Peers[0]]
	authorities := x509.NewCertPool()
	require.True(t, authorities.AppendCertsFromPEM([]byte(at.TLSCACerts.PEM)))
	own := described.Client.TLSCerts.Client
	certificate, err := tls.LoadX509KeyPair(own.Cert.Path, own.Key.Path)
	require.NoError(t, err)
	connection, err = grpc.NewClient(strings.TrimPrefix(at.URL, "grpcs://"), grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{
		RootCAs: authorities, ServerName: at.GRPCOptions["ssl-target-name-override"], MinVersion: tls.VersionTLS12,
		Certificates: []tls.Certificate{certificate},
	})))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, connection.Close()) })
	sum := sha256.Sum256(certificate.Certificate[0])
	return connection, sum[:]
}

// The time of a transaction is its client's, within the peers' 15 minutes. What lies
// outside is refused by every peer, says why, and is not tried again.
func TestAProposalOutsideOfThePeersFifteenMinutesIsRefused(t *testing.T) {
	r := start(t)
	person := r.signatory(t, manufacturer, "operator")
	sign, err := identity.NewPrivateKeySign(person.Key.(crypto.PrivateKey))
	require.NoError(t, err)
	connection, _ := gatewayOf(t, r.network.Profile(manufacturer))
	clock := &wrongClock{ClientConnInterface: connection, sign: sign}
	c, err := client.Connect(t.Context(), client.WithClientConnection(clock), client.WithChannel(r.network.Topology().Channel),
		client.WithIdentity(manufacturerMSP, person.Certificate, person.Key))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })

	for name, by := range map[string]time.Duration{"ahead": 16 * time.Minute, "behind": -16 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			goods := objects(1)
			clock.by = by
			for _, act := range []func() error{
				func() error { _, err := c.Organisation(t.Context(), carrierMSP); return err },
				func() error { _, err := c.Capture(t.Context(), document(t, commission(goods))); return err },
				func() error {
					_, err := c.Capture(t.Context(), document(t, commission(goods)), client.EndorsedBy(carrierMSP, retailerMSP))
					return err
				},
			} {
				var failed *client.Error
				require.ErrorAs(t, act(), &failed)
				require.Equal(t, "docs/errors.md#the-clock-is-wrong", failed.Help(), "%v", failed)
				require.False(t, failed.Retry)
			}
			clock.by = 0
			_, err := c.Twin(t.Context(), goods[0])
			require.Error(t, err, "nothing was recorded")
		})
	}
	goods := objects(1)
	clock.by = -14 * time.Minute
	_, err = c.Organisation(t.Context(), carrierMSP)
	require.NoError(t, err)
	clock.by = 0
	_, err = c.Capture(t.Context(), document(t, commission(goods)))
	require.NoError(t, err)
}
