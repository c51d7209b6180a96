package client

import (
	"context"

	"github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// receipt is where a valid transaction is. The client remembers the highest block of
// its receipts.
func (c *Client) receipt(settled *client.Status) *Receipt {
	for known := c.known.Load(); settled.BlockNumber > known; known = c.known.Load() {
		if c.known.CompareAndSwap(known, settled.BlockNumber) {
			break
		}
	}
	return &Receipt{Transaction: settled.TransactionID, Block: settled.BlockNumber}
}

// behind tells whether a refusal may be of a peer that does not know yet what this
// client has a receipt of, as after a fail-over to one that was restarted: then it is
// worth another try. What is on record already stays so.
func (c *Client) behind(ctx context.Context, f *flight, failed *Error) bool {
	known := c.known.Load()
	if known == 0 || failed.Fault == nil || failed.Fault.Code == fault.AlreadyRecorded {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	newest, err := f.blocks.newest(ctx)
	return err == nil && newest < known
}
