package condition

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
)

// ReviewRequest names a watch.
type ReviewRequest struct {
	// Watch is its id, "MSP/name".
	Watch string `json:"watch" jsonschema:"maxLength=200"`
	// Object is something that was watched, in any GS1 form: then the allowance is
	// judged by all of its watches together. Absent: by this watch.
	Object string `json:"object,omitempty" jsonschema:"maxLength=200"`
}

// ReviewResponse is what a review found, and did.
type ReviewResponse struct {
	// Watch is the watch's id, AsOf the moment up to which it is judged: its end,
	// or now while it runs.
	Watch string            `json:"watch"`
	AsOf  evaluation.Moment `json:"asOf"`
	// Judgement is that of all devices together.
	evaluation.Judgement
	// Opened, Confirmed and Refuted are the ids of the breaches of which the review
	// did that.
	Opened    []string `json:"opened,omitempty"`
	Confirmed []string `json:"confirmed,omitempty"`
	Refuted   []string `json:"refuted,omitempty"`
	// More says that more is left to be freed of what refuted breaches held than
	// one transaction takes: condition:SpreadBreach goes on with each.
	More bool `json:"more,omitempty"`
	// Missing are the devices whose readings do not cover the time. That breaks
	// nothing; the verdict is undetermined until they are submitted.
	Missing []string `json:"missing,omitempty"`
}

// Review does for one watch what only all of its lanes together can tell: it
// confirms a suspected breach that enough other devices show at the same time;
// refutes one that the policy leaves to devices, when all others covered the time
// and show that it was kept; opens one for an object's allowance that several
// watches used up together; and says what readings are missing. Anyone registered
// may ask for it, at any time: it changes nothing that the readings on record do
// not ask for. [EndWatch] asks for it, but for the objects.
//
// Refusals: fault.NotFound for the watch, and for an object that it says nothing of;
// fault.InvalidIdentifier and fault.Unsupported for what is no single object;
// fault.LimitExceeded when too much is known of it; fault.NotParticipant and fault.ReaderOnly.
func Review(tx *ledger.Tx, req ReviewRequest) (ReviewResponse, error) {
	if _, err := participant.Require(tx); err != nil {
		return ReviewResponse{}, err
	}
	watch, err := loadWatch(tx, req.Watch)
	if err != nil {
		return ReviewResponse{}, err
	}
	return review(tx, watch, req.Object)
}

// reviewing is a review that is under way.
type reviewing struct {
	tx       *ledger.Tx
	watch    *Watch
	policy   *Policy
	lanes    []*Lane
	breaches []*Breach
	found    ReviewResponse
}

// review reviews a watch as it stands, and one of its objects when that is named, by
// whoever submits the transaction.
func review(tx *ledger.Tx, watch *Watch, object string) (ReviewResponse, error) {
	policy, err := loadPolicy(tx, watch.Policy)
	if err != nil {
		return ReviewResponse{}, err
	}
	r := reviewing{tx: tx, watch: watch, policy: policy}
	if r.lanes, err = watch.lanes(tx); err != nil {
		return ReviewResponse{}, err
	}
	r.found.Watch, r.found.AsOf = watch.ID, min(watch.window().End, evaluation.MomentOf(tx.Time()))
	if err := r.judge(); err != nil {
		return ReviewResponse{}, err
	}
	if err := r.corroborate(); err != nil || object == "" {
		return r.found, err
	}
	return r.found, r.reviewObject(object)
}

// breaches reads the breaches of a watch, by id.
func (w *Watch) breaches(tx *ledger.Tx) ([]*Breach, error) {
	entries, err := tx.Scan(ledger.NewKey("breachin", w.ID))
	if err != nil {
		return nil, err
	}
	return loadBreaches(tx, entries)
}

// firstBreaches reads the first thousand: were more refused, a sender with many
// names could keep a watch from being ended.
func (w *Watch) firstBreaches(tx *ledger.Tx) ([]*Breach, error) {
	entries, err := tx.First(ledger.NewKey("breachin", w.ID), ledger.MaxScan)
	if err != nil {
		return nil, err
	}
	return loadBreaches(tx, entries)
}

func loadBreaches(tx *ledger.Tx, entries []ledger.Entry) (breaches []*Breach, err error) {
	breaches = make([]*Breach, len(entries))
	for i, entry := range entries {
		_, parts := entry.Key.Parts() // watch, breach
		if breaches[i], err = loadBreach(tx, parts[1]); err != nil {
			return nil, err
		}
	}
	return breaches, nil
}

