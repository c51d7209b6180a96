package client_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// requests are those that deliveries answer, as they come, and what ended the stream.
func requests(ctx context.Context, reader *client.Client) (<-chan string, <-chan error) {
	got, ended := make(chan string), make(chan error, 1)
	go func() {
		var last error
		for d, err := range reader.FollowDeliveries(ctx, 0) {
			if last = err; err == nil {
				got <- d.Request
			}
		}
		ended <- last
	}()
	return got, ended
}

// A reader's gateways may be of others, too, which have none of the values: while its own
// peer is down it waits, and says of nothing that it is not there.
func TestAFollowerOfDeliveriesDoesNotGoOverToAPeerOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := founded(t)
		draft := sharedTerms(t, c)
		reader := c.Client(t, "regulator", "auditor", client.WithClientConnection(severalOf(t, c, "regulator", "carrier")))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		steps := make(chan read)
		go func() {
			defer close(steps)
			for d, err := range reader.FollowDeliveries(ctx, 0) {
				if ctx.Err() == nil {
					steps <- read{d, err}
				}
			}
		}()
		next := func(request string) {
			step := <-steps
			require.NoError(t, step.err)
			require.Equal(t, request, step.delivery.Request)
		}
		next(delivered(t, c, draft, "one", "RegulatorMSP", "/price"))
		require.NoError(t, c.Cut("regulator"))
		second := delivered(t, c, draft, "two", "RegulatorMSP", "/price")
		time.Sleep(time.Minute)
		require.NoError(t, c.Heal("regulator"))
		next(second)
		cancel()
		for range steps {
		}
	})
}

// What a peer that is stopping, or has just been started, says of a block in which a vote
// stands is not that it has none.
func TestAPeerInTroubleLosesNoDelivery(t *testing.T) {
	for _, said := range []common.Status{common.Status_SERVICE_UNAVAILABLE, common.Status_FORBIDDEN, common.Status_INTERNAL_SERVER_ERROR} {
		synctest.Test(t, func(t *testing.T) {
			c := founded(t)
			id := delivered(t, c, sharedTerms(t, c), "one", "RegulatorMSP", "/price")
			at := received(t, c.Client(t, "regulator", "auditor"), 0)[0].delivery.Block
			troubles := 2
			reader := through(t, c, func(r *peer.DeliverResponse) error {
				if r.GetBlockAndPrivateData().GetBlock().GetHeader().GetNumber() < at && troubles > 0 {
					troubles--
					r.Type = &peer.DeliverResponse_Status{Status: said}
				}
				return nil
			})
			for d, err := range reader.FollowDeliveries(t.Context(), at) {
				require.NoError(t, err, said)
				require.Equal(t, id, d.Request)
				break
			}
			require.Zero(t, troubles)
		})
	}
}

// inOneBlock delivers on several requests, in one block.
func inOneBlock(t *testing.T, c *clienttest.Consortium, names ...string) {
	t.Helper()
	draft := sharedTerms(t, c)
	var ids []string
	for _, name := range names {
		ids = append(ids, offered(t, c, draft, name, "RegulatorMSP", "/price"))
	}
	var all errgroup.Group
	require.NoError(t, c.Together(func() error {
		for _, id := range ids {
			all.Go(func() error { return deliver(t, c, draft, id, "/price") })
		}
		synctest.Wait()
		require.Equal(t, len(names), c.Pending())
		return nil
	}))
	require.NoError(t, all.Wait())
}

// The peer's streams break after so many messages each time, also in the midst of the
// blocks in which the request and the votes of a delivery stand.
func TestNoFaultOfItsPeerRepeatsOrSkipsADelivery(t *testing.T) {
	for often := 6; often < 12; often++ { // a delivery takes five
		t.Run(fmt.Sprint(often), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := founded(t)
				inOneBlock(t, c, "one", "two", "three")
				inOneBlock(t, c, "four", "five")
				regulator := c.Client(t, "regulator", "auditor")
				want := received(t, regulator, 0)
				require.Len(t, want, 5)
				require.Equal(t, want[0].delivery.Block, want[2].delivery.Block)

				messages := 0
				broken := through(t, c, func(*peer.DeliverResponse) error {
					if messages++; messages%often == 0 {
						return status.Error(codes.Unavailable, "gone")
					}
					return nil
				})
				var got []read
				for d, err := range broken.FollowDeliveries(t.Context(), want[0].delivery.Block) {
					if got = append(got, read{d, err}); len(got) == len(want) {
						break
					}
				}
				require.Equal(t, want, got)
				require.Greater(t, messages, often, "nothing broke")
			})
		})
	}
}

func TestAFollowerOfDeliveriesOutlivesItsPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := founded(t)
		draft, told := sharedTerms(t, c), &events{}
		regulator := c.Client(t, "regulator", "auditor", client.WithObserver(told))
		ctx, cancel := context.WithCancel(t.Context())
		got, ended := requests(ctx, regulator)
		require.Equal(t, delivered(t, c, draft, "one", "RegulatorMSP", "/price"), <-got)
		require.NoError(t, c.Cut("regulator"))
		second := delivered(t, c, draft, "two", "RegulatorMSP", "/price")
		synctest.Wait()
		require.NoError(t, c.Heal("regulator"))
		require.Equal(t, second, <-got)
		require.Contains(t, told.kinds(), client.StreamLost)
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
		require.Contains(t, told.kinds(), client.StreamEnded)
	})
}

func TestAPeerThatRefusesAgainAndAgainEndsAFollowerOfDeliveries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := founded(t)
		told := &events{}
		elsewhere := c.Client(t, "regulator", "auditor", client.WithChannel("elsewhere"), client.WithObserver(told))
		var last error
		for _, err := range elsewhere.FollowDeliveries(t.Context(), 0) {
			last = err
		}
		require.ErrorContains(t, last, "NOT_FOUND")
		lost := slices.DeleteFunc(told.kinds(), func(k client.EventKind) bool { return k != client.StreamLost })
		require.Len(t, lost, 4, "a peer that has just been started may know the channel a moment later")
	})
}
