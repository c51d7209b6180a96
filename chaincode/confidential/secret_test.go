package confidential_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/collections"
)

// What stands in a block: the response, the public reads and writes and the event.
// Neither a value nor a salt is anywhere but in the private write and in the answer
// of a private query, which nobody submits.
func TestASecretIsInThePrivateWriteAndNowhereElse(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	secrets := []string{canary, "12.50"}
	for _, f := range d.Fields {
		secrets = append(secrets, f.Salt)
	}
	ran := map[string]bool{}
	clean := func(f *api.Function, text string) {
		ran[f.FullName()] = true
		for _, secret := range secrets {
			require.NotContains(t, text, secret, f.FullName())
		}
	}

	_, o, err := run(w, api.WriteConfidential, Manufacturer, ledger.RoleOperator, Retailer, confidential.WriteRequest{With: withRetailer}, encoded(t, d))
	require.NoError(t, err)
	clean(api.WriteConfidential.Function, o.public(t))
	require.Empty(t, o.results.Writes)
	require.Nil(t, o.results.Event)
	require.Len(t, o.results.Private, 2)
	require.Contains(t, string(o.results.Private[0].Value), canary)
	clean(api.WriteConfidential.Function, string(o.results.Private[1].Value)) // the manifest
	w.commit(o)

	read, o, err := run(w, api.ReadConfidential, Manufacturer, ledger.RoleOperator, Manufacturer, confidential.ReadRequest{With: withRetailer, ID: d.ID}, nil)
	require.NoError(t, err)
	require.Contains(t, string(o.response), canary, "the search finds it where it is")
	o.response = nil
	clean(api.ReadConfidential.Function, o.public(t))

	clear(ran)
	step(w, clean, api.PublishConfidential, Manufacturer, ledger.RoleOperator, Carrier, confidential.PublishRequest{Manifest: read.Manifest})
	hold := confidential.HoldRequest{Record: d.ID, Reason: "a claim"}
	step(w, clean, api.PlaceLegalHold, Retailer, ledger.RoleQuality, Carrier, hold)
	step(w, clean, api.CarryLegalHold, Carrier, ledger.RoleOperator, Carrier, w.signedHold(confidential.PlaceHold, d.ID))
	step(w, clean, api.ConfidentialRecord, Regulator, ledger.RoleAuditor, Carrier, confidential.RecordRequest{ID: d.ID})
	step(w, clean, api.ConfidentialRecords, Regulator, ledger.RoleAuditor, Carrier, confidential.RecordsRequest{Subject: subject})
	step(w, clean, api.LiftLegalHold, Retailer, ledger.RoleQuality, Carrier, hold)
	w.Now = w.Now.Add(1e9)
	step(w, clean, api.CarryLiftedLegalHold, Carrier, ledger.RoleOperator, Carrier, w.signedHold(confidential.LiftHold, d.ID))
	step(w, clean, api.LegalHoldSteps, Regulator, ledger.RoleAuditor, Carrier, confidential.HoldStepsRequest{Record: d.ID})
	step(w, clean, api.PurgeConfidential, Manufacturer, ledger.RoleAdmin, Retailer, confidential.PurgeRequest{With: withRetailer, ID: d.ID})
	step(w, clean, api.RecordConfidentialPurge, Retailer, ledger.RoleAdmin, Carrier, confidential.RecordPurgeRequest{ID: d.ID, Reason: confidential.ErasureRequest})

	for _, entry := range w.Ledger.Dump() {
		for _, secret := range secrets {
			require.NotContains(t, string(entry.Key)+string(entry.Value), secret)
		}
	}
	ran[api.WriteConfidential.FullName()], ran[api.ReadConfidential.FullName()] = true, true
	for _, f := range api.Functions() {
		if f.Contract == "confidential" {
			require.True(t, ran[f.FullName()], "%s was not run", f.FullName())
		}
	}
}

// step runs a function, looks at all that others see of it, and commits it.
func step[Req, Resp any](w *world, clean func(*api.Function, string), f api.Declared[Req, Resp], msp, role, peer string, req Req) {
	w.Helper()
	_, o, err := run(w, f, msp, role, peer, req, nil)
	require.NoError(w, err, f.FullName())
	clean(f.Function, o.public(w))
	for _, write := range o.results.Private {
		require.True(w, write.Purge, "%s writes a private value", f.FullName())
	}
	if f.Kind == api.Update || f.Kind == api.Private {
		w.commit(o)
	}
}

