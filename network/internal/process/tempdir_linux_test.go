package process_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network/internal/process"
)

const prefix = "process-test-"

// playHolder holds a directory until it is killed.
func playHolder() {
	dir, _, err := process.TempDir(prefix)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	_ = os.WriteFile(filepath.Join(dir, "key.pem"), []byte("secret"), 0o600)
	tell(os.Getenv(dirVariable), "held", dir)
	select {}
}

func TestTempDirSweepsWhatKilledOwnersLeft(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	where := t.TempDir()
	owner := runSelf(t, where, "holder")
	held := filepath.Join(where, "held")
	require.Eventually(t, func() bool { return exists(held) }, time.Minute, 5*time.Millisecond)
	left := read(t, held)

	mine, release, err := process.TempDir(prefix)
	require.NoError(t, err)
	require.DirExists(t, left, "its owner lives")
	require.DirExists(t, mine)
	info, err := os.Stat(mine)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())

	require.NoError(t, owner.Signal(syscall.SIGKILL))
	// Reaped: until then one of its threads may still hold the lock.
	_, err = owner.Wait()
	require.NoError(t, err)
	second, releaseSecond, err := process.TempDir(prefix)
	require.NoError(t, err)
	require.NoDirExists(t, left, "its owner was killed")
	require.DirExists(t, mine, "this process owns it")

	require.NoError(t, release())
	require.NoError(t, release(), "idempotent")
	require.NoError(t, releaseSecond())
	require.NoDirExists(t, mine)
	require.NoDirExists(t, second)
}

func TestTempDirLeavesOtherDirectoriesAlone(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	old := time.Now().Add(-time.Hour)
	makeDir := func(name string, age time.Time) string {
		dir := filepath.Join(tmp, name)
		require.NoError(t, os.Mkdir(dir, 0o700))
		require.NoError(t, os.Chtimes(dir, age, age))
		return dir
	}
	stranger := makeDir("somebody-else-1", old)
	beingMade := makeDir(prefix+"new", time.Now())
	halfMade := makeDir(prefix+"old", old)
	target := makeDir("target", old)
	require.NoError(t, os.Symlink(target, filepath.Join(tmp, prefix+"link")))

	_, release, err := process.TempDir(prefix)
	require.NoError(t, err)
	require.DirExists(t, stranger)
	require.DirExists(t, beingMade, "its maker may be about to lock it")
	require.NoDirExists(t, halfMade)
	require.DirExists(t, target, "links are not followed")
	require.NoError(t, release())
}

func TestTempDirSaysWhenThereIsNoRoomForIt(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	_, _, err := process.TempDir(prefix)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "temporary directory")
}
