package network_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/network"
	"github.com/countersign-ledger/countersign/network/binaries"
)

// guide carries out the commands of docs/deploy.md, as they stand there, on a
// network, with Fabric's peer command.
type guide struct {
	t       *testing.T
	n       *network.Network
	dir     string            // where the commands run
	path    string            // with peer and go
	values  map[string]string // what stands for the words in capitals
	members map[string]member // by the organisation's name
}

// member is an administrator at a peer of an organisation.
type member struct{ mspID, msp, address, host, authority, config string }

func TestWhatTheGuideSaysOfAChannelThatChangesIsTrue(t *testing.T) {
	real(t)
	topology := storeTopology(t)
	topology.Chaincode = network.Chaincode{Name: "countersign", Version: "2.0", Label: "countersign", Binary: storecc}
	n, err := network.Start(t.Context(), topology)
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Stop(context.Background())) }()
	g := newGuide(t, n)
	carrier := contract(t, n, "carrier", "operator")
	_, err = carrier.SubmitTransaction("Put", "old", "public")
	require.NoError(t, err)

	consortium := topology.Consortium()
	trio := []string{"CarrierMSP", "ManufacturerMSP", "RetailerMSP"}
	consortium.Relations = [][]string{{"CarrierMSP", "ManufacturerMSP"}, {"CarrierMSP", "RetailerMSP"}, {"ManufacturerMSP", "RetailerMSP"}, trio}
	g.agree(consortium)
	define := g.blocks("A collection is added")
	require.Len(t, define, 5, "the guide has changed: say here who does what")
	write, query, approve, commit, check := define[0], define[1], define[2], define[3], define[4]
	g.run("write", "carrier", write)
	output, err := g.command("carrier", check)
	require.Error(t, err, "the file is ahead of the channel")
	require.Contains(t, output, "collection-missing")
	require.Contains(t, g.run("query", "carrier", query), "Sequence: 1,")
	g.values["SEQUENCE"] = "2"
	for _, name := range []string{"manufacturer", "carrier", "retailer"} {
		g.run("approve", name, approve)
	}
	g.run("commit", "carrier", commit)
	g.run("check", "carrier", check)
	relation := collections.Relation(trio...)
	require.Eventually(t, func() bool {
		return putPrivate(carrier, relation, "price", "10", "CarrierMSP", "RetailerMSP") == nil
	}, patience, retry)
	require.Equal(t, "10", private(t, contract(t, n, "manufacturer", "operator"), relation, "price", "ManufacturerMSP"))

	newcomer := g.arrive(t, "grower", "GrowerMSP")
	consortium.Organisations = append(consortium.Organisations, collections.Organisation{MSP: "GrowerMSP", Name: "grower"})
	consortium.Relations = append(consortium.Relations, []string{"CarrierMSP", "GrowerMSP"})
	g.agree(consortium)
	join := g.blocks("An organisation joins later")
	require.Len(t, join, 5, "the guide has changed: say here who does what")
	require.Contains(t, g.run("compute", "carrier", join[0]), "GrowerMSP becomes a member that trades")
	require.Contains(t, g.run("check and sign", "manufacturer", join[1]), "Administrators who have signed it: 0")
	g.forged("retailer", join[1])
	g.run("send", "retailer", join[2])
	g.run("join", "grower", join[3])
	g.run("package", "grower", newcomer.packaging)
	g.run("install", "grower", join[4])
	newcomer.serve()
	g.values["SEQUENCE"] = "3"
	for _, name := range []string{"manufacturer", "carrier", "retailer", "grower"} {
		g.run("approve", name, approve)
	}
	g.run("commit", "carrier", commit)
	g.run("check", "carrier", check)

	own := newcomer.contract()
	require.Eventually(t, func() bool {
		_, err := own.Submit("Put", client.WithArguments("new", "by the grower"), client.WithEndorsingOrganizations("GrowerMSP", "CarrierMSP"))
		return err == nil
	}, patience, retry, "it writes, and its peer endorses")
	old, err := own.Evaluate("Get", client.WithArguments("old"), client.WithEndorsingOrganizations("GrowerMSP"))
	require.NoError(t, err)
	require.Equal(t, "public", string(old))
	require.NoError(t, putPrivate(own, collections.Relation("GrowerMSP", "CarrierMSP"), "price", "12", "GrowerMSP", "CarrierMSP"))
	_, err = contract(t, n, "regulator", "admin").SubmitTransaction("Put", "forged", "by the regulator")
	require.Error(t, err, "a reader still only reads")
}

