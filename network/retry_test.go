package network_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network"
)

// script writes an executable shell script.
func script(t *testing.T, path, content string) string {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+content), 0o755))
	return path
}

func TestAPortLostBetweenChoiceAndUseIsAnotherTryWithOtherPorts(t *testing.T) {
	real(t)
	dir := t.TempDir()
	unlucky := script(t, dir+"/unlucky", `
if mkdir "`+dir+`/tried" 2>/dev/null; then
	echo "listen tcp $CHAINCODE_SERVER_ADDRESS: bind: address already in use" >&2
	exit 1
fi
exec "`+storecc+`"
`)
	n, err := network.Start(t.Context(), storeTopology(t), network.WithChaincodeBinary(unlucky))
	require.NoError(t, err)
	require.DirExists(t, dir+"/tried")
	require.NoError(t, n.Stop(t.Context()))
}

func TestAPortLostAgainAndAgainIsAnErrorInTheEnd(t *testing.T) {
	real(t)
	dir := t.TempDir()
	hopeless := script(t, dir+"/hopeless", `
echo tried >> "`+dir+`/tries"
echo "listen tcp $CHAINCODE_SERVER_ADDRESS: bind: address already in use" >&2
exit 1
`)
	_, err := network.Start(t.Context(), storeTopology(t), network.WithChaincodeBinary(hopeless))
	var node *network.NodeError
	require.ErrorAs(t, err, &node)
	require.Contains(t, err.Error(), "address already in use")
}

func TestAPeerThatDiesDuringStartIsNamedWithWhatItSaid(t *testing.T) {
	real(t)
	dir := t.TempDir()
	fabric := dir + "/bin"
	require.NoError(t, os.Mkdir(fabric, 0o755))
	// Programs that claim to be Fabric, and cannot run.
	for _, name := range []string{"peer", "orderer"} {
		script(t, fabric+"/"+name, `
if [ "$1" = version ]; then echo "`+name+`:"; echo " Version: v3.1.1"; exit 0; fi
if [ "`+name+`" = orderer ]; then exec sleep 600; fi
echo "Error: the ledger was made by a later version" >&2
exit 1
`)
	}
	_, err := network.Start(t.Context(), storeTopology(t), network.WithBinaries(fabric), network.WithDir(dir+"/net"))
	var (
		step *network.StartError
		node *network.NodeError
	)
	require.ErrorAs(t, err, &step)
	require.Equal(t, "nodes", step.Step)
	require.ErrorAs(t, err, &node)
	require.Contains(t, node.Node, "peer0.")
	require.Contains(t, err.Error(), "the ledger was made by a later version")
	require.NotContains(t, err.Error(), "\n", "one clear line")

	status, err := network.ReadStatus(dir + "/net")
	require.NoError(t, err)
	gone(t, status.Nodes)
}

func TestADirectoryWithoutFabricIsRefused(t *testing.T) {
	real(t)
	_, err := network.Start(t.Context(), storeTopology(t), network.WithBinaries(t.TempDir()))
	var step *network.StartError
	require.ErrorAs(t, err, &step)
	require.Equal(t, "programs", step.Step)
	require.NotContains(t, err.Error(), "\n")
}
