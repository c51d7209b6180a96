package condition

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// evaluate judges a recording in every unfinished watch that its device feeds,
// in the order of their ids.
func evaluate(tx *ledger.Tx, recording *telemetry.Recording, summary Recorded) ([]LaneResult, error) {
	entries, err := tx.Scan(ledger.NewKey("feed", summary.Device))
	if err != nil {
		return nil, err
	}
	results := []LaneResult{}
	for _, entry := range entries {
		_, parts := entry.Key.Parts()
		if len(parts) != 2 {
			return nil, fault.New(fault.Internal, "unreadable key %s", entry.Key)
		}
		result, err := evaluateIn(tx, parts[1], recording, summary)
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return results, nil
}

// evaluateIn judges a recording in one watch.
func evaluateIn(tx *ledger.Tx, id string, recording *telemetry.Recording, summary Recorded) (LaneResult, error) {
	watch, err := loadWatch(tx, id)
	if err != nil {
		return LaneResult{}, err
	}
	policy, err := loadPolicy(tx, watch.Policy)
	if err != nil {
		return LaneResult{}, err
	}
	lane, found, err := ledger.Load[Lane](tx, laneKey(id, summary.Device))
	if err != nil {
		return LaneResult{}, err
	}
	if !found {
		return LaneResult{}, fault.New(fault.Internal, "the lane of %s in watch %s is missing", summary.Device, id)
	}
	window := watch.window()
	broke := lane.Evaluate(policy.Terms, window, recording.Readings(), recording.Header().Scale)
	result := LaneResult{Watch: id, Verdict: lane.Verdict(policy.Terms, window, summary.Last)}
	if broke != nil {
		if result.Opened, err = lane.breach(tx, watch, policy, *broke, summary); err != nil {
			return LaneResult{}, err
		}
		result.Breach = lane.Breach
	}
	if summary.Last >= window.End { // nothing more can change this lane
		if err := tx.Delete(feedKey(summary.Device, id)); err != nil {
			return LaneResult{}, err
		}
	}
	return result, ledger.Store(tx, laneKey(id, summary.Device), lane)
}
