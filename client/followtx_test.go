package client_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/client"
)

// table is a database with what a handler has seen.
func table(t *testing.T) *sql.DB {
	t.Helper()
	return locking(t, "immediate")
}

// locking returns a database whose transactions lock it so.
func locking(t *testing.T, how string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "erp.db")+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)&_txlock="+how)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), "CREATE TABLE seen (n INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL)")
	require.NoError(t, err)
	return db
}

func note(ctx context.Context, tx *sql.Tx, item client.Item) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO seen (place) VALUES (?)", places([]client.Item{item})[0])
	return err
}

func noted(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT place FROM seen ORDER BY n")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	list := []string{}
	for rows.Next() {
		var place string
		require.NoError(t, rows.Scan(&place))
		list = append(list, place)
	}
	require.NoError(t, rows.Err())
	return list
}

func TestADatabaseHasEachItemExactlyOnceWhereverTheHandlerFails(t *testing.T) {
	_, follower := crowded(t)
	want := places(all(t, follower.Follow(client.UntilNow())))
	crash := errors.New("crash")
	rapid.Check(t, func(r *rapid.T) {
		db := table(t)
		batch := rapid.IntRange(1, 5).Draw(r, "batch")
		for run := 0; ; run++ {
			left := rapid.IntRange(1, 8).Draw(r, "crash after")
			err := client.ProcessTx(t.Context(), db, "all", follower.Follow(client.UntilNow()), func(ctx context.Context, tx *sql.Tx, item client.Item) error {
				if err := note(ctx, tx, item); err != nil {
					return err
				}
				if left--; left == 0 && run < 20 {
					return crash // it was written, and is not committed
				}
				return nil
			}, client.TxBatch(batch))
			if err == nil {
				break
			}
			require.ErrorIs(r, err, crash)
		}
		require.Equal(r, want, noted(t, db))
	})
}

func TestOfTwoProcessesWithOneStreamOneGoesOn(t *testing.T) {
	_, follower := crowded(t)
	want := places(all(t, follower.Follow(client.UntilNow())))
	db := table(t)
	second := false
	err := client.ProcessTx(t.Context(), db, "all", follower.Follow(client.UntilNow()), func(ctx context.Context, tx *sql.Tx, item client.Item) error {
		if second {
			return note(ctx, tx, item)
		}
		second = true
		require.NoError(t, tx.Rollback()) // SQLite has one writer at a time: the first was slow, and comes back later
		require.NoError(t, client.ProcessTx(ctx, db, "all", follower.Follow(client.UntilNow()), note))
		return nil
	})
	require.Error(t, err)
	require.Equal(t, want, noted(t, db))
	require.NoError(t, client.ProcessTx(t.Context(), db, "all", follower.Follow(client.UntilNow()), note))
	require.Equal(t, want, noted(t, db))
}

func TestTheSecondToCommitIsRolledBack(t *testing.T) {
	_, follower := crowded(t)
	want := places(all(t, follower.Follow(client.UntilNow())))
	db := table(t)
	err := client.ProcessTx(t.Context(), db, "all", follower.Follow(client.UntilNow()), func(ctx context.Context, tx *sql.Tx, item client.Item) error {
		if len(want) > 0 { // as if the row had been moved on by another before this transaction began
			_, err := tx.ExecContext(ctx, "UPDATE countersign_checkpoint SET checkpoint = ? WHERE name = 'all'", `{"v":1,"block":1}`)
			require.NoError(t, err)
		}
		return note(ctx, tx, item)
	})
	require.ErrorIs(t, err, client.ErrCheckpointMoved)
	require.Empty(t, noted(t, db))
}

func TestTheSecondToBeginIsRolledBack(t *testing.T) {
	_, follower := crowded(t)
	want := places(all(t, follower.Follow(client.UntilNow())))
	db := locking(t, "deferred") // as other databases: a transaction locks when it writes
	overtaken := false
	err := client.ProcessTx(t.Context(), db, "all", follower.Follow(client.UntilNow()), func(ctx context.Context, tx *sql.Tx, item client.Item) error {
		if !overtaken {
			overtaken = true
			return client.ProcessTx(ctx, db, "all", follower.Follow(client.UntilNow()), note)
		}
		return note(ctx, tx, item)
	})
	require.ErrorIs(t, err, client.ErrCheckpointMoved)
	require.Equal(t, want, noted(t, db))
}

func TestStreamsInOneDatabaseHaveNamesOfTheirOwn(t *testing.T) {
	_, follower := crowded(t)
	want := places(all(t, follower.Follow(client.UntilNow())))
	db := table(t)
	for n := 1; n <= 3; n++ {
		require.NoError(t, client.ProcessTx(t.Context(), db, fmt.Sprint(n), follower.Follow(client.UntilNow()), note, client.TxBatch(100)))
		require.Len(t, noted(t, db), n*len(want))
	}
	require.NoError(t, client.ProcessTx(t.Context(), db, "1", follower.Follow(client.UntilNow()), note))
	require.Len(t, noted(t, db), 3*len(want))
	require.NoError(t, client.ProcessTx(t.Context(), db, "1", follower.Follow(client.UntilNow()), note, client.CheckpointTable("elsewhere"), client.NumberedPlaceholders()))
	require.Len(t, noted(t, db), 4*len(want))
}

func TestADamagedRowIsNeverTakenForNone(t *testing.T) {
	_, follower := crowded(t)
	db := table(t)
	require.NoError(t, client.ProcessTx(t.Context(), db, "all", follower.Follow(client.UntilNow()), note))
	before := noted(t, db)
	_, err := db.ExecContext(t.Context(), "UPDATE countersign_checkpoint SET checkpoint = 'x'")
	require.NoError(t, err)
	var bad *client.CheckpointError
	require.ErrorAs(t, client.ProcessTx(t.Context(), db, "all", follower.Follow(client.UntilNow()), note), &bad)
	require.Equal(t, "all", bad.Where)
	require.Equal(t, before, noted(t, db))
	for _, wrong := range []func() error{
		func() error { return client.ProcessTx(t.Context(), db, "", follower.Follow(), note) },
		func() error {
			return client.ProcessTx(t.Context(), db, "all", follower.Follow(), note, client.TxBatch(0))
		},
		func() error {
			return client.ProcessTx(t.Context(), db, "all", follower.Follow(), note, client.CheckpointTable("a; DROP TABLE seen"))
		},
	} {
		require.Error(t, wrong())
	}
}

func TestAHandlerThatPanicsLeavesNoTransactionOpen(t *testing.T) {
	_, follower := crowded(t)
	db := table(t)
	require.Panics(t, func() {
		_ = client.ProcessTx(t.Context(), db, "all", follower.Follow(client.UntilNow()), func(context.Context, *sql.Tx, client.Item) error { panic("handler") })
	})
	require.Zero(t, db.Stats().InUse)
}
