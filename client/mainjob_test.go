package client_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/collections"
)

// job is the main job, over whatever ledger: clients by organisation and user.
type job struct {
	*testing.T
	client    func(organisation, user string) *client.Client
	signatory client.Signatory
	start     time.Time
	advance   func(time.Duration)
	documents *shipmenttest.Scene
	device    ed25519.PrivateKey
	object    string
}

const loggerID = "/8004/9506000L1"

func (j *job) capture(organisation string, events ...shipmenttest.Event) (*client.Captured, error) {
	j.documents.Now = j.documents.Now.Add(time.Second)
	return j.client(organisation, "operator").Capture(j.Context(), j.documents.Document(events...))
}

func (j *job) recording(sequence uint64, previous telemetry.Hash, from time.Time, values ...int64) *telemetry.Recording {
	draft := telemetry.Draft{Device: loggerID, Sequence: sequence, Previous: previous, Measurement: "Temperature", Unit: "CEL", Scale: -1}
	for i, v := range values {
		draft.Readings = append(draft.Readings, telemetry.Reading{Time: from.Add(time.Duration(i) * time.Minute).UnixMilli(), Value: v})
	}
	recording, err := telemetry.Seal(rand.Reader, j.device, draft)
	require.NoError(j, err)
	return recording
}

func (j *job) watched() {
	ctx := j.Context()
	manufacturer := j.client("manufacturer", "operator")
	der, err := x509.MarshalPKIXPublicKey(j.device.Public())
	require.NoError(j, err)
	_, err = manufacturer.RegisterDevice(ctx, participant.RegisterDeviceRequest{
		ID: loggerID, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: participant.EdDSA,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedUntil: j.start.AddDate(1, 0, 0),
	})
	require.NoError(j, err)
	lower, upper, allowed := evaluation.Amount(2e9), evaluation.Amount(8e9), int64(120_000)
	defined, err := j.client("manufacturer", "quality").DefinePolicy(ctx, condition.DefinePolicyRequest{
		Name: "2-8", Version: 1, Consequences: condition.Consequences{Hold: condition.HoldAtSuspicion}, Terms: evaluation.Terms{
			Measurement: "Temperature", Unit: "CEL", LargestGapMs: 3_600_000, Between: evaluation.Hold,
			Bands: []evaluation.Band{{Name: "2-8", Lower: &lower, Upper: &upper, AllowanceMs: &allowed}},
		},
	})
	require.NoError(j, err)
	_, err = manufacturer.StartWatch(ctx, condition.StartWatchRequest{
		Name: "w-1", Policy: defined.Policy.PolicyRef, Objects: []string{j.object}, Devices: []string{loggerID}, Start: j.start,
	})
	require.NoError(j, err)
}

// breached records readings within the limits, then an excursion, and returns
// the breach.
func (j *job) breached() condition.Breach {
	gateway := j.client("manufacturer", "gateway")
	j.advance(10 * time.Minute)
	good := j.recording(1, telemetry.Hash{}, j.start, 50, 52, 51)
	recorded, err := gateway.Record(j.Context(), good.Bytes())
	require.NoError(j, err)
	require.Empty(j, recorded.Lanes[0].Breach)
	bad := j.recording(2, good.Root(), j.start.Add(4*time.Minute), 60, 90, 95, 93, 60)
	recorded, err = gateway.Record(j.Context(), bad.Bytes())
	require.NoError(j, err)
	require.True(j, recorded.Lanes[0].Opened)
	var breaches []condition.Breach
	for breach, err := range j.client("regulator", "auditor").Breaches(j.Context(), j.object) {
		require.NoError(j, err)
		breaches = append(breaches, breach)
	}
	require.Len(j, breaches, 1)
	require.Equal(j, recorded.Lanes[0].Breach, breaches[0].ID)
	return breaches[0]
}

func (j *job) shared() {
	ctx := j.Context()
	terms := collections.Terms{Price: "12.50", Currency: "EUR"}
	draft, err := client.NewRecord(terms, j.object)
	require.NoError(j, err)
	written, err := j.client("manufacturer", "operator").WriteConfidential(ctx, draft, "CarrierMSP")
	require.NoError(j, err)
	record, err := j.client("carrier", "operator").ReadConfidential(ctx, written.ID, "ManufacturerMSP")
	require.NoError(j, err)
	payload, err := record.Payload()
	require.NoError(j, err)
	require.Equal(j, terms, payload)
	_, err = j.client("retailer", "operator").ReadConfidential(ctx, written.ID, "ManufacturerMSP")
	require.Error(j, err)
	published, err := j.client("manufacturer", "operator").PublishConfidential(ctx, written.ID, "CarrierMSP")
	require.NoError(j, err)
	require.Equal(j, written.Hash, published.Record.Hash)
	found := 0
	for record, err := range j.client("regulator", "auditor").RecordsAbout(ctx, j.object) {
		require.NoError(j, err)
		require.Equal(j, published.Record, record)
		found++
	}
	require.Equal(j, 1, found)
}

func (j *job) run(v *verify.Verifier, policy verify.Policy, at func() time.Time) {
	ctx := j.Context()
	captured, err := j.capture("manufacturer", shipmenttest.Commission(j.object))
	require.NoError(j, err)
	require.Len(j, captured.Events, 1)
	require.NotZero(j, captured.Block)
	j.watched()
	breach := j.breached()
	ship := shipmenttest.Ship(shipmenttest.Carrier, j.object)
	_, err = j.capture("manufacturer", ship)
	require.ErrorIs(j, err, fault.Held)

	decided, err := j.client("manufacturer", "quality").Decide(ctx, condition.Statement{
		Breach: breach.ID, Meaning: condition.Release, Reason: "Stability data cover it.", Time: evaluation.MomentOf(at()),
	}, j.signatory)
	require.NoError(j, err)
	require.Equal(j, 1, decided.Released)
	read, err := j.client("regulator", "auditor").Breach(ctx, breach.ID)
	require.NoError(j, err)
	require.Equal(j, decided.Decision, *read.Decided)
	j.shared()

	_, err = j.capture("manufacturer", ship)
	require.NoError(j, err)
	_, err = j.capture("carrier", shipmenttest.Step("receiving", j.object))
	require.NoError(j, err)
	auditor := j.client("regulator", "auditor")
	twin, err := auditor.Twin(ctx, j.object)
	require.NoError(j, err)
	require.Equal(j, "CarrierMSP", twin.Custodian)
	var effects []product.Effect
	for entry, err := range auditor.History(ctx, j.object) {
		require.NoError(j, err)
		effects = append(effects, entry.Effect)
	}
	require.Equal(j, []product.Effect{product.Commissioned, product.Held, product.Released, product.Shipped, product.Received}, effects)
	event, err := auditor.Event(ctx, captured.Events[0].Event)
	require.NoError(j, err)
	require.Equal(j, captured.Transaction, event.Record.Transaction)

	for _, attest := range j.attested(auditor, captured.Events[0].Event, breach.ID) {
		statement, err := attest()
		require.NoError(j, err)
		report := v.Verify(statement, policy, at())
		require.True(j, report.Verified(), "%s", report)
	}
}
