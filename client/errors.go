package client

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// Stage is how far a call got.
type Stage string

// The stages of a call.
const (
	// StageEvaluate: a query, at one peer.
	StageEvaluate Stage = "evaluate"
	// StageEndorse: organisations' peers run the transaction and sign. Nothing
	// has been handed over.
	StageEndorse Stage = "endorse"
	// StageSubmit: the endorsed transaction is handed to the orderer.
	StageSubmit Stage = "submit"
	// StageCommit: the transaction is on the ledger, and not valid.
	StageCommit Stage = "commit"
)

// Error is a call that failed, and whose outcome is known: nothing has changed
// on the ledger.
//
// It matches the [fault.Code] of a refusal with errors.Is, as in
// errors.Is(err, fault.NotCustodian); fabric-gateway's and gRPC's own errors
// are found underneath with errors.As and status.FromError.
type Error struct {
	Stage    Stage
	Function string
	// Transaction is the id of the last attempt; empty when there was none.
	Transaction string
	// Fault is the refusal by the contract; nil when something else failed, or
	// organisations refused for different reasons: see ByOrganisation. Of an
	// organisation in Absent it is what the record says: fault.NotParticipant of
	// one that is not there, fault.ReaderOnly.
	Fault *fault.Error
	// Absent are the organisations, by MSP id, that were named and of which the
	// gateway knows no peer that could endorse: there is none, or it is down.
	Absent []string
	// ByOrganisation is what each organisation that did not endorse said.
	ByOrganisation []OrganisationError
	// Validation is the name of the code with which the transaction was found
	// invalid, such as MVCC_READ_CONFLICT; empty before [StageCommit].
	Validation string
	// Retry tells that the same call may succeed later. The client has
	// repeated it already, as often as [WithTries] says.
	Retry bool

	cause error
}

// EventIndex returns the index, in its document, of the event that the contract
// refused, and whether there is one.
func (e *Error) EventIndex() (int, bool) {
	if e.Fault == nil {
		return 0, false
	}
	return e.Fault.EventIndex()
}

// EPC returns the object that the contract refused, in canonical form; empty when
// there is none.
func (e *Error) EPC() string {
	if e.Fault == nil {
		return ""
	}
	return e.Fault.EPC
}

// Field returns the JSON pointer (RFC 6901) of what the contract refused, in the
// request or document; empty when there is none.
func (e *Error) Field() string {
	if e.Fault == nil {
		return ""
	}
	return e.Fault.Field
}

// OrganisationError is what the peer of one organisation said.
type OrganisationError struct {
	MSP     string
	Address string
	Message string
	// Fault is the contract's refusal; nil when something else failed.
	Fault *fault.Error
}

// Error implements error.
func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s", e.Function, e.Stage)
	if e.Transaction != "" {
		text.WriteString(" " + e.Transaction)
	}
	switch {
	case e.Fault != nil:
		text.WriteString(": " + e.Fault.Error())
	case len(e.Absent) > 0:
		text.WriteString(": " + e.absence())
	case e.Validation != "":
		text.WriteString(": the transaction was found invalid: " + e.Validation)
	case len(e.ByOrganisation) == 0 && e.cause != nil:
		text.WriteString(": " + e.cause.Error())
	}
	if e.Fault == nil {
		for _, o := range e.ByOrganisation {
			fmt.Fprintf(&text, ": %s: %s", o.MSP, o.text())
		}
	}
	return text.String()
}

func (o OrganisationError) text() string {
	if o.Fault != nil {
		return o.Fault.Error()
	}
	return o.Message
}

// Unwrap returns the refusals of the contract and the error underneath.
func (e *Error) Unwrap() []error {
	var all []error
	if e.Fault != nil {
		all = append(all, e.Fault)
	}
	for _, o := range e.ByOrganisation {
		if o.Fault != nil && o.Fault != e.Fault {
			all = append(all, o.Fault)
		}
	}
	if e.cause != nil {
		all = append(all, e.cause)
	}
	switch status.Code(e.cause) {
	case codes.DeadlineExceeded:
		all = append(all, context.DeadlineExceeded)
	case codes.Canceled:
		all = append(all, context.Canceled)
	}
	return all
}

// OutcomeUnknownError says that a transaction was handed over and that nobody
// could be asked what became of it. It may be on the ledger, or come to be;
// [Client.Outcome] asks again. Recording the same again is safe for events:
// what is there already is refused with fault.AlreadyRecorded.
type OutcomeUnknownError struct {
	Function    string
	Transaction string
	cause       error
}

// Error implements error.
func (e *OutcomeUnknownError) Error() string {
	return fmt.Sprintf("%s: it is not known whether transaction %s committed: %v", e.Function, e.Transaction, e.cause)
}

// Unwrap returns the error that kept the outcome from being known.
func (e *OutcomeUnknownError) Unwrap() error { return e.cause }

// AnswerError says that a function has answered, and in a form that this version
// of the client cannot read: the chaincode is of another version.
type AnswerError struct {
	Function string
	// Receipt is where the transaction is on the ledger, all the same; nil when
	// it was a query.
	Receipt *Receipt
	cause   error
}

// Error implements error.
func (e *AnswerError) Error() string {
	if e.Receipt != nil {
		return fmt.Sprintf("%s: transaction %s is on the ledger, and its answer cannot be read: %v", e.Function, e.Receipt.Transaction, e.cause)
	}
	return fmt.Sprintf("%s: the answer cannot be read: %v", e.Function, e.cause)
}

// Unwrap returns what could not be read.
func (e *AnswerError) Unwrap() error { return e.cause }
