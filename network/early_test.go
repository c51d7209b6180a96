package network_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network"
)

// refused starts a network that cannot start, and checks that this is found out
// before anything is built: there is no toolchain, and nobody is told of progress.
func refused(t *testing.T, topology network.Topology, options ...network.Option) error {
	t.Helper()
	t.Setenv("PATH", t.TempDir())
	options = append(options, network.WithProgress(func(e network.Event) { t.Errorf("too late: %v", e) }))
	_, err := network.Start(t.Context(), topology, options...)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "\n", "one clear line")
	return err
}

func TestADirectoryThatCannotBeUsedIsRefusedBeforeAnythingIsBuilt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	others := t.TempDir()
	require.NoError(t, os.WriteFile(others+"/precious", nil, 0o600))
	for dir, says := range map[string]string{
		file:         "not a directory: name another",
		file + "/in": "not a directory: name another",
		others:       "not empty, and no network was started here: name an empty one",
		"/proc/none": "name another",
	} {
		err := refused(t, network.Default(), network.WithDir(dir))
		var unusable *network.DirectoryError
		require.ErrorAs(t, err, &unusable)
		require.Equal(t, dir, unusable.Dir)
		require.Contains(t, err.Error(), says)
	}
	entries, err := os.ReadDir(others)
	require.NoError(t, err)
	require.Len(t, entries, 1, "what others made is left alone")
}

func TestATemporaryDirectoryThatIsMissingIsNamedWithItsVariable(t *testing.T) {
	dir := t.TempDir() + "/none"
	t.Setenv("TMPDIR", dir)
	err := refused(t, network.Default())
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Contains(t, err.Error(), "set TMPDIR to another")
	require.Contains(t, err.Error(), dir)
}

func TestATakenPortIsRefusedBeforeAnythingIsBuilt(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	topology := network.Default()
	topology.Organisations[1].Port = listener.Addr().(*net.TCPAddr).Port
	err = refused(t, topology)
	var taken *network.PortError
	require.ErrorAs(t, err, &taken)
	require.Equal(t, "peer0.carrier", taken.Node)

	left, err := filepath.Glob(os.TempDir() + "/countersign-network-*")
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestTooFewOpenFilesAreRefused(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	// In a process of its own, for a limit that was lowered stays so.
	owner := exec.Command("/bin/sh", "-c", `ulimit -n 128 && exec "$0"`, self)
	owner.Env = append(os.Environ(), ownerDir+"="+t.TempDir(), ownerChaincode+"=/bin/sh")
	output, err := owner.CombinedOutput()
	require.Error(t, err)
	require.Equal(t, "network: the limit of open files is too low: 128, a network needs 256: raise it (ulimit -Hn) and try again\n", string(output))
}

func TestNothingIsBuiltAnyMoreWhenStartHasReturned(t *testing.T) {
	dir := t.TempDir()
	pid := dir + "/pid"
	t.Setenv("PATH", dir)
	t.Setenv("TMPDIR", t.TempDir())
	// The chaincode server is being built, and takes its time to end, while Fabric
	// turns out to be none.
	script(t, dir+"/go", "trap '' INT; echo $$ > "+pid+".new; /bin/mv "+pid+".new "+pid+"; exec /bin/sleep 1\n")
	script(t, dir+"/peer", "while [ ! -e "+pid+" ]; do :; done; exit 3\n")
	_, err := network.Start(t.Context(), network.Default(), network.WithBinaries(dir))
	require.ErrorContains(t, err, "does not tell its version")
	text, err := os.ReadFile(pid)
	require.NoError(t, err)
	number, err := strconv.Atoi(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	require.ErrorIs(t, syscall.Kill(number, 0), syscall.ESRCH)
}
