package product

import (
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// IsAsset reports whether an object is a returnable or individual asset (GRAI,
// GIAI): goods change owner with what carries them, the carrier does not.
func (t *Twin) IsAsset() bool {
	return strings.HasPrefix(t.ID, "/8003/") || strings.HasPrefix(t.ID, "/8004/")
}

// PutIn packs an object into a container with the container's next event, and
// writes upward what the containers around it must know. It returns those of
// them, beside the container itself, that changed: the event is recorded in
// their histories, too, the outermost first, then in that of the container, and
// then in that of the object.
//
// Refusals: fault.InvalidDocument when the container is in the object,
// fault.LimitExceeded beyond [MaxDepth].
func (b *Batch) PutIn(t, container *Twin) ([]*Twin, error) {
	return b.insert(t, container, &Stay{})
}

// Attach fixes an object to another, as [Batch.PutIn] packs it. What is attached
// stays when the other is unpacked, and goes with the title to the other when it
// belongs to the same organisation.
func (b *Batch) Attach(t, container *Twin) ([]*Twin, error) {
	return b.insert(t, container, &Stay{Attached: true, Follows: t.Owner == container.Owner && t.NextOwner == container.NextOwner})
}

func (b *Batch) insert(t, container *Twin, stay *Stay) ([]*Twin, error) {
	around := append([]*Twin{container}, container.Ancestors()...)
	for _, c := range around {
		if c == t {
			return nil, fault.New(fault.InvalidDocument, "the container is in the object that would go into it").About(t.ID)
		}
	}
	if len(around)+t.height() > MaxDepth {
		return nil, fault.New(fault.LimitExceeded, "containers nest at most %d deep", MaxDepth).About(t.ID)
	}
	if stay.Attached {
		container.fix()
	}
	changed := container.tellUpward(t, stay.Attached)
	number := container.Events + 1
	stay.Container, stay.Epoch = container.ID, container.Contents.epoch(stay.Attached)
	stay.First, stay.Seen = number, number
	t.In, t.inside = stay, container
	return changed, b.listInside(t)
}

// tellUpward notes in a container and those around it what goes in or is attached
// with its next event, and returns those around it that learn something new.
func (t *Twin) tellUpward(inner *Twin, attached bool) (changed []*Twin) {
	around := append([]*Twin{t}, t.Ancestors()...)
	for level, c := range around {
		if c.learn(inner, level+1+inner.height(), attached) && c != t {
			changed = append(changed, c)
		}
		// Beyond an attachment, goods do not count among the contents.
		attached = attached || c.In != nil && c.In.Attached
	}
	return changed
}

// height is the number of levels in an object.
func (t *Twin) height() int {
	if t.Loaded() {
		return t.Contents.Height
	}
	return 0
}

// fix notes that something is attached with the next event.
func (t *Twin) fix() {
	k := Contents{}
	if t.Contents != nil {
		k = *t.Contents
	}
	if k.AttachedSince == 0 {
		k.AttachedSince = t.Events + 1
	}
	t.Contents = &k
}

// learn notes in a container what goes in or is attached with its next event, and
// reports whether that changes what it knows.
func (t *Twin) learn(inner *Twin, height int, attached bool) bool {
	if !attached {
		return t.take(inner, height)
	}
	k := *t.Contents
	k.Height = max(k.Height, height)
	changed := k != *t.Contents
	t.Contents = &k
	return changed
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
	if inner.Packed() {
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
	t.refresh()
	if err := b.unmark(t); err != nil {
		return err
	}
	if err := b.tx.Delete(insideKeyOf(t)); err != nil {
		return err
	}
	t.In, t.inside, t.Offer = nil, nil, nil
	t.arrive()
	return nil
}

// arrive lets title pass that was on its way to who has the object: in a container
// with goods of several owners it did not.
func (f *Facts) arrive() {
	if f.NextOwner != "" && f.NextOwner == f.Custodian {
		f.Owner, f.NextOwner = f.NextOwner, ""
	}
	if k := f.Contents; k != nil && k.NextOwner != "" && k.NextOwner == f.Custodian {
		k.Owner, k.NextOwner = k.NextOwner, ""
	}
}

// Empty takes everything out of a container with its next event, in one write
// however much that is: a new epoch begins. What is attached comes off, too.
func (b *Batch) Empty(container *Twin) error {
	for _, attached := range container.periods() {
		if err := b.empty(container, attached); err != nil {
			return err
		}
	}
	return nil
}

// Unpack takes out of a container all that is packed in it, with its next event.
func (b *Batch) Unpack(container *Twin) error { return b.empty(container, false) }

// Detach takes off an object all that is attached to it, with its next event.
func (b *Batch) Detach(container *Twin) error { return b.empty(container, true) }

func (b *Batch) empty(container *Twin, attached bool) error {
	k := container.Contents
	if k.since(attached) == 0 {
		return nil
	}
	container.refresh()
	if err := b.unmarkAll(container, attached); err != nil {
		return err
	}
	if container.emptied == nil {
		before := *k
		container.emptied = &before
	}
	over := k.epoch(attached)
	b.Put(epochKey(container.ID, attached, over), epoch{V: Version, Last: container.Events + 1})
	left := Contents{
		Epoch: k.Epoch + 1, AttachedEpoch: k.AttachedEpoch, AttachedSince: k.AttachedSince, Height: k.Height, Changed: k.Changed,
	}
	if attached {
		left = *k
		left.AttachedEpoch, left.AttachedSince = k.AttachedEpoch+1, 0
	}
	if left.Since == 0 && left.AttachedSince == 0 {
		left.Height = 0
	}
	container.Contents = &left
	return nil
}

// Vacate begins new epochs of a container of which everything has been taken out
// one by one, so that what went in does not follow it when it is filled again.
func (b *Batch) Vacate(container *Twin) error {
	for _, attached := range container.periods() {
		vacant, err := b.vacant(container, attached)
		if err != nil {
			return err
		}
		if vacant {
			if err := b.empty(container, attached); err != nil {
				return err
			}
		}
	}
	return nil
}

// release ends, with the event of a container that empties it, the stays of what
// the batch has read.
func (b *Batch) release(container *Twin, e *entry) {
	if container.emptied == nil {
		return
	}
	e.Emptied, container.emptied = container.emptied, nil
	e.Emptied.Changed = container.Contents.Changed
	for _, t := range b.loaded {
		if t.inside == container && t.In.over(container.Contents) {
			t.inside = nil
			t.depart(departure{facts: container.own(), emptied: e.Emptied, number: container.Events}, container)
		}
	}
	if !container.Loaded() {
		container.Contents.Changed = 0
		container.stand()
	}
}
