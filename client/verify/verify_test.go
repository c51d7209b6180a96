package verify_test

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/verify"
)

func TestAStatementByEnoughOrganisationsIsVerified(t *testing.T) {
	c := clienttest.New(t)
	report := verifier(t, c.Roots()).Verify(state(t, c, claim(t, c)), twoOf3, later)
	require.True(t, report.Verified(), "%s", report)
	require.Equal(t, []string{"CarrierMSP", "ManufacturerMSP"}, report.Endorsers)
	require.Equal(t, asked, report.Claimed)
	for _, check := range report.Checks {
		require.NotEmpty(t, check.Detail, "%s says nothing", check.Name)
		if check.Name != verify.CheckRevocation && check.Name != verify.CheckConfiguration {
			require.Equal(t, verify.Passed, check.Status, check.Name)
		}
	}
}

func TestWhatAClaimGetsWrongFailsAtItsCheck(t *testing.T) {
	c := clienttest.New(t)
	v := verifier(t, c.Roots())
	write := memledger.Results{Reads: aResult.Reads, Writes: []ledger.Write{{Key: readKey, Value: []byte("x")}}}
	removal := memledger.Results{Writes: []ledger.Write{{Key: readKey}}}
	private := memledger.Results{Private: []memledger.PrivateWrite{{Collection: "pair", Key: readKey, Value: []byte("x")}}}
	purge := memledger.Results{Private: []memledger.PrivateWrite{{Collection: "pair", Key: readKey, Purge: true}}}
	event := memledger.Results{Event: &memledger.Event{Name: "moved"}}
	for name, broken := range map[string]struct {
		change func(*clienttest.Claim)
		check  verify.Name
	}{
		"another channel":                               {func(c *clienttest.Claim) { c.Channel = "other" }, verify.CheckChannel},
		"another chaincode":                             {func(c *clienttest.Claim) { c.Chaincode = "other" }, verify.CheckChaincode},
		"another version":                               {func(c *clienttest.Claim) { c.Version = "0.9" }, verify.CheckVersion},
		"another transaction's id":                      {func(c *clienttest.Claim) { c.Transaction = "00" }, verify.CheckTransaction},
		"a header for one chaincode, a call of another": {func(c *clienttest.Claim) { c.Invoked = "other" }, verify.CheckProposal},
		"an unknown function":                           {func(c *clienttest.Claim) { c.Function = "thing:Guess" }, verify.CheckFunction},
		"a function in another case":                    {func(c *clienttest.Claim) { c.Function = "thing:look" }, verify.CheckFunction},
		"a submitted capture":                           {func(c *clienttest.Claim) { c.Function, c.Results = "thing:Move", write }, verify.CheckFunction},
		"an update that wrote naught":                   {func(c *clienttest.Claim) { c.Function = "thing:Move" }, verify.CheckFunction},
		"a private function":                            {func(c *clienttest.Claim) { c.Function = "thing:Hide" }, verify.CheckFunction},
		"a query that wrote":                            {func(c *clienttest.Claim) { c.Results = write }, verify.CheckWrites},
		"a query that deleted":                          {func(c *clienttest.Claim) { c.Results = removal }, verify.CheckWrites},
		"a query that wrote private":                    {func(c *clienttest.Claim) { c.Results = private }, verify.CheckWrites},
		"a query that purged":                           {func(c *clienttest.Claim) { c.Results = purge }, verify.CheckWrites},
		"a query with an event":                         {func(c *clienttest.Claim) { c.Results = event }, verify.CheckEvent},
		"a refusal":                                     {func(c *clienttest.Claim) { c.Status = 500 }, verify.CheckStatus},
		"from the future":                               {func(c *clienttest.Claim) { c.Time = later.Add(16 * time.Minute) }, verify.CheckTime},
		"another chaincode's state":                     {func(c *clienttest.Claim) { c.Foreign = aResult }, verify.CheckReads},
		"another chaincode's range": {func(c *clienttest.Claim) {
			c.Foreign = memledger.Results{Ranges: []memledger.RangeRead{{Prefix: readKey}}}
		}, verify.CheckReads},
		"a definition not looked up": {func(c *clienttest.Claim) { c.Undefined = true }, verify.CheckReads},
		"one endorser":               {func(c *clienttest.Claim) { c.By = c.By[:1] }, verify.CheckPolicy},
		"the regulator in their place": {func(b *clienttest.Claim) {
			b.By = []*clienttest.Identity{b.By[0], peerOf(t, c, "regulator")}
		}, verify.CheckPolicy},
	} {
		t.Run(name, func(t *testing.T) {
			broken2 := claim(t, c)
			broken.change(&broken2)
			failedAt(t, v.Verify(state(t, c, broken2), twoOf3, later), broken.check)
		})
	}
}

