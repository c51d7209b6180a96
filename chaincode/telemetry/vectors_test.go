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
	"regexp"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
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
	Root     string `json:"root,omitempty"`
	Device   string `json:"device,omitempty"`
	Sequence uint64 `json:"sequence,omitempty"`
	Previous string `json:"previous,omitempty"`
	Scale    int    `json:"scale,omitempty"`
	Interval int64  `json:"interval,omitempty"`
	Chunk    int    `json:"chunk,omitempty"`
	// Place, Position (latitude and longitude), Gateway and Component are
	// there when the header has them.
	Place     string     `json:"place,omitempty"`
	Position  []int64    `json:"position,omitempty"`
	Gateway   string     `json:"gateway,omitempty"`
	Component string     `json:"component,omitempty"`
	Readings  [][2]int64 `json:"readings,omitempty"`
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
	require.GreaterOrEqual(t, len(vectors), 40)
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
	got := vector{
		Name: v.Name, Expect: v.Expect, Algorithm: string(r.Algorithm()), PublicKey: v.PublicKey, Recording: v.Recording,
	}
	got.describe(t, r)
	require.Equal(t, v, got)
}

// describe fills in what a recording says.
func (v *vector) describe(t *testing.T, r *telemetry.Recording) {
	h := r.Header()
	previous, err := h.Previous.MarshalText()
	require.NoError(t, err)
	v.Root, v.Device, v.Sequence, v.Previous = r.Root().String(), h.Device, h.Sequence, string(previous)
	v.Scale, v.Interval, v.Chunk = h.Scale, h.Interval, h.Chunk
	v.Place, v.Gateway, v.Component = h.Place, h.Gateway, h.Component
	if h.Position != nil {
		v.Position = []int64{h.Position.Latitude, h.Position.Longitude}
	}
	for _, reading := range r.Readings() {
		v.Readings = append(v.Readings, [2]int64{reading.Time, reading.Value})
	}
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
		made(t, "at a place", seal(t, edKey(), with(example, func(d *telemetry.Draft) { d.Place = "/414/0614141000012/254/DOCK-7" })), edKey().Public()),
		made(t, "at a position", seal(t, edKey(), with(example, func(d *telemetry.Draft) {
			d.Position = &telemetry.Position{Latitude: -338567844, Longitude: 1512152967}
		})), edKey().Public()),
		made(t, "at the pole and on the date line", seal(t, edKey(), with(example, func(d *telemetry.Draft) {
			d.Position = &telemetry.Position{Latitude: 900000000, Longitude: 1800000000}
		})), edKey().Public()),
		made(t, "signed by a gateway with ES256", seal(t, ec, with(example, func(d *telemetry.Draft) { d.Gateway = "/8004/0614141GATE1" })), ec.Public()),
		made(t, "place, gateway and component", seal(t, edKey(), with(example, func(d *telemetry.Draft) {
			d.Measurement, d.Unit, d.Component = "Acceleration", "K40", "z"
			d.Place, d.Gateway = "/414/0614141000012", "/8004/0614141GATE1"
		})), edKey().Public()),
		bad(t, "another device's key", "signature", first.Bytes(), seal(t, ec, example), ec.Public()),
	}
	vectors[len(vectors)-1].Algorithm = "ES256"
	for _, b := range breaks {
		data := b.change(t, bytes.Clone(first.Bytes()))
		vectors = append(vectors, bad(t, b.name, b.expect, data, first, edKey().Public()))
	}
	for _, b := range signedBreaks {
		f := good()
		b.change(&f)
		vectors = append(vectors, bad(t, b.name, b.expect, f.encode(t), first, edKey().Public()))
	}
	vectors = append(vectors, ecBreaks(t, seal(t, ec, example), ec)...)
	return vectors
}

// with returns a draft with something changed.
func with(d telemetry.Draft, change func(*telemetry.Draft)) telemetry.Draft {
	change(&d)
	return d
}

func made(t *testing.T, name string, r *telemetry.Recording, key any) vector {
	v := bad(t, name, "ok", r.Bytes(), r, key)
	v.describe(t, r)
	return v
}

func bad(t *testing.T, name, expect string, data []byte, r *telemetry.Recording, key any) vector {
	der, err := x509.MarshalPKIXPublicKey(key)
	require.NoError(t, err)
	return vector{Name: name, Expect: expect, Algorithm: string(r.Algorithm()), PublicKey: hex.EncodeToString(der), Recording: hex.EncodeToString(data)}
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

// TestTheDocumentsQuantitiesAreThoseOfGS1 keeps its table of types and units
// true.
func TestTheDocumentsQuantitiesAreThoseOfGS1(t *testing.T) {
	document, err := os.ReadFile(filepath.Join("..", "..", "docs", "telemetry-format.md"))
	require.NoError(t, err)
	_, table, found := strings.Cut(string(document), "| quantity | type (5) | unit (6) | note |\n|---|---|---|---|\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	code := regexp.MustCompile("`([^`]+)`")
	pairs := 0
	for row := range strings.Lines(table) {
		cells := strings.Split(row, "|")
		types, units := strings.Split(cells[2], ";"), strings.Split(cells[3], ";")
		require.Len(t, units, len(types), row)
		for i := range types {
			for _, unit := range code.FindAllStringSubmatch(units[i], -1) {
				known, ok := gs1.UnitByCode(unit[1])
				require.True(t, ok, "%s", unit[1])
				require.True(t, known.Measures(code.FindStringSubmatch(types[i])[1]), "%s in %s", types[i], unit[1])
				pairs++
			}
		}
	}
	require.GreaterOrEqual(t, pairs, 14)
}
