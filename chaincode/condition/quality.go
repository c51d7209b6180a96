package condition

import (
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
	owner := watch.ownerOfAll(twins)
	named := policy.Quality
	if named != "" && (policy.Owner == owner || watch.madeBy(twins, named)) {
		return named, nil
	}
	return owner, nil
}

// ownerOfAll returns the owner of all that is watched; when that has several, the
// one at the start of the watch.
func (w *Watch) ownerOfAll(twins []*product.Twin) string {
	owner := ""
	for _, twin := range twins {
		if twin == nil || owner != "" && w.ownerOf(twin) != owner {
			return w.Owner
		}
		owner = w.ownerOf(twin)
	}
	if owner == "" {
		return w.Owner
	}
	return owner
}

// madeBy reports whether an organisation made all objects: commissioned them with
// its own licence, or had that done. Who made a vehicle has not made what is in it.
func (w *Watch) madeBy(twins []*product.Twin, msp string) bool {
	for _, twin := range twins {
		if twin == nil || twin.IsAsset() && !w.Goods || twin.Unproven || twin.Licensee != msp && (twin.Licensee != "" || twin.CommissionedBy != msp) {
			return false
		}
	}
	return len(twins) > 0
}
