package network

import (
	"context"
	"crypto/x509"
	"fmt"
	"time"

	adminidentity "github.com/hyperledger/fabric-admin-sdk/pkg/identity"
	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"

	"github.com/countersign-ledger/countersign/network/internal/material"
)

// administrator acts for one organisation through one of its peers while the
// network starts.
type administrator struct {
	organisation Organisation
	peer         *node
	connection   *grpc.ClientConn
	identity     adminidentity.SigningIdentity
	credential   *material.Credential
}

func newAdministrator(o Organisation, peer *node, ids *identities) (*administrator, error) {
	connection, err := dial(peer, ids.pool(o.Name))
	if err != nil {
		return nil, err
	}
	credential := ids.admins[o.Name]
	signer, err := adminidentity.NewPrivateKeySigningIdentity(o.MSPID, credential.Certificate, credential.Key)
	if err != nil {
		return nil, fmt.Errorf("administrator of %s: %w", o.Name, err)
	}
	return &administrator{organisation: o, peer: peer, connection: connection, identity: signer, credential: credential}, nil
}

// dial connects to a peer. Calls wait until it listens, and it is tried anew
// often, since it is just starting.
func dial(peer *node, authorities *x509.CertPool) (*grpc.ClientConn, error) {
	return grpc.NewClient(peer.address(),
		grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(authorities, peer.host)),
		grpc.WithDefaultCallOptions(grpc.WaitForReady(true)),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: lookEvery, Multiplier: 1.2, Jitter: 0.2, MaxDelay: 5 * lookEvery},
			MinConnectTimeout: 5 * time.Second,
		}),
	)
}

// gateway connects fabric-gateway as the administrator. Closing it leaves the
// connection open.
func (a *administrator) gateway() (*client.Gateway, error) {
	id, err := identity.NewX509Identity(a.organisation.MSPID, a.credential.Certificate)
	if err != nil {
		return nil, err
	}
	sign, err := identity.NewPrivateKeySign(a.credential.Key)
	if err != nil {
		return nil, err
	}
	return client.Connect(id, client.WithSign(sign), client.WithHash(hash.SHA256), client.WithClientConnection(a.connection))
}

// until repeats what fails while other nodes are still starting. When the
// context ends it returns the reason with the last failure.
func until(ctx context.Context, attempt func(context.Context) error) error {
	for {
		err := attempt(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w; last failure: %w", context.Cause(ctx), explained(err))
		}
		if cause := pause(ctx, retryEvery); cause != nil {
			return fmt.Errorf("%w; last failure: %w", cause, explained(err))
		}
	}
}

const retryEvery = 50 * time.Millisecond
