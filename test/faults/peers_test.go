package faults_test

import (
	"context"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-admin-sdk/pkg/channel"
	adminidentity "github.com/hyperledger/fabric-admin-sdk/pkg/identity"
	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/network"
)

// bystander is a connection of Fabric's own libraries to one peer and no other, by
// which tests look at it without the client that they test.
type bystander struct {
	peer       network.NodeStatus
	channel    string
	connection *grpc.ClientConn
	admin      adminidentity.SigningIdentity
	gateway    *gateway.Gateway
}

// bystandersAt connects to every peer as its organisation's administrator.
func bystandersAt(t *testing.T, n *network.Network) []*bystander {
	t.Helper()
	var all []*bystander
	for _, s := range n.Status() {
		if s.Kind == network.KindPeer {
			all = append(all, newBystander(t, n, s))
		}
	}
	return all
}

func newBystander(t *testing.T, n *network.Network, s network.NodeStatus) *bystander {
	t.Helper()
	var profile struct {
		Peers map[string]struct {
			TLSCACerts struct{ PEM string } `json:"tlsCACerts"`
		}
	}
	text, err := os.ReadFile(strings.TrimSuffix(n.Profile(s.Organisation), "yaml") + "json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &profile))
	authorities := x509.NewCertPool()
	require.True(t, authorities.AppendCertsFromPEM([]byte(profile.Peers[s.Host].TLSCACerts.PEM)))
	connection, err := grpc.NewClient(s.Address, grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(authorities, s.Host)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, connection.Close()) })

	msp := n.MSPDir(s.Organisation, "admin")
	certificatePEM, err := os.ReadFile(filepath.Join(msp, "signcerts", "cert.pem"))
	require.NoError(t, err)
	certificate, err := identity.CertificateFromPEM(certificatePEM)
	require.NoError(t, err)
	keyPEM, err := os.ReadFile(filepath.Join(msp, "keystore", "key.pem"))
	require.NoError(t, err)
	key, err := identity.PrivateKeyFromPEM(keyPEM)
	require.NoError(t, err)
	mspID := mspOf(s.Organisation)
	admin, err := adminidentity.NewPrivateKeySigningIdentity(mspID, certificate, key)
	require.NoError(t, err)
	id, err := identity.NewX509Identity(mspID, certificate)
	require.NoError(t, err)
	sign, err := identity.NewPrivateKeySign(key)
	require.NoError(t, err)
	g, err := gateway.Connect(id, gateway.WithSign(sign), gateway.WithHash(hash.SHA256), gateway.WithClientConnection(connection))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.Close()) })
	return &bystander{peer: s, channel: n.Topology().Channel, connection: connection, admin: admin, gateway: g}
}

func mspOf(organisation string) string {
	for _, p := range parties {
		if p.name == organisation {
			return p.msp
		}
	}
	return ""
}

// contract is the chaincode by Fabric's own client.
func (b *bystander) contract(n *network.Network) *gateway.Contract {
	return b.gateway.GetNetwork(b.channel).GetContract(n.Topology().Chaincode.Name)
}

// tip is where a peer's ledger ends, and a hash over all that its state ever was:
// Fabric's commit hash covers the validity and the writes of every transaction.
type tip struct {
	Height uint64
	Block  string
	State  string
}

func (b *bystander) tip(ctx context.Context) (tip, error) {
	info, err := channel.GetBlockChainInfo(ctx, b.connection, b.admin, b.channel)
	if err != nil {
		return tip{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	blocks, err := b.gateway.GetNetwork(b.channel).BlockEvents(ctx, gateway.WithStartBlock(info.GetHeight()-1))
	if err != nil {
		return tip{}, err
	}
	block, ok := <-blocks
	if !ok {
		return tip{}, fmt.Errorf("%s gives no block %d", b.peer.Name, info.GetHeight()-1)
	}
	var state common.Metadata
	if err := proto.Unmarshal(block.GetMetadata().GetMetadata()[common.BlockMetadataIndex_COMMIT_HASH], &state); err != nil {
		return tip{}, err
	}
	return tip{Height: info.GetHeight(), Block: hex.EncodeToString(info.GetCurrentBlockHash()), State: hex.EncodeToString(state.GetValue())}, nil
}

// agreed waits until all peers are at one height, and returns where they stand: at
// one tip, if all is well.
func agreed(ctx context.Context, all []*bystander) (map[string]tip, error) {
	for {
		tips, heights := map[string]tip{}, map[uint64]bool{}
		var failure error
		for _, b := range all {
			t, err := b.tip(ctx)
			if err != nil {
				failure = fmt.Errorf("%s: %w", b.peer.Name, err)
				break
			}
			tips[b.peer.Name] = t
			heights[t.Height] = true
		}
		if failure == nil && len(heights) == 1 {
			return tips, nil
		}
		select {
		case <-ctx.Done():
			return tips, errors.Join(fmt.Errorf("%w; last seen: %v", context.Cause(ctx), tips), failure)
		case <-time.After(pauseBetween):
		}
	}
}

// newest is the highest block that any peer has.
func (w *world) newest(t *testing.T) uint64 {
	t.Helper()
	var highest uint64
	for _, b := range bystandersAt(t, w.network) {
		at, err := b.tip(t.Context())
		require.NoError(t, err)
		highest = max(highest, at.Height-1)
	}
	return highest
}
