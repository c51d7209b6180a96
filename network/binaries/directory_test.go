package binaries_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network/binaries"
)

func TestADirectoryOfTheUsersIsTakenIfItsVersionsFit(t *testing.T) {
	tests := map[string]struct {
		peer, orderer string // what they print
		refused       string // the program and the version that the error names
	}{
		"ours":                     {peer: " Version: v3.1.1", orderer: " Version: v3.1.1"},
		"a later fix":              {peer: " Version: v3.1.5", orderer: " Version: 3.1.5"},
		"the fixed release before": {peer: " Version: v3.1.0", orderer: " Version: v3.1.1", refused: "peer reports version v3.1.0"},
		"another minor version":    {peer: " Version: v3.1.1", orderer: " Version: v3.2.0", refused: "orderer reports version v3.2.0"},
		"the long-term release":    {peer: " Version: v2.5.16", orderer: " Version: v2.5.16", refused: "peer reports version v2.5.16"},
		"a candidate":              {peer: " Version: v3.1.2-rc1", orderer: " Version: v3.1.1", refused: "peer reports version v3.1.2-rc1"},
		"no version stamped":       {peer: " Version: latest", orderer: " Version: latest", refused: "peer reports version latest"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m, dir := newMachine(t, ""), t.TempDir()
			m.link(dir, "peer")
			m.link(dir, "orderer")
			t.Setenv("BINARIES_TEST_VERSION_PEER", test.peer)
			t.Setenv("BINARIES_TEST_VERSION_ORDERER", test.orderer)
			set, err := binaries.Ensure(context.Background(), binaries.Options{Dir: dir})
			if test.refused != "" {
				var refused *binaries.VersionError
				require.ErrorAs(t, err, &refused)
				require.ErrorContains(t, err, test.refused)
				require.ErrorContains(t, err, "v3.1.1 or a later v3.1.x is needed")
				require.NotContains(t, err.Error(), "\n")
				return
			}
			require.NoError(t, err)
			require.Equal(t, filepath.Join(dir, "peer"), set.Peer)
			require.Equal(t, filepath.Join(dir, "orderer"), set.Orderer)
			require.FileExists(t, filepath.Join(set.Builder, "bin", "release"), "there was none beside them, so it is built")
			require.Len(t, m.calls("build"), 1)
			require.NotContains(t, m.calls("build")[0], "hyperledger")
		})
	}
}

func TestTheBuilderOfAFabricReleaseIsUsed(t *testing.T) {
	m, release := newMachine(t, ""), t.TempDir()
	bin, builder := filepath.Join(release, "bin"), filepath.Join(release, "builders", "ccaas")
	require.NoError(t, os.MkdirAll(filepath.Join(builder, "bin"), 0o755))
	require.NoError(t, os.Mkdir(bin, 0o755))
	m.link(bin, "peer")
	m.link(bin, "orderer")
	for _, name := range []string{"detect", "build", "release"} {
		m.link(filepath.Join(builder, "bin"), name)
	}
	t.Setenv("BINARIES_TEST_VERSION_PEER", " Version: v3.1.1")
	t.Setenv("BINARIES_TEST_VERSION_ORDERER", " Version: v3.1.1")
	t.Setenv(binaries.DirVariable, bin)
	require.NoError(t, os.Remove(filepath.Join(m.tools, "go")), "no toolchain is needed")
	set, err := binaries.Ensure(context.Background(), binaries.Options{})
	require.NoError(t, err)
	require.Equal(t, builder, set.Builder)
	require.Equal(t, bin, set.Dir)
}

func TestADirectoryWithoutFabricIsRefusedInOneLine(t *testing.T) {
	newMachine(t, "")
	dir := t.TempDir()
	_, err := binaries.Ensure(context.Background(), binaries.Options{Dir: dir})
	require.ErrorIs(t, err, binaries.ErrNotFound)
	require.ErrorContains(t, err, filepath.Join(dir, "peer"))

	script := "#!/bin/sh\nprintf 'hello'\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "peer"), []byte(script), 0o755))
	_, err = binaries.Ensure(context.Background(), binaries.Options{Dir: dir})
	require.ErrorContains(t, err, "does not tell its version (it printed none): name a directory that holds Fabric's peer and orderer")
	require.Equal(t, 1, len(strings.Split(err.Error(), "\n")))
}

func TestTheChaincodeServerKeepsItsPathUntilItChanges(t *testing.T) {
	m := newMachine(t, "")
	first, err := binaries.Chaincode(context.Background(), nil)
	require.NoError(t, err)
	same, err := binaries.Chaincode(context.Background(), nil)
	require.NoError(t, err)
	require.Equal(t, first, same)
	require.Contains(t, m.calls("build")[0], "./chaincode/cmd/countersigncc")

	for _, content := range []string{"b", "c", "d", "e"} {
		t.Setenv(contentVariable, content)
		other, err := binaries.Chaincode(context.Background(), nil)
		require.NoError(t, err)
		require.NotEqual(t, first, other)
		require.FileExists(t, first, "a network may run it still")
		built, err := os.ReadFile(other)
		require.NoError(t, err)
		require.Equal(t, content, string(built))
	}
	t.Setenv(contentVariable, "f")
	_, err = binaries.Chaincode(context.Background(), nil)
	require.NoError(t, err)
	require.NoFileExists(t, first, "the cache does not grow for ever")
}

func TestAFailedBuildOfTheChaincodeSaysWhy(t *testing.T) {
	newMachine(t, "broken")
	_, err := binaries.Chaincode(context.Background(), nil)
	var failed *binaries.BuildError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, []string{"# fabric/x", "x.go:1:2: undefined: y"}, failed.Tail)
	require.ErrorContains(t, err, "compile the chaincode server")
}

func TestWhatDoesWithoutAToolchainDependsOnWhatItIsNeededFor(t *testing.T) {
	m, dir := newMachine(t, ""), t.TempDir()
	require.NoError(t, os.Remove(filepath.Join(m.tools, "go")))
	m.link(dir, "peer")
	m.link(dir, "orderer")
	t.Setenv("BINARIES_TEST_VERSION_PEER", " Version: v3.1.1")
	t.Setenv("BINARIES_TEST_VERSION_ORDERER", " Version: v3.1.1")
	_, err := binaries.Ensure(context.Background(), binaries.Options{Dir: dir})
	require.ErrorContains(t, err, "or name the bin folder of a Fabric release with its builders folder beside it")
	_, err = binaries.Chaincode(context.Background(), nil)
	require.ErrorContains(t, err, "or name a chaincode server that is built (--chaincode-bin)")
}
