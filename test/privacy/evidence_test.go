package privacy_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

var twoOfThree = verify.Policy{Required: 2, Of: []string{manufacturerMSP, carrierMSP, retailerMSP}}

// attest has what the ledger says of a record signed by all that trade, and sends it
// through its file, as somebody would who verifies it elsewhere.
func (w *world) attest(t *testing.T, s stored) *evidence.Statement {
	t.Helper()
	statement, err := client.Attest(t.Context(), w.client(t, regulator, "auditor"), api.ConfidentialRecord,
		confidential.RecordRequest{ID: s.draft.ID}, manufacturerMSP, carrierMSP, retailerMSP)
	require.NoError(t, err)
	file, err := statement.Encode()
	require.NoError(t, err)
	read, err := evidence.Decode(file)
	require.NoError(t, err)
	return read.(*evidence.Statement)
}

// verifier knows the organisations' authorities and nothing else.
func (w *world) verifier(t *testing.T) *verify.Verifier {
	t.Helper()
	roots := &verify.Roots{Channel: w.network.Topology().Channel, Chaincode: w.network.Topology().Chaincode.Name}
	for _, name := range []string{manufacturer, carrier, retailer} {
		organisation, err := verify.RootsFromMSP(msps[name], w.network.OrganisationMSPDir(name))
		require.NoError(t, err)
		roots.Organisations = append(roots.Organisations, organisation)
	}
	v, err := verify.New(roots)
	require.NoError(t, err)
	return v
}

func standing(t *testing.T, s *evidence.Statement) (found confidential.Standing) {
	t.Helper()
	require.NoError(t, json.Unmarshal(s.Result, &found))
	return found
}

func TestAPurgeIsProvenOfflineWithThatTheRecordHadExisted(t *testing.T) {
	w := start(t)
	s := w.write(t, draft(t, "terms", map[string]string{"/price": "12.5"}), manufacturer, retailer)
	w.publish(t, s)
	before := w.attest(t, s)
	require.True(t, w.verifier(t).Verify(before, twoOfThree, time.Now()).Verified())
	require.Equal(t, confidential.StateKept, standing(t, before).State)

	w.must(t, w.purging(t, s))
	gone := w.attest(t, s)
	require.True(t, w.verifier(t).Verify(gone, twoOfThree, time.Now()).Verified())
	require.Equal(t, confidential.StateMissing, standing(t, gone).State, "gone, and nobody has said why")

	w.must(t, call{organisation: manufacturer, function: "confidential:RecordPurge", request: asJSON(t, map[string]any{"id": s.draft.ID, "reason": "contractEnded"})})
	after := w.attest(t, s)
	report := w.verifier(t).Verify(after, twoOfThree, time.Now())
	require.True(t, report.Verified(), report)
	purged := standing(t, after)
	require.Equal(t, confidential.StatePurged, purged.State)
	require.False(t, purged.Kept)
	require.Equal(t, standing(t, before).Published.Hash, purged.Published.Hash, "what was purged is what had been there")
	require.Equal(t, s.manifest, purged.Published.Manifest)
	require.Equal(t, "contractEnded", purged.Published.Purged.Reason)
	_, err := w.evaluate(t, w.reading(t, s, retailer))
	requireRefused(t, err, fault.NotFound)

	// Nobody says so of what is there.
	kept := w.write(t, draft(t, "terms", map[string]string{"/price": "1"}), manufacturer, retailer)
	w.publish(t, kept)
	_, err = w.submit(t, call{organisation: manufacturer, function: "confidential:RecordPurge", request: asJSON(t, map[string]any{"id": kept.draft.ID, "reason": "contractEnded"})})
	requireRefused(t, err, fault.OutOfSequence)
}

func TestAFieldIsShownOfItsOwnRecordOnly(t *testing.T) {
	w := start(t)
	var records []stored
	const other = "a field that is not shown"
	for range 2 { // alike in all but salts and id
		s := w.write(t, draft(t, "terms", map[string]string{"/price": "12.5", "/notes": other}), manufacturer, retailer)
		w.publish(t, s)
		records = append(records, s)
	}
	price := records[0].field(t, "/price")
	show := func(of stored, field selective.Field) *verify.Report {
		shown, err := evidence.NewShownFields(w.attest(t, of), field)
		require.NoError(t, err)
		file, err := shown.Encode()
		require.NoError(t, err)
		read, err := evidence.Decode(file)
		require.NoError(t, err)
		require.NotContains(t, string(file), other)
		require.NotContains(t, string(file), of.field(t, "/notes").Salt)
		return w.verifier(t).Verify(read, twoOfThree, time.Now())
	}
	report := show(records[0], price)
	require.True(t, report.Verified(), report)
	require.Equal(t, []verify.Shown{{Name: "/price", Value: "12.5"}}, report.Record.Fields)

	for _, shown := range []*verify.Report{show(records[1], price), show(records[0], selective.Field{Name: "/price", Value: "11.5", Salt: price.Salt})} {
		require.False(t, shown.Verified())
		require.Empty(t, shown.Record.Fields)
		for _, check := range shown.Checks {
			if check.Status == verify.Failed {
				require.Equal(t, verify.CheckField, check.Name)
			}
		}
	}
}

// A hold is of any member's making. Who has altered its chaincode does not purge
// past it: the other member's peer refuses, and what it endorses alone is invalid.
func TestNobodyPurgesWhatIsUnderALegalHold(t *testing.T) {
	w := start(t)
	s := w.write(t, draft(t, "terms", map[string]string{"/price": "12.5"}), manufacturer, retailer)
	w.publish(t, s)
	hold := func(function string) call {
		return call{organisation: retailer, user: "quality", function: function, request: asJSON(t, map[string]any{"record": s.draft.ID, "reason": "a dispute"})}
	}
	w.must(t, hold("confidential:PlaceLegalHold"))
	_, err := w.submit(t, w.purging(t, s))
	requireRefused(t, err, fault.Retained)
	w.alteredPurgeFails(t, s)
	w.read(t, s, retailer)

	w.must(t, hold("confidential:LiftLegalHold"))
	w.purge(t, s, true)
}
