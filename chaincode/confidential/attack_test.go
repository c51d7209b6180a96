package confidential_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/collections"
)

var withManufacturer = []string{Manufacturer}

// Who knows the id of a record before it is published can publish one of its own under
// it, and keep the other from the ledger. So no block tells it.
func TestAWriteDoesNotTellTheIdOfTheRecord(t *testing.T) {
	w := newWorld(t)
	first, second := draft(t), draft(t)
	w.mustWrite(first)
	second.Replaces = first.ID
	_, o, err := run(w, api.WriteConfidential, Manufacturer, ledger.RoleOperator, Retailer, confidential.WriteRequest{With: withRetailer}, encoded(t, second))
	require.NoError(t, err)
	seen := o.public(t)
	for _, read := range o.results.Reads {
		seen += string(read.Key)
	}
	require.NotEmpty(t, o.results.Reads)
	require.NotContains(t, seen, first.ID)
	require.NotContains(t, seen, second.ID)
}

// The carrier writes a record of its own under another's id, where the other members
// do not see it, and holds that one. The other record can be purged all the same.
func TestNobodyHoldsAnothersRecordByOneOfItsOwnUnderItsID(t *testing.T) {
	for _, published := range []bool{false, true} {
		w := newWorld(t)
		mine, squat := draft(t), draft(t)
		squat.ID = mine.ID
		w.mustWrite(mine)
		must(w, api.WriteConfidential, Carrier, ledger.RoleOperator, confidential.WriteRequest{With: withManufacturer}, encoded(t, squat))
		_, err := w.hold(Carrier, ledger.RoleAdmin, confidential.PlaceHold, confidential.HoldRequest{Record: mine.ID, Reason: "spite", With: withManufacturer})
		require.NoError(t, err)
		if published {
			_, err := w.publish(mine.ID)
			require.NoError(t, err)
			require.Empty(t, w.standing(mine.ID).Holds)
		}
		require.NoError(t, w.purge(mine.ID))
		_, err = do(w, api.PurgeConfidential, Carrier, ledger.RoleAdmin, confidential.PurgeRequest{With: withManufacturer, ID: mine.ID}, nil)
		require.ErrorIs(t, err, fault.Retained, "its own is held")
	}
}

// Nor does it take the others' right to hold theirs by publishing its own first.
func TestNobodyKeepsMembersFromHoldingTheirRecordByPublishingItsID(t *testing.T) {
	w := newWorld(t)
	mine, squat := draft(t), draft(t)
	squat.ID = mine.ID
	w.mustWrite(mine)
	must(w, api.WriteConfidential, Carrier, ledger.RoleOperator, confidential.WriteRequest{With: withManufacturer}, encoded(t, squat))
	read := must(w, api.ReadConfidential, Carrier, ledger.RoleOperator, confidential.ReadRequest{With: withManufacturer, ID: squat.ID}, nil)
	must(w, api.PublishConfidential, Carrier, ledger.RoleOperator, confidential.PublishRequest{Manifest: read.Manifest}, nil)
	_, err := w.hold(Retailer, ledger.RoleAdmin, confidential.PlaceHold, confidential.HoldRequest{Record: mine.ID, Reason: "a claim", With: withManufacturer})
	require.NoError(t, err)
	require.ErrorIs(t, w.purge(mine.ID), fault.Retained)
}

// The carrier knows an id and publishes what would come after it: a record of its own.
func TestNobodyReplacesAnothersRecordBeforeItIsPublished(t *testing.T) {
	w := newWorld(t)
	mine, squat, after, next := draft(t), draft(t), draft(t), draft(t)
	squat.ID, after.Replaces, next.Replaces = mine.ID, mine.ID, mine.ID
	w.mustWrite(mine)
	w.mustWrite(next)
	for _, d := range []confidential.Draft{squat, after} {
		must(w, api.WriteConfidential, Carrier, ledger.RoleOperator, confidential.WriteRequest{With: withManufacturer}, encoded(t, d))
	}
	read := must(w, api.ReadConfidential, Carrier, ledger.RoleOperator, confidential.ReadRequest{With: withManufacturer, ID: after.ID}, nil)
	must(w, api.PublishConfidential, Carrier, ledger.RoleOperator, confidential.PublishRequest{Manifest: read.Manifest}, nil)
	_, err := w.publish(mine.ID)
	require.NoError(t, err)
	require.Empty(t, w.standing(mine.ID).Published.Next)
	_, err = w.publish(next.ID)
	require.NoError(t, err)
	require.Equal(t, next.ID, w.standing(mine.ID).Published.Next)
}

