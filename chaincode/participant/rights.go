package participant

import (
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Right says what an organisation may do under the licence of an identifier.
type Right struct {
	// Holder is the MSP id of the organisation that holds the licence now;
	// empty when nobody does.
	Holder string
	// May says that the organisation may commission the identifier now, as the
	// holder or as a delegate.
	May bool
	// Delegated says that it may as a delegate of the holder.
	Delegated bool
}

// Rights returns, for each identifier, who holds its licence now and whether an
// organisation, named by MSP id, may commission it now.
//
// A delegate may while two things are so, both by ledger time: its delegation
// runs, and the delegation's scope lies in a licence that the organisation which
// delegated it holds, while nobody holds a stronger one. So a holder's
// delegations stop counting with its licence, without a write, and a third
// organisation's longer prefix or single key inside a delegated prefix stays its
// own. A delegation runs again if its holder gets the licence back in its term.
//
// Licences are read in one trip, as by [Licensees]; delegations in a second, and
// only for classes that another organisation holds. Identifiers of one class
// cost no more than one of them.
func Rights(tx *ledger.Tx, ids []gs1.ID, msp string) ([]Right, error) {
	found, classOf := register(ids)
	if err := found.read(tx); err != nil {
		return nil, err
	}
	classes := make([]Right, len(found.chains))
	asked := map[ledger.Key]int{}
	var keys []ledger.Key
	candidates := make([][]int, len(classes)) // into keys
	for i := range classes {
		holder := found.holder(i, tx.Time())
		classes[i] = Right{Holder: holder, May: holder != "" && holder == msp}
		if holder == "" || holder == msp {
			continue
		}
		for _, scope := range found.within(i, holder, tx.Time()) {
			key := delegationKey(holder, msp, scope)
			at, ok := asked[key]
			if !ok {
				at = len(keys)
				asked[key] = at
				keys = append(keys, key)
			}
			candidates[i] = append(candidates[i], at)
		}
	}
	delegations, err := ledger.LoadMany[Delegation](tx, keys)
	if err != nil {
		return nil, err
	}
	for i := range classes {
		for _, at := range candidates[i] {
			if d := delegations[at]; d != nil && d.runs(tx.Time()) {
				classes[i].May, classes[i].Delegated = true, true
				break
			}
		}
	}
	rights := make([]Right, len(ids))
	for i, class := range classOf {
		rights[i] = classes[class]
	}
	return rights, nil
}
