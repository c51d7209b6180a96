package product

import (
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Goods of one lot are alike, and nobody could tell those on hold from others. So
// a hold is on an account: on all that one organisation has of the lot at hand,
// and on what comes to it until the hold is lifted. What others have is free.

// AccountRef names the account that an organisation has of a lot.
type AccountRef struct {
	// Lot is the lot, canonical, Organisation the MSP id.
	Lot          string `json:"lot"`
	Organisation string `json:"organisation"`
}

func lotHoldKey(at AccountRef, hold string) ledger.Key {
	return ledger.NewKey("lothold", at.Lot, at.Organisation, hold)
}

func lotUnderKey(hold string, at AccountRef) ledger.Key {
	return ledger.NewKey("lotheldunder", hold, at.Lot, at.Organisation)
}

// PlaceLotHold puts a hold on the account that an organisation has of a lot, by an
// event that the ledger makes, of bizStep holding, which stands in that account's
// history. A zero Since becomes the ledger time.
//
// Refusals: fault.NotFound when there is no such account, fault.AlreadyExists when
// it has a hold of this id, fault.LimitExceeded beyond [MaxText],
// fault.InvalidRequest without an id.
func PlaceLotHold(tx *ledger.Tx, at AccountRef, h Hold) error {
	if err := h.check(); err != nil {
		return err
	}
	if h.Since.IsZero() {
		h.Since = tx.Time()
	}
	has, err := HasLotHold(tx, at, h.ID)
	if err != nil {
		return err
	}
	if has {
		return fault.New(fault.AlreadyExists, "what %s has of the lot has the hold %s", at.Organisation, h.ID).About(at.Lot)
	}
	what := extension("hold", "id", h.ID, "reason", h.Reason, "breach", h.Breach, "organisation", at.Organisation)
	return recordOfLot(tx, at, "holding", what, Held, func(b *Batch, a *Account) {
		a.Holds++
		b.Put(lotHoldKey(at, h.ID), holdRecord{V: Version, Hold: h})
		b.Put(lotUnderKey(h.ID, at), under{V: Version})
	})
}

// LiftLotHold takes a hold off an account, by an event that the ledger makes; it
// names who decided so. It fails with fault.NotFound when the account has no such
// hold.
func LiftLotHold(tx *ledger.Tx, at AccountRef, holdID string, by string) error {
	has, err := HasLotHold(tx, at, holdID)
	if err != nil {
		return err
	}
	if !has {
		return fault.New(fault.NotFound, "what %s has of the lot has no hold %s", at.Organisation, holdID).About(at.Lot)
	}
	what := extension("holdLifted", "id", holdID, "by", by, "organisation", at.Organisation)
	return recordOfLot(tx, at, "", what, Released, func(b *Batch, a *Account) {
		a.Holds--
		b.Put(lotHoldKey(at, holdID), nil)
		b.Put(lotUnderKey(holdID, at), nil)
	})
}

// HasLotHold reports whether an account has a hold of that id.
func HasLotHold(tx *ledger.Tx, at AccountRef, holdID string) (bool, error) {
	value, err := tx.Get(lotHoldKey(at, holdID))
	return value != nil, err
}

// LotsHeldUnder returns the accounts that have a hold, the first n in their order.
// None are left when it is lifted from all.
func LotsHeldUnder(tx *ledger.Tx, hold string, n int) ([]AccountRef, error) {
	entries, err := tx.First(ledger.NewKey("lotheldunder", hold), n)
	if err != nil {
		return nil, err
	}
	accounts := make([]AccountRef, len(entries))
	for i, e := range entries {
		_, parts := e.Key.Parts() // hold, lot, MSP id
		accounts[i] = AccountRef{Lot: parts[1], Organisation: parts[2]}
	}
	return accounts, nil
}

// HoldsOfLot returns the holds of an account that the batch has read: nothing is
// read of one that has none.
func (b *Batch) HoldsOfLot(at AccountRef) ([]Hold, error) {
	account, err := b.LotAccount(at.Lot, at.Organisation)
	if err != nil || account.Holds == 0 {
		return nil, err
	}
	entries, err := b.tx.Scan(ledger.NewKey("lothold", at.Lot, at.Organisation))
	if err != nil {
		return nil, err
	}
	holds, err := decodeHolds(entries)
	if err != nil {
		return nil, err
	}
	if len(holds) == 0 {
		return nil, fault.New(fault.Internal, "a hold is missing").About(at.Lot)
	}
	return holds, nil
}

// recordOfLot stores an event that the ledger made about an account, and changes
// that.
func recordOfLot(tx *ledger.Tx, at AccountRef, bizStep string, what epcis.Member, effect Effect, change func(*Batch, *Account)) error {
	id, err := gs1.Parse(at.Lot)
	if err != nil {
		return fault.New(fault.InvalidIdentifier, "%w", err)
	}
	b := newBatch(tx)
	b.made = true
	if err := b.LoadLots([]gs1.ID{id}, at.Organisation); err != nil {
		return err
	}
	lot := b.Lot(id)
	account, err := b.LotAccount(at.Lot, at.Organisation)
	if err != nil {
		return err
	}
	if lot == nil || account.Events == 0 {
		return fault.New(fault.NotFound, "%s has no account of the lot", at.Organisation).About(at.Lot)
	}
	event := ledgerEvent(tx, nil, bizStep, what)
	event.QuantityList = []epcis.Quantity{{EPCClass: gs1.Authority + at.Lot}}
	made, err := Prepare(tx, event)
	if err != nil {
		return err
	}
	made.Record.LedgerMade, made.Ref.By = true, Ledger
	change(b, account)
	b.enter(lot, account, made, effect, nil, false)
	made.Record.Objects = 1
	return b.Close([]*NewEvent{made})
}

// LotAtHand returns what an organisation has of a lot at hand itself; none when
// that is nothing.
func LotAtHand(tx *ledger.Tx, lot gs1.ID, msp string) ([]*Holding, error) {
	return newBatch(tx).StockOf(lot.Path(), msp, "")
}
