package condition_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Anybody's operator submits what a person signed. One that keeps a release back
// until more is known does not release that with it.
func TestAReleaseSignedBeforeMoreWasKnownDoesNotCount(t *testing.T) {
	for name, more := range map[string]func(w *world, breach string){
		"an excursion that went on": func(w *world, breach string) {
			require.Equal(w, breach, w.record(60, 200, 70, 200).Lanes[0].Breach)
		},
		"its own decision, reversed": func(w *world, breach string) {
			_, err := w.decide(w.as(maker, ledger.RoleQuality), w.says("d", breach, condition.Release), nil)
			require.NoError(w, err)
			w.now = w.now.Add(time.Hour)
			_, err = w.decide(w.named(maker, ledger.RoleQuality, "second"), upon(w.says("r", breach, condition.Reverse), maker+"/d"), nil)
			require.NoError(w, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, id := breached(t)
			early := w.says("early", id, condition.Release)
			more(w, id)
			_, err := w.decide(w.as(maker, ledger.RoleQuality), early, nil)
			require.ErrorIs(t, err, fault.InvalidRequest)
			require.True(t, w.isHeld(object(0)))
			_, err = w.decide(w.as(maker, ledger.RoleQuality), w.says("now", id, condition.Release), nil)
			require.NoError(t, err)
			require.False(t, w.isHeld(object(0)))
		})
	}
}
