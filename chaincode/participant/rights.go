package participant

import (
	"slices"
	"time"

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
// What an organisation holds undivided its own record tells, which a rule has read
// already: see [Participant.Divided]. Of other classes all licences are read in one
// trip, as by [Licensees], and delegations in another, only for classes that another
// organisation holds. Identifiers of one class cost no more than one of them.
func Rights(tx *ledger.Tx, ids []gs1.ID, msp string) ([]Right, error) {
	rights := make([]Right, len(ids))
	if len(ids) == 0 {
		return rights, nil
	}
	own, err := Load(tx, msp)
	if err != nil {
		return nil, err
	}
	var rest []gs1.ID
	var at []int
	holds := map[gs1.ID]bool{} // by class
	for i, id := range ids {
		class := id.Class()
		held, known := holds[class]
		if !known {
			held = own.holdsAlone(class, tx.Time())
			holds[class] = held
		}
		if held {
			rights[i] = Right{Holder: msp, May: true}
		} else {
			rest, at = append(rest, id), append(at, i)
		}
	}
	others, err := lookUp(tx, rest, msp)
	for i, right := range others {
		rights[at[i]] = right
	}
	return rights, err
}

// lookUp returns rights by what stands under each scope that identifiers may have.
func lookUp(tx *ledger.Tx, ids []gs1.ID, msp string) ([]Right, error) {
	found, classOf := register(ids)
	if err := found.read(tx); err != nil {
		return nil, err
	}
	classes := make([]Right, len(found.chains))
	asked := delegations{at: map[ledger.Key]int{}, classes: make([][]int, len(classes))}
	for i := range classes {
		holder := found.holder(i, tx.Time())
		classes[i] = Right{Holder: holder, May: holder != "" && holder == msp}
		if holder != msp {
			asked.add(i, holder, msp, found.within(i, holder, tx.Time()))
		}
	}
	if err := asked.read(tx); err != nil {
		return nil, err
	}
	for i := range classes {
		if asked.run(i, tx.Time()) {
			classes[i].May, classes[i].Delegated = true, true
		}
	}
	rights := make([]Right, len(ids))
	for i, class := range classOf {
		rights[i] = classes[class]
	}
	return rights, nil
}

// delegations are those under which one organisation may commission classes.
type delegations struct {
	keys    []ledger.Key // each once
	at      map[ledger.Key]int
	classes [][]int // for each class its places in keys
	records []*Delegation
}

// add asks whether a holder has delegated any of the scopes of a class.
func (d *delegations) add(class int, holder, delegate string, scopes []string) {
	for _, scope := range scopes {
		key := delegationKey(holder, delegate, scope)
		at, ok := d.at[key]
		if !ok {
			at = len(d.keys)
			d.at[key] = at
			d.keys = append(d.keys, key)
		}
		d.classes[class] = append(d.classes[class], at)
	}
}

// read reads all delegations in one trip.
func (d *delegations) read(tx *ledger.Tx) (err error) {
	d.records, err = ledger.LoadMany[Delegation](tx, d.keys)
	return err
}

// run reports whether one of a class runs at an instant.
func (d *delegations) run(class int, at time.Time) bool {
	return slices.ContainsFunc(d.classes[class], func(i int) bool {
		return d.records[i] != nil && d.records[i].runs(at)
	})
}
