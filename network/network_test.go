package network_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network"
)

// patience is for what is near; no test asserts on time.
const patience = time.Minute

func TestANetworkIsReadyWhenStartReturns(t *testing.T) {
	n := running(t)
	require.Positive(t, n.Ready())
	require.NoError(t, n.Err())
	t.Logf("ready after %s", n.Ready())

	kinds := map[network.NodeKind]int{}
	for _, s := range n.Status() {
		require.True(t, s.Running, s.Name)
		require.Positive(t, s.PID)
		require.FileExists(t, s.Log)
		kinds[s.Kind]++
	}
	require.Equal(t, map[network.NodeKind]int{network.KindOrderer: 1, network.KindPeer: 4, network.KindChaincode: 3}, kinds,
		"the regulator's peer runs no chaincode")

	status, err := network.ReadStatus(n.Dir())
	require.NoError(t, err)
	require.True(t, status.Running)
	require.True(t, status.Ready)
	require.Equal(t, n.Status(), status.Nodes)
}

func TestNothingIsLeftAfterStopAndNetworksDoNotDisturbEachOther(t *testing.T) {
	first := running(t)
	second, err := network.Start(t.Context(), storeTopology(t))
	require.NoError(t, err)
	_, err = contract(t, second, "carrier", "operator").SubmitTransaction("Put", "only-in", "second")
	require.NoError(t, err)
	value, err := contract(t, first, "carrier", "operator").EvaluateTransaction("Get", "only-in")
	require.NoError(t, err)
	require.Empty(t, value)

	nodes := second.Status()
	require.NoError(t, second.Stop(t.Context()))
	require.NoError(t, second.Stop(t.Context()), "stopping twice is harmless")
	gone(t, nodes)
	require.NoDirExists(t, second.Dir())
	<-second.Done()
	require.NoError(t, second.Err())
	require.ErrorIs(t, second.StartPeer(t.Context(), "carrier"), network.ErrNotRunning)
	require.NoError(t, first.Err())
}

// gone checks that no process and no port of the nodes is left.
func gone(t *testing.T, nodes []network.NodeStatus) {
	t.Helper()
	for _, s := range nodes {
		if s.PID > 0 {
			require.ErrorIs(t, syscall.Kill(s.PID, 0), syscall.ESRCH, s.Name)
		}
		listener, err := net.Listen("tcp", s.Address)
		require.NoError(t, err, "%s still listens", s.Name)
		require.NoError(t, listener.Close())
	}
}

func TestADirectoryOfOnesOwnStaysAndCanBeUsedAgain(t *testing.T) {
	real(t)
	dir := filepath.Join(t.TempDir(), `it's "odd": {here} #1`)
	for range 2 {
		n, err := network.Start(t.Context(), storeTopology(t), network.WithDir(dir))
		require.NoError(t, err)
		_, err = network.Start(t.Context(), storeTopology(t), network.WithDir(dir))
		var refused *network.DirectoryError
		require.ErrorAs(t, err, &refused)
		require.Contains(t, err.Error(), "a network runs here")
		nodes := n.Status()
		require.NoError(t, n.Stop(t.Context()))
		gone(t, nodes)

		status, err := network.ReadStatus(dir)
		require.NoError(t, err)
		require.False(t, status.Running)
		for _, s := range status.Nodes {
			require.False(t, s.Running)
		}
		require.FileExists(t, n.Profile("carrier"))
	}
}

func TestAFixedPortIsUsedAndATakenOneIsNamed(t *testing.T) {
	real(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := listener.Addr().(*net.TCPAddr).Port
	topology := storeTopology(t)
	topology.Organisations[1].Port = port

	_, err = network.Start(t.Context(), topology)
	var taken *network.PortError
	require.ErrorAs(t, err, &taken)
	require.Equal(t, port, taken.Port)
	require.Equal(t, "peer0.carrier", taken.Node)
	require.NotContains(t, err.Error(), "\n")

	require.NoError(t, listener.Close())
	n, err := network.Start(t.Context(), topology)
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Stop(context.Background())) }()
	_, err = contract(t, n, "carrier", "operator").EvaluateTransaction(getMetadata)
	require.NoError(t, err)
	for _, s := range n.Status() {
		if s.Name == "peer0.carrier" {
			require.Equal(t, listener.Addr().String(), s.Address)
		}
	}
}

func TestANodeThatDiesDuringStartIsNamedWithWhatItsLogSays(t *testing.T) {
	real(t)
	dir := t.TempDir()
	failing := dir + "/failing"
	require.NoError(t, os.WriteFile(failing, []byte("#!/bin/sh\necho 'Error: no disk for the ledger' >&2\nexit 3\n"), 0o755))
	_, err := network.Start(t.Context(), storeTopology(t), network.WithChaincodeBinary(failing), network.WithDir(dir+"/net"))
	var node *network.NodeError
	require.ErrorAs(t, err, &node)
	require.Contains(t, node.Node, "chaincode.")
	require.Contains(t, err.Error(), "no disk for the ledger")
	require.NotContains(t, err.Error(), "\n")

	status, err := network.ReadStatus(dir + "/net")
	require.NoError(t, err)
	require.False(t, status.Ready)
	gone(t, status.Nodes)
}

func TestStartEndsWithItsContextAndLeavesNothing(t *testing.T) {
	real(t)
	for _, step := range []string{"programs", "identities", "nodes", "channel", "chaincode", "ready"} {
		t.Run(step, func(t *testing.T) {
			dir := t.TempDir()
			ctx, cancel := context.WithCancelCause(t.Context())
			enough := errors.New("the user has had enough")
			_, err := network.Start(ctx, storeTopology(t), network.WithDir(dir), network.WithProgress(func(e network.Event) {
				if e.Step == step {
					cancel(enough)
				}
			}))
			require.ErrorIs(t, err, enough)
			if step == "programs" {
				return // nothing has been started
			}
			status, err := network.ReadStatus(dir)
			require.NoError(t, err)
			gone(t, status.Nodes)
		})
	}
}

func TestANodeThatDiesLaterIsReported(t *testing.T) {
	real(t)
	n, err := network.Start(t.Context(), storeTopology(t))
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Stop(context.Background())) }()
	for _, s := range n.Status() {
		if s.Name == "peer0.retailer" {
			require.NoError(t, syscall.Kill(s.PID, syscall.SIGKILL))
		}
	}
	select {
	case <-n.Done():
	case <-time.After(patience):
		t.Fatal("nobody noticed")
	}
	var node *network.NodeError
	require.ErrorAs(t, n.Err(), &node)
	require.Equal(t, "peer0.retailer", node.Node)
	require.Contains(t, n.Err().Error(), "peer0.retailer ended by itself (signal: killed)")
}
