package observe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/observe"
	"github.com/countersign-ledger/countersign/client/observe/metrics"
	"github.com/countersign-ledger/countersign/client/observe/traces"
	"github.com/countersign-ledger/countersign/collections"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// sight is all that observers show.
type sight struct {
	mu       sync.Mutex
	log      bytes.Buffer
	spans    *tracetest.InMemoryExporter
	provider *sdk.TracerProvider
	registry *prometheus.Registry
	options  client.Option
}

func (s *sight) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(line)
}

func observed(t *testing.T) *sight {
	t.Helper()
	s := &sight{spans: tracetest.NewInMemoryExporter(), registry: prometheus.NewRegistry()}
	s.provider = sdk.NewTracerProvider(sdk.WithSyncer(s.spans))
	t.Cleanup(func() { require.NoError(t, s.provider.Shutdown(context.Background())) })
	m, err := metrics.New(s.registry)
	require.NoError(t, err)
	logger := slog.New(slog.NewJSONHandler(s, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.options = client.WithObserver(observe.Log(logger), traces.New(s.provider), m)
	return s
}

// everything is what is shown, as text.
func (s *sight) everything(t *testing.T) string {
	t.Helper()
	families, err := s.registry.Gather()
	require.NoError(t, err)
	spans, err := json.Marshal(s.spans.GetSpans())
	require.NoError(t, err)
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.log.String() + string(spans)
	for _, f := range families {
		text += f.String()
	}
	return text
}

func founded(t *testing.T) *clienttest.Consortium {
	t.Helper()
	c := clienttest.New(t, clienttest.WithTime(now))
	require.NoError(t, c.Found(t.Context(), shipmenttest.Founders()...))
	return c
}

const (
	canary = "CANARY7f3a"
	price  = "713097.130942"
)

// Each way in which something private goes through the client: none shows.
func TestNothingPrivateShows(t *testing.T) {
	c := founded(t)
	s := observed(t)
	operator := c.Client(t, "manufacturer", "operator", s.options, client.WithTries(2))
	ctx := t.Context()
	object := shipmenttest.Object(shipmenttest.Manufacturer, canary)

	_, err := operator.Twin(ctx, object) // in the request, and in the refusal's text
	require.ErrorIs(t, err, fault.NotFound)
	_, err = operator.Twin(ctx, canary)
	require.ErrorIs(t, err, fault.InvalidIdentifier)
	record, err := client.NewRecord(collections.Terms{Price: price, Currency: "EUR"}, object) // transient
	require.NoError(t, err)
	written, err := operator.WriteConfidential(ctx, record, "CarrierMSP")
	require.NoError(t, err)
	read, err := operator.ReadConfidential(ctx, written.ID, "CarrierMSP") // in the result
	require.NoError(t, err)
	text, err := json.Marshal(read)
	require.NoError(t, err)
	require.Contains(t, string(text), price)
	_, _, err = client.Call(ctx, operator, api.RegisterDevice, participant.RegisterDeviceRequest{ID: canary}, client.WithRequestID(canary))
	require.Error(t, err)
	_, err = operator.Capture(ctx, []byte(`{"`+canary+`":1}`))
	require.ErrorIs(t, err, fault.InvalidDocument)

	once := c.Client(t, "manufacturer", "operator", s.options, client.WithTries(1))
	_, err = once.Twin(ctx, object)
	require.ErrorIs(t, err, fault.NotFound)
	for _, broken := range []error{ // what a gateway, which nobody needs to trust, may say
		status.Error(grpccodes.Unavailable, canary),
		status.Error(grpccodes.Code(99), canary),
		status.Error(grpccodes.Unknown, "chaincode response 500, "+fault.New(fault.Code(canary), "%s", canary).About(canary).At(canary).With(canary, canary).Wire()),
		status.Error(grpccodes.Unknown, "chaincode response 500, "+fault.New(fault.Code("Secret"), "%s", canary).Wire()),
		errors.New(canary),
	} {
		c.Interrupt(clienttest.Interruption{Step: clienttest.Evaluate, Err: broken})
		_, err = once.Twin(ctx, object)
		require.Error(t, err)
		require.NotErrorIs(t, err, fault.NotFound, "it was not interrupted")
	}
	c.Interrupt(clienttest.Interruption{Step: clienttest.Evaluate, Err: status.Error(grpccodes.Unavailable, canary)})
	_, err = operator.Twin(ctx, object)
	require.ErrorIs(t, err, fault.NotFound, "it was tried again")

	shown := s.everything(t)
	require.NotContains(t, shown, canary)
	require.NotContains(t, shown, price)
	require.NotContains(t, shown, object)
	require.NotContains(t, shown, "Secret", "codes are out of a closed list")
	for _, field := range record.Fields {
		require.NotContains(t, shown, field.Salt)
	}
	require.Contains(t, shown, string(fault.NotFound), "something is shown")
}

// tagged notes whether a gRPC call is made in a span, and in whose.
type tagged struct {
	grpc.ClientConnInterface
	in map[string]trace.SpanContext
}

func (c *tagged) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	c.in[method] = trace.SpanContextFromContext(ctx)
	return c.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

func TestACallIsASpanWithItsStagesBelowIt(t *testing.T) {
	c := founded(t)
	s := observed(t)
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	calls := &tagged{connection, map[string]trace.SpanContext{}}
	admin := c.Client(t, "manufacturer", "admin", s.options, client.WithClientConnection(calls))
	s.spans.Reset()
	c.Interrupt(
		clienttest.Interruption{Step: clienttest.Endorse, Err: status.Error(grpccodes.Unavailable, "x")},
		clienttest.Interruption{Step: clienttest.CommitStatus, Err: status.Error(grpccodes.Unavailable, "x")},
	)
	_, receipt, err := admin.Submit(t.Context(), client.Invocation{Function: api.Propose.Function, Request: []byte(`{"organisations":[{"msp":"NewMSP","name":"new"}]}`)})
	require.NoError(t, err)

	spans := s.spans.GetSpans()
	root := spans[len(spans)-1]
	require.Equal(t, "participant:Propose", root.Name)
	require.Contains(t, root.Attributes, traces.Tries.Int(2))
	require.Contains(t, root.Attributes, traces.Transaction.String(receipt.Transaction))
	require.Contains(t, root.Attributes, traces.Organisation.String("ManufacturerMSP"))
	require.Contains(t, root.Attributes, traces.Code.String(client.CodeOK))
	var stages []string
	byName := map[string]tracetest.SpanStub{}
	for _, span := range spans[:len(spans)-1] {
		require.Equal(t, root.SpanContext.SpanID(), span.Parent.SpanID())
		stages = append(stages, span.Name)
		byName[span.Name] = span
	}
	require.Equal(t, []string{"endorse", "retry", "endorse", "submit", "commit", "resolve"}, stages)
	require.Equal(t, codes.Error, spans[0].Status.Code)
	require.Equal(t, "Unavailable", spans[0].Status.Description)
	require.Equal(t, byName["submit"].SpanContext.SpanID(), calls.in[string(clienttest.Submit)].SpanID(), "gRPC calls are below their stage")
}

func value(t *testing.T, registry *prometheus.Registry, name string, labels map[string]string) *dto.Metric {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			if family.GetName() == name && matches(metric, labels) {
				return metric
			}
		}
	}
	t.Fatalf("there is no %s with %v", name, labels)
	return nil
}

