package network_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network"
)

// TestNoSingleNodeIsNeeded kills, one at a time, the leading orderer, a peer and a
// chaincode server of a network with three orderers and two peers for each trader;
// the rest goes on, and who was killed comes back.
func TestNoSingleNodeIsNeeded(t *testing.T) {
	real(t)
	topology := storeTopology(t).WithOrderers(3).WithPeers(2)
	n, err := network.Start(t.Context(), topology)
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Stop(context.Background())) }()
	t.Logf("ready after %s", n.Ready())

	var profile struct{ Peers map[string]any }
	content, err := os.ReadFile(filepath.Join(filepath.Dir(n.Profile("carrier")), "connection.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(content, &profile))
	require.Len(t, profile.Peers, 7, "the profile lists every peer")

	second := strangerAt(t, n, "carrier", "operator", 1).GetNetwork(topology.Channel).GetContract("store")
	put := func(c *client.Contract, value string) func() error {
		return func() error {
			_, err := c.SubmitTransaction("Put", "key", value)
			return err
		}
	}
	leader, err := n.Leader(t.Context())
	require.NoError(t, err)
	require.NoError(t, n.KillNode(t.Context(), leader))
	next, err := n.Leader(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, leader, next)
	eventually(t, put(second, "under "+next))
	require.NoError(t, n.StartNode(t.Context(), leader))

	require.NoError(t, n.KillNode(t.Context(), "peer0.carrier"))
	require.Equal(t, []string{"peer0.carrier"}, halted(n))
	eventually(t, put(second, "through the other peer"))
	require.NoError(t, n.StartNode(t.Context(), "peer0.carrier"))
	require.NoError(t, n.StopNode(t.Context(), "chaincode.retailer"))
	eventually(t, put(second, "without the retailer's chaincode"))
	require.NoError(t, n.StartNode(t.Context(), "chaincode.retailer"))

	require.NoError(t, n.FreezeNode("orderer2"))
	eventually(t, put(second, "while one orderer hangs"))
	require.NoError(t, n.ThawNode("orderer2"))
	require.ErrorIs(t, n.FreezeNode("orderer4"), network.ErrUnknown)
	require.NoError(t, n.FreezeNode("peer1.retailer"))
	require.NoError(t, n.StopNode(t.Context(), "peer1.retailer"))
	require.NoError(t, n.StartNode(t.Context(), "peer1.retailer"))

	first := strangerAt(t, n, "carrier", "operator", 0).GetNetwork(topology.Channel).GetContract("store")
	eventually(t, func() error {
		value, err := first.EvaluateTransaction("Get", "key")
		if err == nil && string(value) != "while one orderer hangs" {
			err = errStale
		}
		return err
	})
	require.ErrorIs(t, n.KillNode(t.Context(), "peer2.carrier"), network.ErrUnknown)
	require.NoError(t, n.Err(), "what was asked for is no failure")
	require.Empty(t, halted(n))
}

func halted(n *network.Network) []string {
	var names []string
	for _, s := range n.Status() {
		if !s.Running {
			names = append(names, s.Name)
		}
	}
	return names
}

// Two of three orderers are needed to agree on who leads.
func TestOfThreeOrderersOneAloneLeadsNobody(t *testing.T) {
	real(t)
	n, err := network.Start(t.Context(), storeTopology(t).WithOrderers(3))
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Stop(context.Background())) }()
	require.NoError(t, n.KillNode(t.Context(), "orderer1"))
	require.NoError(t, n.KillNode(t.Context(), "orderer2"))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = n.Leader(ended)
	require.ErrorIs(t, err, network.ErrNoLeader)
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, n.StartNode(t.Context(), "orderer1"))
	leader, err := n.Leader(t.Context())
	require.NoError(t, err)
	require.Contains(t, []string{"orderer1", "orderer3"}, leader)
	eventually(t, func() error {
		_, err := contract(t, n, "carrier", "operator").SubmitTransaction("Put", "by", leader)
		return err
	})
}
