package readings

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// Encoding is how a SenML pack is written.
type Encoding int

// The encodings of SenML.
const (
	// JSON is application/senml+json.
	JSON Encoding = iota
	// CBOR is application/senml+cbor.
	CBOR
)

// WriteSenML writes runs as a SenML pack, which [ReadSenML] reads back. Each run
// begins with a record that sets base name, base time and base unit. A device
// that is a GS1 key is named by its Digital Link. Values are exact: in CBOR,
// integers or decimal fractions.
//
// It fails with [telemetry.ErrFormat] for a run without readings, a device that
// cannot be a name of SenML, and a unit that SenML does not have (convert it
// first); with [telemetry.ErrLimit] for readings before 1978-07-04T21:24:16Z,
// which SenML cannot tell from times relative to now.
func WriteSenML(runs []Run, encoding Encoding) ([]byte, error) {
	version := int64(senmlVersion)
	names, units := make([]string, len(runs)), make([]string, len(runs))
	for i, run := range runs {
		unit, ok := senmlSymbol(quantity{run.Measurement, run.Unit, run.Component})
		if !ok && run.Measurement+run.Unit+run.Component != "" {
			return nil, formatError("SenML has no unit for %s in %s %s", run.Measurement, run.Unit, run.Component)
		}
		if unit.secondary {
			version = senmlSecondary
		}
		units[i], names[i] = unit.symbol, senmlName(run.Device)
		if err := writable(names[i], run); err != nil {
			return nil, err
		}
	}
	var out packWriter = &jsonPack{}
	if encoding == CBOR {
		out = &cborPack{}
	}
	for i, run := range runs {
		start := run.Readings[0].Time
		for j, r := range run.Readings {
			out.begin()
			if j == 0 {
				if i == 0 && version != senmlVersion {
					out.number(fieldVersion, version, 0)
				}
				out.text(fieldBaseName, names[i])
				out.number(fieldBaseTime, start, -3)
				out.text(fieldBaseUnit, units[i])
			}
			out.number(fieldValue, r.Value, run.Scale)
			if r.Time != start {
				out.number(fieldTime, r.Time-start, -3)
			}
		}
	}
	return out.finish()
}

func writable(name string, run Run) error {
	switch {
	case len(run.Readings) == 0:
		return formatError("a run without readings")
	case !isSenMLName(name):
		return formatError("%q cannot be a name of SenML (RFC 8428, section 4.5.1)", clip(run.Device))
	case run.Readings[0].Time < 1000<<28:
		return limitError("SenML has no times before 1978-07-04T21:24:16Z")
	}
	return nil
}

// senmlName returns how a device is named.
func senmlName(device string) string {
	if strings.HasPrefix(device, "/") {
		return gs1.Authority + device
	}
	return device
}

// packWriter writes records one after another, field by field.
type packWriter interface {
	begin()
	text(f senmlField, text string)
	number(f senmlField, value int64, scale int)
	finish() ([]byte, error)
}

type jsonPack struct {
	out  bytes.Buffer
	open bool
}

func (p *jsonPack) begin() {
	if p.open {
		p.out.WriteString("},\n{")
		return
	}
	p.out.WriteString("[{")
	p.open = true
}

func (p *jsonPack) label(f senmlField) {
	if last := p.out.Bytes()[p.out.Len()-1]; last != '{' {
		p.out.WriteByte(',')
	}
	p.out.WriteString(`"` + senmlLabels[f].text + `":`)
}

func (p *jsonPack) text(f senmlField, text string) {
	p.label(f)
	quoted, _ := json.Marshal(text) // a string always has a form
	p.out.Write(quoted)
}

func (p *jsonPack) number(f senmlField, value int64, scale int) {
	p.label(f)
	p.out.WriteString(telemetry.FormatDecimal(value, scale))
}

func (p *jsonPack) finish() ([]byte, error) {
	if !p.open {
		return []byte("[]"), nil
	}
	p.out.WriteString("}]\n")
	return p.out.Bytes(), nil
}

type cborPack struct{ records []map[int64]any }

func (p *cborPack) begin() { p.records = append(p.records, map[int64]any{}) }

func (p *cborPack) set(f senmlField, value any) {
	p.records[len(p.records)-1][senmlLabels[f].number] = value
}

func (p *cborPack) text(f senmlField, text string) { p.set(f, text) }

func (p *cborPack) number(f senmlField, value int64, scale int) {
	for scale < 0 && value%10 == 0 {
		value, scale = value/10, scale+1
	}
	if scale == 0 {
		p.set(f, value)
		return
	}
	p.set(f, cbor.Tag{Number: 4, Content: []int64{int64(scale), value}})
}

func (p *cborPack) finish() ([]byte, error) {
	if errSenMLModes != nil {
		return nil, errSenMLModes
	}
	if p.records == nil {
		p.records = []map[int64]any{}
	}
	return senmlEncoding.Marshal(p.records)
}