func TestAnEndorserThatIsNoPeerOfItsOrganisationFails(t *testing.T) {
	c, outside := clienttest.New(t), clienttest.New(t)
	from, until := asked.Add(-time.Hour), asked.Add(time.Hour)
	issue := func(organisation, unit string, from, until time.Time) *clienttest.Identity {
		identity, err := c.Issue(organisation, "somebody", unit, from, until)
		require.NoError(t, err)
		return identity
	}
	for name, by := range map[string]struct {
		second *clienttest.Identity
		at     time.Time
		check  verify.Name
	}{
		"of the same name, from another authority": {peerOf(t, outside, "carrier"), later, verify.CheckCertificate},
		"a client":                    {issue("carrier", "client", from, later.Add(time.Hour)), later, verify.CheckUnit},
		"an admin":                    {issue("carrier", "admin", from, later.Add(time.Hour)), later, verify.CheckUnit},
		"expired since":               {issue("carrier", "peer", from, until), later, verify.CheckCertificate},
		"not valid when claimed":      {issue("carrier", "peer", until, later.Add(time.Hour)), later, verify.CheckCertificate},
		"the same organisation twice": {issue("manufacturer", "peer", from, later.Add(time.Hour)), later, verify.CheckPolicy},
	} {
		t.Run(name, func(t *testing.T) {
			broken := claim(t, c)
			broken.By[1] = by.second
			s := state(t, c, broken)
			failedAt(t, verifier(t, c.Roots()).Verify(s, twoOf3, by.at), by.check)
		})
	}
	t.Run("an organisation without roots", func(t *testing.T) {
		roots := c.Roots()
		roots.Organisations = roots.Organisations[1:]
		report := verifier(t, roots).Verify(state(t, c, claim(t, c)), verify.Policy{Required: 1, Of: []string{"CarrierMSP"}}, later)
		failedAt(t, report, verify.CheckIdentity)
	})
	t.Run("a rotated authority", func(t *testing.T) {
		roots := c.Roots()
		roots.Organisations[1].Roots = outside.Roots().Organisations[1].Roots
		failedAt(t, verifier(t, roots).Verify(state(t, c, claim(t, c)), twoOf3, later), verify.CheckCertificate)
		roots.Organisations[1].Roots = append(roots.Organisations[1].Roots, c.Roots().Organisations[1].Roots...)
		require.True(t, verifier(t, roots).Verify(state(t, c, claim(t, c)), twoOf3, later).Verified())
	})
	t.Run("an issuer that may not make peers", func(t *testing.T) {
		roots := c.Roots()
		roots.Organisations[1].PeerIssuer = roots.Organisations[0].Roots[0]
		failedAt(t, verifier(t, roots).Verify(state(t, c, claim(t, c)), twoOf3, later), verify.CheckUnit)
	})
}

