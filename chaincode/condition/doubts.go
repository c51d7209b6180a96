package condition

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// ReasonDevice stands before the reason of a doubt about the device, such as
// "device:asFoundFailed" ([participant.Doubt]), in the reasons of a judgement.
const ReasonDevice = "device:"

// judged is what a lane says, and what there is to be said against its device.
type judged struct {
	evaluation.Judgement
	Doubts []participant.Doubt
}

// judgeLanes judges a watch's lanes as of a moment. It is what queries and gates
// go by: the readings of a device that was not fit to be believed show nothing,
// so that a lane that they feed is undetermined where it would be kept. What is
// broken stays broken, since a doubtful device may have been right: a person
// decides.
//
// Beside the lanes it reads what decides whether their devices are believed:
// two keys a device in one trip, more where keys have changed or gateways vouch.
func judgeLanes(tx *ledger.Tx, watch *Watch, policy *Policy, lanes []*Lane, asOf evaluation.Moment) ([]judged, error) {
	devices := make([]string, len(lanes))
	for i, lane := range lanes {
		devices[i] = lane.Device
	}
	trusts, err := participant.LoadTrusts(tx, devices)
	if err != nil {
		return nil, err
	}
	found := make([]judged, len(lanes))
	for i, lane := range lanes {
		found[i] = judgeLane(watch, policy, lane, trusts[i], asOf)
	}
	return found, nil
}

// judgeLane judges one lane.
func judgeLane(watch *Watch, policy *Policy, lane *Lane, trust *participant.Trust, asOf evaluation.Moment) judged {
	result := judged{Judgement: lane.Judge(policy.Terms, watch.window(), asOf)}
	from, to, ok := watch.evidence(lane)
	if !ok {
		return result
	}
	result.Doubts = trust.Doubts(from.Time(), to.Time())
	for _, doubt := range result.Doubts {
		if reason := ReasonDevice + doubt.Reason; !slices.Contains(result.Reasons, reason) {
			result.Reasons = append(result.Reasons, reason)
		}
	}
	if len(result.Doubts) > 0 && result.Verdict == evaluation.Kept {
		result.Verdict = evaluation.Undetermined
	}
	return result
}

// evidence returns the time within a watch for which a lane has readings.
func (w *Watch) evidence(lane *Lane) (from, to evaluation.Moment, ok bool) {
	if lane.Last == nil {
		return 0, 0, false
	}
	from, to = w.Start, min(lane.Last.Time, w.window().End)
	return from, to, to >= from
}
