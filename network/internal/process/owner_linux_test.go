package process_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network/internal/process"
)

func TestNoChildOutlivesItsOwner(t *testing.T) {
	tests := map[string]struct {
		role string
		end  func(t *testing.T, owner *os.Process)
		log  string // what the children say when they are stopped in order
	}{
		"killed": {role: "owner that waits", end: func(t *testing.T, owner *os.Process) {
			require.NoError(t, owner.Kill())
		}},
		"ended by SIGTERM": {role: "owner that waits", end: func(t *testing.T, owner *os.Process) {
			require.NoError(t, owner.Signal(syscall.SIGTERM))
		}},
		"panicking": {role: "owner that panics"},
		"exiting":   {role: "owner that exits"},
		"interrupted from the terminal, with its whole process group": {
			role: "owner that stops its group when interrupted",
			end: func(t *testing.T, owner *os.Process) {
				require.NoError(t, syscall.Kill(-owner.Pid, syscall.SIGINT))
			},
			// SIGTERM from the owner, not the terminal's SIGINT.
			log: "told to stop by terminated",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			owner := runSelf(t, dir, test.role)
			require.Eventually(t, func() bool { return exists(filepath.Join(dir, "ready")) }, time.Minute, 5*time.Millisecond)
			if test.end != nil {
				test.end(t, owner)
			}
			for _, name := range []string{"first", "second"} {
				pid, err := strconv.Atoi(read(t, filepath.Join(dir, name+".pid")))
				require.NoError(t, err)
				requireGone(t, pid)
				require.Contains(t, read(t, filepath.Join(dir, name+".log")), test.log)
			}
		})
	}
}

// runSelf runs this test binary in another role and reaps it at the end.
func runSelf(t *testing.T, dir, role string) *os.Process {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), roleVariable+"="+role, dirVariable+"="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd.Process
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// playOrphan waits for its parent to die and reports it. The late one begins to
// watch when the parent is dead already.
func playOrphan(late bool) {
	dir := os.Getenv(dirVariable)
	for parent := os.Getppid(); late && os.Getppid() == parent; {
		tell(dir, "watching", strconv.Itoa(os.Getpid()))
		time.Sleep(5 * time.Millisecond)
	}
	told := make(chan struct{})
	process.OnOrphaned(func() {
		_ = os.WriteFile(filepath.Join(dir, "orphaned"), nil, 0o600)
		close(told)
	})
	tell(dir, "watching", strconv.Itoa(os.Getpid()))
	select {
	case <-told:
	case <-time.After(time.Minute):
	}
	os.Exit(0)
}

// tell writes a file that is there only when it is whole.
func tell(dir, name, text string) {
	file := filepath.Join(dir, name)
	_ = os.WriteFile(file+".new", []byte(text), 0o600)
	_ = os.Rename(file+".new", file)
}

func TestOnOrphanedNoticesThatTheGoToolDied(t *testing.T) {
	// Two parents with the same behaviour; only one has the go tool's name.
	for _, test := range []struct {
		name, role string
		want       bool
	}{{"go", "orphan", true}, {"shell", "orphan", false}, {"go", "late orphan", true}, {"shell", "late orphan", false}} {
		t.Run(test.role+" of "+test.name, func(t *testing.T) {
			dir := t.TempDir()
			self, err := os.Executable()
			require.NoError(t, err)
			shell, err := exec.LookPath("sh")
			require.NoError(t, err)
			parent := filepath.Join(dir, test.name)
			copyFile(t, shell, parent)
			cmd := exec.Command(parent, "-c", `"$0" & wait`, self)
			cmd.Env = append(os.Environ(), roleVariable+"="+test.role, dirVariable+"="+dir)
			require.NoError(t, cmd.Start())
			watching := filepath.Join(dir, "watching")
			require.Eventually(t, func() bool { return exists(watching) }, time.Minute, 5*time.Millisecond)
			pid, err := strconv.Atoi(read(t, watching))
			require.NoError(t, err)

			require.NoError(t, cmd.Process.Kill())
			_ = cmd.Wait()
			if test.want {
				requireGone(t, pid)
				require.FileExists(t, filepath.Join(dir, "orphaned"))
				return
			}
			time.Sleep(time.Second) // four looks
			require.NoFileExists(t, filepath.Join(dir, "orphaned"))
			require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
			requireGone(t, pid)
		})
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, content, fs.FileMode(0o700)))
}

func TestTheWatchForOrphansCanBeStopped(t *testing.T) {
	stop := process.OnOrphaned(func() { t.Error("the parent is alive") })
	stop()
	stop() // goleak in TestMain sees that nothing is left running
}
