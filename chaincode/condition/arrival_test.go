package condition_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// In whatever order the recordings of two devices arrive, the verdicts of the watch
// and of the object are the same.
func TestTheOrderOfArrivalDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(draw *rapid.T) {
		runs := map[string][][]int64{}
		for _, device := range []string{"one", "two"} {
			minute := int64(0)
			for range rapid.IntRange(1, 5).Draw(draw, "recordings") {
				var pairs []int64
				for range rapid.IntRange(1, 6).Draw(draw, "readings") {
					minute += rapid.Int64Range(1, 70).Draw(draw, "step")
					pairs = append(pairs, minute, rapid.Int64Range(0, 120).Draw(draw, "value"))
				}
				runs[device] = append(runs[device], pairs)
			}
		}
		in := func(order func(left map[string]int) string) (condition.ReadWatchResponse, condition.ObjectPolicy) {
			r := onRoute(t, nil)
			r.logger(Manufacturer, "one")
			r.logger(Manufacturer, "two")
			r.say(Manufacturer, 0, Commission(item))
			r.watch(Manufacturer, "m", 0, 0, []string{item}, "one", "two")
			r.goTo(2500) // whatever is submitted first
			left := map[string]int{"one": len(runs["one"]), "two": len(runs["two"])}
			for left["one"]+left["two"] > 0 {
				device := order(left)
				all := runs[device]
				r.log(device, all[len(all)-left[device]]...)
				left[device]--
			}
			var watch condition.ReadWatchResponse
			require.NoError(t, r.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
				watch, err = condition.ReadWatch(tx, condition.ReadWatchRequest{ID: Manufacturer + "/m"})
				return err
			}))
			return watch, r.kept(item, nil)
		}
		first := func(left map[string]int) string {
			if left["one"] > 0 {
				return "one"
			}
			return "two"
		}
		mixed := func(left map[string]int) string {
			if left["one"] == 0 || left["two"] > 0 && rapid.Bool().Draw(draw, "two first") {
				return "two"
			}
			return "one"
		}
		watchA, objectA := in(first)
		watchB, objectB := in(mixed)
		require.Equal(draw, watchA.Judgement, watchB.Judgement)
		for i := range watchA.Lanes {
			require.Equal(draw, watchA.Lanes[i].Tally, watchB.Lanes[i].Tally)
		}
		require.Equal(draw, objectA.Judgement, objectB.Judgement)
		require.Equal(draw, objectA.Bands, objectB.Bands)
	})
}

// A recording names no channel: what a device measured is true wherever the device
// is registered with that key. Each channel has a chain of its own, so that none
// can be left out, and what follows from it names the channel.
func TestARecordingCountsOnEachChannelWhereItsDeviceIsRegistered(t *testing.T) {
	one, other := watching(t), newWorldOn(t, memledger.New("other"))
	other.definePolicy(nil)
	_, err := other.startWatch(watchName, other.commission(3, nil))
	require.NoError(t, err)
	all := one.sealMany(readings(0, 50, 5, 90), readings(15, 90, 25, 90))
	other.now = one.now
	first, err := one.submitMany(all...)
	require.NoError(t, err)
	_, err = other.submitMany(all[1])
	require.Error(t, err, "nothing can be left out there, either")
	second, err := other.submitMany(all...)
	require.NoError(t, err)
	require.Equal(t, first.Lanes[0].Judgement, second.Lanes[0].Judgement)
	require.Equal(t, evaluation.Broken, second.Lanes[0].Verdict)
	require.NotEqual(t, first.Lanes[0].Breach, second.Lanes[0].Breach, "a decision on one is none on the other")
}
