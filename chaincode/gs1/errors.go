package gs1

import (
	"errors"
	"fmt"
	"strconv"
)

// The reasons a value is refused. Every error of this package matches exactly
// one of them, or one of the unit reasons in convert.go, with errors.Is.
var (
	// ErrSyntax: the text is not of the form it claims to be.
	ErrSyntax = errors.New("not well formed")
	// ErrUnknownKey: well formed, but it names no GS1 key this package knows as an EPC.
	ErrUnknownKey = errors.New("no known GS1 key")
	// ErrUnknownAI: an application identifier that is not in the table.
	ErrUnknownAI = errors.New("unknown application identifier")
	// ErrCheckDigit: a check digit or check character pair does not match.
	ErrCheckDigit = errors.New("wrong check digit")
	// ErrLength: a value, or the part of it that is an own field, is too short or too long.
	ErrLength = errors.New("wrong length")
	// ErrCharacter: a character that the field does not allow.
	ErrCharacter = errors.New("character not allowed")
	// ErrContent: right length and characters, but no valid date, country, piece count, ...
	ErrContent = errors.New("content not valid")
	// ErrQualifier: key qualifiers that do not go with the key, or not in this order.
	ErrQualifier = errors.New("key qualifiers out of order or not of this key")
	// ErrAttribute: an application identifier that may not stand in the query of a Digital Link.
	ErrAttribute = errors.New("not allowed as a data attribute")
	// ErrPairing: application identifiers that exclude one another, lack a partner, or repeat with another value.
	ErrPairing = errors.New("application identifiers do not go together")
	// ErrPrefixLength: the length of the GS1 company prefix is not known, or has no EPC URN.
	ErrPrefixLength = errors.New("length of the GS1 company prefix not known")
	// ErrNoURN: the identifier has no EPC URN that means the same.
	ErrNoURN = errors.New("no EPC URN for this identifier")
)

// ParseError tells what was refused, where and why.
type ParseError struct {
	// Input is the whole text that was read.
	Input string
	// AI is the application identifier of the field at fault, empty when it is none of them.
	AI string
	// Detail says in words what is wrong, for people.
	Detail string
	// Err is the reason: one of the Err values of this package, or a *LintError, which matches one.
	Err error
}

// maxQuoted bounds how much of a hostile input an error text repeats.
const maxQuoted = 80

func (e *ParseError) Error() string {
	in := e.Input
	if len(in) > maxQuoted {
		in = in[:maxQuoted] + "..."
	}
	text := "gs1: " + strconv.Quote(in) + ": "
	if e.AI != "" {
		text += "(" + e.AI + ") "
	}
	text += e.Err.Error()
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// Unwrap returns the reason.
func (e *ParseError) Unwrap() error { return e.Err }

// fault is a ParseError still without its input; the exported entry points fill that in.
func fault(reason error, ai, format string, args ...any) *ParseError {
	return &ParseError{AI: ai, Err: reason, Detail: fmt.Sprintf(format, args...)}
}

// withInput completes err with the text that was read.
func withInput(err *ParseError, input string) error {
	if err == nil {
		return nil
	}
	err.Input = input
	return err
}
