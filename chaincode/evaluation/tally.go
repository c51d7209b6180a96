package evaluation

import (
	"cmp"
	"math"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// Window is the time that a watch covers, both ends included.
type Window struct {
	Start Moment
	// End is [Open] while the watch runs.
	End Moment
}

// Open is the end of a window that has none yet.
const Open = Moment(math.MaxInt64)

// Tally is the evaluation of one device's readings so far: of fixed size,
// however many there were. Cutting the same readings into other runs gives
// exactly the same tally.
type Tally struct {
	// Readings counts readings within the window.
	Readings uint64 `json:"readings"`
	// Last is the last reading, within the window or not.
	Last *Point `json:"last,omitempty"`
	// Lowest and Highest are the extreme readings within the window.
	Lowest  *Amount `json:"lowest,omitempty"`
	Highest *Amount `json:"highest,omitempty"`
	// Excursions counts the stretches out of range, the current one included.
	Excursions uint64 `json:"excursions"`
	// Excursion is the current one, or the last if it went on to the end of
	// the window; absent while values are in range.
	Excursion *Excursion `json:"excursion,omitempty"`
	// LongestMs is the longest single excursion, in milliseconds.
	LongestMs int64 `json:"longestMs"`
	// OutMs is the time out of range in all, in milliseconds.
	OutMs int64 `json:"outMs"`
	// Gaps counts the stretches without readings, longer than the largest gap
	// or in the middle of an excursion; MissingMs is how long they are
	// together.
	Gaps      uint64 `json:"gaps"`
	MissingMs int64  `json:"missingMs"`
	// Broken says that a rule was broken.
	Broken bool `json:"broken"`
}

// Excursion is a stretch of time out of range.
type Excursion struct {
	Side    string `json:"side"`
	From    Moment `json:"from"`
	To      Moment `json:"to"`
	Extreme Amount `json:"extreme"`
}

// Break is what readings broke: one excursion, or several in a row.
type Break struct {
	// From is the start of the first of the excursions, To how far the last
	// of them reaches as yet.
	From Moment `json:"from"`
	To   Moment `json:"to"`
	// At is the moment from which a rule was broken.
	At Moment `json:"at"`
	// Extreme is the value furthest out of range in these excursions.
	Extreme Amount `json:"extreme"`
	// Rules are the rules broken, in order.
	Rules []string `json:"rules"`
}

// Join returns the break that one and a later one are together; either may be
// nil.
func Join(terms Terms, first, later *Break) *Break {
	if first == nil || later == nil {
		return cmp.Or(first, later)
	}
	joined := *first
	joined.To = later.To
	joined.Extreme = terms.worse(joined.Extreme, later.Extreme)
	for _, rule := range later.Rules {
		joined.Rules = include(joined.Rules, rule)
	}
	return &joined
}

// include returns the rules with one more, unless it is among them.
func include(rules []string, rule string) []string {
	if slices.Contains(rules, rule) {
		return rules
	}
	return append(slices.Clip(rules), rule)
}

// Evaluate adds readings to the tally, and returns what they broke, nil for
// nothing. The readings rise in time and are after those before; values are in
// the unit of the terms, scale as in [telemetry.Header].
//
// All of it is exact but for crossings and clipped extremes, which are rounded
// outward to the millisecond and to 10^-9 of the unit. It is the same on every
// processor.
func (t *Tally) Evaluate(terms Terms, window Window, readings []telemetry.Reading, scale int) *Break {
	e := begin(t, terms, window)
	factor := telemetry.Factor(scale)
	for _, r := range readings {
		e.add(Point{Time: Moment(r.Time), Value: Amount(r.Value * factor)})
	}
	e.end()
	return e.broke
}
