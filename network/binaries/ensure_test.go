package binaries_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network/binaries"
)

func TestEnsureBuildsOnceAndKeepsTheResult(t *testing.T) {
	m := newMachine(t, "")
	var told []binaries.Progress
	options := binaries.Options{Progress: func(p binaries.Progress) { told = append(told, p) }}
	set, err := binaries.Ensure(context.Background(), options)
	require.NoError(t, err)
	require.Equal(t, binaries.Version, set.Version)
	for _, program := range []string{set.Peer, set.Orderer, set.Builder + "/bin/detect", set.Builder + "/bin/build", set.Builder + "/bin/release"} {
		require.True(t, filepath.IsAbs(program))
		info, err := os.Stat(program)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o755), info.Mode())
	}
	entries, err := os.ReadDir(set.Dir)
	require.NoError(t, err)
	require.Len(t, entries, 3, "peer, orderer, ccaas and nothing else")
	require.Equal(t, []string{set.Dir}, m.builds())
	require.Contains(t, m.calls("build")[0], "common/metadata.Version=v3.1.1")

	var downloaded, compiled binaries.Progress
	for i, p := range told {
		require.True(t, i == 0 || p.Elapsed >= told[i-1].Elapsed)
		if strings.HasPrefix(p.Step, "download") {
			downloaded = p
		}
		if strings.HasPrefix(p.Step, "compile") {
			compiled = p
		}
	}
	require.Equal(t, 2, downloaded.Done)
	require.Equal(t, compiledPackages, compiled.Done)
	require.Equal(t, compiledPackages, compiled.Total)

	told = nil
	again, err := binaries.Ensure(context.Background(), options)
	require.NoError(t, err)
	require.Equal(t, set, again)
	require.Len(t, m.calls("build"), 1)
	require.Empty(t, told, "nothing to do, nothing to say")

	require.NoError(t, os.Remove(set.Orderer))
	_, err = binaries.Ensure(context.Background(), options)
	require.NoError(t, err)
	require.FileExists(t, set.Orderer)
	require.Len(t, m.calls("build"), 2, "a build that is no longer whole is made again")
}

func TestOfSeveralProcessesOneBuilds(t *testing.T) {
	m := newMachine(t, "")
	const processes = 4
	results := make(chan string, processes)
	for range processes {
		other := m.other()
		go func() {
			output, err := other.CombinedOutput()
			if err != nil {
				t.Error(err, string(output))
			}
			results <- string(output)
		}()
	}
	first := <-results
	require.FileExists(t, first)
	for range processes - 1 {
		require.Equal(t, first, <-results)
	}
	require.Len(t, m.calls("build"), 1)
}

func TestAKilledBuildLeavesNothingThatLooksFinished(t *testing.T) {
	m := newMachine(t, "hanging")
	other := m.other()
	require.NoError(t, other.Start())
	pid := m.hangingPID()
	require.NoError(t, other.Process.Kill())
	_ = other.Wait()
	requireGone(t, pid)

	t.Setenv(goVariable, "")
	set, err := binaries.Ensure(context.Background(), binaries.Options{})
	require.NoError(t, err)
	require.Equal(t, []string{set.Dir}, m.builds())
}

