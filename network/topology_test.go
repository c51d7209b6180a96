package network_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network"
)

func TestTheDefaultTopologyIsValid(t *testing.T) {
	require.NoError(t, network.Default().Validate())
}

func TestEveryPresetIsValidAndKeptApartFromTheOthers(t *testing.T) {
	for _, name := range network.PresetNames() {
		topology, err := network.Preset(name)
		require.NoError(t, err)
		require.NoError(t, topology.Validate(), name)
	}
	resilient := network.Resilient()
	require.Len(t, resilient.Orderers, 3)
	require.Equal(t, 2, resilient.Organisations[0].Peers)
	require.Equal(t, 1, resilient.Organisations[3].Peers, "a reader keeps its one peer")
	require.Equal(t, 1, network.ThreeOrderers().Organisations[0].Peers)
	require.Equal(t, network.Default(), network.ThreeOrderers().WithOrderers(1))
	_, err := network.Preset("bft")
	require.ErrorIs(t, err, network.ErrPreset)
	require.ErrorContains(t, err, "default, raft3, resilient")
}

func TestATopologyIsComposedOfPresets(t *testing.T) {
	topology := network.Default()
	topology.Organisations = []network.Organisation{network.Trader("grower"), network.Trader("packer"), network.Reader("inspector")}
	topology.EndorsementPolicy = network.Policy{Required: 1}
	require.NoError(t, topology.Validate())
	require.Equal(t, "GrowerMSP", topology.Organisations[0].MSPID)
	require.True(t, topology.Organisations[2].Reader)
}

