package client

import (
	"context"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client/internal/gateways"
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

// besidePatience is how long another gateway is waited for to learn its height: one that
// hangs must not hold up every refusal.
const besidePatience = 500 * time.Millisecond

// behind tells whether a refusal may be of a peer that does not know yet what it
// should, as after a fail-over to one that was restarted: of something of which this
// client has a receipt, or, of a write, of more than the one block by which gateways
// differ all the time. A gateway that begins with a refusal is asked once more. Then it
// is worth another try. What is on record already stays so.
func (c *Client) behind(ctx context.Context, f *flight, failed *Error) bool {
	if failed.Fault == nil || failed.Fault.Code == fault.AlreadyRecorded {
		return false
	}
	if failed.Stage == StageEndorse && f.try == 1 && f.asked != "" && c.abreast.Load() != f.asked {
		return true // it has not endorsed anything yet, and may have caught up since it refused
	}
	known := c.known.Load()
	if known == 0 && failed.Stage != StageEndorse {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	ctx, at := gateways.Noting(ctx)
	newest, err := f.blocks.newest(ctx)
	if err != nil || newest < known {
		return err == nil
	}
	if failed.Stage != StageEndorse || at() == "" {
		return false
	}
	ctx, cancel = context.WithTimeout(gateways.Away(ctx, at()), besidePatience)
	defer cancel()
	elsewhere, err := f.blocks.newest(ctx)
	return err == nil && newest+1 < elsewhere
}
