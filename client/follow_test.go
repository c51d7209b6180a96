package client_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// crowded is a consortium with a block of two transactions of three events each, one
// of two transactions that race, and some of one, and a client that follows.
func crowded(t *testing.T) (*clienttest.Consortium, *client.Client) {
	t.Helper()
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator", client.WithTries(1))
	goods(t, operator, "a", 1)
	submitted := func(documents ...[]byte) (failed int) {
		var group sync.WaitGroup
		errs := make(chan error, len(documents))
		require.NoError(t, c.Together(func() error {
			for _, document := range documents {
				group.Go(func() {
					_, err := operator.Capture(t.Context(), document)
					errs <- err
				})
			}
			require.Eventually(t, func() bool { return c.Pending() == len(documents) }, 10*time.Second, time.Millisecond)
			return nil
		}))
		group.Wait()
		for range documents {
			if err := <-errs; err != nil {
				failed++
			}
		}
		return failed
	}
	require.Zero(t, submitted(goodsDocument(t, "b", 3), goodsDocument(t, "c", 3)))
	scene := &shipmenttest.Scene{TB: t, Now: now}
	item := shipmenttest.Object(shipmenttest.Manufacturer, "a-0")
	require.Equal(t, 1, submitted(
		scene.Document(shipmenttest.Step("storing", item)), scene.Document(shipmenttest.Step("inspecting", item))), "one loses the race")
	goods(t, operator, "d", 2)
	return c, c.Client(t, "retailer", "operator")
}

func TestAStreamHasEachEventOfValidTransactionsOnceInTheOrderOfTheLedger(t *testing.T) {
	c, follower := crowded(t)
	items := all(t, follower.FollowEvents(client.UntilNow()))
	require.Len(t, items, 1+6+1+2, "nothing of the transaction that lost")
	for i, item := range items {
		require.Equal(t, client.KindEvent, item.Kind)
		require.Equal(t, "ManufacturerMSP", item.Record.RecordedBy)
		require.Equal(t, item.Transaction, item.Record.Transaction)
		require.Equal(t, now, item.Time)
		require.Contains(t, string(item.Record.Body), `"eventTime"`)
		if i > 0 {
			before := items[i-1]
			require.Positive(t, compare(item, before), "%v is not behind %v", item.Checkpoint, before.Checkpoint)
		}
	}
	require.Equal(t, items[1].Block, items[6].Block)
	require.NotEqual(t, items[1].Transaction, items[6].Transaction)
	require.Equal(t, c.Ledger().Height()-1, items[9].Block)
}

func compare[T any](a, b client.Followed[T]) int {
	for _, pair := range [][2]uint64{{a.Block, b.Block}, {a.Index, b.Index}, {a.Write, b.Write}} {
		if pair[0] != pair[1] {
			return int(pair[0]) - int(pair[1])
		}
	}
	return 0
}

func TestAStreamGoesOnExactlyBehindEachItem(t *testing.T) {
	_, follower := crowded(t)
	items := all(t, follower.Follow(client.UntilNow()))
	require.Greater(t, len(items), 9)
	for i, item := range items {
		written, err := json.Marshal(item.Checkpoint)
		require.NoError(t, err)
		var checkpoint client.Checkpoint
		require.NoError(t, json.Unmarshal(written, &checkpoint))
		require.Equal(t, item.Checkpoint, checkpoint)
		require.Equal(t, places(items[i+1:]), places(all(t, follower.Follow(client.From(checkpoint), client.UntilNow()))), "behind %s", checkpoint)
	}
}

