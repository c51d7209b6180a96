package confidential_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// Every endorser holds the manifest against the hash on the ledger: also one that is
// no member, and has neither value.
func TestAManifestIsPublishedOnlyAsItWasWritten(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	d.Approvers, d.Retention.Basis = []string{Carrier}, "<HGB>"
	d.Transfer = &confidential.Transfer{Rule: "EEA", Countries: []string{"DE", "FR", "NL"}}
	w.mustWrite(d)
	read, err := w.read(d.ID)
	require.NoError(t, err)
	publish := func(m confidential.Manifest) error {
		_, o, err := run(w, api.PublishConfidential, Manufacturer, ledger.RoleOperator, Carrier, confidential.PublishRequest{Manifest: m}, nil)
		if err != nil {
			require.Empty(t, o.results.Writes)
		}
		return err
	}
	for name, change := range map[string]func(*confidential.Manifest){
		"version of the schema": func(m *confidential.Manifest) { m.V = 2 },
		"id":                    func(m *confidential.Manifest) { m.ID = salt(t) },
		"kind":                  func(m *confidential.Manifest) { m.Kind = "origin" },
		"owner":                 func(m *confidential.Manifest) { m.Owner = Retailer },
		"members": func(m *confidential.Manifest) {
			m.Members = []string{Carrier, Manufacturer, Retailer}
			m.Approvers = nil
		},
		"order of the members":    func(m *confidential.Manifest) { slices.Reverse(m.Members) },
		"subjects":                func(m *confidential.Manifest) { m.Subjects = nil },
		"version":                 func(m *confidential.Manifest) { m.Version, m.Replaces = 2, salt(t) },
		"sensitivity":             func(m *confidential.Manifest) { m.Sensitivity = confidential.Mutual },
		"approvers":               func(m *confidential.Manifest) { m.Approvers = nil },
		"no transfer":             func(m *confidential.Manifest) { m.Transfer = nil },
		"countries":               func(m *confidential.Manifest) { m.Transfer.Countries = append(m.Transfer.Countries, "US") },
		"keep":                    func(m *confidential.Manifest) { m.Retention.Keep = "P1Y" },
		"basis":                   func(m *confidential.Manifest) { m.Retention.Basis = "" },
		"time":                    func(m *confidential.Manifest) { m.Written = m.Written.Add(-time.Millisecond) },
		"finer time":              func(m *confidential.Manifest) { m.Written = m.Written.Add(1) },
		"a commitment less":       func(m *confidential.Manifest) { m.Commitments = m.Commitments[1:] },
		"another commitment":      func(m *confidential.Manifest) { m.Commitments[0] = salt(t); slices.Sort(m.Commitments) },
		"a commitment to nothing": func(m *confidential.Manifest) { m.Commitments[0] = "" },
	} {
		t.Run(name, func(t *testing.T) {
			var altered confidential.Manifest
			require.NoError(t, json.Unmarshal(encoded(t, read.Manifest), &altered))
			change(&altered)
			err := publish(altered)
			require.Error(t, err)
			require.Contains(t, []fault.Code{fault.HashMismatch, fault.InvalidRequest, fault.NotFound, fault.NotOwner}, fault.Of(err).Code)
		})
	}
	zone := read.Manifest
	zone.Written = zone.Written.In(time.FixedZone("", 3600))
	require.NoError(t, publish(zone), "the same time in another zone is the same")
	require.NoError(t, publish(read.Manifest))
}

// A pair whose chaincode is altered can write anything into its collection; what is no
// manifest is not published all the same.
func TestAManifestThatBreaksARuleIsNotPublished(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.mustWrite(d)
	read, err := w.read(d.ID)
	require.NoError(t, err)
	for name, change := range map[string]func(*confidential.Manifest){
		"consent of nobody":    func(m *confidential.Manifest) { m.Sensitivity = "none" },
		"guessable id":         func(m *confidential.Manifest) { m.ID = "1" },
		"dated ahead":          func(m *confidential.Manifest) { m.Written = w.Now.Add(time.Hour) },
		"no commitments":       func(m *confidential.Manifest) { m.Commitments = nil },
		"a subject's old form": func(m *confidential.Manifest) { m.Subjects = []string{"https://id.gs1.org" + subject} },
	} {
		t.Run(name, func(t *testing.T) {
			m := read.Manifest
			change(&m)
			require.NoError(t, w.Ledger.Update(w.proposal(Manufacturer), func(tx *ledger.Tx) error {
				for kind, value := range map[string][]byte{"manifest": encoded(t, m), "content": []byte("x")} {
					if err := tx.PutPrivate(pair, ledger.NewKey(kind, m.ID), value); err != nil {
						return err
					}
				}
				return nil
			}))
			_, err := do(w, api.PublishConfidential, Manufacturer, ledger.RoleOperator, confidential.PublishRequest{Manifest: m}, nil)
			require.Error(t, err)
			require.Contains(t, []fault.Code{fault.InvalidRequest, fault.TimeAhead}, fault.Of(err).Code)
		})
	}
}

