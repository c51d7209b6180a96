package epcis

import (
	"errors"
	"time"
)

// The clauses that violations name. The schema is the EPCIS 2.0 JSON Schema of
// github.com/gs1/EPCIS; its definitions carry the names given here.
const (
	clauseJSON      = "RFC 8259 (JSON)"
	clauseUnique    = "RFC 7493 §2.3 (I-JSON: unique member names)"
	clauseNull      = "EPCIS 2.0 JSON binding: an absent field is left out, null is no value"
	clauseDocument  = "EPCIS 2.0 JSON Schema, epcisDocument"
	clauseQuery     = "EPCIS 2.0 JSON Schema, epcisQueryDocument"
	clauseHeader    = "EPCIS 2.0 JSON Schema, epcisHeader"
	clauseContext   = "EPCIS 2.0 JSON Schema, @context (JSON-LD 1.1 §3.1)"
	clauseEvent     = "EPCIS 2.0, EPCISEvent"
	clauseTime      = "EPCIS 2.0 JSON Schema, time (RFC 3339 date-time with zone)"
	clauseOffset    = "EPCIS 2.0, EPCISEvent: eventTimeZoneOffset"
	clauseURI       = "EPCIS 2.0 JSON Schema, uri (RFC 3986)"
	clauseExtension = "EPCIS 2.0 JSON Schema, vocab-uri (names of extensions)"
	clauseError     = "EPCIS 2.0, ErrorDeclaration"
	clauseQuantity  = "EPCIS 2.0, QuantityElement"
	clausePlace     = "EPCIS 2.0, readPoint and bizLocation"
	clauseBTT       = "EPCIS 2.0, bizTransactionList"
	clauseParty     = "EPCIS 2.0, sourceList and destinationList"
	clausePersist   = "EPCIS 2.0, persistentDisposition"
	clauseSensor    = "EPCIS 2.0, SensorElement"
	clauseReport    = "EPCIS 2.0, SensorReport"
	clauseMetadata  = "EPCIS 2.0, SensorMetadata"
	clauseILMD      = "EPCIS 2.0, ILMD"
	clauseCert      = "EPCIS 2.0, certificationInfo"
	clauseAction    = "EPCIS 2.0, action"
	clauseCBV       = "CBV 2.0, standard vocabularies: "
	clauseUOM       = "EPCIS 2.0, QuantityElement: uom (UN/ECE Recommendation 20)"
	clauseKeys      = "GS1 General Specifications, key formats and check digits"
)

// decoder reads the parts of a document, keeping the path and what is wrong.
type decoder struct {
	*scanner
	at    path
	rep   report
	event int    // index of the event being read, or -1
	epcs  int    // identifiers counted in this event
	seen  fields // fields of the event that occurred, even malformed
	names map[*Extensions]*nameSet
}

func newDecoder(s *scanner) *decoder { return &decoder{scanner: s, event: -1} }

// push and pop keep the path. After an error the path stays where it happened.
func (d *decoder) push(name string) { d.pushSegment(segment{name: name, index: -1}) }

func (d *decoder) pushIndex(i int) { d.pushSegment(segment{index: i}) }

func (d *decoder) pushSegment(s segment) {
	if d.err == nil {
		d.at = append(d.at, s)
	}
}

func (d *decoder) pop() {
	if d.err == nil {
		d.at = d.at[:len(d.at)-1]
	}
}

// bad reports a violation here.
func (d *decoder) bad(clause, msg string) {
	d.rep.add(Violation{Pointer: d.at.pointer(), Clause: clause, Message: msg, Event: d.event})
}

// failure turns the scanner's error into what callers get.
func (d *decoder) failure() error {
	var syntax *syntaxError
	var limit *LimitError
	switch {
	case d.err == nil:
		return nil
	case errors.As(d.err, &syntax):
		d.bad(clauseJSON, syntax.msg)
		return d.rep.err()
	case errors.As(d.err, &limit) && limit.Pointer == "":
		return &LimitError{What: limit.What, Max: limit.Max, Pointer: d.at.pointer()}
	default:
		return d.err
	}
}

