package evaluation

import (
	"slices"
)

// MaxSpans bounds the spans of an outcome.
const MaxSpans = 16

// The rules that readings can break. In [Break.Rules] and [Judgement.Reasons]
// those of a band stand after its name and a colon, such as
// "2-8:longestExcursion".
const (
	// RuleLongest: one excursion lasted longer than allowed.
	RuleLongest = "longestExcursion"
	// RuleAllowance: the excursions add up to more than allowed.
	RuleAllowance = "allowance"
	// RuleMKT: the mean kinetic temperature of a window was above the limit. It
	// stands alone.
	RuleMKT = "mkt"
)

// Outcome is what one run of readings did.
type Outcome struct {
	// Break is what they broke; absent when nothing.
	Break *Break `json:"break,omitempty"`
	// Spans are the parts of excursions that this run brought to count, at most
	// 16, in order of time and then of the bands. What a run makes count that
	// the run before left as noise is in it whole.
	Spans []Span `json:"spans,omitempty"`
	// Coarse says that there were more spans, and that those of one band nearest
	// to each other were joined.
	Coarse bool `json:"coarse,omitempty"`
}

// Span is a stretch of time out of a band.
type Span struct {
	Band string `json:"band"`
	From Moment `json:"from"`
	To   Moment `json:"to"`
}

// Break is what readings broke: one excursion, or several in a row, of one or
// several bands, and windows of mean kinetic temperature.
type Break struct {
	// Unit is that of the amounts here.
	Unit string `json:"unit" jsonschema:"maxLength=3"`
	// From is the start of the first of the excursions (and windows), To how
	// far the last of them reaches as yet.
	From Moment `json:"from"`
	To   Moment `json:"to"`
	// At is the moment from which a rule was broken.
	At Moment `json:"at"`
	// Lowest is the lowest value of the excursions below a range, Highest the
	// highest of those above one.
	Lowest  *Amount `json:"lowest,omitempty"`
	Highest *Amount `json:"highest,omitempty"`
	// Rules are the rules broken, in the order of the alphabet.
	Rules []string `json:"rules"`
	// MKT is the highest mean kinetic temperature of the windows that broke the
	// limit, to four decimals.
	MKT *Amount `json:"mkt,omitempty"`
	// Implausible says that a reading in it is one that a working sensor cannot
	// have made.
	Implausible bool `json:"implausible,omitempty"`
}

// Join returns the break that two are together, in any order; either may be nil.
// The breaks of runs of readings, joined, are that of all the readings in one
// run.
func Join(a, b *Break) *Break {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	joined := *a
	joined.From, joined.To, joined.At = min(a.From, b.From), max(a.To, b.To), min(a.At, b.At)
	joined.Lowest = extreme(a.Lowest, b.Lowest, func(x, y Amount) bool { return x < y })
	joined.Highest = extreme(a.Highest, b.Highest, func(x, y Amount) bool { return x > y })
	joined.MKT = extreme(a.MKT, b.MKT, func(x, y Amount) bool { return x > y })
	joined.Implausible = a.Implausible || b.Implausible
	joined.Rules = slices.Concat(a.Rules, b.Rules)
	slices.Sort(joined.Rules)
	joined.Rules = slices.Compact(joined.Rules)
	return &joined
}

// extreme returns the amount that is further out, of those that there are.
func extreme(a, b *Amount, further func(a, b Amount) bool) *Amount {
	if a == nil || b != nil && further(*b, *a) {
		return b
	}
	return a
}
