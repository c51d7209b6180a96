package telemetry

import (
	"bytes"
	"encoding/hex"
)

// Chunk sizes, in readings. A chunk is what a proof carries whole.
const (
	MinChunk     = 8
	MaxChunk     = 256
	DefaultChunk = 64
)

const (
	version   = 1
	maxDevice = 128 // bytes of a device id
	maxSealed = 1024
)

// Hash is a SHA-256 hash. As text it is lower-case hexadecimal.
type Hash [32]byte

// String returns 64 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero reports whether h is the zero hash, which stands for 'none'.
func (h Hash) IsZero() bool { return h == Hash{} }

// MarshalText writes 64 hexadecimal digits; nothing for the zero hash.
func (h Hash) MarshalText() ([]byte, error) {
	if h.IsZero() {
		return []byte{}, nil
	}
	return []byte(h.String()), nil
}

// UnmarshalText reads what MarshalText wrote. It fails with [ErrFormat].
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*h = Hash{}
		return nil
	}
	var decoded Hash
	if len(text) != hex.EncodedLen(len(decoded)) || bytes.ContainsAny(text, "ABCDEF") {
		return formatError("a hash has 64 lower-case hexadecimal digits")
	}
	if _, err := hex.Decode(decoded[:], text); err != nil {
		return formatError("hash: %w", err)
	}
	*h = decoded
	return nil
}

// Header is what the device signs: what the readings are, and the root over
// them.
type Header struct {
	// Device is the device's GS1 key (GIAI or GRAI) in canonical Digital Link
	// form without the domain, such as /8004/0614141ABC.
	Device string
	// Sequence counts the device's recordings from 1, without holes.
	Sequence uint64
	// Previous is the root of recording Sequence-1; zero for the first.
	Previous Hash
	// Measurement is the type of measurement as in GS1's CBV, such as
	// Temperature.
	Measurement string
	// Unit is the UN/ECE Recommendation 20 code, such as CEL.
	Unit string
	// Scale is the power of ten that values are counted in.
	Scale int
	// Start is the time of the first reading, milliseconds since 1970 UTC.
	Start int64
	// Interval is the distance of readings on a regular grid in milliseconds,
	// or 0 when each has its own time.
	Interval int64
	// Count is the number of readings.
	Count int
	// Chunk is the number of readings in a chunk; the last may hold fewer.
	Chunk int
	// Root is the RFC 6962 tree head over the header without it, and the
	// chunks.
	Root Hash
}

// wire is the header in CBOR: a map with small integer keys. Without a root it
// is leaf 0 of the tree.
type wire struct {
	Version     uint64 `cbor:"1,keyasint"`
	Device      string `cbor:"2,keyasint"`
	Sequence    uint64 `cbor:"3,keyasint"`
	Previous    []byte `cbor:"4,keyasint"`
	Measurement string `cbor:"5,keyasint"`
	Unit        string `cbor:"6,keyasint"`
	Scale       int    `cbor:"7,keyasint"`
	Start       int64  `cbor:"8,keyasint"`
	Interval    int64  `cbor:"9,keyasint"`
	Count       int    `cbor:"10,keyasint"`
	Chunk       int    `cbor:"11,keyasint"`
	Root        []byte `cbor:"12,keyasint,omitempty"`
}

// encode returns the header in CBOR, with or without its root.
func (h Header) encode(withRoot bool) ([]byte, error) {
	w := wire{
		Version: version, Device: h.Device, Sequence: h.Sequence, Previous: []byte{},
		Measurement: h.Measurement, Unit: h.Unit, Scale: h.Scale,
		Start: h.Start, Interval: h.Interval, Count: h.Count, Chunk: h.Chunk,
	}
	if !h.Previous.IsZero() {
		w.Previous = h.Previous[:]
	}
	if withRoot {
		w.Root = h.Root[:]
	}
	encoded, err := marshal(w)
	if err != nil {
		return nil, formatError("encode header: %w", err)
	}
	return encoded, nil
}

