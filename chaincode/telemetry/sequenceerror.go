package telemetry

import "fmt"

// SequenceError says which recording of a sequence is wrong. It matches what
// is wrong with it.
type SequenceError struct {
	// Index counts recordings from 0; it is 0 where the whole sequence is
	// wrong.
	Index int
	// Err says what is wrong.
	Err error
}

// Error names the recording.
func (e *SequenceError) Error() string { return fmt.Sprintf("recording %d: %v", e.Index, e.Err) }

// Unwrap returns what is wrong.
func (e *SequenceError) Unwrap() error { return e.Err }
