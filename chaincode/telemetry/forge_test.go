package telemetry_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/stretchr/testify/require"
	"github.com/veraison/go-cose"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// forged is a recording put together by hand and truly signed by the device,
// root and all: what a decoder must refuse for its form alone.
type forged struct {
	header      map[int]any
	chunks      [][]byte
	protected   map[any]any
	unprotected map[any]any
}

// column encodes numbers with a width of the caller's choice.
func column(width int, numbers ...int64) []byte {
	out := binary.BigEndian.AppendUint64([]byte{byte(width)}, uint64(numbers[0]))
	for i := 1; i < len(numbers); i++ {
		delta := binary.BigEndian.AppendUint64(nil, uint64(numbers[i]-numbers[i-1]))
		out = append(out, delta[8-width:]...)
	}
	return out
}

// good is what the package would make, of ten readings in chunks of eight with
// times of their own.
func good() forged {
	const t = int64(start)
	return forged{
		header: map[int]any{
			1: 1, 2: "/8004/0614141LOGGER1", 3: 1, 4: []byte{}, 5: "Temperature", 6: "CEL", 7: -1, 8: t, 9: 0, 10: 10, 11: 8,
		},
		chunks: [][]byte{
			append(column(1, t, t+1, t+2, t+3, t+4, t+5, t+6, t+7), column(1, 50, 51, 52, 53, 54, 55, 56, 57)...),
			append(column(1, t+9, t+10), column(0, 5, 5)...),
		},
		protected: map[any]any{int64(3): telemetry.ContentType},
	}
}

func (f forged) encode(t *testing.T) []byte {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	require.NoError(t, err)
	marshal := func(v any) []byte {
		data, err := mode.Marshal(v)
		require.NoError(t, err)
		return data
	}
	leaf := func(data []byte) []byte { h := sha256.Sum256(append([]byte{0}, data...)); return h[:] }
	node := func(a, b []byte) []byte {
		h := sha256.Sum256(append(append([]byte{1}, a...), b...))
		return h[:]
	}
	hashes := [][]byte{leaf(marshal(f.header))}
	for _, chunk := range f.chunks {
		hashes = append(hashes, leaf(chunk))
	}
	require.Len(t, hashes, 3)
	f.header[12] = node(node(hashes[0], hashes[1]), hashes[2])
	message := cose.NewSign1Message()
	message.Payload = marshal(f.header)
	for label, value := range f.protected {
		message.Headers.Protected[label] = value
	}
	for label, value := range f.unprotected {
		message.Headers.Unprotected[label] = value
	}
	signer, err := cose.NewSigner(cose.AlgorithmEdDSA, edKey())
	require.NoError(t, err)
	require.NoError(t, message.Sign(nil, nil, signer))
	sealed, err := message.MarshalCBOR()
	require.NoError(t, err)
	return marshal([]any{cbor.RawMessage(sealed), bytes.Join(f.chunks, nil)})
}

