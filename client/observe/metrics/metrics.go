// Package metrics makes Prometheus metrics of what a client does.
//
//	countersign_client_step_seconds{function,stage}    how long calls and their stages took
//	countersign_client_calls_total{function,code}      calls that have ended
//	countersign_client_retries_total{function,code}    tries after the first, by what the one before failed with
//	countersign_client_in_flight{function}             calls that are being made
//	countersign_client_gateway_up{gateway}             1 while a gateway is within reach, 0 when it was lost
//	countersign_client_gateway_lost_total{gateway}     how often it was lost
//	countersign_client_stream_block{stream}            the last block that a stream has handled
//	countersign_client_stream_lag_blocks{stream}       how many blocks it is behind
//	countersign_client_stream_items_total{stream,code} what its handler was given
//	countersign_client_stream_lost_total{stream}       how often it broke off
//	countersign_client_group_events                    events in a document that was grouped
//	countersign_client_group_wait_seconds              how long the first event of one waited
//	countersign_client_group_splits_total{code}        documents that were sent again without an event
//
// The label stage is call, evaluate, endorse, submit, commit, resolve or retry; code
// is one of a closed list (client.CodeOf); the others have at most [MaxNames] values
// each, and "other" for what is beyond. Nothing private is in them; see package
// observe.
package metrics

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/countersign-ledger/countersign/client"
)

// MaxNames bounds how many functions, gateways and streams are told apart.
const MaxNames = 256

var _ client.Observer = (*metrics)(nil)

type metrics struct {
	functions, gateways, streams *names

	took         *prometheus.HistogramVec
	calls        *prometheus.CounterVec
	retries      *prometheus.CounterVec
	inFlight     *prometheus.GaugeVec
	gatewayUp    *prometheus.GaugeVec
	gatewayLost  *prometheus.CounterVec
	streamBlock  *prometheus.GaugeVec
	streamLag    *prometheus.GaugeVec
	streamItems  *prometheus.CounterVec
	streamLost   *prometheus.CounterVec
	groupEvents  prometheus.Histogram
	groupWait    prometheus.Histogram
	groupsParted *prometheus.CounterVec
}

// buckets run from a query at one's own peer to a commit that is waited for in vain.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}

var groupBuckets = []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}

const namespace, subsystem = "countersign", "client"

// New returns an observer whose metrics are registered. Give one to all clients of a
// program; a second one cannot be registered beside it, which fails with
// [prometheus.AlreadyRegisteredError].
func New(with prometheus.Registerer) (client.Observer, error) {
	m := &metrics{
		functions: newNames(), gateways: newNames(), streams: newNames(),

		took:         histograms("step_seconds", "How long calls and their stages took.", buckets, "function", "stage"),
		calls:        counters("calls_total", "Calls that have ended.", "function", "code"),
		retries:      counters("retries_total", "Tries after the first, by what the one before failed with.", "function", "code"),
		inFlight:     gauges("in_flight", "Calls that are being made.", "function"),
		gatewayUp:    gauges("gateway_up", "1 while a gateway is within reach.", "gateway"),
		gatewayLost:  counters("gateway_lost_total", "How often a gateway was lost.", "gateway"),
		streamBlock:  gauges("stream_block", "The last block that a stream has handled.", "stream"),
		streamLag:    gauges("stream_lag_blocks", "How many blocks a stream is behind.", "stream"),
		streamItems:  counters("stream_items_total", "What a stream's handler was given.", "stream", "code"),
		streamLost:   counters("stream_lost_total", "How often a stream broke off.", "stream"),
		groupEvents:  histogram("group_events", "Events in a document that was grouped.", groupBuckets),
		groupWait:    histogram("group_wait_seconds", "How long the first event of a grouped document waited.", buckets),
		groupsParted: counters("group_splits_total", "Grouped documents that were sent again without an event.", "code"),
	}
	for _, c := range []prometheus.Collector{
		m.took, m.calls, m.retries, m.inFlight, m.gatewayUp, m.gatewayLost, m.streamBlock, m.streamLag, m.streamItems, m.streamLost,
		m.groupEvents, m.groupWait, m.groupsParted,
	} {
		if err := with.Register(c); err != nil {
			return nil, fmt.Errorf("metrics: %w", err)
		}
	}
	return m, nil
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Subsystem: subsystem, Name: name, Help: help}, labels)
}

func gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Subsystem: subsystem, Name: name, Help: help}, labels)
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Subsystem: subsystem, Name: name, Help: help, Buckets: buckets}, labels)
}

func histogram(name, help string, buckets []float64) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Subsystem: subsystem, Name: name, Help: help, Buckets: buckets})
}

// Begin implements [client.Observer].
func (m *metrics) Begin(ctx context.Context, step client.Step) (context.Context, func(client.Outcome)) {
	begun := time.Now()
	function := m.functions.bounded(step.Function)
	if step.Stage == client.StageCall {
		m.inFlight.WithLabelValues(function).Inc()
	}
	return ctx, func(how client.Outcome) {
		m.took.WithLabelValues(function, string(step.Stage)).Observe(time.Since(begun).Seconds())
		switch step.Stage {
		case client.StageCall:
			m.inFlight.WithLabelValues(function).Dec()
			m.calls.WithLabelValues(function, how.Code).Inc()
		case client.StageRetry:
			m.retries.WithLabelValues(function, how.Code).Inc()
		}
	}
}

// Observe implements [client.Observer].
func (m *metrics) Observe(_ context.Context, event client.Event) {
	switch event.Kind {
	case client.GatewayLost:
		gateway := m.gateways.bounded(event.Name)
		m.gatewayUp.WithLabelValues(gateway).Set(0)
		m.gatewayLost.WithLabelValues(gateway).Inc()
	case client.GatewayFound, client.GatewayChosen:
		m.gatewayUp.WithLabelValues(m.gateways.bounded(event.Name)).Set(1)
	case client.StreamDelivered:
		stream := m.streams.bounded(event.Name)
		m.streamBlock.WithLabelValues(stream).Set(float64(event.Block))
		m.streamLag.WithLabelValues(stream).Set(float64(event.Lag))
		code := event.Code
		if code == "" {
			code = client.CodeOK
		}
		m.streamItems.WithLabelValues(stream, code).Add(float64(event.Size))
	case client.StreamLost:
		m.streamLost.WithLabelValues(m.streams.bounded(event.Name)).Inc()
	case client.GroupSent:
		m.groupEvents.Observe(float64(event.Size))
		m.groupWait.Observe(event.Took.Seconds())
	case client.GroupSplit:
		m.groupsParted.WithLabelValues(event.Code).Inc()
	}
}
