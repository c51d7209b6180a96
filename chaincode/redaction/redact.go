package redaction

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// Redact returns an event without its private fields, with a commitment to each,
// and the disclosures that open them. The event given is not changed; the one
// returned stands alone, with the @context that it needs, and is valid. Its hash is
// another than the original's, because of the commitments.
//
// An event without any of the fields comes back as it was, with no disclosures. A
// redacted event can be redacted further: the commitments join those that are there,
// and doing the same twice changes nothing.
//
// random is where salts come from: crypto/rand.Reader, unless in a test.
//
// It fails with an [*epcis.ValidationError] when the event is not valid, a
// [*FieldError] for fields that cannot be private, a [*LimitError] beyond
// [MaxCommitments] or [MaxValue], [ErrWeakSalt] when random gives no random bytes,
// a fault.InvalidDocument when the event has malformed commitments, or the error of
// random.
func Redact(event *epcis.Event, fields Fields, random io.Reader) (*epcis.Event, []Disclosure, error) {
	redacted, text, err := normal(event)
	if err != nil {
		return nil, nil, err
	}
	names, err := newNamer(redacted)
	if err != nil {
		return nil, nil, err
	}
	commitments, err := find(redacted, names)
	if err != nil {
		return nil, nil, err
	}
	wanted, err := fields.checked(names)
	if err != nil {
		return nil, nil, err
	}
	name, context := declare(redacted, names, text)
	taken := wanted.take(redacted, names)
	if err := keepsOne(redacted, taken); err != nil {
		return nil, nil, err
	}
	for len(commitments)+len(taken) < fields.Least {
		taken = append(taken, Disclosure{})
	}
	if len(taken) == 0 {
		whole, _, err := normal(event)
		return whole, nil, err
	}
	if len(commitments)+len(taken) > MaxCommitments {
		return nil, nil, &LimitError{What: "commitments", Max: MaxCommitments}
	}
	fresh, err := seal(redacted, taken, random)
	if err != nil {
		return nil, nil, err
	}
	redacted.Context = context
	list(redacted, name, append(slices.Clone(commitments), fresh...))
	if err := redacted.Validate(); err != nil {
		return nil, nil, fmt.Errorf("redaction: what remains is not valid: %w", err)
	}
	return redacted, taken, nil
}

// keepsOne refuses what would leave a TransactionEvent about no transaction.
func keepsOne(e *epcis.Event, taken []Disclosure) error {
	if e.Type != epcis.TransactionEvent || len(e.BizTransactionList) > 0 {
		return nil
	}
	if slices.ContainsFunc(taken, func(d Disclosure) bool { return d.BizTransaction != nil }) {
		return &FieldError{Field: "bizTransactionList", Reason: "a TransactionEvent needs at least one business transaction that is public"}
	}
	return nil
}

// seal salts disclosures and returns the commitments that they open.
func seal(e *epcis.Event, taken []Disclosure, random io.Reader) ([]string, error) {
	if random == nil {
		return nil, errors.New("redaction: there is no source of randomness")
	}
	binding, err := core(e)
	if err != nil {
		return nil, err
	}
	salts := make(map[string]bool, len(taken))
	commitments := make([]string, len(taken))
	for i := range taken {
		d := &taken[i]
		if d.Salt, err = newSalt(random); err != nil {
			return nil, err
		}
		if salts[d.Salt] {
			return nil, fmt.Errorf("redaction: draw a salt: %w: the source of randomness repeats itself", ErrWeakSalt)
		}
		salts[d.Salt] = true
		fragment, err := d.fragment()
		if err != nil {
			return nil, err
		}
		if len(fragment) > MaxValue {
			return nil, &LimitError{What: "bytes", Max: MaxValue, Field: d.Field()}
		}
		text, err := d.MarshalText()
		if err != nil {
			return nil, err
		}
		commitments[i] = commit(binding, text)
	}
	return commitments, nil
}

// list puts commitments, in any order, into an event that has none.
func list(e *epcis.Event, name string, commitments []string) {
	if len(commitments) == 0 {
		return
	}
	slices.Sort(commitments)
	value := epcis.Value{Kind: epcis.Array}
	for _, c := range commitments {
		value.Items = append(value.Items, epcis.Text(c))
	}
	e.Extensions = append(e.Extensions, epcis.Member{Name: name, Value: value})
}
