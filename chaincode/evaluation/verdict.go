package evaluation

// Verdict is what readings say of a policy.
type Verdict string

const (
	// Kept: readings cover the time without a gap, and no rule was broken.
	Kept Verdict = "kept"
	// Broken: a rule was broken, whatever else is missing.
	Broken Verdict = "broken"
	// Undetermined: nothing was broken as far as is known, but readings are
	// missing, or an excursion is under way.
	Undetermined Verdict = "undetermined"
)

// Verdict judges the window as of a moment: what lies after it is not asked
// for, what is missing before it is.
func (t Tally) Verdict(terms Terms, window Window, asOf Moment) Verdict {
	edge := min(window.End, asOf)
	switch {
	case t.Broken:
		return Broken
	case t.Last == nil || t.Readings == 0 || t.Gaps > 0:
		return Undetermined
	case t.Last.Time >= edge:
		return Kept
	case t.Excursion != nil || int64(edge-t.Last.Time) > terms.LargestGapMs:
		return Undetermined
	}
	return Kept
}

// Fold returns the verdict of several lanes together: broken if one is, else
// undetermined if one is, else kept.
func Fold(verdicts []Verdict) Verdict {
	folded := Kept
	if len(verdicts) == 0 {
		folded = Undetermined
	}
	for _, v := range verdicts {
		if v == Broken || folded != Broken && v == Undetermined {
			folded = v
		}
	}
	return folded
}