// decodeHeader reads a header with its root, in the one canonical form.
func decodeHeader(data []byte) (Header, error) {
	var w wire
	if err := unmarshal(data, &w); err != nil {
		return Header{}, formatError("header: %w", err)
	}
	if w.Version != version {
		return Header{}, formatError("recording of version %d; this is version %d", w.Version, version)
	}
	h := Header{
		Device: w.Device, Sequence: w.Sequence, Measurement: w.Measurement, Unit: w.Unit, Scale: w.Scale,
		Start: w.Start, Interval: w.Interval, Count: w.Count, Chunk: w.Chunk,
	}
	if len(w.Root) != len(h.Root) || len(w.Previous) != 0 && len(w.Previous) != len(h.Previous) {
		return Header{}, formatError("a root has 32 bytes")
	}
	copy(h.Root[:], w.Root)
	copy(h.Previous[:], w.Previous)
	if err := h.check(); err != nil {
		return Header{}, err
	}
	again, err := h.encode(true)
	if err != nil {
		return Header{}, err
	}
	if !bytes.Equal(again, data) {
		return Header{}, formatError("the header is not in deterministic CBOR with all its members")
	}
	return h, nil
}

// check tests everything about a header but its root.
func (h Header) check() error {
	if err := h.checkNames(); err != nil {
		return err
	}
	switch {
	case h.Sequence == 0:
		return formatError("sequence numbers count from 1")
	case (h.Sequence == 1) != h.Previous.IsZero():
		return formatError("the first recording, and no other, has no previous root")
	case h.Scale < MinScale || h.Scale > MaxScale:
		return limitError("scale %d is outside %d to %d", h.Scale, MinScale, MaxScale)
	case h.Count < 1 || h.Count > MaxReadings:
		return limitError("a recording has 1 to %d readings, not %d", MaxReadings, h.Count)
	case h.Chunk < MinChunk || h.Chunk > MaxChunk:
		return limitError("a chunk has %d to %d readings, not %d", MinChunk, MaxChunk, h.Chunk)
	}
	return h.checkTimes()
}

func (h Header) checkTimes() error {
	switch {
	case h.Start < 0 || h.Start > MaxTime:
		return limitError("start time %d ms is outside 1970 to 9999", h.Start)
	case h.Interval < 0 || h.Interval > MaxTime/int64(max(h.Count-1, 1)):
		return limitError("interval %d ms is negative or too long", h.Interval)
	case h.Interval > 0 && h.Count == 1:
		return formatError("one reading has no interval")
	case h.Start+h.Interval*int64(h.Count-1) > MaxTime:
		return limitError("the last reading is after the year 9999")
	}
	return nil
}

func (h Header) checkNames() error {
	switch {
	case !plain(h.Device, maxDevice, isPrintable):
		return formatError("the device id has 1 to %d printable ASCII characters", maxDevice)
	case !plain(h.Measurement, 40, isLetter):
		return formatError("the measurement type has 1 to 40 letters, as in GS1's CBV")
	case !plain(h.Unit, 3, isCode):
		return formatError("the unit is a UN/ECE Rec 20 code such as CEL")
	}
	return nil
}

// plain reports whether s has 1 to limit bytes, each of them allowed.
func plain(s string, limit int, allowed func(byte) bool) bool {
	if s == "" || len(s) > limit {
		return false
	}
	for _, c := range []byte(s) {
		if !allowed(c) {
			return false
		}
	}
	return true
}

func isPrintable(c byte) bool { return c > ' ' && c <= '~' }
func isLetter(c byte) bool    { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }
func isCode(c byte) bool      { return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' }

// chunks returns the number of chunks.
func (h Header) chunks() int { return (h.Count + h.Chunk - 1) / h.Chunk }

// inChunk returns the number of readings in chunk i.
func (h Header) inChunk(i int) int { return min(h.Chunk, h.Count-i*h.Chunk) }
