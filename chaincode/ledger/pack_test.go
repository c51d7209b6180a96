package ledger_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

const (
	someEvent = `{"v":3,"type":"ObjectEvent","action":"ADD","bizStep":"commissioning","time":"2026-03-01T08:01:00Z","recorded":"2026-03-01T08:01:00.12Z","transaction":"b78f1bfebf58b83d4f474ecb296defcfb923650c94c13d7665e2d73b15fcdb33","recordedBy":"ManufacturerMSP","objects":1,"effective":true,"body":{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"ObjectEvent","eventTime":"2026-03-01T08:01:00.000Z","eventTimeZoneOffset":"+00:00","epcList":["https://id.gs1.org/01/09506000134352/21/L00000"],"action":"ADD","bizStep":"commissioning","disposition":"active","readPoint":{"id":"https://id.gs1.org/414/9521321000018"}}}`
	someEntry = `{"v":2,"e":"fc7673cd3a9895697cb6abb8f5c6bf0379a3ab37f765f7d781f694609367208d","x":"commissioned","r":1772352060000,"o":1772352060000,"c":"ManufacturerMSP","d":"active","p":"/414/9521321000018"}`
	someTwin  = `{"v":2,"id":"/01/09506000134352/21/L00000","state":"active","custodian":"ManufacturerMSP","owner":"ManufacturerMSP","disposition":"active","events":1,"changed":1,"commissionedBy":"ManufacturerMSP","commissioned":"2026-03-01T08:01:00Z","occurred":"2026-03-01T08:01:00Z","updated":"2026-03-01T08:01:00Z"}`
)

func requireRoundTrip(t require.TestingT, text []byte) []byte {
	packed := ledger.Pack(text)
	back, err := ledger.Unpack(packed, len(text))
	require.NoError(t, err)
	require.Equal(t, string(text), string(back))
	if len(text) > 0 && text[0] >= 0x20 {
		require.LessOrEqual(t, len(packed), len(text))
	}
	return packed
}

func TestRecordsPackIntoHalf(t *testing.T) {
	for _, text := range []string{someEvent, someEntry, someTwin, `{"v":2}`} {
		packed := requireRoundTrip(t, []byte(text))
		t.Logf("%d of %d bytes: %q", len(packed), len(text), packed)
		require.LessOrEqual(t, 2*len(packed), len(text)+2, text)
	}
}

func TestWhatIsPackedComesBackToTheByte(t *testing.T) {
	pieces := []string{
		"\x00", "\x01", "\x1f", "\x7f", "\x80", "é", "日本語", "a", "00", "000", "7", "2026-03-01T08:01:00Z", "2026-03-01T08:01:00.120Z", "2026-03-01T08:01:00.12Z",
		"2026-13-41T08:01:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "2026-03-01T08:01:00.1234Z", "2026-03-01T08:01:60Z",
		strings.Repeat("0", 300), strings.Repeat("ab", 500), strings.Repeat("f", 64), strings.Repeat("f", 65), strings.Repeat("F", 64), `{"v":2`, someEvent, someEntry, someTwin,
		"https://id.gs1.org/01/", "commissioning", "12345", "123456", "MSP",
	}
	rapid.Check(t, func(t *rapid.T) {
		var text []byte
		for range rapid.IntRange(0, 12).Draw(t, "pieces") {
			text = append(text, rapid.OneOf(rapid.SampledFrom(pieces), rapid.String()).Draw(t, "piece")...)
		}
		require.Equal(t, ledger.Pack(text), requireRoundTrip(t, text), "the same every time")
	})
}

func TestPackedFormNeverChanges(t *testing.T) {
	var all []byte
	for _, text := range []string{someEvent, someEntry, someTwin, strings.Repeat("ab", 70_000) + someEvent, "\x01日本語12345é"} {
		all = append(all, requireRoundTrip(t, []byte(text))...)
	}
	// Two versions of the chaincode that packed in two ways would not endorse together.
	require.Equal(t, "fb87c25a2aefe69f2153fe1d980e103091c300aaffecbea794b3a33213a441d6", digest(all))
	var words []byte
	for n := range 128 {
		word, err := ledger.Unpack([]byte{1, byte(0x80 + n)}, 1<<10)
		require.NoError(t, err)
		words = fmt.Appendf(words, "%q\n", word)
	}
	last := 0
	for n := range 25 * 256 {
		word, err := ledger.Unpack([]byte{1, byte(7 + n>>8), byte(n)}, 1<<10)
		if err != nil {
			break
		}
		words, last = fmt.Appendf(words, "%q\n", word), n
	}
	require.Equal(t, 898, last)
	require.Equal(t, "1819b7adf2dc6b6f267f7d561328eb9d3068ec3b63bdadf5314c43398d5b9fc0", digest(words))
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func TestWhatIsNotPackedAsItShouldBeIsAnErrorAndNoPanic(t *testing.T) {
	for _, value := range []string{
		"\x02", "\x00", "\x1f{}", "\x01\x00", "\x01\x00\x02a", "\x01\x01abc", "\x01\x02abc", "\x01\x04", "\x01\x04\x05\x12", "\x01\x04\x02\xff",
		"\x01\x05\x00\x00\x04", "\x01a\x06\x02\x04", "\x01a\x06\x00\x04", "\x01\x06\x01", "\x01\x07", "\x01\x1f\xff",
	} {
		_, err := ledger.Unpack([]byte(value), 1<<10)
		require.Error(t, err, "%q", value)
	}
	bomb := append([]byte{1, 'a'}, []byte(strings.Repeat("\x06\x01\xff", 1<<20))...)
	_, err := ledger.Unpack(bomb, ledger.MaxBody)
	require.Error(t, err, "what it would become is bounded")
}

func FuzzUnpack(f *testing.F) {
	for _, text := range []string{someEvent, someEntry, someTwin} {
		f.Add(ledger.Pack([]byte(text)))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		text, err := ledger.Unpack(value, 1<<16)
		if err == nil && len(value) > 0 && value[0] < 0x20 {
			requireRoundTrip(t, text)
		}
	})
}

func BenchmarkPack(b *testing.B) {
	for b.Loop() {
		ledger.Pack([]byte(someEvent))
	}
}

func BenchmarkUnpack(b *testing.B) {
	packed := ledger.Pack([]byte(someEvent))
	for b.Loop() {
		_, _ = ledger.Unpack(packed, ledger.MaxBody)
	}
}
