package network_test

import (
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network"
)

func TestAFullDiskIsAnErrorThatSaysWhatToDo(t *testing.T) {
	for _, cause := range []error{
		fmt.Errorf("material: %w", &fs.PathError{Op: "write", Path: "/x/key.pem", Err: syscall.ENOSPC}),
		&network.NodeError{Node: "peer0.carrier", Err: fmt.Errorf("peer0.carrier ended by itself: panic: write /x/CURRENT: no space left on device")},
	} {
		err := &network.StartError{Step: "identities", Err: cause}
		require.ErrorIs(t, err, cause)
		require.Contains(t, err.Error(), "free some space, or name a directory on another disk")
		require.NotContains(t, err.Error(), "\n")
	}
	require.NotContains(t, (&network.StartError{Step: "nodes", Err: network.ErrOrphaned}).Error(), "space")
}
