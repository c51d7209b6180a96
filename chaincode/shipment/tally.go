package shipment

import (
	"math/big"
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// maxDimensions bounds what a tally keeps apart. What has more is not compared.
const maxDimensions = 50

// tally is how much there is on one side of a transformation, dimension by
// dimension: mass and volume of everything together; length, area and number of
// pieces for each class, since ten boxes of a hundred are no ten tablets, and cloth
// that is cut lengthwise gets longer.
type tally struct {
	Sums []dimensionSum `json:"s,omitempty"`
	// Apart says that there is something which compares with nothing: a unit that
	// measures no amount of goods, or too many dimensions.
	Apart bool `json:"a,omitempty"`
}

type dimensionSum struct {
	// Dimension is the quantity, and the class where each has its own.
	Dimension string `json:"d"`
	// Amount is exact, in the SI unit or in pieces.
	Amount ratio `json:"n"`
}

// ratio is a fraction as text, such as "5/2".
type ratio string

func (r ratio) rat() *big.Rat {
	x := new(big.Rat)
	x.SetString(string(r)) // "", which is none, leaves 0
	return x
}

// bases are the units in which amounts of goods are added up.
var bases = map[gs1.Quantity]string{
	gs1.Mass: "KGM", gs1.Volume: "MTQ", gs1.Length: "MTR", gs1.Area: "MTK", gs1.Count: "C62",
}

// measure returns the dimension of an amount and its size there; ok is false when
// it compares with nothing. International units of one substance are no pieces.
func measure(id gs1.ID, amount product.Amount, code string) (dimension string, size *big.Rat, ok bool) {
	if code == "" {
		code = "C62"
	}
	unit, known := gs1.UnitByCode(code)
	base, measures := bases[unit.Quantity()]
	if !known || !measures {
		return "", nil, false
	}
	dimension = string(unit.Quantity())
	if code == "NIU" {
		dimension, base = code, code
	}
	if q := unit.Quantity(); q != gs1.Mass && q != gs1.Volume {
		dimension += " " + id.Class().Path()
	}
	to, _ := gs1.UnitByCode(base)
	size, err := gs1.Convert(big.NewRat(int64(amount), int64(product.One)), unit, to)
	return dimension, size, err == nil
}

// line adds a quantity of a lot or class.
func (t *tally) line(l line) { t.measured(l.id, l.amount, l.unit) }

// pieces adds single objects, each a piece of its class. They mostly stand
// together by class.
func (t *tally) pieces(ids []gs1.ID) {
	for len(ids) > 0 {
		n, class := 1, ids[0].Class()
		for n < len(ids) && ids[n].Class() == class {
			n++
		}
		t.measured(class, product.Amount(n)*product.One, "")
		ids = ids[n:]
	}
}

func (t *tally) measured(id gs1.ID, amount product.Amount, unit string) {
	if dimension, size, ok := measure(id, amount, unit); ok {
		t.add(dimension, size)
	} else {
		t.Apart = true
	}
}

func (t *tally) add(dimension string, size *big.Rat) {
	i, found := slices.BinarySearchFunc(t.Sums, dimension, func(s dimensionSum, d string) int { return strings.Compare(s.Dimension, d) })
	switch {
	case found:
		t.Sums[i].Amount = ratio(size.Add(size, t.Sums[i].Amount.rat()).RatString())
	case len(t.Sums) == maxDimensions:
		t.Apart = true
	default:
		t.Sums = slices.Insert(t.Sums, i, dimensionSum{dimension, ratio(size.RatString())})
	}
}

// lose adds a loss to what came out. A loss names no class: it is of the only one
// of its kind that went in.
func (t *tally) lose(in tally, l loss) {
	dimension, size, ok := measure(gs1.ID{}, l.amount, l.unit)
	quantity, ofClass := strings.CutSuffix(dimension, " ")
	if !ok {
		t.Apart = true
		return
	}
	if ofClass {
		var of []string
		for _, s := range in.Sums {
			if strings.HasPrefix(s.Dimension, quantity+" ") {
				of = append(of, s.Dimension)
			}
		}
		if len(of) != 1 {
			t.Apart = true
			return
		}
		dimension = of[0]
	}
	t.add(dimension, size)
}

// of returns the amount in a dimension.
func (t tally) of(dimension string) *big.Rat {
	for _, s := range t.Sums {
		if s.Dimension == dimension {
			return s.Amount.rat()
		}
	}
	return new(big.Rat)
}

// comparable reports whether two sides have the same dimensions, and nothing else:
// where litres went in and kilograms came out, a density is missing.
func (t tally) comparable(other tally) bool {
	return !t.Apart && !other.Apart && slices.EqualFunc(t.Sums, other.Sums, func(a, b dimensionSum) bool { return a.Dimension == b.Dimension })
}

// clone returns a copy that can be added to.
func (t tally) clone() tally {
	t.Sums = slices.Clone(t.Sums)
	return t
}
