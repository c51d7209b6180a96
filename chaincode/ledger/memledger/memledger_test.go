package memledger_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
)

var (
	k1    = ledger.NewKey("thing", "1")
	alice = memledger.Proposal{Caller: ledger.Caller{MSP: "A"}}
	carol = memledger.Proposal{Caller: ledger.Caller{MSP: "C"}}
)

func put(key ledger.Key, value string) func(*ledger.Tx) error {
	return func(tx *ledger.Tx) error { return tx.Put(key, []byte(value)) }
}

// run simulates without committing.
func run(t *testing.T, l *memledger.Ledger, id string, rule func(*ledger.Tx) error) memledger.Transaction {
	t.Helper()
	sim := l.Simulate(memledger.Proposal{ID: id, Caller: alice.Caller}, "A")
	tx := ledger.Begin(sim)
	require.NoError(t, rule(tx))
	require.NoError(t, tx.Flush())
	return memledger.Transaction{ID: id, Results: sim.Results()}
}

func TestTheBackendReadsCommittedStateAndTheTxItsOwnWrites(t *testing.T) {
	l := memledger.New("c")
	sim := l.Simulate(alice, "A")
	tx := ledger.Begin(sim)
	require.NoError(t, tx.Put(k1, []byte("mine")))
	got, err := tx.Get(k1)
	require.NoError(t, err)
	require.Equal(t, "mine", string(got))
	require.NoError(t, tx.Flush())
	raw, err := sim.Get([]ledger.Key{k1})
	require.NoError(t, err)
	require.Nil(t, raw[0], "Fabric shows nobody what has not been committed")
}

func TestASimulationSeesTheLedgerAsItBegan(t *testing.T) {
	l := memledger.New("c")
	before := l.Simulate(alice, "A")
	require.NoError(t, l.Update(alice, put(k1, "later")))
	got, err := before.Get([]ledger.Key{k1})
	require.NoError(t, err)
	require.Nil(t, got[0])
}

func TestScansAndPagesMergeCommittedAndOwnWritesInKeyOrder(t *testing.T) {
	l := memledger.New("c")
	for _, i := range []int{3, 1, 2} {
		require.NoError(t, l.Update(alice, put(ledger.NewKey("thing", fmt.Sprint(i)), "committed")))
	}
	require.NoError(t, l.Update(alice, put(ledger.NewKey("thingy", "1"), "of another type")))
	require.NoError(t, l.Update(alice, func(tx *ledger.Tx) error {
		require.NoError(t, tx.Delete(k1))
		require.NoError(t, tx.Put(ledger.NewKey("thing", "2"), []byte("changed")))
		require.NoError(t, tx.Put(ledger.NewKey("thing", "4"), []byte("new")))
		entries, err := tx.Scan(ledger.NewKey("thing"))
		require.NoError(t, err)
		var seen []string
		for _, e := range entries {
			seen = append(seen, e.Key.String()+"="+string(e.Value))
		}
		require.Equal(t, []string{"thing~2=changed", "thing~3=committed", "thing~4=new"}, seen)
		_, _, err = tx.Page(ledger.NewKey("thing"), 1, "")
		require.ErrorIs(t, err, fault.Internal, "a page may not stand in an update")
		return nil
	}))
	require.NoError(t, l.Query(alice, func(tx *ledger.Tx) error {
		first, bookmark, err := tx.Page(ledger.NewKey("thing"), 2, "")
		require.NoError(t, err)
		require.Len(t, first, 2)
		second, end, err := tx.Page(ledger.NewKey("thing"), 2, bookmark)
		require.NoError(t, err)
		require.Len(t, second, 1)
		require.Empty(t, end)
		require.ErrorIs(t, tx.Put(k1, []byte("x")), fault.Internal, "a query may not write")
		return nil
	}))
}