func newGuide(t *testing.T, n *network.Network) *guide {
	t.Helper()
	set, err := binaries.Ensure(t.Context(), binaries.Options{})
	require.NoError(t, err)
	orderers := n.OrganisationMSPDir(network.OrdererOrganisation)
	g := &guide{
		t: t, n: n, dir: t.TempDir(), path: filepath.Dir(set.Peer) + string(os.PathListSeparator) + os.Getenv("PATH"),
		members: map[string]member{},
		values:  map[string]string{"CHANNEL": n.Topology().Channel, "ORDERER_CA": filepath.Join(orderers, "tlscacerts", "tlsca.pem")},
	}
	for _, s := range n.Status() {
		switch s.Kind {
		case network.KindOrderer:
			g.values["ORDERER"] = s.Address
		case network.KindPeer:
			g.members[s.Organisation] = g.member(s)
		}
	}
	for i, name := range []string{"carrier", "retailer"} {
		g.values[[]string{"PEER1", "PEER2"}[i]] = g.members[name].address
		g.values[[]string{"CA1", "CA2"}[i]] = g.members[name].authority
	}
	// go run builds them anew each time that their commands are called.
	build := exec.Command("go", "build", "-o", g.dir, "./network/cmd/devnet", "./client/cmd/countersign")
	build.Dir = ".."
	output, err := build.CombinedOutput()
	require.NoError(t, err, "%s", output)
	profile, err := os.ReadFile(n.Profile("carrier"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(g.dir, "connection.yaml"), profile, 0o600))
	g.values["USER_MSP"] = n.MSPDir("carrier", "auditor")
	return g
}

func (g *guide) member(s network.NodeStatus) member {
	organisation := filepath.Join(g.n.Dir(), "organisations", s.Organisation)
	m := member{
		msp: g.n.MSPDir(s.Organisation, "admin"), address: s.Address, host: s.Host,
		authority: filepath.Join(g.n.OrganisationMSPDir(s.Organisation), "tlscacerts", "tlsca.pem"),
		config:    filepath.Join(organisation, "peers", "peer0"),
	}
	for _, o := range g.n.Topology().Organisations {
		if o.Name == s.Organisation {
			m.mspID = o.MSPID
		}
	}
	return m
}

// agree writes the consortium's file that all have.
func (g *guide) agree(c collections.Consortium) {
	text, err := json.Marshal(c)
	require.NoError(g.t, err)
	require.NoError(g.t, os.WriteFile(filepath.Join(g.dir, "consortium.yaml"), text, 0o600))
	g.values["POLICY"] = c.EndorsementPolicy()
}

// blocks are the commands of a section of the guide, in their order.
func (g *guide) blocks(title string) []string {
	content, err := os.ReadFile(filepath.Join("..", "docs", "deploy.md"))
	require.NoError(g.t, err)
	_, section, found := strings.Cut(string(content), "\n## "+title+"\n")
	require.True(g.t, found, title)
	section, _, _ = strings.Cut(section, "\n## ")
	var blocks []string
	in := false
	for _, line := range strings.Split(section, "\n") {
		indented := strings.HasPrefix(line, "    ")
		switch {
		case indented && in:
			blocks[len(blocks)-1] += "\n" + line
		case indented:
			blocks = append(blocks, line)
		}
		in = indented
	}
	return blocks
}

var placeholder = regexp.MustCompile(`\b[A-Z][A-Z0-9_]+[A-Z0-9]\b`)

var programs = strings.NewReplacer("go run ./network/cmd/devnet", "./devnet", "go run ./client/cmd/countersign", "./countersign")

// run does what a block says as an administrator of an organisation, and gives
// what it writes.
func (g *guide) run(what, organisation, block string) string {
	output, err := g.command(organisation, block)
	require.NoError(g.t, err, "%s by %s: %s", what, organisation, output)
	return output
}

func (g *guide) command(organisation, block string) (string, error) {
	m := g.members[organisation]
	script := placeholder.ReplaceAllStringFunc(block, func(word string) string {
		if word == "PACKAGE_ID" {
			return g.installed(organisation)
		}
		value, known := g.values[word]
		require.True(g.t, known, "nothing stands for %s in: %s", word, block)
		return value
	})
	script = programs.Replace(script)
	c := exec.CommandContext(g.t.Context(), "/bin/sh", "-e", "-c", script)
	c.Dir = g.dir
	c.Env = []string{
		"PATH=" + g.path, "HOME=" + g.dir, "FABRIC_CFG_PATH=" + m.config, "FABRIC_LOGGING_SPEC=info:grpc=error",
		"CORE_PEER_TLS_ENABLED=true", "CORE_PEER_LOCALMSPID=" + m.mspID, "CORE_PEER_MSPCONFIGPATH=" + m.msp,
		"CORE_PEER_ADDRESS=" + m.address, "CORE_PEER_TLS_ROOTCERT_FILE=" + m.authority,
	}
	output, err := c.CombinedOutput()
	return string(output), err
}

// forged holds that nobody is led to sign another change than they computed.
func (g *guide) forged(organisation, block string) {
	anchor := g.values["NEW_PEER"]
	g.values["NEW_PEER"] = "127.0.0.1:9"
	output, err := g.command(organisation, block)
	g.values["NEW_PEER"] = anchor
	require.Error(g.t, err)
	require.Contains(g.t, output, "do not sign it")
}
