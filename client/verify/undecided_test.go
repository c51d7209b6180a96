package verify_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

func TestWhatOnlyLacksKnowledgeIsNotDecidedAndNeverVerified(t *testing.T) {
	c := clienttest.New(t)
	three := claim(t, c)
	three.By = append(three.By, peerOf(t, c, "retailer"))
	statement := state(t, c, three)
	older := c.Roots() // from before the retailer joined
	older.Organisations = older.Organisations[:2]
	both := verify.Policy{Required: 2, Of: []string{"ManufacturerMSP", "CarrierMSP"}}

	report := verifier(t, older).Verify(statement, both, later)
	require.True(t, report.Undecided(), "%s", report)
	require.False(t, report.Verified())

	t.Run("too few that are known", func(t *testing.T) {
		of := three
		of.By = three.By[1:]
		report := verifier(t, older).Verify(state(t, c, of), both, later)
		require.False(t, report.Undecided(), "%s", report)
		require.False(t, report.Verified())
	})
	t.Run("something is wrong besides", func(t *testing.T) {
		wrong := *statement
		wrong.Function = "thing:Stare"
		report := verifier(t, older).Verify(&wrong, both, later)
		require.False(t, report.Undecided(), "%s", report)
	})
	t.Run("a format of a later version", func(t *testing.T) {
		text, err := statement.Encode()
		require.NoError(t, err)
		_, err = evidence.Decode(bytes.Replace(text, []byte(evidence.Format), []byte("countersign-evidence/2"), 1))
		require.ErrorIs(t, err, evidence.ErrLater)
		require.True(t, verify.Malformed(err, both, later).Undecided())
		_, err = evidence.Decode(bytes.Replace(text, []byte(evidence.Format), []byte("something-else/2"), 1))
		require.NotErrorIs(t, err, evidence.ErrLater)
		require.False(t, verify.Malformed(err, both, later).Undecided())
	})
}
