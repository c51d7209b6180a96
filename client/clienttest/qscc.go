package clienttest

import (
	"fmt"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

// qscc is the name of Fabric's chaincode that gives out what is on a peer's ledger.
const qscc = "qscc"

// ask answers as qscc does (core/scc/qscc in Fabric), of which there is
// GetTransactionByID.
func (g *gateway) ask(p *proposal) (*pb.EvaluateResponse, error) {
	answer, err := g.consortium.transaction(p.args)
	if err != nil {
		message := "chaincode response 500, " + err.Error()
		return nil, rpcError(codes.Unknown, "evaluate call to endorser returned error: "+message, detail(g.home, message))
	}
	text, err := proto.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return &pb.EvaluateResponse{Result: &peer.Response{Status: statusOK, Payload: text}}, nil
}

func (c *Consortium) transaction(arguments [][]byte) (*peer.ProcessedTransaction, error) {
	if len(arguments) != 3 || string(arguments[0]) != "GetTransactionByID" {
		return nil, fmt.Errorf("clienttest has no %q", arguments)
	}
	id := string(arguments[2])
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, entry := range c.ordered[c.committed[id].block] {
		if entry.id == id {
			return &peer.ProcessedTransaction{TransactionEnvelope: &common.Envelope{Payload: entry.payload}, ValidationCode: int32(entry.code)}, nil
		}
	}
	return nil, fmt.Errorf("Failed to get transaction with id %s, error no such transaction ID [%s] in index", id, id) //nolint:revive,staticcheck // Fabric's words
}
