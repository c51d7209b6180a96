package readings

import "math/big"

// The versions of SenML: 10 is RFC 8428; 26 adds the secondary units of RFC 8798
// (RFC 9100). Its own examples say 5, from a draft.
const (
	senmlVersion   = 10
	senmlSecondary = 26
)

// senmlField numbers the fields of a record.
type senmlField int

// The fields of a record (RFC 8428, section 4.3).
const (
	fieldVersion senmlField = iota
	fieldBaseName
	fieldBaseTime
	fieldBaseUnit
	fieldBaseValue
	fieldBaseSum
	fieldName
	fieldUnit
	fieldValue
	fieldText
	fieldBool
	fieldSum
	fieldTime
	fieldUpdate
	fieldData
)

// senmlLabels are the labels of the fields in JSON and in CBOR.
var senmlLabels = []struct {
	text   string
	number int64
}{
	fieldVersion: {"bver", -1}, fieldBaseName: {"bn", -2}, fieldBaseTime: {"bt", -3}, fieldBaseUnit: {"bu", -4},
	fieldBaseValue: {"bv", -5}, fieldBaseSum: {"bs", -6}, fieldName: {"n", 0}, fieldUnit: {"u", 1}, fieldValue: {"v", 2},
	fieldText: {"vs", 3}, fieldBool: {"vb", 4}, fieldSum: {"s", 5}, fieldTime: {"t", 6}, fieldUpdate: {"ut", 7}, fieldData: {"vd", 8},
}

// senmlRecord is a record as it is written.
type senmlRecord struct {
	has     [fieldData + 1]bool
	texts   map[senmlField]string
	numbers map[senmlField]*big.Rat
	truth   bool
}

// senmlKind is what a field holds.
type senmlKind int

const (
	kindNumber senmlKind = iota
	kindText
	kindBool
	kindAny // is not used
)

func (f senmlField) kind() senmlKind {
	switch f {
	case fieldBaseName, fieldBaseUnit, fieldName, fieldUnit:
		return kindText
	case fieldBool:
		return kindBool
	case fieldText, fieldData, fieldSum, fieldBaseSum, fieldUpdate:
		return kindAny
	}
	return kindNumber
}

// senmlLabel finds a field by its text label.
func senmlLabel(text string) (senmlField, bool) {
	for field, label := range senmlLabels {
		if label.text == text {
			return senmlField(field), true
		}
	}
	return 0, false
}

// senmlNumber finds a field by its number in CBOR.
func senmlNumber(number int64) (senmlField, bool) {
	for field, label := range senmlLabels {
		if label.number == number {
			return senmlField(field), true
		}
	}
	return 0, false
}

// take notes that a record has a field. It refuses a second one.
func (r *senmlRecord) take(f senmlField) error {
	if r.has[f] {
		return formatError("%q twice", senmlLabels[f].text)
	}
	r.has[f] = true
	return nil
}

func (r *senmlRecord) setText(f senmlField, text string) {
	if r.texts == nil {
		r.texts = map[senmlField]string{}
	}
	r.texts[f] = text
}

func (r *senmlRecord) setNumber(f senmlField, number *big.Rat) {
	if r.numbers == nil {
		r.numbers = map[senmlField]*big.Rat{}
	}
	r.numbers[f] = number
}

// number returns a number of a record, 0 if there is none.
func (r *senmlRecord) number(f senmlField) *big.Rat {
	if n := r.numbers[f]; n != nil {
		return n
	}
	return new(big.Rat)
}

// baseOnly reports whether a record sets base fields and nothing else.
func (r *senmlRecord) baseOnly() bool {
	for f := fieldName; f <= fieldData; f++ {
		if r.has[f] {
			return false
		}
	}
	return true
}

// values counts a record's values.
func (r *senmlRecord) values() int {
	n := 0
	for _, f := range []senmlField{fieldValue, fieldText, fieldBool, fieldData} {
		if r.has[f] {
			n++
		}
	}
	return n
}
