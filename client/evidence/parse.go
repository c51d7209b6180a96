package evidence

import (
	"strconv"
	"strings"
)

// formats begins the name of every version of the format.
const formats = "countersign-evidence/"

// parse reads a file, of whatever kind it is. Whether it is in the one form is for
// [Decode] to find out.
func parse(text []byte) (Evidence, error) {
	r := &reader{text: text}
	r.expect('{')
	r.named("format")
	if format := r.string(); r.err == nil && format != Format {
		if later(format) {
			return nil, malformed("the file's format is %q; this version reads %q; %w", format, Format, ErrLater)
		}
		return nil, malformed("the file's format is %q; this version reads %q", format, Format)
	}
	r.named("kind")
	kind := r.string()
	s := &Statement{}
	s.readShown(r)
	e, err := r.shown(kind, s)
	if err != nil {
		return nil, err
	}
	s.readSigned(r)
	r.expect('}')
	return e, r.err
}

// later tells whether a format is of a version after this one: only of those it can be
// that nothing is wrong with them.
func later(format string) bool {
	number, found := strings.CutPrefix(format, formats)
	version, err := strconv.ParseUint(number, 10, 16)
	return found && err == nil && version > 1 && number == strconv.FormatUint(version, 10)
}

func (s *Statement) readShown(r *reader) {
	for _, m := range []struct {
		name string
		into *string
	}{{"channel", &s.Channel}, {"chaincode", &s.Chaincode}, {"function", &s.Function}} {
		r.named(m.name)
		*m.into = r.string()
	}
	r.named("request")
	s.Request = r.raw()
	r.named("result")
	s.Result = r.raw()
	if !r.member("listed") {
		return
	}
	r.list(func() {
		var entries []Entry
		r.list(func() {
			entry, err := parseEntry(r.string())
			if err != nil && r.err == nil {
				r.err = err
			}
			entries = append(entries, entry)
		})
		s.Listed = append(s.Listed, entries)
	})
}

// shown reads what the kind shows beside the statement.
func (r *reader) shown(kind string, s *Statement) (Evidence, error) {
	if r.err != nil {
		return nil, r.err
	}
	switch kind {
	case KindStatement:
		return s, nil
	case KindShownFields:
		return r.shownFields(s)
	case KindReadings:
		r.named("readings")
		return &Readings{Statement: s, Proof: r.bytes()}, r.err
	case KindEvents:
		return r.events(s)
	case KindContained:
		r.named("container")
		return &Contained{Statement: s, Container: r.string()}, r.err
	}
	return nil, malformed("the file is evidence of kind %q; this version reads %q; %w", kind,
		[]string{KindStatement, KindShownFields, KindReadings, KindEvents, KindContained}, ErrLater)
}

func (s *Statement) readSigned(r *reader) {
	r.named("proposal")
	s.Proposal = r.bytes()
	r.named("payload")
	s.Payload = r.bytes()
	r.named("endorsements")
	r.list(func() {
		if len(s.Endorsements) == MaxEndorsements {
			r.fail("no more than the endorsements before")
		}
		var e Endorsement
		r.expect('{')
		r.named("msp")
		e.MSP = r.string()
		r.named("endorser")
		e.Endorser = r.bytes()
		r.named("signature")
		e.Signature = r.bytes()
		r.expect('}')
		s.Endorsements = append(s.Endorsements, e)
	})
}