func TestARecordIsPublishedOnceAndByItsOwner(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	written := w.mustWrite(d)
	read, err := w.read(d.ID)
	require.NoError(t, err)
	request := confidential.PublishRequest{Manifest: read.Manifest}
	_, err = do(w, api.PublishConfidential, Retailer, ledger.RoleOperator, request, nil)
	require.ErrorIs(t, err, fault.NotOwner)
	_, err = do(w, api.PublishConfidential, Manufacturer, ledger.RoleAuditor, request, nil)
	require.ErrorIs(t, err, fault.RoleRequired)
	p := must(w, api.PublishConfidential, Manufacturer, ledger.RoleOperator, request, nil)
	require.Equal(t, written.Hash, p.Hash)
	require.Equal(t, pair, p.Collection)
	digest := sha256.Sum256(encoded(t, p.Manifest))
	hash := func() (hash []byte) {
		require.NoError(t, w.Ledger.Query(w.proposal(Carrier), func(tx *ledger.Tx) (err error) {
			hash, err = tx.GetPrivateHash(pair, ledger.NewKey("manifest", d.ID))
			return err
		}))
		return hash
	}
	require.Equal(t, digest[:], hash())
	_, err = do(w, api.PublishConfidential, Manufacturer, ledger.RoleAdmin, request, nil)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	require.Equal(t, p.Transaction, fault.Of(err).Detail["transaction"])
	other := read.Manifest
	other.Subjects = nil
	_, err = do(w, api.PublishConfidential, Manufacturer, ledger.RoleAdmin, confidential.PublishRequest{Manifest: other}, nil)
	require.ErrorIs(t, err, fault.AlreadyExists)
}

func TestWhatARecordIsAboutIsOnTheLedger(t *testing.T) {
	w := newWorld(t)
	class := "/01/" + subject[4:18]
	lot := class + "/10/L1"
	event := product.EventURI("00000000000000000000000000000000000000000000000000000000000000ff")
	about := func(subjects ...string) (confidential.Draft, error) {
		d := draft(t)
		d.Subjects = subjects
		w.mustWrite(d)
		_, err := w.publish(d.ID)
		return d, err
	}
	_, err := about(Object(Manufacturer, "V2"))
	require.ErrorIs(t, err, fault.NotFound)
	require.Equal(t, Object(Manufacturer, "V2"), fault.Of(err).EPC)
	_, err = about(subject, lot)
	require.ErrorIs(t, err, fault.NotFound)
	require.Equal(t, lot, fault.Of(err).EPC)
	made := Commission(Object(Manufacturer, "V3"))
	made.More = map[string]any{"ilmd": map[string]any{"cbvmda:lotNumber": "L1"}}
	w.MustCapture(Manufacturer, made)
	_, err = about(gs1.Authority+subject, lot, class, GLN(Carrier), event)
	require.NoError(t, err, "of the lot there are serialised goods; classes and parties have no records, events may come later")
	counted := Commission()
	counted.More = map[string]any{"quantityList": []any{Quantity(class+"/10/L2", 10, "")}}
	w.MustCapture(Manufacturer, counted)
	_, err = about(class + "/10/L2")
	require.NoError(t, err)

	find := func(req confidential.RecordsRequest) int {
		return len(must(w, api.ConfidentialRecords, Regulator, ledger.RoleAuditor, req, nil).Records)
	}
	for request, want := range map[confidential.RecordsRequest]int{
		{Subject: lot}: 1, {Subject: gs1.Authority + class}: 1, {Subject: event}: 1, {Subject: class + "/10/L2"}: 1,
		{Subject: Object(Manufacturer, "V2")}: 0, {Owner: Manufacturer}: 2, {Owner: Retailer}: 0,
	} {
		require.Equal(t, want, find(request), "%v", request)
	}
	first := must(w, api.ConfidentialRecords, Regulator, ledger.RoleAuditor, confidential.RecordsRequest{Owner: Manufacturer, Size: 1}, nil)
	require.Len(t, first.Records, 1)
	rest := must(w, api.ConfidentialRecords, Regulator, ledger.RoleAuditor, confidential.RecordsRequest{Owner: Manufacturer, Size: 1, Bookmark: first.Bookmark}, nil)
	require.Len(t, rest.Records, 1)
	require.NotEqual(t, first.Records[0].Manifest.ID, rest.Records[0].Manifest.ID)
	require.Empty(t, rest.Bookmark)
	for request, code := range map[confidential.RecordsRequest]fault.Code{
		{}: fault.InvalidRequest, {Subject: subject, Owner: Manufacturer}: fault.InvalidRequest,
		{Subject: "milk"}: fault.InvalidIdentifier, {Owner: Manufacturer, Size: ledger.MaxPage + 1}: fault.LimitExceeded,
	} {
		_, err := do(w, api.ConfidentialRecords, Regulator, ledger.RoleAuditor, request, nil)
		require.ErrorIs(t, err, code, "%v", request)
	}
}

