package condition

import (
	"cmp"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// qualityOf returns the organisation whose quality unit decides on breaches of a
// watch that are opened now: the owner's, or the one that the policy names, if
// the owner defined the policy or the one named made the goods. A custodian could
// hold another's goods otherwise, under a policy of its own, and be the only one
// to release them.
func qualityOf(tx *ledger.Tx, watch *Watch, policy *Policy) (string, error) {
	ids, err := watch.objects(tx)
	if err != nil {
		return "", err
	}
	twins, err := product.LoadTwins(tx, ids)
	if err != nil {
		return "", err
	}
	return watch.decides(twins, policy), nil
}

// decides is [qualityOf] for the objects of the watch as they are.
func (w *Watch) decides(twins []*product.Twin, policy *Policy) string {
	if len(w.Lots) > 0 {
		return w.decidesOnLots(policy)
	}
	owner := w.ownerOfAll(twins)
	counts := policy.Quality != "" && (policy.Owner == owner || w.madeBy(twins, policy.Quality))
	if counts && w.Place == "" {
		counts = w.countsForAll(twins, policy)
	}
	if counts {
		return policy.Quality
	}
	return owner
}

// countsForAll reports whether the quality unit that a policy names counts for each
// of objects, as far as they have one owner.
func (w *Watch) countsForAll(twins []*product.Twin, policy *Policy) bool {
	return !slices.ContainsFunc(twins, func(t *product.Twin) bool {
		return t != nil && w.ownerOf(t) != "" && policy.Owner != w.ownerOf(t) && !w.madeBy([]*product.Twin{t}, policy.Quality)
	})
}

// ownerOfAll returns the owner of all that is watched; when that has several, or
// has been emptied, the one at the start of the watch.
func (w *Watch) ownerOfAll(twins []*product.Twin) string {
	owner := ""
	for _, twin := range twins {
		if twin == nil || w.hasCarried(twin) && !twin.Packed() {
			return w.Owner
		}
		of := w.ownerOf(twin)
		if of == "" || owner != "" && of != owner {
			return w.Owner
		}
		owner = of
	}
	return cmp.Or(owner, w.Owner)
}

// madeBy reports whether an organisation made all objects: commissioned them with
// its own licence, or had that done. Who made a vehicle or a pallet has not made
// what is in it.
func (w *Watch) madeBy(twins []*product.Twin, msp string) bool {
	for _, twin := range twins {
		if twin == nil || twin.IsAsset() && !w.Goods || w.hasCarried(twin) || twin.Unproven || twin.Licensee != msp && (twin.Licensee != "" || twin.CommissionedBy != msp) {
			return false
		}
	}
	return len(twins) > 0
}
