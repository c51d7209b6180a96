package product

import (
	"slices"

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

func epochKey(path string, number uint64) ledger.Key {
	return ledger.NewKey("epoch", path, ledger.Number(number))
}

// load reads the twins of paths and of the containers around them, level by
// level, and settles what each inherits. Paths that the batch has are left alone.
func (b *Batch) load(paths []string) error {
	var fresh []*Twin
	for level := 0; ; level++ {
		want := b.missing(paths)
		if len(want) == 0 {
			break
		}
		if level > MaxDepth {
			return fault.New(fault.Internal, "containers nest deeper than %d", MaxDepth).About(want[0])
		}
		keys := make([]ledger.Key, len(want))
		for i, path := range want {
			keys[i] = twinKey(path)
		}
		loaded, err := ledger.LoadMany[Twin](b.tx, keys)
		if err != nil {
			return err
		}
		paths = nil
		for i, t := range loaded {
			b.twins[want[i]] = t
			if t == nil {
				continue
			}
			fresh = append(fresh, t)
			b.loaded = append(b.loaded, t)
			if t.In != nil {
				paths = append(paths, t.In.Container)
			}
		}
	}
	return b.settle(fresh)
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

// settle lets twins inherit from their containers, and reads the shipments that
// they turn out to be on.
func (b *Batch) settle(fresh []*Twin) error {
	left, err := b.departures(fresh)
	if err != nil {
		return err
	}
	settled := map[*Twin]bool{}
	var settle func(*Twin) error
	settle = func(t *Twin) error {
		if settled[t] || t.In == nil || t.inside != nil {
			return nil
		}
		settled[t] = true
		if from := left[t]; from != nil {
			container := t.In.Container
			t.inferred = t.inherit(from.facts(), true)
			t.shippedIn(b.twins[container])
			t.In, t.Offer, t.through = nil, nil, []string{container}
			return nil
		}
		c := b.twins[t.In.Container]
		if c == nil {
			return fault.New(fault.Internal, "the container %s is not on the ledger", t.In.Container).About(t.ID)
		}
		if err := settle(c); err != nil {
			return err
		}
		t.inside = c
		t.inheritNow()
		return nil
	}
	for _, t := range fresh {
		if err := settle(t); err != nil {
			return err
		}
	}
	return b.loadOffers(fresh)
}

// departures returns, for each twin whose container was emptied since, the
// container's state at that moment.
func (b *Batch) departures(fresh []*Twin) (map[*Twin]*entry, error) {
	var gone []*Twin
	var keys []ledger.Key
	for _, t := range fresh {
		if t.In == nil {
			continue
		}
		if c := b.twins[t.In.Container]; c != nil && c.Contents != nil && c.Contents.Epoch != t.In.Epoch {
			gone, keys = append(gone, t), append(keys, epochKey(c.ID, t.In.Epoch))
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
	left := make(map[*Twin]*entry, len(gone))
	for i, e := range entries {
		if e == nil {
			return nil, fault.New(fault.Internal, "the history of %s is not whole", gone[i].In.Container)
		}
		left[gone[i]] = e
	}
	return left, nil
}

func (t *Twin) inherit(c Facts, moved bool) []string { return t.Facts.inherit(c, moved, t.IsAsset()) }

// inherit takes over what holds for the container and all that is in it: who
// has it, where, on which shipment, and whose it is while all contents are of
// one owner; an asset that carries goods keeps its owner. Moved says that the
// container was seen since the object itself was: then its disposition is the
// container's, too. It returns the names of the facts.

func (f *Facts) inherit(c Facts, moved, asset bool) []string {
	var names []string
	names = append(names, "custodian", "place")
	if f.Custodian != c.Custodian { // it changed hands with the container
		names = append(names, "from")
		f.From = c.From
	}
	f.Custodian, f.Party, f.Place, f.Offer = c.Custodian, c.Party, c.Place, c.Offer
	if f.Offer != nil {
		names = append(names, "offer")
	}
	if moved && c.Disposition != "" {
		f.Disposition = c.Disposition
		names = append(names, "disposition")
	}
	k := c.Contents
	if k == nil || f.In == nil || k.Owner == "" || k.Mixed != 0 && f.In.First >= k.Mixed {
		return names
	}
	if !asset {
		names = append(names, "owner")
		f.Owner, f.NextOwner = k.Owner, k.NextOwner
	}
	if f.Contents != nil && f.Contents.Mixed == 0 && f.Contents.Owner != "" {
		f.Contents.Owner, f.Contents.NextOwner = k.Owner, k.NextOwner
	}
	return names
}

// inheritNow takes over what holds for the container at present.
func (t *Twin) inheritNow() {
	c := t.inside
	moved := c.Events > t.In.Seen || slices.Contains(c.inferred, "disposition")
	t.inferred = t.inherit(c.Facts, moved)
	t.shippedIn(c)
	t.through = append([]string{c.ID}, c.through...)
}

// refresh inherits anew, after other events of the document may have changed
// the containers around the object.
func (t *Twin) refresh() {
	if t.inside != nil {
		t.inside.refresh()
		t.inheritNow()
	}
}
