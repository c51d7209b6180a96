package product

import (
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// lotKey lists a lot under its class, with the MSP id of an organisation that
// made something of it; with an empty one where somebody adopted some. Each
// organisation writes its own, and reads none: the key is as good however often
// it is written, and lines that make the same lot do not conflict.
func lotKey(class, lot, msp string) ledger.Key { return ledger.NewKey("lotof", class, lot, msp) }

// MembersKey returns the prefix of the keys that list the objects of a lot or class.
// Those of a class are its twins themselves, where a serial number is a step of their
// paths; a lot, and a class such as that of a GRAI, has an index.
func MembersKey(group gs1.ID) ledger.Key {
	if indexed(group) {
		return ledger.NewKey(membersIndex, group.Path())
	}
	return TwinKey(group.Path())
}

const membersIndex = "oflot"

// indexed reports whether the objects of a lot or class have an index.
func indexed(group gs1.ID) bool {
	return group.IsLot() || group.Kind() == gs1.GRAI || group.Kind() == gs1.GDTI || group.Kind() == gs1.SGCN
}

// memberKey lists an object under its lot, or under its class where there is an index
// of that.
func memberKey(group, path string) ledger.Key { return ledger.NewKey(membersIndex, group, path) }

// memberOf returns the path of the object that a key lists: a twin's own, or the last
// part.
func memberOf(key ledger.Key) string {
	kind, parts := key.Parts()
	if kind == "twin" {
		return "/" + strings.Join(parts, "/")
	}
	return parts[len(parts)-1]
}

// began lists a new object under its lot, and the lot under its class: so what a
// recall is about is found.
func (b *Batch) began(t *Twin, effect Effect) {
	id, err := gs1.Parse(t.ID)
	class := id.Class()
	if err != nil || class == id {
		return
	}
	lot := t.LotPath()
	if lot == "" {
		if indexed(class) { // else its twin is listed under the class
			b.Put(memberKey(class.Path(), t.ID), mark{V: Version})
		}
		return
	}
	b.Put(memberKey(lot, t.ID), mark{V: Version})
	maker := t.CommissionedBy
	if effect == Adopted {
		maker = ""
	}
	b.lotBegan(class.Path(), lot, maker)
}

// lotBegan lists a lot under its class, once a batch.
func (b *Batch) lotBegan(class, lot, maker string) {
	key := lotKey(class, lot, maker)
	if !b.lots[key] {
		b.lots[key] = true
		b.Put(key, mark{V: Version})
	}
}

// madeBy reports, for each subject, whether it is a lot of which an organisation
// made something.
func madeBy(tx *ledger.Tx, msp string, subjects []recallSubject) ([]bool, error) {
	var keys []ledger.Key
	var at []int
	for i, s := range subjects {
		if s.id.Kind() == gs1.LGTIN {
			keys, at = append(keys, lotKey(s.id.Class().Path(), s.id.Path(), msp)), append(at, i)
		}
	}
	found, err := tx.GetMany(keys)
	if err != nil {
		return nil, err
	}
	made := make([]bool, len(subjects))
	for i, value := range found {
		made[at[i]] = value != nil
	}
	return made, nil
}
