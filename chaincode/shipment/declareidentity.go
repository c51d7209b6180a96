package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// identifyDeclaration applies the rules of identity to an event with an error
// declaration: the caller's organisation has recorded the same event without it,
// under the same id. What another recorded is the other's to take back.
func (p *plan) identifyDeclaration(caller string, k known) error {
	if k.alias != nil && k.alias.Event != p.event.Ref.Hash {
		return errOtherContent(k.alias)
	}
	found := original{ref: product.Ref{Hash: p.event.Ref.Hash, By: caller}, record: k.own}
	if found.record == nil && k.first != nil && k.first.RecordedBy == caller {
		found.ref.By, found.record = "", k.first
	}
	switch {
	case found.record == nil:
		return fault.New(fault.NotFound, "%s has not recorded this event: only who has can declare it an error", caller).At("/errorDeclaration")
	case found.record.EventID != p.body.EventID:
		return errOtherID(found.record)
	}
	p.original, p.repeats = &found, k.again
	return nil
}