// One owner has a record of one id in two relations, publishes the later version of
// the one, and then the other: the two are no versions of each other.
func TestVersionsOfTwoRelationsAreNotLinked(t *testing.T) {
	w := newWorld(t)
	here, there, after := draft(t), draft(t), draft(t)
	there.ID, after.Replaces = here.ID, here.ID
	w.mustWrite(here)
	for _, d := range []confidential.Draft{there, after} {
		must(w, api.WriteConfidential, Manufacturer, ledger.RoleOperator, confidential.WriteRequest{With: []string{Carrier}}, encoded(t, d))
	}
	read := must(w, api.ReadConfidential, Manufacturer, ledger.RoleOperator, confidential.ReadRequest{With: []string{Carrier}, ID: after.ID}, nil)
	must(w, api.PublishConfidential, Manufacturer, ledger.RoleOperator, confidential.PublishRequest{Manifest: read.Manifest}, nil)
	_, err := w.publish(here.ID)
	require.ErrorIs(t, err, fault.OutOfSequence)
}

// Two members with altered chaincode purge what is to be kept, or is held. That stays
// a loss without a reason, until the time is over or the hold lifted: nobody puts on
// record that all was well.
func TestAPurgeAgainstTheRulesIsNotExplainedAway(t *testing.T) {
	destroy := func(w *world, id string) {
		w.Helper()
		require.NoError(w, w.Ledger.Update(w.proposal(Manufacturer), func(tx *ledger.Tx) error {
			return tx.Purge(pair, ledger.NewKey("content", id))
		}))
	}
	explain := func(w *world, id string) error {
		w.Helper()
		_, err := do(w, api.RecordConfidentialPurge, Manufacturer, ledger.RoleAdmin,
			confidential.RecordPurgeRequest{ID: id, Reason: confidential.RetentionEnded}, nil)
		return err
	}
	w := newWorld(t)
	kept, held := draft(t), draft(t)
	kept.Retention.Keep = "P2Y"
	w.published(kept)
	w.published(held)
	hold := confidential.HoldRequest{Record: held.ID, Reason: "a claim"}
	_, err := w.hold(Retailer, ledger.RoleAdmin, confidential.PlaceHold, hold)
	require.NoError(t, err)
	for _, d := range []confidential.Draft{kept, held} {
		destroy(w, d.ID)
		require.ErrorIs(t, explain(w, d.ID), fault.Retained)
		require.Equal(t, confidential.StateMissing, w.standing(d.ID).State)
	}
	_, err = w.hold(Retailer, ledger.RoleAdmin, confidential.LiftHold, hold)
	require.NoError(t, err)
	require.NoError(t, explain(w, held.ID))
	w.Now = Begin.AddDate(2, 0, 1)
	require.NoError(t, explain(w, kept.ID))
}

// A record that names an approver who cannot vote could never be disclosed.
func TestAnApproverCanVote(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	d.Approvers = []string{Regulator}
	w.mustWrite(d)
	_, err := w.publish(d.ID)
	require.ErrorIs(t, err, fault.ReaderOnly)
}

// A carrier keeps back what a reader signed to lift its hold. The reader has changed
// its mind and says so, and what was kept back counts no longer.
func TestAStatementKeptBackIsOvertakenByALaterOne(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.published(d)
	must(w, api.CarryLegalHold, Carrier, ledger.RoleOperator, w.signedHold(confidential.PlaceHold, d.ID), nil)
	w.Now = w.Now.Add(time.Minute)
	keptBack := w.signedHold(confidential.LiftHold, d.ID)
	w.Now = w.Now.Add(time.Minute)
	again := w.signedHold(confidential.PlaceHold, d.ID)
	must(w, api.CarryLegalHold, Carrier, ledger.RoleOperator, again, nil)
	_, err := do(w, api.CarryLegalHold, Carrier, ledger.RoleOperator, again, nil)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	_, err = do(w, api.CarryLiftedLegalHold, Retailer, ledger.RoleAdmin, keptBack, nil)
	require.ErrorIs(t, err, fault.OutOfSequence)
	require.Len(t, w.standing(d.ID).Holds, 1)
	require.Len(t, must(w, api.LegalHoldSteps, Regulator, ledger.RoleAuditor, confidential.HoldStepsRequest{Record: d.ID}, nil).Steps, 2)
	w.Now = w.Now.Add(time.Minute)
	must(w, api.CarryLiftedLegalHold, Carrier, ledger.RoleOperator, w.signedHold(confidential.LiftHold, d.ID), nil)
	require.Empty(t, w.standing(d.ID).Holds)
}

// What stands in a block for all to read has no marks that turn it around or hide it.
func TestPublicTextsHideNothing(t *testing.T) {
	w := newWorld(t)
	for _, text := range []string{"a\u202eb", "a\x1b[2Jb", "a\u2028b", "a\x00b"} {
		d := draft(t)
		d.Transfer = &confidential.Transfer{Rule: text, Countries: []string{"DE", "FR"}}
		_, err := w.write(d)
		require.ErrorIs(t, err, fault.InvalidRequest)
		d.Transfer, d.Retention.Basis = nil, text
		_, err = w.write(d)
		require.ErrorIs(t, err, fault.InvalidRequest)
		d.Retention.Basis = ""
		w.published(d)
		_, err = w.hold(Retailer, ledger.RoleAdmin, confidential.PlaceHold, confidential.HoldRequest{Record: d.ID, Reason: text})
		require.ErrorIs(t, err, fault.InvalidRequest)
		require.ErrorIs(t, confidential.RecordPurgeRequest{ID: d.ID, Reason: confidential.Other, Text: text}.Check(), fault.InvalidRequest)
	}
}

