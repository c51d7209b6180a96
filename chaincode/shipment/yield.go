package shipment

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Extensions of a TransformationEvent in our namespace ([product.Namespace]):
//
//	loss    [{"quantity": 1.5, "uom": "KGM"}, ...]: what went in and did not come
//	        out, as scrap, evaporation or samples; without uom, pieces
//	yield   950: how many thousandths of what goes in the process brings out at
//	        least (below 1000) or at most (above it, where water or air is
//	        taken up)
const (
	lossName  = "loss"
	yieldName = "yield"
)

const (
	whole     = 1000   // permille
	maxYield  = 10_000 // permille
	maxLosses = 100
)

// outturn is what a transformation says of its own balance.
type outturn struct {
	losses []loss
	yield  int64 // permille
}

type loss struct {
	amount product.Amount
	unit   string // "" counts
}

// outturnOf reads the extensions. It fails with fault.InvalidDocument and a
// pointer, as everything in our namespace that rules read must be of its form.
func outturnOf(e *epcis.Event) (outturn, error) {
	said := outturn{yield: whole}
	seen := map[string]bool{}
	for _, m := range e.ExtensionsIn(product.Namespace) {
		if m.Name != lossName && m.Name != yieldName {
			continue
		}
		if seen[m.Name] {
			return said, invalidOutturn(m.Name, "%s stands there twice", m.Name)
		}
		seen[m.Name] = true
		var err error
		if m.Name == yieldName {
			said.yield, err = yieldOf(m.Value)
		} else {
			said.losses, err = lossesOf(m.Value)
		}
		if err != nil {
			return said, err
		}
	}
	return said, nil
}

func invalidOutturn(at, format string, args ...any) error {
	return fault.New(fault.InvalidDocument, format, args...).At("/countersign:" + at)
}

func yieldOf(v epcis.Value) (int64, error) {
	n, err := strconv.ParseInt(v.Text, 10, 64)
	if err != nil || n < 1 || n > maxYield || v.Kind != epcis.Numeric && v.Kind != epcis.String {
		return 0, invalidOutturn(yieldName, "the yield is a whole number of thousandths, 1 to %d", maxYield)
	}
	return n, nil
}

// lossesOf reads a list of losses; XML has one without a list around it.
func lossesOf(v epcis.Value) ([]loss, error) {
	items := v.Items
	if v.Kind == epcis.Object {
		items = []epcis.Value{v}
	}
	if len(items) == 0 || len(items) > maxLosses {
		return nil, invalidOutturn(lossName, "a loss is a list of 1 to %d objects of quantity and uom", maxLosses)
	}
	var losses []loss
	for i, item := range items {
		l, err := lossOf(item)
		if err != nil {
			return nil, fault.Of(err).At("/countersign:" + lossName + "/" + strconv.Itoa(i))
		}
		if l.amount > 0 {
			losses = append(losses, l)
		}
	}
	return losses, nil
}

func lossOf(v epcis.Value) (l loss, err error) {
	quantity := ""
	for _, m := range v.Members {
		scalar := m.Value.Kind == epcis.Numeric || m.Value.Kind == epcis.String
		switch {
		case m.Name == "quantity" && scalar:
			quantity = m.Value.Text
		case m.Name == "uom" && m.Value.Kind == epcis.String:
			l.unit = m.Value.Text
		default:
			return l, invalidOutturn(lossName, "a loss has a quantity and a uom, and no %s", m.Name)
		}
	}
	if quantity != "" && strings.Trim(quantity, "0.") == "" {
		return l, nil
	}
	if l.amount, err = product.ParseAmount(quantity); err != nil {
		return l, fault.New(fault.InvalidDocument, "%s", fault.Of(err).Message)
	}
	return l, nil
}

// addsUp reports whether what came out is what went in, dimension by dimension:
// exactly, or within the yield. While a process goes on, less may have come out.
// Where something compares with nothing on the other side, and so nobody can say,
// it does.
func (said outturn) addsUp(in, out tally, ongoing bool) bool {
	out = out.clone()
	for _, l := range said.losses {
		out.lose(in, l)
	}
	if !in.comparable(out) {
		return true
	}
	for _, s := range in.Sums {
		least, most := s.Amount.rat(), s.Amount.rat()
		if said.yield < whole {
			least.Mul(least, big.NewRat(said.yield, whole))
		} else {
			most.Mul(most, big.NewRat(said.yield, whole))
		}
		came := out.of(s.Dimension)
		if came.Cmp(most) > 0 || came.Cmp(least) < 0 && !ongoing {
			return false
		}
	}
	return true
}
