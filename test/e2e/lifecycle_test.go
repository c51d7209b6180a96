package e2e_test

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// breachLives takes a breach through its life: suspected by one device, confirmed by
// a second, returned under a permission, decided, disputed, and answered by nobody
// who may not.
func breachLives(t *testing.T, w world) {
	goods := objects(2)
	must(t, w, manufacturer, commission(goods))
	one, two := newSensor(t, w, manufacturer), newSensor(t, w, manufacturer)
	policy := upTo8(t, w, time.Minute, func(c *condition.Consequences) {
		c.Hold, c.Confirm, c.DisputeMs = condition.HoldAtConfirmation, &condition.Confirm{Devices: 2}, time.Hour.Milliseconds()
	})
	begun := time.Now().Add(-time.Hour).Truncate(time.Second)
	id := watch(t, w, manufacturer, policy, begun, goods, one, two)
	breach := mustRecord(t, w, one.seal(begun, 50, 95, 95, 95, 50)).Lanes[0].Breach
	must(t, w, manufacturer, ship(goods[:1], carrier))
	must(t, w, carrier, receive(goods[:1]))

	operator, quality, theirs := w.client(t, manufacturer, "operator"), w.client(t, manufacturer, "quality"), w.client(t, carrier, "operator")
	reviewed, err := theirs.Review(t.Context(), condition.ReviewRequest{Watch: id})
	require.NoError(t, err)
	require.Empty(t, reviewed.Confirmed)
	mustRecord(t, w, two.seal(begun, 50, 50, 95, 95, 95, 50))
	reviewed, err = theirs.Review(t.Context(), condition.ReviewRequest{Watch: id})
	require.NoError(t, err)
	require.Len(t, reviewed.Confirmed, 2)
	_, err = theirs.AcknowledgeBreach(t.Context(), condition.StepRequest{Breach: breach, Object: goods[0]})
	require.NoError(t, err)
	_, err = theirs.AcknowledgeBreach(t.Context(), condition.StepRequest{Breach: breach, Object: goods[1]})
	require.ErrorIs(t, err, fault.NotParty)
	open := map[string]bool{}
	for b, err := range quality.OpenBreaches(t.Context(), "") {
		require.NoError(t, err)
		open[b.ID] = true
	}

	back := ship(goods[:1], manufacturer)
	back["disposition"] = "returned"
	signatory := w.signatory(t, manufacturer, "quality")
	for _, b := range reviewed.Confirmed {
		require.True(t, open[b])
		_, err = capture(t, w, carrier, back)
		require.ErrorIs(t, err, fault.Held, "each hold needs a permission")
		_, err = operator.Authorise(t.Context(), condition.Permission{
			Breach: b, Purpose: product.ForReturn, Destination: manufacturerMSP, Until: evaluation.MomentOf(time.Now().Add(time.Hour)), Reason: "Back to quarantine.",
		}, signatory)
		require.NoError(t, err)
	}
	_, err = capture(t, w, carrier, ship(goods[:1], retailer))
	require.ErrorIs(t, err, fault.Held, "elsewhere")
	must(t, w, carrier, back)

	decided, err := quality.Decide(t.Context(), condition.Statement{Breach: breach, Meaning: condition.Release, Reason: "Stability data cover it."}, signatory)
	require.NoError(t, err)
	require.Equal(t, 2, decided.Released)
	twin, err := operator.Twin(t.Context(), goods[0])
	require.NoError(t, err)
	require.Len(t, twin.Holds, 1)
	dispute := condition.Statement{
		Breach: breach, Meaning: condition.Dispute, Decision: decided.Breach.Decision, Organisation: carrierMSP, Object: goods[0], Reason: "Ours says otherwise.",
	}
	_, err = operator.Decide(t.Context(), dispute, signatory)
	require.ErrorIs(t, err, fault.NotIndependent, "a person of another organisation")
	disputed, err := theirs.Decide(t.Context(), dispute, w.signatory(t, carrier, "quality"))
	require.NoError(t, err)
	require.Equal(t, condition.StateDisputed, disputed.Breach.State)
	twin, err = operator.Twin(t.Context(), goods[0])
	require.NoError(t, err)
	require.Len(t, twin.Holds, 2, "who disputes has it still")
	_, err = quality.Decide(t.Context(), condition.Statement{
		Breach: breach, Meaning: condition.Release, Decision: decided.Breach.Decision, Reason: "I insist.",
	}, signatory)
	require.ErrorIs(t, err, fault.NotIndependent, "who took the first does not answer")

	_, err = w.client(t, carrier, "admin").RevokeCertificate(t.Context(), participant.RevokeCertificateRequest{
		Certificate: base64.StdEncoding.EncodeToString(signatory.Certificate.Raw), Reason: "not its own: it counts for nobody else's",
	})
	require.NoError(t, err)
	kinds := []string{}
	for step, err := range w.client(t, regulator, "auditor").BreachSteps(t.Context(), breach) {
		require.NoError(t, err)
		kinds = append(kinds, step.Kind)
	}
	require.Equal(t, []string{
		condition.StepOpened, condition.StepConfirmed, condition.StepAcknowledged, condition.StepPermitted, condition.StepDecided, condition.StepDisputed,
	}, kinds)
}
