package client_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

var attesting = []string{"ManufacturerMSP", "CarrierMSP"}

// fromFile writes evidence to a file, reads it, and verifies it.
func fromFile(t *testing.T, c *clienttest.Consortium, e evidence.Evidence) *verify.Report {
	t.Helper()
	file, err := e.Encode()
	require.NoError(t, err)
	read, err := evidence.Decode(file)
	require.NoError(t, err)
	require.Equal(t, e, read)
	v, err := verify.New(c.Roots())
	require.NoError(t, err)
	report := v.Verify(read, c.Roots().Policy, now.Add(time.Hour))
	require.True(t, report.Verified(), "%s", report)
	return report
}

func TestReadingsAreProvenToStandInARecording(t *testing.T) {
	c := founded(t)
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	proven, err := client.ProveDeviceKey(recorderID, "ManufacturerMSP", key)
	require.NoError(t, err)
	start := now.Add(-24 * time.Hour)
	operator := c.Client(t, "manufacturer", "operator")
	_, err = operator.RegisterDevice(t.Context(), participant.RegisterDeviceRequest{
		ID: recorderID, PublicKey: proven.PublicKey, Algorithm: proven.Algorithm, Proof: proven.Proof,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedFrom: start, CalibratedUntil: start.AddDate(1, 0, 0),
	})
	require.NoError(t, err)
	seal := func(value int64) *telemetry.Recording {
		draft := telemetry.Draft{Device: recorderID, Sequence: 1, Measurement: "Temperature", Unit: "CEL", Scale: -1}
		for i := range int64(1000) {
			draft.Readings = append(draft.Readings, telemetry.Reading{Time: start.Add(time.Duration(i) * time.Minute).UnixMilli(), Value: value + i%7})
		}
		recording, err := telemetry.Seal(rand.Reader, key, draft)
		require.NoError(t, err)
		return recording
	}
	recording := seal(50)
	_, err = c.Client(t, "manufacturer", "gateway").Record(t.Context(), recording.Bytes())
	require.NoError(t, err)

	shown, err := operator.ProveReadings(t.Context(), recording, 100, 103, attesting...)
	require.NoError(t, err)
	report := fromFile(t, c, shown)
	require.Equal(t, recorderID, report.Readings.Device)
	require.Equal(t, "CEL", report.Readings.Unit)
	require.Equal(t, []verify.Reading{
		{Time: start.Add(100 * time.Minute), Value: 52}, {Time: start.Add(101 * time.Minute), Value: 53}, {Time: start.Add(102 * time.Minute), Value: 54},
	}, report.Readings.Readings)

	_, err = operator.ProveReadings(t.Context(), recording, 999, 1001, attesting...)
	require.ErrorIs(t, err, telemetry.ErrLimit)
	var other *client.ProofError
	_, err = operator.ProveReadings(t.Context(), seal(51), 100, 103, attesting...)
	require.ErrorAs(t, err, &other, "a recording of the same number that is not on record")
	require.Equal(t, verify.CheckReadings, other.Check.Name)
}

func TestEventsAreProvenToStandInAHistory(t *testing.T) {
	c := founded(t)
	object := shipmenttest.Object(shipmenttest.Manufacturer, "H1")
	documents := &shipmenttest.Scene{TB: t, Now: now.Add(-time.Hour)}
	operator := c.Client(t, "manufacturer", "operator")
	for _, event := range []shipmenttest.Event{
		shipmenttest.Commission(object), shipmenttest.Step("inspecting", object), shipmenttest.Step("storing", object),
	} {
		documents.Now = documents.Now.Add(time.Minute)
		_, err := operator.Capture(t.Context(), documents.Document(event))
		require.NoError(t, err)
	}
	shown, err := operator.ProveEvents(t.Context(), object, []uint64{3, 1}, attesting...)
	require.NoError(t, err)
	report := fromFile(t, c, shown)
	require.Len(t, report.Events, 2)
	require.Equal(t, uint64(3), report.Events[1].Number)
	require.Contains(t, report.Events[1].Text, "storing")

	_, err = operator.ProveEvents(t.Context(), object, []uint64{4}, attesting...)
	require.ErrorIs(t, err, fault.NotFound)
	_, err = operator.ProveEvents(t.Context(), object, []uint64{1, 700}, attesting...)
	require.ErrorIs(t, err, fault.LimitExceeded)
	_, err = operator.ProveEvents(t.Context(), object, nil, attesting...)
	require.ErrorIs(t, err, fault.InvalidRequest)
}

