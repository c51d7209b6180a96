package product

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// MaxDepth bounds how deep containers nest: what lies deepest has that many
// around it.
const MaxDepth = 8

// epoch is the record of the end of a container's epoch.
type epoch struct {
	V int `json:"v"`
	// Last is the number of the container's event that emptied it.
	Last uint64 `json:"last"`
}

func epochKey(path string, attached bool, number uint64) ledger.Key {
	return ledger.NewKey("epoch", path, period(attached, number))
}

// load reads the twins of paths and of the containers around them, level by
// level, and settles what each inherits. What the batch has is left alone.
func (b *Batch) load(paths []string) error {
	if _, err := b.fetch(paths); err != nil {
		return err
	}
	var fresh []*Twin
	for _, path := range paths {
		if t := b.twins[path]; t != nil && !t.settled {
			fresh = append(fresh, t)
		}
	}
	return b.settle(fresh)
}

// fetch reads the twins of paths that the batch has not, in one trip, and returns
// those that are on the ledger. They are as their own last events left them.
func (b *Batch) fetch(paths []string) ([]*Twin, error) {
	want := b.missing(paths)
	keys := make([]ledger.Key, len(want))
	for i, path := range want {
		keys[i] = TwinKey(path)
	}
	loaded, err := ledger.LoadMany[Twin](b.tx, keys)
	if err != nil {
		return nil, err
	}
	var fresh []*Twin
	for i, t := range loaded {
		b.twins[want[i]] = t
		if t == nil {
			continue
		}
		if t.In != nil {
			stay := *t.In
			t.stored, t.last = &stay, &stay
		}
		fresh = append(fresh, t)
		b.loaded = append(b.loaded, t)
	}
	return fresh, nil
}

// missing returns the paths that the batch has not read, each once.
func (b *Batch) missing(paths []string) []string {
	var want []string
	seen := map[string]bool{}
	for _, path := range paths {
		if _, known := b.twins[path]; !known && !seen[path] {
			seen[path] = true
			want = append(want, path)
		}
	}
	return want
}

// settle lets twins inherit from the containers around them, which it reads, a
// level a trip, and reads the shipments that they turn out to be on.
func (b *Batch) settle(fresh []*Twin) error {
	chain, err := b.climb(fresh)
	if err != nil {
		return err
	}
	left, err := b.departures(chain)
	if err != nil {
		return err
	}
	waiting := make(map[*Twin]bool, len(chain))
	for _, t := range chain {
		waiting[t] = true
	}
	var inherit func(*Twin)
	inherit = func(t *Twin) {
		if !waiting[t] {
			return
		}
		waiting[t] = false
		t.stand()
		if d, gone := left[t]; gone {
			t.depart(d, b.twins[t.In.Container])
		} else if t.inside != nil {
			inherit(t.inside)
			t.inheritNow()
		}
	}
	for _, t := range chain {
		inherit(t)
	}
	return b.loadOffers(chain)
}

// climb finds the containers that twins are in, level by level, and returns all
// that has to inherit.
func (b *Batch) climb(queue []*Twin) (chain []*Twin, err error) {
	for level := 0; len(queue) > 0; level++ {
		if level > MaxDepth {
			return nil, fault.New(fault.Internal, "containers nest deeper than %d", MaxDepth).About(queue[0].ID)
		}
		chain = append(chain, queue...)
		if queue, err = b.outward(queue); err != nil {
			return nil, err
		}
	}
	return chain, nil
}

// outward finds the containers that twins are in, and returns those that have to
// inherit in their turn. Of a container that was emptied since, only the twin is
// read: what is around it concerns nobody who has left.
func (b *Batch) outward(queue []*Twin) (next []*Twin, err error) {
	var containers []string
	for _, t := range queue {
		t.settled = true
		if t.In != nil {
			containers = append(containers, t.In.Container)
		}
	}
	if _, err := b.fetch(containers); err != nil {
		return nil, err
	}
	for _, t := range queue {
		if t.In == nil || t.inside != nil {
			continue
		}
		c := b.twins[t.In.Container]
		switch {
		case c == nil:
			return nil, fault.New(fault.Internal, "the container %s is not on the ledger", t.In.Container).About(t.ID)
		case t.In.over(c.Contents):
			continue
		}
		if t.inside = c; !c.settled {
			c.settled = true
			next = append(next, c)
		}
	}
	return next, nil
}

// departure is what a container was when it was emptied: its facts, what it knew
// of what was in it, and the number of the event.
type departure struct {
	facts   Facts
	emptied *Contents
	number  uint64
}

func (e *entry) departure(number uint64) departure {
	return departure{facts: e.facts(), emptied: e.Emptied, number: number}
}

// departures returns, for each twin whose container was emptied since, the
// container at that moment.
func (b *Batch) departures(twins []*Twin) (map[*Twin]departure, error) {
	var gone []*Twin
	var keys []ledger.Key
	for _, t := range twins {
		if t.In == nil {
			continue
		}
		if c := b.twins[t.In.Container]; c != nil && t.In.over(c.Contents) {
			gone, keys = append(gone, t), append(keys, epochKey(c.ID, t.In.Attached, t.In.Epoch))
		}
	}
	if gone == nil {
		return nil, nil
	}
	epochs, err := ledger.LoadMany[epoch](b.tx, keys)
	if err != nil {
		return nil, err
	}
	for i, e := range epochs {
		if e == nil {
			return nil, fault.New(fault.Internal, "the end of epoch %d of %s is missing", gone[i].In.Epoch, gone[i].In.Container)
		}
		keys[i] = historyKey(gone[i].In.Container, e.Last)
	}
	entries, err := ledger.LoadMany[entry](b.tx, keys)
	if err != nil {
		return nil, err
	}
	left := make(map[*Twin]departure, len(gone))
	for i, e := range entries {
		if e == nil {
			return nil, fault.New(fault.Internal, "the history of %s is not whole", gone[i].In.Container)
		}
		left[gone[i]] = e.departure(epochs[i].Last)
	}
	return left, nil
}

// refresh inherits anew, after other events of the document may have changed
// the containers around the object.
func (t *Twin) refresh() {
	if t.inside != nil {
		t.inside.refresh()
		t.inheritNow()
	}
}
