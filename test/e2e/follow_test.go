package e2e_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/network"
)

// recorded are the transactions in which events were recorded since a checkpoint.
func recorded(t *testing.T, c *client.Client, from client.Checkpoint) (transactions []string) {
	t.Helper()
	for item, err := range c.FollowEvents(client.From(from), client.UntilNow()).Items(t.Context()) {
		require.NoError(t, err)
		transactions = append(transactions, item.Transaction)
	}
	return transactions
}

// newest is the place behind the last block of the client's peer.
func newest(t *testing.T, c *client.Client) client.Checkpoint {
	t.Helper()
	store, err := client.OpenCheckpointFile(filepath.Join(t.TempDir(), "newest"))
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	require.NoError(t, client.Process(t.Context(), c.FollowEvents(client.FromNow(), client.UntilNow()), store, func(context.Context, client.Followed[*product.RecordedEvent]) error { return nil }))
	at, err := store.Load(t.Context())
	require.NoError(t, err)
	return *at
}

// each reads a stream beside the test: next waits for an item, and ended has what ended
// the stream.
func each[T any](ctx context.Context, t *testing.T, stream iter.Seq2[T, error]) (next func() T, ended <-chan error) {
	t.Helper()
	items, over := make(chan T), make(chan error, 1)
	go func() {
		for item, err := range stream {
			if err != nil {
				over <- err
				return
			}
			select {
			case items <- item:
			case <-ctx.Done():
			}
		}
	}()
	return func() (item T) {
		t.Helper()
		select {
		case item = <-items:
		case err := <-over:
			require.NoError(t, err)
		case <-time.After(2 * time.Minute):
			require.Fail(t, "nothing came")
		}
		return item
	}, over
}

// Those who lose a race have their transactions in a block, too, with all that they
// would have written. Nobody who follows sees it.
func TestWhatLostARaceIsNotFollowed(t *testing.T) {
	r := start(t)
	follower := r.client(t, manufacturer, "operator")
	goods := objects(1)
	must(t, r, manufacturer, commission(goods))
	from := newest(t, follower)
	racer := func(user string) *client.Client {
		person := r.signatory(t, manufacturer, user)
		c, err := client.Connect(t.Context(), client.WithProfile(r.network.Profile(manufacturer)),
			client.WithIdentity(manufacturerMSP, person.Certificate, person.Key), client.WithTries(1))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, c.Close()) })
		return c
	}
	racers := []*client.Client{racer("operator"), racer("admin")}
	var won, lost []string
	for range 30 {
		var mu sync.Mutex
		var together sync.WaitGroup
		for i, c := range racers {
			text := document(t, objectEvent("OBSERVE", []string{"storing", "inspecting"}[i], goods))
			together.Go(func() {
				captured, err := c.Capture(t.Context(), text)
				mu.Lock()
				defer mu.Unlock()
				var failed *client.Error
				switch {
				case err == nil:
					won = append(won, captured.Transaction)
				case errors.As(err, &failed) && failed.Stage == client.StageCommit:
					require.Equal(t, "MVCC_READ_CONFLICT", failed.Validation)
					lost = append(lost, failed.Transaction)
				}
			})
		}
		together.Wait()
		if len(lost) > 2 {
			break
		}
	}
	require.NotEmpty(t, lost, "nobody lost")
	followed := recorded(t, follower, from)
	require.ElementsMatch(t, won, followed)
	require.NotContains(t, followed, lost[0])
}

