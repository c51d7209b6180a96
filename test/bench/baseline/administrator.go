package baseline

import (
	"fmt"
	"os"
	"path/filepath"

	adminidentity "github.com/hyperledger/fabric-admin-sdk/pkg/identity"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/countersign-ledger/countersign/network"
)

// administrator acts for an organisation at its first peer.
type administrator struct {
	organisation string
	connection   *grpc.ClientConn
	identity     adminidentity.SigningIdentity
}

func (a *administrator) hangUp() { _ = a.connection.Close() }

func administratorOf(n *network.Network, o network.Organisation) (*administrator, error) {
	connection, err := Dial(n, o.Name)
	if err != nil {
		return nil, err
	}
	user := n.MSPDir(o.Name, "admin")
	certificatePEM, err := os.ReadFile(filepath.Join(user, "signcerts", "cert.pem"))
	if err != nil {
		return nil, err
	}
	keyPEM, err := os.ReadFile(filepath.Join(user, "keystore", "key.pem"))
	if err != nil {
		return nil, err
	}
	certificate, err := identity.CertificateFromPEM(certificatePEM)
	if err != nil {
		return nil, err
	}
	key, err := identity.PrivateKeyFromPEM(keyPEM)
	if err != nil {
		return nil, err
	}
	signer, err := adminidentity.NewPrivateKeySigningIdentity(o.MSPID, certificate, key)
	return &administrator{organisation: o.Name, connection: connection, identity: signer}, err
}

// Dial connects to the first peer of an organisation.
func Dial(n *network.Network, organisation string) (*grpc.ClientConn, error) {
	for _, node := range n.Status() {
		if node.Kind != network.KindPeer || node.Organisation != organisation {
			continue
		}
		tls, err := credentials.NewClientTLSFromFile(filepath.Join(n.Dir(), "organisations", organisation, "peers", "peer0", "tls", "ca.crt"), node.Host)
		if err != nil {
			return nil, err
		}
		return grpc.NewClient(node.Address, grpc.WithTransportCredentials(tls))
	}
	return nil, fmt.Errorf("%s has no peer", organisation)
}
