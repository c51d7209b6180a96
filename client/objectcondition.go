package client

import (
	"context"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
)

// Condition folds all that is known of how an object was kept: its own watches
// and those of the containers and places that it was in, whoever had it, for each
// policy that applied. The verdict is kept, broken or undetermined, with reasons;
// the times out of range are exact, or have bounds where they cannot be.
//
// It fails with fault.NotFound, and with fault.LimitExceeded when too much is
// known: then ask for a shorter time, or for one policy.
func (c *Client) Condition(ctx context.Context, object condition.ReadObjectRequest) (*condition.ReadObjectResponse, error) {
	return query(ctx, c, api.ObjectCondition, object)
}