// kinds of JSON values, for messages
func kindName(c byte) string {
	switch c {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

// is reports whether the next value starts with c. If not it reports the
// violation and reads over the value.
func (d *decoder) is(c byte, clause, want string) bool {
	got := d.peek()
	if got == c && d.err == nil {
		return true
	}
	if d.pos < d.end {
		if got == 'n' {
			clause = clauseNull
		}
		d.bad(clause, "must be "+want+", not "+kindName(got))
	}
	d.skip()
	return false
}

// text reads a string value.
func (d *decoder) text(clause string) ([]byte, bool) {
	if !d.is('"', clause, "a string") {
		return nil, false
	}
	b := d.string()
	return b, d.err == nil
}

func (d *decoder) str(dst *string, clause string) {
	if b, ok := d.text(clause); ok {
		*dst = string(b)
	}
}

func (d *decoder) uri(dst *string) {
	b, ok := d.text(clauseURI)
	if !ok {
		return
	}
	if !isURI(b) {
		d.bad(clauseURI, quote(b)+" is not a URI")
		return
	}
	*dst = string(b)
}

func (d *decoder) time() (time.Time, bool) {
	b, ok := d.text(clauseTime)
	if !ok {
		return time.Time{}, false
	}
	t, ok := parseTime(b)
	if !ok {
		d.bad(clauseTime, quote(b)+" is not a date and time with a zone")
	}
	return t, ok
}

func (d *decoder) timePointer(dst **time.Time) {
	if t, ok := d.time(); ok {
		*dst = &t
	}
}

// term reads a word of a vocabulary, or a URI of another word.
func (d *decoder) term(v *vocabulary, dst *string) {
	b, ok := d.text(clauseCBV + v.name)
	if !ok {
		return
	}
	if uri, ok := v.words[string(b)]; ok {
		*dst = uri[len(v.uri):]
		return
	}
	s := string(b)
	switch {
	case v == vocabMeasurement && draftMeasurement(s):
		*dst = "gs1:" + s
	case !isURI(b):
		d.bad(clauseCBV+v.name, quote(b)+" is neither a word of CBV 2.0 nor a URI")
	case v.refused(s):
		d.bad(clauseCBV+v.name, "JSON-LD spells standard words bare, not "+quote(b))
	default:
		*dst = v.normal(s)
	}
}

func (d *decoder) decimal(dst *Number, clause string) {
	c := d.peek()
	if c != '-' && c-'0' > 9 {
		d.is('0', clause, "a number")
		return
	}
	b := d.number()
	if d.err != nil {
		return
	}
	n, ok := ParseNumber(string(b))
	if !ok {
		d.bad(clause, "the exponent of "+quote(b)+" is too large")
		return
	}
	*dst = n
}

func (d *decoder) boolean(dst **bool, clause string) {
	if c := d.peek(); c != 't' && c != 'f' {
		d.is('t', clause, "true or false")
		return
	}
	b := d.literal() == "true"
	*dst = &b
}

// array reads an array, calling item for each element.
func (d *decoder) array(clause string, item func()) bool {
	if !d.is('[', clause, "an array") || !d.open('[', "an array") {
		return false
	}
	i := 0
	for d.next(']', i == 0) {
		d.pushIndex(i)
		item()
		d.pop()
		i++
	}
	return d.err == nil
}

// object reads an object, calling member for each name. The name's bytes are
// valid until member reads on.
func (d *decoder) object(clause string, member func(name []byte)) bool {
	if !d.is('{', clause, "an object") || !d.open('{', "an object") {
		return false
	}
	for first := true; d.next('}', first); first = false {
		name := d.key()
		if d.err != nil {
			return false
		}
		member(name)
	}
	return d.err == nil
}

// uris reads an array of URIs. Those that are not are reported and left empty, so
// that indexes stay right.
func (d *decoder) uris(dst *[]string) {
	list := []string{}
	d.array(clauseURI, func() {
		var s string
		d.uri(&s)
		list = append(list, s)
	})
	*dst = list
}

// epcList reads a list of identifiers that count towards the limit.
func (d *decoder) epcList(dst *[]string) {
	list := []string{}
	d.array(clauseURI, func() {
		d.count()
		var s string
		d.uri(&s)
		list = append(list, s)
	})
	*dst = list
}

// count counts one identifier of this event.
func (d *decoder) count() {
	d.epcs++
	if d.epcs > d.limits.EPCs {
		d.fail(&LimitError{What: "epcs", Max: int64(d.limits.EPCs)})
	}
}

// once reports whether a field occurs for the first time. If not it reports that
// and reads over the value.
func (d *decoder) once(seen *fields, f fields) bool {
	if *seen&f == 0 {
		*seen |= f
		return true
	}
	d.bad(clauseUnique, "occurs twice")
	d.skip()
	return false
}
