package network

import (
	"context"
	"fmt"
	"strings"

	"github.com/hyperledger/fabric-admin-sdk/pkg/chaincode"
	"github.com/hyperledger/fabric-admin-sdk/pkg/channel"

	"github.com/countersign-ledger/countersign/network/internal/ccpackage"
)

// Definition is what the organisations agree on anew about the chaincode. What is
// zero stays as it is.
type Definition struct {
	// Version is the version in the chaincode's definition.
	Version string
	// Collections are all private data collections from now on, in the JSON that
	// operators deploy: those that there are, and new ones. Fabric removes none and
	// changes the retention of none; it does take other members and policies for
	// one that there is. A member that is added to a collection is given all that
	// was ever written to it and not purged.
	Collections []byte
	// EndorsementPolicy says how many trading organisations must endorse.
	EndorsementPolicy Policy
}

// in gives a topology with the definition in it.
func (d Definition) in(t Topology) Topology {
	if d.Version != "" {
		t.Chaincode.Version = d.Version
	}
	if d.Collections != nil {
		t.Chaincode.Collections = d.Collections
	}
	if d.EndorsementPolicy != (Policy{}) {
		t.EndorsementPolicy = d.EndorsementPolicy
	}
	return t
}

// follows checks a topology that is to follow another on the same channel.
func (t Topology) follows(before Topology) error {
	if err := t.Validate(); err != nil {
		return err
	}
	old, _, err := define(before, firstSequence)
	if err != nil {
		return err
	}
	next, _, err := define(t, firstSequence)
	if err != nil {
		return err
	}
	if problems := ccpackage.Kept(old.Collections, next.Collections); len(problems) > 0 {
		return &TopologyError{Problems: problems}
	}
	return nil
}

// Define has every trading organisation approve the next definition of the
// chaincode and commits it, as operators do on a channel that runs. It returns
// when every peer follows the definition and every organisation has had a query
// endorsed under it. The chaincode servers stay as they are.
//
// Errors: a [*ChangeError] with a [*TopologyError] for what cannot be, with [ErrNodeStopped] while a node is
// stopped, with [ErrNotRunning] after Stop, with what Fabric refuses, or with the
// end of ctx.
func (n *Network) Define(ctx context.Context, d Definition) error {
	return n.change(ctx, "define", func(ctx context.Context, c *change) error {
		before := n.places()
		next := *before
		next.topology = d.in(before.topology)
		if err := next.topology.follows(before.topology); err != nil {
			return err
		}
		if err := n.whole(); err != nil {
			return err
		}
		c.next = &next
		if err := c.connect(c.next, c.ids); err != nil {
			return err
		}
		if err := c.redefine(ctx); err != nil {
			return err
		}
		return c.adopt()
	})
}

// refusal is in the answer of a peer whose chaincode, here Fabric's own, refuses.
const refusal = "chaincode response 500"

// approveNext is approve on a channel that runs: what a peer refuses there it
// will refuse again.
func (a *administrator) approveNext(ctx context.Context, d chaincode.Definition, packageID string) error {
	d.PackageID = packageID
	err := until(ctx, func(ctx context.Context) error {
		err := chaincode.NewGateway(a.connection, a.identity).Approve(ctx, &d)
		switch {
		case err == nil || strings.Contains(explained(err).Error(), alreadyApproved):
			return nil
		case strings.Contains(explained(err).Error(), refusal):
			return &refusedError{err}
		default:
			return err
		}
	})
	if err != nil {
		return fmt.Errorf("%s approves the chaincode: %w", a.organisation.Name, err)
	}
	return nil
}

// sequence is that of the definition which is committed now.
func (a *administrator) sequence(ctx context.Context, t Topology) (int64, error) {
	var sequence int64
	err := until(ctx, func(ctx context.Context) error {
		now, err := chaincode.NewGateway(a.connection, a.identity).QueryCommittedWithName(ctx, t.Channel, t.Chaincode.Name)
		sequence = now.GetSequence()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("%s asks for the chaincode's definition: %w", a.organisation.Name, err)
	}
	return sequence, nil
}

// height is how many blocks the administrator's peer has.
func (a *administrator) height(ctx context.Context, channelName string) (uint64, error) {
	info, err := channel.GetBlockChainInfo(ctx, a.connection, a.identity, channelName)
	return info.GetHeight(), err
}

// reach waits until the administrator's peer has so many blocks.
func (a *administrator) reach(ctx context.Context, channelName string, wanted uint64) error {
	err := until(ctx, func(ctx context.Context) error {
		height, err := a.height(ctx, channelName)
		if err == nil && height < wanted {
			err = fmt.Errorf("it has %d of %d blocks", height, wanted)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s catches up: %w", a.peer.name, err)
	}
	return nil
}