func TestAStreamBeginsAndEndsWhereItIsTold(t *testing.T) {
	_, follower := crowded(t)
	items := all(t, follower.FollowEvents(client.UntilNow()))
	first, second, last := items[0].Block, items[1].Block, items[9].Block
	require.Equal(t, places(items), places(all(t, follower.FollowEvents(client.FromBeginning(), client.UntilBlock(last)))))
	require.Equal(t, places(items[1:7]), places(all(t, follower.FollowEvents(client.FromBlock(second), client.UntilBlock(second)))))
	require.Equal(t, places(items[:7]), places(all(t, follower.FollowEvents(client.FromBlock(first), client.UntilBlock(second)))))
	require.Equal(t, places(items[1:]), places(all(t, follower.FollowEvents(client.FromBlock(first+1), client.UntilNow()))))
	require.Empty(t, all(t, follower.FollowEvents(client.FromBlock(last+1), client.UntilNow())))
	require.Empty(t, all(t, follower.FollowEvents(client.FromNow(), client.UntilNow())))
}

func TestAStreamFromNowHasWhatComesNext(t *testing.T) {
	c, follower := crowded(t)
	operator := c.Client(t, "manufacturer", "operator")
	store := &memoryStore{}
	stop := context.Canceled
	began := make(chan struct{})
	store.saved = func(client.Checkpoint) { closeOnce(began) }
	done := make(chan error)
	var seen []client.Item
	go func() {
		done <- client.Process(t.Context(), follower.Follow(client.FromNow()), store, func(_ context.Context, item client.Item) error {
			if seen = append(seen, item); len(seen) == 2 {
				return stop
			}
			return nil
		})
	}()
	<-began // the place is kept before anything comes
	captured := goods(t, operator, "next", 2)
	require.ErrorIs(t, <-done, stop)
	require.Len(t, seen, 2)
	for _, item := range seen {
		require.Equal(t, captured.Block, item.Block)
	}
}

func TestFiltersLeaveOutWhatIsNotAskedFor(t *testing.T) {
	_, follower := crowded(t)
	count := func(options ...client.FollowOption) int {
		return len(all(t, follower.FollowEvents(append(options, client.UntilNow())...)))
	}
	require.Equal(t, 2, count(client.About(good("a", 0))), "commissioned, and stored or inspected")
	require.Equal(t, 3, count(client.About(good("a", 0), good("b", 2))))
	class := shipmenttest.Object(shipmenttest.Manufacturer, "x")
	require.Equal(t, 10, count(client.About(class[:len(class)-len("/21/x")])), "a class has its serials")
	require.Zero(t, count(client.About(good("a", 1))))
	require.Equal(t, 10, count(client.By("CarrierMSP", "ManufacturerMSP")))
	require.Zero(t, count(client.By("CarrierMSP")))
	for _, wrong := range []client.FollowOption{client.About("nonsense"), client.StallAfter(-1), client.Kinds("nonsense"), client.From(client.Checkpoint{Write: 1})} {
		for _, err := range follower.Follow(wrong).Items(t.Context()) {
			require.Error(t, err)
		}
	}
}

func TestAStreamEndsWithItsContextAndSaysWhere(t *testing.T) {
	_, follower := crowded(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last client.Item
	var ended *client.StreamError
	for item, err := range follower.Follow().Items(ctx) {
		if err != nil {
			require.ErrorAs(t, err, &ended)
			require.ErrorIs(t, err, context.Canceled)
			break
		}
		if last = item; item.Block > 5 {
			cancel()
		}
	}
	require.NotNil(t, ended)
	require.Equal(t, "items", ended.Stream)
	require.Equal(t, places(all(t, follower.Follow(client.From(last.Checkpoint), client.UntilNow()))),
		places(all(t, follower.Follow(client.From(ended.Checkpoint), client.UntilNow()))))
}

// memoryStore keeps a checkpoint for a test.
type memoryStore struct {
	mu    sync.Mutex
	at    *client.Checkpoint
	saved func(client.Checkpoint)
	fail  error
}

func (s *memoryStore) Load(context.Context) (*client.Checkpoint, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at, nil
}

func (s *memoryStore) Save(_ context.Context, at client.Checkpoint) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	s.at = &at
	if s.saved != nil {
		s.saved(at)
	}
	return nil
}

func closeOnce(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}
