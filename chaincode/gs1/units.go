package gs1

import (
	"math/big"
	"sync" //determinism:ok a table of constants is indexed once, whoever asks first
)

// unitGroup are the units of one quantity.
type unitGroup struct {
	quantity Quantity
	// system tells units of one quantity apart that no rational factor joins:
	// an angle in radians and one in turns. Empty where there is only one.
	system string
	units  []unitRow
}

// unitRow is one unit: a value times factor, plus offset, is the value in the
// coherent SI unit of the quantity (radian or turn for an angle, bit for memory
// capacity, one for counts). Both are exact fractions: factors come from the
// definitions of the units (SI, the international yard and pound of 1959, the
// conventional millimetre of mercury, ...), not from the rounded figures of the
// recommendation, whose codes, names and symbols are used (UN/ECE
// Recommendation 20, as in datasets/unece-units-of-measure at
// f6427ebe979c645dff633d82f362d34e0cfc3182, ODC-PDDL-1.0).
type unitRow struct{ code, name, symbol, factor, offset string }

// unitFacts is a row with its group.
type unitFacts struct {
	unitRow
	quantity Quantity
	system   string
}

// Unit is a unit of measure of UN/ECE Recommendation 20. It is a comparable
// value; the zero Unit is none.
type Unit struct{ facts *unitFacts }

var unitIndex = sync.OnceValue(func() map[string]Unit {
	index := make(map[string]Unit, 1024)
	for _, groups := range [][]unitGroup{
		unitsOfMatter[:], unitsOfSpace[:], unitsOfForce[:], unitsOfFlow[:], unitsOfField[:],
	} {
		for _, group := range groups {
			for _, row := range group.units {
				index[row.code] = Unit{&unitFacts{row, group.quantity, group.system}}
			}
		}
	}
	return index
})

// UnitByCode finds a unit by its UN/ECE Recommendation 20 common code, in upper
// case: "CEL", "KGM", "P1". The table holds the codes that a CBV measurement
// type or an EPCIS quantity can use and that have an exact factor: not, for
// example, decibels, pH, or packages of unknown size.
func UnitByCode(code string) (Unit, bool) {
	u, ok := unitIndex()[code]
	return u, ok
}

// Code returns the common code, empty for the zero Unit.
func (u Unit) Code() string {
	if u.facts == nil {
		return ""
	}
	return u.facts.code
}

// Name returns the English name, empty for the zero Unit.
func (u Unit) Name() string {
	if u.facts == nil {
		return ""
	}
	return u.facts.name
}

// Symbol returns the symbol, empty where the recommendation has none.
func (u Unit) Symbol() string {
	if u.facts == nil {
		return ""
	}
	return u.facts.symbol
}

// Quantity returns what the unit measures, empty for the zero Unit.
func (u Unit) Quantity() Quantity {
	if u.facts == nil {
		return ""
	}
	return u.facts.quantity
}

// String returns the common code.
func (u Unit) String() string { return u.Code() }

// fractions returns factor and offset.
func (f *unitFacts) fractions() (factor, offset *big.Rat) {
	factor, offset = new(big.Rat), new(big.Rat)
	// The rows are constants of this package; a test reads each of them.
	factor.SetString(f.factor)
	if f.offset != "" {
		offset.SetString(f.offset)
	}
	return factor, offset
}
