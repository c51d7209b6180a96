package product

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// movement is an event by which something goes somewhere, and the flags that are
// said about it.
type movement struct {
	event *NewEvent
	path  string // object, lot or class
	// subjects are what can be recalled with it: its class first, itself where
	// it has none; then its lot.
	subjects []string
	flags    *[]Flag
}

// handsOver reports whether an event's effect on an object puts it where its
// recall should keep it from: it moves, or it reaches whoever uses it up.
func handsOver(event *NewEvent, effect Effect) bool {
	if effect == Finished {
		switch event.Record.BizStep {
		case "retail_selling", "dispensing", "consuming":
			return true
		}
	}
	return effect.moves()
}

// recallable notes what recalls have to know of an event of an object: that it
// moves, and which lot has begun.
func (b *Batch) recallable(t *Twin, event *NewEvent, e *entry) {
	if handsOver(event, e.Effect) {
		b.moved(event, t.ID, t.LotPath(), &e.Flags)
	}
	switch e.Effect {
	case Commissioned, Produced, Adopted:
		b.began(t, e.Effect)
	}
}

// moved notes that an object, lot or class moves, so that it is flagged when the
// batch is closed should it be recalled. Lot is the path of an object's lot, if it
// has one; flags are those of the entry of the event.
func (b *Batch) moved(event *NewEvent, path, lot string, flags *[]Flag) {
	m := movement{event: event, path: path, flags: flags, subjects: []string{path}}
	if id, err := gs1.Parse(path); err == nil && id.Class() != id {
		m.subjects[0] = id.Class().Path()
		if !IsObject(id) {
			lot = path
		}
	}
	if lot != "" {
		m.subjects = append(m.subjects, lot)
	}
	b.movements = append(b.movements, m)
}

// flagRecalled flags what moves and has been recalled: itself, its lot or its
// class. Lots and classes are read in one trip, however many objects they have;
// single objects in a second, and only those of a class of which some object is
// recalled. What is in a container that moves is not looked at.
func (b *Batch) flagRecalled() error {
	heads := headReader{tx: b.tx, heads: map[string]*recallHead{}}
	subjects := make([][]string, len(b.movements))
	for i, m := range b.movements {
		subjects[i] = m.subjects
		heads.want(m.subjects...)
	}
	if err := heads.read(); err != nil {
		return err
	}
	for i, m := range b.movements {
		if class := heads.heads[m.subjects[0]]; class != nil && class.Single > 0 {
			heads.want(m.path)
			subjects[i] = append(subjects[i], m.path)
		}
	}
	if err := heads.read(); err != nil {
		return err
	}
	for i, m := range b.movements {
		if heads.recalled(subjects[i]) {
			b.flagged.more(m.event, m.path, *m.flags, FlagRecalled)
			*m.flags = append(*m.flags, FlagRecalled)
		}
	}
	return nil
}

// more adds a flag to those that an event of an object has already.
func (s *flagSheet) more(event *NewEvent, object string, has []Flag, flag Flag) {
	s.add(event, object, []Flag{flag})
	if len(has) > 0 {
		s.sheets[slices.Index(s.events, event)].Objects-- // the object is counted
	}
}

// headReader reads counts of recalls, each once.
type headReader struct {
	tx    *ledger.Tx
	heads map[string]*recallHead // nil: none runs, or not read yet
	ask   []string
}

func (r *headReader) want(subjects ...string) {
	for _, s := range subjects {
		if _, known := r.heads[s]; !known {
			r.heads[s] = nil
			r.ask = append(r.ask, s)
		}
	}
}

func (r *headReader) read() error {
	keys := make([]ledger.Key, len(r.ask))
	for i, s := range r.ask {
		keys[i] = headKey(s)
	}
	found, err := ledger.LoadMany[recallHead](r.tx, keys)
	if err != nil {
		return err
	}
	for i, s := range r.ask {
		r.heads[s] = found[i]
	}
	r.ask = nil
	return nil
}

// recalled reports whether a recall of one of the subjects runs.
func (r *headReader) recalled(subjects []string) bool {
	for _, s := range subjects {
		if head := r.heads[s]; head != nil && head.Whole > 0 {
			return true
		}
	}
	return false
}