func TestASignedRecordingInAnotherFormIsRefused(t *testing.T) {
	r, err := telemetry.Decode(good().encode(t))
	require.NoError(t, err, "what is put together by hand is what the package reads")
	require.NoError(t, r.Verify(edKey().Public()))

	const s = int64(start)
	for name, c := range map[string]struct {
		change func(*forged)
		want   error
	}{
		"steps wider than needed": {func(f *forged) { f.chunks[1] = append(column(2, s+9, s+10), column(0, 5, 5)...) }, telemetry.ErrFormat},
		"a width for no steps":    {func(f *forged) { f.chunks[1] = append(column(1, s+9, s+10), column(1, 5, 5)...) }, telemetry.ErrFormat},
		"times that fall": {func(f *forged) {
			f.chunks[0] = append(column(1, s, s+1, s+2, s+3, s+4, s+5, s+7, s+6), column(1, 50, 51, 52, 53, 54, 55, 56, 57)...)
		}, telemetry.ErrFormat},
		"times that fall between chunks":  {func(f *forged) { f.chunks[1] = append(column(1, s+6, s+10), column(0, 5, 5)...) }, telemetry.ErrFormat},
		"times that stand between chunks": {func(f *forged) { f.chunks[1] = append(column(1, s+7, s+10), column(0, 5, 5)...) }, telemetry.ErrFormat},
		"another start":                   {func(f *forged) { f.header[8] = s + 1 }, telemetry.ErrFormat},
		"a time before 1970":              {func(f *forged) { f.header[8] = -1 }, telemetry.ErrLimit},
		"a value too large":               {func(f *forged) { f.chunks[1] = append(column(1, s+9, s+10), column(0, 4e18, 4e18)...) }, telemetry.ErrLimit},
		"a byte's step beyond the bound":  {func(f *forged) { f.chunks[1] = append(column(1, s+9, s+10), column(1, 4e10, 4e10+1)...) }, telemetry.ErrLimit},
		"two bytes' step below the bound": {func(f *forged) { f.chunks[1] = append(column(1, s+9, s+10), column(2, -4e10, -4e10-300)...) }, telemetry.ErrLimit},
		"four bytes' step beyond it":      {func(f *forged) { f.chunks[1] = append(column(1, s+9, s+10), column(4, 4e10-9, 4e10+1e9)...) }, telemetry.ErrLimit},
		"a step too large":                {func(f *forged) { f.chunks[1] = append(column(1, s+9, s+10), column(8, -4e10, 9e18)...) }, telemetry.ErrLimit},
		"a step that wraps":               {func(f *forged) { f.chunks[1] = append(column(8, s+9, -1<<63), column(0, 5, 5)...) }, telemetry.ErrLimit},
		"a byte at the end":               {func(f *forged) { f.chunks[1] = append(f.chunks[1], 0) }, telemetry.ErrFormat},
		"a byte less":                     {func(f *forged) { f.chunks[1] = f.chunks[1][:len(f.chunks[1])-1] }, telemetry.ErrFormat},
		"a width of nine":                 {func(f *forged) { f.chunks[1][0] = 9 }, telemetry.ErrFormat},
		"more readings than there are":    {func(f *forged) { f.header[10] = 100_000 }, telemetry.ErrFormat},
		"a member more":                   {func(f *forged) { f.header[13] = 1 }, telemetry.ErrFormat},
		"a member less":                   {func(f *forged) { delete(f.header, 9) }, telemetry.ErrFormat},
		"a member of another type":        {func(f *forged) { f.header[6] = []byte("CEL") }, telemetry.ErrFormat},
		"another version":                 {func(f *forged) { f.header[1] = 2 }, telemetry.ErrFormat},
		"a floating-point number":         {func(f *forged) { f.header[7] = -1.5 }, telemetry.ErrFormat},
		"a previous root of 31 bytes":     {func(f *forged) { f.header[3], f.header[4] = 2, make([]byte, 31) }, telemetry.ErrFormat},
		"a previous root of zeros":        {func(f *forged) { f.header[3], f.header[4] = 2, make([]byte, 32) }, telemetry.ErrFormat},
		"no content type":                 {func(f *forged) { f.protected = nil }, telemetry.ErrFormat},
		"another content type":            {func(f *forged) { f.protected[int64(3)] = "text/plain" }, telemetry.ErrFormat},
		"a key id":                        {func(f *forged) { f.protected[int64(4)] = []byte("k") }, telemetry.ErrFormat},
		"something unsigned":              {func(f *forged) { f.unprotected = map[any]any{int64(4): []byte("k")} }, telemetry.ErrFormat},
		"a long device id":                {func(f *forged) { f.header[2] = string(bytes.Repeat([]byte("A"), 129)) }, telemetry.ErrFormat},
		"a header beyond all bounds":      {func(f *forged) { f.header[2] = string(bytes.Repeat([]byte("A"), 1024)) }, telemetry.ErrLimit},
	} {
		t.Run(name, func(t *testing.T) {
			f := good()
			c.change(&f)
			_, err := telemetry.Decode(f.encode(t))
			require.ErrorIs(t, err, c.want)
		})
	}
}
