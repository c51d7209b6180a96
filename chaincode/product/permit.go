package product

import (
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// What a permit is for.
const (
	// ForReturn: it goes back, with the disposition returned.
	ForReturn = "return"
	// ForQuarantine: it goes to a quarantine store, which may open what it is in.
	ForQuarantine = "quarantine"
	// ForDestruction: it is destroyed, where it is or where it goes.
	ForDestruction = "destruction"
	// ForInspection: it is opened, where it is or where it goes.
	ForInspection = "inspection"
	// ForRepacking: it is taken out of what it is in and packed anew.
	ForRepacking = "repacking"
)

// MaxPermits bounds the permits of one hold.
const MaxPermits = 16

// Permit lets something be done with what a hold is on. The hold stays.
type Permit struct {
	// ID names it: "MSP/id" of the statement that a person of the quality unit
	// signed.
	ID string `json:"id"`
	// Purpose is what it is for.
	Purpose string `json:"purpose" jsonschema:"enum=return,enum=quarantine,enum=destruction,enum=inspection,enum=repacking"`
	// Destination is where it may go: an MSP id, or the path of a party's GLN,
	// "/417/...". Absent: nowhere, what is permitted is done where it is.
	Destination string `json:"destination,omitempty"`
	// MSP is the organisation behind the destination.
	MSP string `json:"msp,omitempty"`
	// Until is when it ends, ledger time; absent: with the hold.
	Until time.Time `json:"until,omitzero"`
}

// Deed is what would be done with something on hold.
type Deed struct {
	// Kind is what it is; "" is what nothing permits.
	Kind DeedKind
	// By is the MSP id of who does it.
	By string
	// To is the MSP id and ToGLN the party that something is shipped to; Outside
	// says that the party has no MSP of its own. Returned says that the event has
	// the disposition returned.
	To, ToGLN         string
	Outside, Returned bool
}

// DeedKind is a kind of deed.
type DeedKind string

// Kinds of deeds.
const (
	Shipping   DeedKind = "shipping"
	Destroying DeedKind = "destroying"
	Opening    DeedKind = "opening" // of what is on hold, or with something around it
	Packing    DeedKind = "packing" // into something that is not on hold
)

// Allows reports whether a permit is for a deed, at an instant of ledger time.
func (p Permit) Allows(d Deed, at time.Time) bool {
	if !p.Until.IsZero() && at.After(p.Until) {
		return false
	}
	there := p.Destination == "" || p.MSP == d.By
	switch d.Kind {
	case Shipping:
		return p.leadsTo(d) && (p.Purpose != ForReturn || d.Returned)
	case Destroying:
		return p.Purpose == ForDestruction && there
	case Opening:
		return p.Purpose == ForRepacking || (p.Purpose == ForInspection || p.Purpose == ForQuarantine) && there
	case Packing:
		return p.Purpose == ForRepacking
	}
	return false
}

// leadsTo reports whether it may go where a shipment goes. A party that has no
// MSP of its own is named by its GLN: its sponsor's MSP id does not mean it.
func (p Permit) leadsTo(d Deed) bool {
	return p.Destination != "" && (p.Destination == d.ToGLN || p.Destination == d.To && !d.Outside)
}

// permitRecord has the permits of one hold.
type permitRecord struct {
	V       int      `json:"v"`
	Permits []Permit `json:"permits"`
}

func permitKey(hold string) ledger.Key { return ledger.NewKey("permit", hold) }

// Permits returns the permits of a hold, those that have ended included.
func Permits(tx *ledger.Tx, hold string) ([]Permit, error) {
	record, _, err := ledger.Load[permitRecord](tx, permitKey(hold))
	return record.Permits, err
}

// AddPermit permits something with what a hold is on; permits that have ended make
// room. It fails with fault.LimitExceeded beyond [MaxPermits].
func AddPermit(tx *ledger.Tx, hold string, permit Permit) error {
	permits, err := Permits(tx, hold)
	if err != nil {
		return err
	}
	permits = slices.DeleteFunc(permits, func(p Permit) bool { return !p.Until.IsZero() && tx.Time().After(p.Until) })
	if len(permits) >= MaxPermits {
		return fault.New(fault.LimitExceeded, "the hold has %d permits: withdraw one", MaxPermits)
	}
	return storePermits(tx, hold, append(permits, permit))
}

// DropPermits takes permits of a hold back, and returns how many.
func DropPermits(tx *ledger.Tx, hold string, which func(Permit) bool) (int, error) {
	permits, err := Permits(tx, hold)
	if err != nil {
		return 0, err
	}
	kept := slices.DeleteFunc(slices.Clone(permits), which)
	if len(kept) == len(permits) {
		return 0, nil
	}
	return len(permits) - len(kept), storePermits(tx, hold, kept)
}

func storePermits(tx *ledger.Tx, hold string, permits []Permit) error {
	if len(permits) == 0 {
		return tx.Delete(permitKey(hold))
	}
	return ledger.Store(tx, permitKey(hold), permitRecord{V: Version, Permits: permits})
}