// judge judges the lanes, and notes what is missing.
func (r *reviewing) judge() error {
	judged, err := judgeLanes(r.tx, r.watch, r.policy, r.lanes, r.found.AsOf)
	if err != nil {
		return err
	}
	judgements := make([]evaluation.Judgement, len(judged))
	for i, lane := range r.lanes {
		judgements[i] = judged[i].Judgement
		if slices.ContainsFunc(judged[i].Reasons, isMissing) {
			r.found.Missing = append(r.found.Missing, lane.Device)
		}
	}
	r.found.Judgement = evaluation.Fold(judgements...)
	return nil
}

func isMissing(reason string) bool {
	return reason == evaluation.ReasonNoReadings || reason == evaluation.ReasonGap || reason == evaluation.ReasonCoverage
}

// submitters returns who submitted the recordings of a lane: of the last thousand,
// the first sixteen persons.
func (l *Lane) submitters(tx *ledger.Tx) ([]personal.Person, error) {
	first := max(l.FirstRecording, 1)
	if l.LastRecording > ledger.MaxScan {
		first = max(first, l.LastRecording-ledger.MaxScan+1)
	}
	var keys []ledger.Key
	for n := first; n <= l.LastRecording; n++ {
		keys = append(keys, recordedKey(l.Device, n))
	}
	recordings, err := ledger.LoadMany[Recorded](tx, keys)
	if err != nil {
		return nil, err
	}
	var by []personal.Person
	for _, known := range recordings {
		if known != nil && len(by) < maxSubmitters && !slices.ContainsFunc(by, known.By.Same) {
			by = append(by, known.By)
		}
	}
	return by, nil
}

// corroborate confirms and refutes suspected breaches by what other devices show.
func (r *reviewing) corroborate() (err error) {
	if r.policy.Confirm == nil || r.policy.Confirm.Devices == 0 {
		return nil
	}
	if r.breaches, err = r.watch.firstBreaches(r.tx); err != nil {
		return err
	}
	for _, b := range r.breaches {
		if b.State != StateSuspected && b.State != StateRefuted {
			continue
		}
		if r.devices(b) >= r.policy.Confirm.Devices {
			r.found.Confirmed = append(r.found.Confirmed, b.ID)
			if err := b.confirm(r.tx, r.watch, Step{By: personal.Of(r.tx.Caller()), How: ByDevices}); err != nil {
				return err
			}
			continue
		}
		refuted, err := r.refutes(b)
		if err != nil {
			return err
		}
		if !refuted {
			continue
		}
		r.found.Refuted = append(r.found.Refuted, b.ID)
		more, err := b.refute(r.tx)
		if err != nil {
			return err
		}
		r.found.More = r.found.More || more
	}
	return nil
}

// devices counts the devices with breaches that overlap one in time, its own
// among them.
func (r *reviewing) devices(b *Breach) int {
	var devices []string
	for _, other := range r.breaches {
		if other.From <= b.To && b.From <= other.To && !slices.Contains(devices, other.Device) {
			devices = append(devices, other.Device)
		}
	}
	return len(devices)
}

// refutes reports whether a suspected breach is over, and all other devices, of
// which there is one at least, covered its time and show that the policy was kept.
func (r *reviewing) refutes(b *Breach) (bool, error) {
	if b.State != StateSuspected || len(r.lanes) < 2 || r.devices(b) > 1 {
		return false, nil
	}
	judged, err := judgeLanes(r.tx, r.watch, r.policy, r.lanes, b.To)
	if err != nil {
		return false, err
	}
	for i, lane := range r.lanes {
		own := lane.Device == b.Device
		switch {
		case lane.Last == nil || lane.Last.Time < b.To:
			return false, nil
		case own && lane.Last.Time == b.To && b.To < r.watch.window().End:
			return false, nil // it goes on
		case !own && judged[i].Verdict != evaluation.Kept:
			return false, nil
		}
	}
	return true, nil
}

// refute lifts the hold of a suspected breach that other devices refute; more says
// that others are left.
func (b *Breach) refute(tx *ledger.Tx) (more bool, err error) {
	b.State, b.Held, b.Settled = StateRefuted, false, tx.Time()
	by := personal.Of(tx.Caller())
	if err := b.step(tx, Step{Kind: StepRefuted, By: by, How: ByDevices}); err != nil {
		return false, err
	}
	if _, more, err = b.release(tx, by); err != nil {
		return false, err
	}
	return more, b.store(tx)
}
