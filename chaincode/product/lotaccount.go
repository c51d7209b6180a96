package product

import (
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Account is what one organisation did with a lot. It alone writes it, but for
// two things: who refuses a shipment puts into the shipper's account that it came
// back, and the ledger puts holds on it.
type Account struct {
	// V is the schema version.
	V int `json:"v"`
	// Lot is the lot or class, Organisation the MSP id.
	Lot          string `json:"lot"`
	Organisation string `json:"organisation"`
	// Events is the number of events in the account, and Changed that of the
	// last of them which changed something and was not reversed.
	Events  uint64 `json:"events"`
	Changed uint64 `json:"changed"`
	// Totals are in the order of their units.
	Totals []Total `json:"totals,omitempty"`
	// Contested says that an event in it was declared an error when it was no
	// longer the last that changed something.
	Contested bool `json:"contested,omitempty"`
	// Holds counts the holds on it: what the organisation has at hand stays with
	// it, unless a permit says otherwise. [ReadLotHolds] tells them.
	Holds int `json:"holds,omitempty"`
	// Occurred is the latest event time among the events that changed it, and
	// Updated the latest ledger time in it.
	Occurred time.Time `json:"occurred"`
	Updated  time.Time `json:"updated"`
}

// Total is what an organisation did with a lot, counted in one unit. What it has
// at hand is always
//
//	made + received + returned + unpacked - consumed - ended - sent - packed
//
// and over all organisations, what is held is made - consumed - ended.
type Total struct {
	// Unit is a UN/ECE Recommendation 20 code; absent for a count.
	Unit string `json:"unit,omitempty"`
	// Made began: commissioned, produced or adopted. Adopted is how much of it
	// was stock from before the ledger.
	Made    Amount `json:"made,omitzero"`
	Adopted Amount `json:"adopted,omitzero"`
	// Consumed went into other things; Ended was sold, dispensed, destroyed,
	// consumed or decommissioned.
	Consumed Amount `json:"consumed,omitzero"`
	Ended    Amount `json:"ended,omitzero"`
	// Sent was shipped; Returned came back of it, called off or refused.
	// Received came from others.
	Sent     Amount `json:"sent,omitzero"`
	Returned Amount `json:"returned,omitzero"`
	Received Amount `json:"received,omitzero"`
	// Packed went into containers, Unpacked came out of them.
	Packed   Amount `json:"packed,omitzero"`
	Unpacked Amount `json:"unpacked,omitzero"`
}

func accountKey(lot, msp string) ledger.Key { return ledger.NewKey("account", lot, msp) }

// lotHistoryKey names the Nth event of an account. It has one part more than the
// keys of the histories of objects, and a lot is no object.
func lotHistoryKey(lot, msp string, number uint64) ledger.Key {
	return ledger.NewKey("history", lot, msp, ledger.Number(number))
}

// total returns the total in a unit, which it begins if need be.
func (a *Account) total(unit string) *Total {
	at, found := slices.BinarySearchFunc(a.Totals, unit, func(t Total, unit string) int { return strings.Compare(t.Unit, unit) })
	if !found {
		a.Totals = slices.Insert(a.Totals, at, Total{Unit: unit})
	}
	return &a.Totals[at]
}

// LotMove is an amount that goes from one holding to another; from nothing when
// it begins, to nothing when it ends.
type LotMove struct {
	From   *Stock `json:"f,omitempty"`
	To     *Stock `json:"t,omitempty"`
	Amount Amount `json:"a"`
}

func (m *LotMove) unit() string {
	if m.From != nil {
		return m.From.Unit
	}
	return m.To.Unit
}

// counters are the totals that an amount counts in, for an account whose event
// has this effect.
func (t *Total) counters(m LotMove, effect Effect) []*Amount {
	switch {
	case m.From == nil && effect == Adopted:
		return []*Amount{&t.Made, &t.Adopted}
	case m.From == nil:
		return []*Amount{&t.Made}
	case m.To == nil && effect == Consumed:
		return []*Amount{&t.Consumed}
	case m.To == nil:
		return []*Amount{&t.Ended}
	case m.From.Kind == m.To.Kind:
		return nil
	case m.To.Kind == StockOnOffer:
		return []*Amount{&t.Sent}
	case m.To.Kind == StockInside:
		return []*Amount{&t.Packed}
	case m.From.Kind == StockInside:
		return []*Amount{&t.Unpacked}
	case effect == Received:
		return []*Amount{&t.Received}
	}
	return []*Amount{&t.Returned}
}

// count adds a move to the totals, or takes it off again.
func (a *Account) count(m LotMove, effect Effect, off bool) error {
	amount := m.Amount
	if off {
		amount = -amount
	}
	for _, counter := range a.total(m.unit()).counters(m, effect) {
		sum, err := counter.Plus(amount)
		if err != nil {
			return fault.Of(err).About(a.Lot)
		}
		*counter = sum
	}
	return nil
}

// tidy removes totals in which everything was taken back.
func (a *Account) tidy() {
	a.Totals = slices.DeleteFunc(a.Totals, func(t Total) bool { return t == Total{Unit: t.Unit} })
}

// add adds another organisation's total in the same unit.
func (t *Total) add(o Total) error {
	for _, pair := range []struct {
		to   *Amount
		from Amount
	}{
		{&t.Made, o.Made},
		{&t.Adopted, o.Adopted},
		{&t.Consumed, o.Consumed},
		{&t.Ended, o.Ended},
		{&t.Sent, o.Sent},
		{&t.Returned, o.Returned},
		{&t.Received, o.Received},
		{&t.Packed, o.Packed},
		{&t.Unpacked, o.Unpacked},
	} {
		sum, err := pair.to.Plus(pair.from)
		if err != nil {
			return err
		}
		*pair.to = sum
	}
	return nil
}
