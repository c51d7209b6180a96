package nodeconfig_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/countersign-ledger/countersign/network/internal/nodeconfig"
)

// odd is a path that breaks YAML written without care.
const odd = `/tmp/it's: a "test" #1/{x}\y`

func read(t *testing.T, path string) map[string]any {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	var document map[string]any
	require.NoError(t, yaml.Unmarshal(content, &document))
	return document
}

func at(document map[string]any, path ...string) any {
	var value any = document
	for _, key := range path {
		value = value.(map[string]any)[key]
	}
	return value
}

func TestAPeersConfigurationIsYAMLWhateverThePaths(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, nodeconfig.WritePeer(dir, nodeconfig.Peer{
		ID: "peer0.a.example", Address: "127.0.0.1:1", Bootstrap: []string{"127.0.0.1:1", "127.0.0.1:2"},
		MSPDir: odd, TLSDir: odd, RootCerts: odd, DataDir: dir + "/data", SnapshotsDir: dir + odd, BuilderDir: odd,
		MutualTLS: true, PurgeInterval: 7, Reconcile: 1500 * time.Millisecond, ReconcileLate: time.Hour,
	}))
	document := read(t, filepath.Join(dir, "core.yaml"))
	require.Equal(t, odd, at(document, "peer", "mspConfigPath"))
	require.Equal(t, odd+"/server.crt", at(document, "peer", "tls", "cert", "file"))
	require.Equal(t, odd, at(document, "peer", "tls", "rootcert", "file"))
	require.Equal(t, true, at(document, "peer", "tls", "clientAuthRequired"))
	require.Equal(t, []any{odd}, at(document, "peer", "tls", "clientRootCAs", "files"))
	require.Equal(t, dir+odd, at(document, "ledger", "snapshots", "rootDir"))
	requirePrivate(t, dir+"/data")
	requirePrivate(t, dir+odd)
	require.Equal(t, 7, at(document, "ledger", "pvtdataStore", "purgeInterval"))
	require.Equal(t, "1.5s", at(document, "peer", "gossip", "pvtData", "reconcileSleepInterval"))
	require.Equal(t, "1h0m0s", at(document, "ledger", "pvtdataStore", "deprioritizedDataReconcilerInterval"))
	require.Equal(t, []any{"127.0.0.1:1", "127.0.0.1:2"}, at(document, "peer", "gossip", "bootstrap"))
	require.Equal(t, true, at(document, "operations", "tls", "clientAuthRequired"))
	require.Equal(t, odd, at(document, "chaincode", "externalBuilders").([]any)[0].(map[string]any)["path"])
}

func TestAnOrderersConfigurationIsYAMLWhateverThePaths(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, nodeconfig.WriteOrderer(dir, nodeconfig.Orderer{
		Host: "127.0.0.1", Port: 7, AdminAddress: "127.0.0.1:8", MSPID: "OrdererMSP",
		MSPDir: odd, TLSDir: odd, RootCerts: odd, MutualTLS: true, DataDir: dir + "/data", WALDir: dir + odd, SnapDir: dir + "/snap",
	}))
	document := read(t, filepath.Join(dir, "orderer.yaml"))
	require.Equal(t, odd, at(document, "General", "LocalMSPDir"))
	require.Equal(t, 7, at(document, "General", "ListenPort"))
	require.Equal(t, odd+"/server.key", at(document, "Admin", "TLS", "PrivateKey"))
	require.Equal(t, true, at(document, "General", "TLS", "ClientAuthRequired"))
	require.Equal(t, []any{odd + "/ca.crt", odd}, at(document, "General", "TLS", "ClientRootCAs"))
	require.Equal(t, true, at(document, "Admin", "TLS", "ClientAuthRequired"))
	require.Equal(t, dir+odd, at(document, "Consensus", "WALDir"))
	requirePrivate(t, dir+"/data")
	requirePrivate(t, dir+odd)
	requirePrivate(t, dir+"/snap")
}

// requirePrivate checks that nobody else can look into a folder.
func requirePrivate(t *testing.T, dir string) {
	t.Helper()
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestAFolderThatCannotBeMadeIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.Error(t, nodeconfig.WritePeer(file, nodeconfig.Peer{}))
}
