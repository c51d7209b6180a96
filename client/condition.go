package client

import (
	"context"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
)

// DefinedPolicy is the answer to [Client.DefinePolicy].
type DefinedPolicy struct {
	Receipt
	Policy condition.Policy
}

// DefinePolicy puts a version of a condition policy on record, for good.
func (c *Client) DefinePolicy(ctx context.Context, policy condition.DefinePolicyRequest, options ...CallOption) (*DefinedPolicy, error) {
	response, receipt, err := Call(ctx, c, api.DefinePolicy, policy, options...)
	if err != nil {
		return nil, err
	}
	return &DefinedPolicy{*receipt, response}, nil
}

// Policy returns a version of a policy; fault.NotFound.
func (c *Client) Policy(ctx context.Context, id string, version int) (*condition.Policy, error) {
	return query(ctx, c, api.Policy, condition.PolicyRef{ID: id, Version: version})
}

// ChangedWatch is the answer to [Client.StartWatch] and [Client.EndWatch].
type ChangedWatch struct {
	Receipt
	Watch condition.Watch
}

// StartWatch applies a policy to objects and the devices that travel with them.
func (c *Client) StartWatch(ctx context.Context, watch condition.StartWatchRequest, options ...CallOption) (*ChangedWatch, error) {
	response, receipt, err := Call(ctx, c, api.StartWatch, watch, options...)
	if err != nil {
		return nil, err
	}
	return &ChangedWatch{*receipt, response}, nil
}

// EndWatch ends a watch at a time; absent: now.
func (c *Client) EndWatch(ctx context.Context, end condition.EndWatchRequest, options ...CallOption) (*ChangedWatch, error) {
	response, receipt, err := Call(ctx, c, api.EndWatch, end, options...)
	if err != nil {
		return nil, err
	}
	return &ChangedWatch{*receipt, response}, nil
}

// Watch returns a watch with its verdict and the state of each of its devices;
// fault.NotFound.
func (c *Client) Watch(ctx context.Context, id string) (*condition.ReadWatchResponse, error) {
	return query(ctx, c, api.Watch, condition.ReadWatchRequest{ID: id})
}

// Breach returns a breach and the decision on it; fault.NotFound.
func (c *Client) Breach(ctx context.Context, id string) (*condition.ReadBreachResponse, error) {
	return query(ctx, c, api.Breach, condition.ReadBreachRequest{Breach: id})
}

// Breaches yields the breaches that affect an object.
func (c *Client) Breaches(ctx context.Context, object string) iter.Seq2[condition.Breach, error] {
	return pages(func(bookmark string) ([]condition.Breach, string, error) {
		page, err := query(ctx, c, api.Breaches, condition.ListBreachesRequest{Object: object, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Breaches, page.Bookmark, nil
	})
}
