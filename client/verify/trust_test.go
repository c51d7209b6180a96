package verify_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"slices"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
)

// trusted is a channel of a consortium's organisations, whose peers are those of
// clienttest and whose administrators those of configtest.
type trusted struct {
	*configtest.Channel
	consortium *clienttest.Consortium
	trust      *verify.Trust
	terms      verify.Terms
}

func newTrusted(t *testing.T) *trusted {
	t.Helper()
	c := clienttest.New(t)
	roots := c.Roots()
	var names []string
	for _, o := range roots.Organisations {
		names = append(names, o.MSP)
	}
	channel, err := configtest.New(roots.Channel, names...)
	require.NoError(t, err)
	for _, o := range roots.Organisations {
		channel.Config.ChannelGroup.Groups["Application"].Groups[o.MSP].Values["MSP"] = defined(channel.Members[o.MSP], configtest.PEM(o.Roots[0]))
	}
	channel.Now = asked.AddDate(0, -1, 0)
	genesis, err := channel.Genesis()
	require.NoError(t, err)
	terms := verify.Terms{Chaincode: roots.Chaincode, Versions: roots.Versions, Policy: twoOf3}
	trust, err := verify.Pin(genesis, terms)
	require.NoError(t, err)
	channel.Now = asked.AddDate(0, 0, -14) // and a month later, on each commit
	return &trusted{channel, c, trust, terms}
}

// defined is an MSP with the administrators' authority and those of peers.
func defined(o *configtest.Organisation, authorities ...[]byte) *common.ConfigValue {
	d := o.Definition()
	d.RootCerts = append(d.RootCerts, authorities...)
	for _, u := range []*msp.FabricOUIdentifier{d.FabricNodeOus.ClientOuIdentifier, d.FabricNodeOus.PeerOuIdentifier, d.FabricNodeOus.AdminOuIdentifier, d.FabricNodeOus.OrdererOuIdentifier} {
		u.Certificate = nil
	}
	return configtest.Value(configtest.Typed(d))
}

func (f *trusted) follow(t *testing.T, change func(application *common.ConfigGroup)) []byte {
	t.Helper()
	block, err := f.Commit(func(c *common.ConfigGroup) { change(c.Groups["Application"]) })
	require.NoError(t, err)
	require.NoError(t, f.trust.Follow(block))
	return block
}

func (f *trusted) verifier(t *testing.T, sequence uint64) *verify.Verifier {
	t.Helper()
	roots, err := f.trust.RootsAt(sequence)
	require.NoError(t, err)
	return verifier(t, roots)
}

func lineOf(t *testing.T, report *verify.Report, name verify.Name) verify.Check {
	t.Helper()
	i := slices.IndexFunc(report.Checks, func(c verify.Check) bool { return c.Name == name })
	require.GreaterOrEqual(t, i, 0)
	return report.Checks[i]
}

func harmless(application *common.ConfigGroup) {
	application.Policies["Extra"] = configtest.Implicit(common.ImplicitMetaPolicy_ANY, "Readers")
}

func TestEvidenceVerifiesUnderTheNewestConfigurationAndTheReportSaysSo(t *testing.T) {
	f := newTrusted(t)
	s := state(t, f.consortium, claim(t, f.consortium))
	roots, err := f.trust.Roots()
	require.NoError(t, err)
	report := verifier(t, roots).Verify(s, roots.Policy, later)
	require.True(t, report.Verified(), "%s", report)
	require.Equal(t, "under configuration 0, the newest that was followed", lineOf(t, report, verify.CheckConfiguration).Detail)

	f.follow(t, harmless)
	roots, err = f.trust.Roots()
	require.NoError(t, err)
	report = verifier(t, roots).Verify(s, roots.Policy, later)
	require.True(t, report.Verified(), "evidence of before, by organisations that are still there: %s", report)
	require.Equal(t, "under configuration 1, the newest that was followed", lineOf(t, report, verify.CheckConfiguration).Detail)

	report = verifier(t, f.consortium.Roots()).Verify(s, twoOf3, later)
	require.True(t, report.Verified())
	require.Equal(t, verify.Skipped, lineOf(t, report, verify.CheckConfiguration).Status, "roots of a file follow none")
}

