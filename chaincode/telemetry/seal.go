package telemetry

import (
	"crypto"
	"fmt"
	"io"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/mod/sumdb/tlog"
)

// Draft is a recording before it is sealed.
type Draft struct {
	// Device, Sequence, Previous, Measurement, Unit and Scale are as in
	// [Header].
	Device      string
	Sequence    uint64
	Previous    Hash
	Measurement string
	Unit        string
	Scale       int
	// Place, Position, Gateway and Component are as in [Header], and optional.
	// With a gateway, the key that signs is the gateway's.
	Place     string
	Position  *Position
	Gateway   string
	Component string
	// Chunk is the number of readings in a chunk; 0 for [DefaultChunk].
	Chunk int
	// Readings are 1 to [MaxReadings] readings in rising order of time.
	Readings []Reading
}

// Seal signs a draft with the device's key, or its gateway's where the draft
// names one, Ed25519 or ECDSA P-256, and returns
// the recording. random is what the key needs to sign: crypto/rand.Reader.
//
// It fails with [ErrFormat] or [ErrLimit] for a draft that [Decode] would not
// take, and with the key's own error.
func Seal(random io.Reader, key crypto.Signer, draft Draft) (*Recording, error) {
	header, err := draft.header()
	if err != nil {
		return nil, err
	}
	if err := draft.check(); err != nil {
		return nil, err
	}
	body, leaves, err := header.commit(draft.Readings)
	if err != nil {
		return nil, err
	}
	header.Root = Hash(treeHash(leaves))
	payload, err := header.encode(true)
	if err != nil {
		return nil, err
	}
	sealed, err := sign(random, key, payload)
	if err != nil {
		return nil, err
	}
	data, err := encodeEnvelope(sealed, body)
	if err != nil {
		return nil, err
	}
	recording, err := Decode(data) // the one judge of what is well-formed
	if err != nil {
		return nil, err
	}
	if err := recording.Verify(key.Public()); err != nil {
		return nil, fmt.Errorf("the key does not sign what its public key verifies: %w", err)
	}
	return recording, nil
}

func (d Draft) header() (Header, error) {
	header := Header{
		Device: d.Device, Sequence: d.Sequence, Previous: d.Previous,
		Measurement: d.Measurement, Unit: d.Unit, Scale: d.Scale,
		Interval: interval(d.Readings), Count: len(d.Readings), Chunk: d.Chunk,
		Place: d.Place, Position: d.Position, Gateway: d.Gateway, Component: d.Component,
	}
	if header.Chunk == 0 {
		header.Chunk = DefaultChunk
	}
	if len(d.Readings) > 0 {
		header.Start = d.Readings[0].Time
	}
	if header.Interval < 0 {
		return Header{}, formatError("times do not rise at reading 1")
	}
	return header, header.check()
}

// check refuses readings whose deltas could overflow, or that do not rise.
func (d Draft) check() error {
	limit := maxValue(d.Scale)
	for i, r := range d.Readings {
		switch {
		case r.Value > limit || r.Value < -limit:
			return limitError("reading %d is beyond %d", i, MaxMagnitude)
		case r.Time < 0 || r.Time > MaxTime:
			return limitError("reading %d is outside 1970 to 9999", i)
		case i > 0 && r.Time <= d.Readings[i-1].Time:
			return formatError("times do not rise at reading %d", i)
		}
	}
	return nil
}

// commit encodes the readings and returns the leaves of the tree.
func (h Header) commit(readings []Reading) (body []byte, leaves []tlog.Hash, err error) {
	description, err := h.encode(false)
	if err != nil {
		return nil, nil, err
	}
	leaves = append(make([]tlog.Hash, 0, 1+h.chunks()), leafHash(description))
	for i := range h.chunks() {
		start := len(body)
		body = appendChunk(body, readings[i*h.Chunk:][:h.inChunk(i)], h.Interval == 0)
		leaves = append(leaves, leafHash(body[start:]))
	}
	return body, leaves, nil
}

// envelope is a recording in CBOR: an array of the COSE_Sign1 and the chunks,
// one after another.
type envelope struct {
	_      struct{} `cbor:",toarray"`
	Sealed cbor.RawMessage
	Body   []byte
}

func encodeEnvelope(sealed, body []byte) ([]byte, error) {
	data, err := marshal(envelope{Sealed: sealed, Body: body})
	if err != nil {
		return nil, formatError("encode recording: %w", err)
	}
	return data, nil
}