func TestConflictsAreFoundAtCommit(t *testing.T) {
	read := func(tx *ledger.Tx) error {
		_, err := tx.Get(k1)
		return err
	}
	scan := func(tx *ledger.Tx) error {
		_, err := tx.Scan(ledger.NewKey("thing"))
		return err
	}
	for name, test := range map[string]struct {
		reads, writes func(*ledger.Tx) error
		want          memledger.Code
	}{
		"the key that was read changed":          {read, put(k1, "x"), memledger.MVCCConflict},
		"another key changed":                    {read, put(ledger.NewKey("thing", "2"), "x"), memledger.Valid},
		"a key appeared in the range":            {scan, put(ledger.NewKey("thing", "2"), "x"), memledger.PhantomConflict},
		"a key in the range changed":             {scan, put(k1, "x"), memledger.PhantomConflict},
		"a key of another type appeared":         {scan, put(ledger.NewKey("other", "2"), "x"), memledger.Valid},
		"the key was deleted":                    {read, func(tx *ledger.Tx) error { return tx.Delete(k1) }, memledger.MVCCConflict},
		"a key in the range was deleted":         {scan, func(tx *ledger.Tx) error { return tx.Delete(k1) }, memledger.PhantomConflict},
		"blind writes never conflict":            {put(k1, "y"), put(k1, "x"), memledger.Valid},
		"equal values are still another version": {read, put(k1, "committed"), memledger.MVCCConflict},
	} {
		t.Run(name, func(t *testing.T) {
			for _, oneBlock := range []bool{true, false} {
				l := memledger.New("c")
				require.NoError(t, l.Update(alice, put(k1, "committed")))
				late, early := run(t, l, "late", test.reads), run(t, l, "early", test.writes)
				if oneBlock {
					require.Equal(t, []memledger.Code{memledger.Valid, test.want}, l.Commit(early, late))
				} else {
					l.Commit(early)
					require.Equal(t, []memledger.Code{test.want}, l.Commit(late))
				}
			}
		})
	}
}

func TestAScanReadsToTheEndOfItsBatchHoweverEarlyItStops(t *testing.T) {
	l := memledger.New("c")
	at := func(i int) ledger.Key { return ledger.NewKey("thing", ledger.Number(uint64(i))) }
	for i := range 150 {
		require.NoError(t, l.Update(alice, put(at(2*i), "x")))
	}
	first := func(id string) memledger.Transaction {
		sim := l.Simulate(memledger.Proposal{ID: id, Caller: alice.Caller}, "A")
		require.NoError(t, sim.Scan(ledger.NewKey("thing"), func(ledger.Entry) bool { return false }))
		return memledger.Transaction{ID: id, Results: sim.Results()}
	}
	far, near := first("far"), first("near")
	require.Len(t, far.Results.Ranges[0].Reads, 101)
	require.Equal(t, []memledger.Code{memledger.Valid, memledger.Valid}, l.Commit(run(t, l, "w1", put(at(251), "x")), far))
	require.Equal(t, []memledger.Code{memledger.Valid, memledger.PhantomConflict}, l.Commit(run(t, l, "w2", put(at(151), "x")), near))
}

func TestATransactionIDCommitsOnce(t *testing.T) {
	l := memledger.New("c")
	tx := run(t, l, "same", put(k1, "x"))
	require.Equal(t, []memledger.Code{memledger.Valid}, l.Commit(tx))
	require.Equal(t, []memledger.Code{memledger.DuplicateID}, l.Commit(tx))
}

