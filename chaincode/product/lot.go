package product

import (
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Lot is what the ledger knows of a lot, or of a class of which quantities are
// counted without lots, such as a GTIN or the type of a GRAI. It is written when
// it begins, and hardly ever after: who has how much of it stands in [Holding]
// records, and what each organisation did with it in its own [Account].
type Lot struct {
	// V is the schema version.
	V int `json:"v"`
	// ID is the lot or class, a canonical GS1 path such as
	// "/01/09506000134352/10/L1".
	ID string `json:"id"`
	// Expires (YYYY-MM-DD) is what its first commissioning said.
	Expires string `json:"expires,omitempty"`
	// Unproven says that all of it was adopted, by organisations that hold no
	// licence for it.
	Unproven bool `json:"unproven,omitempty"`
	// CommissionedBy is the MSP id of who was the first to commission, or to
	// adopt, some of it, for the holder of the licence, Licensee, where that is
	// another. Commissioned is when that happened, by the event.
	CommissionedBy string    `json:"commissionedBy"`
	Licensee       string    `json:"licensee,omitempty"`
	Commissioned   time.Time `json:"commissioned"`
}

// classDataKey is the key of a [Lot].
func classDataKey(path string) ledger.Key { return ledger.NewKey("lot", path) }

// lotKinds are those of which quantities are counted: the kinds whose instances
// are objects, where they have a class.
var lotKinds = []gs1.Kind{gs1.GTIN, gs1.LGTIN, gs1.GRAI, gs1.GDTI, gs1.CPI, gs1.SGCN, gs1.ITIP}

// IsLot reports whether an identifier is that of a lot, or of a class, of which
// the ledger can count quantities.
func IsLot(id gs1.ID) bool { return slices.Contains(lotKinds, id.Kind()) && !id.IsInstance() }

// ParseLot reads the identifier of a lot or class, in any GS1 form.
//
// It fails with fault.InvalidIdentifier, and with fault.Unsupported for what is a
// single thing, a place, a party or a relation.
func ParseLot(text string) (gs1.ID, error) {
	id, err := gs1.Parse(text)
	switch {
	case err != nil:
		return id, fault.New(fault.InvalidIdentifier, "%w", err)
	case !IsLot(id):
		return id, fault.New(fault.Unsupported, "quantities are counted of a lot or class; this identifies a %s of type %s", id.Level(), id.Kind()).About(id.Path())
	}
	return id, nil
}

// isAssetClass reports whether a lot is of returnable assets: goods change owner
// with what carries them, the carrier does not.
func (l *Lot) isAssetClass() bool { return (&Twin{ID: l.ID}).IsAsset() }

// class returns the class of the lot; itself where it is one.
func (l *Lot) class() string {
	id, err := gs1.Parse(l.ID)
	if err != nil {
		return l.ID
	}
	return id.Class().Path()
}

// LoadLots reads lots, and the accounts that an organisation has of them, into
// the batch: one trip, however many there are.
func (b *Batch) LoadLots(ids []gs1.ID, msp string) error {
	var want []string
	var keys []ledger.Key
	for _, id := range ids {
		path := id.Path()
		if _, known := b.book.lots[path]; known || slices.Contains(want, path) {
			continue
		}
		want = append(want, path)
		keys = append(keys, classDataKey(path))
	}
	lots, err := ledger.LoadMany[Lot](b.tx, keys)
	if err != nil {
		return err
	}
	for i, path := range want {
		b.book.lots[path] = lots[i]
	}
	return b.loadAccounts(want, msp)
}

// Lot returns a lot that the batch has read, nil when it is not on the ledger.
func (b *Batch) Lot(id gs1.ID) *Lot { return b.book.lots[id.Path()] }

// BeginLot puts a lot on record that is not there yet, or anew for one of which
// until now nobody who may had said anything.
func (b *Batch) BeginLot(lot *Lot) {
	b.book.lots[lot.ID] = lot
	b.Put(classDataKey(lot.ID), lot)
}
