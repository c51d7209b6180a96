package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// marker is in the environment of everything that the test below starts.
const marker = "COUNTERSIGN_TEST_KILLED"

// The first command of the README is killed at ten random moments, as a shell,
// a CI or the kernel would: by SIGTERM and by SIGKILL, sent to `go run` alone,
// which passes neither on.
func TestADemoKilledAtAnyMomentLeavesNoProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("SHORT: needs a real network")
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	for i := range 10 {
		kill := []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL}[i%2]
		moment := time.Duration(random.Int64N(int64(10 * time.Second)))
		mark := fmt.Sprintf("%s=%d-%d", marker, seed, i)
		dir := t.TempDir()
		out := &output{begun: make(chan struct{})}
		demo := exec.Command("go", "run", "./network/cmd/devnet", "demo")
		demo.Dir = filepath.Join("..", "..", "..")
		demo.Env = append(os.Environ(), mark, "TMPDIR="+dir)
		demo.Stdout, demo.Stderr = out, out
		demo.WaitDelay = time.Minute // what it started may hold its output open
		require.NoError(t, demo.Start())
		if i > 2 { // three times while it compiles, if need be
			<-out.begun
		}
		time.Sleep(moment)
		require.NoError(t, demo.Process.Signal(kill))
		_ = demo.Wait() // killed is what it should be
		t.Logf("%s after %s, at: %s", kill, moment.Round(time.Millisecond), out.last())
		require.Eventually(t, func() bool { return len(marked(t, mark, dir)) == 0 }, 30*time.Second, 20*time.Millisecond,
			"left behind: %v", marked(t, mark, dir))
	}
}

// output keeps what a command writes, and tells when it begins to.
type output struct {
	mu    sync.Mutex
	text  bytes.Buffer
	once  sync.Once
	begun chan struct{}
}

func (o *output) Write(text []byte) (int, error) {
	o.once.Do(func() { close(o.begun) })
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(text)
}

// last returns the last line.
func (o *output) last() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(o.text.String()), "\n")
	return lines[len(lines)-1]
}

// marked returns the processes with the mark in their environment, and those
// that work in a directory, as Fabric's nodes do.
func marked(t *testing.T, mark, dir string) []string {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(t, err)
	var found []string
	for _, process := range processes {
		environment, _ := os.ReadFile(filepath.Join(process, "environ")) // it may have ended
		place, _ := os.Readlink(filepath.Join(process, "cwd"))
		if bytes.Contains(environment, []byte(mark)) || strings.HasPrefix(place, dir) {
			name, _ := os.ReadFile(filepath.Join(process, "cmdline"))
			found = append(found, strings.ReplaceAll(string(name), "\x00", " "))
		}
	}
	return found
}
