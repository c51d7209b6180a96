package client

import (
	"context"
	"fmt"

	"github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/countersign-ledger/countersign/chaincode/api"
)

// System asks one of Fabric's own chaincodes (_lifecycle, cscc, qscc) at a peer of
// the caller's organisation, and returns its answer, in bytes. Others' peers are
// not asked: what they say of the channel is theirs to choose. It fails with
// [Error].
func (c *Client) System(ctx context.Context, chaincode, function string, arguments ...[]byte) ([]byte, error) {
	call := Invocation{Function: &api.Function{Contract: chaincode, Name: function}, EndorsingOrganisations: []string{c.msp}}
	contract := c.session().gateway.GetNetwork(c.channel).GetContract(chaincode)
	return again(ctx, c, func() ([]byte, error) {
		proposal, err := contract.NewProposal(function, client.WithBytesArguments(arguments...), client.WithEndorsingOrganizations(c.msp))
		if err != nil {
			return nil, fmt.Errorf("client: make the proposal for %s: %w", call.Function.FullName(), err)
		}
		ctx, cancel := context.WithTimeout(ctx, c.timeouts.Evaluate)
		defer cancel()
		result, err := proposal.EvaluateWithContext(ctx, roomy)
		if err != nil {
			return nil, failure(StageEvaluate, call, proposal.TransactionID(), err)
		}
		return result, nil
	})
}
