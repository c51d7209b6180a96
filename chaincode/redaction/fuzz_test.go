package redaction_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/redaction"
)

// Whatever is read as a disclosure is written as the same bytes, and opens nothing
// that it was not made for.
func FuzzUnmarshalText(f *testing.F) {
	_, disclosures, err := redaction.Redact(sample(), everything, seeded(1))
	require.NoError(f, err)
	for _, d := range disclosures {
		text, err := d.MarshalText()
		require.NoError(f, err)
		f.Add(text)
	}
	salt := disclosures[0].Salt
	f.Add([]byte(`["` + salt + `",0,{}]`))
	f.Add([]byte(`["` + salt + `",0,{"ext:a":{"b":[1,true,"x"]}}]`))
	f.Add([]byte(`["` + salt + `",0,{"epcList":[]}]`))
	public, other, err := redaction.Redact(sample(), everything, seeded(2))
	require.NoError(f, err)
	require.Len(f, other, len(disclosures))
	f.Fuzz(func(t *testing.T, text []byte) {
		var d redaction.Disclosure
		if d.UnmarshalText(text) != nil {
			return
		}
		again, err := d.MarshalText()
		require.NoError(t, err)
		require.Equal(t, string(text), string(again))
		require.ErrorIs(t, redaction.Verify(public, d), redaction.ErrNotCommitted)
	})
}

// Commitments that pass the check are as the documentation says, whatever event
// holds them; nothing panics.
func FuzzCheck(f *testing.F) {
	public, _, err := redaction.Redact(sample(), everything, seeded(1))
	require.NoError(f, err)
	text, err := public.MarshalJSON()
	require.NoError(f, err)
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		event, err := epcis.ReadEvent(text, epcis.Limits{})
		if err != nil {
			return
		}
		list, err := redaction.Commitments(event)
		require.Equal(t, err == nil, redaction.Check(event) == nil)
		require.LessOrEqual(t, len(list), redaction.MaxCommitments)
		for i, c := range list {
			require.Len(t, c, 43)
			require.True(t, i == 0 || list[i-1] < c)
		}
		if err == nil && len(list) == 0 {
			whole, err := redaction.Restore(event, nil)
			require.NoError(t, err)
			require.Equal(t, hash(t, event), hash(t, whole))
		}
	})
}
