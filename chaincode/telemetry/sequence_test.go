package telemetry_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// chain seals n recordings of 10 readings that continue one another.
func chain(t testing.TB, n int) []*telemetry.Recording {
	t.Helper()
	recordings := make([]*telemetry.Recording, n)
	readings := grid(10 * n)
	for i := range recordings {
		d := draft(readings[10*i : 10*i+10]...)
		d.Sequence = uint64(i + 1)
		if i > 0 {
			d.Previous = recordings[i-1].Root()
		}
		recordings[i] = seal(t, edKey(), d)
	}
	return recordings
}

func TestASequenceIsReadAsItWasJoined(t *testing.T) {
	for _, n := range []int{1, 2, telemetry.MaxSequence} {
		recordings := chain(t, n)
		data, err := telemetry.JoinSequence(recordings...)
		require.NoError(t, err)
		got, err := telemetry.DecodeSequence(data, n)
		require.NoError(t, err)
		require.Len(t, got, n)
		for i := range got {
			require.Equal(t, recordings[i].Bytes(), got[i].Bytes())
			require.NoError(t, got[i].Verify(edKey().Public()))
		}
		again, err := telemetry.JoinSequence(got...)
		require.NoError(t, err)
		require.Equal(t, data, again)
	}
}

func TestASequenceThatIsTooLongIsRefusedBeforeItIsDecoded(t *testing.T) {
	recordings := chain(t, 3)
	data, err := telemetry.JoinSequence(recordings...)
	require.NoError(t, err)
	_, err = telemetry.DecodeSequence(data, 2)
	require.ErrorIs(t, err, telemetry.ErrLimit)
	for _, limit := range []int{-1, 0, telemetry.MaxSequence + 1} {
		_, err = telemetry.DecodeSequence(data, limit)
		require.ErrorIs(t, err, telemetry.ErrLimit)
	}
	_, err = telemetry.DecodeSequence(make([]byte, telemetry.MaxSequenceBytes+1), 1)
	require.ErrorIs(t, err, telemetry.ErrLimit)
	_, err = telemetry.JoinSequence()
	require.ErrorIs(t, err, telemetry.ErrLimit)
	_, err = telemetry.JoinSequence(make([]*telemetry.Recording, telemetry.MaxSequence+1)...)
	require.ErrorIs(t, err, telemetry.ErrLimit)
}

func TestABadRecordingOfASequenceIsNamed(t *testing.T) {
	data, err := telemetry.JoinSequence(chain(t, 3)...)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		data []byte
		at   int
	}{
		"nothing":       {nil, 0},
		"cut short":     {data[:len(data)-1], 2},
		"one more byte": {append(bytes.Clone(data), 0xf6), 3},
		"changed":       {append(bytes.Clone(data[:len(data)-1]), data[len(data)-1]^1), 2},
		"no recording":  {append([]byte{0x80}, data...), 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := telemetry.DecodeSequence(c.data, telemetry.MaxSequence)
			var named *telemetry.SequenceError
			require.ErrorAs(t, err, &named)
			require.Equal(t, c.at, named.Index)
			require.ErrorIs(t, err, telemetry.ErrFormat)
		})
	}
}

func FuzzDecodeSequence(f *testing.F) {
	for _, n := range []int{1, 3} {
		data, err := telemetry.JoinSequence(chain(f, n)...)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		recordings, err := telemetry.DecodeSequence(data, telemetry.MaxSequence)
		if err != nil {
			if !isOurs(err) {
				t.Fatalf("unmatched error %v", err)
			}
			return
		}
		again, err := telemetry.JoinSequence(recordings...)
		if err != nil || !bytes.Equal(again, data) {
			t.Fatal("a second encoding of the same sequence")
		}
	})
}
