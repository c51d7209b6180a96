package e2e_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/deployment"
	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/network"
)

// check returns what a check finds on a real network, asked by a user at the peer of
// its own organisation.
func (r real) check(t *testing.T, organisation, user string, consortium collections.Consortium) []deployment.Finding {
	t.Helper()
	require.NoError(t, consortium.Validate())
	deployed, err := deployment.Read(t.Context(), r.client(t, organisation, user), consortium.Channel, consortium.Chaincode)
	require.NoError(t, err)
	return deployment.Check(deployed.Definition, deployed.Config, consortium)
}

// The network that this repository starts is the one that a consortium's file
// describes; whoever is a member can see that, a reader too.
func TestTheDefaultNetworkIsDeployedAsAConsortiumsFileSays(t *testing.T) {
	r := start(t)
	for organisation, user := range map[string]string{manufacturer: "admin", carrier: "operator", regulator: "auditor"} {
		require.Empty(t, r.check(t, organisation, user, r.network.Topology().Consortium()), organisation)
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		keep(t, r)
	}
}

// keep writes down what a real peer answers, for tests that have no network.
func keep(t *testing.T, r real) {
	t.Helper()
	topology := r.network.Topology()
	deployed, err := deployment.Read(t.Context(), r.client(t, carrier, "operator"), topology.Channel, topology.Chaincode.Name)
	require.NoError(t, err)
	for name, m := range map[string]proto.Message{"definition.pb": deployed.Definition, "config.pb": deployed.Config} {
		text, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join("..", "..", "client", "deployment", "testdata", name), text, 0o644))
	}
}

// A network of its own: its definition is weakened, and mended again.
func TestAWeakDefinitionIsFoundAndTheCureIsSeen(t *testing.T) {
	if testing.Short() {
		t.Skip("SHORT: needs a real network")
	}
	n, err := network.Start(t.Context(), network.Default())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, n.Stop(context.WithoutCancel(t.Context()))) })
	r, described := real{n}, network.Default().Consortium()
	require.Empty(t, r.check(t, carrier, "operator", described))

	relation := collections.Relation(carrierMSP, manufacturerMSP)
	disclosure := collections.Disclosure(manufacturerMSP, regulatorMSP)
	definitions := described.Definitions()
	weak := slices.Clone(definitions)
	for i := range weak {
		switch weak[i].Name {
		case relation:
			weak[i].RequiredPeerCount, weak[i].EndorsementPolicy = 0, nil
		case disclosure:
			weak[i].MemberOnlyRead, weak[i].MemberOnlyWrite = false, false
			weak[i].Policy = "OR('CarrierMSP.member','ManufacturerMSP.member','RegulatorMSP.member')"
		}
	}
	weak = append(weak, collections.Definition{Name: "aside", Policy: "OR('CarrierMSP.member')", RequiredPeerCount: 1, MaxPeerCount: 1, MemberOnlyRead: true, MemberOnlyWrite: true})
	define(t, n, weak, network.Policy{Required: 1})

	type seen struct {
		code     deployment.Code
		severity deployment.Severity
		where    string
	}
	wanted := []seen{
		{deployment.EndorsementPolicy, deployment.Weakness, "the chaincode's definition"},
		{deployment.RequiredPeerCount, deployment.Weakness, "collection " + relation},
		{deployment.CollectionEndorsement, deployment.Weakness, "collection " + relation},
		{deployment.MemberOnlyRead, deployment.Weakness, "collection " + disclosure},
		{deployment.MemberOnlyWrite, deployment.Weakness, "collection " + disclosure},
		{deployment.CollectionMembers, deployment.Weakness, "collection " + disclosure},
		{deployment.CollectionSurplus, deployment.Drift, "collection aside"},
	}
	for organisation, user := range map[string]string{manufacturer: "auditor", regulator: "auditor"} {
		var all []seen
		for _, f := range r.check(t, organisation, user, described) {
			all = append(all, seen{f.Code, f.Severity, f.Where})
		}
		require.Equal(t, wanted, all, organisation)
	}

	// Fabric lets no collection go: what is not in the file stays a finding.
	define(t, n, append(definitions, weak[len(weak)-1]), network.Policy{Required: 2})
	left := r.check(t, carrier, "operator", described)
	require.Len(t, left, 1)
	require.Equal(t, deployment.CollectionSurplus, left[0].Code)
}

func define(t *testing.T, n *network.Network, definitions []collections.Definition, endorsement network.Policy) {
	t.Helper()
	document, err := collections.JSON(definitions)
	require.NoError(t, err)
	require.NoError(t, n.Define(t.Context(), network.Definition{Collections: document, EndorsementPolicy: endorsement}))
}
