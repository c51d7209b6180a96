package redaction_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/redaction"
)

func text(t require.TestingT, e *epcis.Event) string {
	b, err := e.MarshalJSON()
	require.NoError(t, err)
	return string(b)
}

func hash(t require.TestingT, e *epcis.Event) string {
	id, err := e.HashID()
	require.NoError(t, err)
	return id
}

// without returns an event with another's context, to compare all else.
func with(context *epcis.Context, e *epcis.Event) *epcis.Event {
	c := *e
	c.Context = context
	return &c
}

func TestWhatWasRedactedComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		original := genEvent(t)
		require.NoError(t, original.Validate())
		before := text(t, original)
		redacted, disclosures, err := redaction.Redact(original, genFields(t), seeded(rapid.Uint64().Draw(t, "seed")))
		require.NoError(t, err)
		require.Equal(t, before, text(t, original), "the original is not touched")
		require.NoError(t, redacted.Validate())
		require.NoError(t, redaction.Check(redacted))

		// As a disclosure travels, and in any order.
		stored, err := json.Marshal(disclosures)
		require.NoError(t, err)
		var arrived []redaction.Disclosure
		require.NoError(t, json.Unmarshal(stored, &arrived))
		shuffled := arrived
		if len(arrived) > 0 {
			shuffled = rapid.Permutation(arrived).Draw(t, "order")
		}
		published, err := epcis.ReadEvent([]byte(text(t, redacted)), epcis.Limits{})
		require.NoError(t, err)
		restored, err := redaction.Restore(published, shuffled)
		require.NoError(t, err)
		require.Equal(t, hash(t, original), hash(t, restored))
		require.Equal(t, before, text(t, with(original.Context, restored)))

		if len(disclosures) == 0 {
			require.Equal(t, before, text(t, redacted))
			return
		}
		require.NotEqual(t, hash(t, original), hash(t, redacted))
		for _, d := range arrived {
			require.NoError(t, redaction.Verify(published, d))
		}
		_, err = redaction.Restore(published, shuffled[1:])
		require.ErrorIs(t, err, redaction.ErrIncomplete)
	})
}

func TestAnEventRevealedInPartCanBeRevealedFurther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		original := genEvent(t)
		redacted, disclosures, err := redaction.Redact(original, genFields(t), seeded(1))
		require.NoError(t, err)
		n := rapid.IntRange(0, len(disclosures)).Draw(t, "first")
		part, err := redaction.Reveal(redacted, disclosures[:n])
		require.NoError(t, err)
		remaining, err := redaction.Commitments(part)
		require.NoError(t, err)
		require.Len(t, remaining, len(disclosures)-n)
		whole, err := redaction.Restore(part, disclosures[n:])
		require.NoError(t, err)
		require.Equal(t, hash(t, original), hash(t, whole))
	})
}

func TestRedactingAgainChangesNothingAndRedactingMoreAdds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		original := genEvent(t)
		first, second := genFields(t), genFields(t)
		once, opening, err := redaction.Redact(original, first, seeded(1))
		require.NoError(t, err)
		same, none, err := redaction.Redact(once, first, seeded(2))
		require.NoError(t, err)
		require.Empty(t, none)
		require.Equal(t, text(t, once), text(t, same))

		twice, more, err := redaction.Redact(once, second, seeded(3))
		require.NoError(t, err)
		back, err := redaction.Restore(twice, slices.Concat(more, opening))
		require.NoError(t, err)
		require.Equal(t, hash(t, original), hash(t, back))
		if len(opening) > 0 {
			part, err := redaction.Reveal(twice, more)
			require.NoError(t, err)
			require.Equal(t, hash(t, once), hash(t, part))
		}
	})
}

// A public event tells nothing of what was hidden but how many fields that were,
// and with Least not even that.
func TestAPublicEventIsOfTheSameFormWhateverWasHidden(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fields := redaction.Fields{BizTransactions: []string{"po"}, Extensions: []string{redaction.All}, ILMD: []string{redaction.All, "cbvmda:lotNumber"}, Owners: true, Least: 24}
		original := genEvent(t)
		other := *original
		other.Extensions = append(epcis.Extensions{{Name: "ext:much", Value: epcis.Text("a much longer value than any other in here")}}, original.Extensions...)
		other.BizTransactionList = append([]epcis.BizTransaction{{Type: "po", ID: "urn:x-example:another"}}, original.BizTransactionList...)
		blank := func(e *epcis.Event, seed uint64) string {
			redacted, disclosures, err := redaction.Redact(e, fields, seeded(seed))
			require.NoError(t, err)
			require.Len(t, disclosures, fields.Least)
			list, err := redaction.Commitments(redacted)
			require.NoError(t, err)
			require.True(t, slices.IsSorted(list))
			last := &redacted.Extensions[len(redacted.Extensions)-1]
			require.Len(t, last.Value.Items, fields.Least)
			for i := range last.Value.Items {
				last.Value.Items[i].Text = ""
			}
			return text(t, redacted)
		}
		require.Equal(t, blank(original, 1), blank(&other, 2))
	})
}

func TestADisclosureOpensNoOtherEventEvenWithItsCommitmentCopied(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		redacted, disclosures, err := redaction.Redact(genEvent(t), redaction.Fields{Least: 1}, seeded(1))
		require.NoError(t, err)
		other := *redacted
		other.EventTime = other.EventTime.Add(1e9)
		var wrong *redaction.DisclosureError
		require.ErrorAs(t, redaction.Verify(&other, disclosures[0]), &wrong)
		require.Equal(t, redaction.ErrNotCommitted, wrong.Reason)
		require.NotEmpty(t, wrong.Commitment)
	})
}
