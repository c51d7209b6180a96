package client

import (
	"context"
	"errors"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// Observer is told what the client does: log lines (package observe), traces
// (observe/traces) and metrics (observe/metrics) are made of it. A client without
// one pays nothing for it.
//
// Nothing private ever passes here: names of functions, stages, codes, sizes,
// durations, MSP ids and transaction ids do; requests, answers, transient values,
// EPCs and the text of refusals do not.
//
// Its methods are called on the caller's goroutine, from several at once, and must
// not block.
type Observer interface {
	// Begin is told that a step begins. The returned context is what the step is
	// made with, so that what happens within it, the gRPC calls included, can be
	// put under it. The function is called once, when the step is over; nil when
	// the observer does not care.
	Begin(ctx context.Context, step Step) (context.Context, func(Outcome))
	// Observe is told of an event of a stream, a gateway or a group.
	Observe(ctx context.Context, event Event)
}

// Steps beside the stages at which a call can fail.
const (
	// StageCall is a whole call, with everything below in it.
	StageCall Stage = "call"
	// StageResolve: what became of a transaction is being found out, after a
	// time-out or a lost connection.
	StageResolve Stage = "resolve"
	// StageRetry: a pause before the next try.
	StageRetry Stage = "retry"
)

// Step is a call, or a stage of one.
type Step struct {
	Stage Stage
	// Function is the full name of the function, "contract:Name".
	Function string
	// MSP is the caller's organisation.
	MSP string
	// Transaction is the id; empty when there is none yet, or several.
	Transaction string
	// Try counts the tries from 1; 0 for a [StageCall].
	Try int
	// RequestBytes and TransientBytes are the sizes of what is sent; both 0
	// except for a [StageCall].
	RequestBytes, TransientBytes int
}

// Outcome is how a step ended.
type Outcome struct {
	// Code is [CodeOf] the error.
	Code string
	// Transaction is the id of the last try's transaction; empty when there is none.
	Transaction string
	// Tries is how often the call was made; 0 except for a [StageCall].
	Tries int
	// AnswerBytes is the size of the answer; 0 except for a [StageCall].
	AnswerBytes int
}

// EventKind says what an [Event] is about.
type EventKind string

// The kinds of events, with the members of [Event] that each sets beside its Name.
const (
	// GatewayLost: a gateway is out of reach. Name is its address. Code.
	GatewayLost EventKind = "gateway.lost"
	// GatewayFound: a gateway is within reach, again or for the first time. Took:
	// how long it was not.
	GatewayFound EventKind = "gateway.found"
	// GatewayChosen: calls go to this gateway from now on.
	GatewayChosen EventKind = "gateway.chosen"
	// IdentityRenewed: certificate and key were read anew. Name is the MSP id.
	IdentityRenewed EventKind = "identity.renewed"
	// StreamOpened: a stream of blocks begins. Name is the stream's, such as
	// "breaches". Block: its first.
	StreamOpened EventKind = "stream.opened"
	// StreamLost: a stream broke off and will be resumed. Block: the last that
	// was read. Code.
	StreamLost EventKind = "stream.lost"
	// StreamDelivered: a handler is done with an item, or with a block that has
	// none for it. Block, Size: items, Lag, Took: the handler's time, Code: why it
	// failed.
	StreamDelivered EventKind = "stream.delivered"
	// StreamEnded: a stream has ended for good. Code.
	StreamEnded EventKind = "stream.ended"
	// GroupSent: captures that were grouped are handed over together. Size: events,
	// Bytes, Took: how long the first waited.
	GroupSent EventKind = "group.sent"
	// GroupSplit: a group was refused because of one of its members, and the others
	// are sent again without it. Size: events, Code.
	GroupSplit EventKind = "group.split"
)

// Event is something that happened outside a call. Which members are set, its
// kind says.
type Event struct {
	Kind EventKind
	// Name says which stream, gateway or organisation it is, out of few: never an
	// object's, a shipment's or a person's.
	Name string
	// Code is [CodeOf] an error.
	Code string
	// Block is a block's number.
	Block uint64
	// Lag is how many blocks a stream is behind, as far as is known.
	Lag uint64
	// Size counts events or items.
	Size int
	// Bytes is a size.
	Bytes int
	// Took is a duration.
	Took time.Duration
}

// WithObserver has observers told what the client does. It may be given several
// times: each is told, in the order given.
func WithObserver(all ...Observer) Option {
	return func(c *config) {
		for _, o := range all {
			if o == nil {
				continue
			}
			switch before := c.observer.(type) {
			case nil:
				c.observer = o
			case observers:
				c.observer = append(before[:len(before):len(before)], o)
			default:
				c.observer = observers{before, o}
			}
		}
	}
}

// CodeOK is the code of what succeeded.
const CodeOK = "OK"

// codeOther stands for what is on no list of ours: codes come from a short list, so
// that nothing can hide in one, and they can be told apart in metrics.
const codeOther = "Other"

// codeUnknown is the code of what nobody could be asked about.
const codeUnknown = "OutcomeUnknown"

// CodeOf returns an error in one word, which is safe to show to anybody: "OK" for
// nil, a [fault.Code], the name of a validation code such as MVCC_READ_CONFLICT,
// "OutcomeUnknown", the name of a gRPC code such as "Unavailable", or "Other".
func CodeOf(err error) string {
	if err == nil {
		return CodeOK
	}
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Code()
	}
	var unknown *OutcomeUnknownError
	var refused *fault.Error
	var code fault.Code
	switch {
	case errors.As(err, &unknown):
		return codeUnknown
	case errors.As(err, &refused):
		return knownCode(refused.Code)
	case errors.As(err, &code):
		return knownCode(code)
	}
	return grpcCode(err)
}

