package shipment

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Kind is how what arrived differs from what was shipped.
type Kind string

const (
	// Over: more of a lot arrived than was shipped.
	Over Kind = "over"
	// Short: what was shipped did not arrive, or less of a lot.
	Short Kind = "short"
	// Damaged: it arrived, and not as it should be.
	Damaged Kind = "damaged"
	// Wrong: what arrived was not what was meant, or was shipped to another.
	Wrong Kind = "wrong"
	// Unannounced: it arrived, and nobody had shipped it.
	Unannounced Kind = "unannounced"
)

// Standing is where a discrepancy is between claim and settlement.
type Standing string

const (
	// Claimed: it waits for an answer.
	Claimed Standing = "claimed"
	// Unanswered: the deadline has passed, and it counts as disputed. This is
	// computed when a discrepancy is read, against the ledger time of the
	// query; it can still be agreed.
	Unanswered Standing = "unanswered"
	// Agreed: the other side says that it is so.
	Agreed Standing = "agreed"
	// Disputed: the other side says that it is not so. It can still be agreed.
	Disputed Standing = "disputed"
	// Withdrawn: the claimant takes it back.
	Withdrawn Standing = "withdrawn"
)

// Limits of discrepancies.
const (
	// Window is how long after the shipping, or the receipt, a claim can be
	// raised, and how long it waits for an answer, both in ledger time.
	Window = 30 * 24 * time.Hour
	// MaxClaimed bounds the objects of one discrepancy; a receipt of more opens
	// several.
	MaxClaimed = 100
	// MaxNote bounds what is said in words, in bytes.
	MaxNote = 500
	// MaxDocuments bounds the documents of a claim.
	MaxDocuments = 4
)

// Discrepancy is what one side of a shipment says differs, and what the other
// side says about it. It changes nothing else: custody moves only where the
// custodian agrees that somebody else has the objects, title never.
type Discrepancy struct {
	// V is the schema version.
	V int `json:"v"`
	// ID identifies it: 32 hexadecimal digits.
	ID string `json:"id"`
	// Kind is what differs.
	Kind Kind `json:"kind" jsonschema:"enum=over,enum=short,enum=damaged,enum=wrong,enum=unannounced"`
	// Shipment names the shipping event; absent for what nobody had shipped.
	Shipment *EventRef `json:"shipment,omitempty"`
	// Receipt names the receiving event that says so, or from which a claim
	// counts its window; absent for a claim that names none.
	Receipt *EventRef `json:"receipt,omitempty"`
	// Objects are the objects that it is about, at most 100; or Lot is a lot,
	// or class, with Amount and Unit for how much of it.
	Objects []string       `json:"objects,omitempty"`
	Lot     string         `json:"lot,omitempty"`
	Amount  product.Amount `json:"amount,omitempty"`
	Unit    string         `json:"unit,omitempty"`
	// Claimant is the MSP id of who says so, Other that of the other side: who
	// shipped to it or was shipped to, or has custody of what turned up.
	Claimant string `json:"claimant"`
	Other    string `json:"other"`
	// Moves says that the claimant has the objects, and that custody of them
	// moves there when the other side agrees.
	Moves bool `json:"moves,omitempty"`
	// Place is where the claimant has the objects, when its receipt says so.
	Place string `json:"place,omitempty"`
	// Note is for people. Documents are SHA-256 hashes, hexadecimal, of what
	// else there is to see.
	Note      string   `json:"note,omitempty"`
	Documents []string `json:"documents,omitempty"`
	// Claimed is when it was claimed, in Transaction; the other side answers
	// until Deadline. Both are ledger time.
	Claimed     time.Time `json:"claimed"`
	Transaction string    `json:"transaction"`
	Deadline    time.Time `json:"deadline"`
	// Standing is where it is now.
	Standing Standing `json:"standing" jsonschema:"enum=claimed,enum=unanswered,enum=agreed,enum=disputed,enum=withdrawn"`
	// Said is what both sides said since, in the order of the ledger: a
	// dispute, an agreement, a withdrawal.
	Said []Word `json:"said,omitempty"`
	// Moved is the event that the ledger made when custody followed an
	// agreement; absent when none did.
	Moved string `json:"moved,omitempty"`
}

// EventRef names a recording of an event.
type EventRef struct {
	// Event is its hash, 64 hexadecimal digits, and By its recorder when that is
	// not the first.
	Event string `json:"event"`
	By    string `json:"by,omitempty"`
}

func refOf(ref product.Ref) *EventRef { return &EventRef{Event: ref.Hash, By: ref.By} }

// ref is the event's reference; of no event, the zero one.
func (r *EventRef) ref() product.Ref {
	if r == nil {
		return product.Ref{}
	}
	return product.Ref{Hash: r.Event, By: r.By}
}

