package e2e_test

import (
	"context"
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/collections"
)

// other is the counterparty in the pair of manufacturer and retailer.
func other(member string) string {
	if member == manufacturer {
		return retailerMSP
	}
	return manufacturerMSP
}

// shareTerms has the manufacturer write terms for the retailer, and waits until both have
// them.
func shareTerms(t *testing.T, w world, draft confidential.Draft) *client.Written {
	t.Helper()
	written, err := w.client(t, manufacturer, "operator").WriteConfidential(t.Context(), draft, retailerMSP)
	require.NoError(t, err)
	for _, member := range []string{manufacturer, retailer} {
		var read *client.ConfidentialRecord
		eventually(t, func(ctx context.Context) (err error) {
			read, err = w.client(t, member, "operator").ReadConfidential(ctx, written.ID, other(member))
			return err
		})
		price, ok := read.Field("/price")
		require.True(t, ok)
		require.Equal(t, "41.70", price.Value)
		require.Equal(t, manufacturerMSP, read.Manifest.Owner)
	}
	return written
}

func terms(t *testing.T, subjects ...string) confidential.Draft {
	t.Helper()
	draft, err := client.NewRecord(collections.Terms{Price: "41.70", Currency: "EUR"}, subjects...)
	require.NoError(t, err)
	return draft
}

// A real peer says in words of its own that it has no such collection.
func noSuchRelation(t *testing.T, w world) {
	_, err := w.client(t, manufacturer, "operator").WriteConfidential(t.Context(), terms(t), carrierMSP, retailerMSP)
	require.ErrorIs(t, err, fault.NotFound)
}

func confidentialRecord(t *testing.T, w world) {
	goods := objects(1)
	must(t, w, manufacturer, commission(goods))
	writer := w.client(t, manufacturer, "operator")
	weak := terms(t, goods...)
	weak.Fields[0].Salt = base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	_, err := writer.WriteConfidential(t.Context(), weak, retailerMSP)
	require.ErrorIs(t, err, fault.InvalidRequest, "a salt of zeros")

	draft := terms(t, goods...)
	written := shareTerms(t, w, draft)
	_, err = writer.WriteConfidential(t.Context(), draft, retailerMSP)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	_, err = w.client(t, carrier, "operator").ReadConfidential(t.Context(), written.ID, manufacturerMSP)
	require.ErrorIs(t, err, fault.NotFound, "the carrier's own collection with the manufacturer holds no such record")

	published, err := writer.PublishConfidential(t.Context(), written.ID, retailerMSP)
	require.NoError(t, err)
	require.Equal(t, written.Hash, published.Record.Hash)
	var records []confidential.Published
	for record, err := range w.client(t, carrier, "operator").RecordsAbout(t.Context(), goods[0]) {
		require.NoError(t, err)
		records = append(records, record)
	}
	require.Len(t, records, 1)

	next := terms(t, goods...)
	next.Replaces = written.ID
	second := shareTerms(t, w, next)
	_, err = writer.PublishConfidential(t.Context(), second.ID, retailerMSP)
	require.NoError(t, err)
	eventually(t, func(ctx context.Context) error {
		_, err := w.client(t, regulator, "auditor").ConfidentialRecord(ctx, second.ID)
		return err
	})
	standing, err := w.client(t, regulator, "auditor").ConfidentialRecord(t.Context(), written.ID)
	require.NoError(t, err)
	require.Equal(t, second.ID, standing.Published.Next)
	require.Equal(t, confidential.StateKept, standing.State)

	_, err = w.client(t, retailer, "admin").RemoveConfidential(t.Context(), written.ID, manufacturerMSP)
	require.ErrorIs(t, err, fault.NotOwner, "only its owner purges a record")
	purged, err := w.client(t, manufacturer, "admin").PurgeConfidential(t.Context(), confidential.RecordPurgeRequest{ID: written.ID, Reason: confidential.Replaced}, retailerMSP)
	require.NoError(t, err)
	require.Equal(t, confidential.Replaced, purged.Record.Purged.Reason)
	_, err = writer.ReadConfidential(t.Context(), written.ID, retailerMSP)
	require.ErrorIs(t, err, fault.NotFound)
	_, err = writer.WriteConfidential(t.Context(), draft, retailerMSP)
	require.ErrorIs(t, err, fault.AlreadyExists, "what was purged does not come back")
}

func recordIsHeld(t *testing.T, w world) {
	draft := terms(t)
	draft.Retention.Keep = "P6Y"
	kept := shareTerms(t, w, draft)
	admin, trader := w.client(t, manufacturer, "admin"), w.client(t, carrier, "operator")
	_, err := admin.RemoveConfidential(t.Context(), kept.ID, retailerMSP)
	require.ErrorIs(t, err, fault.Retained)

	written := shareTerms(t, w, terms(t))
	_, err = admin.PublishConfidential(t.Context(), written.ID, retailerMSP)
	require.NoError(t, err)
	eventually(t, func(ctx context.Context) error {
		_, err := trader.ConfidentialRecord(ctx, written.ID)
		return err
	})
	why := confidential.RecordPurgeRequest{ID: written.ID, Reason: confidential.ContractEnded}
	sign := func(meaning string) confidential.CarryHoldRequest {
		signed, err := client.SignLegalHold(trader.Channel(), meaning, confidential.HoldStatement{
			Organisation: regulatorMSP, Record: written.ID, Reason: "an inquiry",
		}, w.signatory(t, regulator, "auditor"))
		require.NoError(t, err)
		return *signed
	}
	hold := sign(confidential.PlaceHold)
	_, err = trader.CarryLegalHold(t.Context(), hold)
	require.NoError(t, err)
	_, err = trader.CarryLegalHold(t.Context(), hold)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	quality := w.client(t, retailer, "quality")
	_, err = quality.PlaceLegalHold(t.Context(), confidential.HoldRequest{Record: written.ID, Reason: "a claim"})
	require.NoError(t, err)
	eventually(t, func(ctx context.Context) error {
		_, err := admin.ConfidentialRecord(ctx, written.ID)
		return err
	})
	_, err = admin.PurgeConfidential(t.Context(), why, retailerMSP)
	require.ErrorIs(t, err, fault.Retained)
	_, err = trader.CarryLiftedLegalHold(t.Context(), sign(confidential.LiftHold))
	require.NoError(t, err)
	_, err = quality.LiftLegalHold(t.Context(), confidential.HoldRequest{Record: written.ID, Reason: "settled"})
	require.NoError(t, err)
	_, err = admin.PurgeConfidential(t.Context(), why, retailerMSP)
	require.NoError(t, err)
}
