package process_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/network/internal/process"
)

// The test binary plays the owner and the children as well: this variable says
// which part it plays.
const (
	roleVariable = "PROCESS_TEST_ROLE"
	dirVariable  = "PROCESS_TEST_DIR"
	textVariable = "PROCESS_TEST_TEXT"
)

func TestMain(m *testing.M) {
	switch role := os.Getenv(roleVariable); role {
	case "":
		goleak.VerifyTestMain(m)
	case "server":
		playServer()
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("serving")
		select {}
	case "failing":
		fmt.Print(os.Getenv(textVariable))
		os.Exit(7)
	case "panicking":
		panic("no room left in the ark")
	case "orphan":
		playOrphan(false)
	case "late orphan":
		playOrphan(true)
	case "holder":
		playHolder()
	default:
		playOwner(role)
	}
}

// playServer runs until told to stop and says by what.
func playServer() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	fmt.Println("serving")
	fmt.Println("told to stop by", <-signals)
}

// playOwner starts two servers and then ends as its role says.
func playOwner(role string) {
	group := process.NewGroup()
	dir := os.Getenv(dirVariable)
	interrupted, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	for _, name := range []string{"first", "second"} {
		p, err := group.Start(child(dir, name, "server"))
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		_ = os.WriteFile(filepath.Join(dir, name+".pid"), []byte(strconv.Itoa(p.PID())), 0o600)
	}
	awaitText(filepath.Join(dir, "second.log"), "serving")
	awaitText(filepath.Join(dir, "first.log"), "serving")
	_ = os.WriteFile(filepath.Join(dir, "ready"), nil, 0o600)
	switch role {
	case "owner that waits":
		select {}
	case "owner that panics":
		panic("on purpose")
	case "owner that exits":
		os.Exit(3)
	case "owner that stops its group when interrupted":
		<-interrupted.Done()
		if err := group.Stop(context.Background()); err != nil {
			fmt.Println(err)
		}
		os.Exit(0)
	}
}

func child(dir, name, role string) process.Spec {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return process.Spec{
		Name: name, Path: self, Dir: dir,
		Env:     append(os.Environ(), roleVariable+"="+role),
		LogFile: filepath.Join(dir, name+".log"),
	}
}

func awaitText(file, text string) {
	for {
		if got, _ := os.ReadFile(file); strings.Contains(string(got), text) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// start runs a child in a group of the test's own and waits until it serves.
func start(t *testing.T, g *process.Group, spec process.Spec) *process.Process {
	t.Helper()
	p, err := g.Start(spec)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		log, _ := os.ReadFile(spec.LogFile)
		return strings.Contains(string(log), "serving")
	}, time.Minute, 5*time.Millisecond)
	return p
}

func newGroup(t *testing.T) *process.Group {
	t.Helper()
	g := process.NewGroup()
	t.Cleanup(func() { require.NoError(t, g.Stop(context.Background())) })
	return g
}

// alive is false for a zombie too: where process 1 reaps nothing, that is all
// that stays of an orphan.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(after, "Z") && !strings.HasPrefix(after, "X")
}

func requireGone(t *testing.T, pid int) {
	t.Helper()
	require.Eventually(t, func() bool { return !alive(pid) }, time.Minute, 5*time.Millisecond, "process %d is still there", pid)
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}
