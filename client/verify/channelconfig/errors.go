package channelconfig

import (
	"errors"
	"fmt"
	"strings"
)

// The rules that a configuration can fail at. An [Error] wraps one of them.
var (
	// ErrForm: bytes that are no configuration block, envelope or configuration.
	ErrForm = errors.New("not in the form of a channel's configuration")
	// ErrLimit: larger, deeper or more than is read here.
	ErrLimit = errors.New("beyond the limits of what is read")
	// ErrHash: the block is not the one whose hash was pinned, or is not consistent.
	ErrHash = errors.New("the block does not have this hash")
	// ErrUnsupported: a channel with capabilities whose rules are not known here.
	ErrUnsupported = errors.New("rules of another version of Fabric")
	// ErrChannel: a configuration or update of another channel.
	ErrChannel = errors.New("of another channel")
	// ErrKnown: the very configuration that was followed already. Nothing is wrong.
	ErrKnown = errors.New("this configuration was followed already")
	// ErrRollBack: an older configuration than the one that was followed.
	ErrRollBack = errors.New("older than the configuration that was followed")
	// ErrFork: another configuration with the number of the one that was followed.
	ErrFork = errors.New("another configuration with the same number")
	// ErrSkipped: there are configurations between, which must be followed first.
	ErrSkipped = errors.New("not the next configuration")
	// ErrReadSet: the update was made for other versions of elements.
	ErrReadSet = errors.New("the update was made for another configuration")
	// ErrWriteSet: an element is changed by other than one version, the update
	// changes nothing, or leaves an element nowhere.
	ErrWriteSet = errors.New("the update does not lead on from this configuration")
	// ErrModPolicy: an element would be left with no policy that governs its changes.
	ErrModPolicy = errors.New("an element is left without a policy for its changes")
	// ErrPolicy: too few, or the wrong ones, have signed.
	ErrPolicy = errors.New("the update is not signed as the policy asks for")
	// ErrResult: the configuration shown is not what the update makes.
	ErrResult = errors.New("not the configuration that the update makes")
	// ErrOrderer: no node of the ordering organisations has signed the transaction.
	ErrOrderer = errors.New("not taken up by a node of the ordering organisations")
	// ErrMSP: the definition of an organisation cannot be used.
	ErrMSP = errors.New("an organisation's MSP is not in order")
	// ErrTransition: an organisation changes its name, or a part that must stay is gone.
	ErrTransition = errors.New("a change that Fabric never allows")
)

// Error says at what a configuration failed. [errors.Is] matches its Rule.
type Error struct {
	// Rule is one of the errors of this package.
	Rule error
	// Element is what it is about, such as "group /Channel/Application" or
	// "value /Channel/Application/CarrierMSP/MSP"; empty for the whole.
	Element string
	// Policy is the path of the policy that governs the element, if it was asked.
	Policy string
	// Detail says what was found, in English.
	Detail string
	// Ignored are signatures that did not count, and why.
	Ignored []Ignored

	cause error
}

// Ignored is a signature that did not count.
type Ignored struct {
	// MSP and Subject are as the signer's certificate says; they are claims.
	MSP, Subject string
	// Reason says why it did not count.
	Reason string
}

// Error implements error.
func (e *Error) Error() string {
	var out strings.Builder
	out.WriteString("channel configuration: " + e.Rule.Error())
	if e.Element != "" {
		fmt.Fprintf(&out, ": %s", e.Element)
	}
	if e.Policy != "" {
		fmt.Fprintf(&out, " (policy %s)", e.Policy)
	}
	if e.Detail != "" {
		out.WriteString(": " + e.Detail)
	}
	if e.cause != nil {
		fmt.Fprintf(&out, ": %v", e.cause)
	}
	for _, i := range e.Ignored {
		fmt.Fprintf(&out, "; not counted: %q of %q: %s", i.Subject, i.MSP, i.Reason)
	}
	return out.String()
}

// Unwrap returns the rule and the error underneath, if any.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Rule}
	}
	return []error{e.Rule, e.cause}
}

func failure(rule error, element, format string, args ...any) error {
	return &Error{Rule: rule, Element: element, Detail: fmt.Sprintf(format, args...)}
}

func malformed(what string, cause error) error {
	return &Error{Rule: ErrForm, Detail: what, cause: cause}
}
