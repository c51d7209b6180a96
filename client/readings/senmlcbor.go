package readings

import (
	"math/big"

	"github.com/fxamacker/cbor/v2"
)

// senmlModes are how packs are read and written: with limits, and in
// deterministic encoding (RFC 8949, section 4.2.1). The options are constants,
// so that errSenMLModes is nil.
var senmlDecoding, senmlEncoding, errSenMLModes = senmlModes()

func senmlModes() (cbor.DecMode, cbor.EncMode, error) {
	enc, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, nil, err
	}
	dec, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, MaxNestedLevels: 16, MaxArrayElements: maxRows, MaxMapPairs: 64,
		UTF8: cbor.UTF8RejectInvalid,
	}.DecMode()
	return dec, enc, err
}

// eachCBORRecord reads a pack in CBOR, record by record, as eachJSONRecord does.
func eachCBORRecord(data []byte, most int, take func(int, *senmlRecord, error)) error {
	if errSenMLModes != nil {
		return errSenMLModes
	}
	var records []cbor.RawMessage
	if err := senmlDecoding.Unmarshal(data, &records); err != nil {
		return formatError("SenML in CBOR is an array of records: %w", err)
	}
	if len(records) > most {
		return limitError("more than %d records; split the pack", most)
	}
	for i, raw := range records {
		record, err := cborRecord(raw)
		take(i, record, err)
	}
	return nil
}

func cborRecord(raw cbor.RawMessage) (*senmlRecord, error) {
	var fields map[any]cbor.RawMessage
	if err := senmlDecoding.Unmarshal(raw, &fields); err != nil || fields == nil {
		return nil, formatError("a record is a map: %w", err)
	}
	r := &senmlRecord{}
	for label, value := range fields { // the order does not matter: no label stands twice
		f, ok, err := cborLabel(label)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if err := r.take(f); err != nil {
			return nil, err
		}
		if err := r.setCBOR(f, value); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// cborLabel finds a field by its label, a number or (section 6) a text.
func cborLabel(label any) (f senmlField, ok bool, err error) {
	switch label := label.(type) {
	case uint64:
		f, ok = senmlNumber(int64(min(label, 1<<62)))
	case int64:
		f, ok = senmlNumber(label)
	case string:
		if f, ok = senmlLabel(label); !ok {
			err = unknownLabel(label)
		}
	default:
		err = formatError("a label is a number or a text")
	}
	return f, ok, err
}

func (r *senmlRecord) setCBOR(f senmlField, value cbor.RawMessage) error {
	label := senmlLabels[f].text
	switch f.kind() {
	case kindText:
		var text string
		if value[0]>>5 != 3 || senmlDecoding.Unmarshal(value, &text) != nil {
			return formatError("%q is a text", label)
		}
		r.setText(f, text)
	case kindBool:
		const no, yes = 0xf4, 0xf5
		if value[0] != no && value[0] != yes {
			return formatError("%q is true or false", label)
		}
		r.truth = value[0] == yes
	case kindNumber:
		number, err := cborNumber(value)
		if err != nil {
			return formatError("%q: %w", label, err)
		}
		r.setNumber(f, number)
	case kindAny:
	}
	return nil
}

// cborNumber reads an integer, a floating-point number, or a decimal fraction
// (RFC 8949, section 3.4.4).
func cborNumber(value cbor.RawMessage) (*big.Rat, error) {
	const half, single, double, decimalFraction = 0xf9, 0xfa, 0xfb, 0xc4
	switch first := value[0]; {
	case first>>5 <= 1 || first == 0xc2 || first == 0xc3:
		var integer big.Int
		if err := senmlDecoding.Unmarshal(value, &integer); err != nil || integer.BitLen() > maxBits {
			return nil, formatError("an integer of unreasonable size")
		}
		return new(big.Rat).SetInt(&integer), nil
	case first == half, first == single, first == double:
		return floatNumber(value[1:])
	case first == decimalFraction:
		return decimalFractionNumber(value)
	}
	return nil, formatError("not a number")
}

// maxBits and maxTens bound numbers, so that no input makes one of unreasonable
// size.
const (
	maxBits = 256
	maxTens = 100
)

func decimalFractionNumber(value cbor.RawMessage) (*big.Rat, error) {
	var tag struct {
		_        struct{} `cbor:",toarray"`
		Exponent int64
		Mantissa big.Int
	}
	var raw cbor.RawTag
	if err := senmlDecoding.Unmarshal(value, &raw); err != nil {
		return nil, formatError("%w", err)
	}
	if err := senmlDecoding.Unmarshal(raw.Content, &tag); err != nil {
		return nil, formatError("a decimal fraction is an exponent and a mantissa: %w", err)
	}
	if tag.Exponent < -maxTens || tag.Exponent > maxTens || tag.Mantissa.BitLen() > maxBits {
		return nil, formatError("a decimal fraction of unreasonable size")
	}
	number := new(big.Rat).SetInt(&tag.Mantissa)
	power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(max(tag.Exponent, -tag.Exponent)), nil))
	if tag.Exponent < 0 {
		return number.Quo(number, power), nil
	}
	return number.Mul(number, power), nil
}
