package product

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// readUses lists the transformations that amounts of a lot or class went into.
func readUses(tx *ledger.Tx, entries []ledger.Entry, page *ReadRecallScopeResponse) error {
	keys := make([]ledger.Key, len(entries))
	refs := make([]Ref, len(entries))
	for i, e := range entries {
		_, parts := e.Key.Parts() // lot, node, edge
		node, name := Node(parts[1]), parts[2]
		ref, ok := node.ref(name)
		if !ok {
			return fault.New(fault.Internal, "the genealogy has no event under %s", e.Key)
		}
		keys[i], refs[i] = insideKey(node, parts[0], name), ref
		page.Affected = append(page.Affected, Affected{ID: parts[0], State: Transformed, Event: EventURI(ref.Hash)})
	}
	used, err := ledger.LoadMany[edge](tx, keys)
	if err != nil {
		return err
	}
	records, err := LoadEvents(tx, refs)
	if err != nil {
		return err
	}
	for i := range entries {
		if used[i] == nil || records[i] == nil {
			return fault.New(fault.Internal, "the genealogy is not whole under %s", entries[i].Key)
		}
		a := &page.Affected[len(page.Affected)-len(entries)+i]
		a.Amounts, a.Custodian = used[i].Amounts, records[i].RecordedBy
	}
	return nil
}
