package telemetry_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vector is one case for implementers of the format, in any language.
type vector struct {
	Name string `json:"name"`
	// Expect is ok, malformed, limit or signature.
	Expect string `json:"expect"`
	// PublicKey is SubjectPublicKeyInfo, DER; Recording the whole recording.
	Algorithm string `json:"algorithm"`
	PublicKey string `json:"publicKey"`
	Recording string `json:"recording"`
	// The rest is for ok only. Readings are pairs of time and value.
	Root     string     `json:"root,omitempty"`
	Device   string     `json:"device,omitempty"`
	Sequence uint64     `json:"sequence,omitempty"`
	Previous string     `json:"previous,omitempty"`
	Scale    int        `json:"scale,omitempty"`
	Interval int64      `json:"interval,omitempty"`
	Chunk    int        `json:"chunk,omitempty"`
	Readings [][2]int64 `json:"readings,omitempty"`
}

func TestVectorsAgreeBitForBit(t *testing.T) {
	path := filepath.Join("testdata", "vectors.json")
	if *update {
		data, err := json.MarshalIndent(makeVectors(t), "", "  ")
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, append(data, '\n'), 0o644))
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var vectors []vector
	require.NoError(t, json.Unmarshal(data, &vectors))
	require.GreaterOrEqual(t, len(vectors), 12)
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) { v.check(t) })
	}
}

func (v vector) check(t *testing.T) {
	der, err := hex.DecodeString(v.PublicKey)
	require.NoError(t, err)
	key, err := telemetry.ParseKey(telemetry.Algorithm(v.Algorithm), der)
	require.NoError(t, err)
	data, err := hex.DecodeString(v.Recording)
	require.NoError(t, err)
	r, err := telemetry.Decode(data)
	switch v.Expect {
	case "malformed":
		require.ErrorIs(t, err, telemetry.ErrFormat)
		return
	case "limit":
		require.ErrorIs(t, err, telemetry.ErrLimit)
		return
	}
	require.NoError(t, err)
	if v.Expect == "signature" {
		require.ErrorIs(t, r.Verify(key), telemetry.ErrSignature)
		return
	}
	require.Equal(t, "ok", v.Expect)
	require.NoError(t, r.Verify(key))
	h := r.Header()
	previous, err := h.Previous.MarshalText()
	require.NoError(t, err)
	got := vector{
		Name: v.Name, Expect: v.Expect, Algorithm: string(r.Algorithm()), PublicKey: v.PublicKey, Recording: v.Recording,
		Root: r.Root().String(), Device: h.Device, Sequence: h.Sequence, Previous: string(previous), Scale: h.Scale,
		Interval: h.Interval, Chunk: h.Chunk,
	}
	for _, reading := range r.Readings() {
		got.Readings = append(got.Readings, [2]int64{reading.Time, reading.Value})
	}
	require.Equal(t, v, got)
}

// makeVectors makes the good recordings, and breaks the first in every way that
// a decoder must notice.
func makeVectors(t *testing.T) []vector {
	example := draft(telemetry.Reading{Time: start, Value: 52}, telemetry.Reading{Time: start + 60_000, Value: 54}, telemetry.Reading{Time: start + 120_000, Value: 51})
	irregular := draft(grid(20)...)
	irregular.Sequence, irregular.Previous, irregular.Chunk = 2, telemetry.Hash(bytes.Repeat([]byte{0xab}, 32)), 8
	irregular.Readings[7].Time += 1234
	wide := draft(telemetry.Reading{Time: 0, Value: -4e18}, telemetry.Reading{Time: 1, Value: 4e18}, telemetry.Reading{Time: telemetry.MaxTime, Value: 4e18})
	wide.Scale = -9
	still := draft(grid(200)...)
	for i := range still.Readings {
		still.Readings[i].Value = 50
	}
	ec, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{5}, 32))
	require.NoError(t, err)

	first := seal(t, edKey(), example)
	vectors := []vector{
		made(t, "the example of the document", first, edKey().Public()),
		made(t, "own times, several chunks, a previous recording", seal(t, edKey(), irregular), edKey().Public()),
		made(t, "the widest steps", seal(t, edKey(), wide), edKey().Public()),
		made(t, "values that stand still", seal(t, edKey(), still), edKey().Public()),
		made(t, "one reading", seal(t, edKey(), draft(grid(1)...)), edKey().Public()),
		made(t, "ES256", seal(t, ec, example), ec.Public()),
		bad(t, "another device's key", "signature", first.Bytes(), seal(t, ec, example), ec.Public()),
	}
	vectors[len(vectors)-1].Algorithm = "ES256"
	for _, b := range breaks {
		data := b.change(t, bytes.Clone(first.Bytes()))
		vectors = append(vectors, bad(t, b.name, b.expect, data, first, edKey().Public()))
	}
	return vectors
}