func TestPrivateValuesReachMembersOnlyAndHashesEveryone(t *testing.T) {
	l := memledger.New("c", memledger.Collection{Name: "ab", Members: []string{"A", "B"}, MemberOnly: true})
	key := ledger.NewKey("record", "1")
	require.NoError(t, l.Update(alice, func(tx *ledger.Tx) error { return tx.PutPrivate("ab", key, []byte("secret")) }))
	hash := sha256.Sum256([]byte("secret"))

	at := func(p memledger.Proposal, peer string, rule func(*ledger.Tx) error) error {
		return rule(ledger.BeginQuery(l.Simulate(p, peer)))
	}
	read := func(tx *ledger.Tx) error {
		value, err := tx.GetPrivate("ab", key)
		if err == nil {
			require.Equal(t, "secret", string(value))
		}
		return err
	}
	require.NoError(t, at(alice, "A", read))
	require.NoError(t, at(alice, "B", read))
	require.ErrorIs(t, at(alice, "C", read), fault.NotHere, "a peer that is no member has no value")
	require.ErrorIs(t, at(carol, "A", read), fault.NotMember, "a caller who is no member is refused at any peer")
	require.NoError(t, at(carol, "C", func(tx *ledger.Tx) error {
		got, err := tx.GetPrivateHash("ab", key)
		require.Equal(t, hash[:], got)
		return err
	}))
	require.ErrorIs(t, at(alice, "A", func(tx *ledger.Tx) error {
		_, err := tx.GetPrivate("nowhere", key)
		return err
	}), fault.NotFound)

	l.Lose("ab", "A", true)
	require.ErrorIs(t, at(alice, "A", read), fault.NotHere)
	l.Lose("ab", "A", false)

	require.NoError(t, l.Update(alice, func(tx *ledger.Tx) error { return tx.Purge("ab", key) }))
	require.NoError(t, at(alice, "A", func(tx *ledger.Tx) error {
		value, err := tx.GetPrivate("ab", key)
		require.Nil(t, value)
		require.NoError(t, err)
		gone, err := tx.GetPrivateHash("ab", key)
		require.Nil(t, gone)
		return err
	}))
}

func TestPrivateAndPublicWritesNeverShareATransaction(t *testing.T) {
	l := memledger.New("c", memledger.Collection{Name: "ab", Members: []string{"A", "B"}, MemberOnly: true})
	secret := func(tx *ledger.Tx) error { return tx.PutPrivate("ab", k1, []byte("secret")) }
	for name, order := range map[string][]func(*ledger.Tx) error{
		"public first":  {put(k1, "x"), secret},
		"private first": {secret, put(k1, "x")},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorIs(t, l.Update(alice, func(tx *ledger.Tx) error {
				require.NoError(t, order[0](tx))
				return order[1](tx)
			}), fault.Internal)
			require.Empty(t, l.Dump())
		})
	}
}

// What every endorser has been given anyway may be archived beside public
// writes, never beside a secret.
func TestAnArchivedValueStandsBesidePublicWritesAndNoSecret(t *testing.T) {
	l := memledger.New("c",
		memledger.Collection{Name: "all", Members: []string{"A", "B"}, MemberOnly: true},
		memledger.Collection{Name: "ab", Members: []string{"A", "B"}, MemberOnly: true})
	archive := func(tx *ledger.Tx) error { return tx.Archive("all", k1, []byte("readings")) }
	secret := func(tx *ledger.Tx) error { return tx.PutPrivate("ab", k1, []byte("secret")) }
	for _, order := range [][]func(*ledger.Tx) error{{archive, secret}, {secret, archive}} {
		require.ErrorIs(t, l.Update(alice, func(tx *ledger.Tx) error {
			require.NoError(t, order[0](tx))
			return order[1](tx)
		}), fault.Internal)
	}
	require.Empty(t, l.Dump())
	require.ErrorIs(t, l.Update(carol, archive), fault.NotMember)
	require.ErrorIs(t, l.Query(alice, archive), fault.Internal)
	require.ErrorIs(t, l.Update(alice, func(tx *ledger.Tx) error {
		return tx.Archive("all", k1, make([]byte, ledger.MaxArchived+1))
	}), fault.LimitExceeded)
	require.NoError(t, l.Update(alice, func(tx *ledger.Tx) error {
		require.NoError(t, archive(tx))
		return tx.Put(k1, []byte("summary"))
	}))
	require.NoError(t, l.Query(alice, func(tx *ledger.Tx) error {
		public, err := tx.Get(k1)
		require.NoError(t, err)
		require.Equal(t, "summary", string(public))
		value, err := tx.GetPrivate("all", k1)
		require.Equal(t, "readings", string(value))
		return err
	}))
	require.ErrorIs(t, l.Query(carol, func(tx *ledger.Tx) error {
		_, err := tx.GetPrivate("all", k1)
		return err
	}), fault.NotMember)
}
