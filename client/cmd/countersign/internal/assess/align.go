package assess

import "github.com/countersign-ledger/countersign/chaincode/evaluation"

// align brings terms and readings to one unit, without rounding.
func align(terms evaluation.Terms, unit string, s Series) (Evaluated, error) {
	terms, conversion, err := evaluation.Align(terms, unit)
	if err != nil {
		return Evaluated{}, err
	}
	readings, scale, err := conversion.Apply(s.Readings, s.Scale)
	return Evaluated{Terms: terms, Readings: readings, Scale: scale}, err
}
