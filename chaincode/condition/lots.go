package condition

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// MaxLots bounds the lots of a watch.
const MaxLots = 16

// A watch of a lot is about what its organisation has of the lot: its account. A
// breach names the lot and holds that account; what others have is free, and so is
// what has left it. What is in a container is watched with that.

// AccountSubject is what a gate asks about for what an organisation has of a lot:
// "@" is in no canonical path.
func AccountSubject(lot, msp string) string { return lot + "@" + msp }

// isWatchedLot reports whether an identifier is that of a lot that can be watched:
// a trade item's, by its lot number.
func isWatchedLot(id gs1.ID) bool { return id.Kind() == gs1.LGTIN && product.IsLot(id) }

// parseWatched reads the identifier of an object or a lot.
func parseWatched(text string) (gs1.ID, error) {
	if id, err := gs1.Parse(text); err == nil && isWatchedLot(id) {
		return id, nil
	}
	return product.ParseObject(text)
}

// partLots parts the lots from the objects.
func partLots(ids []gs1.ID) (objects, lots []gs1.ID) {
	for _, id := range ids {
		if isWatchedLot(id) {
			lots = append(lots, id)
		} else {
			objects = append(objects, id)
		}
	}
	return objects, lots
}

// takeLots checks the lots of the watch and notes them. All that the organisation
// has of them at hand, and all else that is watched, is of one owner, who decides
// unless its own policy says otherwise.
func (w *Watch) takeLots(tx *ledger.Tx, lots []gs1.ID, twins []*product.Twin) error {
	switch {
	case len(lots) == 0:
		return nil
	case len(lots) > MaxLots:
		return fault.New(fault.LimitExceeded, "a watch has at most %d lots, not %d; start several", MaxLots, len(lots)).At("/objects")
	case w.Place != "":
		return fault.New(fault.Unsupported, "a watch of a place does not tell which quantities are there: watch the lot by itself").About(lots[0].Path()).At("/objects")
	case w.Start < evaluation.MomentOf(tx.Time().Add(-skew)):
		return fault.New(fault.Unsupported, "quantities of a lot cannot be told apart afterwards: they are watched from now on").About(lots[0].Path()).At("/start")
	}
	for _, lot := range lots {
		if err := w.takeLot(tx, lot); err != nil {
			return fault.Of(err).About(lot.Path()).At("/objects")
		}
	}
	for _, t := range twins {
		if w.ownerOf(t) != w.Owner {
			return fault.New(fault.Unsupported, "the object is not owned by %s, as the quantities of lots are: start a watch for each owner", w.Owner).About(t.ID).At("/objects")
		}
	}
	return w.enlist(tx, w.accounts())
}

func (w *Watch) takeLot(tx *ledger.Tx, lot gs1.ID) error {
	stock, err := product.LotAtHand(tx, lot, w.By)
	if err != nil {
		return err
	}
	if len(stock) == 0 {
		return fault.New(fault.NotCustodian, "%s has nothing of the lot at hand: who has some starts a watch of that", w.By)
	}
	for _, h := range stock {
		if w.Owner == "" {
			w.Owner = h.Owner
		}
		if h.Owner != w.Owner {
			return fault.New(fault.Unsupported, "some of it is owned by %s, the rest of what is watched by %s: a watch of lots is for one owner", h.Owner, w.Owner)
		}
	}
	w.Lots = append(w.Lots, lot.Path())
	return nil
}

// accounts returns what the watch is listed under for its lots.
func (w *Watch) accounts() []string {
	subjects := make([]string, len(w.Lots))
	for i, lot := range w.Lots {
		subjects[i] = AccountSubject(lot, w.By)
	}
	return subjects
}

// mayEndLots refuses others than who started a watch of lots, or decides, to end
// it, and an end in the past: who has the quantities may hold readings.
func (w *Watch) mayEndLots(msp string, decides bool, end, earliest evaluation.Moment) error {
	switch {
	case len(w.Lots) == 0:
		return nil
	case msp != w.By && !decides:
		return fault.New(fault.NotCustodian, "only %s, or the quality unit, ends a watch of what it has of a lot", w.By).About(w.Lots[0])
	case end < earliest:
		return fault.New(fault.OutOfSequence, "who has the quantities ends a watch as of now: readings since %s may be still to come", end).
			About(w.Lots[0]).At("/end")
	}
	return nil
}

// decidesOnLots returns who decides on a watch that has lots: the owner, or whom the
// owner's own policy names.
func (w *Watch) decidesOnLots(policy *Policy) string {
	if policy.Quality != "" && policy.Owner == w.Owner {
		return policy.Quality
	}
	return w.Owner
}

// lots returns the lots that a breach is about.
func (b *Breach) lots(w *Watch) []string {
	if b.Object != "" {
		return nil
	}
	return w.Lots
}

// holdsLots reports whether the breach, as it stands, holds what was watched of
// lots.
func (b *Breach) holdsLots(w *Watch) bool {
	switch {
	case b.Held:
		return true
	case !b.holdsAny():
		return false
	}
	return slices.Contains(b.Disputers, w.By) || slices.Contains(b.Disputers, w.Owner)
}

// concernsLot reports whether the breach is about an organisation's quantities of a
// lot: those that it had, or owned, when the watch was started.
func (b *Breach) concernsLot(tx *ledger.Tx, lot gs1.ID, msp string) (bool, error) {
	watch, err := loadWatch(tx, b.Watch)
	if err != nil || msp != watch.By && msp != watch.Owner {
		return false, err
	}
	named, err := tx.Get(breachOfKey(lot.Path(), b.ID))
	return named != nil, err
}

// exposeLots names the breach under the lots of the watch, and holds what its
// organisation has of them.
func (s *spreading) exposeLots() error {
	for _, lot := range s.breach.lots(s.watch) {
		named, err := s.tx.Get(breachOfKey(lot, s.breach.ID))
		if err != nil {
			return err
		}
		if named == nil {
			if err := s.nameThing(lot); err != nil {
				return err
			}
		}
		held, err := s.breach.holdLot(s.tx, s.watch, lot)
		if err != nil {
			return err
		}
		if held || named == nil {
			s.things++
		}
	}
	s.spread.Lots = true
	return nil
}

// holdLot places the breach's hold on an account that does not have it, if the
// breach holds it.
func (b *Breach) holdLot(tx *ledger.Tx, w *Watch, lot string) (placed bool, err error) {
	at := product.AccountRef{Lot: lot, Organisation: w.By}
	if !b.holdsLots(w) {
		return false, nil
	}
	has, err := product.HasLotHold(tx, at, b.ID)
	if err != nil || has {
		return false, err
	}
	return true, product.PlaceLotHold(tx, at, b.asHold(tx))
}

// releaseLots lifts the breach's hold from all accounts that have it.
func (b *Breach) releaseLots(tx *ledger.Tx, by personal.Person) (released int, err error) {
	accounts, err := product.LotsHeldUnder(tx, b.ID, MaxLots)
	if err != nil {
		return 0, err
	}
	for _, at := range accounts {
		if err := product.LiftLotHold(tx, at, b.ID, by.Subject); err != nil {
			return 0, err
		}
	}
	return len(accounts), nil
}
