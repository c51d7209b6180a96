package product

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Places returns a place, in ledger form, and the one that it is part of, such as
// the store of a shelf (GLN extension); none for the empty path.
func Places(path string) []string {
	if path == "" {
		return nil
	}
	if whole, _, isPart := strings.Cut(path, "/254/"); isPart {
		return []string{path, whole}
	}
	return []string{path}
}

// visit says, under a place that is watched, that an event told of things there.
type visit struct {
	V int `json:"v"`
}

// StoreVisit notes an event at a place.
func StoreVisit(tx *ledger.Tx, place string, at time.Time, ref Ref) error {
	key := ledger.NewKey("visit", place, fmt.Sprintf("%013d", max(millis(at), 0)), ref.Hash, ref.By)
	return ledger.Store(tx, key, visit{V: Version})
}

// Visit is an event at a place.
type Visit struct {
	// Time is when it happened, in Unix milliseconds.
	Time int64
	// Ref names it.
	Ref Ref
	// After is where the list goes on behind it.
	After []string
}

// FirstVisit returns the first event at a place behind another, by the times of
// events; nil when there is none.
func FirstVisit(tx *ledger.Tx, place string, after []string) (*Visit, error) {
	found, err := tx.FirstAfter(ledger.NewKey("visit", place), 1, after...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	_, parts := found[0].Key.Parts() // place, time, hash, recorder
	v := &Visit{Ref: Ref{Hash: parts[2], By: parts[3]}, After: parts[1:]}
	if _, err := fmt.Sscanf(parts[1], "%d", &v.Time); err != nil {
		return nil, fault.New(fault.Internal, "unreadable key %s", found[0].Key)
	}
	return v, nil
}

// EventObjects returns the single objects that an event tells of.
func EventObjects(tx *ledger.Tx, ref Ref) ([]gs1.ID, error) {
	body, err := LoadBody(tx, ref)
	if err != nil {
		return nil, err
	}
	event, err := epcis.ReadEvent(body, epcis.Limits{})
	if err != nil {
		return nil, fault.New(fault.Internal, "read event %s: %w", ref.Hash, err)
	}
	var ids []gs1.ID
	for _, epc := range slices.Concat([]string{event.ParentID}, event.EPCList, event.ChildEPCs, event.InputEPCList, event.OutputEPCList) {
		if id, err := ParseObject(epc); err == nil { // a parent may be a place
			ids = append(ids, id)
		}
	}
	return ids, nil
}
