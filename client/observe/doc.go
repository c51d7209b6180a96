// Package observe shows what a client does: [Log] writes log lines. Packages traces
// and metrics below it make OpenTelemetry spans and Prometheus metrics of the same.
// Each is given to client.WithObserver, and links what it needs and the client does
// not.
//
// Nothing private shows in any of them: functions, stages, codes, sizes, durations,
// MSP ids, transaction ids and addresses of gateways do; requests, answers, transient
// values, EPCs, request ids and the text of refusals do not.
//
// It imports the client and the standard library.
package observe
