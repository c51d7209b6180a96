package assess

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// maxWindows bounds the windows of mean kinetic temperature that are listed.
const maxWindows = 1000

// kinetic reports the mean kinetic temperature. The tally has the worst window;
// the others and that of all time come from evaluating the same readings bucket by
// bucket.
func (a *account) kinetic(readings []telemetry.Reading) *MKT {
	if a.terms.MKT == nil {
		return nil
	}
	limit := *a.terms.MKT
	m := &MKT{Limit: limit.Upper, WindowMs: limit.BucketMs * int64(limit.Buckets), Broken: a.tally.MKT != nil && a.tally.MKT.Broken}
	if _, worst := a.tally.MeanKinetic(a.terms); worst != nil {
		w := a.tally.MKT.Worst
		m.Highest = &KineticWindow{To: w.At, KnownMs: w.Ms, MKT: *worst}
	}
	m.Overall, m.Windows = a.windows(readings)
	return m
}

// only returns the terms with nothing but their mean kinetic temperature, over
// windows of so many buckets.
func (a *account) only(buckets int) evaluation.Terms {
	terms, mkt := a.terms, *a.terms.MKT
	mkt.Buckets = buckets
	terms.Bands, terms.Plausible, terms.MKT = nil, nil, &mkt
	return terms
}

// windows returns the mean kinetic temperature of all that is known within the
// window, nil when nothing is, and the windows judged, nil when there are too many
// to list. Both are sums of the policy's buckets: where readings reach no further
// than one window, it and all that is known are the same to the last digit.
func (a *account) windows(readings []telemetry.Reading) (overall *evaluation.Amount, listed []KineticWindow) {
	if len(readings) == 0 {
		return nil, nil
	}
	length, count := a.terms.MKT.BucketMs, int64(a.terms.MKT.Buckets)
	known := min(a.window.End, a.tally.Last.Time)
	if known <= a.window.Start {
		return nil, nil
	}
	first, last := int64(a.window.Start)/length, int64(known-1)/length
	var buckets []evaluation.Bucket
	if last-first < maxWindows+count {
		buckets = make([]evaluation.Bucket, last-first+1)
	}
	var all evaluation.Bucket
	a.buckets(readings, first, last, func(number int64, b evaluation.Bucket) {
		all = all.Plus(b)
		if buckets != nil {
			buckets[number-first] = b
		}
	})
	if w, ok := a.compose([]evaluation.Bucket{all}, last, known); ok {
		overall = &w.MKT
	}
	if buckets == nil {
		return overall, nil
	}
	for number := first; number <= last; number++ {
		to := min(evaluation.Moment((number+1)*length), a.window.End)
		if full := number-first+1 >= count; to > known || to < a.window.End && !full {
			continue
		}
		if w, ok := a.compose(buckets[max(0, number-first+1-count):number-first+1], number, to); ok {
			listed = append(listed, w)
		}
	}
	return overall, listed
}

// compose returns the window of those buckets, the last of that number.
func (a *account) compose(buckets []evaluation.Bucket, number int64, to evaluation.Moment) (KineticWindow, bool) {
	w := KineticWindow{To: to}
	for _, b := range buckets {
		w.KnownMs += b.Ms
	}
	state := evaluation.Tally{MKT: &evaluation.MKTTally{Bucket: number, Buckets: slices.Clone(buckets)}}
	now, _ := state.MeanKinetic(a.terms)
	if now == nil {
		return w, false
	}
	w.MKT = *now
	return w, true
}

// buckets evaluates each bucket by itself, those left out that nothing is known of
// because of a gap: so there are at most two for each reading.
func (a *account) buckets(readings []telemetry.Reading, first, last int64, each func(number int64, b evaluation.Bucket)) {
	length := a.terms.MKT.BucketMs
	terms := a.only(1)
	from := 0 // the last reading that is no later than the bucket's start
	for number := first; number <= last; number++ {
		window := evaluation.Window{
			Start: max(a.window.Start, evaluation.Moment(number*length)),
			End:   min(a.window.End, evaluation.Moment((number+1)*length)),
		}
		for from+1 < len(readings) && evaluation.Moment(readings[from+1].Time) <= window.Start {
			from++
		}
		to := from
		for to < len(readings) && evaluation.Moment(readings[to].Time) < window.End {
			to++
		}
		if to == from || to == from+1 && to < len(readings) && readings[to].Time-readings[from].Time > a.terms.LargestGapMs {
			number = max(number, readings[to].Time/length-1) // on to the bucket of the next reading
			continue
		}
		var tally evaluation.Tally
		tally.Evaluate(terms, window, readings[from:min(to+1, len(readings))], a.scale)
		if t := tally.MKT; t != nil && t.Worst != nil {
			each(number, t.Worst.Bucket)
		} else if t != nil && len(t.Buckets) > 0 {
			each(number, t.Buckets[len(t.Buckets)-1])
		}
	}
}
