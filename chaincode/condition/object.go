package condition

import (
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// ReadObjectRequest asks how an object was kept.
type ReadObjectRequest struct {
	// Object is a single object in any GS1 form.
	Object string `json:"object"`
	// Policy is the id of the policy that is asked for, "MSP/name"; absent: each
	// that applied to the object.
	Policy string `json:"policy,omitempty" jsonschema:"maxLength=200"`
	// From and To are the time that is asked for, by event time; absent: from the
	// beginning of the object's present life, and up to now.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// ReadObjectResponse is all that is known of how an object was kept.
type ReadObjectResponse struct {
	// Object is its canonical path.
	Object string `json:"object"`
	// AsOf is the moment up to which readings are asked for.
	AsOf evaluation.Moment `json:"asOf"`
	// Policies are those that applied to it, by their ids; none when none did.
	Policies []ObjectPolicy `json:"policies"`
}

// ObjectPolicy is how an object was kept by one policy, by all of its watches
// together.
type ObjectPolicy struct {
	// Policy is the latest of the versions that applied. What is allowed over all
	// watches is its word; what was out of range, each watch measured by the version
	// of its own. The watches of an earlier version are judged by that, too.
	Policy PolicyRef `json:"policy"`
	// Judgement is broken when what is known exactly, or at least, breaks a
	// rule; undetermined when it may have been broken, or readings are missing.
	// Its reasons are those of evaluation.Judgement and of ReadWatch.
	evaluation.Judgement
	// Bands are those of the latest version, in their order.
	Bands []ObjectBand `json:"bands,omitempty"`
	// Restored is since when excursions count towards the allowance and the
	// longest excursion: the end of the last breach in these watches for which
	// the quality unit restored the allowance, unless another that began before is
	// undecided or the goods were rejected. Absent: all of them count.
	Restored *evaluation.Moment `json:"restored,omitempty"`
	// Watches are the times for which watches applied, by their ids and then in
	// order of time. Outside of them nothing is known, and nothing judged.
	Watches []ObjectWatch `json:"watches"`

	broken []string // the reasons that are certain
}

// ObjectBand is what an object suffered out of one band.
type ObjectBand struct {
	// Name is that of the band.
	Name string `json:"name"`
	// OutMs is the time of excursions in all, over all watches and custodians.
	// Of devices that measured the same time, the worst counts; time is never
	// counted twice.
	OutMs Bounds `json:"outMs"`
	// LongestMs is the longest single excursion: at least, within any one watch; at
	// most, with what goes on from one watch into the next.
	LongestMs Bounds `json:"longestMs"`
	// LeftMs is what is left of the allowance at least; absent where the band has
	// none.
	LeftMs *int64 `json:"leftMs,omitempty"`
}

// ObjectWatch is a time for which a watch applied to an object.
type ObjectWatch struct {
	// Watch is its id, By the MSP id of who started it.
	Watch string `json:"watch"`
	By    string `json:"by"`
	// Version is that of the policy.
	Version int `json:"version"`
	// From and To are the time, both included.
	From evaluation.Moment `json:"from"`
	To   evaluation.Moment `json:"to"`
	// Whole says that it is all of the watch, up to now.
	Whole bool `json:"whole"`
	// Gaps counts the stretches without readings, which last MissingMs together,
	// of the device with most of them; at most that many, where only part of a
	// recording is of this time.
	Gaps      uint64 `json:"gaps,omitempty"`
	MissingMs int64  `json:"missingMs,omitempty"`
}

// ReadObject folds all that is known of how one object was kept: its own watches
// and those of the containers and places that it was in, for the time it was in
// each, by what events say happened. An allowance for an object is for all of its
// way, whoever had it: this is where it is added up.
//
// For a watch whose whole time the object was there, the lanes say all. For a
// part of it the runs at its ends do ([Run]): exactly, unless a recording has more
// excursions than a run names, or one there is too short as yet to count; then
// what follows are bounds, and a verdict that depends on them is undetermined.
// The same holds for a mean kinetic temperature over the limit in a watch of
// which the object saw a part.
//
// Anyone may. It fails with fault.InvalidIdentifier, fault.Unsupported,
// fault.NotFound, fault.InvalidRequest, and with fault.LimitExceeded when too much
// says where it was and how: ask for a shorter time, or one policy.
func ReadObject(tx *ledger.Tx, req ReadObjectRequest) (ReadObjectResponse, error) {
	id, err := product.ParseObject(req.Object)
	if err != nil {
		return ReadObjectResponse{}, fault.Of(err).At("/object")
	}
	from, asOf := evaluation.Moment(0), evaluation.MomentOf(tx.Time())
	if !req.From.IsZero() {
		from = evaluation.MomentOf(req.From)
	}
	if !req.To.IsZero() {
		asOf = min(asOf, evaluation.MomentOf(req.To))
	}
	if from > asOf {
		return ReadObjectResponse{}, fault.New(fault.InvalidRequest, "the time ends before it begins").At("/from")
	}
	policies, err := foldObject(tx, id, req.Policy, from, asOf)
	return ReadObjectResponse{Object: id.Path(), AsOf: asOf, Policies: policies}, err
}

// foldObject folds what is known of an object by each policy. It can stand in an
// update, where it reads no pages.
func foldObject(tx *ledger.Tx, id gs1.ID, policy string, from, asOf evaluation.Moment) ([]ObjectPolicy, error) {
	all, err := appliedTo(tx, id, policy, from, asOf)
	if err != nil {
		return nil, err
	}
	policies := []ObjectPolicy{}
	for _, ref := range policiesOf(all) {
		its := slices.DeleteFunc(slices.Clone(all), func(a *applied) bool { return a.watch.Policy.ID != ref.ID })
		folded, err := foldPolicy(tx, id, ref, its, asOf)
		if err != nil {
			return nil, err
		}
		policies = append(policies, folded)
	}
	return policies, nil
}

// policiesOf returns the latest version of each policy, by id.
func policiesOf(all []*applied) []PolicyRef {
	var refs []PolicyRef
	for _, a := range all {
		i := slices.IndexFunc(refs, func(r PolicyRef) bool { return r.ID == a.watch.Policy.ID })
		if i < 0 {
			refs = append(refs, a.watch.Policy)
		} else {
			refs[i].Version = max(refs[i].Version, a.watch.Policy.Version)
		}
	}
	slices.SortFunc(refs, func(a, b PolicyRef) int { return strings.Compare(a.ID, b.ID) })
	return refs
}

// foldPolicy folds the watches of one policy.
func foldPolicy(tx *ledger.Tx, id gs1.ID, ref PolicyRef, all []*applied, asOf evaluation.Moment) (ObjectPolicy, error) {
	folded := ObjectPolicy{Policy: ref}
	since, err := restored(tx, id, all)
	if err != nil {
		return folded, err
	}
	f := objectFold{asOf: asOf, all: all}
	if since > 0 {
		folded.Restored = &since
		f.all = cut(all, since)
	}
	latest := slices.IndexFunc(all, func(a *applied) bool { return a.watch.Policy == ref })
	for _, band := range all[latest].policy.Terms.Bands {
		suffered, err := f.band(band)
		if err != nil {
			return folded, err
		}
		folded.Bands = append(folded.Bands, suffered)
	}
	if err := f.earlier(ref); err != nil {
		return folded, err
	}
	for _, a := range f.all {
		f.kinetic(a)
	}
	for _, a := range all { // what is restored are excursions, and no readings
		if err := f.evidence(a); err != nil {
			return folded, err
		}
		watch, err := a.view(asOf)
		if err != nil {
			return folded, err
		}
		folded.Watches = append(folded.Watches, watch)
	}
	folded.Judgement, folded.broken = f.judgement(), f.broken
	return folded, nil
}

// view is what is told of a watch for a time.
func (a *applied) view(asOf evaluation.Moment) (ObjectWatch, error) {
	view := ObjectWatch{
		Watch: a.watch.ID, By: a.watch.By, Version: a.watch.Policy.Version,
		From: a.from, To: a.to, Whole: a.whole(asOf),
	}
	for _, lane := range a.lanes {
		found, err := lane.counted(a.from, a.to)
		if err != nil {
			return view, err
		}
		view.Gaps, view.MissingMs = max(view.Gaps, found.Gaps), max(view.MissingMs, found.MissingMs)
	}
	return view, nil
}
