package network_test

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/network"
)

// ofAll is a collection of all trading organisations.
func ofAll(msps ...string) collections.Definition {
	return collections.Collection{Name: "of-all", Members: msps}.Definition()
}

func document(t *testing.T, definitions []collections.Definition) []byte {
	t.Helper()
	text, err := collections.JSON(definitions)
	require.NoError(t, err)
	return text
}

// putPrivate writes a private value, endorsed by some organisations.
func putPrivate(c *client.Contract, collection, key, value string, endorsers ...string) error {
	_, err := c.Submit("PutPrivate", client.WithArguments(collection, key),
		client.WithTransient(map[string][]byte{"value": []byte(value)}), client.WithEndorsingOrganizations(endorsers...))
	return err
}

// private reads a private value at an organisation's own peer, as soon as it is there.
func private(t *testing.T, c *client.Contract, collection, key, mspID string) string {
	t.Helper()
	var value []byte
	require.Eventually(t, func() bool {
		var err error
		value, err = c.Evaluate("GetPrivate", client.WithArguments(collection, key), client.WithEndorsingOrganizations(mspID))
		return err == nil && len(value) > 0 // its peer may be a block behind
	}, patience, retry)
	return string(value)
}

const retry = 200 * time.Millisecond

// One network goes through all of this, for what is asked is that a channel which
// is in use can be changed, and changed again.
func TestAChannelThatRunsTakesNewCollectionsAndNewOrganisations(t *testing.T) {
	real(t)
	topology := storeTopology(t)
	topology.PrivateData.ReconcileInterval = 500 * time.Millisecond
	topology.MutualTLS = true // and everybody takes the newcomers' certificates
	trading := []string{"CarrierMSP", "ManufacturerMSP", "RetailerMSP"}
	before := append(topology.Consortium().Definitions(), ofAll(trading...))
	topology.Chaincode.Collections = document(t, before)
	n, err := network.Start(t.Context(), topology)
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Stop(context.Background())) }()
	carrier := contract(t, n, "carrier", "operator")
	_, err = carrier.SubmitTransaction("Put", "old", "public")
	require.NoError(t, err)
	require.NoError(t, putPrivate(carrier, "of-all", "old", "private", "CarrierMSP", "RetailerMSP"))

	t.Run("what cannot be is refused, and nothing has changed", func(t *testing.T) { refusedChanges(t, n, before) })

	trio := collections.Collection{
		Name: collections.Relation(trading...), Members: trading,
		Endorsers: collections.Quorum{Required: 2, Of: trading},
	}.Definition()
	t.Run("a collection is added", func(t *testing.T) {
		require.Error(t, putPrivate(carrier, trio.Name, "price", "10", "CarrierMSP", "RetailerMSP"), "it is not there yet")
		after := document(t, append(before, trio))
		require.NoError(t, n.Define(t.Context(), network.Definition{Version: "2", Collections: after}))
		require.Equal(t, "2", n.Topology().Chaincode.Version)
		kept, err := os.ReadFile(filepath.Join(n.Dir(), "channel", "collections.json"))
		require.NoError(t, err)
		require.Equal(t, after, kept)
		kept, err = os.ReadFile(filepath.Join(n.Dir(), "channel", "consortium.json"))
		require.NoError(t, err)
		described, err := collections.Parse(kept)
		require.NoError(t, err)
		require.Equal(t, n.Topology().Consortium(), described)
		require.NoError(t, putPrivate(carrier, trio.Name, "price", "10", "CarrierMSP", "RetailerMSP"))
		require.Equal(t, "10", private(t, contract(t, n, "manufacturer", "operator"), trio.Name, "price", "ManufacturerMSP"))
		old, err := carrier.EvaluateTransaction("Get", "old")
		require.NoError(t, err)
		require.Equal(t, "public", string(old))
		require.Equal(t, "private", private(t, carrier, "of-all", "old", "CarrierMSP"))
	})

	t.Run("an organisation joins that trades", func(t *testing.T) {
		grower := network.Trader("grower")
		grower.ChaincodeBinary = storecc
		enlarged := n.Topology()
		enlarged.Organisations = append(enlarged.Organisations, grower)
		definitions := append(enlarged.Consortium().Definitions(), ofAll(append(trading, "GrowerMSP")...), trio)
		require.NoError(t, n.Admit(t.Context(), grower, network.Definition{Collections: document(t, definitions)}))
		joined(t, n)

		own := contract(t, n, "grower", "operator")
		old, err := own.Evaluate("Get", client.WithArguments("old"), client.WithEndorsingOrganizations("GrowerMSP"))
		require.NoError(t, err)
		require.Equal(t, "public", string(old), "its own peer has the whole history")
		_, err = own.Submit("Put", client.WithArguments("new", "by the grower"), client.WithEndorsingOrganizations("GrowerMSP", "CarrierMSP"))
		require.NoError(t, err, "its client writes, and its peer endorses")
		require.NoError(t, putPrivate(own, collections.Relation("GrowerMSP", "CarrierMSP"), "price", "12", "GrowerMSP", "CarrierMSP"))
		require.Equal(t, "12", private(t, carrier, collections.Relation("GrowerMSP", "CarrierMSP"), "price", "CarrierMSP"))

		require.Equal(t, "private", private(t, own, "of-all", "old", "GrowerMSP"),
			"who is added to a collection is given all that was written to it before")
		_, err = own.Evaluate("GetPrivate", client.WithArguments(trio.Name, "price"), client.WithEndorsingOrganizations("CarrierMSP"))
		require.Error(t, err, "of a collection of others it is given nothing")
	})

	t.Run("an organisation joins that only reads", func(t *testing.T) {
		require.NoError(t, n.Admit(t.Context(), network.Reader("inspector"), network.Definition{}))
		joined(t, n)
		readsOnly(t, n, "inspector")
	})
	t.Run("the regulator still only reads", func(t *testing.T) { readsOnly(t, n, "regulator") })

	t.Run("a peer that was there restarts, and finds the newcomers", func(t *testing.T) {
		require.NoError(t, n.StopPeer(t.Context(), "grower"))
		require.ErrorIs(t, n.Define(t.Context(), network.Definition{Version: "3"}), network.ErrNodeStopped)
		require.NoError(t, n.StartPeer(t.Context(), "grower"))
		require.NoError(t, n.Define(t.Context(), network.Definition{Version: "3", EndorsementPolicy: network.Policy{Required: 3}}))
		require.Equal(t, 3, n.Topology().EndorsementPolicy.Required)
	})

	t.Run("an organisation that is left half way is told of", func(t *testing.T) {
		both := collections.Definition{Name: "both", Policy: "AND('CarrierMSP.member','RetailerMSP.member')", MaxPeerCount: 1}
		var present []collections.Definition
		require.NoError(t, json.Unmarshal(n.Topology().Chaincode.Collections, &present))
		nodes := n.Status()
		err := n.Admit(t.Context(), network.Trader("packer"), network.Definition{Collections: document(t, append(present, both))})
		var change *network.ChangeError
		require.ErrorAs(t, err, &change)
		require.Equal(t, "approve", change.Step)
		require.Equal(t, []string{"PackerMSP is a member of the channel by its configuration"}, change.Done)
		require.Equal(t, nodes, n.Status(), "its nodes are gone, and all others as they were")
		require.NoError(t, n.Err())
		_, err = carrier.Submit("Put", client.WithArguments("late", "yes"), client.WithEndorsingOrganizations("CarrierMSP", "RetailerMSP", "GrowerMSP"))
		require.NoError(t, err)
	})

	nodes := n.Status()
	require.NoError(t, n.Stop(t.Context()))
	gone(t, nodes)
	require.ErrorIs(t, n.Define(t.Context(), network.Definition{Version: "4"}), network.ErrNotRunning)
}

