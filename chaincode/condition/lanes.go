package condition

import (
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// fed is an unfinished watch that a device feeds, with the device's lane.
type fed struct {
	watch  *Watch
	policy *Policy
	lane   *Lane
}

// evaluate judges recordings, one after another, in every unfinished watch that
// their device feeds, in the order of their ids. Each lane is read and written
// once.
func evaluate(tx *ledger.Tx, trust *participant.Trust, run []recordingOf) ([]LaneResult, error) {
	feeds, err := loadFed(tx, trust.Device.ID)
	if err != nil {
		return nil, err
	}
	if err := affordable(run, len(feeds)); err != nil {
		return nil, err
	}
	results := []LaneResult{}
	for _, f := range feeds {
		result, err := f.evaluate(tx, trust, run)
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return results, nil
}

// affordable refuses several recordings that take endorsers too long.
func affordable(run []recordingOf, watches int) error {
	readings := 0
	for _, recording := range run {
		readings += recording.summary.Readings
	}
	if len(run) > 1 && readings*watches > MaxEvaluated {
		return fault.New(fault.LimitExceeded, "%d readings in %d watches are too much for one transaction, at most %d together: submit fewer recordings at once",
			readings, watches, MaxEvaluated)
	}
	return nil
}

// loadFed reads what a device feeds, in three trips however much that is.
func loadFed(tx *ledger.Tx, device string) ([]fed, error) {
	entries, err := tx.Scan(ledger.NewKey("feed", device))
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	return loadLanes(tx, entries, device)
}

// loadLanes reads the watches that entries of an index from a device to its
// watches name, with the device's lanes.
func loadLanes(tx *ledger.Tx, entries []ledger.Entry, device string) ([]fed, error) {
	watches, lanes := make([]ledger.Key, len(entries)), make([]ledger.Key, len(entries))
	for i, entry := range entries {
		_, parts := entry.Key.Parts()
		if len(parts) != 2 {
			return nil, fault.New(fault.Internal, "unreadable key %s", entry.Key)
		}
		watches[i], lanes[i] = watchKey(parts[1]), laneKey(parts[1], device)
	}
	feeds, policies := make([]fed, len(entries)), make([]ledger.Key, len(entries))
	if err := loadEach(tx, watches, func(i int, w *Watch) { feeds[i].watch, policies[i] = w, policyKey(w.Policy) }); err != nil {
		return nil, err
	}
	if err := loadEach(tx, lanes, func(i int, l *Lane) { feeds[i].lane = l }); err != nil {
		return nil, err
	}
	return feeds, loadEach(tx, policies, func(i int, p *Policy) { feeds[i].policy = p })
}

// loadEach reads records that must be there.
func loadEach[T any](tx *ledger.Tx, keys []ledger.Key, take func(int, *T)) error {
	records, err := ledger.LoadMany[T](tx, keys)
	if err != nil {
		return err
	}
	for i, record := range records {
		if record == nil {
			return fault.New(fault.Internal, "%s is missing", keys[i])
		}
		take(i, record)
	}
	return nil
}

// evaluate judges recordings in one watch, up to the first that reaches its end:
// nothing can change the lane after that.
func (f fed) evaluate(tx *ledger.Tx, trust *participant.Trust, run []recordingOf) (LaneResult, error) {
	window, device := f.watch.window(), f.lane.Device
	result, last := LaneResult{Watch: f.watch.ID}, evaluation.Moment(0)
	for i, recording := range run {
		before := f.lane.Tally
		outcome, err := f.lane.take(f.policy, window, recording.Recording)
		if err != nil {
			return LaneResult{}, ofRecording(i, err)
		}
		said := runOf(f, before, recording.summary, outcome)
		if err := ledger.Store(tx, runKey(f.watch.ID, device, recording.summary.Sequence), said); err != nil {
			return LaneResult{}, err
		}
		f.lane.counts(recording.summary.Sequence)
		run[i].summary.Archived = run[i].summary.Archived || f.policy.Archive
		if outcome.Break != nil {
			opened, err := f.lane.breach(tx, f.watch, f.policy, *outcome.Break, recording.summary)
			if err != nil {
				return LaneResult{}, err
			}
			result.Breach, result.Opened = f.lane.Breach, result.Opened || opened
		}
		if last = recording.summary.Last; last >= window.End {
			if err := tx.Delete(feedKey(device, f.watch.ID)); err != nil {
				return LaneResult{}, err
			}
			break
		}
	}
	result.Judgement = judgeLane(f.watch, f.policy, f.lane, trust, last).Judgement
	return result, ledger.Store(tx, laneKey(f.watch.ID, device), f.lane)
}

// counts notes that a recording was evaluated.
func (l *Lane) counts(sequence uint64) {
	if l.FirstRecording == 0 {
		l.FirstRecording = sequence
	}
	l.LastRecording = sequence
}
