package product

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// lotEntry is the record of one event in one account of a lot.
type lotEntry struct {
	V      int    `json:"v"`
	Event  string `json:"e"`
	By     string `json:"b,omitempty"` // Ref.By
	Effect Effect `json:"x"`
	// Declaration is Ref.Declaration, of an event that reverses or contests.
	Declaration string `json:"q,omitempty"`
	// Upon is the number of the event that had changed the account last before
	// this one, plus 1; absent when that is the number before.
	Upon uint64 `json:"u,omitempty"`
	// Recorded and Occurred are, in Unix milliseconds, the latest ledger time
	// and the latest event time in the account up to here.
	Recorded int64  `json:"r"`
	Occurred int64  `json:"o"`
	Flags    []Flag `json:"f,omitempty"`
	// Moves are what the event did. Totals are those of the account after it.
	Moves  []LotMove `json:"m,omitempty"`
	Totals []Total   `json:"t,omitempty"`
}

func (e *lotEntry) ref() Ref { return Ref{Hash: e.Event, Declaration: e.Declaration, By: e.By} }

// before returns the number of the event that had changed the account before the
// one of this entry; 0 when none had.
func (e *lotEntry) before(number uint64) uint64 {
	if e.Upon > 0 {
		return e.Upon - 1
	}
	return number - 1
}

// recordLot puts an event into the account of an organisation, whose holdings
// have been changed accordingly.
func (b *Batch) recordLot(lot *Lot, msp string, event *NewEvent, effect Effect, moves []LotMove, more []Flag) error {
	account, err := b.LotAccount(lot.ID, msp)
	if err != nil {
		return err
	}
	for _, part := range portioned(moves) {
		for _, m := range part {
			if err := account.count(m, effect, false); err != nil {
				return err
			}
		}
		last := b.sameEntry(account, event, effect)
		if last == nil || movesSize(last.Moves)+movesSize(part) > maxMoves {
			b.enter(lot, account, event, effect, part, last != nil)
		} else {
			last.Moves = append(last.Moves, part...)
			last.Totals = slices.Clone(account.Totals)
		}
	}
	if first := b.firstEntry(account, event, effect); first != nil {
		b.flagLot(lot, event, first, more)
	}
	return nil
}

// maxMoves bounds the moves of one entry, in bytes of JSON: an event that makes
// more is several entries, of which the first has the flags.
const maxMoves = 5000

func movesSize(moves []LotMove) (size int) {
	for _, m := range moves {
		text, err := json.Marshal(m)
		if err != nil {
			return maxMoves
		}
		size += len(text) + 1
	}
	return size
}

// portioned cuts moves so that each part is small enough for an entry. There is
// one part at least.
func portioned(moves []LotMove) [][]LotMove {
	parts := [][]LotMove{nil}
	size := 0
	for _, m := range moves {
		one := movesSize([]LotMove{m})
		if last := len(parts) - 1; size+one > maxMoves && parts[last] != nil {
			parts, size = append(parts, nil), 0
		}
		last := len(parts) - 1
		parts[last], size = append(parts[last], m), size+one
	}
	return parts
}

// firstEntry returns the first of the entries of an event and effect that end an
// account.
func (b *Batch) firstEntry(a *Account, event *NewEvent, effect Effect) *lotEntry {
	var first *lotEntry
	for n := a.Events; n > 0; n-- {
		e := b.entryOf(a, n, event, effect)
		if e == nil {
			break
		}
		first = e
	}
	return first
}

// sameEntry returns the last entry of an account when it is of the same event
// and effect: another line of it.
func (b *Batch) sameEntry(a *Account, event *NewEvent, effect Effect) *lotEntry {
	return b.entryOf(a, a.Events, event, effect)
}

// entryOf returns the Nth entry of an account if it is of that event and effect.
func (b *Batch) entryOf(a *Account, number uint64, event *NewEvent, effect Effect) *lotEntry {
	w := b.book.pending[lotHistoryKey(a.Lot, a.Organisation, number)]
	if w == nil || w.event != event || w.entry.Effect != effect {
		return nil
	}
	return w.entry
}