func TestAFollowerGoesOnFromItsFileWhenItIsStartedAgain(t *testing.T) {
	r := start(t)
	follower := r.client(t, carrier, "operator")
	from := newest(t, follower)
	path := filepath.Join(t.TempDir(), "events.checkpoint")
	enough := errors.New("enough")
	var seen []string
	// run handles some items, and dies like a process, with its file closed by the
	// operating system.
	run := func(items int) error {
		store, err := client.OpenCheckpointFile(path)
		require.NoError(t, err)
		defer func() { require.NoError(t, store.Close()) }()
		return client.Process(t.Context(), follower.FollowEvents(client.From(from), client.UntilNow()), store,
			func(_ context.Context, item client.Followed[*product.RecordedEvent]) error {
				if items--; items < 0 {
					return enough
				}
				seen = append(seen, item.Transaction)
				return nil
			})
	}
	var want []string
	record := func() {
		goods := objects(3)
		captured := must(t, r, manufacturer, commission(goods[:1]), commission(goods[1:2]), commission(goods[2:]))
		want = append(want, captured.Transaction, captured.Transaction, captured.Transaction)
		eventually(t, func(ctx context.Context) error { // until it is at the follower's peer
			_, err := follower.Twin(ctx, goods[0])
			return err
		})
	}
	record()
	require.ErrorIs(t, run(2), enough) // within a transaction
	record()
	require.ErrorIs(t, run(2), enough)
	require.NoError(t, run(100))
	record()
	require.NoError(t, run(100))
	require.NoError(t, run(100))
	require.Equal(t, want, seen)
}

// A handler writes each event into a database while its peers are killed, come back
// with fewer blocks than others, and hang.
func TestADatabaseHasEachEventOnceWhateverBecomesOfThePeers(t *testing.T) {
	if testing.Short() {
		t.Skip("SHORT: needs a real network")
	}
	n, err := network.Start(t.Context(), network.Default().WithPeers(2))
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Stop(context.Background())) }()
	w := real{n}
	found(t, w)

	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "erp.db")+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	_, err = db.ExecContext(t.Context(), "CREATE TABLE events (n INTEGER PRIMARY KEY, tx TEXT NOT NULL, event TEXT NOT NULL UNIQUE)")
	require.NoError(t, err)
	follower := w.client(t, manufacturer, "operator")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- client.ProcessTx(ctx, db, "events", follower.FollowEvents(), func(ctx context.Context, tx *sql.Tx, item client.Followed[*product.RecordedEvent]) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO events (tx, event) VALUES (?, ?)", item.Transaction, item.Record.Event)
			return err
		})
	}()
	rows := func() (n int) {
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM events").Scan(&n))
		return n
	}
	accepted := 0
	record := func(times int) {
		for range times {
			must(t, w, retailer, objectEvent("ADD", "commissioning", []string{retailers()}))
			accepted++
		}
	}
	reaches := func() {
		t.Helper()
		for deadline := time.Now().Add(2 * time.Minute); rows() < accepted && time.Now().Before(deadline); {
			time.Sleep(50 * time.Millisecond)
		}
		require.Equal(t, accepted, rows())
	}
	record(3)
	reaches()
	for _, peer := range []string{"peer0.manufacturer", "peer1.manufacturer", "peer0.manufacturer"} {
		require.NoError(t, n.KillNode(t.Context(), peer))
		record(3)
		reaches()
		require.NoError(t, n.StartNode(t.Context(), peer))
		record(2)
		reaches()
	}
	for _, peer := range []string{"peer0.manufacturer", "peer1.manufacturer"} {
		require.NoError(t, n.FreezeNode(peer))
		record(3)
		reaches()
		require.NoError(t, n.ThawNode(peer))
		record(2)
		reaches()
	}
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)

	got := []string{}
	found, err := db.QueryContext(t.Context(), "SELECT tx FROM events ORDER BY n")
	require.NoError(t, err)
	defer func() { require.NoError(t, found.Close()) }()
	for found.Next() {
		var tx string
		require.NoError(t, found.Scan(&tx))
		got = append(got, tx)
	}
	require.NoError(t, found.Err())
	require.Equal(t, recorded(t, w.client(t, retailer, "operator"), client.Checkpoint{}), got, "in the order of another organisation's ledger")
}

// retailers is an identifier of the retailer's that nobody has used.
func retailers() string {
	return fmt.Sprintf("urn:epc:id:sgtin:9521555.040071.F%d", serial.Add(1))
}
