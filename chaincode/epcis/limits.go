package epcis

import "fmt"

// Limits bounds what a reader accepts. A field that is zero takes its default.
type Limits struct {
	// Bytes is the size of the input.
	Bytes int64
	// Depth is how deep JSON values or XML elements nest, the document being 1.
	Depth int
	// Events is the number of events in a document.
	Events int
	// EPCs is the number of identifiers in one event: EPCs and quantity
	// elements of all its lists.
	EPCs int
}

// DefaultLimits suit a service that reads files: 64 MiB, depth 64, 100,000
// events, 100,000 EPCs an event.
func DefaultLimits() Limits {
	return Limits{Bytes: 64 << 20, Depth: 64, Events: 100_000, EPCs: 100_000}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	if l.Bytes <= 0 {
		l.Bytes = d.Bytes
	}
	if l.Depth <= 0 {
		l.Depth = d.Depth
	}
	if l.Events <= 0 {
		l.Events = d.Events
	}
	if l.EPCs <= 0 {
		l.EPCs = d.EPCs
	}
	return l
}

// LimitError reports that the input exceeds a limit. Nothing read so far should
// be used.
type LimitError struct {
	// What is "bytes", "depth", "events" or "epcs".
	What string
	// Max is the limit that was exceeded.
	Max int64
	// Pointer is where, as in Violation.
	Pointer string
}

func (e *LimitError) Error() string {
	if e.Pointer == "" {
		return fmt.Sprintf("epcis: input exceeds the limit of %d %s", e.Max, e.What)
	}
	return fmt.Sprintf("epcis: input exceeds the limit of %d %s at %s", e.Max, e.What, e.Pointer)
}
