package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

var commissioning = rule{begins: []role{subject}, lots: true, apply: commission}

func commission(c *capture, p *plan) error {
	lot, expires := facts(p.body)
	for _, i := range p.items {
		twice, err := c.twice(i)
		if err != nil {
			return p.refuseItem(i, err)
		}
		if twice != nil {
			c.batch.Record(twice, p.event, product.Duplicated, product.FlagSuspected)
			continue
		}
		t, err := c.begin(p, i)
		if err != nil {
			return p.refuseItem(i, err)
		}
		t.Lot, t.Expires = lot, expires
		follow(t, p)
		c.batch.Record(t, p.event, product.Commissioned, c.flags(p, i.id)...)
	}
	return c.makeLots(p, subject, product.Commissioned)
}

// twice returns the object when another commissioned it, and the caller might
// have as well: which of the two things is genuine, the ledger cannot know. It
// stays what it is, and is suspected. The same organisation says so once.
func (c *capture) twice(i item) (*product.Twin, error) {
	t := c.batch.Twin(i.id)
	if t == nil || !c.rights[i.id].May || t.Unproven || t.CommissionedBy == c.caller || t.MayBeginAnew(c.tx.Time()) {
		return nil, nil
	}
	said, err := c.batch.HasSaidDuplicate(t, c.caller)
	if err != nil {
		return nil, err
	}
	if said {
		return nil, fault.New(fault.AlreadyExists, "the object was commissioned by %s, and that %s commissioned it too is on record", t.CommissionedBy, c.caller)
	}
	return t, nil
}

// begin makes an object of the caller's, who must be licensed for its key. One
// that the ledger knows begins another life if it may; and so does one that
// somebody else has adopted: the caller, who is making it only now, knows that
// what was adopted is not genuine.
func (c *capture) begin(p *plan, i item) (*product.Twin, error) {
	right := c.rights[i.id]
	if !right.May {
		return nil, fault.New(fault.NotLicensee, "%s holds no licence for this key now, nor a delegation of one", c.caller).With("licensee", right.Holder)
	}
	t := c.batch.Twin(i.id)
	switch {
	case t == nil:
		t = c.create(p, i)
	case t.MayBeginAnew(c.tx.Time()):
		if err := c.batch.Renew(t, p.event, c.caller); err != nil {
			return nil, err
		}
	case t.Unproven && t.CommissionedBy != c.caller:
		c.batch.SuspectTaken(t, p.event)
		c.flag(p, t, product.FlagSuspected)
		if err := c.leaveLots(p, t); err != nil {
			return nil, err
		}
		if err := c.batch.Renew(t, p.event, c.caller); err != nil {
			return nil, err
		}
	default:
		return nil, c.errExists(t)
	}
	c.license(t, right)
	return t, nil
}

// create puts a new object of the caller's into the batch.
func (c *capture) create(p *plan, i item) *product.Twin {
	t := &product.Twin{
		V: product.Version, ID: i.id.Path(), Facts: product.Facts{State: product.Active, Custodian: c.caller, Owner: c.caller},
		CommissionedBy: c.caller, Commissioned: p.event.Record.Time,
	}
	c.batch.Add(t)
	return t
}

func (c *capture) license(t *product.Twin, right participant.Right) {
	if right.Delegated {
		t.Licensee = right.Holder
	}
}

func (c *capture) errExists(t *product.Twin) error {
	refused := fault.New(fault.AlreadyExists, "the object was commissioned by %s", t.CommissionedBy)
	if t.Unproven {
		refused = fault.New(fault.AlreadyExists, "the object was adopted by %s", t.CommissionedBy)
	}
	return refused.With("commissionedBy", t.CommissionedBy)
}
