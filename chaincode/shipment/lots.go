package shipment

import (
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// identifyLots reads the quantities of lots and classes. One without an amount
// says nothing that a ledger could keep count of, and is refused.
func (p *plan) identifyLots() error {
	e := p.body
	for _, list := range []struct {
		quantities []epcis.Quantity
		role       role
		at         string
	}{
		{e.QuantityList, subject, "/quantityList/"},
		{e.ChildQuantityList, child, "/childQuantityList/"},
		{e.InputQuantityList, input, "/inputQuantityList/"},
		{e.OutputQuantityList, output, "/outputQuantityList/"},
	} {
		for i, q := range list.quantities {
			if err := p.identifyLot(q, list.role, list.at+strconv.Itoa(i)); err != nil {
				return err
			}
		}
	}
	if len(p.lines) == 0 {
		return nil
	}
	var err error
	p.from, err = sourceOf(e)
	return err
}

func (p *plan) identifyLot(q epcis.Quantity, role role, at string) error {
	id, err := product.ParseLot(q.EPCClass)
	if err != nil {
		return fault.Of(err).At(at + "/epcClass")
	}
	if q.Amount == "" {
		return fault.New(fault.Unsupported, "the ledger keeps count: say how much of it there is").About(id.Path()).At(at + "/quantity")
	}
	amount, err := product.ParseAmount(string(q.Amount))
	if err != nil {
		return fault.Of(err).About(id.Path()).At(at + "/quantity")
	}
	p.lines = append(p.lines, line{id: id, amount: amount, unit: q.UOM, role: role, at: at})
	return nil
}

// refuseLine completes a refusal that is about one quantity.
func (p *plan) refuseLine(l line, err error) error {
	refused := fault.Of(err)
	if refused.EPC == "" {
		refused = refused.About(l.id.Path())
	}
	if refused.Field == "" {
		refused = refused.At(l.at)
	}
	return p.refuse(refused)
}

// linesOf applies a function to the quantities of an event that have a role, with
// the lot or class of each, in the order in which it lists them.
func (c *capture) linesOf(p *plan, role role, f func(line, *product.Lot) error) error {
	for _, l := range p.lines {
		if l.role != role {
			continue
		}
		lot := c.batch.Lot(l.id)
		if lot == nil {
			return p.refuseLine(l, errUnknownLot())
		}
		if err := f(l, lot); err != nil {
			return p.refuseLine(l, err)
		}
	}
	return nil
}

// makeLots begins all quantities of an event that have a role.
func (c *capture) makeLots(p *plan, role role, effect product.Effect) error {
	for _, l := range p.lines {
		if l.role != role {
			continue
		}
		if err := c.makeLot(p, l, effect, c.caller); err != nil {
			return p.refuseLine(l, err)
		}
	}
	return nil
}

// makeLot begins a quantity of a lot at the caller's, of an owner's: the
// lot begins with it, or production goes on. It takes a licence, but to adopt:
// what is adopted without one is of unproven origin. What a first event says of
// expiry holds for the lot; so does what the first says that may. More flags stand
// beside those that follow.
func (c *capture) makeLot(p *plan, l line, effect product.Effect, owner string, more ...product.Flag) error {
	right := c.rights[l.id]
	if !right.May && effect != product.Adopted {
		return fault.New(fault.NotLicensee, "%s holds no licence for this key now, nor a delegation of one", c.caller).With("licensee", right.Holder)
	}
	lot := c.batch.Lot(l.id)
	if lot == nil || lot.Unproven && right.May {
		_, expires := facts(p.body)
		lot = &product.Lot{
			V: product.Version, ID: l.id.Path(), Expires: expires, Unproven: !right.May,
			CommissionedBy: c.caller, Commissioned: p.event.Record.Time,
		}
		if right.Delegated {
			lot.Licensee = right.Holder
		}
		c.batch.BeginLot(lot)
	}
	to := product.Stock{Kind: product.StockAtHand, Custodian: c.caller, Owner: owner, Disposition: p.body.Disposition, Unit: l.unit}
	if p.body.BizLocation != nil {
		to.Place = place(p.body.BizLocation.ID)
	}
	if !right.May {
		more = append(more, product.FlagUnproven)
	}
	return c.batch.MoveLots(lot, c.caller, p.event, effect, []product.LotMove{{To: &to, Amount: l.amount}}, more...)
}

// drawLot ends a quantity of a lot that the caller has at hand, and returns what
// it was.
func (c *capture) drawLot(p *plan, l line, effect product.Effect) ([]portion, error) {
	lot := c.batch.Lot(l.id)
	if lot == nil {
		return nil, errUnknownLot()
	}
	drawn, err := c.draw(p, l)
	if err != nil {
		return nil, err
	}
	moves := make([]product.LotMove, len(drawn))
	for i, d := range drawn {
		moves[i] = product.LotMove{From: &d.stock, Amount: d.amount}
	}
	return drawn, c.batch.MoveLots(lot, c.caller, p.event, effect, moves)
}

func errUnknownLot() error {
	return fault.New(fault.NotFound, "nothing of it is on the ledger: commission it first")
}
