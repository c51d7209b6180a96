package network_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network"
)

// eventually repeats a submit while nodes catch up.
func eventually(t *testing.T, submit func() error) {
	t.Helper()
	require.Eventually(t, func() bool { return submit() == nil }, patience, 100*time.Millisecond)
}

func TestNodesCanBeStoppedAndStartedAgain(t *testing.T) {
	n := running(t)
	put := func() error {
		_, err := contract(t, n, "manufacturer", "operator").SubmitTransaction("Put", "after", "fault")
		return err
	}
	require.NoError(t, n.KillPeer(t.Context(), "retailer"))
	require.NoError(t, n.StopChaincode(t.Context(), "retailer"))
	require.NoError(t, n.KillPeer(t.Context(), "retailer"), "killing what is dead is harmless")
	status := map[string]bool{}
	for _, s := range n.Status() {
		status[s.Name] = s.Running
	}
	require.False(t, status["peer0.retailer"])
	require.False(t, status["chaincode.retailer"])
	eventually(t, put) // two of three organisations are enough

	require.NoError(t, n.StartChaincode(t.Context(), "retailer"))
	require.NoError(t, n.StartPeer(t.Context(), "retailer"))
	eventually(t, func() error {
		value, err := contract(t, n, "retailer", "operator").EvaluateTransaction("Get", "after")
		if err == nil && string(value) != "fault" {
			err = errStale
		}
		return err
	})

	require.NoError(t, n.StopOrderer(t.Context(), "orderer"))
	require.Error(t, put())
	require.NoError(t, n.StartOrderer(t.Context(), "orderer"))
	eventually(t, put)
	require.NoError(t, n.Err(), "what was asked for is no failure")
}

type stale string

func (s stale) Error() string { return string(s) }

const errStale = stale("the peer has not caught up yet")

func TestUnknownNodesAreErrors(t *testing.T) {
	n := running(t)
	require.ErrorIs(t, n.StopPeer(t.Context(), "nobody"), network.ErrUnknown)
	require.ErrorIs(t, n.StartChaincode(t.Context(), "regulator"), network.ErrUnknown, "it runs none")
	require.ErrorIs(t, n.KillOrderer(t.Context(), "nobody"), network.ErrUnknown)
}
