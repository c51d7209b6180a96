package channel_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hyperledger/fabric-config/configtx"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/network/internal/channel"
	"github.com/countersign-ledger/countersign/network/internal/material"
)

// folder writes the verification MSP of a new organisation.
func folder(t *testing.T, mspID string) string {
	t.Helper()
	o, err := material.NewOrganisation(mspID, "new.example")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, o.WriteMSP(dir))
	return dir
}

// grower is an organisation that joins the channel of genesis and trades.
func grower(t *testing.T) channel.Admission {
	t.Helper()
	config, err := channel.ReadMSP(folder(t, "GrowerMSP"), "GrowerMSP")
	require.NoError(t, err)
	return channel.Admission{
		MSPID: "GrowerMSP", MSP: config, Anchors: []channel.Address{{Host: "127.0.0.1", Port: 9051}},
		Trading: []string{"CarrierMSP", "GrowerMSP"}, Reading: []string{"RegulatorMSP"},
		Policies: channel.Policies{
			Writers: "OR('CarrierMSP.client', 'GrowerMSP.client')", Admins: "OutOf(2, 'CarrierMSP.admin', 'GrowerMSP.admin')",
			Endorsement: "OutOf(1, 'CarrierMSP.peer', 'GrowerMSP.peer')", Lifecycle: "OutOf(2, 'CarrierMSP.peer', 'GrowerMSP.peer')",
		},
	}
}

// present is the channel's configuration as a block holds it.
func present(t *testing.T) *common.Config {
	t.Helper()
	block, _ := genesis(t)
	name, config, err := channel.Read(block)
	require.NoError(t, err)
	require.Equal(t, "supplychain", name)
	return config
}

// written is what an update writes into the application.
func written(t *testing.T, u *channel.Update) *common.ConfigGroup {
	t.Helper()
	var update common.ConfigUpdate
	require.NoError(t, proto.Unmarshal(u.Bytes, &update))
	require.Equal(t, "supplychain", update.GetChannelId())
	require.Len(t, update.GetWriteSet().GetGroups(), 1, "nothing but the application")
	return update.GetWriteSet().GetGroups()[configtx.ApplicationGroupKey]
}

func TestWhoJoinsToTradeStandsInEveryPolicy(t *testing.T) {
	config := present(t)
	u, err := channel.Admit("supplychain", config, grower(t))
	require.NoError(t, err)
	require.Equal(t, []string{
		"GrowerMSP becomes a member that trades",
		"Admins was AND('CarrierMSP.admin') and becomes AND('CarrierMSP.admin', 'GrowerMSP.admin')",
		"Endorsement was AND('CarrierMSP.peer') and becomes OR('CarrierMSP.peer', 'GrowerMSP.peer')",
		"LifecycleEndorsement was AND('CarrierMSP.peer') and becomes AND('CarrierMSP.peer', 'GrowerMSP.peer')",
		"Writers was OR('CarrierMSP.admin', 'CarrierMSP.client') and becomes OR('CarrierMSP.client', 'GrowerMSP.client')",
	}, u.Changes)
	application := written(t, u)
	for _, name := range []string{"Admins", "Endorsement", "LifecycleEndorsement", "Writers"} {
		require.EqualValues(t, 1, application.GetPolicies()[name].GetVersion(), name)
	}
	require.Zero(t, application.GetPolicies()["Readers"].GetVersion(), "whoever is a member reads")
	require.NotEmpty(t, application.GetGroups()["GrowerMSP"].GetValues()[configtx.AnchorPeersKey].GetValue())
}

func TestWhoJoinsToReadBecomesAMemberAndNothingElse(t *testing.T) {
	a := grower(t)
	a.Trading, a.Reading = []string{"CarrierMSP"}, []string{"RegulatorMSP", "GrowerMSP"}
	a.Policies = channel.Policies{
		Writers: "OR('CarrierMSP.admin', 'CarrierMSP.client')", Admins: "OutOf(1, 'CarrierMSP.admin')",
		Endorsement: "OutOf(1, 'CarrierMSP.peer')", Lifecycle: "OutOf(1, 'CarrierMSP.peer')",
	}
	u, err := channel.Admit("supplychain", present(t), a)
	require.NoError(t, err)
	require.Equal(t, []string{"GrowerMSP becomes a member that only reads"}, u.Changes)
	for name, policy := range written(t, u).GetPolicies() {
		require.Zero(t, policy.GetVersion(), name)
	}
}

