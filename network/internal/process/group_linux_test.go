package process_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network/internal/process"
)

func TestStopEndsChildrenInReverseOrderOfStart(t *testing.T) {
	dir := t.TempDir()
	g := newGroup(t)
	shared := filepath.Join(dir, "shared.log")
	var children []*process.Process
	for _, name := range []string{"orderer", "peer", "chaincode"} {
		children = append(children, start(t, g, child(dir, name, "server")))
	}
	require.NoError(t, g.Stop(context.Background()))
	for i, p := range children {
		<-p.Done()
		require.NoError(t, p.Err(), "a child told to stop has not failed")
		require.False(t, alive(p.PID()))
		require.Contains(t, read(t, filepath.Join(dir, p.Name()+".log")), "told to stop by terminated")
		if i > 0 {
			earlier := modified(t, filepath.Join(dir, children[i-1].Name()+".log"))
			require.False(t, earlier.Before(modified(t, filepath.Join(dir, p.Name()+".log"))),
				"%s stopped before %s", children[i-1].Name(), p.Name())
		}
	}
	require.NoError(t, g.Stop(context.Background()), "stopping again is nothing")
	_, err := g.Start(process.Spec{Name: "late", Path: "/bin/true", LogFile: shared})
	require.ErrorIs(t, err, process.ErrStopped)
}

func modified(t *testing.T, file string) time.Time {
	t.Helper()
	info, err := os.Stat(file)
	require.NoError(t, err)
	return info.ModTime()
}

func TestStopKillsAChildThatIgnoresSIGTERMWhenTheContextEnds(t *testing.T) {
	p := start(t, newGroup(t), child(t.TempDir(), "stubborn", "stubborn"))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.NoError(t, p.Stop(ctx))
	require.False(t, alive(p.PID()))
	require.NoError(t, p.Err())
}

func TestKillIsNotAFailureAndTheChildCanBeStartedAgain(t *testing.T) {
	g, spec := newGroup(t), child(t.TempDir(), "peer", "server")
	first := start(t, g, spec)
	require.NoError(t, first.Kill())
	require.NoError(t, first.Err())
	require.False(t, alive(first.PID()))

	require.NoError(t, os.Truncate(spec.LogFile, 0))
	second := start(t, g, spec)
	require.True(t, alive(second.PID()))
	require.NoError(t, second.Stop(context.Background()))
	require.NoError(t, first.Stop(context.Background()), "stopping what has ended is nothing")
}

// The parent-death signal is tied to a thread: were children forked on the
// thread that calls Start, they would die with it here.
func TestChildrenOutliveTheThreadThatStartedThem(t *testing.T) {
	g, dir := newGroup(t), t.TempDir()
	// Two at once, because one of them may be on the main thread, which stays.
	started := make(chan *process.Process)
	for _, name := range []string{"orderer", "peer"} {
		go func() {
			runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
			p, err := g.Start(child(dir, name, "server"))
			if err != nil {
				t.Error(err)
			}
			started <- p
		}()
	}
	children := []*process.Process{<-started, <-started}
	for range 20 { // let the runtime end the threads
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
	for _, p := range children {
		require.NotNil(t, p)
		require.True(t, alive(p.PID()))
		require.NoError(t, p.Err())
	}
}

func TestStartSaysWhatCannotBeRun(t *testing.T) {
	g, dir := newGroup(t), t.TempDir()
	_, err := g.Start(process.Spec{Name: "peer of carrier", Path: filepath.Join(dir, "peer"), LogFile: filepath.Join(dir, "log")})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "start peer of carrier")

	spec := child(dir, "peer of carrier", "server")
	spec.LogFile = filepath.Join(dir, "no such directory", "log")
	_, err = g.Start(spec)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "log file")
}

func TestAChildThatDiesSaysWhy(t *testing.T) {
	fabric := "\x1b[34m2026-01-02 03:04:05.000 UTC 0001 INFO\x1b[0m [nodeCmd] serve -> Starting peer\n" +
		"2026-01-02 03:04:05.100 UTC 0002 WARN [gossip] x -> Peer is alone\n" +
		"\x1b[31m2026-01-02 03:04:05.200 UTC 0003 ERRO [nodeCmd] serve -> Failed to create peer server (listen tcp 127.0.0.1:7051: bind: address already in use)\x1b[0m\n" +
		"Usage:\n  peer node start [flags]\n\nFlags:\n  -h, --help   help for start\n"
	tests := map[string]struct {
		text string
		want []string
	}{
		"an error in Fabric's log, without its colours and the usage text": {
			text: fabric,
			want: []string{"2026-01-02 03:04:05.200 UTC 0003 ERRO [nodeCmd] serve -> Failed to create peer server (listen tcp 127.0.0.1:7051: bind: address already in use)"},
		},
		"a panic without its stack": {
			text: "INFO starting\npanic: no such MSP\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:12 +0x1d\nexit status 2\n",
			want: []string{"panic: no such MSP"},
		},
		"the last errors of many, once each": {
			text: strings.Repeat("ERRO same\n", 50) + "ERRO a\nERRO b\nERRO c\nERRO d\nERRO e\n",
			want: []string{"ERRO a", "ERRO b", "ERRO c", "ERRO d", "ERRO e"},
		},
		"the last lines if none is an error": {
			text: "one\ntwo\n\nthree\nfour\nfive\nsix\n",
			want: []string{"two", "three", "four", "five", "six"},
		},
		"an error at the end of a very long log": {
			text: strings.Repeat("INFO "+strings.Repeat("x", 100)+"\n", 700) + "FATAL the disk is gone\n",
			want: []string{"FATAL the disk is gone"},
		},
		"nothing": {},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			spec := child(t.TempDir(), "orderer", "failing")
			spec.Env = append(spec.Env, textVariable+"="+test.text)
			require.NoError(t, os.WriteFile(spec.LogFile, []byte("FATAL of an earlier run\n"), 0o600))
			p, err := newGroup(t).Start(spec)
			require.NoError(t, err)
			<-p.Done()
			var exit *process.ExitError
			require.ErrorAs(t, p.Err(), &exit)
			require.Equal(t, "orderer", exit.Name)
			require.Equal(t, "exit status 7", exit.Status)
			require.Equal(t, test.want, exit.Tail)
			require.Equal(t, spec.LogFile, exit.LogFile)
			require.ErrorContains(t, exit, "orderer ended by itself (exit status 7)")
		})
	}
}

func TestAChildThatPanicsSaysWhy(t *testing.T) {
	p, err := newGroup(t).Start(child(t.TempDir(), "peer", "panicking"))
	require.NoError(t, err)
	<-p.Done()
	var exit *process.ExitError
	require.ErrorAs(t, p.Err(), &exit)
	require.Equal(t, []string{"panic: no room left in the ark"}, exit.Tail)
}

func TestAChildThatIsKilledIsNotExplainedByWhatItHappenedToSay(t *testing.T) {
	g, spec := newGroup(t), child(t.TempDir(), "peer of carrier", "server")
	p := start(t, g, spec)
	require.NoError(t, syscall.Kill(p.PID(), syscall.SIGKILL))
	<-p.Done()
	require.EqualError(t, p.Err(), "peer of carrier ended by itself (signal: killed): somebody killed it, or memory ran out; its log is "+spec.LogFile)
}
