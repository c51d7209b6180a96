package product

import (
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Version is the schema version of the records of this package.
const Version = 2

// Twin is the present state of one object. On the ledger stands what its last
// own event left; a [Batch] and [LoadTwins] add what it has inherited from the
// container that it is in.
type Twin struct {
	// V is the schema version.
	V int `json:"v"`
	// ID is the object, a canonical GS1 path such as
	// "/01/09506000134352/21/4711".
	ID string `json:"id"`
	Facts
	// Holds is the number of holds on it, each of which forbids it to ship.
	Holds int `json:"holds,omitempty"`
	// Seals are the tamper seals on it.
	Seals []Seal `json:"seals,omitempty"`
	// Lot and Expires (YYYY-MM-DD) are what its commissioning said.
	Lot     string `json:"lot,omitempty"`
	Expires string `json:"expires,omitempty"`
	// Unproven says that it was adopted from stock from before the ledger, and
	// the holder of the licence has not confirmed that it is genuine.
	Unproven bool `json:"unproven,omitempty"`
	// Contested says that an event in its history was declared an error when
	// it was no longer the last that changed the object.
	Contested bool `json:"contested,omitempty"`
	// Suspected says that it was commissioned twice, or after another had
	// adopted it. All suspicions: [ListSuspicions].
	Suspected bool `json:"suspected,omitempty"`
	// Events is the number of events in its history, and Changed that of the
	// last of them which changed it and was not reversed.
	Events  uint64 `json:"events"`
	Changed uint64 `json:"changed"`
	// Life counts the lives of a reused key, such as an SSCC, from 2 on; Begins
	// is the number of the event that began the present one, absent for the
	// first.
	Life   int    `json:"life,omitempty"`
	Begins uint64 `json:"begins,omitempty"`
	// Into is the number of the event with which it went into something else;
	// absent for what did not.
	Into uint64 `json:"into,omitempty"`
	// CommissionedBy is the MSP id of who commissioned or adopted it, for the
	// holder of the licence, Licensee, where that is another. Commissioned is
	// when that happened, by the event.
	CommissionedBy string    `json:"commissionedBy"`
	Licensee       string    `json:"licensee,omitempty"`
	Commissioned   time.Time `json:"commissioned"`
	// Occurred is the latest event time among the events that changed it, and
	// Updated the latest ledger time in its history.
	Occurred time.Time `json:"occurred"`
	Updated  time.Time `json:"updated"`
	// Latest is the latest event time among those events in its history that
	// changed nothing, where that is after Occurred.
	Latest time.Time `json:"latest,omitzero"`
	// Order is the place of its last event among the events of that
	// transaction, from 0.
	Order int `json:"order,omitempty"`
	// Shipped is when it was last shipped, ledger time, of a logistic unit or
	// a container: see [Twin.MayBeginAnew].
	Shipped time.Time `json:"shipped,omitzero"`

	before    *before   // what its next event ends; see [Batch.Remember]
	recorded  Facts     // as the last event of this batch left them
	stored    *Stay     // its stay as it stands on the ledger, lasting or not
	last      *Stay     // its stay as its last own event left it
	departed  bool      // it left that because the container was emptied
	settled   bool      // it has inherited
	standing  standing  // how its disposition stands
	emptied   *Contents // what its next event takes out
	lastEvent *NewEvent // of those that it was recorded with
	inside    *Twin     // the container, while the stay lasts
	inferred  []string  // names of the facts that it has inherited
	through   []string  // the containers that they come from, the nearest first
}

// Seal is a tamper seal on a container.
type Seal struct {
	// Number is what stands on it.
	Number string `json:"number"`
	// By is the MSP id of who applied it, Event the hash of the event.
	By    string `json:"by"`
	Event string `json:"event"`
}

// Container returns the container that the object is in now, nil when it is in
// none.
func (t *Twin) Container() *Twin { return t.inside }

// Ancestors returns the containers around the object, the nearest first.
func (t *Twin) Ancestors() []*Twin {
	var above []*Twin
	for c := t.inside; c != nil; c = c.inside {
		above = append(above, c)
	}
	return above
}

// HeldBy returns the object itself, or the nearest of the containers around it,
// that has a hold; nil when none does.
func (t *Twin) HeldBy() *Twin {
	for at := t; at != nil; at = at.inside {
		if at.Holds > 0 {
			return at
		}
	}
	return nil
}

// Class returns the path of the class that the object belongs to, such as its
// GTIN; "" for objects without one, such as logistic units.
func (t *Twin) Class() string {
	id, err := gs1.Parse(t.ID)
	if err != nil || id.Class() == id {
		return ""
	}
	return id.Class().Path()
}

// LotPath returns the path of the lot that the object belongs to, "" when its
// commissioning named none.
func (t *Twin) LotPath() string {
	id, err := gs1.Parse(t.ID)
	if err != nil || t.Lot == "" || id.Class().Kind() != gs1.GTIN {
		return ""
	}
	lot, err := gs1.New(gs1.LGTIN, id.Class().Key(), t.Lot)
	if err != nil {
		return ""
	}
	return lot.Path()
}

// TwinKey returns the key of an object's twin by its canonical path. Each step of the
// path is a part of it, so that a class is a prefix of its objects, and they need no
// index: see [MembersKey].
func TwinKey(path string) ledger.Key {
	return ledger.NewKey("twin", strings.Split(strings.TrimPrefix(path, "/"), "/")...)
}

// LoadTwins returns the twins of identifiers, in their order, with what they
// inherit; nil where an object is not on the ledger. It takes one trip, and one
// more for each level of containers.
func LoadTwins(tx *ledger.Tx, ids []gs1.ID) ([]*Twin, error) {
	b, err := Open(tx, ids)
	if err != nil {
		return nil, err
	}
	twins := make([]*Twin, len(ids))
	for i, id := range ids {
		twins[i] = b.Twin(id)
	}
	return twins, nil
}

// kinds of which an instance is a thing that can be held, shipped and ended.
var kinds = []gs1.Kind{gs1.SGTIN, gs1.UPUI, gs1.SSCC, gs1.GRAI, gs1.GIAI, gs1.GDTI, gs1.CPI, gs1.SGCN, gs1.ITIP}

// IsObject reports whether an identifier is that of a single object: a
// serialised trade item, a logistic unit, an asset, a part, a document or a
// coupon.
func IsObject(id gs1.ID) bool { return slices.Contains(kinds, id.Kind()) && id.IsInstance() }

// ParseObject reads the identifier of a single object, in any GS1 form.
//
// It fails with fault.InvalidIdentifier, and with fault.Unsupported for what
// identifies a class or lot, a place, a party or a relation.
func ParseObject(text string) (gs1.ID, error) {
	id, err := gs1.Parse(text)
	switch {
	case err != nil:
		return id, fault.New(fault.InvalidIdentifier, "%w", err)
	case id.Kind() == gs1.GSRN || id.Kind() == gs1.GSRNP:
		return id, fault.New(fault.Unsupported, "this identifies a person, or a relation of service, of which the ledger keeps no record").About(id.Path())
	case !IsObject(id):
		return id, fault.New(fault.Unsupported, "this takes a single object; this identifies a %s of type %s", id.Level(), id.Kind()).About(id.Path())
	}
	return id, nil
}