func TestARevokedPeerFails(t *testing.T) {
	c := clienttest.New(t)
	s := state(t, c, claim(t, c))
	listing := func(revoked ...*clienttest.Identity) *verify.Roots {
		list, err := c.Revoke("carrier", later, revoked...)
		require.NoError(t, err)
		roots := c.Roots()
		roots.Organisations[1].Revoked = append(roots.Organisations[1].Revoked, list)
		return roots
	}
	require.True(t, verifier(t, listing()).Verify(s, twoOf3, later).Verified())
	failedAt(t, verifier(t, listing(peerOf(t, c, "carrier"))).Verify(s, twoOf3, later), verify.CheckRevocation)
}

func TestAcceptingExpiredCertificatesIsVisible(t *testing.T) {
	c := clienttest.New(t)
	old := claim(t, c)
	expired, err := c.Issue("carrier", "peer", "peer", asked.Add(-time.Hour), asked.Add(time.Hour))
	require.NoError(t, err)
	old.By[1] = expired
	report := verifier(t, c.Roots(), verify.WithExpiredCertificatesUnsafe()).Verify(state(t, c, old), twoOf3, later)
	require.True(t, report.Verified(), "%s", report)
	require.Contains(t, report.String(), "UNSAFE")
}

func TestAPolicyThatAsksForNothingIsRefused(t *testing.T) {
	c := clienttest.New(t)
	s := state(t, c, claim(t, c))
	v := verifier(t, c.Roots())
	for name, policy := range map[string]verify.Policy{
		"zero":         {},
		"none of them": {Required: 0, Of: twoOf3.Of},
		"too many":     {Required: 4, Of: twoOf3.Of},
		"one twice":    {Required: 2, Of: []string{"CarrierMSP", "CarrierMSP"}},
		"a stranger":   {Required: 1, Of: []string{"StrangerMSP", "CarrierMSP"}},
	} {
		t.Run(name, func(t *testing.T) { failedAt(t, v.Verify(s, policy, later), verify.CheckPolicy) })
	}
	failedAt(t, v.Verify(s, twoOf3, time.Time{}), verify.CheckTime)
	require.False(t, v.Verify(nil, twoOf3, later).Verified())
}

func TestAPolicyIsReadAsItIsWritten(t *testing.T) {
	p, err := verify.ParsePolicy("2 of ManufacturerMSP, CarrierMSP,RetailerMSP")
	require.NoError(t, err)
	require.Equal(t, twoOf3, p)
	again, err := verify.ParsePolicy(p.String())
	require.NoError(t, err)
	require.Equal(t, p, again)
	for _, bad := range []string{"", "2", "two of A,B", "3 of A,B", "0 of A", "1 of ", "2 of A,A", "1 of A,,B"} {
		_, err := verify.ParsePolicy(bad)
		var wrong *verify.PolicyError
		require.ErrorAs(t, err, &wrong, "%q", bad)
	}
}

func TestAnAnswerThatDidNotReadWhatItIsAboutFails(t *testing.T) {
	c := clienttest.New(t)
	v, err := verify.New(c.Roots())
	require.NoError(t, err)
	about := claim(t, c)
	about.Function, about.Request = api.Twin.FullName(), `{"id":"urn:epc:id:sgtin:9506000.013435.V1"}`
	about.Result = `{"v":1,"id":"/01/09506000134352/21/V1","state":"active"}`
	failedAt(t, v.Verify(state(t, c, about), twoOf3, later), verify.CheckReads)
	about.Results.Reads = []memledger.Read{{Key: product.TwinKey("/01/09506000134352/21/V2"), Version: &memledger.Version{Block: 3}}}
	failedAt(t, v.Verify(state(t, c, about), twoOf3, later), verify.CheckReads)
	about.Results.Reads = []memledger.Read{{Key: product.TwinKey("/01/09506000134352/21/V1")}}
	failedAt(t, v.Verify(state(t, c, about), twoOf3, later), verify.CheckReads)
	about.Results.Reads[0].Version = &memledger.Version{Block: 3}
	report := v.Verify(state(t, c, about), twoOf3, later)
	require.True(t, report.Verified(), "%s", report)

	unknown := about
	unknown.Result = `{"v":1,"id":"/01/09506000134352/21/V1","genuine":true}`
	failedAt(t, v.Verify(state(t, c, unknown), twoOf3, later), verify.CheckResult)
	unknown = about
	unknown.Request = `{"id":"/01/09506000134352/21/V1","as":"x"}`
	failedAt(t, v.Verify(state(t, c, unknown), twoOf3, later), verify.CheckRequest)
}

