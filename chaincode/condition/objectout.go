package condition

import (
	"slices"
	"sort"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
)

// out adds up the time out of a band, over stretches of time for each of which the
// same watches applied: of their devices, which measured the same, the worst
// counts.
//
// across is the longest excursion that may go on from one stretch into another: a
// watch that ends in the middle of an excursion, and the next that begins there,
// each say one of their own. 0 when there is none.
func (f *objectFold) out(band string) (sum Bounds, across int64, err error) {
	var edges []evaluation.Moment
	for _, a := range f.all {
		edges = append(edges, a.from, a.to)
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	reaching := int64(0) // of an excursion, up to the edge
	for i := range edges[:max(0, len(edges)-1)] {
		s := stretchOf{band: band, from: edges[i], to: edges[i+1], all: f.over(edges[i], edges[i+1])}
		length := int64(s.to - s.from)
		if len(s.all) == 0 { // unknown: too short a time to be told apart, or a pause
			if reaching > 0 && length <= f.largestGap() {
				reaching += length
			} else {
				reaching = 0
			}
			continue
		}
		found, err := s.out(s.from, s.to)
		if err != nil {
			return sum, 0, err
		}
		sum = sum.add(found)
		begins, ends, err := s.ends(found)
		if err != nil {
			return sum, 0, err
		}
		if reaching > 0 && begins > 0 {
			across = max(across, reaching+begins)
		}
		if begins == length {
			reaching += length
		} else {
			reaching = ends
		}
	}
	return sum, across, nil
}

// over returns the watches that applied for all of a time.
func (f *objectFold) over(from, to evaluation.Moment) (all []*applied) {
	for _, a := range f.all {
		if a.from <= from && a.to >= to {
			all = append(all, a)
		}
	}
	return all
}

// largestGap is the longest time without a reading that any of the watches takes
// for known.
func (f *objectFold) largestGap() (ms int64) {
	for _, a := range f.all {
		ms = max(ms, a.policy.Terms.LargestGapMs)
	}
	return ms
}

// stretchOf is a time for which the same watches applied.
type stretchOf struct {
	band     string
	from, to evaluation.Moment
	all      []*applied
}

// out is the time out of the band by the worst of the devices.
func (s stretchOf) out(from, to evaluation.Moment) (worst Bounds, err error) {
	for _, a := range s.all {
		found, err := a.out(s.band, from, to)
		if err != nil {
			return worst, err
		}
		worst = worst.worse(found)
	}
	return worst, nil
}

// ends returns how long at most the excursions last with which the stretch begins
// and ends, of which so much is out of the band in all.
func (s stretchOf) ends(all Bounds) (begins, ends int64, err error) {
	most, length := all.AtMost, int64(s.to-s.from)
	if most == length {
		return length, length, nil
	}
	begins, err = longestOut(most, func(ms int64) (Bounds, error) { return s.out(s.from, s.from+evaluation.Moment(ms)) })
	if err != nil {
		return 0, 0, err
	}
	ends, err = longestOut(most, func(ms int64) (Bounds, error) { return s.out(s.to-evaluation.Moment(ms), s.to) })
	return begins, ends, err
}

// longestOut returns the longest time, up to most, that may be out of a band from
// one end to the other.
func longestOut(most int64, out func(ms int64) (Bounds, error)) (ms int64, err error) {
	n := sort.Search(int(most), func(i int) bool {
		if err != nil {
			return true
		}
		var found Bounds
		found, err = out(int64(i) + 1)
		return err != nil || found.AtMost <= int64(i)
	})
	return int64(n), err
}
