package redaction

import (
	"errors"
	"fmt"
)

// Reasons in a [DisclosureError].
var (
	// ErrNotCommitted: the event holds no commitment that this disclosure
	// opens. It was changed, or belongs to another event, or was never part of
	// this one; a hash cannot tell which.
	ErrNotCommitted = errors.New("the event holds no such commitment")
	// ErrDuplicate: the same disclosure stands in the list before.
	ErrDuplicate = errors.New("the disclosure stands there twice")
	// ErrWeakSalt: the salt is not 32 bytes in base64url without padding, or
	// does not look random, or salts another disclosure, too.
	ErrWeakSalt = errors.New("the salt can be guessed")
	// ErrMalformed: the disclosure is not of the documented form, or holds what
	// cannot be private.
	ErrMalformed = errors.New("the disclosure is malformed")
)

// ErrIncomplete: [Restore] was not given all disclosures of the event.
var ErrIncomplete = errors.New("redaction: commitments remain that no disclosure opens")

// DisclosureError says which of several disclosures failed, and why. It never
// quotes a value. It matches its Reason with errors.Is.
type DisclosureError struct {
	// Index is the disclosure's place in the list, from 0.
	Index int
	// Commitment is what the disclosure would open, as the event would list it;
	// empty for a malformed one.
	Commitment string
	// Reason is [ErrNotCommitted], [ErrDuplicate], [ErrWeakSalt] or
	// [ErrMalformed].
	Reason error
}

func (e *DisclosureError) Error() string {
	if e.Commitment == "" {
		return fmt.Sprintf("redaction: disclosure %d: %v", e.Index, e.Reason)
	}
	return fmt.Sprintf("redaction: disclosure %d (commitment %s): %v", e.Index, e.Commitment, e.Reason)
}

// Unwrap returns the reason.
func (e *DisclosureError) Unwrap() error { return e.Reason }

// FieldError says that [Fields] asks for what cannot be private.
type FieldError struct {
	// Field is the event's, such as bizTransactionList, or the name of an
	// extension.
	Field string
	// Reason is for people.
	Reason string
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("redaction: %s cannot be private: %s", e.Field, e.Reason)
}

// LimitError says that an event has more to hide than its commitments can hold.
type LimitError struct {
	// What is "commitments", in an event, or "bytes", of a value.
	What string
	// Max is the limit that was exceeded.
	Max int
	// Field is the field at fault, when one is.
	Field string
}

func (e *LimitError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("redaction: more than %d %s", e.Max, e.What)
	}
	return fmt.Sprintf("redaction: %s has more than %d %s", e.Field, e.Max, e.What)
}
