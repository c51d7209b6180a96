package verify_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

func TestOneFieldOfARecordIsVerifiedAloneFromItsFile(t *testing.T) {
	c := clienttest.New(t)
	v := verifier(t, c.Roots()).Knowing(aRecordQuery)
	of := recordClaim(t, c, published(t, token("id"), termsFields()...), true)
	for _, fields := range [][]selective.Field{{termsFields()[2]}, termsFields()} {
		file, err := show(t, c, of, fields...).Encode()
		require.NoError(t, err)
		read, err := evidence.Decode(file)
		require.NoError(t, err)
		report := v.Verify(read, twoOf3, later)
		require.True(t, report.Verified(), "%s", report)
		require.Equal(t, evidence.KindShownFields, report.Kind)
		require.Equal(t, "ManufacturerMSP", report.Record.Owner)
		require.Equal(t, token("id"), report.Record.ID)
		require.Equal(t, 1, report.Record.Version)
		require.True(t, report.Record.Kept)
		require.Equal(t, 4, report.Record.Committed)
		require.Contains(t, report.Record.Fields, verify.Shown{Name: "/price", Value: "12.50"})
		require.Len(t, report.Record.Fields, len(slices.DeleteFunc(fields, selective.Field.Decoy)))
		require.Contains(t, report.String(), `"12.50"`)
	}
	one, err := show(t, c, of, termsFields()[2]).Encode()
	require.NoError(t, err)
	require.NotContains(t, string(one), "supplier", "what is not shown is not in the file")
}

func TestWhatBecameOfARecordIsSaidAndFailsNothing(t *testing.T) {
	c := clienttest.New(t)
	v := verifier(t, c.Roots()).Knowing(aRecordQuery)
	price := termsFields()[2]
	check := func(p confidential.Published, kept bool) *verify.Report {
		t.Helper()
		report := v.Verify(show(t, c, recordClaim(t, c, p, kept), price), twoOf3, later)
		require.True(t, report.Verified(), "%s", report)
		return report
	}
	p := published(t, token("id"), termsFields()...)
	require.NotContains(t, check(p, true).String(), "REPLACED")
	p.Next = token("next")
	report := check(p, true)
	require.Equal(t, token("next"), report.Record.Superseded)
	require.Contains(t, report.String(), "REPLACED by version "+token("next"))
	report = check(p, false)
	require.False(t, report.Record.Kept)
	require.Contains(t, report.String(), "NO LONGER")
	p.Purged = &confidential.Purged{Reason: "erasureRequest", By: "ManufacturerMSP", Recorded: asked, Transaction: "tx"}
	report = check(p, false)
	require.Equal(t, p.Purged, report.Record.Purged)
	require.Contains(t, report.String(), "PURGED (erasureRequest")
}

func TestFieldsThatDoNotBelongFailAtTheirCheck(t *testing.T) {
	c := clienttest.New(t)
	v := verifier(t, c.Roots()).Knowing(aRecordQuery, aQuery)
	all := termsFields()
	ours := published(t, token("id"), all...)
	others := published(t, token("other id"), selective.Field{Name: "/price", Value: "12.50", Salt: token("another salt")})
	copied := others
	copied.Manifest.Commitments = ours.Manifest.Commitments // commitments copied from a record into one's own
	of := func(p confidential.Published) *evidence.Statement { return state(t, c, recordClaim(t, c, p, true)) }
	elsewhere := recordClaim(t, c, ours, true)
	elsewhere.Function = aQuery.FullName()
	answersAnother := recordClaim(t, c, others, true)
	answersAnother.Request = `{"id":"` + token("id") + `"}`
	later1 := ours
	later1.Manifest.V = 2
	for name, broken := range map[string]struct {
		change func(s *evidence.ShownFields)
		check  verify.Name
	}{
		"a value altered":   {func(s *evidence.ShownFields) { s.Fields[1].Value = "12.51" }, verify.CheckField},
		"a name altered":    {func(s *evidence.ShownFields) { s.Fields[1].Name = "/pricf" }, verify.CheckField},
		"a salt altered":    {func(s *evidence.ShownFields) { s.Fields[1].Salt = token("pricf") }, verify.CheckField},
		"a salt made weak":  {func(s *evidence.ShownFields) { s.Fields[1].Salt = strings.Repeat("A", 43) }, verify.CheckDisclosures},
		"a salt of another": {func(s *evidence.ShownFields) { s.Fields[1].Salt = s.Fields[0].Salt }, verify.CheckField},
		"values swapped": {func(s *evidence.ShownFields) {
			s.Fields[0].Value, s.Fields[1].Value = s.Fields[1].Value, s.Fields[0].Value
		}, verify.CheckField},
		"a field added": {func(s *evidence.ShownFields) {
			s.Fields = append(s.Fields, selective.Field{Name: "/z", Value: "1", Salt: token("z")})
		}, verify.CheckField},
		"a field twice":         {func(s *evidence.ShownFields) { s.Fields[1] = s.Fields[0] }, verify.CheckDisclosures},
		"a name twice":          {func(s *evidence.ShownFields) { s.Fields[1].Name = s.Fields[0].Name }, verify.CheckDisclosures},
		"fields reordered":      {func(s *evidence.ShownFields) { slices.Reverse(s.Fields) }, verify.CheckDisclosures},
		"no fields":             {func(s *evidence.ShownFields) { s.Fields = nil }, verify.CheckDisclosures},
		"no fields, and format": {func(s *evidence.ShownFields) { s.Fields = nil }, verify.CheckFormat},
		"no statement":          {func(s *evidence.ShownFields) { s.Statement = nil }, verify.CheckFormat},
		"of another record":     {func(s *evidence.ShownFields) { s.Statement = of(others) }, verify.CheckField},
		"commitments copied":    {func(s *evidence.ShownFields) { s.Statement = of(copied) }, verify.CheckField},
		"commitments dropped":   {func(s *evidence.ShownFields) { s.Statement = of(published(t, token("id"), all[0], all[1])) }, verify.CheckField},
		"commitments all gone":  {func(s *evidence.ShownFields) { s.Statement = of(published(t, token("id"))) }, verify.CheckField},
		"a manifest of later":   {func(s *evidence.ShownFields) { s.Statement = of(later1) }, verify.CheckRecord},
		"of another function":   {func(s *evidence.ShownFields) { s.Statement = state(t, c, elsewhere) }, verify.CheckRecord},
		"answers about another": {func(s *evidence.ShownFields) { s.Statement = state(t, c, answersAnother) }, verify.CheckRecord},
		"result shown another":  {func(s *evidence.ShownFields) { s.Statement.Result = of(others).Result }, verify.CheckResult},
		"signed for another": {func(s *evidence.ShownFields) {
			e := s.Statement.Endorsements
			s.Statement = of(others)
			s.Statement.Endorsements = e
		}, verify.CheckSignature},
		"one endorsement gone":   {func(s *evidence.ShownFields) { s.Statement.Endorsements = s.Statement.Endorsements[1:] }, verify.CheckPolicy},
		"payload of another":     {func(s *evidence.ShownFields) { s.Statement.Payload = of(others).Payload }, verify.CheckBinding},
		"payload cut":            {func(s *evidence.ShownFields) { s.Statement.Payload = s.Statement.Payload[1:] }, verify.CheckPayload},
		"proposal of another":    {func(s *evidence.ShownFields) { s.Statement.Proposal = of(others).Proposal }, verify.CheckBinding},
		"asked about another id": {func(s *evidence.ShownFields) { s.Statement.Request = of(others).Request }, verify.CheckRequest},
	} {
		t.Run(name, func(t *testing.T) {
			s := show(t, c, recordClaim(t, c, ours, true), all[1], all[2])
			require.True(t, v.Verify(s, twoOf3, later).Verified())
			broken.change(s)
			failedAt(t, v.Verify(s, twoOf3, later), broken.check)
		})
	}
}

