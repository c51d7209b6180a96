package product

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// lotBook is what a batch knows of lots. As with twins, all is read before it is
// changed, several events may change the same, and each record is written once,
// when the batch is closed.
type lotBook struct {
	lots     map[string]*Lot // by path; nil: not on the ledger
	accounts map[ledger.Key]*Account
	holdings map[ledger.Key]*Holding // an amount of 0: none
	scanned  map[ledger.Key]bool     // prefixes of holdings that were read
	changed  []ledger.Key            // of accounts and holdings, in order of first change
	dirty    map[ledger.Key]bool
	entries  []*lotWrite
	pending  map[ledger.Key]*lotWrite    // of entries
	under    map[ledger.Key][]ledger.Key // holdings by their prefix
}

type lotWrite struct {
	key   ledger.Key
	entry *lotEntry
	event *NewEvent
}

func newLotBook() lotBook {
	return lotBook{
		lots: map[string]*Lot{}, accounts: map[ledger.Key]*Account{}, holdings: map[ledger.Key]*Holding{},
		scanned: map[ledger.Key]bool{}, dirty: map[ledger.Key]bool{},
		pending: map[ledger.Key]*lotWrite{}, under: map[ledger.Key][]ledger.Key{},
	}
}

func (k *lotBook) touch(key ledger.Key) {
	if !k.dirty[key] {
		k.dirty[key] = true
		k.changed = append(k.changed, key)
	}
}

// loadAccounts reads the accounts that an organisation has of lots.
func (b *Batch) loadAccounts(lots []string, msp string) error {
	var keys []ledger.Key
	for _, lot := range lots {
		if key := accountKey(lot, msp); b.book.accounts[key] == nil {
			keys = append(keys, key)
		}
	}
	found, err := ledger.LoadMany[Account](b.tx, keys)
	if err != nil {
		return err
	}
	for i, key := range keys {
		if found[i] == nil {
			_, parts := key.Parts() // lot, MSP id
			found[i] = &Account{V: Version, Lot: parts[0], Organisation: parts[1]}
		}
		b.book.accounts[key] = found[i]
	}
	return nil
}

// LotAccount returns the account that an organisation has of a lot; one without
// events when there is none.
func (b *Batch) LotAccount(lot, msp string) (*Account, error) {
	if err := b.loadAccounts([]string{lot}, msp); err != nil {
		return nil, err
	}
	return b.book.accounts[accountKey(lot, msp)], nil
}

// StockOf returns what an organisation has of a lot at hand, itself or for a
// party outside of the channel, in the order of the keys. What is in containers
// is not at hand.
func (b *Batch) StockOf(lot, msp, party string) ([]*Holding, error) {
	return b.holdingsUnder(holdingsOf(lot, StockAtHand, msp+party))
}

// OnOffer returns what is left of a lot on a shipment.
func (b *Batch) OnOffer(lot string, shipment Ref) ([]*Holding, error) {
	return b.holdingsUnder(holdingsOf(lot, StockOnOffer, atOffer(shipment)))
}

// holdingsUnder returns the holdings under a prefix, as the events so far have
// left them; the first 1000 of those on the ledger. Who receives what others have
// split up into more, by words of their own, can work on those first, and say of
// them that they are at one place and of one disposition: then they are one.
func (b *Batch) holdingsUnder(prefix ledger.Key) ([]*Holding, error) {
	if !b.book.scanned[prefix] {
		entries, err := b.tx.First(prefix, ledger.MaxScan)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if b.book.holdings[e.Key] != nil {
				continue
			}
			h, err := ledger.Decode[Holding](e.Key, e.Value)
			if err != nil {
				return nil, err
			}
			b.book.add(e.Key, &h)
		}
		b.book.scanned[prefix] = true
	}
	keys := b.book.under[prefix]
	slices.Sort(keys)
	var found []*Holding
	for _, key := range keys {
		if h := b.book.holdings[key]; h.Amount > 0 {
			found = append(found, h)
		}
	}
	return found, nil
}

func (k *lotBook) add(key ledger.Key, h *Holding) {
	k.holdings[key] = h
	prefix := holdingsOf(h.Lot, h.Kind, h.where())
	k.under[prefix] = append(k.under[prefix], key)
}

// holding returns one holding, with the amount 0 where there is none.
func (b *Batch) holding(lot string, s *Stock) (*Holding, error) {
	key := holdingKey(lot, s)
	if h := b.book.holdings[key]; h != nil {
		return h, nil
	}
	h, found, err := ledger.Load[Holding](b.tx, key)
	if err != nil {
		return nil, err
	}
	if !found {
		h = Holding{V: Version, Lot: lot, Stock: *s}
	}
	b.book.add(key, &h)
	return &h, nil
}

// MoveLots changes holdings of a lot and records that in the account of an
// organisation: every move, or an error and none is to be kept. Two lines of one
// event about the same lot are one entry.
//
// It fails with fault.NotEnough where a holding has less than is taken from it,
// and with fault.LimitExceeded where an amount, or the entry, grows too large.
func (b *Batch) MoveLots(lot *Lot, msp string, event *NewEvent, effect Effect, moves []LotMove, more ...Flag) error {
	for _, m := range moves {
		if err := b.move(lot.ID, m); err != nil {
			return err
		}
	}
	return b.recordLot(lot, msp, event, effect, moves, more)
}

// maxWords bounds what is said of the place and disposition of a quantity, in
// bytes: it stands in the account of whoever receives it, too.
const maxWords = 250

func (b *Batch) move(lot string, m LotMove) error {
	if m.From != nil {
		from, err := b.holding(lot, m.From)
		switch {
		case err != nil:
			return err
		case from.Amount < m.Amount:
			return fault.New(fault.NotEnough, "there is only %s", from.Amount).About(lot).With("available", from.Amount.String())
		}
		from.Amount -= m.Amount
		b.book.touch(holdingKey(lot, m.From))
	}
	switch {
	case m.To == nil:
		return nil
	case len(m.To.Place) > maxWords || len(m.To.Disposition) > maxWords:
		return fault.New(fault.LimitExceeded, "place and disposition of a quantity have at most %d bytes each", maxWords).About(lot).At("/bizLocation")
	}
	to, err := b.holding(lot, m.To)
	if err != nil {
		return err
	}
	if to.Amount, err = to.Amount.Plus(m.Amount); err != nil {
		return fault.Of(err).About(lot)
	}
	b.book.touch(holdingKey(lot, m.To))
	return nil
}

// write writes what of lots has changed.
func (k *lotBook) write(w *writer, made bool) {
	for _, e := range k.entries {
		e.entry.By = e.event.Ref.By
		w.record(e.key, e.entry)
	}
	for _, key := range k.changed {
		switch h := k.holdings[key]; {
		case k.accounts[key] != nil:
			w.account(key, k.accounts[key], made)
		case h.Amount == 0:
			w.beside(ledgerWrite{key: key})
		default:
			w.record(key, h)
		}
	}
}
