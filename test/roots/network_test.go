package roots_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hyperledger/fabric-config/configtx"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/configblocks"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
	"github.com/countersign-ledger/countersign/network"
)

var record = flag.Bool("record", false, "write the blocks of the real network to client/verify/channelconfig/testdata")

const patience = 30 * time.Second

// One network goes through it all: its first configuration is pinned, an organisation
// is admitted, and the carrier's authority is rotated.
func TestARealChannelIsFollowed(t *testing.T) {
	if testing.Short() {
		t.Skip("SHORT: needs a real network")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	n, err := network.Start(ctx, network.Default())
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Stop(context.Background())) }()
	manufacturer := connect(t, n, "manufacturer")
	channel := n.Topology().Channel

	genesis, err := manufacturer.System(ctx, "qscc", "GetBlockByNumber", []byte(channel), []byte("0"))
	require.NoError(t, err)
	policy := verify.Policy{Required: 2, Of: []string{"ManufacturerMSP", "CarrierMSP", "RetailerMSP"}}
	trust, err := verify.Pin(genesis, verify.Terms{Chaincode: n.Topology().Chaincode.Name, Policy: policy})
	require.NoError(t, err)
	agreesWithPeer(t, manufacturer, trust)
	blocks, err := configblocks.Since(ctx, manufacturer, channel, 0)
	require.NoError(t, err)
	require.Len(t, blocks, 1)
	require.ErrorIs(t, trust.Follow(blocks[0]), channelconfig.ErrKnown, "nothing has changed yet")
	require.NoError(t, found(ctx, t, n))
	before := attest(t, manufacturer, "ManufacturerMSP", "CarrierMSP")
	require.True(t, verified(t, trust, before, policy).Verified())

	require.NoError(t, n.Admit(ctx, network.Trader("grower"), network.Definition{}))
	follow(t, manufacturer, trust, 1)
	agreesWithPeer(t, manufacturer, trust)
	withGrower := verify.Policy{Required: 2, Of: []string{"GrowerMSP", "RetailerMSP"}}
	manufacturer = connect(t, n, "manufacturer") // that knows the newcomer's peer
	by := attest(t, manufacturer, "GrowerMSP", "RetailerMSP")
	require.True(t, verified(t, trust, by, withGrower).Verified())
	old, err := trust.RootsAt(0)
	require.NoError(t, err)
	report := verifierOf(t, old).Verify(by, withGrower, time.Now())
	require.False(t, report.Verified(), "the first configuration did not know it")

	rotate(t, n, "carrier", "CarrierMSP", trust.Newest().Config())
	follow(t, manufacturer, trust, 2)
	agreesWithPeer(t, manufacturer, trust)
	report = verified(t, trust, before, policy)
	require.False(t, report.Verified())
	require.Equal(t, verify.CheckCertificate, report.Failures()[0].Name)
	old, err = trust.RootsAt(1)
	require.NoError(t, err)
	report = verifierOf(t, old).Verify(before, policy, time.Now())
	require.True(t, report.Verified(), "%s", report)

	if *record {
		all, err := configblocks.Since(ctx, manufacturer, channel, 0)
		require.NoError(t, err)
		save(t, append([][]byte{genesis}, all...))
	}
}