func TestEvidenceOfBeforeARotationVerifiesOnPurposeOnly(t *testing.T) {
	f := newTrusted(t)
	s := state(t, f.consortium, claim(t, f.consortium))
	next, err := configtest.NewAuthority("ca2.carrier")
	require.NoError(t, err)
	f.follow(t, func(application *common.ConfigGroup) {
		application.Groups["CarrierMSP"].Values["MSP"] = defined(f.Members["CarrierMSP"], configtest.PEM(next.Certificate))
	})
	failedAt(t, f.verifier(t, 1).Verify(s, twoOf3, later), verify.CheckCertificate)
	report := f.verifier(t, 0).Verify(s, twoOf3, later)
	require.True(t, report.Verified(), "%s", report)
	require.Contains(t, lineOf(t, report, verify.CheckConfiguration).Detail, "OLDER, as asked for: under configuration 0")
}

func TestARemovedOrganisationStatesNothingMore(t *testing.T) {
	f := newTrusted(t)
	s := state(t, f.consortium, claim(t, f.consortium))
	f.follow(t, func(application *common.ConfigGroup) { delete(application.Groups, "CarrierMSP") })
	failedAt(t, f.verifier(t, 1).Verify(s, twoOf3, later), verify.CheckIdentity)
	report := f.verifier(t, 0).Verify(s, twoOf3, later)
	require.True(t, report.Verified(), "%s", report)

	// What it signs from now on is of no time that counts, whichever is asked for.
	after := claim(t, f.consortium)
	after.Time = f.Now.Add(verify.EndorsersWindow + time.Minute)
	s = state(t, f.consortium, after)
	at := f.Now.AddDate(0, 1, 0)
	failedAt(t, f.verifier(t, 1).Verify(s, twoOf3, at), verify.CheckIdentity)
	failedAt(t, f.verifier(t, 0).Verify(s, twoOf3, at), verify.CheckConfiguration)
}

func TestARevokedPeerIsRevokedUnderOlderConfigurationsToo(t *testing.T) {
	f := newTrusted(t)
	s := state(t, f.consortium, claim(t, f.consortium))
	list, err := f.consortium.Revoke("carrier", asked, peerOf(t, f.consortium, "carrier"))
	require.NoError(t, err)
	ca := f.consortium.Roots().Organisations[slices.IndexFunc(f.consortium.Roots().Organisations, func(o verify.Organisation) bool { return o.MSP == "CarrierMSP" })].Roots[0]
	f.follow(t, func(application *common.ConfigGroup) {
		d := f.Members["CarrierMSP"].Definition()
		d.RootCerts = append(d.RootCerts, configtest.PEM(ca))
		d.FabricNodeOus.PeerOuIdentifier.Certificate = nil
		d.RevocationList = [][]byte{pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: list.Raw})}
		application.Groups["CarrierMSP"].Values["MSP"] = configtest.Value(configtest.Typed(d))
	})
	for _, sequence := range []uint64{0, 1} {
		failedAt(t, f.verifier(t, sequence).Verify(s, twoOf3, later), verify.CheckRevocation)
	}
}

func TestATrustIsNotRolledBack(t *testing.T) {
	f := newTrusted(t)
	first := f.follow(t, harmless)
	f.follow(t, func(application *common.ConfigGroup) { delete(application.Policies, "Extra") })
	require.ErrorIs(t, f.trust.Follow(first), channelconfig.ErrRollBack)
	require.Equal(t, uint64(2), f.trust.Newest().Sequence())
	_, err := f.trust.RootsAt(3)
	var unknown *verify.ConfigurationError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, uint64(2), unknown.Last)
}

