package condition

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// lastWindow judges what ending a watch at the last reading of a lane leaves
// open, since no reading comes any more that would show the end: the mean
// kinetic temperature of the last window. What breaks it is noted as if the last
// recording had shown it.
func (w *Watch) lastWindow(tx *ledger.Tx, lane *Lane) error {
	policy, err := loadPolicy(tx, w.Policy)
	if err != nil || policy.Terms.MKT == nil || lane.LastRecording == 0 {
		return err
	}
	terms, _, err := policy.align(lane.Unit)
	if err != nil {
		return err
	}
	outcome := lane.Evaluate(terms, w.window(), nil, 0)
	if outcome.Break != nil {
		last, found, err := ledger.Load[Recorded](tx, recordedKey(lane.Device, lane.LastRecording))
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.Internal, "recording %d of %s is missing", lane.LastRecording, lane.Device)
		}
		if _, err := lane.breach(tx, w, policy, *outcome.Break, last); err != nil {
			return err
		}
	}
	return ledger.Store(tx, laneKey(w.ID, lane.Device), lane)
}
