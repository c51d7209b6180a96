package product

import (
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Version is the schema version of the records of this package.
const Version = 1

// State is where an object is in its life.
type State string

const (
	// Active: it has begun and not ended.
	Active State = "active"
	// Ended: it was destroyed, consumed, dispensed, sold or decommissioned.
	Ended State = "ended"
)

// Twin is the present state of one object.
type Twin struct {
	// V is the schema version.
	V int `json:"v"`
	// ID is the object, a canonical GS1 path such as
	// "/01/09506000134352/21/4711".
	ID string `json:"id"`
	// Class is the class it belongs to, such as its GTIN; absent for objects
	// without one, such as logistic units.
	Class string `json:"class,omitempty"`
	// State is active or ended.
	State State `json:"state"`
	// Custodian is the MSP id of the organisation that answers for it.
	Custodian string `json:"custodian"`
	// Owner is the MSP id of the organisation that owns it.
	Owner string `json:"owner"`
	// NextOwner is the MSP id of the organisation that becomes the owner when
	// it receives the object; absent when ownership is not under way.
	NextOwner string `json:"nextOwner,omitempty"`
	// Place is the business location where it was last said to be, a
	// canonical GS1 path or a URI; absent when that is not known.
	Place string `json:"place,omitempty"`
	// Disposition is its business condition, a word of CBV 2.0 or a URI.
	Disposition string `json:"disposition,omitempty"`
	// PersistentDisposition are its lasting conditions, sorted.
	PersistentDisposition []string `json:"persistentDisposition,omitempty"`
	// Offer is the shipment under way; absent when there is none.
	Offer *Offer `json:"offer,omitempty"`
	// Holds forbid it to ship, each until it is lifted.
	Holds []Hold `json:"holds,omitempty"`
	// Lot and Expires (YYYY-MM-DD) are what its commissioning said.
	Lot     string `json:"lot,omitempty"`
	Expires string `json:"expires,omitempty"`
	// Events is the number of events in its history.
	Events uint64 `json:"events"`
	// CommissionedBy is the MSP id of who commissioned it, and Commissioned
	// when that happened, by the event.
	CommissionedBy string    `json:"commissionedBy"`
	Commissioned   time.Time `json:"commissioned"`
	// Occurred is the latest event time among the events that changed it.
	Occurred time.Time `json:"occurred"`
	// Updated is the ledger time of the last event in its history.
	Updated time.Time `json:"updated"`
}

// Offer is a leg of a shipment, from its shipping to its receipt.
type Offer struct {
	// To is the MSP id of the organisation that may receive.
	To string `json:"to"`
	// ToGLN is the party that the shipper named, "/417/...".
	ToGLN string `json:"toGLN"`
	// From is the MSP id of the shipper.
	From string `json:"from"`
	// Event is the hash of the shipping event, 64 hexadecimal digits.
	Event string `json:"event"`
	// Time is when it was shipped, by the event.
	Time time.Time `json:"time"`
	// ReadPoint is where it was shipped from; Location is where it is bound.
	ReadPoint string `json:"readPoint,omitempty"`
	Location  string `json:"location,omitempty"`
	// Owner is the MSP id of the organisation that shall own it, when this
	// leg says so.
	Owner string `json:"owner,omitempty"`
	// Place and Disposition are what they were before, for a void shipment.
	Place       string `json:"place,omitempty"`
	Disposition string `json:"disposition,omitempty"`
}

// Hold forbids an object to ship.
type Hold struct {
	// ID names the hold; an object has it once.
	ID string `json:"id"`
	// Reason is for people.
	Reason string `json:"reason"`
	// Since is from when on, ledger time.
	Since time.Time `json:"since"`
	// Breach is the id of the breach behind it, if there is one.
	Breach string `json:"breach,omitempty"`
}

// Hold returns the hold of that id, nil when the object has none.
func (t *Twin) Hold(id string) *Hold {
	if i := slices.IndexFunc(t.Holds, func(h Hold) bool { return h.ID == id }); i >= 0 {
		return &t.Holds[i]
	}
	return nil
}

// Persist sets and unsets lasting dispositions.
func (t *Twin) Persist(set, unset []string) {
	lasting := slices.Concat(t.PersistentDisposition, set)
	lasting = slices.DeleteFunc(lasting, func(d string) bool { return slices.Contains(unset, d) && !slices.Contains(set, d) })
	slices.Sort(lasting)
	t.PersistentDisposition = slices.Compact(lasting)
	if len(t.PersistentDisposition) == 0 {
		t.PersistentDisposition = nil
	}
}

func twinKey(path string) ledger.Key { return ledger.NewKey("twin", path) }

// LoadTwins returns the twins of identifiers, in their order and in one trip;
// nil where an object is not on the ledger.
func LoadTwins(tx *ledger.Tx, ids []gs1.ID) ([]*Twin, error) {
	keys := make([]ledger.Key, len(ids))
	for i, id := range ids {
		keys[i] = twinKey(id.Path())
	}
	return ledger.LoadMany[Twin](tx, keys)
}

// kinds of which an instance is a thing that can be held, shipped and ended.
var kinds = []gs1.Kind{gs1.SGTIN, gs1.UPUI, gs1.SSCC, gs1.GRAI, gs1.GIAI, gs1.GDTI, gs1.CPI, gs1.SGCN, gs1.ITIP}

// ParseObject reads the identifier of a single object: a serialised trade item,
// a logistic unit, an asset, a part, a document or a coupon, in any GS1 form.
//
// It fails with fault.InvalidIdentifier, and with fault.Unsupported for what
// identifies a class or lot, a place, a party or a relation: this version
// records single objects only.
func ParseObject(text string) (gs1.ID, error) {
	id, err := gs1.Parse(text)
	switch {
	case err != nil:
		return id, fault.New(fault.InvalidIdentifier, "%w", err)
	case !slices.Contains(kinds, id.Kind()) || !id.IsInstance():
		return id, fault.New(fault.Unsupported, "this version records single objects; this identifies a %s of type %s", id.Level(), id.Kind()).About(id.Path())
	}
	return id, nil
}
