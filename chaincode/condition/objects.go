package condition

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// parseObjects reads identifiers in any GS1 form. The same object named twice is
// refused: a list that says so was not meant so.
func parseObjects(texts []string) ([]gs1.ID, error) {
	ids := make([]gs1.ID, len(texts))
	seen := make(map[string]struct{}, len(texts))
	for i, text := range texts {
		at := "/objects/" + strconv.Itoa(i)
		id, err := parseWatched(text)
		if err != nil {
			return nil, fault.Of(err).At(at)
		}
		if _, twice := seen[id.Path()]; twice {
			return nil, fault.New(fault.InvalidRequest, "the object is named twice").About(id.Path()).At(at)
		}
		seen[id.Path()] = struct{}{}
		ids[i] = id
	}
	return ids, nil
}

// objects returns the identifiers of a watch's objects, in the order in which
// they were given.
func (w *Watch) objects(tx *ledger.Tx) ([]gs1.ID, error) {
	keys := make([]ledger.Key, (w.Count+perPage-1)/perPage)
	for i := range keys {
		keys[i] = pageKey(w.ID, uint64(i))
	}
	pages, err := ledger.LoadMany[page](tx, keys)
	if err != nil {
		return nil, err
	}
	var ids []gs1.ID
	for i, p := range pages {
		if p == nil {
			return nil, fault.New(fault.Internal, "page %d of watch %s is missing", i, w.ID)
		}
		for _, path := range p.Objects {
			id, err := gs1.Parse(path)
			if err != nil {
				return nil, fault.New(fault.Internal, "watch %s: %w", w.ID, err)
			}
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// mayWatch checks that the watch may take an object, and notes its owner.
func (w *Watch) mayWatch(twin *product.Twin, path string, policy *Policy) error {
	var refused *fault.Error
	switch {
	case twin == nil:
		refused = fault.New(fault.NotFound, "the object is not on the ledger; commission it first")
	case twin.State != product.Active:
		refused = fault.New(fault.ObjectEnded, "the object's life has ended")
	case twin.Custodian != w.By:
		refused = fault.New(fault.NotCustodian, "the object is in the custody of %s: its custodian starts a watch", twin.Custodian)
	default:
		refused = cmp.Or(w.isThere(twin), w.mayOwn(twin, policy))
	}
	if refused != nil {
		return refused.About(path).At("/objects")
	}
	return nil
}

// mayOwn checks that somebody decides on what is watched: whom the policy names, or
// else the one owner of all.
func (w *Watch) mayOwn(twin *product.Twin, policy *Policy) *fault.Error {
	owner := w.ownerOf(twin)
	switch {
	case policy.Quality != "":
	case owner == "":
		return fault.New(fault.Unsupported, "it carries nothing yet, or things of several owners: take a policy that names the quality unit which decides")
	case w.Owner != "" && w.Owner != owner:
		return fault.New(fault.Unsupported, "the object is owned by %s, others by %s: start a watch for each owner, or take a policy that names the quality unit", owner, w.Owner)
	}
	if w.Owner == "" {
		w.Owner = owner
	}
	return nil
}

// mayName refuses goods of several owners when the policy names a quality unit that
// does not count for each of them ([qualityOf]): somebody could list something of
// its own beside another's goods, and decide on these. Of a place, and of what
// carries things of several owners, the policy has the word.
func (w *Watch) mayName(twins []*product.Twin, policy *Policy) error {
	isOther := func(t *product.Twin) bool { owner := w.ownerOf(t); return owner != "" && owner != w.Owner }
	other := slices.IndexFunc(twins, isOther)
	if w.Place != "" || other < 0 || policy.Quality != "" && w.countsForAll(twins, policy) {
		return nil
	}
	return fault.New(fault.Unsupported, "the object is owned by %s, others by %s, and the quality unit that the policy names does not count for each: start a watch for each owner", w.ownerOf(twins[other]), w.Owner).
		About(twins[other].ID).At("/objects")
}

// ownerOf returns whose goods are watched with an object: its owner, or of what
// carries things the owner of all that is in it; "" when that has several, or when
// an asset that only carries is empty. Whose the pallet is does not matter: who
// packs begins one.
func (w *Watch) ownerOf(twin *product.Twin) string {
	k := twin.Contents
	switch goods := !twin.IsAsset() || w.Goods; {
	case k == nil || goods && (twin.IsAsset() || !twin.Packed()):
		return twin.Owner
	case !twin.Packed() || k.Mixed > 0:
		return ""
	default:
		return cmp.Or(k.Owner, twin.Owner)
	}
}

// hasCarried reports whether things have been in an object other than goods: then
// they are what is watched, or was.
func (w *Watch) hasCarried(twin *product.Twin) bool {
	k := twin.Contents
	return k != nil && (k.Since > 0 || k.Epoch > 0) && (!twin.IsAsset() || !w.Goods)
}

// subjects returns the paths under which the watch is listed.
func (w *Watch) subjects(tx *ledger.Tx) ([]string, error) {
	ids, err := w.objects(tx)
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(ids))
	for i, id := range ids {
		paths[i] = id.Path()
	}
	if w.Place != "" {
		paths = append(paths, w.Place)
	}
	return append(paths, w.accounts()...), nil
}
