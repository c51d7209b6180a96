package e2e_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/collections"
)

// A reader follows, at its own peer, what is delivered to it: it shows a field on to
// anybody, who verifies it offline, and sees the erasure.
func TestAReaderFollowsDeliveriesShowsAFieldOnAndSeesTheErasure(t *testing.T) {
	r := start(t)
	owner, reader := r.client(t, manufacturer, "admin"), r.client(t, regulator, "auditor")
	record, err := client.NewRecord(collections.Terms{Price: "12.50", Currency: "EUR", Contract: "C-4711"})
	require.NoError(t, err)
	_, err = owner.WriteConfidential(t.Context(), record, retailerMSP)
	require.NoError(t, err)
	published, err := owner.PublishConfidential(t.Context(), record.ID, retailerMSP)
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	next, ended := each(ctx, t, reader.FollowDeliveries(ctx, published.Block))
	asked, err := owner.RequestDisclosure(t.Context(), disclosure.RequestRequest{
		Name: "fields-" + record.ID[:8], Recipient: regulatorMSP, Terms: disclosure.Terms{
			Record: record.ID, Fields: []string{"/price", "/currency"}, Until: time.Now().AddDate(0, 1, 0).Truncate(time.Second),
			Purpose: disclosure.Purpose{Code: "audit"}, LegalBasis: disclosure.LegalBasis{Code: disclosure.NoBasis},
		},
	})
	require.NoError(t, err)
	_, err = owner.Disclose(t.Context(), asked.ID)
	require.NoError(t, err)
	got := next()
	require.Equal(t, asked.ID, got.Request)
	require.Equal(t, manufacturerMSP, got.Owner)
	require.Len(t, got.Fields, 2)
	require.Equal(t, "12.50", got.Fields[1].Value)

	shown, err := reader.ShowFields(t.Context(), got.Record, got.Fields[1:], carrierMSP, retailerMSP)
	require.NoError(t, err)
	file, err := shown.Encode()
	require.NoError(t, err)
	require.NotContains(t, string(file), "EUR")
	read, err := evidence.Decode(file)
	require.NoError(t, err)
	v, err := verify.New(r.roots(t))
	require.NoError(t, err)
	report := v.Verify(read, verify.Policy{Required: 2, Of: []string{carrierMSP, retailerMSP}}, time.Now())
	require.True(t, report.Verified(), "%s", report)
	require.Equal(t, []verify.Shown{{Name: "/price", Value: "12.50"}}, report.Record.Fields)
	t.Logf("a file of one field by two organisations has %d bytes", len(file))

	// Its peer dies; the stream goes on when it is back.
	require.NoError(t, r.network.KillPeer(t.Context(), regulator))
	require.NoError(t, r.network.StartPeer(t.Context(), regulator))

	_, err = owner.RevokeDisclosure(t.Context(), asked.ID, "given by mistake")
	require.NoError(t, err)
	_, err = owner.EraseDisclosure(t.Context(), asked.ID)
	require.NoError(t, err)
	erased := next()
	require.True(t, erased.Erased)
	require.Equal(t, asked.ID, erased.Request)
	require.Greater(t, erased.Block, got.Block)
	cancel()
	var stopped *client.BlocksError
	require.ErrorAs(t, <-ended, &stopped)

	// Read again, what was erased is said not to be there.
	for d, err := range reader.Deliveries(t.Context(), got.Block) {
		if d.Transaction == got.Transaction {
			require.ErrorIs(t, err, fault.NotHere)
			require.Empty(t, d.Fields)
		}
	}
}
