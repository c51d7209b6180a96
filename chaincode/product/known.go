package product

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Unknown returns the first of the identifiers that names a single object or a lot
// which the ledger has no record of, and whether there is one. Classes, places and
// parties are passed over. It takes one trip, and another one for each lot of which
// nothing is counted: then it looks for serialised goods of the lot.
func Unknown(tx *ledger.Tx, ids []gs1.ID) (gs1.ID, bool, error) {
	var asked []gs1.ID
	var keys []ledger.Key
	for _, id := range ids {
		switch {
		case IsObject(id):
			keys = append(keys, TwinKey(id.Path()))
		case id.IsLot():
			keys = append(keys, classDataKey(id.Path()))
		default:
			continue
		}
		asked = append(asked, id)
	}
	values, err := tx.GetMany(keys)
	if err != nil {
		return gs1.ID{}, false, err
	}
	for i, id := range asked {
		if values[i] != nil {
			continue
		}
		if made, err := made(tx, id); err != nil || !made {
			return id, err == nil, err
		}
	}
	return gs1.ID{}, false, nil
}

// made reports whether serialised goods of a lot are on record.
func made(tx *ledger.Tx, id gs1.ID) (bool, error) {
	if !id.IsLot() {
		return false, nil
	}
	goods, err := tx.First(ledger.NewKey("lotof", id.Class().Path(), id.Path()), 1)
	return len(goods) > 0, err
}

// LatestEvents returns for each object the latest event time in its history, zero where
// there is none, in one trip. An event that is in a history is in that of one of the
// objects that it names, at least; so one that happened after the latest of all of them
// is in none.
func LatestEvents(tx *ledger.Tx, objects []gs1.ID) ([]time.Time, error) {
	type times struct{ Occurred, Latest time.Time }
	found, err := ledger.LoadMany[times](tx, Keys(nil, objects))
	if err != nil {
		return nil, err
	}
	latest := make([]time.Time, len(objects))
	for i, t := range found {
		if t != nil {
			latest[i] = later(t.Occurred, t.Latest)
		}
	}
	return latest, nil
}