func TestEnsureEndsWithItsContext(t *testing.T) {
	m := newMachine(t, "hanging")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		_, err := binaries.Ensure(ctx, binaries.Options{})
		ended <- err
	}()
	pid := m.hangingPID()

	// Whoever waits for the lock ends, too.
	waiting, stopWaiting := context.WithCancel(context.Background())
	_, err := binaries.Ensure(waiting, binaries.Options{Progress: func(p binaries.Progress) {
		if strings.HasPrefix(p.Step, "wait for another process") {
			stopWaiting()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)

	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	requireGone(t, pid)
	require.Empty(t, m.builds())
}

func TestEnsureSaysWhatToDo(t *testing.T) {
	tests := map[string]struct {
		as    any
		lines []string // of the message; each holds one of these
	}{
		"disk full": {as: new(*binaries.DiskFullError), lines: []string{"download Fabric v3.1.1: the disk is full: free about 2 GB"}},
		"too old":   {as: new(*binaries.ToolchainError), lines: []string{"the go command is 1.25.3: install Go 1.26 or later"}},
		"broken":    {as: new(*binaries.BuildError), lines: []string{"download Fabric v3.1.1: exit status 1:", "# fabric/x", "x.go:1:2: undefined: y"}},
	}
	for behaviour, test := range tests {
		t.Run(behaviour, func(t *testing.T) {
			m := newMachine(t, behaviour)
			_, err := binaries.Ensure(context.Background(), binaries.Options{})
			require.ErrorAs(t, err, test.as)
			lines := strings.Split(err.Error(), "\n")
			require.Len(t, lines, len(test.lines), err)
			for i, want := range test.lines {
				require.Contains(t, lines[i], want)
			}
			require.Empty(t, m.builds())
		})
	}
	t.Run("no room for what is compiled", func(t *testing.T) {
		m := newMachine(t, "")
		t.Setenv("GOCACHE", "/proc/self/cache") // a file system without room
		_, err := binaries.Ensure(context.Background(), binaries.Options{})
		var full *binaries.DiskFullError
		require.ErrorAs(t, err, &full)
		require.Equal(t, "/proc/self/cache", full.Dir)
		require.ErrorContains(t, err, "compile Fabric v3.1.1: the disk is full: free about 2 GB on that of /proc/self/cache")
		require.Empty(t, m.calls("build"), "it is noticed before minutes are spent")
	})
	t.Run("no toolchain", func(t *testing.T) {
		m := newMachine(t, "")
		require.NoError(t, os.Remove(filepath.Join(m.tools, "go")))
		_, err := binaries.Ensure(context.Background(), binaries.Options{})
		var missing *binaries.ToolchainError
		require.ErrorAs(t, err, &missing)
		require.Equal(t, "the go command is not in PATH: install Go 1.26 or later (https://go.dev/dl), or name a directory with Fabric's programs (--fabric-bin or COUNTERSIGN_FABRIC_BIN)", err.Error())
	})
	t.Run("a cache that is a file", func(t *testing.T) {
		m := newMachine(t, "")
		require.NoError(t, os.WriteFile(filepath.Join(m.cache, "countersign"), nil, 0o600))
		_, err := binaries.Ensure(context.Background(), binaries.Options{})
		require.ErrorIs(t, err, syscall.ENOTDIR)
		require.ErrorContains(t, err, m.cache)
	})
}

func TestTheRealFabricIsBuiltAndReportsItsVersion(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED BY -short: building Fabric takes a minute the first time")
	}
	t.Setenv(binaries.DirVariable, "")
	set, err := binaries.Ensure(context.Background(), binaries.Options{})
	require.NoError(t, err)
	named, err := binaries.Ensure(context.Background(), binaries.Options{Dir: set.Dir})
	require.NoError(t, err, "what is built passes the check of directories that users name")
	require.Equal(t, set, named)
}

// hangingPID waits until the go command hangs.
func (m machine) hangingPID() (pid int) {
	m.t.Helper()
	require.Eventually(m.t, func() bool {
		for _, line := range m.calls("pid") {
			pid, _ = strconv.Atoi(strings.TrimPrefix(line, "pid "))
		}
		return pid != 0
	}, time.Minute, 5*time.Millisecond)
	return pid
}

// requireGone accepts a zombie: where process 1 reaps nothing, that is all that
// stays of an orphan.
func requireGone(t *testing.T, pid int) {
	t.Helper()
	require.Eventually(t, func() bool {
		stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		return err != nil || strings.Contains(string(stat), ") Z ")
	}, time.Minute, 5*time.Millisecond)
}
