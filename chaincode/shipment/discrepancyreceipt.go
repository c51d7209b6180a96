package shipment

import (
	"encoding/json"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Dispositions (CBV 2.0, section 7.2) by which a receipt says that something
// differs.
const (
	damagedDisposition  = "damaged"
	mismatchDisposition = "mismatch_instance"
)

// maxPaths bounds the objects of one discrepancy in bytes of JSON, so that its
// record keeps room for all that both sides say.
const maxPaths = 5000

// differing is what a receipt says of one object or line.
type differing struct {
	kind  Kind
	offer *product.Offer // nil: nobody had shipped it
	other string         // MSP id of the other side
	item  *item          // or
	lot   *line          // with what differs as its amount
}

// group is what the objects of one discrepancy have in common.
type group struct {
	kind     Kind
	other    string
	shipment product.Ref
	lot      string // pointer to the line: each is a discrepancy of its own
}

func (d *differing) group() group {
	g := group{kind: d.kind, other: d.other, shipment: d.shipment().ref()}
	if d.lot != nil {
		g.lot = d.lot.at
	}
	return g
}

func (d *differing) shipment() *EventRef {
	if d.offer == nil {
		return nil
	}
	return refOf(d.offer.Ref())
}

// report opens discrepancies for what a receipt said differs, at most
// [MaxClaimed] objects each. Witnessed says that the event is in the history of
// no object.
func (c *capture) report(p *plan, found []differing, witnessed bool) error {
	if len(found) == 0 {
		return nil
	}
	receipt := p.event.Ref
	if witnessed {
		receipt.By = c.caller // a mere witness takes nobody's place
	}
	var opened []*Discrepancy
	var of [][]differing
	filling := map[group]int{} // the last of each group, by its place
	size := map[int]int{}
	for _, d := range found {
		n, begun := filling[d.group()]
		if !begun || len(opened[n].Objects) == MaxClaimed || size[n] > maxPaths {
			n = len(opened)
			opened, of = append(opened, c.open(p, d, refOf(receipt), n)), append(of, nil)
			filling[d.group()] = n
		}
		of[n] = append(of[n], d)
		if d.item != nil {
			path := d.item.id.Path()
			opened[n].Objects = append(opened[n].Objects, path)
			size[n] += jsonSize(path)
		}
	}
	if c.opened == nil {
		c.opened, c.claims = map[*plan][]string{}, map[ledger.Key]*Discrepancy{}
	}
	for n, d := range opened {
		if err := c.claimOnce(p, d, of[n]); err != nil {
			return err
		}
		c.opened[p] = append(c.opened[p], d.ID)
		c.batch.Put(discrepancyKey(d.ID), d)
		for _, key := range d.listings() {
			c.batch.Put(key, mention{V: Version})
		}
	}
	return nil
}

func jsonSize(text string) int {
	quoted, err := json.Marshal(text)
	if err != nil {
		return 6 * len(text)
	}
	return len(quoted) + 1
}

func (c *capture) open(p *plan, d differing, receipt *EventRef, n int) *Discrepancy {
	opened := newDiscrepancy(c.tx, strconv.Itoa(p.index)+"/"+strconv.Itoa(n), Discrepancy{
		Kind: d.kind, Shipment: d.shipment(), Receipt: receipt, Claimant: c.caller, Other: d.other,
		Moves: d.item != nil && d.kind != Damaged,
	})
	if p.body.BizLocation != nil {
		opened.Place = place(p.body.BizLocation.ID)
	}
	if d.lot != nil {
		opened.Lot, opened.Amount, opened.Unit = d.lot.id.Path(), d.lot.amount, d.lot.unit
	}
	return opened
}

// claimOnce refuses what the caller has claimed already, and notes that it has.
// What is received is not in that case: no shipment arrives twice, unless its
// receipt was declared an error.
func (c *capture) claimOnce(p *plan, d *Discrepancy, of []differing) error {
	keys := d.claimKeys()
	before := make([]*Discrepancy, len(keys))
	if d.Moves {
		var err error
		if before, err = claimedBefore(c.tx, keys); err != nil {
			return err
		}
	}
	for i, key := range keys {
		if here := c.claims[key]; here != nil && d.Moves {
			before[i] = here
		}
		if before[i] != nil {
			return p.refuseItem(*of[i].item, errClaimed(before[i]))
		}
		c.claims[key] = d
		c.batch.Put(key, mention{V: Version, ID: d.ID})
	}
	return nil
}
