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
)

func TestOnlyItsOwnersAdminPurgesARecord(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.mustWrite(d)
	request := confidential.PurgeRequest{With: withRetailer, ID: d.ID}
	_, err := do(w, api.PurgeConfidential, Retailer, ledger.RoleAdmin, confidential.PurgeRequest{With: []string{Manufacturer}, ID: d.ID}, nil)
	require.ErrorIs(t, err, fault.NotOwner)
	_, err = do(w, api.PurgeConfidential, Manufacturer, ledger.RoleOperator, request, nil)
	require.ErrorIs(t, err, fault.RoleRequired)
	_, _, err = run(w, api.PurgeConfidential, Manufacturer, ledger.RoleAdmin, Carrier, request, nil)
	require.ErrorIs(t, err, fault.NotMember)
	_, o, err := run(w, api.PurgeConfidential, Manufacturer, ledger.RoleAdmin, Retailer, request, nil)
	require.NoError(t, err)
	require.Empty(t, o.results.Writes)
	require.Len(t, o.results.Private, 2)
	w.commit(o)
	require.ErrorIs(t, w.purge(d.ID), fault.NotFound)
	_, err = w.read(d.ID)
	require.ErrorIs(t, err, fault.NotFound)
}

// The time for which a record is kept is over on the same day and time of a later
// year, UTC, to the millisecond; for a 29 February of a year without one on 1 March.
func TestARecordIsKeptToTheMillisecond(t *testing.T) {
	written := time.Date(2028, 2, 29, 23, 59, 59, 999e6, time.UTC)
	for keep, until := range map[string]time.Time{
		"P1Y":  time.Date(2029, 3, 1, 23, 59, 59, 999e6, time.UTC),
		"P4Y":  time.Date(2032, 2, 29, 23, 59, 59, 999e6, time.UTC),
		"P6Y":  time.Date(2034, 3, 1, 23, 59, 59, 999e6, time.UTC),
		"P30Y": time.Date(2058, 3, 1, 23, 59, 59, 999e6, time.UTC),
	} {
		for _, published := range []bool{false, true} {
			w := newWorld(t)
			w.Now = written.Add(time.Microsecond) // the ledger's time has milliseconds
			d := draft(t)
			d.Retention = confidential.Retention{Keep: keep, EraseAfter: keep}
			w.mustWrite(d)
			if published {
				_, err := w.publish(d.ID)
				require.NoError(t, err)
				standing := w.standing(d.ID)
				require.Equal(t, until, standing.KeepUntil)
				require.Equal(t, until, standing.EraseBy)
				require.False(t, standing.Due)
			}
			for _, early := range []time.Time{written, until.Add(-time.Hour), until.Add(-time.Millisecond), until.Add(-time.Nanosecond)} {
				w.Now = early
				err := w.purge(d.ID)
				require.ErrorIs(t, err, fault.Retained, "%s at %s", keep, early)
				require.Equal(t, map[string]string{"until": until.Format(time.RFC3339Nano)}, fault.Of(err).Detail)
			}
			w.Now = until
			if published {
				require.True(t, w.standing(d.ID).Due)
			}
			require.NoError(t, w.purge(d.ID), keep)
		}
	}
}

// A record that is both held and kept says both.
func TestARefusalToPurgeNamesEveryReason(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	d.Retention.Keep = "P2Y"
	w.published(d)
	_, err := w.hold(Retailer, ledger.RoleAdmin, confidential.PlaceHold, confidential.HoldRequest{Record: d.ID, Reason: "a claim"})
	require.NoError(t, err)
	until := w.Now.AddDate(2, 0, 0)
	err = w.purge(d.ID)
	require.ErrorIs(t, err, fault.Retained)
	require.Equal(t, map[string]string{"until": until.Format(time.RFC3339Nano), "holds": Retailer}, fault.Of(err).Detail)
	w.Now = until
	require.Equal(t, map[string]string{"holds": Retailer}, fault.Of(w.purge(d.ID)).Detail)
}

// A published record can be purged from a peer that never got the values.
func TestAPeerWithoutTheValuesPurgesWhatIsPublished(t *testing.T) {
	w := newWorld(t)
	public, private := draft(t), draft(t)
	w.published(public)
	w.mustWrite(private)
	w.Ledger.Lose(pair, Manufacturer, true)
	require.NoError(t, w.purge(public.ID))
	require.ErrorIs(t, w.purge(private.ID), fault.NotHere)
}

func TestAPurgeIsOnRecordWithItsReason(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	p := w.published(d)
	request := confidential.RecordPurgeRequest{ID: d.ID, Reason: confidential.ErasureRequest, Text: "case 4711"}
	record := func(msp, role string, req confidential.RecordPurgeRequest) error {
		_, err := do(w, api.RecordConfidentialPurge, msp, role, req, nil)
		return err
	}
	require.ErrorIs(t, record(Manufacturer, ledger.RoleAdmin, request), fault.OutOfSequence, "it is there")
	require.NoError(t, w.purge(d.ID))
	standing := w.standing(d.ID)
	require.Equal(t, confidential.StateMissing, standing.State, "gone, and nobody has said why")
	require.False(t, standing.Kept)

	require.ErrorIs(t, record(Carrier, ledger.RoleAdmin, request), fault.NotMember)
	require.ErrorIs(t, record(Retailer, ledger.RoleAuditor, request), fault.RoleRequired)
	require.ErrorIs(t, record(Retailer, ledger.RoleAdmin, confidential.RecordPurgeRequest{ID: salt(t), Reason: confidential.Replaced}), fault.NotFound)
	for _, bad := range []confidential.RecordPurgeRequest{
		{ID: d.ID}, {ID: d.ID, Reason: "because"}, {ID: d.ID, Reason: confidential.Other}, {ID: d.ID, Reason: confidential.Replaced, Text: quotes(confidential.MaxPurgeText + 1)},
	} {
		require.ErrorIs(t, record(Retailer, ledger.RoleAdmin, bad), fault.InvalidRequest)
	}
	require.NoError(t, record(Retailer, ledger.RoleAdmin, request), "any member says it")
	require.ErrorIs(t, record(Manufacturer, ledger.RoleAdmin, request), fault.AlreadyRecorded)
	standing = w.standing(d.ID)
	require.Equal(t, confidential.StatePurged, standing.State)
	require.Equal(t, "case 4711", standing.Published.Purged.Text)
	require.Equal(t, Retailer, standing.Published.Purged.By)
	require.Equal(t, p.Manifest, standing.Published.Manifest, "what there had been stays proved")
	require.Equal(t, p.Hash, standing.Published.Hash)
}

func TestARecordThatNobodyPublishedIsNotFound(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.mustWrite(d)
	_, err := do(w, api.ConfidentialRecord, Manufacturer, ledger.RoleAdmin, confidential.RecordRequest{ID: d.ID}, nil)
	require.ErrorIs(t, err, fault.NotFound)
}
