package product

import "github.com/countersign-ledger/countersign/chaincode/fault"

// checkStays loads the containers that objects would be in again, and rules out
// what would not be right. What is ruled out for one can rule out others, so it
// looks again until nothing more is.
func (b *Batch) checkStays(found []*Reversal, caller string) error {
	check := reversalCheck{batch: b, caller: caller, of: map[*Twin]*Reversal{}}
	if err := check.load(found); err != nil {
		return err
	}
	for going := true; going; {
		going = false
		for _, r := range found {
			if !r.Possible || r.undone && r.with == nil {
				continue
			}
			fits, err := check.fits(r)
			if err != nil {
				return err
			}
			if !fits {
				r.Possible, going = false, true
			}
		}
	}
	return nil
}

type reversalCheck struct {
	batch  *Batch
	caller string
	of     map[*Twin]*Reversal
	left   map[*Reversal]departure // the container when it was emptied
}

// load reads what objects would be in, and the shipments that they would be on.
func (c *reversalCheck) load(found []*Reversal) error {
	var containers []string
	var then []*Twin // as the objects would be
	of := map[*Twin]*Reversal{}
	for _, r := range found {
		c.of[r.Twin] = r
		if r.Possible && !r.undone {
			t := &Twin{ID: r.Twin.ID, Facts: r.facts}
			then, of[t] = append(then, t), r
			if r.facts.In != nil {
				containers = append(containers, r.facts.In.Container)
			}
		}
	}
	if err := c.batch.load(containers); err != nil {
		return err
	}
	left, err := c.batch.departures(then)
	if err != nil {
		return err
	}
	c.left = make(map[*Reversal]departure, len(left))
	for _, t := range then {
		if d, gone := left[t]; gone {
			c.left[of[t]] = d
		}
	}
	return c.batch.loadOffers(then)
}

// fits reports whether an object can be again what it was.
func (c *reversalCheck) fits(r *Reversal) (bool, error) {
	t := r.Twin
	if with := c.of[r.with]; r.with != nil && (with == nil || !with.Possible) {
		return false, nil
	}
	if r.undone {
		return true, nil
	}
	custodian := r.facts.Custodian
	if stay := r.facts.In; !sameStay(stay, t.In) {
		if t.inside != nil && t.inside.HeldBy() != nil {
			return false, nil // nothing slips out of a container on hold
		}
		if stay != nil {
			then, fits, err := c.fitsInto(r, stay)
			if err != nil || !fits {
				return false, err
			}
			custodian = then
		}
	} else if stay != nil {
		custodian = t.Custodian
	}
	if custodian != t.Custodian {
		// Nothing on hold goes back to whom it came from, inside or not.
		held, err := HeldInside(c.batch.tx, t)
		if err != nil || held != "" || t.HeldBy() != nil || custodian != t.From {
			return false, err
		}
	}
	return c.mayRefill(r)
}

// fitsInto reports whether an object can be in a container again, and whose
// custody it would then be in. When the container was emptied since, the object
// becomes what it was then.
func (c *reversalCheck) fitsInto(r *Reversal, stay *Stay) (custodian string, fits bool, err error) {
	around := c.batch.twins[stay.Container]
	if around == nil {
		return "", false, fault.New(fault.Internal, "the container %s is not on the ledger", stay.Container).About(r.Twin.ID)
	}
	then := around.Facts
	if of := c.of[around]; of != nil && of.Possible {
		if of.undone {
			return "", false, nil
		}
		then = of.facts
	}
	if d, gone := c.left[r]; gone && stay.over(then.Contents) {
		r.facts.depart(d, heir{seen: r.seen, custodian: r.facts.Custodian, asset: r.Twin.IsAsset()})
		return r.facts.Custodian, true, nil
	}
	fits, err = c.mayGoBack(r.Twin, around, then, stay)
	return then.Custodian, fits, err
}

// mayGoBack reports whether a container still takes an object: it is there, with
// nothing in the way, and in the caller's hands or on its way to the caller.
func (c *reversalCheck) mayGoBack(t, around *Twin, then Facts, stay *Stay) (bool, error) {
	switch {
	case then.State != Active || then.Contents == nil || stay.over(then.Contents):
		return false, nil
	case t.Holds > 0 || around.HeldBy() != nil || !c.nests(t, around):
		return false, nil
	case then.Custodian != c.caller:
		offer := c.batch.Offer(around)
		if offer == nil || offer.To != c.caller || then.Custodian != t.From {
			return false, nil
		}
	}
	inside, err := HeldInside(c.batch.tx, t)
	return inside == "", err
}

// nests reports whether an object can be in a container, by what containers would
// be in then: none in itself, and no deeper than they may.
func (c *reversalCheck) nests(t, around *Twin) bool {
	levels := t.height()
	for at := around; at != nil; at = c.wouldBeIn(at) {
		if levels++; at == t || levels > MaxDepth {
			return false
		}
	}
	return true
}

// wouldBeIn returns the container that an object would be in.
func (c *reversalCheck) wouldBeIn(t *Twin) *Twin {
	of := c.of[t]
	switch {
	case of == nil || !of.Possible:
		return t.inside
	case of.undone || of.facts.In == nil:
		return nil
	}
	return c.batch.twins[of.facts.In.Container]
}

// mayRefill rules out that a container is full again of what it was emptied of,
// when something of that has a hold: the containers around it would have to know.
func (c *reversalCheck) mayRefill(r *Reversal) (bool, error) {
	now, then := r.Twin.Contents, r.facts.Contents
	for _, attached := range []bool{false, true} {
		if now == nil || then == nil || now.epoch(attached) == then.epoch(attached) {
			continue
		}
		marks, err := c.batch.tx.First(marksOf(r.Twin.ID, attached, then.epoch(attached)), 1)
		if err != nil || len(marks) > 0 {
			return false, err
		}
	}
	return true, nil
}