func TestValidateNamesWhatIsWrongAndWhatIsAllowed(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*network.Topology)
		says   string
	}{
		"no name":             {func(o *network.Topology) { o.Name = "" }, `name "" must match`},
		"channel in capitals": {func(o *network.Topology) { o.Channel = "SupplyChain" }, `channel "SupplyChain" must match`},
		"no organisations":    {func(o *network.Topology) { o.Organisations = nil }, "no organisation trades"},
		"only readers":        {func(o *network.Topology) { o.Organisations = []network.Organisation{network.Reader("regulator")} }, "no organisation trades"},
		"same name twice": {
			func(o *network.Topology) { o.Organisations[1] = o.Organisations[0] },
			`name "manufacturer" of organisation 2 ("manufacturer") is taken by organisation 1 ("manufacturer")`,
		},
		"same MSP twice":    {func(o *network.Topology) { o.Organisations[1].MSPID = "ManufacturerMSP" }, `MSP identifier "ManufacturerMSP" of organisation 2`},
		"same domain twice": {func(o *network.Topology) { o.Organisations[1].Domain = "manufacturer.example" }, `domain "manufacturer.example" of organisation 2`},
		"the orderers' name": {
			func(o *network.Topology) { o.Organisations[0].Name = "orderer" },
			`name "orderer" of organisation 1 ("orderer") is taken by the ordering service`,
		},
		"the orderers' MSP":  {func(o *network.Topology) { o.Organisations[0].MSPID = "OrdererMSP" }, "is taken by the ordering service"},
		"a path as a name":   {func(o *network.Topology) { o.Organisations[0].Name = "../etc" }, `("../etc") "../etc" must match`},
		"quote in MSP":       {func(o *network.Topology) { o.Organisations[0].MSPID = "A'MSP" }, `"A'MSP" must match`},
		"domain with space":  {func(o *network.Topology) { o.Organisations[0].Domain = "a b" }, `"a b" must match`},
		"too many peers":     {func(o *network.Topology) { o.Organisations[0].Peers = 9 }, "has 9 peers: 1 to 8 are possible"},
		"negative peers":     {func(o *network.Topology) { o.Organisations[0].Peers = -1 }, "has -1 peers"},
		"no administrator":   {func(o *network.Topology) { o.Organisations[0].Users = network.Users()[1:] }, "has no user with Admin true"},
		"user without role":  {func(o *network.Topology) { o.Organisations[0].Users[1].Role = "" }, `user "operator" of organisation 1 ("manufacturer") has no role`},
		"user twice":         {func(o *network.Topology) { o.Organisations[0].Users[1].Name = "admin" }, `user "admin"`},
		"port out of range":  {func(o *network.Topology) { o.Organisations[0].Port = 70000 }, "port 70000"},
		"port twice":         {func(o *network.Topology) { o.Organisations[0].Port, o.Orderers[0].Port = 7051, 7051 }, "port 7051 of orderer 1"},
		"BFT":                {func(o *network.Topology) { o.Consensus = network.BFT }, "consensus bft is not supported yet"},
		"two orderers":       {func(o *network.Topology) { *o = o.WithOrderers(2) }, "2 orderers: 1, 3 or 5 are possible"},
		"seven orderers":     {func(o *network.Topology) { *o = o.WithOrderers(7) }, "7 orderers: 1, 3 or 5 are possible"},
		"no orderer":         {func(o *network.Topology) { o.Orderers = nil }, "0 orderers: 1, 3 or 5 are possible"},
		"an orderer twice":   {func(o *network.Topology) { *o = o.WithOrderers(3); o.Orderers[2] = o.Orderers[0] }, `name "orderer1" of orderer 3 ("orderer1") is taken`},
		"a peer's name":      {func(o *network.Topology) { o.Orderers[0].Name = "peer0.carrier" }, `"peer0.carrier" must match`},
		"negative batch":     {func(o *network.Topology) { o.Batch.Timeout = -1 }, "batch limits must not be negative"},
		"batch out of order": {func(o *network.Topology) { o.Batch.PreferredBytes, o.Batch.MaximumBytes = 2, 1 }, "preferred size 2 is larger than the maximum 1"},
		"batch too large":    {func(o *network.Topology) { o.Batch.MaximumBytes = 200 << 20 }, "batch: maximum size"},
		"chaincode name":     {func(o *network.Topology) { o.Chaincode.Name = "counter sign" }, `chaincode name "counter sign"`},
		"chaincode version":  {func(o *network.Topology) { o.Chaincode.Version = "1/0" }, `chaincode version "1/0"`},
		"no such binary":     {func(o *network.Topology) { o.Chaincode.Binary = "/no/such" }, `chaincode binary "/no/such" is not an executable file`},
		"no such binary of one": {
			func(o *network.Topology) { o.Organisations[1].ChaincodeBinary = "/no/such" },
			`chaincode binary of carrier "/no/such" is not an executable file`,
		},
		"a reader's binary": {
			func(o *network.Topology) { o.Organisations[3].ChaincodeBinary = "/bin/sh" },
			`regulator only reads and runs no chaincode: chaincode binary "/bin/sh" must be empty`,
		},
		"reconciled before it began": {
			func(o *network.Topology) { o.PrivateData.ReconcileInterval = -1 },
			"private data: reconcile interval -1ns must not be negative",
		},
		"collections": {func(o *network.Topology) { o.Chaincode.Collections = []byte(`{`) }, "collections: "},
		"collection policy": {
			func(o *network.Topology) { o.Chaincode.Collections = []byte(`[{"name":"a","policy":"nobody"}]`) },
			`collections: collection "a": policy "nobody"`,
		},
		"nobody endorses": {func(o *network.Topology) { o.EndorsementPolicy.Required = 0 }, "endorsement policy requires 0 of 3 trading organisations"},
		"reader counted":  {func(o *network.Topology) { o.LifecyclePolicy.Required = 4 }, "lifecycle policy requires 4 of 3 trading organisations"},
	} {
		t.Run(name, func(t *testing.T) {
			topology := network.Default()
			test.change(&topology)
			var problem *network.TopologyError
			require.ErrorAs(t, topology.Validate(), &problem)
			require.Contains(t, strings.Join(problem.Problems, "\n"), test.says)
			require.NotContains(t, problem.Error(), "\n", "the error is one line")
		})
	}
}

func TestValidateListsEveryProblemAtOnce(t *testing.T) {
	topology := network.Default()
	topology.Channel = ""
	topology.Organisations[2].Users = nil
	topology.EndorsementPolicy.Required = 7
	var problem *network.TopologyError
	require.ErrorAs(t, topology.Validate(), &problem)
	require.Len(t, problem.Problems, 3)
}

func TestAWrongTopologyStartsNothing(t *testing.T) {
	topology := network.Default()
	topology.Organisations = nil
	dir := t.TempDir()
	_, err := network.Start(t.Context(), topology, network.WithDir(dir))
	var problem *network.TopologyError
	require.ErrorAs(t, err, &problem)
	require.NoFileExists(t, dir+"/network.json")
}
