package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
)

// A rule that works through an index in several transactions goes on where it
// stopped, and sees what it has itself written and deleted.
func TestAScanGoesOnBehindWhatARuleNames(t *testing.T) {
	l := memledger.New("trade")
	key := func(parts ...string) ledger.Key { return ledger.NewKey("list", parts...) }
	put := func(tx *ledger.Tx, keys ...ledger.Key) {
		for _, k := range keys {
			require.NoError(t, tx.Put(k, []byte("x")))
		}
	}
	require.NoError(t, l.Update(memledger.Proposal{}, func(tx *ledger.Tx) error {
		put(tx, key("a", "1"), key("a", "2"), key("a", "2", "x"), key("a", "20"), key("a", "3"), key("b", "0"))
		return nil
	}))
	require.NoError(t, l.Update(memledger.Proposal{}, func(tx *ledger.Tx) error {
		after := func(n int, parts ...string) []ledger.Key {
			found, err := tx.FirstAfter(key("a"), n, parts...)
			require.NoError(t, err)
			keys := []ledger.Key{}
			for _, e := range found {
				keys = append(keys, e.Key)
			}
			return keys
		}
		require.Equal(t, []ledger.Key{key("a", "1"), key("a", "2")}, after(2))
		require.Equal(t, []ledger.Key{key("a", "20"), key("a", "3")}, after(2, "2"), "behind all that begins so")
		require.Empty(t, after(2, "3"), "what is behind the prefix is another's")
		require.Equal(t, []ledger.Key{key("a", "2")}, after(1, "15"), "there need be no such key")
		put(tx, key("a", "2", "y"), key("a", "21"))
		require.NoError(t, tx.Delete(key("a", "20")))
		require.Equal(t, []ledger.Key{key("a", "21"), key("a", "3")}, after(5, "2"))
		_, err := tx.FirstAfter(key("a"), ledger.MaxScan+1, "1")
		require.ErrorIs(t, err, fault.LimitExceeded)
		_, err = tx.FirstAfter(key("a"), 1, "\x00")
		require.ErrorIs(t, err, fault.InvalidRequest)
		return nil
	}))
}