// joined checks that other processes see the newcomers, too.
func joined(t *testing.T, n *network.Network) {
	t.Helper()
	s, err := network.ReadStatus(n.Dir())
	require.NoError(t, err)
	require.Equal(t, n.Status(), s.Nodes)
	require.Len(t, s.Members, len(n.Topology().Organisations))
	content, err := os.ReadFile(filepath.Join(filepath.Dir(n.Profile("carrier")), "connection.json"))
	require.NoError(t, err)
	var profile struct{ Peers map[string]any }
	require.NoError(t, json.Unmarshal(content, &profile))
	require.Len(t, profile.Peers, len(n.Topology().Organisations), "each has one peer")
}

func readsOnly(t *testing.T, n *network.Network, organisation string) {
	t.Helper()
	own := contract(t, n, organisation, "auditor")
	old, err := own.EvaluateTransaction("Get", "old")
	require.NoError(t, err)
	require.Equal(t, "public", string(old))
	_, err = contract(t, n, organisation, "admin").SubmitTransaction("Put", "forged", "by "+organisation)
	var refused *client.SubmitError
	require.ErrorAs(t, err, &refused)
	require.Contains(t, status.Convert(err).Message(), "FORBIDDEN")
}

func port(t *testing.T, address string) int {
	t.Helper()
	a, err := net.ResolveTCPAddr("tcp", address)
	require.NoError(t, err)
	return a.Port
}