func TestATrustSurvivesItsFileAndAChangedFileIsRefused(t *testing.T) {
	f := newTrusted(t)
	f.follow(t, harmless)
	f.follow(t, func(application *common.ConfigGroup) { delete(application.Groups, "RetailerMSP") })
	file, err := f.trust.Encode()
	require.NoError(t, err)
	require.True(t, verify.IsTrust(file))
	again, err := verify.DecodeTrust(file)
	require.NoError(t, err)
	require.Equal(t, f.terms, again.Terms())
	require.Equal(t, uint64(2), again.Newest().Sequence())
	text, err := again.Encode()
	require.NoError(t, err)
	require.Equal(t, file, text)
	roots, err := verify.ReadRoots(file)
	require.NoError(t, err)
	require.Equal(t, uint64(2), roots.Configuration.Sequence)

	type content = map[string]any
	for name, change := range map[string]func(content){
		"a step left out":     func(c content) { c["followed"] = c["followed"].([]any)[1:] },
		"steps exchanged":     func(c content) { slices.Reverse(c["followed"].([]any)) },
		"another pin":         func(c content) { c["pinned"] = c["followed"].([]any)[1].(content)["block"] },
		"no pin":              func(c content) { delete(c, "pinned") },
		"no chaincode":        func(c content) { delete(c, "chaincode") },
		"a policy of nothing": func(c content) { c["policy"] = content{"required": 0, "of": []string{}} },
		"an unknown member":   func(c content) { c["trustAll"] = true },
		"another format":      func(c content) { c["format"] = "countersign-trust/2" },
		"a block twice told":  func(c content) { s := c["followed"].([]any)[0].(content); s["envelope"] = s["block"] },
		"a block as an envelope": func(c content) {
			s := c["followed"].([]any)[0].(content)
			s["envelope"] = s["block"]
			delete(s, "block")
		},
	} {
		t.Run(name, func(t *testing.T) {
			var c content
			require.NoError(t, json.Unmarshal(file, &c))
			change(c)
			text, err := json.Marshal(c)
			require.NoError(t, err)
			_, err = verify.DecodeTrust(text)
			require.Error(t, err)
		})
	}
	_, err = verify.DecodeTrust(append(bytes.Clone(file), '{'))
	require.ErrorContains(t, err, "something stands after")
}

func TestWhoCannotBeToldFromOthersIsOmittedAndKeepsNobodyFromBeingVerified(t *testing.T) {
	f := newTrusted(t)
	f.follow(t, func(application *common.ConfigGroup) {
		// One without NodeOUs, and one that takes the retailer's authority for its own.
		plain, err := configtest.NewOrganisation("PlainMSP")
		require.NoError(t, err)
		d := plain.Definition()
		d.FabricNodeOus, d.Admins = nil, [][]byte{configtest.PEM(plain.Admin.Certificate)}
		application.Groups["PlainMSP"] = plain.Group()
		application.Groups["PlainMSP"].Values["MSP"] = configtest.Value(configtest.Typed(d))
		twin := &configtest.Organisation{MSP: "TwinMSP", CA: f.Members["RetailerMSP"].CA}
		application.Groups["TwinMSP"] = twin.Group()
	})
	omitted, err := f.trust.Omitted(1)
	require.NoError(t, err)
	require.Contains(t, omitted["PlainMSP"], "NodeOUs")
	require.Contains(t, omitted["TwinMSP"], "same authority")
	require.Contains(t, omitted["RetailerMSP"], "same authority")
	require.Len(t, omitted, 3)
	report := f.verifier(t, 1).Verify(state(t, f.consortium, claim(t, f.consortium)), verify.Policy{Required: 2, Of: []string{"ManufacturerMSP", "CarrierMSP"}}, later)
	require.True(t, report.Verified(), "%s", report)
}
