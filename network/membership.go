package network

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hyperledger/fabric-admin-sdk/pkg/channel"
	"github.com/hyperledger/fabric-config/configtx"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"golang.org/x/sync/errgroup"

	configuration "github.com/countersign-ledger/countersign/network/internal/channel"
)

// becomeMember has the trading organisations put the newcomer into the channel's
// configuration, and waits until every peer has it.
func (a *arrival) becomeMember(ctx context.Context) error {
	o := a.newcomer
	if err := until(ctx, a.update); err != nil {
		return fmt.Errorf("the channel's configuration: %w", err)
	}
	a.stands("%s is a member of the channel by its configuration", o.MSPID)
	g, ctx := errgroup.WithContext(ctx)
	for _, m := range a.admins {
		if m.organisation.Name == o.Name {
			continue // its peers are not in the channel yet
		}
		g.Go(func() error {
			err := until(ctx, func(ctx context.Context) error {
				known, _, err := m.knows(ctx, a.next.topology.Channel, o.MSPID)
				if err == nil && !known {
					err = errors.New("not yet")
				}
				return err
			})
			if err != nil {
				return fmt.Errorf("%s takes over the channel's configuration: %w", m.peer.name, err)
			}
			return nil
		})
	}
	return g.Wait()
}

// knows tells whether an organisation is a member by the configuration that the
// administrator's peer has, and gives that configuration.
func (a *administrator) knows(ctx context.Context, channelName, mspID string) (bool, *common.Config, error) {
	block, err := channel.GetConfigBlock(ctx, a.connection, a.identity, channelName)
	if err != nil {
		return false, nil, err
	}
	_, config, err := configuration.Read(block)
	if err != nil {
		return false, nil, err
	}
	members, err := configuration.Members(config)
	_, known := members[mspID]
	return known, config, err
}

// update sends the update to the orderer, unless an earlier attempt got through.
func (a *arrival) update(ctx context.Context) error {
	t := a.next.topology
	signers := a.trading()[:t.LifecyclePolicy.Required] // what the Admins policy asks for
	known, config, err := signers[0].knows(ctx, t.Channel, a.newcomer.MSPID)
	if err != nil || known {
		return err
	}
	msp, err := configuration.ReadMSP(a.next.layout.msp(a.newcomer.Name), a.newcomer.MSPID)
	if err != nil {
		return &refusedError{err}
	}
	anchor := a.next.peersOf(a.newcomer.Name)[0]
	update, err := configuration.Admit(t.Channel, config, configuration.Admission{
		MSPID: a.newcomer.MSPID, MSP: msp, Anchors: []configuration.Address{{Host: loopback, Port: anchor.port}},
		Trading: mspIDs(t.trading()), Reading: mspIDs(t.readers()), Policies: policies(t),
	})
	if err != nil {
		return &refusedError{err}
	}
	envelope, err := signed(t.Channel, update.Bytes, signers)
	if err != nil {
		return &refusedError{err}
	}
	return a.broadcast(ctx, envelope)
}

// signed packs an update with the administrators' signatures; the first also signs
// the whole.
func signed(channelName string, update []byte, signers []*administrator) (*common.Envelope, error) {
	var signatures []*common.ConfigSignature
	for _, s := range signers {
		signature, err := s.signer().CreateConfigSignature(update)
		if err != nil {
			return nil, fmt.Errorf("%s signs: %w", s.organisation.Name, err)
		}
		signatures = append(signatures, signature)
	}
	envelope, err := configuration.Envelope(channelName, update, signatures...)
	if err != nil {
		return nil, err
	}
	return envelope, signers[0].signer().SignEnvelope(envelope)
}

func (a *administrator) signer() *configtx.SigningIdentity {
	return &configtx.SigningIdentity{
		Certificate: a.credential.Certificate, PrivateKey: a.credential.Key, MSPID: a.organisation.MSPID,
	}
}

// broadcast gives an envelope to an orderer.
func (a *arrival) broadcast(ctx context.Context, envelope *common.Envelope) error {
	connection, err := dial(a.next.orderers[0], a.ids.clientTLS(a.trading()[0].organisation.Name, OrdererOrganisation))
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	stream, err := orderer.NewAtomicBroadcastClient(connection).Broadcast(ctx)
	if err != nil {
		return err
	}
	if err := stream.Send(envelope); err != nil {
		return err
	}
	answer, err := stream.Recv()
	if err != nil {
		return err
	}
	err = errors.Join(stream.CloseSend(), accepted(answer))
	return err
}

// accepted reads an orderer's answer. What it finds wrong it will find wrong again.
func accepted(answer *orderer.BroadcastResponse) error {
	status := answer.GetStatus()
	if status == common.Status_SUCCESS {
		return nil
	}
	err := fmt.Errorf("the orderer answers %s: %s", status, answer.GetInfo())
	if slices.Contains([]common.Status{common.Status_BAD_REQUEST, common.Status_FORBIDDEN}, status) {
		return &refusedError{err}
	}
	return err
}