// Whatever a record says, what everybody sees of its being written has one shape: the
// same keys read but for a hash of the id, nothing written, an answer of one length. Only that
// it replaces another shows, and who shares it.
func TestWhatIsSeenOfAWriteSaysNothingOfTheRecord(t *testing.T) {
	w := newWorld(t)
	shape := func(tb rapid.TB, d confidential.Draft) string {
		_, o, err := run(w, api.WriteConfidential, Manufacturer, ledger.RoleOperator, Retailer, confidential.WriteRequest{With: withRetailer}, encoded(t, d))
		if err != nil {
			tb.Fatalf("%v", err)
		}
		seen := fmt.Sprintln(len(o.response), len(o.results.Writes), o.results.Event, o.results.Ranges)
		for _, read := range o.results.Reads {
			kind, parts := read.Key.Parts()
			if kind == "recordid" {
				parts = nil // of a random id
			}
			seen += fmt.Sprintln(kind, parts, read.Version)
		}
		for _, read := range o.results.Hashes {
			kind, _ := read.Key.Parts()
			seen += fmt.Sprintln(read.Collection, kind, read.Version)
		}
		for _, write := range o.results.Private {
			kind, _ := write.Key.Parts()
			seen += fmt.Sprintln(write.Collection, kind, write.Purge)
		}
		return seen
	}
	want := shape(t, draft(t))
	rapid.Check(t, func(rt *rapid.T) {
		if got := shape(rt, anyDraft(t, rt)); got != want {
			rt.Fatalf("this shows\n%s\nand another record\n%s", got, want)
		}
	})
}

// anyDraft draws a record.
func anyDraft(t *testing.T, rt *rapid.T) confidential.Draft {
	text := rapid.StringMatching(`[A-Za-zé<&" -]{0,90}[a-z]`)
	d := confidential.Draft{V: 1, ID: salt(t), Kind: rapid.SampledFrom([]string{
		collections.KindTerms, collections.KindOrigin, collections.KindComposition, collections.KindCertificate,
	}).Draw(rt, "kind")}
	names := rapid.SliceOfNDistinct(rapid.StringMatching(`/x-acme/[a-z]{1,30}`), 1, 40, rapid.ID).Draw(rt, "names")
	for _, name := range names {
		d.Fields = append(d.Fields, selective.Field{Name: name, Value: strings.TrimSpace(text.Draw(rt, "value")), Salt: salt(t)})
	}
	for range rapid.IntRange(0, 20).Draw(rt, "decoys") {
		d.Fields = append(d.Fields, selective.Field{Salt: salt(t)})
	}
	d.Subjects = rapid.SliceOfDistinct(rapid.SampledFrom([]string{subject, "/414/" + GLN(Carrier)[5:], Object(Manufacturer, "unknown")}), rapid.ID).Draw(rt, "subjects")
	d.Sensitivity = rapid.SampledFrom([]string{"", confidential.Standard, confidential.Mutual, confidential.PersonalData}).Draw(rt, "sensitivity")
	d.Approvers = rapid.SliceOfDistinct(rapid.SampledFrom([]string{Carrier, Regulator, Outsider}), rapid.ID).Draw(rt, "approvers")
	if rapid.Bool().Draw(rt, "restricted") {
		d.Transfer = &confidential.Transfer{Rule: "EEA", Countries: slices.Clone(rapid.Permutation([]string{"FR", "DE", "NL"}).Draw(rt, "countries"))}
	}
	d.Retention.Keep = rapid.SampledFrom([]string{"", "P1Y", "P30Y"}).Draw(rt, "keep")
	d.Retention.Basis = text.Draw(rt, "basis")
	return d
}

// Whatever was drawn is read as it was written, and can be published by the manifest
// that was read: what JSON makes of it is the same bytes again.
func TestWhatIsWrittenIsReadAndPublishedAsItWas(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		d := anyDraft(t, rt)
		d.Subjects = slices.DeleteFunc(d.Subjects, func(s string) bool { return strings.Contains(s, "unknown") })
		d.Approvers = slices.DeleteFunc(d.Approvers, func(msp string) bool { return msp != Carrier })
		written := w.mustWrite(d)
		read, err := w.read(d.ID)
		require.NoError(rt, err)
		require.Equal(rt, d.Fields, read.Content.Fields)
		require.Len(rt, read.Manifest.Commitments, len(d.Fields))
		require.True(rt, slices.IsSorted(read.Manifest.Commitments))
		p, err := w.publish(d.ID)
		require.NoError(rt, err)
		require.Equal(rt, read.Manifest, p.Manifest)
		require.Equal(rt, written.Hash, p.Hash)
		require.Equal(rt, confidential.StateKept, w.standing(d.ID).State)
	})
}

// A guess is tried against everything public: with the value known and the salt not,
// no hash of it is there.
func TestAKnownValueConfirmsNothing(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	p := w.published(d)
	for _, f := range d.Fields {
		guess := f
		guess.Salt = salt(t)
		commitment, err := selective.Commit(d.ID, guess)
		require.NoError(t, err)
		require.NotContains(t, p.Manifest.Commitments, commitment)
		commitment, err = selective.Commit(d.ID, f)
		require.NoError(t, err)
		require.Contains(t, p.Manifest.Commitments, commitment, "with the salt it is")
		elsewhere, err := selective.Commit(salt(t), f)
		require.NoError(t, err)
		require.NotContains(t, p.Manifest.Commitments, elsewhere, "in another record it is nothing")
	}
}
