package product

import (
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// IsAsset reports whether an object is a returnable or individual asset (GRAI,
// GIAI): goods change owner with what carries them, the carrier does not.
func (t *Twin) IsAsset() bool {
	return strings.HasPrefix(t.ID, "/8003/") || strings.HasPrefix(t.ID, "/8004/")
}

// PutIn puts an object into a container with the container's next event, and
// writes upward what the containers around it must know. It returns those of
// them, beside the container itself, that changed: the event is recorded in
// their histories, too, and then in that of the object.
//
// Refusals: fault.InvalidDocument when the container is in the object,
// fault.LimitExceeded beyond [MaxDepth].
func (b *Batch) PutIn(t, container *Twin) ([]*Twin, error) {
	around := append([]*Twin{container}, container.Ancestors()...)
	height := 0
	if t.Loaded() {
		height = t.Contents.Height
	}
	for _, c := range around {
		if c == t {
			return nil, fault.New(fault.InvalidDocument, "the container is in the object that would go into it").About(t.ID)
		}
	}
	if len(around)+height > MaxDepth {
		return nil, fault.New(fault.LimitExceeded, "containers nest at most %d deep", MaxDepth).About(t.ID)
	}
	var changed []*Twin
	for level, c := range around {
		if c.take(t, level+1+height) && c != container {
			changed = append(changed, c)
		}
	}
	number := container.Events + 1
	t.In = &Stay{Container: container.ID, Epoch: container.Contents.Epoch, First: number, Seen: number}
	t.inside = container
	return changed, nil
}

// take notes in a container what goes in with its next event, and reports
// whether that changes what it knows.
func (t *Twin) take(inner *Twin, height int) bool {
	before := Contents{}
	if t.Contents != nil {
		before = *t.Contents
	}
	k := before
	if k.Since == 0 {
		k.Since = t.Events + 1
	}
	k.Height = max(k.Height, height)
	k.expire(inner.Expires)
	if !inner.IsAsset() {
		k.own(inner.Owner, inner.NextOwner, t.Events+1)
	}
	if inner.Loaded() {
		k.expire(inner.Contents.Expires)
		k.own(inner.Contents.Owner, inner.Contents.NextOwner, t.Events+1)
		if inner.Contents.Mixed > 0 && k.Mixed == 0 {
			k.Mixed = t.Events + 1
		}
	}
	t.Contents = &k
	return k != before
}

func (k *Contents) expire(day string) {
	if day != "" && (k.Expires == "" || day < k.Expires) {
		k.Expires = day
	}
}

func (k *Contents) own(owner, next string, number uint64) {
	switch {
	case owner == "" || k.Mixed > 0:
	case k.Owner == "":
		k.Owner, k.NextOwner = owner, next
	case k.Owner != owner || k.NextOwner != next:
		k.Mixed = number
	}
}

// TakeOut takes an object out of its container; it keeps what it has inherited.
func (b *Batch) TakeOut(t *Twin) error {
	outer := t.Ancestors()
	t.refresh()
	t.In, t.inside, t.Offer = nil, nil, nil
	held, err := b.tx.Scan(ledger.NewKey("hold", t.ID))
	if err != nil {
		return err
	}
	for _, h := range held {
		_, parts := h.Key.Parts() // object, hold
		for _, c := range outer {
			b.Put(markKey(c, t.ID, parts[1]), nil)
		}
	}
	return b.unmark(t, outer)
}

// unmark removes from containers the marks of what is in an object.
func (b *Batch) unmark(t *Twin, containers []*Twin) error {
	if !t.Loaded() || len(containers) == 0 {
		return nil
	}
	marks, err := b.tx.Scan(marksOf(t))
	if err != nil {
		return err
	}
	for _, m := range marks {
		_, parts := m.Key.Parts() // container, epoch, object, hold
		for _, c := range containers {
			b.Put(markKey(c, parts[2], parts[3]), nil)
		}
	}
	return nil
}

// Empty takes everything out of a container with its next event, in one write
// however much that is: a new epoch begins.
func (b *Batch) Empty(container *Twin) error {
	if !container.Loaded() {
		return nil
	}
	container.refresh()
	if err := b.unmark(container, container.Ancestors()); err != nil {
		return err
	}
	for _, t := range b.loaded {
		if t.inside == container {
			t.refresh()
			t.In, t.inside, t.Offer = nil, nil, nil
		}
	}
	over := container.Contents.Epoch
	b.Put(epochKey(container.ID, over), epoch{V: Version, Last: container.Events + 1})
	container.Contents = &Contents{Epoch: over + 1}
	return nil
}
