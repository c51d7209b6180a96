package product

import "slices"

// around is a container to what is in it.
type around struct {
	Facts
	// events is the number of its last event, and nested says that it is in
	// another container.
	events uint64
	nested bool
}

// heir is what an object is that inherits.
type heir struct {
	seen      when   // the object itself
	custodian string // by its own last event
	asset     bool
}

// inherit takes over what holds for a container and all that is in it:
//
//   - who has it, from whom, where, and on which shipment. Where the container is
//     may be unknown; then the object is where it was seen, as long as nothing
//     was heard of the container since;
//   - the disposition, if it came about after the object itself was last seen;
//   - whose it is, as long as all that is packed is of one owner. An asset that
//     carries goods keeps its owner, and what is attached has the container's if
//     it had at first.
//
// It returns the names of the facts that are inherited now.
func (f *Facts) inherit(c around, h heir) (names []string) {
	names = append(names, "custodian")
	if h.custodian != c.Custodian { // it changed hands with the container
		names = append(names, "from")
		f.From = c.From
	}
	f.Custodian, f.Party, f.Offer = c.Custodian, c.Party, c.Offer
	if c.Place != "" || c.Offer != nil || c.nested || c.events != f.In.Seen {
		names = append(names, "place")
		f.Place = c.Place
	}
	if f.Offer != nil {
		names = append(names, "offer")
	}
	if k := c.Contents; k != nil && when(k.Changed) > h.seen {
		names = append(names, "disposition")
		if f.Disposition = c.Disposition; f.Contents != nil {
			f.Contents.Changed = k.Changed
		}
	}
	if f.inheritOwner(c, h) {
		names = append(names, "owner")
	}
	return names
}

// inheritOwner takes over whose the contents are, and reports whether the object
// itself is one of them.
func (f *Facts) inheritOwner(c around, h heir) bool {
	if f.In.Attached {
		if f.In.Follows {
			f.Owner, f.NextOwner = c.Owner, c.NextOwner
		}
		return f.In.Follows
	}
	k := c.Contents
	if k == nil || k.Owner == "" || k.Mixed != 0 && f.In.First >= k.Mixed {
		return false
	}
	if own := f.Contents; own != nil && own.Mixed == 0 && own.Owner != "" {
		own.Owner, own.NextOwner = k.Owner, k.NextOwner
	}
	if h.asset {
		return false
	}
	f.Owner, f.NextOwner = k.Owner, k.NextOwner
	return true
}

// inheritNow takes over what holds for the container at present.
func (t *Twin) inheritNow() { t.inheritSince(t.seen()) }

// inheritAnew takes it over after the object became again what it was.
func (t *Twin) inheritAnew(seen when) {
	t.standing.custodian = t.Custodian
	t.inheritSince(seen)
}

func (t *Twin) inheritSince(seen when) {
	c := t.inside
	t.inferred = t.inherit(around{Facts: c.Facts, events: c.Events, nested: c.inside != nil},
		heir{seen: seen, custodian: t.standing.custodian, asset: t.IsAsset()})
	if slices.Contains(t.inferred, "disposition") {
		t.standing.disposition = t.Disposition
		if t.Contents != nil {
			t.standing.changed = t.Contents.Changed
		}
	}
	t.shippedIn(c)
	t.through = append([]string{c.ID}, c.through...)
}

// depart leaves a container as it was when it was emptied.
func (t *Twin) depart(d departure, container *Twin) {
	t.inferred = t.Facts.depart(d, heir{seen: t.seen(), custodian: t.standing.custodian, asset: t.IsAsset()})
	t.shippedIn(container)
	t.through = []string{container.ID}
	t.departed = true
	t.stand()
}

func (f *Facts) depart(d departure, h heir) (names []string) {
	last := around{Facts: d.facts, events: d.number - 1}
	if d.emptied != nil {
		last.Contents = d.emptied
	}
	names = f.inherit(last, h)
	f.In, f.Offer = nil, nil
	f.arrive()
	return names
}