// One organisation invents a record, commitments and all, that opens: nobody else
// signs it.
func TestAForgedRecordFails(t *testing.T) {
	c := clienttest.New(t)
	v := verifier(t, c.Roots()).Knowing(aRecordQuery)
	forged := recordClaim(t, c, published(t, token("forged"), termsFields()...), true)
	forged.By = forged.By[:1]
	failedAt(t, v.Verify(show(t, c, forged, termsFields()[2]), twoOf3, later), verify.CheckPolicy)
	outside := clienttest.New(t)
	report := v.Verify(show(t, outside, recordClaim(t, outside, published(t, token("forged"), termsFields()...), true), termsFields()[2]), twoOf3, later)
	failedAt(t, report, verify.CheckCertificate)
}

func TestEvidenceOfNothingIsNotVerified(t *testing.T) {
	v := verifier(t, clienttest.New(t).Roots())
	for _, e := range []evidence.Evidence{nil, (*evidence.Statement)(nil), (*evidence.ShownFields)(nil), &evidence.ShownFields{}} {
		require.False(t, v.Verify(e, twoOf3, later).Verified())
	}
}

func FuzzAChangedFileOfFieldsNeverVerifies(f *testing.F) {
	c, err := clienttest.Start()
	if err != nil {
		f.Fatal(err)
	}
	original := show(f, c, recordClaim(f, c, published(f, token("id"), termsFields()...), true), termsFields()[:3]...)
	file, err := original.Encode()
	if err != nil {
		f.Fatal(err)
	}
	v, err := verify.New(c.Roots())
	if err != nil {
		f.Fatal(err)
	}
	v.Knowing(aRecordQuery)
	at := slices.Index(file, '[')
	f.Add(at, byte(1), 0, "")
	f.Add(at+60, byte(0), at+60, "13.50")
	f.Add(len(file)-1, byte(8), 2, "[]")
	f.Fuzz(func(t *testing.T, at int, flip byte, cut int, insert string) {
		changed := slices.Clone(file)
		if at >= 0 && at < len(changed) {
			changed[at] ^= flip
		}
		if cut > 0 && cut < len(changed) {
			changed = slices.Concat(changed[:cut], []byte(insert), changed[min(len(changed), cut+int(flip)):])
		}
		s, err := evidence.Decode(changed)
		if err != nil || reflect.DeepEqual(s, evidence.Evidence(original)) {
			return
		}
		if v.Verify(s, twoOf3, later).Verified() {
			t.Fatal("a changed file verifies")
		}
	})
}

func TestEveryCheckOfFieldsIsDescribed(t *testing.T) {
	c := clienttest.New(t)
	shown := show(t, c, recordClaim(t, c, published(t, token("id"), termsFields()...), true), termsFields()...)
	report := verifier(t, c.Roots()).Knowing(aRecordQuery).Verify(shown, twoOf3, later)
	for _, name := range []string{"verification.md", "evidence-format.md"} {
		page, err := os.ReadFile("../../docs/" + name)
		require.NoError(t, err)
		require.Contains(t, string(page), "`"+evidence.KindShownFields+"`", name)
		for _, check := range report.Checks {
			require.Contains(t, string(page), "`"+string(check.Name)+"`", name)
		}
	}
	text, err := json.Marshal(report)
	require.NoError(t, err)
	page, err := os.ReadFile("../../docs/verification.md")
	require.NoError(t, err)
	var members map[string]any
	require.NoError(t, json.Unmarshal(text, &members))
	for name := range members["record"].(map[string]any) {
		require.Contains(t, string(page), "`"+name+"`", "the report's members")
	}
}
