package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// timed is a connection that takes its own time off the benchmark's clock: what is
// left is what the client does.
type timed struct {
	grpc.ClientConnInterface
	b *testing.B
}

func (c timed) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	c.b.StopTimer()
	defer c.b.StartTimer()
	return c.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

// A submit through our client beside one through bare fabric-gateway, without the
// time of gateway and ledger. test/bench measures both on a real network.
func BenchmarkSubmit(b *testing.B) {
	c := clienttest.New(b, clienttest.WithTime(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)))
	require.NoError(b, c.Found(b.Context(), shipmenttest.Founders()...))
	connection, err := c.Connection("manufacturer")
	require.NoError(b, err)
	user, err := c.User("manufacturer", "operator")
	require.NoError(b, err)
	serial := 0
	request := func(b *testing.B) []byte {
		serial++
		text, err := json.Marshal(logger(fmt.Sprint(1000 + serial)))
		require.NoError(b, err)
		return text
	}
	b.Run("fabric-gateway", func(b *testing.B) {
		id, err := identity.NewX509Identity(user.MSP, user.Certificate)
		require.NoError(b, err)
		sign, err := identity.NewPrivateKeySign(user.Key)
		require.NoError(b, err)
		bare, err := gateway.Connect(id, gateway.WithSign(sign), gateway.WithHash(hash.SHA256), gateway.WithClientConnection(timed{connection, b}))
		require.NoError(b, err)
		defer func() { require.NoError(b, bare.Close()) }()
		contract := bare.GetNetwork(clienttest.Channel).GetContract(clienttest.Chaincode)
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			text := request(b)
			b.StartTimer()
			_, err := contract.SubmitWithContext(b.Context(), api.RegisterDevice.FullName(), gateway.WithBytesArguments(text))
			require.NoError(b, err)
		}
	})
	b.Run("client", func(b *testing.B) {
		ours := c.Client(b, "manufacturer", "operator", client.WithClientConnection(timed{connection, b}))
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			text := request(b)
			b.StartTimer()
			_, _, err := ours.Submit(b.Context(), client.Invocation{Function: api.RegisterDevice.Function, Request: text})
			require.NoError(b, err)
		}
	})
}