func connect(t *testing.T, n *network.Network, organisation string) *client.Client {
	t.Helper()
	c, err := client.Connect(t.Context(), client.WithProfile(n.Profile(organisation)), client.WithMSP(n.MSPDir(organisation, "admin")))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

// follow waits until the peer has a configuration, and follows to it.
func follow(t *testing.T, c *client.Client, trust *verify.Trust, sequence uint64) {
	t.Helper()
	require.Eventually(t, func() bool {
		now := trust.Newest()
		blocks, err := configblocks.Since(t.Context(), c, now.Channel(), now.Sequence())
		require.NoError(t, err)
		for _, b := range blocks {
			if err := trust.Follow(b); err != nil {
				require.ErrorIs(t, err, channelconfig.ErrKnown)
			}
		}
		return trust.Newest().Sequence() == sequence
	}, patience, 300*time.Millisecond)
}

// agreesWithPeer holds what was followed against what the peer says that it has.
func agreesWithPeer(t *testing.T, c *client.Client, trust *verify.Trust) {
	t.Helper()
	answer, err := c.System(t.Context(), "cscc", "GetChannelConfig", []byte(trust.Newest().Channel()))
	require.NoError(t, err)
	var config common.Config
	require.NoError(t, proto.Unmarshal(answer, &config))
	require.True(t, proto.Equal(&config, trust.Newest().Config()))
	require.False(t, trust.Newest().Time().IsZero())
}

func attest(t *testing.T, c *client.Client, by ...string) *evidence.Statement {
	t.Helper()
	var statement *evidence.Statement
	require.Eventually(t, func() bool {
		var err error
		statement, err = client.Attest(t.Context(), c, api.Organisation, participant.ReadOrganisationRequest{MSP: "CarrierMSP"}, by...)
		return err == nil
	}, patience, time.Second)
	return statement
}

func verifierOf(t *testing.T, roots *verify.Roots) *verify.Verifier {
	t.Helper()
	v, err := verify.New(roots)
	require.NoError(t, err)
	return v
}

func verified(t *testing.T, trust *verify.Trust, s *evidence.Statement, policy verify.Policy) *verify.Report {
	t.Helper()
	roots, err := trust.Roots()
	require.NoError(t, err)
	return verifierOf(t, roots).Verify(s, policy, time.Now())
}

// rotate gives an organisation a new authority in place of the one that it has, as its
// administrator does.
func rotate(t *testing.T, n *network.Network, organisation, mspID string, config *common.Config) {
	t.Helper()
	next, err := configtest.NewAuthority("ca2." + organisation)
	require.NoError(t, err)
	tx := configtx.New(config)
	value := tx.UpdatedConfig().GetChannelGroup().GetGroups()["Application"].GetGroups()[mspID].GetValues()["MSP"]
	var outer msp.MSPConfig
	var inner msp.FabricMSPConfig
	require.NoError(t, proto.Unmarshal(value.GetValue(), &outer))
	require.NoError(t, proto.Unmarshal(outer.GetConfig(), &inner))
	inner.RootCerts = [][]byte{configtest.PEM(next.Certificate)}
	units := inner.GetFabricNodeOus()
	for _, u := range []*msp.FabricOUIdentifier{units.GetClientOuIdentifier(), units.GetPeerOuIdentifier(), units.GetAdminOuIdentifier(), units.GetOrdererOuIdentifier()} {
		u.Certificate = inner.GetRootCerts()[0]
	}
	outer.Config, err = proto.Marshal(&inner)
	require.NoError(t, err)
	value.Value, err = proto.Marshal(&outer)
	require.NoError(t, err)
	update, err := tx.ComputeMarshaledUpdate(n.Topology().Channel)
	require.NoError(t, err)

	signer := administrator(t, n, organisation, mspID)
	signature, err := signer.CreateConfigSignature(update)
	require.NoError(t, err)
	envelope, err := configtx.NewEnvelope(update, signature)
	require.NoError(t, err)
	require.NoError(t, signer.SignEnvelope(envelope))
	broadcast(t, n, config, envelope)
}

func administrator(t *testing.T, n *network.Network, organisation, mspID string) *configtx.SigningIdentity {
	t.Helper()
	person, err := client.SignatoryFromMSP(n.MSPDir(organisation, "admin"))
	require.NoError(t, err)
	return &configtx.SigningIdentity{Certificate: person.Certificate, PrivateKey: crypto.PrivateKey(person.Key), MSPID: mspID}
}

func broadcast(t *testing.T, n *network.Network, config *common.Config, envelope *common.Envelope) {
	t.Helper()
	var outer msp.MSPConfig
	var inner msp.FabricMSPConfig
	for _, o := range config.GetChannelGroup().GetGroups()["Orderer"].GetGroups() {
		require.NoError(t, proto.Unmarshal(o.GetValues()["MSP"].GetValue(), &outer))
		require.NoError(t, proto.Unmarshal(outer.GetConfig(), &inner))
	}
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(inner.GetTlsRootCerts()[0]))
	for _, node := range n.Status() {
		if node.Kind != network.KindOrderer {
			continue
		}
		connection, err := grpc.NewClient(node.Address, grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(pool, node.Host)))
		require.NoError(t, err)
		defer func() { _ = connection.Close() }()
		stream, err := orderer.NewAtomicBroadcastClient(connection).Broadcast(t.Context())
		require.NoError(t, err)
		require.NoError(t, stream.Send(envelope))
		answer, err := stream.Recv()
		require.NoError(t, err)
		require.Equal(t, common.Status_SUCCESS, answer.GetStatus(), answer.GetInfo())
		return
	}
	t.Fatal("no orderer")
}

// save records real blocks, without metadata; they hold nothing secret.
func save(t *testing.T, blocks [][]byte) {
	t.Helper()
	dir := filepath.Join("..", "..", "client", "verify", "channelconfig", "testdata")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for i, name := range []string{"genesis.block", "admitted.block", "rotated.block"} {
		text, err := channelconfig.Strip(blocks[i])
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
}

// found founds the consortium: all that trade agree on who they are.
func found(ctx context.Context, t *testing.T, n *network.Network) error {
	t.Helper()
	proposed, err := connect(t, n, "manufacturer").Propose(ctx, participant.Proposal{Reason: "founding", Organisations: shipmenttest.Founders()})
	if err != nil {
		return err
	}
	for _, name := range []string{"manufacturer", "carrier", "retailer"} {
		if _, err := connect(t, n, name).Approve(ctx, proposed.Proposal); err != nil {
			return err
		}
	}
	return nil
}
