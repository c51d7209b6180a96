package product

import (
	"encoding/json"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// LotReversal is how a lot stands to an event that its recorder declares an error:
// see [Batch.LotReversals].
type LotReversal struct {
	// Lot is the lot.
	Lot *Lot
	// Possible says that the event is the last that changed the recorder's
	// account of the lot, and that all of what it moved is still where it moved
	// it.
	Possible bool
	// Touched says that the event is in the account, or was: it is no mere
	// witness's.
	Touched bool

	account *Account
	entries []*lotEntry // of the event, the last first
	upon    uint64      // what had changed the account before
}

// LotReversals finds out, for the lots that an event is about, whether it can be
// reversed for its recorder. A refusal cannot: it is in another's account, too.
func (b *Batch) LotReversals(ids []gs1.ID, event Ref, by string) ([]*LotReversal, error) {
	var found []*LotReversal
	for _, id := range ids {
		lot := b.Lot(id)
		if lot == nil || slices.ContainsFunc(found, func(r *LotReversal) bool { return r.Lot == lot }) {
			continue
		}
		account, err := b.LotAccount(lot.ID, by)
		if err != nil {
			return nil, err
		}
		r := &LotReversal{Lot: lot, account: account}
		if err := b.lotStepBack(r, event); err != nil {
			return nil, err
		}
		seen, err := b.tx.Get(witnessKey(lot.ID, event.Hash, by))
		if err != nil {
			return nil, err
		}
		r.Touched = r.Possible || seen == nil
		found = append(found, r)
	}
	return found, nil
}

// lotStepBack goes back in an account to before an event.
func (b *Batch) lotStepBack(r *LotReversal, event Ref) error {
	left := map[ledger.Key]Amount{}
	for number := r.account.Changed; number > 0; {
		entries, err := b.lotEntries(r.Lot.ID, r.account.Organisation, []uint64{number})
		if err != nil {
			return err
		}
		e := entries[0]
		if e.ref() != event {
			break
		}
		there, err := b.stillThere(r.Lot.ID, e, left)
		if err != nil {
			return err
		}
		r.Possible = there && e.Effect != Refused && (r.Possible || r.entries == nil)
		r.entries = append(r.entries, e)
		number = e.before(number)
		r.upon = number
	}
	return nil
}

// stillThere reports whether all that an event moved is where it moved it, beside
// what later entries of it need.
func (b *Batch) stillThere(lot string, e *lotEntry, left map[ledger.Key]Amount) (bool, error) {
	for _, m := range e.Moves {
		if m.To == nil {
			continue
		}
		key := holdingKey(lot, m.To)
		if _, known := left[key]; !known {
			h, err := b.holding(lot, m.To)
			if err != nil {
				return false, err
			}
			left[key] = h.Amount
		}
		if left[key] -= m.Amount; left[key] < 0 {
			return false, nil
		}
	}
	return true, nil
}

// ReverseLots undoes an event in the accounts for which that is possible, and
// records the declaration in them.
func (b *Batch) ReverseLots(found []*LotReversal, declaration *NewEvent) error {
	for _, r := range found {
		if !r.Possible {
			continue
		}
		var back []LotMove
		for _, e := range r.entries {
			for _, m := range slices.Backward(e.Moves) {
				inverse := LotMove{From: m.To, To: m.From, Amount: m.Amount}
				if err := b.moveBack(r.Lot.ID, inverse); err != nil {
					return err
				}
				if err := r.account.count(m, e.Effect, true); err != nil {
					return err
				}
				back = append(back, inverse)
			}
		}
		r.account.tidy()
		r.account.Changed = r.upon
		for i, part := range portioned(back) {
			b.enter(r.Lot, r.account, declaration, Reversed, part, i > 0)
		}
	}
	return nil
}

// ContestLot records in the recorder's account that an event was declared an
// error which cannot be reversed any more.
func (b *Batch) ContestLot(r *LotReversal, declaration *NewEvent) {
	r.account.Contested = true
	b.enter(r.Lot, r.account, declaration, Contested, nil, false)
}

// moveBack makes a move; what goes back onto a shipment can be received again.
func (b *Batch) moveBack(lot string, m LotMove) error {
	if err := b.move(lot, m); err != nil || m.To == nil || m.To.Kind != StockOnOffer {
		return err
	}
	h, err := b.holding(lot, m.To)
	if err != nil || h.Lane > 0 {
		return err
	}
	offer, err := b.OfferOf(Ref{Hash: m.To.Event, By: m.To.By})
	if err != nil {
		return err
	}
	h.To = offer.To
	if offer.Outside {
		h.ToParty = offer.ToGLN
	}
	if h.Now, err = b.dispositionOf(offer.Ref()); err != nil {
		return err
	}
	h.Lane, err = b.laneOf(lot, offer)
	return err
}

// dispositionOf returns what an event on record says of the disposition.
func (b *Batch) dispositionOf(ref Ref) (string, error) {
	body, err := LoadBody(b.tx, ref)
	if err != nil {
		return "", err
	}
	var said struct {
		Disposition string `json:"disposition"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return "", fault.New(fault.Internal, "the body of event %s cannot be read: %w", ref.Hash, err)
	}
	return said.Disposition, nil
}

// laneOf finds the number of a shipment in its lane, among those of which nothing
// was left, and lets its receiver find it again.
func (b *Batch) laneOf(lot string, o *Offer) (uint64, error) {
	sent, _, err := ledger.Load[lane](b.tx, sentKey(lot, o.From, o.To))
	if err != nil {
		return 0, err
	}
	for n := sent.Count; n > 0; n-- {
		e, _, err := ledger.Load[laneEntry](b.tx, laneKey(lot, o.From, o.To, n))
		if err != nil {
			return 0, err
		}
		if e.Event == o.Event && e.By == o.By {
			return n, b.reopenLane(lot, o.From, o.To, n)
		}
	}
	return 0, fault.New(fault.Internal, "the shipment %s is in no lane", o.Event).About(lot)
}
