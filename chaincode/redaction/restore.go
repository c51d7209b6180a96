package redaction

import (
	"errors"
	"fmt"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// Verify reports whether a disclosure opens a commitment of an event: nil if so. The
// event is the public one, as it stands on the ledger, or one that was partly
// revealed; that it does stand there is for others to show.
//
// It fails with a [*DisclosureError], or as [Redact] does for an event that is not
// valid.
func Verify(event *epcis.Event, d Disclosure) error {
	_, err := Reveal(event, []Disclosure{d})
	return err
}

// Restore returns the original of a redacted event, given all its disclosures in any
// order. Its hash is the original's; what the hash ignores, such as the order of
// lists, is the original's, too, if it was redacted in one go. Its @context keeps
// the prefix of the commitments.
//
// It fails with a [*DisclosureError] for the first disclosure that is wrong, with
// [ErrIncomplete] when a commitment remains, or as [Redact] does for an event that
// is not valid.
func Restore(redacted *epcis.Event, disclosures []Disclosure) (*epcis.Event, error) {
	event, remaining, err := reveal(redacted, disclosures)
	if err != nil {
		return nil, err
	}
	if remaining > 0 {
		return nil, fmt.Errorf("%w: %d", ErrIncomplete, remaining)
	}
	return event, nil
}

// Reveal returns a redacted event with those fields back that are disclosed, and
// with the commitments to the others. It fails as [Restore] does, but for
// ErrIncomplete.
func Reveal(redacted *epcis.Event, disclosures []Disclosure) (*epcis.Event, error) {
	event, _, err := reveal(redacted, disclosures)
	return event, err
}

func reveal(redacted *epcis.Event, disclosures []Disclosure) (*epcis.Event, int, error) {
	event, _, err := normal(redacted)
	if err != nil {
		return nil, 0, err
	}
	names, err := newNamer(event)
	if err != nil {
		return nil, 0, err
	}
	commitments, err := find(event, names)
	if err != nil {
		return nil, 0, err
	}
	opened, remaining, err := open(event, names, commitments, disclosures)
	if err != nil {
		return nil, 0, err
	}
	name := ""
	for _, m := range event.Extensions {
		if names.commitments(m.Name) {
			name = m.Name
		}
	}
	strip(event, names)
	slices.SortStableFunc(opened, func(a, b Disclosure) int { return a.At - b.At })
	for _, d := range opened {
		put(event, d)
	}
	list(event, name, remaining)
	if err := event.Validate(); err != nil {
		return nil, 0, fmt.Errorf("redaction: what is disclosed makes the event invalid: %w", err)
	}
	return event, len(remaining), nil
}

// open checks disclosures against the commitments of an event, and returns them as
// they were committed to, with the commitments that remain.
func open(e *epcis.Event, names *namer, commitments []string, disclosures []Disclosure) (opened []Disclosure, remaining []string, err error) {
	binding, err := core(e)
	if err != nil {
		return nil, nil, err
	}
	seen, salts := map[string]bool{}, map[string]bool{}
	for i, d := range disclosures {
		committed, commitment, err := reread(binding, d)
		switch {
		case err != nil:
		case committed.Extension != nil && names.ours(committed.Extension.Name):
			err = ErrMalformed // a rule would have had to see it
		case seen[commitment]:
			err = ErrDuplicate
		case !slices.Contains(commitments, commitment):
			err = ErrNotCommitted
		case salts[d.Salt]:
			err = ErrWeakSalt
		}
		if err != nil {
			return nil, nil, &DisclosureError{Index: i, Commitment: commitment, Reason: err}
		}
		seen[commitment], salts[d.Salt] = true, true
		opened = append(opened, committed)
	}
	for _, c := range commitments {
		if !seen[c] {
			remaining = append(remaining, c)
		}
	}
	return opened, remaining, nil
}

// reread returns a disclosure as its text has it, which is what a commitment
// covers, and that commitment. It fails with ErrMalformed or ErrWeakSalt.
func reread(binding []byte, d Disclosure) (Disclosure, string, error) {
	text, err := d.MarshalText()
	if err != nil {
		return d, "", ErrMalformed
	}
	var again Disclosure
	err = again.UnmarshalText(text)
	switch {
	case errors.Is(err, ErrWeakSalt):
		return d, commit(binding, text), ErrWeakSalt
	case err != nil:
		return d, "", ErrMalformed
	}
	return again, commit(binding, text), nil
}

// put returns a field to its place.
func put(e *epcis.Event, d Disclosure) {
	switch {
	case d.BizTransaction != nil:
		e.BizTransactionList = insert(e.BizTransactionList, d.At, *d.BizTransaction)
	case d.Source != nil:
		e.SourceList = insert(e.SourceList, d.At, *d.Source)
	case d.Destination != nil:
		e.DestinationList = insert(e.DestinationList, d.At, *d.Destination)
	case d.ILMD != nil:
		e.ILMD = insert(e.ILMD, d.At, *d.ILMD)
	case d.Extension != nil:
		e.Extensions = insert(e.Extensions, d.At, *d.Extension)
	}
}

// insert puts an item at its position, or at the end of a list that is shorter
// because others of it are not disclosed.
func insert[L ~[]T, T any](list L, at int, item T) L {
	return slices.Insert(list, min(at, len(list)), item)
}
