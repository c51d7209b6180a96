package client

import (
	"context"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// TwinAsOf returns the facts of an object as of a time, what it inherited from
// containers included: as [product.Recorded] by then, or as had [product.Occurred]
// by then. It fails with fault.NotFound when the object had not begun.
func (c *Client) TwinAsOf(ctx context.Context, id string, at time.Time, clock product.Clock) (*product.Past, error) {
	return query(ctx, c, api.TwinAsOf, product.ReadTwinAsOfRequest{ID: id, Time: at, Clock: clock})
}

// AttestTwinAsOf has the same answered and signed by organisations; see [Attest].
func (c *Client) AttestTwinAsOf(ctx context.Context, id string, at time.Time, clock product.Clock, by ...string) (*evidence.Statement, error) {
	return Attest(ctx, c, api.TwinAsOf, product.ReadTwinAsOfRequest{ID: id, Time: at, Clock: clock}, by...)
}
