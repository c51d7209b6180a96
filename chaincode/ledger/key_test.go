package ledger_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
)

func TestAPartNeverReachesIntoAnotherKey(t *testing.T) {
	for name, part := range map[string]string{
		"separator": "a\x00b", "last rune": "a\U0010FFFF", "no UTF-8": "a\xff", "too long": strings.Repeat("x", ledger.MaxKey),
	} {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, ledger.NewKey("thing", part))
			err := memledger.New("c").Update(memledger.Proposal{}, func(tx *ledger.Tx) error {
				_, err := tx.Get(ledger.NewKey("thing", part))
				return err
			})
			require.ErrorIs(t, err, fault.InvalidRequest)
		})
	}
	require.Empty(t, ledger.NewKey(""))
}

func TestKeysAreInjectiveAndSplitAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringMatching(`[a-z/\x01é]{0,8}`), 0, 4)
		a, b := parts.Draw(t, "a"), parts.Draw(t, "b")
		ka, kb := ledger.NewKey("thing", a...), ledger.NewKey("thing", b...)
		if (ka == kb) != (strings.Join(a, "\x00")+"\x00" == strings.Join(b, "\x00")+"\x00" && len(a) == len(b)) {
			t.Fatalf("%q and %q", a, b)
		}
		objectType, got := ka.Parts()
		if objectType != "thing" || len(got) != len(a) {
			t.Fatalf("%q split into %q %q", a, objectType, got)
		}
	})
}

func TestNumbersSortAsText(t *testing.T) {
	require.Less(t, ledger.Number(9), ledger.Number(10))
	require.Less(t, ledger.Number(999_999), ledger.Number(1_000_000))
}
