package binaries_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/network/binaries"
)

// The test binary also plays the go command, peer and orderer (called by these
// names through links), and a second process that wants Fabric.
const (
	roleVariable     = "BINARIES_TEST_ROLE"     // ensure
	goVariable       = "BINARIES_TEST_GO"       // how the go command behaves
	logVariable      = "BINARIES_TEST_LOG"      // where it notes its calls
	contentVariable  = "BINARIES_TEST_CONTENT"  // what it compiles
	versionVariable  = "BINARIES_TEST_VERSION_" // + PEER, ORDERER
	cacheHome        = "XDG_CACHE_HOME"
	compiledPackages = 4
)

func TestMain(m *testing.M) {
	switch name := filepath.Base(os.Args[0]); {
	case name == "go":
		playGo(os.Args[1:])
	case name == "peer" || name == "orderer":
		fmt.Printf("%s:\n%s\n Commit SHA: x\n", name, os.Getenv(versionVariable+strings.ToUpper(name)))
	case os.Getenv(roleVariable) == "ensure":
		set, err := binaries.Ensure(context.Background(), binaries.Options{})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Print(set.Peer)
	default:
		goleak.VerifyTestMain(m)
	}
}

// playGo answers as the go command would.
func playGo(args []string) {
	note(strings.Join(args, " "))
	switch os.Getenv(goVariable) {
	case "disk full":
		fail("fabric/x", "go: writing go.sum: open /cache/x: no space left on device")
	case "too old":
		fail("go: go.mod requires go >= 1.26 (running go 1.25.3; GOTOOLCHAIN=local)")
	case "broken":
		fail("go: downloading example.com/x v1.0.0", "fabric/x", "# fabric/x", "x.go:1:2: undefined: y")
	case "hanging":
		note(fmt.Sprintf("pid %d", os.Getpid()))
		time.Sleep(time.Hour)
	}
	switch args[0] {
	case "env":
		fmt.Println(os.Getenv("GOCACHE"))
	case "list":
		fmt.Fprintln(os.Stderr, "go: downloading example.com/x v1.0.0\ngo: downloading example.com/y v1.0.0")
		fmt.Print(strings.Repeat("fabric/x\n", compiledPackages))
	case "build":
		fmt.Fprint(os.Stderr, strings.Repeat("fabric/x\n", compiledPackages))
		time.Sleep(100 * time.Millisecond) // long enough for others to come and wait
		compile(args)
	}
}

func compile(args []string) {
	out := ""
	for i, arg := range args {
		if arg == "-o" {
			out = args[i+1]
		}
	}
	names := []string{""}
	if strings.HasSuffix(out, "/") {
		names = []string{"ccaasbuilder"}
		if strings.Contains(args[len(args)-1], "hyperledger/fabric") {
			names = append(names, "peer", "orderer")
		}
	}
	for _, name := range names {
		if err := os.WriteFile(out+name, []byte(os.Getenv(contentVariable)), 0o755); err != nil {
			fail(err.Error())
		}
	}
}

func fail(lines ...string) {
	fmt.Fprintln(os.Stderr, strings.Join(lines, "\n"))
	os.Exit(1)
}

func note(line string) {
	f, err := os.OpenFile(os.Getenv(logVariable), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = fmt.Fprintln(f, line)
	_ = f.Close()
}

// machine is a machine of the test's own: an empty cache and a go command that
// behaves as told.
type machine struct {
	t                *testing.T
	cache, tools, at string
}

func newMachine(t *testing.T, behaviour string) machine {
	t.Helper()
	m := machine{t: t, cache: t.TempDir(), tools: t.TempDir(), at: t.TempDir()}
	m.link(m.tools, "go")
	t.Setenv(cacheHome, m.cache)
	t.Setenv("GOCACHE", m.cache)
	t.Setenv("PATH", m.tools)
	t.Setenv(logVariable, filepath.Join(m.at, "log"))
	t.Setenv(goVariable, behaviour)
	t.Setenv(contentVariable, "a program")
	t.Setenv(binaries.DirVariable, "")
	return m
}

func (m machine) link(dir, name string) {
	m.t.Helper()
	self, err := os.Executable()
	require.NoError(m.t, err)
	require.NoError(m.t, os.Symlink(self, filepath.Join(dir, name)))
}

// calls are the calls of the go command that begin with a word.
func (m machine) calls(word string) []string {
	m.t.Helper()
	content, _ := os.ReadFile(filepath.Join(m.at, "log"))
	var found []string
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(line, word+" ") {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

// other starts a second process that calls Ensure on the same machine.
func (m machine) other() *exec.Cmd {
	m.t.Helper()
	self, err := os.Executable()
	require.NoError(m.t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), roleVariable+"=ensure")
	return cmd
}

// builds are the finished and unfinished builds of Fabric in the cache.
func (m machine) builds() []string {
	m.t.Helper()
	found, err := filepath.Glob(filepath.Join(m.cache, "countersign", "fabric", "v*[^k]")) // no .lock
	require.NoError(m.t, err)
	return found
}
