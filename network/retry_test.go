package network_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

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

// silent in the environment makes the test binary an orderer that accepts
// connections and does not answer.
const silent = "COUNTERSIGN_TEST_SILENT"

func playSilent() int {
	content, err := os.ReadFile(filepath.Join(os.Getenv("FABRIC_CFG_PATH"), "orderer.yaml"))
	if err != nil {
		return 1
	}
	var configuration struct {
		Admin struct {
			ListenAddress string `yaml:"ListenAddress"`
		} `yaml:"Admin"`
	}
	if yaml.Unmarshal(content, &configuration) != nil {
		return 1
	}
	listener, err := net.Listen("tcp", configuration.Admin.ListenAddress)
	if err != nil {
		return 1
	}
	for {
		if _, err := listener.Accept(); err != nil {
			return 1
		}
		fmt.Println("accepted")
	}
}

func TestAnOrdererThatDoesNotAnswerDoesNotKeepStartFromEnding(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	require.NoError(t, err)
	for name, does := range map[string]string{"peer": "exec /bin/sleep 600", "orderer": silent + "=yes exec " + self} {
		script(t, dir+"/"+name, `
if [ "$1" = version ]; then echo " Version: v3.1.1"; exit 0; fi
`+does+"\n")
	}
	for _, name := range []string{"detect", "build", "release"} {
		require.NoError(t, os.MkdirAll(dir+"/ccaas/bin", 0o755))
		script(t, dir+"/ccaas/bin/"+name, "exit 1\n")
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("the user has had enough")
	go func() {
		for ctx.Err() == nil {
			if log, _ := os.ReadFile(dir + "/net/logs/orderer.log"); len(log) > 0 {
				cancel(enough)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	topology := network.Default()
	topology.Chaincode.Binary = dir + "/peer"
	_, err = network.Start(ctx, topology, network.WithBinaries(dir), network.WithDir(dir+"/net"))
	require.ErrorIs(t, err, enough)
}
