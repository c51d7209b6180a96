package telemetry

import (
	"bytes"
	"crypto"
	"fmt"

	"github.com/veraison/go-cose"
	"golang.org/x/mod/sumdb/tlog"
)

// Recording is a sealed run of readings of one device. Get one from [Seal] or
// [Decode]; it does not change.
type Recording struct {
	header    Header
	readings  []Reading
	leaves    []tlog.Hash
	body      []byte
	data      []byte
	algorithm Algorithm
	message   *cose.Sign1Message
}

// Decode reads a recording, and recomputes its root. It takes the one canonical
// form only: encoding the result again gives the same bytes. It does not check
// the signature; see [Recording.Verify].
//
// It fails with [ErrFormat] or [ErrLimit]. It never takes more memory than a small
// multiple of len(data), and 16 bytes for each of at most [MaxReadings] readings.
func Decode(data []byte) (*Recording, error) {
	if len(data) > MaxBytes {
		return nil, limitError("a recording has at most %d bytes, not %d", MaxBytes, len(data))
	}
	var e envelope
	if err := unmarshal(data, &e); err != nil {
		return nil, formatError("recording: %w", err)
	}
	again, err := encodeEnvelope(e.Sealed, e.Body)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, data) {
		return nil, formatError("the recording is not in deterministic CBOR")
	}
	message, algorithm, err := openSealed(e.Sealed)
	if err != nil {
		return nil, err
	}
	header, err := decodeHeader(message.Payload)
	if err != nil {
		return nil, err
	}
	r := &Recording{header: header, body: e.Body, data: again, algorithm: algorithm, message: message}
	if err := r.open(); err != nil {
		return nil, err
	}
	return r, nil
}

// open decodes the readings and checks them against the root.
func (r *Recording) open() error {
	h := r.header
	if r.least() > len(r.body) { // before memory is taken for what cannot be there
		return formatError("%d readings do not fit %d bytes", h.Count, len(r.body))
	}
	description, err := h.encode(false)
	if err != nil {
		return err
	}
	r.readings = make([]Reading, h.Count)
	r.leaves = append(make([]tlog.Hash, 0, 1+h.chunks()), leafHash(description))
	rest := r.body
	for i := range h.chunks() {
		into := r.readings[i*h.Chunk:][:h.inChunk(i)]
		length, err := h.decodeChunk(rest, i, into)
		if err != nil {
			return err
		}
		if i > 0 && into[0].Time <= r.readings[i*h.Chunk-1].Time {
			return formatError("times do not rise from chunk %d to the next", i-1)
		}
		r.leaves = append(r.leaves, leafHash(rest[:length]))
		rest = rest[length:]
	}
	if len(rest) > 0 {
		return formatError("%d bytes after the last chunk", len(rest))
	}
	return r.checkHeader()
}

// checkHeader compares the header with the readings.
func (r *Recording) checkHeader() error {
	if r.readings[0].Time != r.header.Start {
		return formatError("the first reading is not at the start time")
	}
	if root := Hash(treeHash(r.leaves)); root != r.header.Root {
		return formatError("the readings have root %s, the header says %s", root, r.header.Root)
	}
	return nil
}

// least is the least number of bytes that the chunks can have.
func (r *Recording) least() int {
	columns, steps := 1, 0
	if r.header.Interval == 0 { // times rise, so that their steps take a byte
		columns, steps = 2, r.header.Count-r.header.chunks()
	}
	return r.header.chunks()*columns*columnHead + steps
}

// Verify checks the device's signature with its public key, an
// ed25519.PublicKey or an *ecdsa.PublicKey on P-256. It fails with
// [ErrSignature], also when the key is of another kind than the signature.
func (r *Recording) Verify(key crypto.PublicKey) error {
	algorithm, err := algorithmOf(key)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if algorithm != r.algorithm {
		return fmt.Errorf("%w: signed with %s, the key is for %s", ErrSignature, r.algorithm, algorithm)
	}
	verifier, err := cose.NewVerifier(algorithm.cose(), key)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if err := r.message.Verify(nil, verifier); err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return nil
}

// Header returns what the device signed.
func (r *Recording) Header() Header { return r.header }

// Root returns the root, which identifies the whole recording.
func (r *Recording) Root() Hash { return r.header.Root }

// Algorithm returns how the recording is signed.
func (r *Recording) Algorithm() Algorithm { return r.algorithm }

// Readings returns the readings in order of time. They must not be changed.
func (r *Recording) Readings() []Reading { return r.readings }

// First returns the earliest reading.
func (r *Recording) First() Reading { return r.readings[0] }

// Last returns the latest reading.
func (r *Recording) Last() Reading { return r.readings[len(r.readings)-1] }

// Bytes returns the encoding. It must not be changed.
func (r *Recording) Bytes() []byte { return r.data }
