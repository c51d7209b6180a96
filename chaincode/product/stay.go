package product

import (
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// over reports whether a stay has ended because its container was emptied.
func (s *Stay) over(k *Contents) bool { return k != nil && k.epoch(s.Attached) != s.Epoch }

// epoch returns the present epoch of what is packed, or of what is attached.
func (k *Contents) epoch(attached bool) uint64 {
	switch {
	case k == nil:
		return 0
	case attached:
		return k.AttachedEpoch
	}
	return k.Epoch
}

// since returns the number of the event with which the first thing went in, or
// was attached; 0 when nothing was.
func (k *Contents) since(attached bool) uint64 {
	switch {
	case k == nil:
		return 0
	case attached:
		return k.AttachedSince
	}
	return k.Since
}

// empty returns contents of which nothing is known, in the same epochs.
func (k *Contents) empty() *Contents {
	return &Contents{Epoch: k.Epoch, AttachedEpoch: k.AttachedEpoch}
}

func (k *Contents) sameEpochs(other *Contents) bool {
	return k.Epoch == other.Epoch && k.AttachedEpoch == other.AttachedEpoch
}

// seen is when the event of an entry was recorded.
func (e *entry) seen() when { return whenOf(e.Recorded, e.Order) }

// period names an epoch in keys: of what is packed by its number, of what is
// attached with a mark before it.
func period(attached bool, epoch uint64) string {
	if attached {
		return "attached-" + ledger.Number(epoch)
	}
	return ledger.Number(epoch)
}

// periods are the kinds of stay that something in a container can have now.
func (f *Facts) periods() (kinds []bool) {
	for _, attached := range []bool{false, true} {
		if f.Contents.since(attached) > 0 {
			kinds = append(kinds, attached)
		}
	}
	return kinds
}

// when is a moment in the order of the ledger's events: a ledger time in Unix
// milliseconds, and within one transaction the place of the event.
type when int64

// maxOrder is more than the events of a transaction.
const maxOrder = 1 << 14

func whenOf(millis int64, order int) when { return when(millis*maxOrder + int64(order)) }

// seen is when the object itself was last seen.
func (t *Twin) seen() when { return whenOf(millis(t.Updated), t.Order) }

// standing is how the disposition of an object stands before its next event.
type standing struct {
	disposition string // the one in force, its own or inherited
	changed     int64  // Contents.Changed of that
	custodian   string // as its last event left it
}

// stand notes how the disposition stands, after the object was read or recorded.
func (t *Twin) stand() {
	t.standing = standing{disposition: t.Disposition, custodian: t.Custodian}
	if t.Contents != nil {
		t.standing.changed = t.Contents.Changed
	}
}

// count notes that an event is about an object: once, however often it is
// recorded of it.
func (b *Batch) count(t *Twin, event *NewEvent) {
	if event.order == 0 {
		b.ordered++
		event.order = b.ordered
	}
	if t.lastEvent != event {
		event.Record.Objects++
	}
	t.lastEvent = event
}

// stamp notes, with an event of an object, when it was seen, and for what is in
// it when its disposition changed. Whoever restored an earlier disposition has
// restored when it changed, too.
func (t *Twin) stamp(event *NewEvent) {
	if t.Order = event.order - 1; t.inside != nil {
		t.In.Seen = t.inside.Events
	}
	if k := t.Contents; k != nil && k.Changed == t.standing.changed && t.Disposition != t.standing.disposition {
		k.Changed = int64(whenOf(millis(t.Updated), t.Order))
	}
	t.stand()
}

// shown is the twin as it is told, without what the batch needs to know.
func (t *Twin) shown() Twin {
	shown := *t
	shown.recorded, shown.standing = Facts{}, standing{}
	shown.before, shown.stored, shown.emptied, shown.lastEvent, shown.settled = nil, nil, nil, nil, false
	shown.last, shown.departed = nil, false
	return shown
}

// own are the facts that an event leaves: a shipment is that of the container.
func (t *Twin) own() Facts {
	own := t.clone()
	if t.inside != nil {
		own.Offer = nil
	}
	return own
}
