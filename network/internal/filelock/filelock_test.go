package filelock_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network/internal/filelock"
)

func TestALockIsHeldByOneUntilItIsClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "owner")
	require.False(t, filelock.Held(path), "no file, no lock")

	file, err := filelock.Lock(path)
	require.NoError(t, err)
	require.True(t, filelock.Held(path))
	_, err = filelock.Lock(path)
	require.ErrorIs(t, err, filelock.ErrHeld)

	require.NoError(t, file.Close())
	require.False(t, filelock.Held(path))
	file, err = filelock.Lock(path)
	require.NoError(t, err)
	require.NoError(t, file.Close())
}
