package condition

import (
	"sort"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Bounds are the least and the most that something can be, in milliseconds: the
// same where it is known exactly.
type Bounds struct {
	AtLeast int64 `json:"atLeast"`
	AtMost  int64 `json:"atMost"`
}

func exactly(ms int64) Bounds { return Bounds{ms, ms} }

func (b Bounds) add(c Bounds) Bounds { return Bounds{b.AtLeast + c.AtLeast, b.AtMost + c.AtMost} }

// worse is the worse of two that say the same thing of the same time.
func (b Bounds) worse(c Bounds) Bounds {
	return Bounds{max(b.AtLeast, c.AtLeast), max(b.AtMost, c.AtMost)}
}

func (b Bounds) less(c Bounds, most int64) Bounds {
	return Bounds{max(0, b.AtLeast-c.AtMost), min(max(0, b.AtMost-c.AtLeast), most)}
}

// laneTime finds what a lane says of parts of its watch's time, from the runs at
// their ends.
type laneTime struct {
	tx     *ledger.Tx
	budget *int // of runs still to be read
	watch  *Watch
	lane   *Lane
	runs   map[uint64]*Run
}

// run returns the run of a recording.
func (l *laneTime) run(sequence uint64) (*Run, error) {
	if known := l.runs[sequence]; known != nil {
		return known, nil
	}
	if *l.budget--; *l.budget < 0 {
		return nil, fault.New(fault.LimitExceeded, "too many recordings say how it was kept: ask for a shorter time, or one policy")
	}
	key := runKey(l.watch.ID, l.lane.Device, sequence)
	run, found, err := ledger.Load[Run](l.tx, key)
	if err == nil && !found {
		err = fault.New(fault.Internal, "%s is missing", key)
	}
	l.runs[sequence] = &run
	return &run, err
}

// at returns the run that reaches a moment, the first that does; nil when none
// does, because readings end before.
func (l *laneTime) at(moment evaluation.Moment) (*Run, error) {
	first, last := l.lane.FirstRecording, l.lane.LastRecording
	if last == 0 {
		return nil, nil
	}
	var failed error
	n := sort.Search(int(last-first+1), func(i int) bool {
		run, err := l.run(first + uint64(i))
		if err != nil {
			failed = err
			return true
		}
		return run.Last >= moment
	})
	if failed != nil || n > int(last-first) {
		return nil, failed
	}
	return l.run(first + uint64(n))
}

// before returns the time out of a band that counts up to a moment.
func (l *laneTime) before(band int, moment evaluation.Moment) (Bounds, error) {
	if moment <= l.watch.Start || band >= len(l.lane.Bands) {
		return Bounds{}, nil
	}
	run, err := l.at(moment)
	if err != nil {
		return Bounds{}, err
	}
	if run == nil {
		return exactly(l.lane.Bands[band].OutMs), nil
	}
	found := exactly(run.Bands[band].SumMs - run.Bands[band].RunMs).add(run.upTo(band, moment))
	if noise := run.Bands[band].Noise; noise != nil && *noise < moment {
		found.AtMost += int64(moment - *noise) // a later recording, or the next watch, may have brought it to count
	}
	return found, nil
}

// upTo returns how much of what a run brought to count is before a moment.
func (r *Run) upTo(band int, moment evaluation.Moment) Bounds {
	var before, after int64
	for _, span := range r.Spans {
		if span.Band == band {
			before += int64(max(0, min(span.To, moment)-span.From))
			after += int64(max(0, span.To-max(span.From, moment)))
		}
	}
	if !r.Coarse {
		return exactly(before)
	}
	ms := r.Bands[band].RunMs
	return Bounds{AtLeast: max(0, ms-after), AtMost: min(ms, before)}
}

// out returns the time out of a band within a time.
func (l *laneTime) out(band int, from, to evaluation.Moment) (Bounds, error) {
	begin, err := l.before(band, from)
	if err != nil {
		return Bounds{}, err
	}
	end, err := l.before(band, to)
	return end.less(begin, int64(to-from)), err
}

// stretch is an excursion, or some that follow each other, within a time.
type stretch struct {
	from, to evaluation.Moment
	sequence uint64
	coarse   bool
	underWay bool // at the end of its run
}

// longest returns the longest single excursion out of a band within a time, and
// whether there is any at all, however short. The time out is what [laneTime.out]
// says.
func (l *laneTime) longest(band int, from, to evaluation.Moment, out Bounds) (found Bounds, any bool, err error) {
	if band >= len(l.lane.Bands) || l.lane.Bands[band].Excursions == 0 {
		return Bounds{}, false, nil
	}
	first, err := l.at(from)
	if err != nil || first == nil {
		return Bounds{}, false, err
	}
	if none, err := l.quiet(band, first, to, out); err != nil || none {
		return Bounds{}, false, err
	}
	var all []stretch
	for sequence := first.Sequence; sequence <= l.lane.LastRecording; sequence++ {
		run, err := l.run(sequence)
		if err != nil {
			return Bounds{}, false, err
		}
		all = run.stretches(all, band, from, to)
		if run.Last >= to {
			break
		}
	}
	for _, s := range all {
		length := int64(s.to - s.from)
		found.AtMost = max(found.AtMost, length)
		if !s.coarse {
			found.AtLeast, any = max(found.AtLeast, length), true
		}
	}
	// What is uncertain may be part of it.
	found.AtMost = min(out.AtMost, found.AtMost+out.AtMost-out.AtLeast)
	return found, any, nil
}

// quiet reports whether there was no excursion from a run up to a time, when no
// time is out of the band: by the counts at the ends, however many runs there are
// between.
func (l *laneTime) quiet(band int, first *Run, to evaluation.Moment, out Bounds) (bool, error) {
	if out.AtMost > 0 {
		return false, nil
	}
	before, after := uint64(0), l.lane.Bands[band].Excursions
	if first.Sequence > l.lane.FirstRecording {
		earlier, err := l.run(first.Sequence - 1)
		if err != nil {
			return false, err
		}
		before = earlier.Bands[band].Excursions
	}
	last, err := l.at(to)
	if err != nil {
		return false, err
	}
	if last != nil {
		after = last.Bands[band].Excursions
	}
	return before == after, nil
}

// stretches adds the spans of a run within a time. What is under way at the end of
// one run and goes on in the next is one excursion; where one ends at the very
// moment at which another begins, they are two.
func (r *Run) stretches(all []stretch, band int, from, to evaluation.Moment) []stretch {
	for _, span := range r.Spans {
		s := stretch{max(span.From, from), min(span.To, to), r.Sequence, r.Coarse, r.Bands[band].UnderWay}
		if span.Band != band || s.from > s.to {
			continue
		}
		if n := len(all); n > 0 && all[n-1].underWay && all[n-1].sequence < r.Sequence && s.from <= all[n-1].to {
			all[n-1].to, all[n-1].coarse = max(all[n-1].to, s.to), all[n-1].coarse || s.coarse
			all[n-1].sequence, all[n-1].underWay = r.Sequence, s.underWay
			continue
		}
		all = append(all, s)
	}
	return all
}

// counted returns what readings count up to within a time, rounded outward to
// whole recordings.
func (l *laneTime) counted(from, to evaluation.Moment) (Counted, error) {
	if l.lane.LastRecording == 0 {
		return Counted{}, nil
	}
	first, err := l.at(from)
	if err != nil || first == nil {
		return Counted{}, err
	}
	last, err := l.at(to)
	if err != nil {
		return Counted{}, err
	}
	sum := counted(l.lane.Tally)
	if last != nil {
		sum = last.Sum
	}
	return sum.less(first.Sum.less(first.Run)), nil
}
