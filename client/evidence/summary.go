package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
)

// MaxDegree bounds the degree of a summary: Fabric's is 50.
const MaxDegree = 1000

// Summary stands for the keys and versions that were found in a range, where there
// are more than Degree of them: Fabric's QueryReadsMerkleSummary.
//
// Every Degree+1 of them, in order, are written as a kvrwset.QueryReads and hashed;
// then every Degree+1 hashes of a level are hashed together into the next, until at
// most Degree are left. At the end of each level what is over goes up: one hash as
// it is, several hashed together.
type Summary struct {
	Degree uint32
	// Level is that of the hashes left, from 1; Hashes are those.
	Level  uint32
	Hashes [][]byte
}

// Covers recomputes the summary and holds it against this one: nil when these are
// the entries, all of them, in this order.
func (s *Summary) Covers(entries []Entry) error {
	switch {
	case s.Degree < 2 || s.Degree > MaxDegree:
		return fmt.Errorf("a summary of degree %d cannot be recomputed", s.Degree)
	case len(entries) <= int(s.Degree):
		return fmt.Errorf("%d entries would be written out and not summed up", len(entries))
	}
	again := Summarise(entries, s.Degree)
	if again.Level != s.Level || !slices.EqualFunc(again.Hashes, s.Hashes, bytes.Equal) {
		return fmt.Errorf("the %d entries lead to another summary than the signed one", len(entries))
	}
	return nil
}

// Summarise makes the summary of entries, of which there are more than degree.
func Summarise(entries []Entry, degree uint32) *Summary {
	t := &summing{Summary: Summary{Degree: degree, Level: 1}, levels: map[uint32][][]byte{}}
	var text []byte
	for chunk := range slices.Chunk(entries, int(degree)+1) {
		text = text[:0]
		for _, e := range chunk {
			text = appendRead(text, e)
		}
		t.add(text)
	}
	t.finish()
	return &t.Summary
}

// summing is a summary on its way.
type summing struct {
	Summary
	levels map[uint32][][]byte
}

func (t *summing) add(text []byte) {
	hash := sha256.Sum256(text)
	t.levels[1] = append(t.levels[1], hash[:])
	for level := uint32(1); len(t.levels[level]) > int(t.Degree); level++ {
		t.raise(level)
	}
}

// raise puts the hash of a level into the next.
func (t *summing) raise(level uint32) {
	hash := sha256.Sum256(bytes.Join(t.levels[level], nil))
	t.lift(level, hash[:])
}

func (t *summing) lift(level uint32, hash []byte) {
	delete(t.levels, level)
	t.levels[level+1] = append(t.levels[level+1], hash)
	t.Level = max(t.Level, level+1)
}

func (t *summing) finish() {
	for level := uint32(1); level < t.Level; level++ {
		switch hashes := t.levels[level]; len(hashes) {
		case 0:
		case 1:
			t.lift(level, hashes[0])
		default:
			t.raise(level)
		}
	}
	if len(t.levels[t.Level]) > int(t.Degree) {
		t.raise(t.Level)
	}
	t.Hashes = t.levels[t.Level]
}

// appendRead writes a kvrwset.KVRead as an element of a kvrwset.QueryReads.
func appendRead(text []byte, e Entry) []byte {
	version := appendNumber(appendNumber(nil, 1, e.Version.Block), 2, e.Version.Transaction)
	var read []byte
	if e.Key != "" {
		read = appendPart(nil, 1, []byte(e.Key))
	}
	return appendPart(text, 1, appendPart(read, 2, version))
}

func appendPart(text []byte, number byte, part []byte) []byte {
	text = append(text, number<<3|length)
	return append(binary.AppendUvarint(text, uint64(len(part))), part...)
}

func appendNumber(text []byte, number byte, value uint64) []byte {
	if value == 0 {
		return text
	}
	return binary.AppendUvarint(append(text, number<<3|varint), value)
}
