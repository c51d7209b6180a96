package telemetry

import "github.com/fxamacker/cbor/v2"

// Limits of a sequence of recordings.
const (
	// MaxSequence bounds the recordings of a sequence.
	MaxSequence = 64
	// MaxSequenceBytes bounds an encoded sequence, in bytes.
	MaxSequenceBytes = 4 << 20
	// MaxSequenceReadings bounds the readings of a sequence: readings that are all
	// the same take next to no bytes, and 16 bytes each of memory.
	MaxSequenceReadings = 1 << 20
)

// DecodeSequence reads a CBOR sequence (RFC 8742) of 1 to limit recordings, one
// after another with nothing between; limit is 1 to [MaxSequence]. Each is read
// as by [Decode]. Whether they are of one device, and continue one another, is
// for the caller to ask.
//
// It fails with a [*SequenceError] that matches [ErrFormat] or [ErrLimit].
func DecodeSequence(data []byte, limit int) ([]*Recording, error) {
	items, err := splitSequence(data, limit)
	if err != nil {
		return nil, err
	}
	recordings, readings := make([]*Recording, len(items)), 0
	for i, item := range items {
		if recordings[i], err = Decode(item); err != nil {
			return nil, &SequenceError{Index: i, Err: err}
		}
		if readings += recordings[i].header.Count; readings > MaxSequenceReadings {
			return nil, tooManyReadings(i)
		}
	}
	return recordings, nil
}

func tooManyReadings(index int) error {
	return &SequenceError{Index: index, Err: limitError("a sequence has at most %d readings", MaxSequenceReadings)}
}

// splitSequence cuts a sequence into its items before any of them is decoded.
func splitSequence(data []byte, limit int) ([][]byte, error) {
	switch {
	case limit < 1 || limit > MaxSequence:
		return nil, &SequenceError{Err: limitError("a sequence has 1 to %d recordings, not %d", MaxSequence, limit)}
	case len(data) == 0:
		return nil, &SequenceError{Err: formatError("no recording")}
	case len(data) > MaxSequenceBytes:
		return nil, &SequenceError{Err: limitError("a sequence has at most %d bytes, not %d", MaxSequenceBytes, len(data))}
	}
	var items [][]byte
	for rest := data; len(rest) > 0; {
		if len(items) == limit {
			return nil, &SequenceError{Index: limit, Err: limitError("more than %d recordings", limit)}
		}
		after, err := afterItem(rest)
		if err != nil {
			return nil, &SequenceError{Index: len(items), Err: err}
		}
		items, rest = append(items, rest[:len(rest)-len(after)]), after
	}
	return items, nil
}

// afterItem returns what follows the first data item.
func afterItem(data []byte) ([]byte, error) {
	if errModes != nil {
		return nil, errModes
	}
	var item cbor.RawMessage
	after, err := decoding.UnmarshalFirst(data, &item)
	if err != nil {
		return nil, formatError("recording: %w", err)
	}
	return after, nil
}

// JoinSequence writes recordings, in the order given, as [DecodeSequence] reads
// them. It fails with a [*SequenceError] that matches [ErrLimit] for none, for
// more than [MaxSequence], and for more than [MaxSequenceBytes] or
// [MaxSequenceReadings] in all.
func JoinSequence(recordings ...*Recording) ([]byte, error) {
	if len(recordings) < 1 || len(recordings) > MaxSequence {
		return nil, &SequenceError{Err: limitError("a sequence has 1 to %d recordings, not %d", MaxSequence, len(recordings))}
	}
	size, readings := 0, 0
	for i, r := range recordings {
		if size += len(r.data); size > MaxSequenceBytes {
			return nil, &SequenceError{Index: i, Err: limitError("a sequence has at most %d bytes", MaxSequenceBytes)}
		}
		if readings += r.header.Count; readings > MaxSequenceReadings {
			return nil, tooManyReadings(i)
		}
	}
	data := make([]byte, 0, size)
	for _, r := range recordings {
		data = append(data, r.data...)
	}
	return data, nil
}
