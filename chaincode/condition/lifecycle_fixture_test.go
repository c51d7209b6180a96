package condition_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// under is a world with a watch over three objects under a policy, with a number
// of devices.
func under(t *testing.T, c condition.Consequences, devices int) *world {
	w := newWorld(t)
	w.definePolicy(func(req *condition.DefinePolicyRequest) { req.Consequences = c })
	named := []string{deviceID}
	for i := 2; i <= devices; i++ {
		id := fmt.Sprintf("/8004/9506000LOGGER%d", i)
		w.register(id, edKey(byte(i)))
		named = append(named, id)
	}
	_, err := call(w, w.as(maker, ledger.RoleOperator), condition.StartWatch, condition.StartWatchRequest{
		Name: watchName, Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: w.commission(3, nil), Devices: named, Start: origin,
	})
	require.NoError(t, err)
	return w
}

// hot has the first device show what breaks the policy, and returns the breach.
func (w *world) hot() string {
	w.Helper()
	return w.record(0, 90, 10, 90, 20, 50).Lanes[0].Breach
}

// recordBy records with another device, as its first recording.
func (w *world) recordBy(number int, pairs ...int64) condition.RecordResponse {
	w.Helper()
	recording, err := telemetry.Seal(rand.Reader, edKey(byte(number)), telemetry.Draft{
		Device: fmt.Sprintf("/8004/9506000LOGGER%d", number), Sequence: 1, Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: readings(pairs...),
	})
	require.NoError(w, err)
	if last := recording.Last().At(); last.After(w.now) {
		w.now = last
	}
	resp, err := w.submit(w.as(maker, ledger.RoleGateway), recording.Bytes())
	require.NoError(w, err)
	return resp
}

func (w *world) review() condition.ReviewResponse {
	w.Helper()
	resp, err := call(w, w.as(carrier, ledger.RoleOperator), condition.Review, condition.ReviewRequest{Watch: watchID})
	require.NoError(w, err)
	return resp
}

func (w *world) steps(breach string) (kinds []string) {
	w.Helper()
	resp, err := ask(w, condition.ListSteps, condition.ListStepsRequest{Breach: breach})
	require.NoError(w, err)
	for i, s := range resp.Steps {
		require.Equal(w, i+1, s.Number)
		require.NotZero(w, s.Recorded)
		require.NotEmpty(w, s.By.MSP)
		kinds = append(kinds, s.Kind)
	}
	require.Equal(w, w.breach(breach).Steps, len(kinds))
	return kinds
}

func (w *world) open() (ids []string) {
	w.Helper()
	resp, err := ask(w, condition.OpenBreaches, condition.OpenBreachesRequest{Quality: maker})
	require.NoError(w, err)
	for _, b := range resp.Breaches {
		ids = append(ids, b.ID)
	}
	return ids
}

func (w *world) isHeld(path string) bool { return w.twin(path).Holds > 0 }

// says is a statement of the quality unit, or of who disputes.
func (w *world) says(id, breach, meaning string) condition.Statement {
	s := w.statement(breach, meaning)
	s.ID = id
	return s
}

func upon(s condition.Statement, decision string) condition.Statement {
	s.Decision = decision
	return s
}

// disputes is a dispute by the carrier, of something it has.
func (w *world) disputes(id, breach, decision string) condition.Statement {
	s := upon(w.says(id, breach, condition.Dispute), decision)
	s.Organisation, s.Object = carrier, object(0)
	return s
}

// hand gives objects to the carrier.
func (w *world) hand(path string) {
	w.Helper()
	change(w, path, func(t *product.Twin) { t.Custodian = carrier })
}

// change changes the twin of an object as an event would.
func change(w *world, path string, change func(*product.Twin)) {
	w.Helper()
	w.must(w.as(maker, ledger.RoleOperator), func(tx *ledger.Tx) error {
		id, err := gs1.Parse(path)
		require.NoError(w, err)
		batch, err := product.Open(tx, []gs1.ID{id})
		require.NoError(w, err)
		made, err := product.Prepare(tx, &epcis.Event{
			Type: epcis.ObjectEvent, Action: epcis.Observe, EventTime: w.now, EventTimeZoneOffset: "+00:00", BizStep: "storing", EPCList: []string{id.String()},
		})
		require.NoError(w, err)
		twin := batch.Twin(id)
		change(twin)
		batch.Record(twin, made, product.Observed)
		return batch.Close([]*product.NewEvent{made})
	})
}
