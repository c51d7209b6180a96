package condition

import (
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/product"
)

// judge says whether a thing that was there is affected itself, and with it all
// that is in it now, and whether what was in it is to be looked for one by one.
//
//   - Goods are affected; so is what was taken out of them since.
//   - A logistic unit is affected as a whole while what is in it is what was in it
//     then. Otherwise what was in it is; what was put on it later is not. Quantities
//     of a lot cannot be told apart: what holds some is affected as a whole.
//   - An asset that carries things (GRAI, GIAI) is not affected itself, unless the
//     watch names it as goods; one that never carried anything is goods. The
//     devices of the watch are not.
func (s *spreading) judge(t *product.Twin, p product.Presence, top bool) (itself bool, inner *product.StaySearch, err error) {
	if t.Contents != nil || s.watch.Place != "" {
		s.spread.Flat = false
	}
	switch {
	case slices.Contains(s.watch.Devices, t.ID):
		return false, nil, nil
	case t.IsAsset():
		itself, inner = s.judgeAsset(t, p, top)
		return itself, inner, nil
	case t.Contents == nil:
		return true, nil, nil
	}
	same, err := product.Undisturbed(s.tx, t.ID, p.From)
	if err != nil {
		return false, nil, err
	}
	if inner, err = s.within(t, p, same); err != nil || !strings.HasPrefix(t.ID, "/00/") {
		return true, inner, err
	}
	objects, lots, err := product.Filled(s.tx, t)
	return lots || same && objects, inner, err
}

func (s *spreading) judgeAsset(t *product.Twin, p product.Presence, top bool) (itself bool, inner *product.StaySearch) {
	itself = top && s.watch.Goods || !top && !p.Attached && t.Contents == nil
	if t.Contents != nil {
		inner = s.search(t, p)
	}
	return itself, inner
}

// within returns the search in a thing in which something moved since; nil when
// all that was in it still is. What was in it when it came to a place can have
// stayed there.
func (s *spreading) within(t *product.Twin, p product.Presence, same bool) (*product.StaySearch, error) {
	if s.watch.Place != "" {
		var err error
		if same, err = product.Undisturbed(s.tx, t.ID, int64(s.watch.Start)); err != nil {
			return nil, err
		}
	}
	if same {
		return nil, nil
	}
	return s.search(t, p), nil
}

func (s *spreading) search(t *product.Twin, p product.Presence) *product.StaySearch {
	search := product.SearchStays(t, p.From, p.To)
	if s.watch.Place != "" {
		search = product.SearchStays(t, int64(s.watch.Start), int64(s.spread.To))
	}
	return &search
}