func matches(metric *dto.Metric, labels map[string]string) bool {
	for _, pair := range metric.GetLabel() {
		if want, ok := labels[pair.GetName()]; ok && want != pair.GetValue() {
			return false
		}
	}
	return true
}

func TestCallsAreCounted(t *testing.T) {
	c := founded(t)
	s := observed(t)
	operator := c.Client(t, "manufacturer", "operator", s.options)
	c.Interrupt(clienttest.Interruption{Step: clienttest.Evaluate, Err: status.Error(grpccodes.Unavailable, "x")})
	_, err := operator.Organisation(t.Context(), "CarrierMSP")
	require.NoError(t, err)
	_, err = operator.Organisation(t.Context(), "NoMSP")
	require.ErrorIs(t, err, fault.NotFound)
	of := func(labels ...string) map[string]string {
		all := map[string]string{"function": "participant:Organisation"}
		for i := 0; i < len(labels); i += 2 {
			all[labels[i]] = labels[i+1]
		}
		return all
	}
	require.EqualValues(t, 1, value(t, s.registry, "countersign_client_calls_total", of("code", "OK")).GetCounter().GetValue())
	require.EqualValues(t, 1, value(t, s.registry, "countersign_client_calls_total", of("code", "NotFound")).GetCounter().GetValue())
	require.EqualValues(t, 1, value(t, s.registry, "countersign_client_retries_total", of("code", "Unavailable")).GetCounter().GetValue())
	require.EqualValues(t, 0, value(t, s.registry, "countersign_client_in_flight", of()).GetGauge().GetValue())
	require.EqualValues(t, 2, value(t, s.registry, "countersign_client_step_seconds", of("stage", "call")).GetHistogram().GetSampleCount())
	require.EqualValues(t, 3, value(t, s.registry, "countersign_client_step_seconds", of("stage", "evaluate")).GetHistogram().GetSampleCount())

	_, err = metrics.New(s.registry)
	var twice prometheus.AlreadyRegisteredError
	require.ErrorAs(t, err, &twice)
}