func TestAChannelWithFabricsDefaultsIsMadeFitForAReader(t *testing.T) {
	config := present(t)
	application := config.GetChannelGroup().GetGroups()[configtx.ApplicationGroupKey]
	delete(application.GetValues(), configtx.ACLsKey)
	application.GetPolicies()["Writers"].ModPolicy = "/Channel/Orderer/Admins"
	a := grower(t)
	a.Trading, a.Reading = []string{"CarrierMSP"}, []string{"RegulatorMSP", "GrowerMSP"}
	u, err := channel.Admit("supplychain", config, a)
	require.NoError(t, err)
	require.Contains(t, u.Changes[len(u.Changes)-1], "readers may use ")
	require.Contains(t, u.Changes[len(u.Changes)-1], "peer/Propose")
	require.Equal(t, "/Channel/Orderer/Admins", written(t, u).GetPolicies()["Writers"].GetModPolicy(), "who may change a policy stays")
}

func TestTheSameAdmissionGivesTheSameBytesAndAnotherDoesNot(t *testing.T) {
	config, a := present(t), grower(t)
	first, err := channel.Admit("supplychain", config, a)
	require.NoError(t, err)
	for range 10 {
		again, err := channel.Admit("supplychain", proto.Clone(config).(*common.Config), a)
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
	a.Anchors[0].Port++
	other, err := channel.Admit("supplychain", config, a)
	require.NoError(t, err)
	require.NotEqual(t, first.Bytes, other.Bytes)

	envelope, err := channel.Envelope("supplychain", first.Bytes, &common.ConfigSignature{Signature: []byte("s")})
	require.NoError(t, err)
	update, signatures, err := channel.Open(envelope)
	require.NoError(t, err)
	require.Equal(t, first.Bytes, update)
	require.Equal(t, 1, signatures)
	_, _, err = channel.Open(&common.Envelope{Payload: []byte("no")})
	require.ErrorIs(t, err, channel.ErrNoUpdate)
}

func TestMembersAndStrangersAreToldApart(t *testing.T) {
	config := present(t)
	for name, test := range map[string]struct {
		change func(*channel.Admission)
		is     error
	}{
		"it is there already":      {func(a *channel.Admission) { a.MSPID = "CarrierMSP" }, channel.ErrMember},
		"a stranger trades":        {func(a *channel.Admission) { a.Trading = append(a.Trading, "OtherMSP") }, channel.ErrStranger},
		"a member is forgotten":    {func(a *channel.Admission) { a.Reading = nil }, channel.ErrLeftOut},
		"the newcomer is left out": {func(a *channel.Admission) { a.Trading = a.Trading[:1] }, channel.ErrLeftOut},
	} {
		a := grower(t)
		test.change(&a)
		_, err := channel.Admit("supplychain", config, a)
		require.ErrorIs(t, err, test.is, name)
	}
	a := grower(t)
	a.Policies.Writers = "nobody"
	_, err := channel.Admit("supplychain", config, a)
	require.ErrorContains(t, err, "Writers")
}

func TestOnlyAConfigurationBlockIsRead(t *testing.T) {
	_, _, err := channel.Read(&common.Block{})
	require.ErrorIs(t, err, channel.ErrNoConfiguration)
	_, _, err = channel.Read(&common.Block{Data: &common.BlockData{Data: [][]byte{{}}}})
	require.ErrorIs(t, err, channel.ErrNoConfiguration)
	_, _, err = channel.Read(&common.Block{Data: &common.BlockData{Data: [][]byte{{0xff}}}})
	require.Error(t, err)
}

func TestAnMSPFolderIsReadAsItStandsInTheFirstBlock(t *testing.T) {
	o, err := material.NewOrganisation("CarrierMSP", "carrier.example")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, o.WriteMSP(dir))
	read, err := channel.ReadMSP(dir, "CarrierMSP")
	require.NoError(t, err)

	block, err := channel.Genesis(channel.Config{
		Channel: "c", Orderers: organisation(t, "orderer", "OrdererMSP", 0), Consenters: consenters(t),
		Members:  []channel.Organisation{{MSPID: "CarrierMSP", CA: o.CA.Certificate(), TLSCA: o.TLSCA.Certificate()}},
		Policies: channel.Policies{Writers: "OR('CarrierMSP.client')", Admins: "OR('CarrierMSP.admin')", Endorsement: "OR('CarrierMSP.peer')", Lifecycle: "OR('CarrierMSP.peer')"},
	})
	require.NoError(t, err)
	_, config, err := channel.Read(block)
	require.NoError(t, err)
	var outer msp.MSPConfig
	var inner msp.FabricMSPConfig
	group := config.GetChannelGroup().GetGroups()[configtx.ApplicationGroupKey].GetGroups()["CarrierMSP"]
	require.NoError(t, proto.Unmarshal(group.GetValues()[configtx.MSPKey].GetValue(), &outer))
	require.NoError(t, proto.Unmarshal(outer.GetConfig(), &inner))
	require.True(t, proto.Equal(&inner, read), "%v\n%v", &inner, read)
}