func TestAnApproverIsOnRecord(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	d.Approvers = []string{Outsider}
	w.mustWrite(d)
	_, err := w.publish(d.ID)
	require.ErrorIs(t, err, fault.NotParticipant)
}

// Whichever of two versions is published first, each says which replaces which.
func TestPublishedVersionsAreLinkedInAnyOrder(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}} {
		w := newWorld(t)
		versions := []confidential.Draft{draft(t), draft(t), draft(t)}
		for i := range versions {
			if i > 0 {
				versions[i].Replaces = versions[i-1].ID
			}
			w.mustWrite(versions[i])
		}
		for _, i := range order {
			_, err := w.publish(versions[i].ID)
			require.NoError(t, err)
		}
		for i := range versions {
			p := w.standing(versions[i].ID).Published
			require.Equal(t, i+1, p.Manifest.Version)
			next := ""
			if i+1 < len(versions) {
				next = versions[i+1].ID
			}
			require.Equal(t, next, p.Next, "%v: %d", order, i)
		}
	}
}

// A pair can put a second version in place of the same record, with altered chaincode;
// the public record has room for one.
func TestTwoVersionsInPlaceOfOneAreNotPublished(t *testing.T) {
	w := newWorld(t)
	first, second, rival := draft(t), draft(t), draft(t)
	second.Replaces, rival.Replaces = first.ID, first.ID
	w.published(first)
	w.published(second)
	require.NoError(t, w.Ledger.Update(w.proposal(Manufacturer), func(tx *ledger.Tx) error {
		return tx.Purge(pair, ledger.NewKey("next", first.ID))
	}))
	w.mustWrite(rival)
	_, err := w.publish(rival.ID)
	require.ErrorIs(t, err, fault.OutOfSequence)

	skipping := draft(t)
	skipping.Replaces = second.ID
	w.mustWrite(skipping)
	read, err := w.read(skipping.ID)
	require.NoError(t, err)
	read.Manifest.Version = 7
	require.NoError(t, w.Ledger.Update(w.proposal(Manufacturer), func(tx *ledger.Tx) error {
		return tx.PutPrivate(pair, ledger.NewKey("manifest", skipping.ID), encoded(t, read.Manifest))
	}))
	_, err = do(w, api.PublishConfidential, Manufacturer, ledger.RoleOperator, confidential.PublishRequest{Manifest: read.Manifest}, nil)
	require.ErrorIs(t, err, fault.OutOfSequence)
}

// What can be written can be published, replaced and said to be purged: a manifest that
// is too large for that is refused before.
func TestTheLargestManifestCanBePublished(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	for len(d.Fields) < confidential.MaxFields {
		d.Fields = append(d.Fields, selective.Field{Salt: salt(t)})
	}
	d.Subjects = nil
	for i := range confidential.MaxSubjects {
		d.Subjects = append(d.Subjects, product.EventURI(fmt.Sprintf("%064x", i)))
	}
	d.Retention.Basis, d.Transfer = quotes(confidential.MaxRule), &confidential.Transfer{Rule: quotes(confidential.MaxRule), Countries: []string{"DE", "FR"}}
	for i := range confidential.MaxApprovers {
		d.Approvers = append(d.Approvers, strconv.Itoa(i)+quotes(100))
	}
	_, err := w.write(d)
	require.ErrorIs(t, err, fault.LimitExceeded)

	d.Approvers = []string{Carrier}
	w.published(d)
	next := draft(t)
	next.Replaces = d.ID
	w.published(next)
	require.NoError(t, w.purge(d.ID))
	must(w, api.RecordConfidentialPurge, Manufacturer, ledger.RoleAdmin, confidential.RecordPurgeRequest{
		ID: d.ID, Reason: confidential.Replaced, Text: quotes(confidential.MaxPurgeText),
	}, nil)
}

// quotes is a text that grows sixfold in JSON.
func quotes(n int) string { return string(slices.Repeat([]byte("<"), n)) }
