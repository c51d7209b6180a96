package product

import (
	"math"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// StaySearch finds what was directly in a container at some time between From and
// To, both included, in Unix milliseconds: by the times of the events with which
// things went in and out, whenever these were recorded. It can be stored and gone
// on with in another transaction; what moves meanwhile is found once at least.
//
// Where events contradict each other, so that something left before it went in, it
// counts as inside for the whole time between.
type StaySearch struct {
	Container string `json:"c"`
	From      int64  `json:"f"`
	To        int64  `json:"t"`
	// List is what is looked through: what is inside in an epoch, what has gone
	// since it was over, and so on back through the epochs; of what is packed,
	// then of what is attached; and last what left by itself. It is empty when
	// the search is over.
	List     string `json:"l,omitempty"`
	Attached bool   `json:"x,omitempty"`
	Epoch    uint64 `json:"e,omitempty"`
	// After is where in the list it goes on.
	After []string `json:"a,omitempty"`
}

const (
	listInside = "inside"
	listGone   = "gone"
	listLeft   = "left"
)

// SearchStays begins a search.
func SearchStays(container *Twin, from, to int64) StaySearch {
	return StaySearch{Container: container.ID, From: from, To: to, List: listInside, Epoch: container.Contents.epoch(false)}
}

// Over reports whether the search has come to its end.
func (s StaySearch) Over() bool { return s.List == "" }

// Presence is a time, within that of the search, that an object was in the
// container.
type Presence struct {
	ID gs1.ID
	// From and To are in Unix milliseconds.
	From, To int64
	// Attached says that it was fixed to the container.
	Attached bool
	// Next is where the search goes on behind it.
	Next StaySearch
}

// found is an entry of a list, on the way to a presence.
type foundStay struct {
	path       string
	first      uint64
	out        int64
	attached   bool
	next       StaySearch
	occurredIn int64
}

// Next looks at up to n entries of one list, and returns those that fall into the
// time, and the search that goes on behind them.
func (s StaySearch) Next(tx *ledger.Tx, n int) ([]Presence, StaySearch, error) {
	var stays []foundStay
	var next StaySearch
	var err error
	switch s.List {
	case listLeft:
		stays, next, err = s.nextLeft(tx, n)
	case listInside, listGone:
		stays, next, err = s.nextOfEpoch(tx, n)
	default:
		return nil, s, nil
	}
	if err != nil {
		return nil, s, err
	}
	times, err := eventTimes(tx, s.Container, stays)
	if err != nil {
		return nil, s, err
	}
	var present []Presence
	for _, stay := range stays {
		in := times[stay.first]
		from, to := max(min(in, stay.out), s.From), min(max(in, stay.out), s.To)
		if from > to {
			continue
		}
		id, err := gs1.Parse(stay.path)
		if err != nil {
			return nil, s, fault.New(fault.Internal, "what was in %s: %w", s.Container, err)
		}
		present = append(present, Presence{ID: id, From: from, To: to, Attached: stay.attached, Next: stay.next})
	}
	return present, next, nil
}

// behind is the search going on behind an entry of its list.
func (s StaySearch) behind(after ...string) StaySearch {
	s.After = after
	return s
}

// end is when an epoch of a container ended, in Unix milliseconds: by the event,
// and by the latest event time in the container's history up to there.
type end struct{ out, latest int64 }

// nextOfEpoch looks at what was packed in an epoch, or attached, to its end.
func (s StaySearch) nextOfEpoch(tx *ledger.Tx, n int) ([]foundStay, StaySearch, error) {
	over, err := s.end(tx)
	if err != nil {
		return nil, s, err
	}
	if over.latest < s.From { // it and all epochs before it were over by then
		return s.nextKind(tx)
	}
	prefix := insideOf(s.Container, s.Attached, s.Epoch)
	if s.List == listGone {
		prefix = goneOf(s.Container, s.Attached, s.Epoch)
	}
	entries, err := tx.FirstAfter(prefix, n, s.After...)
	if err != nil {
		return nil, s, err
	}
	stays := make([]foundStay, len(entries))
	for i, e := range entries {
		_, parts := e.Key.Parts() // container, period, object
		record, err := ledger.Decode[gone](e.Key, e.Value)
		if err != nil {
			return nil, s, err
		}
		stays[i] = foundStay{path: parts[2], first: record.First, out: over.out, attached: s.Attached, next: s.behind(parts[2])}
		if s.List == listGone && over.out == math.MaxInt64 { // the emptying was taken back, and ended no stay
			stays[i].out = record.Until
		}
	}
	if len(entries) == n {
		return stays, stays[n-1].next, nil
	}
	_, next, err := s.nextList(tx)
	return stays, next, err
}

// nextList goes on with the next list of the epoch, or with the epoch before.
func (s StaySearch) nextList(tx *ledger.Tx) ([]foundStay, StaySearch, error) {
	s.After = nil
	switch {
	case s.List == listInside:
		s.List = listGone
		return nil, s, nil
	case s.Epoch > 0:
		s.List, s.Epoch = listInside, s.Epoch-1
		return nil, s, nil
	}
	return s.nextKind(tx)
}

// nextKind goes on with what was attached, or with what left by itself.
func (s StaySearch) nextKind(tx *ledger.Tx) ([]foundStay, StaySearch, error) {
	s.After, s.Epoch = nil, 0
	if s.Attached {
		s.List, s.Attached = listLeft, false
		return nil, s, nil
	}
	container, err := s.container(tx)
	if err != nil {
		return nil, s, err
	}
	s.List, s.Attached, s.Epoch = listInside, true, container.Contents.epoch(true)
	return nil, s, nil
}

func (s StaySearch) container(tx *ledger.Tx) (*Twin, error) {
	container, found, err := ledger.Load[Twin](tx, TwinKey(s.Container))
	if err == nil && !found {
		err = fault.New(fault.Internal, "the container %s is not on the ledger", s.Container)
	}
	return &container, err
}

// end returns when the epoch ended; one that lasts does for ever.
func (s StaySearch) end(tx *ledger.Tx) (end, error) {
	container, err := s.container(tx)
	if err != nil {
		return end{}, err
	}
	if s.Epoch >= container.Contents.epoch(s.Attached) {
		return end{math.MaxInt64, math.MaxInt64}, nil
	}
	record, found, err := ledger.Load[epoch](tx, epochKey(s.Container, s.Attached, s.Epoch))
	if err == nil && !found {
		err = fault.New(fault.Internal, "the end of epoch %d of %s is missing", s.Epoch, s.Container)
	}
	if err != nil {
		return end{}, err
	}
	last := []foundStay{{first: record.Last}}
	times, err := eventTimes(tx, s.Container, last)
	return end{times[record.Last], last[0].occurredIn}, err
}

// nextLeft looks at what left by itself, the latest first.
func (s StaySearch) nextLeft(tx *ledger.Tx, n int) ([]foundStay, StaySearch, error) {
	entries, err := tx.FirstAfter(leftOf(s.Container), n, s.After...)
	if err != nil {
		return nil, s, err
	}
	over := s
	over.List, over.After = "", nil
	var stays []foundStay
	for _, e := range entries {
		_, parts := e.Key.Parts() // container, time, object, number
		record, err := ledger.Decode[left](e.Key, e.Value)
		if err != nil {
			return nil, s, err
		}
		time, ok := timeIn(parts[1])
		first, bad := strconv.ParseUint(parts[3], 10, 64)
		if !ok || bad != nil {
			return nil, s, fault.New(fault.Internal, "unreadable key %s", e.Key)
		}
		if time < s.From {
			return stays, over, nil
		}
		out := time
		if record.Out != 0 {
			out = record.Out
		}
		stays = append(stays, foundStay{path: parts[2], first: first, out: out, attached: record.Attached, next: s.behind(parts[1:]...)})
	}
	if len(entries) == n {
		return stays, stays[n-1].next, nil
	}
	return stays, over, nil
}

// eventTimes returns when the container's events of those numbers happened, in two
// trips, and notes in each stay the latest event time up to there.
func eventTimes(tx *ledger.Tx, container string, stays []foundStay) (map[uint64]int64, error) {
	var keys []ledger.Key
	var numbers []uint64
	at := map[uint64]int{}
	for _, stay := range stays {
		if _, known := at[stay.first]; !known {
			at[stay.first] = len(keys)
			keys, numbers = append(keys, historyKey(container, stay.first)), append(numbers, stay.first)
		}
	}
	entries, err := ledger.LoadMany[entry](tx, keys)
	if err != nil {
		return nil, err
	}
	refs := make([]Ref, len(entries))
	for i, e := range entries {
		if e == nil {
			return nil, fault.New(fault.Internal, "the history lacks number %d", numbers[i]).About(container)
		}
		refs[i] = e.ref()
	}
	for i := range stays {
		stays[i].occurredIn = entries[at[stays[i].first]].Occurred
	}
	records, err := LoadEvents(tx, refs)
	if err != nil {
		return nil, err
	}
	times := make(map[uint64]int64, len(records))
	for i, record := range records {
		if record == nil {
			return nil, fault.New(fault.Internal, "the ledger lacks event %s", refs[i].Hash).About(container)
		}
		times[numbers[i]] = millis(record.Time)
	}
	return times, nil
}

// Filled reports what is in a container now: single objects, and quantities of
// lots. It takes a short range each.
func Filled(tx *ledger.Tx, t *Twin) (objects, lots bool, err error) {
	for _, attached := range t.periods() {
		found, err := tx.First(insideOf(t.ID, attached, t.Contents.epoch(attached)), 1)
		if err != nil {
			return false, false, err
		}
		objects = objects || len(found) > 0
	}
	if !t.Packed() {
		return objects, false, nil
	}
	found, err := tx.First(ledger.NewKey("lotin", t.ID, ledger.Number(t.Contents.Epoch)), 1)
	return objects, len(found) > 0, err
}