// Word is what one side said about a discrepancy after it was claimed.
type Word struct {
	// Standing is what became of it: agreed, disputed or withdrawn.
	Standing Standing `json:"standing"`
	// By is the MSP id of who said so, Time when, ledger time, and Transaction
	// where.
	By          string    `json:"by"`
	Time        time.Time `json:"time"`
	Transaction string    `json:"transaction"`
	// Note is for people.
	Note string `json:"note,omitempty"`
}

func discrepancyKey(id string) ledger.Key { return ledger.NewKey("discrepancy", id) }

// discrepancyID names the nth discrepancy of a transaction.
func discrepancyID(tx *ledger.Tx, n string) string {
	digest := sha256.Sum256([]byte(tx.Channel() + "\x00" + tx.ID() + "\x00" + n))
	return hex.EncodeToString(digest[:16])
}

// newDiscrepancy fills in what all have in common.
func newDiscrepancy(tx *ledger.Tx, n string, d Discrepancy) *Discrepancy {
	d.V, d.ID, d.Standing = Version, discrepancyID(tx, n), Claimed
	d.Claimed, d.Transaction, d.Deadline = tx.Time(), tx.ID(), tx.Time().Add(Window)
	return &d
}

// at is the discrepancy as it stands at a time.
func (d *Discrepancy) at(now time.Time) Discrepancy {
	read := *d
	if d.Standing == Claimed && now.After(d.Deadline) {
		read.Standing = Unanswered
	}
	return read
}

// settled reports whether nothing can be said about it any more.
func (d *Discrepancy) settled() bool { return d.Standing == Agreed || d.Standing == Withdrawn }

// mention lists a discrepancy somewhere.
type mention struct {
	V  int    `json:"v"`
	ID string `json:"id,omitempty"` // where the key does not tell
}

// Object types of the keys that list discrepancies: all of an organisation, its
// unsettled ones, and those of a shipment.
const (
	discrepanciesOf = "discrepancyof"
	unsettledOf     = "discrepancyopen"
	discrepanciesIn = "discrepancyin"
)

func (d *Discrepancy) listKey(list, msp string) ledger.Key {
	return ledger.NewKey(list, msp, newest(d.Claimed), d.ID)
}

// listings are the keys that list a discrepancy from its claim on.
func (d *Discrepancy) listings() []ledger.Key {
	var keys []ledger.Key
	for _, side := range []string{d.Claimant, d.Other} {
		keys = append(keys, d.listKey(discrepanciesOf, side), d.listKey(unsettledOf, side))
	}
	if s := d.Shipment; s != nil {
		keys = append(keys, ledger.NewKey(discrepanciesIn, s.Event, s.By, newest(d.Claimed), d.ID))
	}
	return keys
}

// claimKeys are those under which each object, or the lot, names what is claimed
// of it: one claimant says the same of the same only once.
func (d *Discrepancy) claimKeys() []ledger.Key {
	shipment := d.Shipment.ref()
	subjects := d.Objects
	if d.Lot != "" {
		subjects = []string{d.Lot}
	}
	keys := make([]ledger.Key, len(subjects))
	for i, subject := range subjects {
		keys[i] = ledger.NewKey("claimed", subject, d.Claimant, d.Other, string(d.Kind), shipment.Hash, shipment.By, d.Unit)
	}
	return keys
}

// again reports whether the same may be claimed once more after a discrepancy:
// when it was withdrawn, and of objects that turned up, when it was settled.
func (d *Discrepancy) again() bool {
	return d.Standing == Withdrawn || d.Standing == Agreed && d.Moves
}

// errClaimed refuses to claim the same twice.
func errClaimed(before *Discrepancy) *fault.Error {
	return fault.New(fault.AlreadyExists, "%s has claimed that it is %s: that is %s", before.Claimant, before.Kind, before.Standing).
		With("discrepancy", before.ID)
}

// claimedBefore returns, for each key of [Discrepancy.claimKeys], the discrepancy
// that stands in the way of another; nil where none does.
func claimedBefore(tx *ledger.Tx, keys []ledger.Key) ([]*Discrepancy, error) {
	mentions, err := ledger.LoadMany[mention](tx, keys)
	if err != nil {
		return nil, err
	}
	var ids []ledger.Key
	for _, m := range mentions {
		if m != nil {
			ids = append(ids, discrepancyKey(m.ID))
		}
	}
	found, err := ledger.LoadMany[Discrepancy](tx, ids)
	if err != nil {
		return nil, err
	}
	before := make([]*Discrepancy, len(keys))
	for i, m := range mentions {
		if m == nil {
			continue
		}
		if d := found[0]; d != nil && !d.again() {
			before[i] = d
		}
		found = found[1:]
	}
	return before, nil
}
