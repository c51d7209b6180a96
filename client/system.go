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
	f, err := c.prepare(Invocation{Function: &api.Function{Contract: chaincode, Name: function}, EndorsingOrganisations: []string{c.msp}})
	if err != nil {
		return nil, err
	}
	contract := f.gateway.GetNetwork(c.channel).GetContract(chaincode)
	return observed(ctx, c, f, func(ctx context.Context, f *flight) ([]byte, error) {
		proposal, err := contract.NewProposal(function, client.WithBytesArguments(arguments...), client.WithEndorsingOrganizations(c.msp))
		if err != nil {
			return nil, fmt.Errorf("client: make the proposal for %s: %w", f.Function.FullName(), err)
		}
		return c.evaluated(ctx, f, proposal)
	})
}
