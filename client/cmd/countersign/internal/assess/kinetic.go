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
// bucket, and all of them as one window.
func (a *account) kinetic(readings []telemetry.Reading) *MKT {
	if a.terms.MKT == nil {
		return nil
	}
	limit := *a.terms.MKT
	m := &MKT{Limit: limit.Upper, WindowMs: limit.BucketMs * int64(limit.Buckets), Broken: a.tally.MKT != nil && a.tally.MKT.Broken}
	m.Overall = a.overall(readings)
	if _, worst := a.tally.MeanKinetic(a.terms); worst != nil {
		w := a.tally.MKT.Worst
		m.Highest = &KineticWindow{To: w.At, KnownMs: w.Ms, MKT: *worst}
	}
	m.Windows = a.windows(readings)
	return m
}

// only returns the terms with nothing but their mean kinetic temperature, over a
// window of so many buckets.
func (a *account) only(bucketMs int64, buckets int) evaluation.Terms {
	terms, mkt := a.terms, *a.terms.MKT
	mkt.BucketMs, mkt.Buckets = bucketMs, buckets
	terms.Bands, terms.Plausible, terms.MKT = nil, nil, &mkt
	return terms
}

// overall returns the mean kinetic temperature of all that is known within the
// window, nil for none, or for more than the longest window there can be: 62 times
// 31 days.
func (a *account) overall(readings []telemetry.Reading) *evaluation.Amount {
	if len(readings) == 0 {
		return nil
	}
	from := max(a.window.Start, evaluation.Moment(readings[0].Time))
	to := min(a.window.End, evaluation.Moment(readings[len(readings)-1].Time))
	if int64(to)/evaluation.MaxBucketMs-int64(from)/evaluation.MaxBucketMs >= evaluation.MaxBuckets {
		return nil
	}
	terms := a.only(evaluation.MaxBucketMs, evaluation.MaxBuckets)
	var tally evaluation.Tally
	tally.Evaluate(terms, a.window, readings, a.scale)
	now, _ := tally.MeanKinetic(terms)
	return now
}

// windows returns the windows judged, nil when there are too many to list.
func (a *account) windows(readings []telemetry.Reading) []KineticWindow {
	if len(readings) == 0 {
		return nil
	}
	length, count := a.terms.MKT.BucketMs, int64(a.terms.MKT.Buckets)
	known := min(a.window.End, a.tally.Last.Time)
	first, last := int64(a.window.Start)/length, int64(known-1)/length
	if known <= a.window.Start || last-first >= maxWindows+count {
		return nil
	}
	buckets := a.buckets(readings, first, last)
	var windows []KineticWindow
	for number := first; number <= last; number++ {
		to := min(evaluation.Moment((number+1)*length), a.window.End)
		if full := number-first+1 >= count; to > known || to < a.window.End && !full {
			continue
		}
		if w, ok := a.compose(buckets[max(0, number-first+1-count):number-first+1], number, to); ok {
			windows = append(windows, w)
		}
	}
	return windows
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

// buckets evaluates each bucket by itself.
func (a *account) buckets(readings []telemetry.Reading, first, last int64) []evaluation.Bucket {
	length := a.terms.MKT.BucketMs
	terms := a.only(length, 1)
	buckets := make([]evaluation.Bucket, last-first+1)
	from := 0
	for i := range buckets {
		number := first + int64(i)
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
		var tally evaluation.Tally
		tally.Evaluate(terms, window, readings[from:min(to+1, len(readings))], a.scale)
		if t := tally.MKT; t != nil && t.Worst != nil {
			buckets[i] = t.Worst.Bucket
		} else if t != nil && len(t.Buckets) > 0 {
			buckets[i] = t.Buckets[len(t.Buckets)-1]
		}
	}
	return buckets
}
