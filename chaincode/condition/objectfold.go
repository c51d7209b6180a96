package condition

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
)

// objectFold folds the watches of one policy that applied to an object.
type objectFold struct {
	asOf   evaluation.Moment
	all    []*applied
	broken []string // rules, in the order of the terms
	doubts []string // other reasons, in order of appearance
}

func (f *objectFold) judgement() evaluation.Judgement {
	doubts := slices.DeleteFunc(f.doubts, func(reason string) bool { return slices.Contains(f.broken, reason) })
	judgement := evaluation.Judgement{Verdict: evaluation.Kept, Reasons: slices.Concat(f.broken, doubts)}
	switch {
	case len(f.broken) > 0:
		judgement.Verdict = evaluation.Broken
	case len(doubts) > 0:
		judgement.Verdict = evaluation.Undetermined
	}
	return judgement
}

func note(reasons []string, reason string) []string {
	if slices.Contains(reasons, reason) {
		return reasons
	}
	return append(reasons, reason)
}

// weigh notes a rule: broken for certain, or perhaps.
func (f *objectFold) weigh(rule string, certain, perhaps bool) {
	switch {
	case certain:
		f.broken = note(f.broken, rule)
	case perhaps:
		f.doubts = note(f.doubts, rule)
	}
}

// exceeds reports whether excursions are over what is allowed: at least, and at
// most. Where nothing is allowed, any is.
func exceeds(allowed *int64, found Bounds, any bool) (certain, perhaps bool) {
	if allowed == nil {
		return false, false
	}
	over := func(ms int64) bool { return ms > *allowed }
	return over(found.AtLeast) || any && *allowed == 0, over(found.AtMost)
}

// band adds up what the object suffered out of one band, and judges it.
func (f *objectFold) band(band evaluation.Band) (ObjectBand, error) {
	suffered := ObjectBand{Name: band.Name}
	out, across, err := f.out(band.Name)
	if err != nil {
		return suffered, err
	}
	suffered.OutMs = out
	any := false
	for _, a := range f.all {
		longest, some, err := a.longest(band.Name, f.asOf)
		if err != nil {
			return suffered, err
		}
		suffered.LongestMs, any = suffered.LongestMs.worse(longest), any || some
	}
	suffered.LongestMs.AtMost = max(suffered.LongestMs.AtMost, across)
	certain, perhaps := exceeds(band.LongestExcursionMs, suffered.LongestMs, any)
	f.weigh(band.Name+":"+evaluation.RuleLongest, certain, perhaps)
	certain, perhaps = exceeds(band.AllowanceMs, suffered.OutMs, any)
	f.weigh(band.Name+":"+evaluation.RuleAllowance, certain, perhaps)
	if band.AllowanceMs != nil {
		left := max(0, *band.AllowanceMs-suffered.OutMs.AtMost)
		suffered.LeftMs = &left
	}
	return suffered, nil
}

// earlier judges the bands of each version before the latest over the watches of
// that version: a later one forgives nothing.
func (f *objectFold) earlier(latest PolicyRef) error {
	for i, a := range f.all {
		same := func(b *applied) bool { return b.watch.Policy == a.watch.Policy }
		if a.watch.Policy == latest || slices.ContainsFunc(f.all[:i], same) {
			continue
		}
		other := func(b *applied) bool { return !same(b) }
		its := objectFold{asOf: f.asOf, all: slices.DeleteFunc(slices.Clone(f.all), other), broken: f.broken, doubts: f.doubts}
		for _, band := range a.policy.Terms.Bands {
			if _, err := its.band(band); err != nil {
				return err
			}
		}
		f.broken, f.doubts = its.broken, its.doubts
	}
	return nil
}

// index is the place of a band in the version of the policy that a watch has; -1
// when it has none of that name.
func (a *applied) index(band string) int {
	return slices.IndexFunc(a.policy.Terms.Bands, func(b evaluation.Band) bool { return b.Name == band })
}

// out is the time out of a band by the worst of the devices.
func (a *applied) out(band string, from, to evaluation.Moment) (worst Bounds, err error) {
	i := a.index(band)
	if i < 0 {
		return worst, nil
	}
	for _, lane := range a.lanes {
		found, err := lane.out(i, from, to)
		if err != nil {
			return worst, err
		}
		worst = worst.worse(found)
	}
	return worst, nil
}

// longest is the longest excursion out of a band by any of the devices, and
// whether there was one at all.
func (a *applied) longest(band string, asOf evaluation.Moment) (worst Bounds, any bool, err error) {
	i := a.index(band)
	if i < 0 {
		return worst, false, nil
	}
	for _, lane := range a.lanes {
		found, some, err := a.longestOf(lane, i, asOf)
		if err != nil {
			return worst, false, err
		}
		worst, any = worst.worse(found), any || some
	}
	return worst, any, nil
}

func (a *applied) longestOf(lane *laneTime, band int, asOf evaluation.Moment) (Bounds, bool, error) {
	if tally := lane.lane.Tally; band < len(tally.Bands) && a.whole(asOf) {
		return exactly(tally.Bands[band].LongestMs), tally.Bands[band].Excursions > 0, nil
	}
	out, err := lane.out(band, a.from, a.to)
	if err != nil {
		return Bounds{}, false, err
	}
	return lane.longest(band, a.from, a.to, out)
}

// kinetic notes a mean kinetic temperature over the limit.
func (f *objectFold) kinetic(a *applied) {
	for _, lane := range a.lanes {
		if mkt := lane.lane.MKT; mkt != nil && mkt.Broken {
			f.weigh(evaluation.RuleMKT, a.whole(f.asOf), true)
		}
	}
}

// evidence notes what there is to be said against a watch's evidence.
func (f *objectFold) evidence(a *applied) error {
	for i, lane := range a.lanes {
		seen, err := lane.counted(a.from, a.to)
		if err != nil {
			return err
		}
		for _, reason := range a.lacking(lane.lane, seen) {
			f.doubts = note(f.doubts, reason)
		}
		if from, to, any := a.watch.evidence(lane.lane); any {
			for _, doubt := range a.trusts[i].Doubts(max(from, a.from).Time(), min(to, a.to).Time()) {
				f.doubts = note(f.doubts, ReasonDevice+doubt.Reason)
			}
		}
	}
	return nil
}

// lacking says what a lane lacks of evidence for a time in which readings count
// up to what was seen. For less than the largest gap no reading is asked for, but
// in a watch that ended there is one: else many short ones would show nothing.
func (a *applied) lacking(lane *Lane, seen Counted) []string {
	var reasons []string
	add := func(applies bool, reason string) {
		if applies {
			reasons = append(reasons, reason)
		}
	}
	largest := a.policy.Terms.LargestGapMs
	none := a.watch.End != nil && lane.Readings == 0
	add(none || seen.Readings == 0 && int64(a.to-a.from) > largest, evaluation.ReasonNoReadings)
	add(seen.Gaps > 0, evaluation.ReasonGap)
	if last := lane.Last; last != nil && last.Time < a.to {
		add(int64(a.to-last.Time) > largest, evaluation.ReasonCoverage)
		under := slices.ContainsFunc(lane.Bands, func(b evaluation.BandTally) bool { return b.Excursion != nil })
		add(under, evaluation.ReasonUnderWay)
	}
	add(seen.Implausible > 0, evaluation.ReasonImplausible)
	return reasons
}