func refusedChanges(t *testing.T, n *network.Network, before []collections.Definition) {
	topology := n.Topology()
	var change *network.ChangeError
	var problem *network.TopologyError
	changed := slices.Clone(before)
	changed[1].BlockToLive = 9
	err := n.Define(t.Context(), network.Definition{Collections: document(t, changed[1:])})
	require.ErrorAs(t, err, &problem)
	require.ErrorContains(t, err, "collection "+before[0].Name+" is there and cannot be left out")
	require.ErrorContains(t, err, "collection "+before[1].Name+" forgets after 0 blocks (blockToLive) and cannot change to 9")
	require.ErrorContains(t, err, "nothing was changed")

	// What only Fabric knows to be wrong, its peers refuse, and nobody asks again.
	both := append(slices.Clone(before), collections.Definition{Name: "both", Policy: "AND('CarrierMSP.member','RetailerMSP.member')", MaxPeerCount: 1})
	err = n.Define(t.Context(), network.Definition{Collections: document(t, both)})
	require.ErrorAs(t, err, &change)
	require.Equal(t, "approve", change.Step)
	require.ErrorContains(t, err, "collection-name: both")
	require.ErrorContains(t, err, "nothing was changed")

	require.ErrorAs(t, n.Define(t.Context(), network.Definition{Version: "1/0"}), &problem)
	require.ErrorAs(t, n.Admit(t.Context(), network.Trader("carrier"), network.Definition{}), &problem)
	grower := network.Trader("grower")
	for _, s := range n.Status() {
		if s.Kind == network.KindOrderer {
			grower.Port = port(t, s.Address)
		}
	}
	var taken *network.PortError
	require.ErrorAs(t, n.Admit(t.Context(), grower, network.Definition{}), &taken)

	// It joins no channel, for its chaincode server does not start.
	failing := filepath.Join(t.TempDir(), "failing")
	require.NoError(t, os.WriteFile(failing, []byte("#!/bin/sh\necho 'panic: no licence' >&2\nexit 9\n"), 0o755))
	grower = network.Trader("grower")
	grower.ChaincodeBinary = failing
	err = n.Admit(t.Context(), grower, network.Definition{})
	var node *network.NodeError
	require.ErrorAs(t, err, &node)
	require.ErrorContains(t, err, "no licence")
	require.ErrorAs(t, err, &change)
	require.Equal(t, "prepare", change.Step)
	require.Empty(t, change.Done)
	require.NoDirExists(t, filepath.Dir(n.Profile("grower")))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, n.Admit(ctx, network.Trader("grower"), network.Definition{}), context.Canceled)
	require.Equal(t, topology, n.Topology())
	require.NoError(t, n.Err(), "the network itself is as it was")
}
