package product

import (
	"fmt"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// What was in a container at some time is asked for when it turns out, perhaps
// much later, that something befell it then ([StaySearch]). What is in it now is
// listed already ([inside]); here is noted, at a price that does not depend on
// what is in it, what left, and when anything went in or out at all.

// left says, under a container, that an object left it by an event of its own. It
// is small: there is one for each object that is taken out.
type left struct {
	V int `json:"v"`
	// Out is when it left, by the event, in Unix milliseconds; absent when that is
	// the time in the key.
	Out int64 `json:"o,omitempty"`
	// Attached is Stay.Attached.
	Attached bool `json:"a,omitempty"`
}

// gone says, under an epoch of a container that is over, that an object was in it
// to the end, and has been seen since: until then it stands in the list of what is
// inside.
type gone struct {
	V     int    `json:"v"`
	First uint64 `json:"n"` // Stay.First
	// Until is when it was seen elsewhere, by the event, in Unix milliseconds.
	Until int64 `json:"u"`
}

// stir says, under a container, that something went in or out then, at any depth.
type stir struct {
	V int `json:"v"`
}

// maxMillis is beyond the year 2200 and has as many digits as the times that occur.
const maxMillis = 9_999_999_999_999

// latestFirst sorts times backwards, in keys.
func latestFirst(millis int64) string {
	return fmt.Sprintf("%013d", maxMillis-min(max(millis, 0), maxMillis))
}

// timeIn reads it back.
func timeIn(part string) (millis int64, ok bool) {
	var n int64
	if _, err := fmt.Sscanf(part, "%d", &n); err != nil {
		return 0, false
	}
	return maxMillis - n, true
}

func leftOf(container string) ledger.Key { return ledger.NewKey("left", container) }

// leftKey names a stay that an object ended by an event of its own. Time is the
// latest in its history up to then, so that it is neither before the one nor the
// other end of the stay.
func leftKey(s *Stay, time int64, path string) ledger.Key {
	return ledger.NewKey("left", s.Container, latestFirst(time), path, strconv.FormatUint(s.First, 10))
}

func goneOf(container string, attached bool, epoch uint64) ledger.Key {
	return ledger.NewKey("gone", container, period(attached, epoch))
}

func (s *Stay) goneKey(path string) ledger.Key {
	return ledger.NewKey("gone", s.Container, period(s.Attached, s.Epoch), path)
}

func stirsOf(container string) ledger.Key { return ledger.NewKey("stir", container) }

func stirKey(container string, time int64) ledger.Key {
	return ledger.NewKey("stir", container, latestFirst(time))
}

// noteStay notes, with an event of an object, the stay that it ended or began. What a
// declaration takes back is as if it had not been: see [Batch.resume].
func (b *Batch) noteStay(t *Twin, event *NewEvent, effect Effect) {
	was, now, emptied := t.last, t.In, t.departed
	t.last, t.departed = nil, false
	if now != nil {
		stay := *now
		t.last = &stay
	}
	at := millis(event.Record.Time)
	if effect == Loaded || effect == Unloaded || effect == Emptied {
		b.stir(t, millis(t.Occurred))
	}
	if effect == Reversed || sameStay(was, now) {
		return
	}
	switch {
	case was != nil && emptied:
		b.Put(was.goneKey(t.ID), gone{V: Version, First: was.First, Until: at})
	case was != nil:
		b.Put(leftKey(was, millis(t.Occurred), t.ID), leaving(was, at, millis(t.Occurred)))
		b.stir(b.twins[was.Container], millis(t.Occurred))
	}
	if now != nil {
		b.stir(t.inside, millis(t.Occurred)) // what is in it may have moved as late as that
	}
}

func leaving(s *Stay, out, time int64) left {
	l := left{V: Version, Attached: s.Attached}
	if out != time {
		l.Out = out
	}
	return l
}

// stir notes in a container and those around it that something in it went in or
// out. It writes keys of the container's own that nobody reads when things move,
// so that who packs does not conflict with who moves what is around.
func (b *Batch) stir(container *Twin, at int64) {
	for c := container; c != nil; c = c.inside {
		if key := stirKey(c.ID, at); !b.stirred[key] {
			b.stirred[key] = true
			b.Put(key, stir{V: Version})
		}
	}
}

// resume takes back that an object left a container, when the event that said so
// is declared an error: time is the latest in its history up to that event.
func (b *Batch) resume(t *Twin, stay *Stay, time int64) {
	b.Put(leftKey(stay, time, t.ID), nil)
	b.Put(stay.goneKey(t.ID), nil)
}

// Undisturbed reports whether nothing, at any depth, went into a container or out
// of it at a time (Unix milliseconds) or since, by the events: what is in it now was in it then. It
// takes one short range.
func Undisturbed(tx *ledger.Tx, container string, since int64) (bool, error) {
	found, err := tx.First(stirsOf(container), 1)
	if err != nil || len(found) == 0 {
		return err == nil, err
	}
	_, parts := found[0].Key.Parts() // container, time
	latest, ok := timeIn(parts[1])
	return ok && latest < since, nil
}
