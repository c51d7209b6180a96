package redaction

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/selective"
)

// maxPosition bounds a position: no list of an event is longer.
const maxPosition = 1 << 20

// Disclosure opens one commitment of an event. It is a secret until it is given to
// somebody. In JSON it is a string, the text of [Disclosure.MarshalText].
type Disclosure struct {
	// Salt is 32 random bytes in base64url without padding.
	Salt string
	// At is the position in its list, from 0.
	At int
	// At most one of the following is set, to what was hidden; none when the
	// commitment is to nothing.
	BizTransaction      *epcis.BizTransaction
	Source, Destination *epcis.Party
	// ILMD is a member of the event's ILMD, Extension one of its extensions,
	// named as in the event, whose @context says what the prefix means.
	ILMD, Extension *epcis.Member
}

// Field returns what the disclosure is of: bizTransactionList, sourceList,
// destinationList, "ilmd/" and a member's name, the name of an extension, or "" for
// nothing.
func (d Disclosure) Field() string {
	switch {
	case d.BizTransaction != nil:
		return "bizTransactionList"
	case d.Source != nil:
		return "sourceList"
	case d.Destination != nil:
		return "destinationList"
	case d.ILMD != nil:
		return "ilmd/" + d.ILMD.Name
	case d.Extension != nil:
		return d.Extension.Name
	default:
		return ""
	}
}

// MarshalText returns the canonical text of the disclosure, which is what the
// commitment covers: the same disclosure always gives the same bytes. It fails with
// [ErrMalformed].
func (d Disclosure) MarshalText() ([]byte, error) {
	fragment, err := d.fragment()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(d.Salt)
	if err != nil {
		return nil, fmt.Errorf("redaction: %w: %w", ErrMalformed, err)
	}
	text = append(append([]byte{'['}, text...), ',')
	text = append(strconv.AppendInt(text, int64(d.At), 10), ',')
	return append(append(text, fragment...), ']'), nil
}

// UnmarshalText reads a disclosure strictly: only what MarshalText writes, with a
// salt that does not look made up. It fails with [ErrMalformed] or [ErrWeakSalt],
// never quoting the text, and then changes nothing.
func (d *Disclosure) UnmarshalText(text []byte) error {
	if len(text) > maxText {
		return fmt.Errorf("redaction: %w: more than %d bytes", ErrMalformed, maxText)
	}
	read, ok := parse(text)
	if !ok {
		return fmt.Errorf("redaction: %w", ErrMalformed)
	}
	if again, err := read.MarshalText(); err != nil || !bytes.Equal(again, text) {
		return fmt.Errorf("redaction: %w: not in canonical form", ErrMalformed)
	}
	if !selective.Strong(read.Salt) {
		return fmt.Errorf("redaction: %w", ErrWeakSalt)
	}
	*d = read
	return nil
}

// maxText bounds the text of a disclosure: a value with what stands around it.
const maxText = MaxValue + 512

// parse reads a disclosure without asking for the one canonical text. The value
// is read by package epcis, as a part of an event that is otherwise constant, and
// so by the rules of an event.
func parse(text []byte) (Disclosure, bool) {
	var d Disclosure
	var parts []json.RawMessage
	if json.Unmarshal(text, &parts) != nil || len(parts) != 3 {
		return d, false
	}
	if json.Unmarshal(parts[0], &d.Salt) != nil || json.Unmarshal(parts[1], &d.At) != nil {
		return d, false
	}
	fragment := parts[2]
	if d.At < 0 || d.At > maxPosition || len(fragment) > MaxValue || fragment[0] != '{' {
		return d, false
	}
	around, err := carrier(Disclosure{})
	if err != nil {
		return d, false
	}
	if members := bytes.TrimSpace(fragment[1 : len(fragment)-1]); len(members) > 0 {
		around = append(append(append(around[:len(around)-1], ','), members...), '}')
	}
	event, err := epcis.ReadEvent(around, epcis.Limits{})
	if err != nil {
		return d, false
	}
	return d, d.take(event)
}

// take sets what the disclosure holds from an event that has that and nothing
// else that could be private; it reports whether that is so.
func (d *Disclosure) take(e *epcis.Event) bool {
	switch {
	case len(e.BizTransactionList) > 0:
		d.BizTransaction = &e.BizTransactionList[0]
	case len(e.SourceList) > 0:
		d.Source = &e.SourceList[0]
	case len(e.DestinationList) > 0:
		d.Destination = &e.DestinationList[0]
	case len(e.ILMD) > 0:
		d.ILMD = &e.ILMD[0]
	case len(e.Extensions) > 0:
		d.Extension = &e.Extensions[0]
	default:
		return d.At == 0
	}
	// What there is more of is missed by who compares with the canonical text.
	return (d.Source == nil || d.Source.Type == owningParty) && (d.Destination == nil || d.Destination.Type == owningParty)
}

// fragment returns the part of an event in canonical JSON, as an object.
func (d Disclosure) fragment() ([]byte, error) {
	if d.parts() > 1 {
		return nil, fmt.Errorf("redaction: %w: it holds more than one field", ErrMalformed)
	}
	around, err := carrier(Disclosure{})
	if err != nil {
		return nil, err
	}
	whole, err := carrier(d)
	if err != nil {
		return nil, err
	}
	members := bytes.TrimPrefix(whole[len(around)-1:], []byte{','})
	return append([]byte{'{'}, members...), nil
}

func (d Disclosure) parts() int {
	parts := 0
	for _, set := range [...]bool{d.BizTransaction != nil, d.Source != nil, d.Destination != nil, d.ILMD != nil, d.Extension != nil} {
		if set {
			parts++
		}
	}
	return parts
}

// carrier returns an event that is always the same but for what is disclosed,
// which stands at its end.
func carrier(d Disclosure) ([]byte, error) {
	e := epcis.Event{
		Type: epcis.ObjectEvent, EventTime: time.Unix(0, 0).UTC(), EventTimeZoneOffset: "+00:00",
		EPCList: []string{}, Action: epcis.Add,
	}
	switch {
	case d.BizTransaction != nil:
		e.BizTransactionList = []epcis.BizTransaction{*d.BizTransaction}
	case d.Source != nil:
		e.SourceList = []epcis.Party{*d.Source}
	case d.Destination != nil:
		e.DestinationList = []epcis.Party{*d.Destination}
	case d.ILMD != nil:
		e.ILMD = epcis.Extensions{*d.ILMD}
	case d.Extension != nil:
		e.Extensions = epcis.Extensions{*d.Extension}
	}
	text, err := e.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("redaction: %w", ErrMalformed) // the cause could quote a value
	}
	return text, nil
}
