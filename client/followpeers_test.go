package client_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// live follows events through the gateways of several organisations and hands each
// to the test.
type live struct {
	*testing.T
	c     *clienttest.Consortium
	items chan client.Item
	ended chan error
}

func follow(t *testing.T, c *clienttest.Consortium, options []client.FollowOption, organisations ...string) *live {
	t.Helper()
	follower := c.Client(t, organisations[0], "operator", client.WithClientConnection(severalOf(t, c, organisations...)))
	l := &live{T: t, c: c, items: make(chan client.Item), ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(l.ended)
		for item, err := range follower.Follow(append(options, client.Kinds(client.KindEvent))...).Items(ctx) {
			if err != nil {
				l.ended <- err
				return
			}
			select {
			case l.items <- item:
			case <-ctx.Done():
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		for range l.ended {
		}
	})
	return l
}

// next is the next item, which is of a transaction.
func (l *live) next(transaction string) client.Item {
	l.Helper()
	select {
	case item := <-l.items:
		require.Equal(l, transaction, item.Transaction)
		return item
	case err := <-l.ended:
		require.NoError(l, err)
	case <-time.After(time.Minute):
		require.Fail(l, "nothing came")
	}
	return client.Item{}
}

func (l *live) nothing() {
	l.Helper()
	select {
	case item := <-l.items:
		require.Fail(l, "something came", "%v", item)
	case err := <-l.ended:
		require.NoError(l, err)
	case <-time.After(20 * time.Millisecond):
	}
}

func TestAStreamGoesOnAtAnotherPeerWhenItsOwnDies(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "carrier", "operator")
	l := follow(t, c, nil, "manufacturer", "retailer")
	commission := func(run string) string { return adopt(t, operator, run) }
	l.next(commission("1"))
	require.NoError(t, c.Cut("manufacturer"))
	l.next(commission("2"))
	require.NoError(t, c.Heal("manufacturer"))
	l.next(commission("3"))
	require.NoError(t, c.Cut("retailer"))
	l.next(commission("4"))
	l.nothing()
}

func TestAStreamWaitsAtAPeerThatIsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := founded(t)
		operator := c.Client(t, "carrier", "operator")
		require.NoError(t, c.Stall("retailer"))
		l := follow(t, c, nil, "manufacturer", "retailer")
		l.next(adopt(t, operator, "1"))
		l.next(adopt(t, operator, "2"))
		require.NoError(t, c.Cut("manufacturer"))
		third := adopt(t, operator, "3")
		l.nothing()
		require.NoError(t, c.Heal("retailer"))
		l.next(third)
		l.nothing()
	})
}

func TestAPeerThatGetsNoMoreBlocksIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := founded(t)
		operator := c.Client(t, "carrier", "operator")
		l := follow(t, c, nil, "manufacturer", "retailer")
		l.next(adopt(t, operator, "1"))
		require.NoError(t, c.Stall("manufacturer"))
		second := adopt(t, operator, "2")
		began := time.Now()
		l.next(second)
		require.GreaterOrEqual(t, time.Since(began), client.DefaultStall)
		l.next(adopt(t, operator, "3"))
	})
}

func TestAPeerThatHangsIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := founded(t)
		operator := c.Client(t, "carrier", "operator")
		l := follow(t, c, nil, "manufacturer", "retailer")
		l.next(adopt(t, operator, "1"))
		require.NoError(t, c.Hang("manufacturer"))
		time.Sleep(time.Minute) // nothing happens, and it is left all the same
		began := time.Now()
		l.next(adopt(t, operator, "2"))
		require.Zero(t, time.Since(began))
	})
}

func TestAQuietChannelIsLeftInPeace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := founded(t)
		operator := c.Client(t, "carrier", "operator")
		watching := &eventLog{}
		follower := c.Client(t, "manufacturer", "operator", client.WithObserver(watching),
			client.WithClientConnection(severalOf(t, c, "manufacturer", "retailer")))
		adopt(t, operator, "1")
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		for _, err := range follower.FollowEvents().Items(ctx) {
			if err != nil {
				require.ErrorIs(t, err, context.DeadlineExceeded)
			}
		}
		require.Equal(t, []client.EventKind{client.StreamOpened, client.StreamEnded}, watching.kinds())
	})
}

func TestAStreamIsRenewedWhenItIsToldTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := founded(t)
		require.NoError(t, c.Stall("manufacturer"))
		require.NoError(t, c.Stall("retailer"))
		watching := &eventLog{}
		follower := c.Client(t, "manufacturer", "operator", client.WithObserver(watching),
			client.WithClientConnection(severalOf(t, c, "manufacturer", "retailer")))
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Second)
		defer cancel()
		for _, err := range follower.FollowEvents(client.RenewAfter(time.Minute)).Items(ctx) {
			require.ErrorIs(t, err, context.DeadlineExceeded)
		}
		require.Equal(t, []client.EventKind{
			client.StreamOpened, client.StreamLost, client.StreamOpened, client.StreamLost, client.StreamOpened, client.StreamEnded,
		}, watching.kinds())
	})
}

func TestAStreamGivesUpWhenItIsToldTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := founded(t)
		require.NoError(t, c.Cut("manufacturer"))
		follower := c.Client(t, "manufacturer", "operator")
		began := time.Now()
		for _, err := range follower.FollowEvents(client.GiveUpAfter(time.Minute)).Items(t.Context()) {
			var ended *client.StreamError
			require.ErrorAs(t, err, &ended)
			var broken *client.BlocksError
			require.ErrorAs(t, err, &broken)
		}
		require.Greater(t, time.Since(began), time.Minute)
		require.Less(t, time.Since(began), 2*time.Minute)
	})
}

