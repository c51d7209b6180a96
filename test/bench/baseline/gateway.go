package baseline

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"google.golang.org/grpc"

	"github.com/countersign-ledger/countersign/network"
)

// Gateway is bare fabric-gateway, connected to an organisation's first peer.
type Gateway struct {
	// Network is the channel.
	Network    *client.Network
	gateway    *client.Gateway
	connection *grpc.ClientConn
}

// Connect acts as a user of an organisation.
func Connect(n *network.Network, organisation, user string) (*Gateway, error) {
	var mspID string
	for _, o := range n.Topology().Organisations {
		if o.Name == organisation {
			mspID = o.MSPID
		}
	}
	id, sign, err := credentialsOf(n.MSPDir(organisation, user), mspID)
	if err != nil {
		return nil, err
	}
	connection, err := Dial(n, organisation)
	if err != nil {
		return nil, err
	}
	g, err := client.Connect(id, client.WithSign(sign), client.WithHash(hash.SHA256), client.WithClientConnection(connection))
	if err != nil {
		return nil, errors.Join(err, connection.Close())
	}
	return &Gateway{Network: g.GetNetwork(n.Topology().Channel), gateway: g, connection: connection}, nil
}

// Close hangs up.
func (g *Gateway) Close() error { return errors.Join(g.gateway.Close(), g.connection.Close()) }

func credentialsOf(folder, mspID string) (*identity.X509Identity, identity.Sign, error) {
	certificatePEM, err := os.ReadFile(filepath.Join(folder, "signcerts", "cert.pem"))
	if err != nil {
		return nil, nil, err
	}
	keyPEM, err := os.ReadFile(filepath.Join(folder, "keystore", "key.pem"))
	if err != nil {
		return nil, nil, err
	}
	certificate, err := identity.CertificateFromPEM(certificatePEM)
	if err != nil {
		return nil, nil, err
	}
	id, err := identity.NewX509Identity(mspID, certificate)
	if err != nil {
		return nil, nil, err
	}
	key, err := identity.PrivateKeyFromPEM(keyPEM)
	if err != nil {
		return nil, nil, err
	}
	sign, err := identity.NewPrivateKeySign(key)
	return id, sign, err
}