func made(t *testing.T, name string, r *telemetry.Recording, key any) vector {
	h := r.Header()
	previous, err := h.Previous.MarshalText()
	require.NoError(t, err)
	v := bad(t, name, "ok", r.Bytes(), r, key)
	v.Root, v.Device, v.Sequence, v.Previous = r.Root().String(), h.Device, h.Sequence, string(previous)
	v.Scale, v.Interval, v.Chunk = h.Scale, h.Interval, h.Chunk
	for _, reading := range r.Readings() {
		v.Readings = append(v.Readings, [2]int64{reading.Time, reading.Value})
	}
	return v
}

func bad(t *testing.T, name, expect string, data []byte, r *telemetry.Recording, key any) vector {
	der, err := x509.MarshalPKIXPublicKey(key)
	require.NoError(t, err)
	return vector{Name: name, Expect: expect, Algorithm: string(r.Algorithm()), PublicKey: hex.EncodeToString(der), Recording: hex.EncodeToString(data)}
}

// swap replaces the only occurrence of some bytes, both in hexadecimal.
func swap(from, to string) func(*testing.T, []byte) []byte {
	return func(t *testing.T, data []byte) []byte {
		text := hex.EncodeToString(data)
		require.Equal(t, 1, strings.Count(text, from), "%s in %s", from, text)
		changed, err := hex.DecodeString(strings.Replace(text, from, to, 1))
		require.NoError(t, err)
		return changed
	}
}

var breaks = []struct {
	name, expect string
	change       func(*testing.T, []byte) []byte
}{
	{"a value changed", "malformed", swap("4b01000000000000003402fd", "4b01000000000000003502fd")},
	{"steps wider than needed", "malformed", swap("4b01000000000000003402fd", "4d0200000000000000340002fffd")},
	{"a step less", "malformed", swap("4b01000000000000003402fd", "4a01000000000000003402")},
	{"a byte after the last chunk", "malformed", swap("4b01000000000000003402fd", "4c01000000000000003402fd00")},
	{"the signature changed", "signature", func(_ *testing.T, data []byte) []byte {
		data[len(data)-13] ^= 1 // before the body: its length, width, first and steps
		return data
	}},
	{"untagged", "malformed", swap("82d284", "8284")},
	{"tagged otherwise", "malformed", swap("82d284", "82d184")},
	{"an unprotected header", "malformed", swap("626f72a0", "626f72a10400")},
	{"an array of indefinite length", "malformed", func(_ *testing.T, data []byte) []byte {
		return append(append([]byte{0x9f}, data[1:]...), 0xff)
	}},
	{"a byte after the recording", "malformed", func(_ *testing.T, data []byte) []byte { return append(data, 0) }},
	{"nothing", "malformed", func(*testing.T, []byte) []byte { return nil }},
	{"a scale too fine", "limit", swap("0720081b", "0729081b")},
	{"no readings", "limit", swap("0a030b18", "0a000b18")},
}

// TestTheDocumentShowsTheExample keeps docs/telemetry-format.md true.
func TestTheDocumentShowsTheExample(t *testing.T) {
	document, err := os.ReadFile(filepath.Join("..", "..", "docs", "telemetry-format.md"))
	require.NoError(t, err)
	data, err := os.ReadFile(filepath.Join("testdata", "vectors.json"))
	require.NoError(t, err)
	var vectors []vector
	require.NoError(t, json.Unmarshal(data, &vectors))
	_, block, found := strings.Cut(string(document), "<!-- example -->\n```\n")
	require.True(t, found)
	block, _, _ = strings.Cut(block, "```")
	var shown strings.Builder
	for line := range strings.Lines(block) {
		code, _, _ := strings.Cut(line, "#")
		shown.WriteString(strings.Join(strings.Fields(code), ""))
	}
	require.Equal(t, vectors[0].Recording, shown.String())
	require.Contains(t, string(document), vectors[0].Root)
	require.Contains(t, string(document), vectors[0].PublicKey)

	// The document's description of the signed bytes, taken at its word.
	var envelope struct {
		_      struct{} `cbor:",toarray"`
		Sealed cbor.RawTag
		Body   []byte
	}
	raw, err := hex.DecodeString(vectors[0].Recording)
	require.NoError(t, err)
	require.NoError(t, cbor.Unmarshal(raw, &envelope))
	require.Equal(t, uint64(18), envelope.Sealed.Number)
}
