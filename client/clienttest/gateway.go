package clienttest

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

var _ grpc.ClientConnInterface = (*gateway)(nil)

// gateway answers as the gateway service of an organisation's peer does
// (internal/pkg/gateway in Fabric), without a connection in between.
type gateway struct {
	consortium *Consortium
	home       *member
}

// Invoke implements [grpc.ClientConnInterface].
func (g *gateway) Invoke(ctx context.Context, method string, args, reply any, _ ...grpc.CallOption) error {
	if err := ctx.Err(); err != nil {
		return status.FromContextError(err).Err()
	}
	if err := g.consortium.reached(ctx, g.home); err != nil {
		return err
	}
	before, after := g.consortium.interruption(method)
	if before != nil {
		return before
	}
	answer, err := g.answer(ctx, method, args)
	if after != nil {
		return after
	}
	if err != nil {
		return err
	}
	into, ok := reply.(proto.Message)
	if !ok {
		return status.Errorf(codes.Internal, "clienttest: %T is no message", reply)
	}
	proto.Merge(into, answer)
	return nil
}

func (g *gateway) answer(ctx context.Context, method string, args any) (proto.Message, error) {
	switch request := args.(type) {
	case *pb.EvaluateRequest:
		return g.evaluate(request)
	case *pb.EndorseRequest:
		return g.endorse(request)
	case *pb.SubmitRequest:
		return g.submit(request)
	case *pb.SignedCommitStatusRequest:
		return g.commitStatus(ctx, request)
	default:
		return nil, status.Errorf(codes.Unimplemented, "clienttest has no %s", method)
	}
}

func (g *gateway) evaluate(request *pb.EvaluateRequest) (*pb.EvaluateResponse, error) {
	p, err := g.open(request.GetProposedTransaction())
	if err != nil {
		return nil, err
	}
	if p.chaincode == qscc {
		return g.ask(p)
	}
	peers, err := g.peers(request.GetTargetOrganizations())
	if err != nil {
		return nil, status.Errorf(codes.FailedPrecondition, "no peers available to evaluate chaincode %s in channel %s", Chaincode, Channel)
	}
	if len(peers) == 0 {
		peers = g.near()
		if len(p.transient) > 0 && peers[0] != g.home {
			return nil, status.Error(codes.FailedPrecondition, "no endorsers found in the gateway's organization; retry specifying target organization(s) to protect transient data")
		}
	}
	done, err := g.consortium.run(p, peers[0])
	if err != nil {
		message := chaincodeText(err)
		return nil, rpcError(codes.Unknown, "evaluate call to endorser returned error: "+message, detail(peers[0], message))
	}
	return &pb.EvaluateResponse{Result: done.response}, nil
}

func (g *gateway) endorse(request *pb.EndorseRequest) (*pb.EndorseResponse, error) {
	p, err := g.open(request.GetProposedTransaction())
	if err != nil {
		return nil, err
	}
	peers, err := g.peers(request.GetEndorsingOrganizations())
	if err != nil {
		return nil, status.Error(codes.Unavailable, err.Error())
	}
	failure := "failed to collect enough transaction endorsements, see attached details for more info"
	if len(peers) == 0 {
		peers = g.near()
		if len(p.transient) > 0 && peers[0] != g.home {
			return nil, status.Error(codes.FailedPrecondition, "no endorsers found in the gateway's organization; retry specifying endorsing organization(s) to protect transient data")
		}
		if _, err := g.consortium.run(p, peers[0]); err != nil {
			return nil, rpcError(codes.Aborted, "failed to endorse transaction, see attached details for more info", detail(peers[0], chaincodeText(err)))
		}
		peers = peers[:g.consortium.required]
	}
	runs, details := g.collect(p, peers)
	if len(details) > 0 {
		return nil, rpcError(codes.Aborted, failure, details...)
	}
	envelope, err := g.consortium.prepare(p, runs)
	if err != nil {
		return nil, status.Error(codes.Aborted, err.Error())
	}
	return &pb.EndorseResponse{PreparedTransaction: envelope}, nil
}

// collect runs a proposal at several peers; their answers must be equal.
func (g *gateway) collect(p *proposal, peers []*member) (runs []*endorsed, details []*pb.ErrorDetail) {
	for _, peer := range peers {
		done, err := g.consortium.run(p, peer)
		switch {
		case err != nil:
			details = append(details, detail(peer, chaincodeText(err)))
		case len(runs) > 0 && !slices.Equal(runs[0].payload, done.payload):
			details = append(details, detail(peer, "ProposalResponsePayloads do not match"))
		default:
			runs = append(runs, done)
		}
	}
	return runs, details
}

// near lists the peers that run the chaincode, the gateway's own first.
func (g *gateway) near() []*member {
	peers := g.consortium.trading()
	slices.SortStableFunc(peers, func(a, b *member) int {
		switch g.home {
		case a:
			return -1
		case b:
			return 1
		}
		return 0
	})
	return peers
}

// peers finds the peers of organisations that a client named.
func (g *gateway) peers(msps []string) ([]*member, error) {
	var peers []*member
	var missing []string
	for _, msp := range msps {
		m, err := g.consortium.named(msp)
		switch {
		case err != nil || m.Reader || m.MSP != msp:
			missing = append(missing, msp)
		case !slices.Contains(peers, m):
			peers = append(peers, m)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("failed to find any endorsing peers for org(s): %s", strings.Join(missing, ", "))
	}
	return peers, nil
}

func chaincodeText(err error) string { return "chaincode response 500, " + fault.Of(err).Wire() }

func detail(m *member, message string) *pb.ErrorDetail {
	return &pb.ErrorDetail{Address: "peer0." + m.Name + ":7051", MspId: m.MSP, Message: message}
}

func rpcError(code codes.Code, message string, details ...*pb.ErrorDetail) error {
	st := status.New(code, message)
	attached := make([]protoadapt.MessageV1, len(details))
	for i, d := range details {
		attached[i] = protoadapt.MessageV1Of(d)
	}
	if with, err := st.WithDetails(attached...); err == nil {
		st = with
	}
	return st.Err()
}

func certificates(a *authority) []*x509.Certificate { return []*x509.Certificate{a.certificate} }
