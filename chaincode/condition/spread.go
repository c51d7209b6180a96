package condition

import "github.com/countersign-ledger/countersign/chaincode/ledger"

// Spread is how far what a breach affects has been found, named and, where the
// breach says so, put on hold, or freed after a release: that can take several
// transactions ([SpreadBreach]).
type Spread struct {
	// V is the schema version.
	V int `json:"v"`
	// Done says that nothing is left to do.
	Done bool `json:"done"`
	// Affected is the number of things that the breach names so far. What is in a
	// container that is named is affected with it, and not counted.
	Affected int `json:"affected"`
}

func spreadKey(breach string) ledger.Key { return ledger.NewKey("spread", breach) }

func loadSpread(tx *ledger.Tx, breach string) (Spread, error) {
	spread, _, err := ledger.Load[Spread](tx, spreadKey(breach))
	return spread, err
}
