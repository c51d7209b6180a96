package condition

import (
	"cmp"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Limits of [ReadObject].
const (
	// MaxWatchesRead bounds the watches that are or were about any one thing or
	// place where the object was; within an update, [ledger.MaxScan] does.
	MaxWatchesRead = 5000
	// MaxApplied bounds the times for which watches applied to the object.
	MaxApplied = 1000
	// MaxRunsRead bounds the recordings that are looked at, of all that were made
	// in that time: a dozen for each device and change, more for long excursions.
	MaxRunsRead = 5000
)

// applied is a watch for a time in which it applied to an object.
type applied struct {
	watch    *Watch
	policy   *Policy
	lanes    []*laneTime
	trusts   []*participant.Trust
	from, to evaluation.Moment
}

// whole reports whether the object was there for all of the watch, as of the time
// that is asked for.
func (a *applied) whole(asOf evaluation.Moment) bool {
	return a.from <= a.watch.Start && a.to >= min(asOf, a.watch.window().End)
}

// appliedTo finds the watches that applied to an object, by the things and places
// around it, in the order of their ids and then of time. An empty policy stands
// for all.
func appliedTo(tx *ledger.Tx, id gs1.ID, policy string, from, to evaluation.Moment) ([]*applied, error) {
	sojourns, err := product.Sojourns(tx, id, int64(from), int64(to))
	if err != nil {
		return nil, err
	}
	watches, err := watchesAbout(tx, sojourns)
	if err != nil {
		return nil, err
	}
	var found []*applied
	for i, s := range sojourns {
		for _, watch := range watches[i] {
			a := &applied{watch: watch, from: max(evaluation.Moment(s.From), watch.Start), to: min(evaluation.Moment(s.To), watch.window().End)}
			if a.from <= a.to && (policy == "" || watch.Policy.ID == policy) {
				found = append(found, a)
			}
		}
	}
	found = joined(found)
	if len(found) > MaxApplied {
		return nil, fault.New(fault.LimitExceeded, "watches applied to it for more than %d times: ask for a shorter time, or one policy", MaxApplied).About(id.Path())
	}
	return found, complete(tx, found)
}

// watchesAbout reads the watches about each of several things and places.
func watchesAbout(tx *ledger.Tx, sojourns []product.Sojourn) ([][]*Watch, error) {
	var keys []ledger.Key
	counts := make([]int, len(sojourns))
	for i, s := range sojourns {
		prefix := ledger.NewKey("watched", s.Subject)
		if prefix == "" { // a place whose URI is too long for a key: nobody watches it
			continue
		}
		entries, err := listed(tx, prefix)
		if err != nil {
			return nil, fault.Of(err).About(s.Subject)
		}
		counts[i] = len(entries)
		for _, entry := range entries {
			_, parts := entry.Key.Parts()
			keys = append(keys, watchKey(parts[len(parts)-1]))
		}
	}
	all := make([]*Watch, len(keys))
	if err := loadEach(tx, keys, func(i int, w *Watch) { all[i] = w }); err != nil {
		return nil, err
	}
	watches := make([][]*Watch, len(sojourns))
	for i, n := range counts {
		watches[i], all = all[:n:n], all[n:]
	}
	return watches, nil
}

// listed reads an index: a query page by page, so that a custodian who starts and
// ends watch after watch does not soon keep others from asking.
func listed(tx *ledger.Tx, prefix ledger.Key) (all []ledger.Entry, err error) {
	if !tx.ReadOnly() {
		return tx.Scan(prefix)
	}
	for bookmark := ""; ; {
		var page []ledger.Entry
		if page, bookmark, err = tx.Page(prefix, ledger.MaxPage, bookmark); err != nil {
			return nil, err
		}
		all = append(all, page...)
		switch {
		case len(all) > MaxWatchesRead:
			return nil, fault.New(fault.LimitExceeded, "there are more than %d watches about it", MaxWatchesRead)
		case bookmark == "":
			return all, nil
		}
	}
}

// joined makes one of the times of a watch that touch: an object and its container
// may be watched by the same.
func joined(found []*applied) []*applied {
	slices.SortFunc(found, func(a, b *applied) int {
		return cmp.Or(cmp.Compare(a.watch.ID, b.watch.ID), cmp.Compare(a.from, b.from))
	})
	var all []*applied
	for _, a := range found {
		if n := len(all); n > 0 && all[n-1].watch.ID == a.watch.ID && a.from <= all[n-1].to {
			all[n-1].to = max(all[n-1].to, a.to)
			continue
		}
		all = append(all, a)
	}
	return all
}

// complete reads what the verdicts need.
func complete(tx *ledger.Tx, found []*applied) error {
	policies := make([]ledger.Key, len(found))
	for i, a := range found {
		policies[i] = policyKey(a.watch.Policy)
	}
	if err := loadEach(tx, policies, func(i int, p *Policy) { found[i].policy = p }); err != nil {
		return err
	}
	budget := MaxRunsRead
	for _, a := range found {
		lanes, err := a.watch.lanes(tx)
		if err != nil {
			return err
		}
		if a.trusts, err = participant.LoadTrusts(tx, a.watch.Devices); err != nil {
			return err
		}
		for _, lane := range lanes {
			a.lanes = append(a.lanes, &laneTime{tx: tx, budget: &budget, watch: a.watch, lane: lane, runs: map[uint64]*Run{}})
		}
	}
	return nil
}

// cut leaves of applied times what is after a moment.
func cut(all []*applied, since evaluation.Moment) []*applied {
	var left []*applied
	for _, a := range all {
		if a.to > since {
			later := *a
			later.from = max(a.from, since)
			left = append(left, &later)
		}
	}
	return left
}

// restored returns the end of the last breach in the watches of an object for which a decision
// restored the allowance: what was out of range up to then counts no longer. It is 0
// while another breach that began before is undecided, and when goods were rejected
// for one: a decision on one breach is none on the others.
func restored(tx *ledger.Tx, id gs1.ID, all []*applied) (since evaluation.Moment, err error) {
	unforgiven := evaluation.Open
	for _, a := range all {
		breaches, err := a.watch.breaches(tx)
		if err != nil {
			return 0, err
		}
		for _, b := range breaches {
			about := b.Object == "" || b.Object == id.Path() // else it is about another of what was watched
			if !about || b.From > a.to || b.To < a.from {
				continue
			}
			switch {
			case b.undecided() || b.Meaning == Reject:
				unforgiven = min(unforgiven, b.From)
			case b.State == StateDecided && b.Meaning == RestoreAllowance:
				since = max(since, b.To)
			}
		}
	}
	if unforgiven <= since {
		return 0, nil
	}
	return since, nil
}