// packed puts objects into a carton and that onto a pallet.
func packed(t *testing.T, c *clienttest.Consortium, n int) (objects []string, carton, pallet string) {
	t.Helper()
	documents := &shipmenttest.Scene{TB: t, Now: now.Add(-time.Hour)}
	for i := range n {
		objects = append(objects, shipmenttest.Object(shipmenttest.Manufacturer, fmt.Sprintf("C%03d", i)))
	}
	carton, pallet = shipmenttest.Pallet(shipmenttest.Manufacturer, 1), shipmenttest.Pallet(shipmenttest.Manufacturer, 2)
	for _, event := range []shipmenttest.Event{
		shipmenttest.Commission(objects...), shipmenttest.Commission(carton, pallet), shipmenttest.Pack(carton, objects...), shipmenttest.Pack(pallet, carton),
	} {
		documents.Now = documents.Now.Add(time.Minute)
		_, err := c.Client(t, "manufacturer", "operator").Capture(t.Context(), documents.Document(event))
		require.NoError(t, err)
	}
	return objects, carton, pallet
}

func TestAnObjectIsProvenToBeInAContainer(t *testing.T) {
	c := founded(t)
	objects, carton, pallet := packed(t, c, 2)
	auditor := c.Client(t, "regulator", "auditor")
	for container, through := range map[string]int{carton: 0, pallet: 1} {
		shown, err := auditor.ProveContained(t.Context(), objects[0], container, attesting...)
		require.NoError(t, err)
		report := fromFile(t, c, shown)
		require.Equal(t, container, report.Contained.Container)
		require.Len(t, report.Contained.Through, through)
	}
	shown, err := auditor.ProveContainedAsOf(t.Context(), objects[1], pallet, now, product.Recorded, attesting...)
	require.NoError(t, err)
	require.Equal(t, "recorded", fromFile(t, c, shown).Contained.Clock)

	var not *client.ProofError
	for _, wrong := range [][2]string{{pallet, carton}, {carton, objects[0]}, {objects[0], objects[1]}} {
		_, err = auditor.ProveContained(t.Context(), wrong[0], wrong[1], attesting...)
		require.ErrorAs(t, err, &not, "%q", wrong)
		require.Equal(t, verify.CheckContainer, not.Check.Name)
	}
}

// Peers sign a summary of more than 50 keys. What is in it, the statement lists.
func TestALongListIsAttestedWithWhatItsSummaryStandsFor(t *testing.T) {
	c := founded(t)
	objects, carton, _ := packed(t, c, 260)
	auditor := c.Client(t, "regulator", "auditor")
	for size, end := range map[int]string{500: verify.EndReached, 260: verify.EndFull, 200: verify.EndMore, 51: verify.EndMore, 50: verify.EndMore} {
		statement, err := client.Attest(t.Context(), auditor, api.Contents, product.ReadContentsRequest{ID: carton, Size: size}, attesting...)
		require.NoError(t, err)
		require.Equal(t, size > 50, len(statement.Listed) == 1)
		report := fromFile(t, c, statement)
		require.Equal(t, &verify.Page{Entries: min(size, len(objects)), End: end}, report.Page)
	}
	first, err := auditor.AttestTwin(t.Context(), carton, attesting...)
	require.NoError(t, err)
	require.Nil(t, fromFile(t, c, first).Page)

	page, _, err := client.Call(t.Context(), auditor, api.Contents, product.ReadContentsRequest{ID: carton, Size: 100})
	require.NoError(t, err)
	rest, err := client.Attest(t.Context(), auditor, api.Contents, product.ReadContentsRequest{ID: carton, Size: 200, Bookmark: page.Bookmark}, attesting...)
	require.NoError(t, err)
	report := fromFile(t, c, rest)
	require.Equal(t, &verify.Page{Entries: 160, FromBookmark: true, End: verify.EndReached}, report.Page)
	require.Contains(t, report.String(), "BEGINS AT A BOOKMARK")
}
