package gateways_test

import (
	"context"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

func TestAStreamGoesWhereItIsToldAndSaysWhereItIs(t *testing.T) {
	first, second := newPeer(t, "first"), newPeer(t, "second")
	p := pool(t, gateways.Settings{}, first, second)
	begins := func(hint func(context.Context) context.Context) string {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		noted, at := gateways.Noting(ctx)
		require.Empty(t, at())
		_, err := peer.NewDeliverClient(p).Deliver(hint(noted))
		require.NoError(t, err)
		return at()
	}
	away := func(from string) func(context.Context) context.Context {
		return func(ctx context.Context) context.Context { return gateways.Away(ctx, from) }
	}
	only := func(at string) func(context.Context) context.Context {
		return func(ctx context.Context) context.Context { return gateways.Only(ctx, at) }
	}
	require.Equal(t, first.address, begins(away("")))
	require.Equal(t, second.address, begins(away(first.address)))
	require.Equal(t, first.address, begins(away(second.address)))
	require.Equal(t, first.address, begins(away("elsewhere")))
	require.Equal(t, second.address, begins(only(second.address)))
	require.Equal(t, first.address, begins(only("elsewhere")), "a gateway that was taken out")

	second.down()
	until(t, func() bool { return begins(away(first.address)) == first.address })
}