// Code returns the error in one word, as [CodeOf] does.
func (e *Error) Code() string {
	switch {
	case e.Fault != nil:
		return knownCode(e.Fault.Code)
	case len(e.Absent) > 0:
		return "NoPeers"
	case e.Validation != "":
		return validationCode(e.Validation)
	case e.cause != nil:
		return grpcCode(e.cause)
	}
	return codeOther
}

// outcome is how a stage ended that failed.
func outcome(failed *Error) Outcome { return Outcome{Code: failed.Code()} }

func grpcCode(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "DeadlineExceeded"
	}
	if errors.Is(err, context.Canceled) {
		return "Canceled"
	}
	if st, ok := status.FromError(err); ok && st.Code() <= codes.Unauthenticated { // the last there is
		return st.Code().String()
	}
	return codeOther
}

func knownCode(code fault.Code) string {
	if code.Known() {
		return string(code)
	}
	return codeOther
}

func validationCode(name string) string {
	if _, ok := peer.TxValidationCode_value[name]; ok {
		return name
	}
	return codeOther
}

// step tells the observer, if there is one, that a step begins. What it returns
// must be called with how the step ended.
func (c *Client) step(ctx context.Context, s Step) (context.Context, func(Outcome)) {
	if c.observer == nil {
		return ctx, ended
	}
	s.MSP = c.msp
	within, end := c.observer.Begin(ctx, s)
	if end == nil {
		end = ended
	}
	return within, end
}

func ended(Outcome) {}

// observe tells the observer, if there is one, of an event.
func (c *Client) observe(ctx context.Context, event Event) {
	if c.observer != nil {
		c.observer.Observe(ctx, event)
	}
}

// observers tells several.
type observers []Observer

// Begin implements [Observer].
func (all observers) Begin(ctx context.Context, step Step) (context.Context, func(Outcome)) {
	ends := make([]func(Outcome), 0, len(all))
	for _, o := range all {
		var end func(Outcome)
		if ctx, end = o.Begin(ctx, step); end != nil {
			ends = append(ends, end)
		}
	}
	return ctx, func(how Outcome) {
		for i := len(ends) - 1; i >= 0; i-- { // the innermost first
			ends[i](how)
		}
	}
}

// Observe implements [Observer].
func (all observers) Observe(ctx context.Context, event Event) {
	for _, o := range all {
		o.Observe(ctx, event)
	}
}
