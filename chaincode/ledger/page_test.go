package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
)

// Fabric begins a page at the bookmark, and anybody may make one up: what comes
// before the prefix must not pass for what was asked for, or honest peers would
// attest it.
func TestAMadeUpBookmarkBringsInNothingOfOthers(t *testing.T) {
	l := memledger.New("trade")
	require.NoError(t, l.Update(memledger.Proposal{}, func(tx *ledger.Tx) error {
		for _, key := range []ledger.Key{ledger.NewKey("breachof", "a", "1"), ledger.NewKey("breachof", "b", "2"), ledger.NewKey("breachof", "b", "3")} {
			if err := tx.Put(key, []byte("x")); err != nil {
				return err
			}
		}
		return nil
	}))
	page := func(bookmark string) (entries []ledger.Entry, next string, err error) {
		err = l.Query(memledger.Proposal{}, func(tx *ledger.Tx) error {
			entries, next, err = tx.Page(ledger.NewKey("breachof", "b"), 1, bookmark)
			return err
		})
		return entries, next, err
	}
	_, next, err := page("")
	require.NoError(t, err)
	entries, _, err := page(next)
	require.NoError(t, err)
	require.Equal(t, ledger.NewKey("breachof", "b", "3"), entries[0].Key)

	for _, start := range []ledger.Key{"\x00", ledger.NewKey("breachof", "a")} {
		_, _, err = page(string(start))
		require.ErrorIs(t, err, fault.InvalidRequest)
		require.Equal(t, "/bookmark", fault.Of(err).Field)
	}
}

func TestAPageBeginsBehindWhatARuleNames(t *testing.T) {
	l := memledger.New("trade")
	keys := [][]string{{"a", "1"}, {"a", "2"}, {"a", "2", "x"}, {"a", "2", "y"}, {"a", "20"}, {"a", "3"}, {"b", "0"}, {"b", "4"}}
	require.NoError(t, l.Update(memledger.Proposal{}, func(tx *ledger.Tx) error {
		for _, parts := range keys {
			if err := tx.Put(ledger.NewKey("thing", parts...), []byte("x")); err != nil {
				return err
			}
		}
		return nil
	}))
	page := func(size int, after ...string) (found [][]string, more bool) {
		require.NoError(t, l.Query(memledger.Proposal{}, func(tx *ledger.Tx) error {
			entries, rest, err := tx.PageAfter(ledger.NewKey("thing", "a"), size, after...)
			for _, e := range entries {
				_, parts := e.Key.Parts()
				found = append(found, parts)
			}
			more = rest
			return err
		}))
		return found, more
	}
	found, more := page(2)
	require.Equal(t, keys[:2], found)
	require.True(t, more)
	found, more = page(10, "2")
	require.Equal(t, keys[4:6], found, "behind it, and behind all that extends it")
	require.False(t, more)
	found, _ = page(10, "2", "x")
	require.Equal(t, keys[3:6], found)
	found, _ = page(1, "15")
	require.Equal(t, keys[1:2], found, "behind what is not there")
	found, more = page(10, "3")
	require.Empty(t, found)
	require.False(t, more)
	require.ErrorIs(t, l.Query(memledger.Proposal{}, func(tx *ledger.Tx) error {
		_, _, err := tx.PageAfter(ledger.NewKey("thing", "a"), 1, "\x00")
		return err
	}), fault.InvalidRequest)
}

// A page is not re-executed at commit: in an update it would hide a phantom.
func TestAnUpdateReadsNoPage(t *testing.T) {
	err := memledger.New("trade").Update(memledger.Proposal{}, func(tx *ledger.Tx) error {
		_, _, err := tx.Page(ledger.NewKey("thing"), 1, "")
		return err
	})
	require.ErrorIs(t, err, fault.Internal)
}

func TestAQueryWritesNothing(t *testing.T) {
	l := memledger.New("trade", memledger.Collection{Name: "pair-A-B"})
	for name, write := range map[string]func(*ledger.Tx) error{
		"a value":         func(tx *ledger.Tx) error { return tx.Put(ledger.NewKey("thing"), []byte("x")) },
		"a deletion":      func(tx *ledger.Tx) error { return tx.Delete(ledger.NewKey("thing")) },
		"a private value": func(tx *ledger.Tx) error { return tx.PutPrivate("pair-A-B", ledger.NewKey("thing"), []byte("x")) },
		"a purge":         func(tx *ledger.Tx) error { return tx.Purge("pair-A-B", ledger.NewKey("thing")) },
		"an event":        func(tx *ledger.Tx) error { return tx.Event("name", nil) },
	} {
		require.ErrorIs(t, l.Query(memledger.Proposal{}, write), fault.Internal, name)
	}
}

func TestReadsAndValuesAreBounded(t *testing.T) {
	l := memledger.New("trade")
	require.NoError(t, l.Update(memledger.Proposal{}, func(tx *ledger.Tx) error {
		for i := range ledger.MaxScan + 1 {
			if err := tx.Put(ledger.NewKey("thing", ledger.Number(uint64(i))), []byte("x")); err != nil {
				return err
			}
		}
		return nil
	}))
	for name, rule := range map[string]func(*ledger.Tx) error{
		"a scan": func(tx *ledger.Tx) error {
			_, err := tx.Scan(ledger.NewKey("thing"))
			return err
		},
		"a value": func(tx *ledger.Tx) error { return tx.Put(ledger.NewKey("big"), make([]byte, ledger.MaxBody+1)) },
		"a record": func(tx *ledger.Tx) error {
			return ledger.Store(tx, ledger.NewKey("big"), make([]byte, ledger.MaxRecord))
		},
		"a private value": func(tx *ledger.Tx) error {
			return tx.PutPrivate("pair-A-B", ledger.NewKey("big"), make([]byte, ledger.MaxRecord+1))
		},
	} {
		require.ErrorIs(t, l.Update(memledger.Proposal{}, rule), fault.LimitExceeded, name)
	}
	_, _, err := pageOf(l, ledger.MaxPage+1)
	require.ErrorIs(t, err, fault.LimitExceeded)
}

func pageOf(l *memledger.Ledger, size int) (entries []ledger.Entry, next string, err error) {
	err = l.Query(memledger.Proposal{}, func(tx *ledger.Tx) error {
		entries, next, err = tx.Page(ledger.NewKey("thing"), size, "")
		return err
	})
	return entries, next, err
}
