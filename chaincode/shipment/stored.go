package shipment

import "github.com/countersign-ledger/countersign/chaincode/ledger"

// StoredDiscrepancy reads the nth write of a transaction; nil when it is not that of
// a discrepancy. It is as that transaction left it: that a claim has become
// [Unanswered] since is told by its deadline alone. It fails with fault.Unsupported
// for the form of a later version, and with fault.Internal for what cannot be read.
func StoredDiscrepancy(done *ledger.Committed, n int) (*Discrepancy, error) {
	w := done.Writes()[n]
	kind, parts := w.Key.Parts()
	if kind != "discrepancy" || len(parts) != 1 || w.Value == nil {
		return nil, nil //nolint:nilnil // none
	}
	return ledger.DecodeUpTo[Discrepancy](w.Key, w.Value, Version)
}
