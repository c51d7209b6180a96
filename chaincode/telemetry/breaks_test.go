package telemetry_test

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

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

// signedBreaks are recordings that a device truly signed, root and all, and
// that are refused for their form.
var signedBreaks = []struct {
	name, expect string
	change       func(*forged)
}{
	{"an empty place", "malformed", func(f *forged) { f.header[13] = "" }},
	{"a place with a wrong check digit", "malformed", func(f *forged) { f.header[13] = "/414/0614141000013" }},
	{"a place as a URN", "malformed", func(f *forged) { f.header[13] = "urn:epc:id:sgln:0614141.00001.0" }},
	{"a place spelled otherwise", "malformed", func(f *forged) { f.header[13] = "/414/0614141000012/254/%44OCK" }},
	{"a place that is a trade item", "malformed", func(f *forged) { f.header[13] = "/01/09521234543213" }},
	{"a place and a position", "malformed", func(f *forged) { f.header[13], f.header[14] = "/414/0614141000012", []any{0, 0} }},
	{"a position of one number", "malformed", func(f *forged) { f.header[14] = []any{0} }},
	{"a position of three numbers", "malformed", func(f *forged) { f.header[14] = []any{0, 0, 0} }},
	{"a position in floating point", "malformed", func(f *forged) { f.header[14] = []any{1.5, 2.5} }},
	{"no position, spelled out", "malformed", func(f *forged) { f.header[14] = nil }},
	{"beyond the pole", "limit", func(f *forged) { f.header[14] = []any{900000001, 0} }},
	{"beyond the date line", "limit", func(f *forged) { f.header[14] = []any{0, 1800000001} }},
	{"the date line from the other side", "limit", func(f *forged) { f.header[14] = []any{0, -1800000000} }},
	{"an empty gateway", "malformed", func(f *forged) { f.header[15] = "" }},
	{"a gateway that is the device", "malformed", func(f *forged) { f.header[15] = f.header[2] }},
	{"a gateway with a space", "malformed", func(f *forged) { f.header[15] = "/8004/0614141GATE 1" }},
	{"an empty component", "malformed", func(f *forged) { f.header[16] = "" }},
	{"a component in capitals", "malformed", func(f *forged) { f.header[16] = "X" }},
	{"a member that version 1 has not", "malformed", func(f *forged) { f.header[17] = 1 }},
	{"another version", "malformed", func(f *forged) { f.header[1] = 2 }},
	{"times that stand still", "malformed", func(f *forged) {
		f.chunks[1] = append(column(0, start+9, start+9), column(0, 5, 5)...)
	}},
	{"a value beyond the bound", "limit", func(f *forged) { f.chunks[1] = append(column(1, start+9, start+10), column(0, 4e18, 4e18)...) }},
	{"no content type", "malformed", func(f *forged) { f.protected = nil }},
	{"a key id", "malformed", func(f *forged) { f.protected[int64(4)] = []byte("k") }},
}

// ecBreaks are what can be wrong with an ES256 signature.
func ecBreaks(t *testing.T, r *telemetry.Recording, key *ecdsa.PrivateKey) []vector {
	const tail = 1 + 11 // the body after the signature
	end := len(r.Bytes()) - tail
	swapped, zero, short := bytes.Clone(r.Bytes()), bytes.Clone(r.Bytes()), bytes.Clone(r.Bytes())
	copy(swapped[end-64:], r.Bytes()[end-32:end])
	copy(swapped[end-32:], r.Bytes()[end-64:end-32])
	clear(zero[end-64 : end])
	short = append(append(short[:end-65], 63), r.Bytes()[end-63:]...)
	other := seal(t, edKey(), draft(grid(3)...))
	vectors := []vector{
		bad(t, "ES256 with s before r", "signature", swapped, r, key.Public()),
		bad(t, "ES256 with zeros", "signature", zero, r, key.Public()),
		bad(t, "ES256 with 63 bytes", "malformed", short, r, key.Public()),
		bad(t, "an EdDSA recording for an ES256 key", "signature", other.Bytes(), r, key.Public()),
	}
	require.True(t, strings.HasSuffix(hex.EncodeToString(zero[:end]), strings.Repeat("0", 128)))
	return vectors
}