// Whatever happens to peers, in whatever order, as long as one of them comes back.
func TestNoFaultOfPeersRepeatsOrSkipsAnItem(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		steps := rapid.SliceOfN(rapid.IntRange(0, 11), 1, 20).Draw(r, "steps")
		synctest.Test(t, func(t *testing.T) {
			c := founded(t)
			operator := c.Client(t, "carrier", "operator")
			l := follow(t, c, nil, "manufacturer", "retailer", "regulator")
			var transactions []string
			for i, step := range steps {
				organisation := []string{"manufacturer", "retailer", "regulator"}[step%3]
				switch {
				case step < 3:
					require.NoError(t, c.Cut(organisation))
				case step < 5:
					require.NoError(t, c.Stall(organisation))
				case step < 7:
					require.NoError(t, c.Hang(organisation))
				case step < 9:
					require.NoError(t, c.Heal(organisation))
				case step < 10 && len(transactions) > 0:
					time.Sleep(time.Minute)
				default:
					transactions = append(transactions, adopt(t, operator, fmt.Sprint(i)))
				}
			}
			require.NoError(t, c.Heal("retailer"))
			for _, transaction := range transactions {
				l.next(transaction)
			}
			l.nothing()
		})
	})
}

func TestAPeerWithAnotherHistoryIsFoundOut(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "carrier", "operator")
	follower := c.Client(t, "manufacturer", "operator")
	adopt(t, operator, "1")
	behind := &memoryStore{} // the place behind a whole block
	require.NoError(t, client.Process(t.Context(), follower.Follow(client.FromNow(), client.UntilNow()), behind, nothing))
	items := all(t, follower.FollowEvents(client.UntilNow()))
	within := items[0].Checkpoint // of the same block
	require.Equal(t, within.Last, behind.at.Last)
	adopt(t, operator, "2")
	for name, known := range map[string]client.Checkpoint{"within the block": within, "behind the block": *behind.at} {
		t.Run(name, func(t *testing.T) {
			require.Len(t, all(t, follower.FollowEvents(client.From(known), client.UntilNow())), 1)
			require.NoError(t, c.Fork("manufacturer", known.Last.Number))
			defer func() { require.NoError(t, c.Heal("manufacturer")) }()
			var fork *client.ForkError
			for _, err := range follower.FollowEvents(client.From(known), client.UntilNow()).Items(t.Context()) {
				var ended *client.StreamError
				require.ErrorAs(t, err, &fork)
				require.ErrorAs(t, err, &ended)
				require.Equal(t, known, ended.Checkpoint)
			}
			require.NotNil(t, fork)
			require.Equal(t, known.Last, fork.Known)
			require.Equal(t, fork.Known.Number, fork.Found.Number)
			require.NotEqual(t, fork.Known.Hash(), fork.Found.Hash())
		})
	}
}

func nothing(context.Context, client.Item) error { return nil }

func TestABlockWhoseTransactionsWereChangedEndsTheStream(t *testing.T) {
	c := founded(t)
	adopt(t, c.Client(t, "carrier", "operator"), "1")
	height := c.Ledger().Height()
	require.NoError(t, c.Spoil("manufacturer", height-1))
	items := 0
	for _, err := range c.Client(t, "manufacturer", "operator").FollowEvents(client.UntilNow()).Items(t.Context()) {
		var corrupt *client.CorruptBlockError
		require.ErrorAs(t, err, &corrupt)
		require.Equal(t, height-1, corrupt.Header.Number)
		items++
	}
	require.Equal(t, 1, items)
}

func TestWhoMayNotReadTheChannelIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, foreign := founded(t), clienttest.New(t, clienttest.WithTime(now))
		stranger, err := foreign.User("manufacturer", "operator")
		require.NoError(t, err)
		member, err := c.User("manufacturer", "operator")
		require.NoError(t, err)
		person := member // a member at first: a stranger would not be let in
		connection, err := c.Connection("manufacturer")
		require.NoError(t, err)
		follower, err := client.Connect(t.Context(), client.WithClientConnection(connection), client.WithChannel(clienttest.Channel),
			client.WithIdentitySource(member.MSP, func(context.Context) (client.Credentials, error) {
				return client.Credentials{Certificate: person.Certificate, Signer: person.Key}, nil
			}))
		require.NoError(t, err)
		defer func() { require.NoError(t, follower.Close()) }()
		person = stranger
		require.NoError(t, follower.Reload(t.Context()))
		for _, err := range follower.FollowEvents().Items(t.Context()) {
			var refused *client.BlocksError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, "FORBIDDEN", refused.Status)
		}
		elsewhere := c.Client(t, "manufacturer", "operator", client.WithChannel("elsewhere"))
		for _, err := range elsewhere.FollowEvents(client.FromNow()).Items(t.Context()) {
			var refused *client.BlocksError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, "NOT_FOUND", refused.Status)
			require.False(t, errors.Is(err, context.Canceled))
		}
	})
}

func TestAStreamEndsWithItsClient(t *testing.T) {
	c := founded(t)
	dir := t.TempDir()
	c.Serve(t, "manufacturer", dir)
	follower, err := client.Connect(t.Context(), client.WithProfile(filepath.Join(dir, "connection.yaml")), client.WithMSP(filepath.Join(dir, "users", "operator", "msp")))
	require.NoError(t, err)
	transaction := adopt(t, c.Client(t, "carrier", "operator"), "1")
	var ended *client.StreamError
	for item, err := range follower.FollowEvents().Items(t.Context()) {
		if err != nil {
			require.ErrorAs(t, err, &ended)
			continue
		}
		require.Equal(t, transaction, item.Transaction)
		require.NoError(t, follower.Close())
	}
	require.NotNil(t, ended)
}
