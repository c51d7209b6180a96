package shipment

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// packing is an AggregationEvent with ADD: children go into their parent, by who
// has both at hand. A parent that is not on the ledger begins with it, if the
// caller is licensed for its key: logistic units rarely get an event of their own.
var packing = rule{
	begins: []role{parent},
	opens:  true,
	lots:   true,
	check:  packs,
	apply:  func(c *capture, p *plan) error { return c.putIn(p, c.batch.PutIn) },
}

// packs refuses an event that puts nothing into anything.
func packs(p *plan) error {
	if len(p.children())+len(p.lines) == 0 {
		return fault.New(fault.InvalidDocument, "the event names what goes into its parent").At("/childEPCs")
	}
	return needsParent(p)
}

// needsParent refuses an event that does not say into what, or out of what. EPCIS
// 2.0 (section 7.4.2) asks for it; the JSON schema does not.
func needsParent(p *plan) error {
	if p.body.ParentID == "" {
		return fault.New(fault.InvalidDocument, "the event names the parent that its children go into or come out of").At("/parentID")
	}
	return nil
}

// parent returns the object of an event that stands for its parent; nil when the
// parent is a place, or there is none.
func (p *plan) parent() *item {
	if len(p.items) > 0 && p.items[0].role == parent {
		return &p.items[0]
	}
	return nil
}

// children returns the objects of an event beside its parent.
func (p *plan) children() []item {
	if p.parent() != nil {
		return p.items[1:]
	}
	return p.items
}

// inserting is a way to put an object into a container: [product.Batch.PutIn].
type inserting func(t, container *product.Twin) (outer []*product.Twin, err error)

func (c *capture) putIn(p *plan, insert inserting) error {
	at := *p.parent()
	container, err := c.container(p, at)
	if err != nil {
		return p.refuseItem(at, err)
	}
	c.opens(p, container, container)
	p.deed = product.Deed{Kind: product.Packing, By: c.caller} // not of the container: that is closed while on hold
	// What was in it may have been sold piece by piece, and nobody unpacked it.
	if err := c.batch.Vacate(container); err != nil {
		return p.refuseItem(at, err)
	}
	l := loading{capture: c, plan: p, container: container, insert: insert}
	for _, i := range p.children() {
		if err := l.add(i); err != nil {
			return p.refuseItem(i, err)
		}
	}
	if err := l.addLots(); err != nil {
		return err
	}
	l.record(product.Loaded)
	return nil
}

// container returns the parent of a packing, ready to be packed: what is on hold
// is closed.
func (c *capture) container(p *plan, at item) (*product.Twin, error) {
	t := c.batch.Twin(at.id)
	if t == nil || t.MayBeginAnew(c.tx.Time()) && (t.State != product.Active || t.Custodian != c.caller) {
		return c.beginContainer(p, at)
	}
	may := c.atHand
	if p.body.Type == epcis.AssociationEvent {
		may = c.mayFix
	}
	if err := may(t); err != nil {
		return nil, err
	}
	return t, c.held(p, t)
}

// beginContainer begins a parent with its packing. It is with the same party as
// its first child, when that is one outside of the channel.
func (c *capture) beginContainer(p *plan, at item) (*product.Twin, error) {
	t, err := c.begin(p, at)
	if err != nil {
		return nil, err
	}
	for _, i := range p.children()[:min(1, len(p.children()))] {
		if first := c.batch.Twin(i.id); first != nil && first.Custodian == c.caller {
			t.Party = first.Party
		}
	}
	follow(t, p)
	c.batch.Record(t, p.event, product.Commissioned, c.flags(p, at.id)...)
	return t, nil
}

// loading is a packing under way: first all children go in, for what they are
// changes what is recorded of the containers around; then those are recorded, and
// last the children, which inherit from them.
type loading struct {
	*capture
	plan      *plan
	container *product.Twin
	insert    inserting
	outer     []*product.Twin // containers around it that learn something new
	packed    []item
	seen      []item // in there already
}

// add puts one object in, or finds that it is there already.
func (l *loading) add(i item) error {
	t := l.batch.Twin(i.id)
	if t == nil {
		return errUnknown()
	}
	if t.Container() == l.container {
		l.seen = append(l.seen, i)
		return nil
	}
	held, err := l.mayGoIn(t)
	if err != nil {
		return err
	}
	if err := l.leave(l.plan, t); err != nil {
		return err
	}
	changed, err := l.insert(t, l.container)
	if err != nil {
		return err
	}
	if held {
		if err := l.batch.MarkHeld(t); err != nil {
			return err
		}
	}
	for _, c := range changed {
		if !slices.Contains(l.outer, c) {
			l.outer = append(l.outer, c)
		}
	}
	l.packed = append(l.packed, i)
	return nil
}

// addLots puts the quantities in.
func (l *loading) addLots() error {
	changed, err := l.packLots(l.plan, l.container)
	for _, c := range changed {
		if !slices.Contains(l.outer, c) {
			l.outer = append(l.outer, c)
		}
	}
	return err
}

// mayGoIn refuses what is not at hand, what is on hold or has something on hold in
// it without a permit to pack it anew, and what is with another party outside of the channel than the container is:
// packing moves nothing from hand to hand. It reports whether something is on hold.
func (l *loading) mayGoIn(t *product.Twin) (held bool, err error) {
	if err := l.atHand(t); err != nil {
		return false, err
	}
	if t.Party != l.container.Party && t.Custodian == l.container.Custodian {
		return false, fault.New(fault.NotCustodian, "the object is not with the party that has the container").
			With("party", t.Party).With("containerParty", l.container.Party)
	}
	return l.free(l.plan, t)
}

// record records the event in all histories, from the outermost container inward.
func (l *loading) record(effect product.Effect) {
	around := l.container.Ancestors()
	slices.Reverse(around)
	for _, c := range around {
		if slices.Contains(l.outer, c) {
			l.batch.Record(c, l.plan.event, product.Loaded)
		}
	}
	if at := *l.plan.parent(); l.container.Custodian == l.caller {
		l.follow(l.container, at, effect)
	} else { // its owner attached something: where it is, and how, is its custodian's to say
		l.batch.Record(l.container, l.plan.event, effect, l.flags(l.plan, at.id)...)
	}
	for _, i := range l.packed {
		l.follow(l.batch.Twin(i.id), i, product.Packed)
	}
	for _, i := range l.seen {
		l.follow(l.batch.Twin(i.id), i, product.Observed)
	}
}

func (l *loading) follow(t *product.Twin, i item, effect product.Effect) {
	follow(t, l.plan)
	l.batch.Record(t, l.plan.event, effect, l.flags(l.plan, i.id)...)
}
