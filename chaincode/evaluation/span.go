package evaluation

import (
	"cmp"
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
}

// note adds a stretch of a band's excursion under way to its span, or begins
// one.
func (s *spans) note(bands []band, b *band, from, to Moment) {
	if b.span > 0 {
		s.held[b.span-1].to = to
		return
	}
	s.held[s.n] = held{band: b, from: from, to: to}
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
	first, second, nearest := 0, 0, Moment(-1)
	for j := 1; j < s.n; j++ {
		for i := j - 1; i >= 0; i-- {
			if s.held[i].band != s.held[j].band {
				continue
			}
			if apart := s.held[j].from - s.held[i].to; nearest < 0 || apart < nearest {
				first, second, nearest = i, j, apart
			}
			break
		}
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