// races runs a call, has another one commit first, and reports whether the call is
// still valid.
func races[Req, Resp any](w *world, f api.Declared[Req, Resp], msp, role string, req Req, first func()) bool {
	w.Helper()
	_, o, err := run(w, f, msp, role, msp, req, nil)
	require.NoError(w, err)
	first()
	return w.commits(o)
}

// What is endorsed counts only while what it rests on stands when it commits.
func TestARaceNeverPurgesWhatIsHeld(t *testing.T) {
	purge := func(id string) confidential.PurgeRequest {
		return confidential.PurgeRequest{With: withRetailer, ID: id}
	}
	hold := func(id string) confidential.HoldRequest {
		return confidential.HoldRequest{Record: id, Reason: "a claim", With: withManufacturer}
	}
	for _, published := range []bool{false, true} {
		w := newWorld(t)
		d := draft(t)
		w.mustWrite(d)
		if published {
			_, err := w.publish(d.ID)
			require.NoError(t, err)
		}
		require.False(t, races(w, api.PurgeConfidential, Manufacturer, ledger.RoleAdmin, purge(d.ID), func() {
			_, err := w.hold(Retailer, ledger.RoleAdmin, confidential.PlaceHold, hold(d.ID))
			require.NoError(t, err)
		}), "a hold is placed while a purge is on its way")
		_, err := w.hold(Retailer, ledger.RoleAdmin, confidential.LiftHold, hold(d.ID))
		require.NoError(t, err)
		require.False(t, races(w, api.PlaceLegalHold, Retailer, ledger.RoleAdmin, hold(d.ID), func() {
			require.NoError(t, w.purge(d.ID))
		}), "it is purged while a hold is on its way")
	}
}

func TestARaceNeverPublishesWhatIsPurged(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.mustWrite(d)
	read, err := w.read(d.ID)
	require.NoError(t, err)
	require.False(t, races(w, api.PublishConfidential, Manufacturer, ledger.RoleOperator, confidential.PublishRequest{Manifest: read.Manifest}, func() {
		require.NoError(t, w.purge(d.ID))
	}))
}

// A collection may forget its values after a number of blocks: a published record does
// not come back in another form under its id.
func TestAnIdIsNotUsedAgainWhenTheCollectionHasForgottenIt(t *testing.T) {
	w := newWorld(t)
	d, other := draft(t), draft(t)
	other.ID = d.ID
	w.published(d)
	for _, name := range []string{"content", "manifest"} {
		require.NoError(t, w.Ledger.Update(w.proposal(Manufacturer), func(tx *ledger.Tx) error {
			return tx.Purge(collections.Relation(Manufacturer, Retailer), ledger.NewKey(name, d.ID))
		}))
	}
	_, err := w.write(other)
	require.ErrorIs(t, err, fault.AlreadyExists)
	_, err = w.write(d)
	require.ErrorIs(t, err, fault.AlreadyExists)
}

// Two of three members with altered chaincode put another record in the place of one
// that is published. It is right in itself, and the third is not taken in.
func TestAnotherRecordUnderAPublishedManifestIsFoundOut(t *testing.T) {
	write := func(w *world, d confidential.Draft) confidential.ReadResponse {
		must(w, api.WriteConfidential, Manufacturer, ledger.RoleOperator, confidential.WriteRequest{With: []string{Carrier, Retailer}}, encoded(t, d))
		return must(w, api.ReadConfidential, Retailer, ledger.RoleOperator, confidential.ReadRequest{With: []string{Carrier, Manufacturer}, ID: d.ID}, nil)
	}
	w := newWorld(t)
	d, other := draft(t), draft(t)
	other.ID = d.ID
	right, swapped := write(w, d), write(newWorld(t), other)
	must(w, api.PublishConfidential, Manufacturer, ledger.RoleOperator, confidential.PublishRequest{Manifest: right.Manifest}, nil)
	for name, value := range map[string]any{"content": swapped.Content, "manifest": swapped.Manifest} {
		require.NoError(t, w.Ledger.Update(w.proposal(Manufacturer), func(tx *ledger.Tx) error {
			return tx.PutPrivate(trio, ledger.NewKey(name, d.ID), encoded(t, value))
		}))
	}
	_, err := do(w, api.ReadConfidential, Retailer, ledger.RoleOperator, confidential.ReadRequest{With: []string{Carrier, Manufacturer}, ID: d.ID}, nil)
	require.ErrorIs(t, err, fault.HashMismatch)
	require.Equal(t, confidential.StateMissing, w.standing(d.ID).State)
}