func TestTheKeyOfEveryQueryButListsIsChecked(t *testing.T) {
	lists := []string{
		api.Organisations.FullName(),
		api.Delegations.FullName(),
		api.Breaches.FullName(),
		api.ConfidentialRecords.FullName(),
		api.LegalHoldSteps.FullName(),
		api.Suspicions.FullName(),
		api.Declarations.FullName(),
		api.TagReadings.FullName(),
		api.Recalls.FullName(),
		api.Offers.FullName(),
		api.Discrepancies.FullName(),
		api.RecallScope.FullName(),
		api.Flags.FullName(),
		api.Documents.FullName(),
		api.Holdings.FullName(),
		api.LotHolds.FullName(),
		api.TraceBack.FullName(),
		api.TraceForward.FullName(),
		api.Runs.FullName(),
		api.Devices.FullName(),
		api.DeviceHistory.FullName(),
		api.Calibrations.FullName(),
		api.DeviceVerdicts.FullName(),
		api.BreachSteps.FullName(),
		api.OpenBreaches.FullName(),
		api.Affected.FullName(),
		api.RevokedCertificates.FullName(),
		api.Disclosures.FullName(),
		api.Versions.FullName(), // reads nothing
	}
	for _, f := range api.Functions() {
		if f.Kind == api.Query {
			require.NotEqual(t, slices.Contains(lists, f.FullName()), verify.HasClaim(f.FullName()), f.FullName())
		}
	}
}

func TestEveryCheckIsDescribed(t *testing.T) {
	reports := []*verify.Report{}
	v := verifier(t, consortium(t).Roots())
	for _, e := range everyKind(t) {
		reports = append(reports, v.Verify(e, twoOf3, later))
	}
	for _, name := range []string{"verification.md", "evidence-format.md"} {
		text, err := os.ReadFile("../../docs/" + name)
		require.NoError(t, err)
		page := string(text)
		for _, report := range reports {
			for _, check := range report.Checks {
				require.Contains(t, page, "`"+string(check.Name)+"`", name)
			}
		}
		require.Contains(t, strings.ToLower(page), "not decided", name)
	}
}

// The order of the page's tables is the order of the report.
func TestThePageHasTheChecksInTheOrderOfTheReport(t *testing.T) {
	text, err := os.ReadFile("../../docs/verification.md")
	require.NoError(t, err)
	_, page, found := strings.Cut(string(text), "\n## The checks\n")
	require.True(t, found)
	v := verifier(t, consortium(t).Roots())
	for kind, e := range everyKind(t) {
		rest := page
		seen := map[verify.Name]bool{}
		for _, check := range v.Verify(e, twoOf3, later).Checks {
			if seen[check.Name] {
				continue
			}
			seen[check.Name] = true
			_, after, found := strings.Cut(rest, "`"+string(check.Name)+"`")
			require.True(t, found, "%s: %s", kind, check.Name)
			rest = after
		}
	}
}

// Every member of the report as data is described.
func TestEveryMemberOfTheReportIsDescribed(t *testing.T) {
	text, err := os.ReadFile("../../docs/verification.md")
	require.NoError(t, err)
	var look func(of reflect.Type)
	look = func(of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || of == reflect.TypeFor[time.Time]() || of.PkgPath() != reflect.TypeFor[verify.Report]().PkgPath() {
			return
		}
		for i := range of.NumField() {
			if name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ","); name != "" {
				require.Contains(t, string(text), "`"+name+"`", "%s.%s", of, of.Field(i).Name)
				look(of.Field(i).Type)
			}
		}
	}
	look(reflect.TypeFor[verify.Report]())
}
