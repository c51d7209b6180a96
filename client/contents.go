package client

import (
	"context"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Contents lists the objects that are packed directly in a container now, in the
// order of their paths. Each object's own state says [Client.Twin]. It fails with
// fault.NotFound, fault.InvalidIdentifier and fault.Unsupported.
func (c *Client) Contents(ctx context.Context, container string) iter.Seq2[product.Contained, error] {
	return c.contents(ctx, container, false)
}

// Attached lists likewise what is attached to an object: devices, parts, assets.
func (c *Client) Attached(ctx context.Context, object string) iter.Seq2[product.Contained, error] {
	return c.contents(ctx, object, true)
}

func (c *Client) contents(ctx context.Context, container string, attached bool) iter.Seq2[product.Contained, error] {
	return pages(func(bookmark string) ([]product.Contained, string, error) {
		page, err := query(ctx, c, api.Contents, product.ReadContentsRequest{ID: container, Attached: attached, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Objects, page.Bookmark, nil
	})
}
