package network_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/hyperledger/fabric-admin-sdk/pkg/chaincode"
	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network/binaries"
	"github.com/countersign-ledger/countersign/network/internal/material"
	"github.com/countersign-ledger/countersign/network/internal/nodeconfig"
	"github.com/countersign-ledger/countersign/network/internal/ports"
	"github.com/countersign-ledger/countersign/network/internal/process"
)

// newcomer is an organisation that the network knows nothing of: it has made its
// own keys and runs its own peer.
type newcomer struct {
	g         *guide
	name, dir string
	member    member
	group     *process.Group
	service   string // where its chaincode server listens
	user      string // MSP folder of one of its operators
	packaging string // the command that makes its package
}

// arrive makes a newcomer and starts its peer, which is in no channel yet.
func (g *guide) arrive(t *testing.T, name, mspID string) *newcomer {
	t.Helper()
	dir := filepath.Join(g.dir, name)
	o, err := material.NewOrganisation(mspID, name+".example")
	require.NoError(t, err)
	reserved, err := ports.Reserve(2)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, reserved.Release()) })
	at := func() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(reserved.Next())) }
	c := &newcomer{group: process.NewGroup(), g: g, name: name, dir: dir, service: at(), user: filepath.Join(dir, "operator")}
	t.Cleanup(func() { require.NoError(t, c.group.Stop(context.Background())) })
	c.member = member{
		mspID: mspID, msp: filepath.Join(dir, "admin"), address: at(), host: "peer0." + name + ".example",
		authority: filepath.Join(dir, "msp", "tlscacerts", "tlsca.pem"), config: filepath.Join(dir, "peer"),
	}
	require.NoError(t, o.WriteMSP(filepath.Join(dir, "msp")))
	for folder, unit := range map[string]material.Unit{"admin": material.Admin, "operator": material.Client, "peer/msp": material.Peer} {
		credential, err := o.Identity(filepath.Base(folder), unit, nil)
		require.NoError(t, err)
		require.NoError(t, o.WriteLocalMSP(filepath.Join(dir, folder), credential))
	}
	for folder, host := range map[string]string{"peer/tls": c.member.host, "server": "chaincode." + name + ".example"} {
		credential, err := o.Host(host)
		require.NoError(t, err)
		require.NoError(t, o.WriteTLS(filepath.Join(dir, folder), credential))
	}
	c.packaging = "go run ./network/cmd/devnet package --out deploy --consortium deploy/consortium.json --address " + c.service +
		" --tls-root-cert " + name + "/server/ca.crt --tls-client-cert " + name + "/peer/tls/server.crt --tls-client-key " + name + "/peer/tls/server.key"
	g.members[name] = c.member
	g.values["NEW_MSP"], g.values["NEW_MSP_FOLDER"], g.values["NEW_PEER"] = mspID, filepath.Join(dir, "msp"), c.member.address
	c.startPeer()
	return c
}

func (c *newcomer) startPeer() {
	t, m := c.g.t, c.member
	set, err := binaries.Ensure(t.Context(), binaries.Options{})
	require.NoError(t, err)
	require.NoError(t, nodeconfig.WritePeer(m.config, nodeconfig.Peer{
		ID: m.host, Network: "own", Address: m.address, Bootstrap: []string{m.address}, MSPID: m.mspID,
		MSPDir: filepath.Join(m.config, "msp"), TLSDir: filepath.Join(m.config, "tls"), RootCerts: m.authority,
		DataDir: filepath.Join(m.config, "data"), SnapshotsDir: filepath.Join(m.config, "snapshots"), BuilderDir: set.Builder,
		PurgeInterval: 100, Reconcile: time.Second, ReconcileLate: time.Hour,
	}))
	c.start(process.Spec{Name: "peer", Path: set.Peer, Args: []string{"node", "start"}, Env: []string{"FABRIC_CFG_PATH=" + m.config}})
	require.Eventually(t, func() bool {
		_, err := c.g.command(c.name, "peer channel list")
		return err == nil
	}, patience, retry)
}

// serve starts its chaincode server under the id of what was installed.
func (c *newcomer) serve() {
	tls := filepath.Join(c.dir, "server")
	c.start(process.Spec{Name: "chaincode", Path: storecc, Env: []string{
		"CHAINCODE_ID=" + c.g.installed(c.name), "CHAINCODE_SERVER_ADDRESS=" + c.service,
		"CORE_PEER_LOCALMSPID=" + c.member.mspID, "CHAINCODE_TLS_KEY_FILE=" + tls + "/server.key",
		"CHAINCODE_TLS_CERT_FILE=" + tls + "/server.crt", "CHAINCODE_CLIENT_CA_CERT_FILE=" + tls + "/ca.crt",
	}})
}

// start runs a program until the test ends.
func (c *newcomer) start(spec process.Spec) {
	spec.Dir, spec.LogFile = c.dir, filepath.Join(c.dir, spec.Name+".log")
	_, err := c.group.Start(spec)
	require.NoError(c.g.t, err)
}

func (c *newcomer) contract() *client.Contract {
	authority, err := os.ReadFile(c.member.authority)
	require.NoError(c.g.t, err)
	gateway := connect(c.g.t, c.member.address, c.member.host, authority, c.member.mspID, c.user)
	topology := c.g.n.Topology()
	return gateway.GetNetwork(topology.Channel).GetContract(topology.Chaincode.Name)
}

// installed is the id of the package that an organisation has on its disk; empty
// while it has none.
func (g *guide) installed(organisation string) string {
	path := filepath.Join(g.n.Dir(), "organisations", organisation, "chaincode", "package.tar.gz")
	if _, ours := g.values["NEW_MSP"]; ours && organisation == "grower" {
		path = filepath.Join(g.dir, "deploy", "countersign.tar.gz")
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	id, err := chaincode.PackageID(bytes.NewReader(content))
	require.NoError(g.t, err)
	return id
}
