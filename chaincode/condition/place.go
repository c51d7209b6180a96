package condition

import (
	"errors"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// takePlace lets the watch be about a place: by who holds the licence of its GLN,
// with a policy that says who decides, since things of many owners come and go.
func (w *Watch) takePlace(tx *ledger.Tx, policy *Policy, text string) error {
	if text == "" {
		return nil
	}
	id, err := gs1.Parse(text)
	if err != nil {
		return fault.New(fault.InvalidIdentifier, "%w", err).At("/place")
	}
	if id.Kind() != gs1.SGLN {
		return fault.New(fault.Unsupported, "a place is named by its GLN; this identifies a %s", id.Kind()).About(id.Path()).At("/place")
	}
	rights, err := participant.Rights(tx, []gs1.ID{id}, w.By)
	switch {
	case err != nil:
		return err
	case !rights[0].May:
		return fault.New(fault.NotLicensee, "a place is watched by who has the licence of its GLN").About(id.Path()).At("/place")
	case policy.Quality == "":
		return fault.New(fault.Unsupported, "things of many owners come to a place: take a policy that names the quality unit which decides").About(id.Path()).At("/policy")
	}
	w.Place, w.Owner = id.Path(), w.By
	return w.enlist(tx, []string{w.Place})
}

// isThere refuses an object of a watch of a place that is not there.
func (w *Watch) isThere(twin *product.Twin) *fault.Error {
	if w.Place == "" || slices.Contains(product.Places(twin.Place), w.Place) {
		return nil
	}
	return fault.New(fault.Unsupported, "the object is not at the place, as far as is known: an event with that bizLocation says so")
}

// there returns the part of a time for which something was at the place that is
// watched, from the first moment to the last, by its history; all of it where no
// place is.
func (s *spreading) there(p product.Presence) (product.Presence, bool, error) {
	if s.watch.Place == "" {
		return p, true, nil
	}
	from, to := int64(s.spread.From), int64(s.spread.To)
	sojourns, err := product.Sojourns(s.tx, p.ID, from-1, to) // what left at that very moment was there
	switch {
	case errors.Is(err, fault.LimitExceeded): // nobody gets out of a breach by saying much
		return p, true, nil
	case err != nil:
		return p, false, err
	}
	found := false
	for _, sojourn := range sojourns {
		if sojourn.Subject != s.watch.Place || sojourn.To < from {
			continue
		}
		if !found {
			p.From, p.To, found = sojourn.From, sojourn.To, true
		}
		p.From, p.To = min(p.From, sojourn.From), max(p.To, sojourn.To)
	}
	p.From, p.To = max(p.From, from), min(p.To, to)
	return p, found, nil
}

// stepVisit looks at the things of one event at the place.
func (s *spreading) stepVisit() error {
	v, err := product.FirstVisit(s.tx, s.watch.Place, s.spread.Visit)
	if err != nil {
		return err
	}
	if v == nil || v.Time > int64(s.spread.To) {
		s.spread.Visited = true
		return nil
	}
	ids, err := product.EventObjects(s.tx, v.Ref)
	if err != nil {
		return err
	}
	rest := ids[min(s.spread.VisitObject, len(ids)):]
	n := min(len(rest), perLoad, MaxSpread-s.things)
	inner, at, err := s.look(s.all(rest[:n]), false)
	if err != nil {
		return err
	}
	s.looked += visitCost * (n + 1)
	if inner != nil {
		n = at + 1
		s.push(*inner)
	}
	if s.spread.VisitObject += n; s.spread.VisitObject >= len(ids) {
		s.spread.Visit, s.spread.VisitObject = v.After, 0
	}
	return nil
}

// visitCost weighs what finding out where something was takes, against what
// looking at it does.
const visitCost = 5

// all are things at any moment of the break.
func (s *spreading) all(ids []gs1.ID) []product.Presence {
	present := make([]product.Presence, len(ids))
	for i, id := range ids {
		present[i] = product.Presence{ID: id, From: int64(s.spread.From), To: int64(s.spread.To)}
	}
	return present
}