// enter adds an entry to an account; continued says that it goes on with the
// event of the one before.
func (b *Batch) enter(lot *Lot, a *Account, event *NewEvent, effect Effect, moves []LotMove, continued bool) {
	event.inHistory, event.Record.Effective = true, true
	latest := a.Occurred
	a.Events++
	a.Updated = later(a.Updated, b.tx.Time())
	a.Occurred = later(a.Occurred, event.Record.Time)
	e := &lotEntry{
		V: Version, Event: event.Ref.Hash, Declaration: event.Ref.Declaration, Effect: effect,
		Recorded: millis(a.Updated), Occurred: millis(a.Occurred), Moves: slices.Clone(moves), Totals: slices.Clone(a.Totals),
	}
	if effect != Reversed && effect != Contested {
		if a.Changed != a.Events-1 {
			e.Upon = a.Changed + 1
		}
		a.Changed = a.Events
	}
	key := lotHistoryKey(a.Lot, a.Organisation, a.Events)
	w := &lotWrite{key: key, entry: e, event: event}
	b.book.pending[key] = w
	b.book.entries = append(b.book.entries, w)
	b.book.touch(accountKey(a.Lot, a.Organisation))
	if continued {
		return
	}
	if a.Organisation == event.Record.RecordedBy {
		event.Record.Objects++
	}
	b.flagLot(lot, event, e, append(timeFlags(event, latest), b.lotFlags(lot, event, effect)...))
	if handsOver(event, effect) {
		b.moved(event, lot.ID, "", &e.Flags)
	}
	if effect == Commissioned || effect == Produced || effect == Adopted {
		maker := a.Organisation
		if effect == Adopted {
			maker = ""
		}
		if class := lot.class(); class != lot.ID {
			b.lotBegan(class, lot.ID, maker)
		}
	}
}

// lotFlags are those that follow from the lot.
func (b *Batch) lotFlags(lot *Lot, event *NewEvent, effect Effect) []Flag {
	if !effect.moves() {
		return nil
	}
	var found []Flag
	if lot.Expires != "" && lot.Expires < event.Record.Time.UTC().Format(time.DateOnly) {
		found = append(found, FlagExpired)
	}
	if lot.Unproven {
		found = append(found, FlagUnproven)
	}
	return found
}

// flagLot adds flags to an entry, each once, and lists the event.
func (b *Batch) flagLot(lot *Lot, event *NewEvent, e *lotEntry, flags []Flag) {
	var fresh []Flag
	for _, f := range flags {
		if !slices.Contains(e.Flags, f) && !slices.Contains(fresh, f) {
			fresh = append(fresh, f)
		}
	}
	if len(fresh) == 0 {
		return
	}
	if len(e.Flags) == 0 {
		b.flagged.add(event, lot.ID, fresh)
	} else {
		for _, f := range fresh {
			b.flagged.more(event, lot.ID, e.Flags, f)
		}
	}
	e.Flags = append(e.Flags, fresh...)
}

// WitnessLot records that the caller's organisation saw a quantity of a lot that
// it does not have, or not that much of, beside all accounts.
func (b *Batch) WitnessLot(lot *Lot, event *NewEvent, flags ...Flag) {
	event.Record.Objects++
	said := append(timeFlags(event, time.Time{}), flags...)
	b.flagged.add(event, lot.ID, said)
	b.seen = append(b.seen, witnessWrite{path: lot.ID, event: event, record: &witness{V: Version, Flags: said}})
}

// lotEntries reads entries of one account by their numbers, in one trip.
func (b *Batch) lotEntries(lot, msp string, numbers []uint64) ([]*lotEntry, error) {
	found := make([]*lotEntry, len(numbers))
	var keys []ledger.Key
	var at []int
	for i, n := range numbers {
		key := lotHistoryKey(lot, msp, n)
		if w := b.book.pending[key]; w != nil {
			found[i] = w.entry
			continue
		}
		keys, at = append(keys, key), append(at, i)
	}
	loaded, err := ledger.LoadMany[lotEntry](b.tx, keys)
	if err != nil {
		return nil, err
	}
	for i, e := range loaded {
		if e == nil {
			return nil, fault.New(fault.Internal, "the account of %s lacks number %d", msp, numbers[at[i]]).About(lot)
		}
		found[at[i]] = e
	}
	return found, nil
}
