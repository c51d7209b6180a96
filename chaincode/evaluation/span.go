package evaluation

import (
	"cmp"
	"math"
	"slices"
)

// spans gathers the spans of a run, in the order in which they begin to count.
type spans struct {
	held   [MaxSpans + 1]held
	n      int
	coarse bool
}

type held struct {
	band     *band
	from, to Moment
	apart    Moment // from the one before of the same band; farthest when there is none
}

const farthest = Moment(math.MaxInt64)

// note adds a stretch of a band's excursion under way to its span, or begins
// one.
func (s *spans) note(bands []band, b *band, from, to Moment) {
	if b.span > 0 {
		s.held[b.span-1].to = to
		return
	}
	apart := farthest
	for i := s.n - 1; i >= 0; i-- {
		if s.held[i].band == b {
			apart = from - s.held[i].to
			break
		}
	}
	s.held[s.n] = held{band: b, from: from, to: to, apart: apart}
	s.n++
	b.span = s.n
	if s.n > MaxSpans {
		s.join(bands)
	}
}

// join makes one of the two spans of one band that are nearest to each other;
// of several such pairs, of the one whose later span stands first. There is one,
// since there are fewer bands than spans.
func (s *spans) join(bands []band) {
	second := 0
	for j := 1; j < s.n; j++ {
		if s.held[j].apart < s.held[second].apart {
			second = j
		}
	}
	first := second - 1
	for s.held[first].band != s.held[second].band {
		first--
	}
	s.coarse = true
	s.held[first].to = s.held[second].to
	copy(s.held[second:], s.held[second+1:s.n])
	s.n--
	for k := range bands {
		switch at := bands[k].span - 1; {
		case at == second:
			bands[k].span = first + 1
		case at > second:
			bands[k].span--
		}
	}
}

// list returns the spans in order of time, and then of the bands.
func (s *spans) list(bands []band) []Span {
	if s.n == 0 {
		return nil
	}
	found := make([]Span, 0, s.n)
	for i := range bands {
		for _, h := range s.held[:s.n] {
			if h.band == &bands[i] {
				found = append(found, Span{Band: bands[i].name, From: h.from, To: h.to})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	return found
}
