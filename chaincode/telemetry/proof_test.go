package telemetry_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

func isOurs(err error) bool {
	return errors.Is(err, telemetry.ErrFormat) || errors.Is(err, telemetry.ErrLimit) || errors.Is(err, telemetry.ErrProof)
}

// proofParts is the encoding of a proof, read without the package.
type proofParts struct {
	_      struct{} `cbor:",toarray"`
	Header []byte
	From   int
	To     int
	Chunks [][]byte
	Path   [][]byte
}

func parts(t require.TestingT, p *telemetry.Proof) proofParts {
	data, err := p.MarshalBinary()
	require.NoError(t, err)
	var w proofParts
	require.NoError(t, cbor.Unmarshal(data, &w))
	return w
}

func chunksOf(t require.TestingT, p *telemetry.Proof) [][]byte { return parts(t, p).Chunks }

// headerLeaf takes the root, key 12, out of the header.
func headerLeaf(t require.TestingT, r *telemetry.Recording) []byte {
	p, err := r.Prove(0, 1)
	require.NoError(t, err)
	header := parts(t, p).Header
	cut := bytes.LastIndex(header, []byte{12, 0x58, 32})
	leaf := bytes.Clone(header[:cut])
	leaf[0]--
	return leaf
}

func TestEveryRunOfReadingsIsProved(t *testing.T) {
	for _, n := range []int{1, 8, 40, 75} {
		d := draft(grid(n)...)
		d.Chunk = 8
		r := seal(t, edKey(), d)
		for from := range n {
			for to := from + 1; to <= n; to++ {
				proof, err := r.Prove(from, to)
				require.NoError(t, err)
				data, err := proof.MarshalBinary()
				require.NoError(t, err)
				var carried telemetry.Proof
				require.NoError(t, carried.UnmarshalBinary(data))
				readings, err := carried.Verify(r.Root())
				require.NoError(t, err)
				require.Equal(t, d.Readings[from:to], readings)
			}
		}
	}
}

func TestAProofOfOneReadingIsSmall(t *testing.T) {
	r := seal(t, edKey(), draft(grid(telemetry.MaxReadings)...))
	proof, err := r.Prove(77_777, 77_778)
	require.NoError(t, err)
	data, err := proof.MarshalBinary()
	require.NoError(t, err)
	require.Less(t, len(data), 1100, "one chunk of 64 and two paths of at most 11 hashes")
}

func TestAnyChangedByteOfAProofIsRefused(t *testing.T) {
	d := draft(grid(75)...)
	d.Chunk = 8
	r := seal(t, edKey(), d)
	proof, err := r.Prove(20, 35)
	require.NoError(t, err)
	good, err := proof.MarshalBinary()
	require.NoError(t, err)
	for i := range good {
		for _, flip := range []byte{1, 2, 0x40, 0xff} {
			bad := bytes.Clone(good)
			bad[i] ^= flip
			var p telemetry.Proof
			if err := p.UnmarshalBinary(bad); err != nil {
				require.True(t, isOurs(err), "%v", err)
				continue
			}
			readings, err := p.Verify(r.Root())
			if err == nil { // another run within the same chunks is as true
				require.Equal(t, proof.Header, p.Header)
				require.Equal(t, d.Readings[p.From:p.To], readings)
				continue
			}
			require.True(t, isOurs(err), "%v", err)
		}
	}
}

func TestAProofWithPartsMissingAddedOrSwappedIsRefused(t *testing.T) {
	d := draft(grid(75)...)
	d.Chunk = 8
	r := seal(t, edKey(), d)
	proof, err := r.Prove(20, 35)
	require.NoError(t, err)
	for name, change := range map[string]func(*proofParts){
		"a hash less":         func(w *proofParts) { w.Path = w.Path[1:] },
		"a hash more":         func(w *proofParts) { w.Path = append(w.Path, make([]byte, 32)) },
		"a short hash":        func(w *proofParts) { w.Path[0] = w.Path[0][1:] },
		"hashes swapped":      func(w *proofParts) { w.Path[0], w.Path[1] = w.Path[1], w.Path[0] },
		"a chunk less":        func(w *proofParts) { w.Chunks = w.Chunks[1:] },
		"a chunk more":        func(w *proofParts) { w.Chunks = append(w.Chunks, w.Chunks[0]) },
		"chunks swapped":      func(w *proofParts) { w.Chunks[0], w.Chunks[1] = w.Chunks[1], w.Chunks[0] },
		"bytes after a chunk": func(w *proofParts) { w.Chunks[0] = append(w.Chunks[0], 0) },
		"an earlier run":      func(w *proofParts) { w.From, w.To = w.From-8, w.To-8 },
		"beyond the end":      func(w *proofParts) { w.To = 76 },
		"backwards":           func(w *proofParts) { w.From, w.To = w.To, w.From },
		"negative":            func(w *proofParts) { w.From = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			w := parts(t, proof)
			change(&w)
			mode, err := cbor.CoreDetEncOptions().EncMode()
			require.NoError(t, err)
			data, err := mode.Marshal(w)
			require.NoError(t, err)
			var p telemetry.Proof
			if err = p.UnmarshalBinary(data); err == nil {
				_, err = p.Verify(r.Root())
			}
			require.Error(t, err)
			require.True(t, isOurs(err), "%v", err)
		})
	}
	_, err = proof.Verify(telemetry.Hash{1})
	require.ErrorIs(t, err, telemetry.ErrProof)
	_, err = new(telemetry.Proof).Verify(r.Root())
	require.Error(t, err)
	_, err = r.Prove(3, 3)
	require.ErrorIs(t, err, telemetry.ErrLimit)
	_, err = r.Prove(0, 76)
	require.ErrorIs(t, err, telemetry.ErrLimit)
}

func FuzzProof(f *testing.F) {
	d := draft(grid(75)...)
	d.Chunk = 8
	r := seal(f, edKey(), d)
	proof, err := r.Prove(20, 35)
	require.NoError(f, err)
	data, err := proof.MarshalBinary()
	require.NoError(f, err)
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		var p telemetry.Proof
		if p.UnmarshalBinary(data) != nil {
			return
		}
		if again, err := p.MarshalBinary(); err != nil || !bytes.Equal(again, data) {
			t.Fatal("a second encoding of the same proof")
		}
		if readings, err := p.Verify(r.Root()); err == nil {
			require.Equal(t, d.Readings[p.From:p.To], readings)
		}
	})
}
