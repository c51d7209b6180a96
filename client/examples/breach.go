package examples

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

// ReleaseBreach takes a breach from suspicion to release: an operator looks into it,
// the quality unit confirms it, and one of its persons decides with a signature.
// The goods are on hold until then.
func ReleaseBreach(ctx context.Context, t *Trade) error {
	breach, err := t.tooWarm(ctx)
	if err != nil {
		return err
	}
	if _, err := t.Manufacturer.InvestigateBreach(ctx, condition.StepRequest{
		Breach: breach, Reason: "The driver was asked.", RootCause: "The door stood open while a pallet was sought.",
	}); err != nil {
		return err
	}
	if _, err := t.Quality.ConfirmBreach(ctx, condition.StepRequest{Breach: breach, Reason: "It fits the log of the gate."}); err != nil {
		return err
	}
	shipping := object(epcis.Observe, "shipping", t.Item(0))
	shipping.DestinationList = to(RetailerGLN)
	_, err = t.Manufacturer.CaptureEvents(ctx, []epcis.Event{shipping})
	t.tell("on hold: %t", errors.Is(err, fault.Held))

	if _, err := t.Quality.Decide(ctx, condition.Statement{
		Breach: breach, Meaning: condition.Release, Reason: "Stability data cover it.",
	}, t.Signatory); err != nil {
		return err
	}
	for step, err := range t.Retailer.BreachSteps(ctx, breach) {
		if err != nil {
			return err
		}
		t.tell("%d %s by %s: %s", step.Number, step.Kind, step.By.MSP, step.State)
	}
	_, err = t.Manufacturer.CaptureEvents(ctx, []epcis.Event{shipping})
	return err
}

// tooWarm has goods watched that are too warm for half an hour, under a policy that
// asks for more than readings to confirm a breach, and returns the breach.
func (t *Trade) tooWarm(ctx context.Context) (breach string, err error) {
	now, day := time.Now().Truncate(time.Second), (24 * time.Hour).Milliseconds()
	key, err := t.coldChainUnder(ctx, now.Add(-40*time.Minute), func(policy *condition.DefinePolicyRequest) {
		policy.Hold, policy.Confirm = condition.HoldAtSuspicion, &condition.Confirm{AfterMs: &day}
	}, t.Item(0))
	if err != nil {
		return "", err
	}
	file, err := readings.ReadCSV(strings.NewReader(loggersFile(now, "5.0", "45.0", "45.5", "44.0", "6.0")), readings.CSV{})
	if err != nil {
		return "", err
	}
	sealed, err := file.Seal(rand.Reader, key, telemetry.Draft{Device: t.Logger()})
	if err != nil {
		return "", err
	}
	recorded, err := t.Carrier.Record(ctx, sealed[0].Bytes())
	if err != nil {
		return "", err
	}
	return recorded.Lanes[0].Breach, nil
}
