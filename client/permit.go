package client

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Authorised is the answer to [Client.Authorise].
type Authorised struct {
	Receipt
	Permission condition.Permitted
}

// Authorise permits something with what a breach holds: permission says what, where
// to, until when and why, and a person of the quality unit signs it. A permission
// without id gets a random one, without a time that of the clock, and without a
// meaning it is to authorise.
func (c *Client) Authorise(ctx context.Context, permission condition.Permission, by Signatory, options ...CallOption) (*Authorised, error) {
	if permission.ID == "" {
		permission.ID = rand.Text()
	}
	if permission.Time == 0 {
		permission.Time = evaluation.MomentOf(time.Now())
	}
	if permission.Meaning == "" {
		permission.Meaning = condition.Authorise
	}
	text, err := condition.PermissionBytes(permission)
	if err != nil {
		return nil, fmt.Errorf("client: the permission: %w", err)
	}
	signature, err := by.sign(text)
	if err != nil {
		return nil, err
	}
	response, receipt, err := Call(ctx, c, api.AuthoriseBreach, condition.AuthoriseRequest{Statement: permission, Proof: signature}, options...)
	if err != nil {
		return nil, err
	}
	return &Authorised{*receipt, response}, nil
}

// Permits returns what is permitted now with what a breach holds; fault.NotFound.
func (c *Client) Permits(ctx context.Context, breach string) ([]product.Permit, error) {
	response, err := query(ctx, c, api.Permits, condition.ReadBreachRequest{Breach: breach})
	if err != nil {
		return nil, err
	}
	return response.Permits, nil
}

// Permission returns a permission by its id, "MSP/id", with the signature of who
// gave it; fault.NotFound.
func (c *Client) Permission(ctx context.Context, id string) (*condition.Permitted, error) {
	return query(ctx, c, api.Permission, condition.ReadStatementRequest{ID: id})
}
