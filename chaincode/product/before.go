package product

// before is what a shipment changed of an object whose last own event does not
// tell: it had inherited it from a container, which it left when it was shipped.
type before struct {
	Place       string `json:"p,omitempty"`
	Disposition string `json:"d,omitempty"`
	NextOwner   string `json:"n,omitempty"`
	// Inside is the next owner of what was in it.
	Inside string `json:"i,omitempty"`
}

// Remember has the next event of an object keep what the object is now, for
// [Batch.FactsBefore]. Nothing is kept of an object that inherits nothing: the
// entry before tells.
func (b *Batch) Remember(t *Twin) {
	if len(t.inferred) == 0 {
		return
	}
	t.before = &before{Place: t.Place, Disposition: t.Disposition, NextOwner: t.NextOwner}
	if t.Contents != nil {
		t.before.Inside = t.Contents.NextOwner
	}
}

// FactsBefore returns the facts of objects before their events of those numbers,
// in one trip: place, disposition and next owner as they were, inherited ones
// included, when the event was one of those that remember.
func (b *Batch) FactsBefore(moments []Moment) ([]Facts, error) {
	both := make([]Moment, 0, 2*len(moments))
	for _, m := range moments {
		both = append(both, m, Moment{Twin: m.Twin, Number: max(m.Number, 1) - 1})
	}
	entries, err := b.entriesAt(both)
	if err != nil {
		return nil, err
	}
	facts := make([]Facts, len(moments))
	for i := range moments {
		then, last := entries[2*i], entries[2*i+1]
		if last != nil {
			facts[i] = last.facts()
		}
		if then == nil || then.Before == nil {
			continue
		}
		was := then.Before
		facts[i].Place, facts[i].Disposition, facts[i].NextOwner = was.Place, was.Disposition, was.NextOwner
		if facts[i].Contents != nil {
			facts[i].Contents.NextOwner = was.Inside
		}
	}
	return facts, nil
}
