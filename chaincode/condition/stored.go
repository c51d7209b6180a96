package condition

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// BreachChange is a breach as a transaction left it, and what became of it there.
type BreachChange struct {
	Breach
	// Became are the steps that the transaction took, in their order.
	Became []Step `json:"became,omitempty"`
}

// Opened tells whether the transaction opened the breach.
func (c *BreachChange) Opened() bool {
	return slices.ContainsFunc(c.Became, func(s Step) bool { return s.Kind == StepOpened })
}

// StoredBreach reads the nth write of a transaction; nil when it is not that of a
// breach. It fails with fault.Unsupported for the form of a later version, and with
// fault.Internal for what cannot be read.
func StoredBreach(done *ledger.Committed, n int) (*BreachChange, error) {
	w := done.Writes()[n]
	kind, parts := w.Key.Parts()
	if kind != "breach" || len(parts) != 1 || w.Value == nil {
		return nil, nil //nolint:nilnil // none
	}
	breach, err := ledger.DecodeUpTo[Breach](w.Key, w.Value, Version)
	if err != nil {
		return nil, err
	}
	change := &BreachChange{Breach: *breach}
	for step := range done.Under(ledger.NewKey("breachstep", parts[0])) {
		if step.Value == nil {
			continue
		}
		read, err := ledger.DecodeUpTo[Step](step.Key, step.Value, Version)
		if err != nil {
			return nil, err
		}
		change.Became = append(change.Became, *read)
	}
	slices.SortFunc(change.Became, func(a, b Step) int { return a.Number - b.Number })
	return change, nil
}

// AffectedBy is what a transaction found a breach to affect, beside what was found
// before: a breach that affects much is spread over several transactions.
type AffectedBy struct {
	// Breach is its id.
	Breach string `json:"breach"`
	// Objects are objects, and lots with what of them, as canonical paths; see
	// [ListAffected]. Containers stand for what is in them.
	Objects []string `json:"objects"`
}

// StoredAffected reads the nth write of a transaction; nil when it does not say what
// a breach affects. All that one transaction says of one breach comes with the first
// of these writes.
func StoredAffected(done *ledger.Committed, n int) (*AffectedBy, error) {
	w := done.Writes()[n]
	kind, parts := w.Key.Parts()
	if kind != "affected" || len(parts) != 2 || w.Value == nil {
		return nil, nil //nolint:nilnil // none
	}
	found := &AffectedBy{Breach: parts[0]}
	for other := range done.Under(ledger.NewKey("affected", parts[0])) {
		if other.Value == nil {
			continue
		}
		if len(found.Objects) == 0 && other.Key != w.Key {
			return nil, nil //nolint:nilnil // said with an earlier write
		}
		_, parts := other.Key.Parts()
		found.Objects = append(found.Objects, parts[len(parts)-1])
	}
	return found, nil
}
