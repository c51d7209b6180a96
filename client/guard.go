package client

import (
	"context"
	"errors"

	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client/internal/gateways"
	"github.com/countersign-ledger/countersign/client/internal/prepared"
)

// ErrOtherTransaction says that a gateway has returned another transaction than it
// was asked to have endorsed. Nothing was signed.
var ErrOtherTransaction = prepared.ErrOther

// guard is the connection under calls of the contract. It lets nothing through to a
// chaincode that speaks another version, and nothing back to be signed that was not
// asked for: fabric-gateway signs what a gateway hands it.
type guard struct {
	grpc.ClientConnInterface
	client   *Client
	session  *session
	versions *versions
}

// Invoke implements [grpc.ClientConnInterface].
func (g *guard) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	if method != gateway.Gateway_Evaluate_FullMethodName && method != gateway.Gateway_Endorse_FullMethodName {
		return g.ClientConnInterface.Invoke(ctx, method, args, reply, options...)
	}
	if err := g.spoken(ctx); err != nil {
		return err
	}
	if err := g.ClientConnInterface.Invoke(ctx, method, args, reply, options...); err != nil {
		return g.doubted(ctx, err)
	}
	asked, isRequest := args.(*gateway.EndorseRequest)
	answered, isAnswer := reply.(*gateway.EndorseResponse)
	if !isRequest || !isAnswer {
		return nil
	}
	action, err := prepared.Check(asked.GetProposedTransaction().GetProposalBytes(), answered.GetPreparedTransaction().GetPayload())
	if err != nil {
		return err
	}
	deployed, err := prepared.Version(action)
	if err != nil {
		return err
	}
	g.versions.endorsed(deployed)
	return g.spoken(ctx)
}

func (g *guard) spoken(ctx context.Context) error {
	if g.session.keyless() {
		return nil // it cannot ask: see [Offline.AskVersion]
	}
	return g.versions.spoken(ctx, func(ctx context.Context) error { return g.client.askVersion(ctx, g.session) })
}

// doubted asks for the version when a refusal looks as if it had changed, and returns
// the reason of the two.
func (g *guard) doubted(ctx context.Context, err error) error {
	refused := faultIn(err)
	ctx, _ = gateways.Noting(ctx) // who is asked for the version is not who has refused
	if refused == nil || refused.Code != fault.UnknownFunction && refused.Code != fault.InvalidRequest || !g.versions.doubt() {
		return err
	}
	var other *VersionError
	if now := g.spoken(ctx); errors.As(now, &other) {
		return now
	}
	return err
}

// faultIn finds the contract's refusal in what a gateway returned; nil without one.
func faultIn(err error) *fault.Error {
	st := status.Convert(err)
	if found, ok := fault.Find(st.Message()); ok {
		return found
	}
	for _, d := range st.Details() {
		if d, ok := d.(*gateway.ErrorDetail); ok {
			if found, ok := fault.Find(d.GetMessage()); ok {
				return found
			}
		}
	}
	return nil
}
