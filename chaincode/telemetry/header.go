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
	version  = 1
	maxID    = 128  // bytes of a device id or a place
	maxWord  = 40   // letters of a measurement type or a component
	maxFront = 1024 // bytes of a COSE_Sign1 with a signature of 64
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
	// Place is where the device was during the whole recording: a GLN with or
	// without extension in canonical Digital Link form without the domain, such
	// as /414/0614141000012; empty when it is not said, or Position says it.
	Place string
	// Position is where the device was during the whole recording; nil when it
	// is not said, or Place says it.
	Position *Position
	// Gateway is the GS1 key of the gateway that signed for a device without a
	// key of its own, in the form of Device; empty when the device signed.
	Gateway string
	// Component is the part of a compound quantity that was measured, as in
	// GS1's CBV: x, y, z, latitude, longitude, ...; empty for a quantity of one
	// part.
	Component string
}

// Position is a point on the Earth (WGS 84) in units of 10^-7 degrees, about a
// centimetre.
type Position struct {
	_ struct{} `cbor:",toarray"`
	// Latitude is -900,000,000 to 900,000,000, north of the equator positive.
	Latitude int64
	// Longitude is -1,799,999,999 to 1,800,000,000, east of Greenwich positive.
	Longitude int64
}

// Signer is the GS1 key of who signs: the gateway where there is one, or else
// the device.
func (h Header) Signer() string {
	if h.Gateway != "" {
		return h.Gateway
	}
	return h.Device
}

// chunks returns the number of chunks.
func (h Header) chunks() int { return (h.Count + h.Chunk - 1) / h.Chunk }

// inChunk returns the number of readings in chunk i.
func (h Header) inChunk(i int) int { return min(h.Chunk, h.Count-i*h.Chunk) }