func TestEventsAreCounted(t *testing.T) {
	registry := prometheus.NewRegistry()
	m, err := metrics.New(registry)
	require.NoError(t, err)
	ctx := t.Context()
	for _, event := range []client.Event{
		{Kind: client.GatewayFound, Name: "peer0:7051"},
		{Kind: client.GatewayLost, Name: "peer0:7051", Code: "Unavailable"},
		{Kind: client.StreamDelivered, Name: "breaches", Block: 7, Lag: 3, Size: 2},
		{Kind: client.StreamLost, Name: "breaches", Code: "Unavailable"},
		{Kind: client.GroupSent, Size: 20, Took: time.Millisecond},
		{Kind: client.GroupSplit, Size: 20, Code: "Held"},
	} {
		m.Observe(ctx, event)
	}
	require.EqualValues(t, 0, value(t, registry, "countersign_client_gateway_up", map[string]string{"gateway": "peer0:7051"}).GetGauge().GetValue())
	require.EqualValues(t, 3, value(t, registry, "countersign_client_stream_lag_blocks", nil).GetGauge().GetValue())
	require.EqualValues(t, 2, value(t, registry, "countersign_client_stream_items_total", map[string]string{"code": "OK"}).GetCounter().GetValue())
	require.EqualValues(t, 1, value(t, registry, "countersign_client_group_events", nil).GetHistogram().GetSampleCount())
	require.EqualValues(t, 1, value(t, registry, "countersign_client_group_splits_total", map[string]string{"code": "Held"}).GetCounter().GetValue())
}

func TestNamesWithoutEndMakeNoMetricsWithoutEnd(t *testing.T) {
	registry := prometheus.NewRegistry()
	m, err := metrics.New(registry)
	require.NoError(t, err)
	for i := range 4 * metrics.MaxNames {
		m.Observe(t.Context(), client.Event{Kind: client.StreamLost, Name: strings.Repeat("x", i)})
	}
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		require.LessOrEqual(t, len(family.GetMetric()), metrics.MaxNames+1, family.GetName())
	}
	require.EqualValues(t, 3*metrics.MaxNames, value(t, registry, "countersign_client_stream_lost_total", map[string]string{"stream": "other"}).GetCounter().GetValue())
}

func TestWhatNobodyWantsToReadIsNotWritten(t *testing.T) {
	var out bytes.Buffer
	quiet := observe.Log(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelError})))
	_, end := quiet.Begin(t.Context(), client.Step{Stage: client.StageCall})
	require.Nil(t, end)
	quiet.Observe(t.Context(), client.Event{Kind: client.GatewayLost})
	require.Empty(t, out.String())
}
