package filelock_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

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

// Whoever asks whether a network runs must neither keep it from starting nor
// make others believe that it runs.
func TestLookingAtALockDisturbsNobody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "owner")
	file, err := filelock.Lock(path)
	require.NoError(t, err)
	require.NoError(t, file.Close())

	var lookers sync.WaitGroup
	for range 4 {
		lookers.Go(func() {
			for range 1000 {
				if filelock.Held(path) {
					t.Error("one looker took another for a holder")
					return
				}
			}
		})
	}
	lookers.Wait()

	file, err = filelock.Lock(path)
	require.NoError(t, err)
	looker := file // as one that looks holds it, for a moment
	lookers.Go(func() {
		time.Sleep(time.Millisecond)
		_ = looker.Close()
	})
	file, err = filelock.LockSoon(path)
	require.NoError(t, err)
	lookers.Wait()
	_, err = filelock.LockSoon(path)
	require.ErrorIs(t, err, filelock.ErrHeld)
	require.NoError(t, file.Close())
}
