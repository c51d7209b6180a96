package evaluation

import "slices"

// Verdict is what readings say of a policy.
type Verdict string

const (
	// Kept: readings cover the time without a gap, all are plausible, and no
	// rule was broken.
	Kept Verdict = "kept"
	// Broken: a rule was broken, whatever else is missing.
	Broken Verdict = "broken"
	// Undetermined: nothing was broken as far as is known, but for a reason that
	// is named it cannot be said to have been kept.
	Undetermined Verdict = "undetermined"
)

// The reasons of a judgement other than the rules broken.
const (
	// ReasonNoReadings: there is no reading within the window.
	ReasonNoReadings = "noReadings"
	// ReasonGap: readings are missing between others.
	ReasonGap = "gap"
	// ReasonCoverage: readings do not reach the moment that is judged; or they
	// do to within the largest gap, but it is the end of the watch, and the mean
	// kinetic temperature of what there is is above the limit.
	ReasonCoverage = "coverage"
	// ReasonUnderWay: the last reading is out of range.
	ReasonUnderWay = "excursionUnderWay"
	// ReasonImplausible: a working sensor cannot have made a reading.
	ReasonImplausible = "implausible"
)

// Judgement is a verdict and why.
type Judgement struct {
	Verdict Verdict `json:"verdict" jsonschema:"enum=kept,enum=broken,enum=undetermined"`
	// Reasons are the rules broken, in the order of the terms, and after them
	// noReadings, gap, coverage, excursionUnderWay and implausible as they
	// apply; absent when the verdict is kept.
	Reasons []string `json:"reasons,omitempty"`
}

// Judge judges the window as of a moment: what lies after it is not asked for,
// what is missing before it is.
func (t Tally) Judge(terms Terms, window Window, asOf Moment) Judgement {
	broken := t.broken(terms, window, asOf)
	doubts := t.doubts(terms, window, min(window.End, asOf))
	switch {
	case len(broken) > 0:
		return Judgement{Verdict: Broken, Reasons: slices.Concat(broken, doubts)}
	case len(doubts) > 0:
		return Judgement{Verdict: Undetermined, Reasons: doubts}
	}
	return Judgement{Verdict: Kept}
}

// broken returns the rules broken.
func (t Tally) broken(terms Terms, window Window, asOf Moment) []string {
	var rules []string
	for i, band := range t.Bands {
		if i >= len(terms.Bands) || band.Excursions == 0 {
			continue
		}
		b := terms.Bands[i]
		if exceeds(b.LongestExcursionMs, band.LongestMs) {
			rules = append(rules, b.Name+":"+RuleLongest)
		}
		if exceeds(b.AllowanceMs, band.OutMs) {
			rules = append(rules, b.Name+":"+RuleAllowance)
		}
	}
	if t.kineticBroken(terms, window, asOf) {
		rules = append(rules, RuleMKT)
	}
	return rules
}

// exceeds reports whether excursions that last so long are over what is
// allowed. Where nothing is, any is.
func exceeds(allowed *int64, ms int64) bool {
	return allowed != nil && (ms > *allowed || *allowed == 0)
}

// doubts returns why readings that broke nothing do not show that it was kept,
// up to an edge.
func (t Tally) doubts(terms Terms, window Window, edge Moment) []string {
	var reasons []string
	note := func(applies bool, reason string) {
		if applies {
			reasons = append(reasons, reason)
		}
	}
	note(t.Readings == 0, ReasonNoReadings)
	note(t.Gaps > 0, ReasonGap)
	if t.Last != nil && t.Last.Time < edge {
		warm := edge == window.End && t.warm(terms)
		note(warm || int64(edge-t.Last.Time) > terms.LargestGapMs, ReasonCoverage)
		note(slices.ContainsFunc(t.Bands, func(b BandTally) bool { return b.Excursion != nil }), ReasonUnderWay)
	}
	note(t.Implausible > 0, ReasonImplausible)
	return reasons
}

// Fold returns the judgement of several lanes together: broken if one is, else
// undetermined if one is, else kept; undetermined for want of readings when
// there is none. Its reasons are all of theirs, each once, in order of
// appearance.
func Fold(judgements ...Judgement) Judgement {
	if len(judgements) == 0 {
		return Judgement{Verdict: Undetermined, Reasons: []string{ReasonNoReadings}}
	}
	folded := Judgement{Verdict: Kept}
	for _, j := range judgements {
		if j.Verdict == Broken || folded.Verdict == Kept {
			folded.Verdict = j.Verdict
		}
		for _, reason := range j.Reasons {
			if !slices.Contains(folded.Reasons, reason) {
				folded.Reasons = append(folded.Reasons, reason)
			}
		}
	}
	return folded
}
