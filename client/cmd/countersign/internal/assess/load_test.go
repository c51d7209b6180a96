package assess_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/cmd/countersign/internal/assess"
)

var device = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

// seal makes a recording of ten readings from a minute on.
func seal(t *testing.T, sequence uint64, previous telemetry.Hash, from, value int64) (assess.File, telemetry.Hash) {
	draft := telemetry.Draft{Device: "/8004/0614141L", Sequence: sequence, Previous: previous, Measurement: "Temperature", Unit: "CEL"}
	for i := range int64(10) {
		draft.Readings = append(draft.Readings, telemetry.Reading{Time: (from + i) * minute, Value: value})
	}
	recording, err := telemetry.Seal(rand.Reader, device, draft)
	require.NoError(t, err)
	return assess.File{Name: "f" + string(rune('0'+sequence)), Data: recording.Bytes()}, recording.Root()
}

func TestRecordingsThatOneHonestDeviceCannotHaveMadeAreRefused(t *testing.T) {
	one, first := seal(t, 1, telemetry.Hash{}, 0, 5)
	two, second := seal(t, 2, first, 10, 5)
	rewritten, _ := seal(t, 2, first, 10, 6)
	backdated, _ := seal(t, 2, first, 9, 5)
	unlinked, _ := seal(t, 2, telemetry.Hash{1}, 10, 5)
	three, _ := seal(t, 3, second, 20, 5)
	for name, c := range map[string]struct {
		files  []assess.File
		reason string
	}{
		"two of one number":         {[]assess.File{one, two, rewritten}, "the device has signed two of this number"},
		"begins before":             {[]assess.File{one, backdated}, "begin before those of the recording before end"},
		"follows another":           {[]assess.File{unlinked, one}, "it follows one with root 0100000"},
		"a hole hides no rewriting": {[]assess.File{one, three, rewritten, two}, "the device has signed two of this number"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := assess.Load(c.files, assess.Options{})
			var chain *assess.ChainError
			require.ErrorAs(t, err, &chain)
			require.ErrorContains(t, err, c.reason)
		})
	}
	stranger, _, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	_, err = assess.Load([]assess.File{one}, assess.Options{Keys: []crypto.PublicKey{stranger}})
	require.ErrorIs(t, err, telemetry.ErrSignature)

	series, err := assess.Load([]assess.File{three, two, one, two}, assess.Options{Keys: []crypto.PublicKey{stranger, device.Public()}})
	require.NoError(t, err)
	require.Equal(t, &assess.Chain{Recordings: 3, First: 1, Last: 3, Signed: true}, series[0].Chain)
	require.Len(t, series[0].Readings, 30)
	series, err = assess.Load([]assess.File{three, one}, assess.Options{})
	require.NoError(t, err)
	require.Equal(t, &assess.Chain{Recordings: 2, First: 1, Last: 3, Missing: 1}, series[0].Chain)
}

func TestSeveralRecordingsInOneFileAreRead(t *testing.T) {
	one, first := seal(t, 1, telemetry.Hash{}, 0, 5)
	two, _ := seal(t, 2, first, 10, 5)
	both := assess.File{Name: "both", Data: append(one.Data[:len(one.Data):len(one.Data)], two.Data...)}
	series, err := assess.Load([]assess.File{both}, assess.Options{})
	require.NoError(t, err)
	require.Len(t, series[0].Readings, 20)

	both.Data = both.Data[:len(both.Data)-1]
	_, err = assess.Load([]assess.File{both}, assess.Options{})
	var sequence *telemetry.SequenceError
	require.ErrorAs(t, err, &sequence)
	require.Equal(t, 1, sequence.Index)
}

func TestReadingsInTwoUnitsAreNotMixed(t *testing.T) {
	celsius := assess.File{Name: "c.csv", Data: []byte("time,temperature °C\n2026-03-01T00:00:00Z,5\n")}
	fahrenheit := assess.File{Name: "f.csv", Data: []byte("time,temperature °F\n2026-03-01T00:10:00Z,41\n")}
	_, err := assess.Load([]assess.File{celsius, fahrenheit}, assess.Options{Measurement: "Temperature"})
	require.ErrorContains(t, err, `c.csv has readings in "CEL", f.csv in "FAH"`)
}

func FuzzAnyFileIsReadOrRefused(f *testing.F) {
	f.Add([]byte("time,value\n2026-03-01T00:00:00Z,5\n"))
	f.Add([]byte(`[{"bn":"a","t":1772323200,"u":"Cel","v":5}]`))
	f.Add([]byte{0x82, 0xd2, 0x84})
	f.Add([]byte{0x81, 0xa1, 0x02, 0x05})
	f.Add([]byte(`{"type":"ObjectEvent"}`))
	f.Add([]byte(`<a/>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		series, err := assess.Load([]assess.File{{Name: "f", Data: data}}, assess.Options{Measurement: "Temperature"})
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		policy, err := assess.FindProfile("refrigerated-2-8")
		require.NoError(t, err)
		if report, err := assess.Judge(assess.Question{Policy: policy, Listed: 3}, series); err == nil {
			require.NotEmpty(t, report.String())
		}
	})
}
