package network

import (
	"context"
	"fmt"

	"github.com/hyperledger/fabric-admin-sdk/pkg/discovery"
	"github.com/hyperledger/fabric-gateway/pkg/client"
	"golang.org/x/sync/errgroup"
)

// metadata is a query that every chaincode written with contract-api answers.
const metadata = "org.hyperledger.fabric:GetMetadata"

// prove waits until the network does what it is for. That the ports are open, or
// that one organisation succeeds, is not enough: each peer finds the others in
// its own time. So every peer must know every other, or private data would not
// reach it; every organisation, readers included, must have a query endorsed by
// all trading organisations; and one of those transactions must be committed.
func (s *starting) prove(ctx context.Context) error {
	return s.administrators.prove(ctx, s.network.plan)
}

func (all *administrators) prove(ctx context.Context, p *plan) error {
	t := p.topology
	g, ctx := errgroup.WithContext(ctx)
	for _, a := range all.admins {
		if a.organisation.Reader {
			continue
		}
		g.Go(func() error { return a.meet(ctx, t.Channel, len(p.peers)) })
	}
	for i, m := range all.members {
		g.Go(func() error { return m.gather(ctx, t, mspIDs(t.trading()), i == 0) })
	}
	return g.Wait()
}

// meet waits until the administrator's peer knows all peers on the channel.
func (a *administrator) meet(ctx context.Context, channel string, all int) error {
	err := until(ctx, func(ctx context.Context) error {
		found, err := discovery.NewPeer(a.connection, a.identity).PeerMembershipQuery(ctx, channel, nil)
		if err != nil {
			return err
		}
		known := 0
		for _, peers := range found.GetPeersByOrg() {
			known += len(peers.GetPeers())
		}
		if known < all {
			return fmt.Errorf("it knows %d of %d peers", known, all)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s finds the other peers: %w", a.peer.name, err)
	}
	return nil
}

// gather has a query endorsed by all the organisations, through the
// administrator's own peer, and commits it if told so.
func (a *administrator) gather(ctx context.Context, t Topology, all []string, submit bool) error {
	gateway, err := a.gateway()
	if err != nil {
		return err
	}
	defer func() { _ = gateway.Close() }()
	contract := gateway.GetNetwork(t.Channel).GetContract(t.Chaincode.Name)
	err = until(ctx, func(ctx context.Context) error {
		proposal, err := contract.NewProposal(metadata, client.WithEndorsingOrganizations(all...))
		if err != nil {
			return err
		}
		transaction, err := proposal.EndorseWithContext(ctx)
		if err != nil || !submit {
			return err
		}
		return commit(ctx, transaction)
	})
	if err != nil {
		return fmt.Errorf("%s gathers endorsements of %d organisations: %w", a.organisation.Name, len(all), err)
	}
	return nil
}

func commit(ctx context.Context, transaction *client.Transaction) error {
	sent, err := transaction.SubmitWithContext(ctx)
	if err != nil {
		return err
	}
	result, err := sent.StatusWithContext(ctx)
	if err != nil {
		return err
	}
	if !result.Successful {
		return fmt.Errorf("transaction %s is not valid: %s", result.TransactionID, result.Code)
	}
	return nil
}
