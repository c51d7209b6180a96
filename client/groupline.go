package client

import (
	"cmp"
	"container/heap"
	"maps"
	"slices"
)

// groupLines has for each name the events that stand in line for it, waiting and in
// flight, in the order of the calls. An event can be sent when it is the first in all
// its lines, or behind none but events of the same document.
type groupLines struct {
	lines map[string]*groupLine
	// ready are the entries that wait and are the first in all their lines.
	ready groupReady
	// bytes are those of the ready.
	bytes int
}

type groupLine struct {
	name        string
	first, last *groupPlace
}

// groupPlace is an entry's place in a line.
type groupPlace struct {
	entry      *groupEntry
	line       *groupLine
	prev, next *groupPlace
}

// join puts an entry at the end of its lines.
func (l *groupLines) join(e *groupEntry) {
	e.places = make([]groupPlace, len(e.names))
	for i, name := range e.names {
		line := l.lines[name]
		if line == nil {
			line = &groupLine{name: name}
			l.lines[name] = line
		}
		place := &e.places[i]
		*place = groupPlace{entry: e, line: line, prev: line.last}
		if line.last == nil {
			line.first = place
		} else {
			line.last.next = place
			e.behind++
		}
		line.last = place
	}
	l.wait(e)
}

// wait has an entry wait at its places.
func (l *groupLines) wait(e *groupEntry) {
	e.flying = false
	if e.behind == 0 && e.ready < 0 {
		heap.Push(&l.ready, e)
		l.bytes += len(e.text)
	}
}

// take takes an entry from the ready.
func (l *groupLines) take(e *groupEntry) {
	if e.ready >= 0 {
		heap.Remove(&l.ready, e.ready)
		l.bytes -= len(e.text)
	}
}

// leave takes an entry out of its lines for good.
func (l *groupLines) leave(e *groupEntry) {
	l.take(e)
	for i := range e.places {
		place := &e.places[i]
		line := place.line
		if place.next == nil {
			line.last = place.prev
		} else {
			place.next.prev = place.prev
		}
		if place.prev != nil {
			place.prev.next = place.next
			continue
		}
		line.first = place.next
		if line.first == nil {
			delete(l.lines, line.name)
			continue
		}
		l.advance(line.first.entry)
	}
	e.places = nil
}

// advance notes that an entry has become the first of one more line.
func (l *groupLines) advance(e *groupEntry) {
	e.behind--
	if e.behind == 0 && !e.flying {
		l.wait(e)
	}
}

// behind returns what waits behind entries in one of their lines, and what waits behind
// that, the last of the calls first.
func (l *groupLines) behind(entries []*groupEntry) []*groupEntry {
	found := map[*groupEntry]bool{}
	for from := slices.Clone(entries); len(from) > 0; {
		e := from[len(from)-1]
		from = from[:len(from)-1]
		for i := range e.places {
			for place := e.places[i].next; place != nil; place = place.next {
				if !found[place.entry] && !place.entry.flying {
					found[place.entry] = true
					from = append(from, place.entry)
				}
			}
		}
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b *groupEntry) int { return cmp.Compare(b.number, a.number) })
}

// next takes the entries of the next document, in the order of the calls: what is
// ready, and what is behind nothing but that. There is at least one when something
// is ready.
func (l *groupLines) next(limit groupConfig) []*groupEntry {
	var taken, touched []*groupEntry
	var chained groupReady // behind those taken, and nothing else
	defer func() {
		for _, e := range touched {
			e.taken = 0
		}
		for _, e := range chained {
			e.ready = -1
		}
	}()
	room := groupRoom{events: limit.events, bytes: limit.bytes, objects: maxGroupObjects}
	for {
		from := &l.ready
		if len(l.ready) == 0 || len(chained) > 0 && chained[0].number < l.ready[0].number {
			from = &chained
		}
		if len(*from) == 0 || !room.fits((*from)[0]) {
			return taken
		}
		e := (*from)[0]
		if from == &chained {
			heap.Pop(&chained)
		} else {
			l.take(e)
		}
		e.flying = true
		taken = append(taken, e)
		for i := range e.places {
			if place := e.places[i].next; place != nil {
				follower := place.entry
				touched = append(touched, follower)
				if follower.taken++; follower.taken == follower.behind {
					heap.Push(&chained, follower)
				}
			}
		}
	}
}

// groupRoom is what a document has room for.
type groupRoom struct {
	taken, events, bytes, objects int
}

// fits tells whether there is room for an entry, and takes it. There is for the
// first, however large.
func (r *groupRoom) fits(e *groupEntry) bool {
	events := r.events
	if e.most > 0 {
		events = min(events, e.most)
	}
	if r.taken > 0 && (r.taken >= events || r.bytes < len(e.text) || r.objects < e.objects) {
		return false
	}
	r.taken++
	r.events = events
	r.bytes -= len(e.text)
	r.objects -= e.objects
	return true
}
