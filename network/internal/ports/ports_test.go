package ports_test

import (
	"net"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network/internal/ports"
)

func TestReservationsNeverOverlap(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	seen := map[int]bool{}
	for range 5 {
		block, err := ports.Reserve(100) // more than one range
		require.NoError(t, err)
		defer func() { require.NoError(t, block.Release()) }()
		for range 100 {
			port := block.Next()
			require.False(t, seen[port])
			require.True(t, port >= 20000 && port < 32000)
			seen[port] = true
		}
	}
}

func TestReleasedPortsCanBeReservedAgain(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	const most = 9000 // most of the range, so that two cannot be held at once
	for range 2 {
		block, err := ports.Reserve(most)
		require.NoError(t, err)
		_, err = ports.Reserve(most)
		require.ErrorIs(t, err, ports.ErrNone)
		require.NoError(t, block.Release())
		require.NoError(t, block.Release(), "releasing twice is harmless")
	}
}

func TestAPortThatSomebodyListensOnIsNotFree(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, text, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	port, err := strconv.Atoi(text)
	require.NoError(t, err)
	require.False(t, ports.Free(port))
	require.NoError(t, listener.Close())
	require.True(t, ports.Free(port))
}
