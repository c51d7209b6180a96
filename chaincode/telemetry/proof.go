package telemetry

import (
	"bytes"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// maxProofItems bounds the chunks of a proof: all chunks of the longest
// recording with the shortest chunks. A path is far shorter.
const maxProofItems = (MaxReadings + MinChunk - 1) / MinChunk

// Proof shows that a run of readings stands in the recording with a given root.
// It carries the header and the whole chunks that the run touches, and the
// hashes of all others. It needs no signature: the root says it all.
type Proof struct {
	// Header is the recording's.
	Header Header
	// From and To are the run: readings From to To-1, counted from 0.
	From, To int

	chunks [][]byte
	path   []Hash
}

// Prove returns the proof of readings from to to-1. It fails with [ErrLimit]
// unless 0 <= from < to <= the number of readings.
func (r *Recording) Prove(from, to int) (*Proof, error) {
	h := r.header
	if from < 0 || from >= to || to > h.Count {
		return nil, limitError("readings %d to %d of %d", from, to, h.Count)
	}
	p := &Proof{Header: h, From: from, To: to}
	first, last := p.chunkRun()
	for i := first; i < last; i++ {
		p.chunks = append(p.chunks, appendChunk(nil, r.readings[i*h.Chunk:][:h.inChunk(i)], h.Interval == 0))
	}
	p.path = shown{from: 1 + first, to: 1 + last}.path(r.leaves, 0, len(r.leaves), nil)
	return p, nil
}

// chunkRun returns the chunks [first, last) that the run touches.
func (p *Proof) chunkRun() (first, last int) {
	return p.From / p.Header.Chunk, (p.To-1)/p.Header.Chunk + 1
}

// Verify checks the proof against the root of a recording, which the caller
// knows from elsewhere, such as the ledger, and returns the readings From to
// To-1. It fails with [ErrProof], and with [ErrFormat] or [ErrLimit] for chunks
// that no recording has.
func (p *Proof) Verify(root Hash) ([]Reading, error) {
	h := p.Header
	if err := p.check(); err != nil {
		return nil, err
	}
	description, err := h.encode(false)
	if err != nil {
		return nil, err
	}
	first, last := p.chunkRun()
	leaves := []tlog.Hash{leafHash(description)}
	for _, chunk := range p.chunks {
		leaves = append(leaves, leafHash(chunk))
	}
	head, restLeaves, restPath, ok := shown{from: 1 + first, to: 1 + last}.root(0, 1+h.chunks(), leaves, p.path)
	if !ok || len(restLeaves)+len(restPath) > 0 {
		return nil, fmt.Errorf("%w: too many or too few chunks or hashes", ErrProof)
	}
	if Hash(head) != root || h.Root != root {
		return nil, fmt.Errorf("%w: it leads to %s, not %s", ErrProof, Hash(head), root)
	}
	return p.readings(first)
}

func (p *Proof) check() error {
	if err := p.Header.check(); err != nil {
		return err
	}
	if p.From < 0 || p.From >= p.To || p.To > p.Header.Count {
		return limitError("readings %d to %d of %d", p.From, p.To, p.Header.Count)
	}
	if first, last := p.chunkRun(); len(p.chunks) != last-first {
		return fmt.Errorf("%w: %d chunks where %d hold the readings", ErrProof, len(p.chunks), last-first)
	}
	return nil
}

// readings decodes the chunks and cuts the run out of them.
func (p *Proof) readings(first int) ([]Reading, error) {
	var all []Reading
	for i, chunk := range p.chunks {
		readings := make([]Reading, p.Header.inChunk(first+i))
		length, err := p.Header.decodeChunk(chunk, first+i, readings)
		if err != nil {
			return nil, err
		}
		if length != len(chunk) {
			return nil, formatError("%d bytes after chunk %d", len(chunk)-length, first+i)
		}
		all = append(all, readings...)
	}
	offset := first * p.Header.Chunk
	return all[p.From-offset : p.To-offset], nil
}

// wireProof is a proof in CBOR: an array.
type wireProof struct {
	_      struct{} `cbor:",toarray"`
	Header []byte
	From   int
	To     int
	Chunks [][]byte
	Path   [][]byte
}

// MarshalBinary encodes the proof in deterministic CBOR.
func (p *Proof) MarshalBinary() ([]byte, error) {
	header, err := p.Header.encode(true)
	if err != nil {
		return nil, err
	}
	w := wireProof{Header: header, From: p.From, To: p.To, Chunks: p.chunks, Path: [][]byte{}}
	for i := range p.path {
		w.Path = append(w.Path, p.path[i][:])
	}
	data, err := marshal(w)
	if err != nil {
		return nil, formatError("encode proof: %w", err)
	}
	return data, nil
}

// UnmarshalBinary reads what [Proof.MarshalBinary] wrote, and nothing else. It
// fails with [ErrFormat], [ErrLimit] or [ErrProof]; it proves nothing before
// [Proof.Verify].
func (p *Proof) UnmarshalBinary(data []byte) error {
	if len(data) > MaxBytes {
		return limitError("a proof has at most %d bytes, not %d", MaxBytes, len(data))
	}
	var w wireProof
	if err := unmarshal(data, &w); err != nil {
		return formatError("proof: %w", err)
	}
	header, err := decodeHeader(w.Header)
	if err != nil {
		return err
	}
	decoded := Proof{Header: header, From: w.From, To: w.To, chunks: w.Chunks}
	for _, hash := range w.Path {
		if len(hash) != len(Hash{}) {
			return formatError("a hash of %d bytes", len(hash))
		}
		decoded.path = append(decoded.path, Hash(hash))
	}
	if err := decoded.check(); err != nil {
		return err
	}
	again, err := decoded.MarshalBinary()
	if err != nil {
		return err
	}
	if !bytes.Equal(again, data) {
		return formatError("the proof is not in deterministic CBOR")
	}
	*p = decoded
	return nil
}
