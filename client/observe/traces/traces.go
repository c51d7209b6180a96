// Package traces makes OpenTelemetry spans of what a client does: a span for each
// call, and one below it for each stage of each try: evaluate, endorse, submit,
// commit, resolve, retry. The gRPC calls of an instrumented connection nest below
// those.
//
// Nothing private is in them; see package observe.
package traces

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/countersign-ledger/countersign/client"
)

// Attributes of spans and of their events.
const (
	Function       = attribute.Key("countersign.function")
	Stage          = attribute.Key("countersign.stage")
	Code           = attribute.Key("countersign.code")
	Try            = attribute.Key("countersign.try")
	Tries          = attribute.Key("countersign.tries")
	Transaction    = attribute.Key("countersign.transaction")
	Organisation   = attribute.Key("countersign.organisation")
	RequestBytes   = attribute.Key("countersign.request.bytes")
	TransientBytes = attribute.Key("countersign.transient.bytes")
	AnswerBytes    = attribute.Key("countersign.answer.bytes")
	Name           = attribute.Key("countersign.name")
	Block          = attribute.Key("countersign.block")
	Lag            = attribute.Key("countersign.lag")
	Size           = attribute.Key("countersign.size")
)

const scope = "github.com/countersign-ledger/countersign/client"

var _ client.Observer = (*tracer)(nil)

type tracer struct{ trace.Tracer }

// New returns an observer that makes spans with a provider; nil is the global one.
func New(provider trace.TracerProvider) client.Observer {
	if provider == nil {
		provider = otel.GetTracerProvider()
	}
	return &tracer{provider.Tracer(scope)}
}

// Begin implements [client.Observer].
func (t *tracer) Begin(ctx context.Context, step client.Step) (context.Context, func(client.Outcome)) {
	name, kind := step.Function, trace.SpanKindInternal
	if step.Stage != client.StageCall {
		name = string(step.Stage)
		if step.Stage != client.StageRetry {
			kind = trace.SpanKindClient
		}
	}
	ctx, span := t.Start(ctx, name, trace.WithSpanKind(kind))
	if !span.IsRecording() {
		return ctx, func(client.Outcome) { span.End() }
	}
	span.SetAttributes(Function.String(step.Function), Stage.String(string(step.Stage)), Organisation.String(step.MSP))
	if step.Stage == client.StageCall {
		span.SetAttributes(RequestBytes.Int(step.RequestBytes), TransientBytes.Int(step.TransientBytes))
	} else {
		span.SetAttributes(Try.Int(step.Try), Transaction.String(step.Transaction))
	}
	return ctx, func(how client.Outcome) {
		span.SetAttributes(Code.String(how.Code))
		if step.Stage == client.StageCall {
			span.SetAttributes(Tries.Int(how.Tries), Transaction.String(how.Transaction), AnswerBytes.Int(how.AnswerBytes))
		}
		if how.Code != client.CodeOK && step.Stage != client.StageRetry {
			span.SetStatus(codes.Error, how.Code)
		}
		span.End()
	}
}

// Observe implements [client.Observer]: an event of the span around it, if there is
// one.
func (t *tracer) Observe(ctx context.Context, event client.Event) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	about := []attribute.KeyValue{Name.String(event.Name), Size.Int(event.Size), Block.Int64(int64(event.Block)), Lag.Int64(int64(event.Lag))} //nolint:gosec // no ledger has as many blocks
	if event.Code != "" {
		about = append(about, Code.String(event.Code))
	}
	span.AddEvent(string(event.Kind), trace.WithAttributes(about...))
}
