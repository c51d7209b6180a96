package shipment

import (
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
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
		{e.QuantityList, subject, "/quantityList/"}, {e.ChildQuantityList, child, "/childQuantityList/"},
		{e.InputQuantityList, input, "/inputQuantityList/"}, {e.OutputQuantityList, output, "/outputQuantityList/"},
	} {
		for i, q := range list.quantities {
			if err := p.identifyLot(q, list.role, list.at+strconv.Itoa(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *plan) identifyLot(q epcis.Quantity, role role, at string) error {
	id, err := gs1.Parse(q.EPCClass)
	if err != nil {
		return fault.New(fault.InvalidIdentifier, "%w", err).At(at + "/epcClass")
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