func TestAnMSPFolderThatWouldMakeNoMemberIsRefused(t *testing.T) {
	for says, spoil := range map[string]func(dir string) error{
		"it has no cacerts":    func(dir string) error { return os.RemoveAll(filepath.Join(dir, "cacerts")) },
		"it has no tlscacerts": func(dir string) error { return os.RemoveAll(filepath.Join(dir, "tlscacerts")) },
		"config.yaml:":         func(dir string) error { return os.Remove(filepath.Join(dir, "config.yaml")) },
		"does not enable NodeOUs": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "config.yaml"), []byte("NodeOUs: {Enable: false}"), 0o600)
		},
		"names no organisational unit for peer": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "config.yaml"), []byte("NodeOUs: {Enable: true, ClientOUIdentifier: {OrganizationalUnitIdentifier: client}}"), 0o600)
		},
		"is no CERTIFICATE in PEM": func(dir string) error { return os.WriteFile(filepath.Join(dir, "cacerts", "x"), []byte("x"), 0o600) },
		"it holds a private key": func(dir string) error {
			return os.CopyFS(filepath.Join(dir, "keystore"), os.DirFS(filepath.Join(dir, "cacerts")))
		},
		"is no authority's": func(dir string) error {
			o, err := material.NewOrganisation("XMSP", "x.example")
			if err != nil {
				return err
			}
			c, err := o.Host("x.example")
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "tlscacerts", "host.pem"), c.CertificatePEM, 0o600)
		},
	} {
		dir := folder(t, "NewMSP")
		require.NoError(t, spoil(dir))
		_, err := channel.ReadMSP(dir, "NewMSP")
		var refused *channel.MSPError
		require.ErrorAs(t, err, &refused, says)
		require.Equal(t, dir, refused.Dir)
		require.Contains(t, err.Error(), says)
	}

	// A unit needs no certificate: Fabric then takes any authority of the folder.
	dir := folder(t, "NewMSP")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(`NodeOUs:
  Enable: true
  ClientOUIdentifier: {OrganizationalUnitIdentifier: client}
  PeerOUIdentifier: {OrganizationalUnitIdentifier: peer}
  AdminOUIdentifier: {OrganizationalUnitIdentifier: admin}
  OrdererOUIdentifier: {OrganizationalUnitIdentifier: orderer}
OrganizationalUnitIdentifiers: [{OrganizationalUnitIdentifier: trade}]
`), 0o600))
	config, err := channel.ReadMSP(dir, "NewMSP")
	require.NoError(t, err)
	require.Equal(t, "peer", config.GetFabricNodeOus().GetPeerOuIdentifier().GetOrganizationalUnitIdentifier())
	require.Equal(t, "trade", config.GetOrganizationalUnitIdentifiers()[0].GetOrganizationalUnitIdentifier())
}
