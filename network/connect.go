package network

import (
	"context"
	"crypto/tls"
	"errors"
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

// administrators are those of all organisations, trading ones first.
type administrators struct {
	members []*administrator // each at its organisation's first peer
	admins  []*administrator // the same and those at further peers
}

// connect takes an administrator to every peer of a plan.
func (all *administrators) connect(p *plan, ids *identities) error {
	t := p.topology
	for _, o := range append(t.trading(), t.readers()...) {
		for i, peer := range p.peersOf(o.Name) {
			a, err := newAdministrator(o, peer, ids)
			if err != nil {
				return err
			}
			all.admins = append(all.admins, a)
			if i == 0 {
				all.members = append(all.members, a)
			}
		}
	}
	return nil
}

// hangUp closes all connections.
func (all *administrators) hangUp() {
	for _, a := range all.admins {
		_ = a.connection.Close()
	}
}

// of gives those at the peers of one organisation.
func (all *administrators) of(organisation string) []*administrator {
	var own []*administrator
	for _, a := range all.admins {
		if a.organisation.Name == organisation {
			own = append(own, a)
		}
	}
	return own
}

// trading gives those at the first peers of organisations that trade.
func (all *administrators) trading() []*administrator {
	var kept []*administrator
	for _, a := range all.members {
		if !a.organisation.Reader {
			kept = append(kept, a)
		}
	}
	return kept
}

func newAdministrator(o Organisation, peer *node, ids *identities) (*administrator, error) {
	connection, err := dial(peer, ids.clientTLS(o.Name, o.Name))
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

// dial connects to a node. Calls wait until it listens, and it is tried anew
// often, since it is just starting.
func dial(to *node, settings *tls.Config) (*grpc.ClientConn, error) {
	settings.ServerName = to.host
	return grpc.NewClient(to.address(),
		grpc.WithTransportCredentials(credentials.NewTLS(settings)),
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
// context ends it returns the reason with the last failure; a [refusedError] it
// returns at once.
func until(ctx context.Context, attempt func(context.Context) error) error {
	for {
		err := attempt(ctx)
		if err == nil {
			return nil
		}
		var refused *refusedError
		if errors.As(err, &refused) {
			return explained(err)
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w; last failure: %w", context.Cause(ctx), explained(err))
		}
		if cause := pause(ctx, retryEvery); cause != nil {
			return fmt.Errorf("%w; last failure: %w", cause, explained(err))
		}
	}
}

// refusedError ends until: to try again would not help.
type refusedError struct{ err error }

func (e *refusedError) Error() string { return explained(e.err).Error() }
func (e *refusedError) Unwrap() error { return e.err }

const retryEvery = 50 * time.Millisecond
