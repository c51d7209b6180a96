package clienttest

import (
	"context"
	"crypto/sha256"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
)

// prepared is an endorsed transaction that may come back to be submitted.
type prepared struct {
	id      string
	payload []byte
	results memledger.Results
	by      []string
}

// commitment is what became of a transaction.
type commitment struct {
	code  peer.TxValidationCode
	block uint64
}

// prepare assembles the transaction from what peers endorsed.
func (c *Consortium) prepare(p *proposal, runs []*endorsed) (*common.Envelope, error) {
	input, err := p.public()
	if err != nil {
		return nil, err
	}
	endorsedAction := &peer.ChaincodeEndorsedAction{ProposalResponsePayload: runs[0].payload}
	entry := &prepared{id: p.channel.GetTxId(), results: runs[0].results}
	for _, done := range runs {
		endorsedAction.Endorsements = append(endorsedAction.Endorsements, done.endorsement)
		entry.by = append(entry.by, done.by.MSP)
	}
	action, err := proto.Marshal(&peer.ChaincodeActionPayload{ChaincodeProposalPayload: input, Action: endorsedAction})
	if err != nil {
		return nil, err
	}
	transaction, err := proto.Marshal(&peer.Transaction{Actions: []*peer.TransactionAction{{Header: p.header.GetSignatureHeader(), Payload: action}}})
	if err != nil {
		return nil, err
	}
	entry.payload, err = proto.Marshal(&common.Payload{Header: p.header, Data: transaction})
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.prepared[sha256.Sum256(entry.payload)] = entry // by what was endorsed: a proposal may be, more than once
	return &common.Envelope{Payload: entry.payload}, nil
}

// submit orders and commits a transaction in a block of its own.
func (g *gateway) submit(request *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	c := g.consortium
	c.mu.Lock()
	defer c.mu.Unlock()
	envelope := request.GetPreparedTransaction()
	entry, known := c.prepared[sha256.Sum256(envelope.GetPayload())]
	creator, mspID := c.creator(envelope.GetPayload())
	if !known || creator == nil || entry.id != request.GetTransactionId() {
		return nil, status.Error(codes.Aborted, "received unsuccessful response from orderer: status=BAD_REQUEST, info=clienttest orders only what it has endorsed")
	}
	if m, err := c.named(mspID); err != nil || m.Reader || !verify(creator.Certificate, envelope.GetPayload(), envelope.GetSignature()) {
		return nil, status.Error(codes.Aborted, "received unsuccessful response from orderer: status=FORBIDDEN, info=implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the 'Writers' sub-policies to be satisfied")
	}
	c.commit(request.GetTransactionId(), entry)
	return &pb.SubmitResponse{}, nil
}

func (c *Consortium) creator(payload []byte) (*Identity, string) {
	var outer common.Payload
	var signature common.SignatureHeader
	err := unmarshalAll(
		part{func() []byte { return payload }, &outer},
		part{func() []byte { return outer.GetHeader().GetSignatureHeader() }, &signature},
	)
	if err != nil {
		return nil, ""
	}
	certificate, mspID, err := c.identify(signature.GetCreator())
	if err != nil {
		return nil, mspID
	}
	return &Identity{MSP: mspID, Certificate: certificate}, mspID
}

func (c *Consortium) commit(id string, entry *prepared) {
	if _, twice := c.committed[id]; twice {
		return // the second is invalid, and the first's outcome stays
	}
	c.pending = append(c.pending, submitted{id, entry})
	if !c.collecting {
		c.cut()
	}
}

// submitted is a transaction that waits for its block.
type submitted struct {
	id    string
	entry *prepared
}

// cut commits what waits, in one block.
func (c *Consortium) cut() {
	if len(c.pending) == 0 {
		return
	}
	block := c.ledger.Height()
	all := make([]memledger.Transaction, len(c.pending))
	for i, t := range c.pending {
		all[i] = memledger.Transaction{ID: t.id}
		if c.satisfied(t.entry) {
			all[i].Results = t.entry.results
		}
	}
	for i, named := range c.ledger.Commit(all...) {
		t := c.pending[i]
		code := peer.TxValidationCode(peer.TxValidationCode_value[string(named)])
		if !c.satisfied(t.entry) {
			code = peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE
		}
		if _, twice := c.committed[t.id]; !twice {
			c.committed[t.id] = commitment{code: code, block: block}
		}
		c.ordered[block] = append(c.ordered[block], ordered{id: t.id, payload: t.entry.payload, results: t.entry.results, code: code})
	}
	c.pending = nil
	close(c.waiters)
	c.waiters = make(chan struct{})
}

// satisfied applies the endorsement policies: the chaincode's, or those of the
// collections when only private data is written.
func (c *Consortium) satisfied(entry *prepared) bool {
	everything := len(entry.results.Writes) > 0 || len(entry.results.Private) == 0
	for _, w := range entry.results.Private {
		quorum := c.quorums[w.Collection]
		if quorum.Required == 0 {
			everything = true
			continue
		}
		if count(entry.by, quorum.Of) < quorum.Required {
			return false
		}
	}
	return !everything || len(entry.by) >= c.required
}

// count is how many of the organisations are among those that endorsed.
func count(by, of []string) int {
	found := 0
	for _, msp := range of {
		if slices.Contains(by, msp) {
			found++
		}
	}
	return found
}

// commitStatus waits for a transaction, as a peer does.
func (g *gateway) commitStatus(ctx context.Context, signed *pb.SignedCommitStatusRequest) (*pb.CommitStatusResponse, error) {
	var request pb.CommitStatusRequest
	if err := proto.Unmarshal(signed.GetRequest(), &request); err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "invalid status request: %v", err)
	}
	certificate, _, err := g.consortium.identify(request.GetIdentity())
	if err != nil || !verify(certificate, signed.GetRequest(), signed.GetSignature()) {
		return nil, status.Error(codes.PermissionDenied, "the request is not signed by a member of the channel")
	}
	for {
		g.consortium.mu.Lock()
		found, done := g.consortium.committed[request.GetTransactionId()]
		next := g.consortium.waiters
		g.consortium.mu.Unlock()
		if done {
			return &pb.CommitStatusResponse{Result: found.code, BlockNumber: found.block}, nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return nil, status.FromContextError(ctx.Err()).Err()
		}
	}
}
