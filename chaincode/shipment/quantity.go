package shipment

import (
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// portion is an amount of one stock.
type portion struct {
	stock  product.Stock
	amount product.Amount
}

// draw takes the amount of a line from what the caller has at hand, in an order
// that depends on the ledger alone:
//
//   - what the caller has itself; or, where the source names a party outside of
//     the channel as possessing_party, what it has for that;
//   - of the owner that the source names; else the caller's own first, and then,
//     if all the rest is of one other owner, that;
//   - from the place that the source or the read point names, if there is some
//     there, and else from where it is not known where it is; from anywhere if
//     nothing is there;
//   - what is fit for use before what is set aside, such as damaged; the other
//     way round to destroy it.
//
// It fails with fault.Held while that is on hold, and fault.NotEnough (detail
// available), and changes nothing.
func (c *capture) draw(p *plan, l line) ([]portion, error) { return c.drawOf(p, l, "") }

// drawOf is draw for a party outside of the channel, which the event need not
// name.
func (c *capture) drawOf(p *plan, l line, party string) ([]portion, error) {
	if err := c.heldLot(p, l.id.Path()); err != nil {
		return nil, err
	}
	stock, err := c.stock(p, l, party)
	if err != nil {
		return nil, err
	}
	owned, others, err := c.owned(p, stock)
	if err != nil {
		return nil, err
	}
	owned = narrow(owned, p.from.location, readPoint(p))
	aside := p.body.BizStep == "destroying" || p.body.BizStep == "decommissioning"
	slices.SortStableFunc(owned, func(a, b *product.Holding) int {
		return c.rank(a, aside) - c.rank(b, aside)
	})
	drawn, left := drawFrom(owned, l.amount)
	if left == 0 {
		return drawn, nil
	}
	available := (l.amount - left).String()
	refused := fault.New(fault.NotEnough, "%s has %s of it at hand, and the event takes %s", c.caller, available, l.amount).
		With("available", available).At(l.at + "/quantity")
	if len(others) > 1 {
		refused = refused.With("owners", strings.Join(others, " "))
	}
	return nil, refused
}

// stock returns what the caller has of a line's lot in its unit, itself or for a
// party outside of the channel.
func (c *capture) stock(p *plan, l line, party string) ([]*product.Holding, error) {
	if p.from.possessor != "" {
		found, err := c.party(p.from.possessor, p.from.possessorAt)
		switch {
		case err != nil:
			return nil, err
		case found.MSP != c.caller:
			return nil, fault.New(fault.NotCustodian, "the source is %s", found.MSP).With("custodian", found.MSP).At(p.from.possessorAt)
		case found.Outside && (party == "" || party == p.from.possessor):
			party = p.from.possessor
		case party != "":
			return nil, fault.New(fault.NotCustodian, "it is not with the party that has the container").With("party", p.from.possessor).
				With("containerParty", party).At(p.from.possessorAt)
		}
	}
	stock, err := c.batch.StockOf(l.id.Path(), c.caller, party)
	return slices.DeleteFunc(stock, func(h *product.Holding) bool { return h.Unit != l.unit }), err
}

// owned leaves of stock what may be drawn on, by whose it is, and names the
// owners other than the caller.
func (c *capture) owned(p *plan, stock []*product.Holding) (left []*product.Holding, others []string, err error) {
	if p.from.owner != "" {
		owner, err := c.party(p.from.owner, p.from.ownerAt)
		if err != nil {
			return nil, nil, err
		}
		return slices.DeleteFunc(stock, func(h *product.Holding) bool { return h.Owner != owner.MSP }), nil, nil
	}
	for _, h := range stock {
		if h.Owner != c.caller && !slices.Contains(others, h.Owner) {
			others = append(others, h.Owner)
		}
	}
	if len(others) > 1 {
		stock = slices.DeleteFunc(stock, func(h *product.Holding) bool { return h.Owner != c.caller })
	}
	return stock, others, nil
}

func readPoint(p *plan) string {
	if p.body.ReadPoint == nil {
		return ""
	}
	return place(p.body.ReadPoint.ID)
}

// narrow leaves what is at the first of the places at which something is, and
// what is nobody knows where.
func narrow(stock []*product.Holding, places ...string) []*product.Holding {
	for _, at := range places {
		site, _, _ := strings.Cut(at, "/254/") // a read point may be a gate of the place
		for _, name := range []string{at, site} {
			here := func(h *product.Holding) bool { return name != "" && h.Place == name }
			if slices.ContainsFunc(stock, here) {
				return slices.DeleteFunc(slices.Clone(stock), func(h *product.Holding) bool { return h.Place != "" && h.Place != name })
			}
		}
	}
	return stock
}

// setAside are the dispositions (CBV 2.0, section 7.2) of what is not fit for use.
var setAside = []string{
	"damaged", "destroyed", "disposed", "expired", "needs_replacement", "non_conformant", "non_sellable_other", "recalled",
	"returned", "stolen", "unavailable", "unknown",
}

// rank says which of the caller's holdings are drawn on first.
func (c *capture) rank(h *product.Holding, aside bool) int {
	rank := 0
	if slices.Contains(setAside, h.Disposition) != aside {
		rank++
	}
	if h.Place == "" {
		rank += 2
	}
	if h.Owner != c.caller {
		rank += 4
	}
	return rank
}

// drawFrom draws an amount from holdings in their order, and returns what is lacking.
func drawFrom(from []*product.Holding, amount product.Amount) (drawn []portion, left product.Amount) {
	left = amount
	for _, h := range from {
		if left == 0 {
			break
		}
		some := min(left, h.Amount)
		drawn = append(drawn, portion{stock: h.Stock, amount: some})
		left -= some
	}
	return drawn, left
}
