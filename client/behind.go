package client

import (
	"context"
	"errors"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

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

// standing is a gateway, and a block that its ledger was seen to have.
type standing struct {
	gateway string
	block   uint64
}

// has notes that a gateway has a block.
func (c *Client) has(gateway string, block uint64) {
	if seen := c.seen.Load(); seen == nil || seen.gateway != gateway || seen.block < block {
		c.seen.Store(&standing{gateway, block})
	}
}

// horizon is what is known when a gateway is asked. What it is seen to have afterwards,
// it may not have had when it refused.
type horizon struct {
	known uint64
	seen  *standing
}

func (c *Client) horizon() horizon { return horizon{c.known.Load(), c.seen.Load()} }

// abreast tells whether a gateway was seen to have a block, and all that the client had
// a receipt of.
func (h horizon) abreast(gateway string, block uint64) bool {
	return h.seen != nil && h.seen.gateway == gateway && h.seen.block >= max(h.known, block)
}

// besidePatience is how long another gateway is waited for to learn its height: one that
// hangs must not hold up every refusal.
const besidePatience = 500 * time.Millisecond

// behind tells whether a refusal may be of a gateway that does not know yet what it
// should, as after a fail-over to one that was restarted: then it is worth another try,
// and not final when there is none left. One is believed when it had, before it was
// asked, all that the client has a receipt of ([WithKnownBlock]); and, for a write, all
// that another had when the call was first refused. What it has by the time it is looked
// at, it may have got since it refused. What is on record already stays so.
func (c *Client) behind(ctx context.Context, f *flight, failed *Error) bool {
	if failed.Fault == nil || failed.Fault.Code == fault.AlreadyRecorded {
		return false
	}
	writes := failed.Stage == StageEndorse && f.asked != ""
	if !writes && f.horizon.known == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if writes && f.elsewhere == 0 {
		f.elsewhere = lastElsewhere(ctx, f)
	}
	if f.horizon.abreast(f.asked, f.elsewhere) {
		return false
	}
	newest, err := f.blocks.newest(gateways.Only(ctx, f.asked))
	if refused := (*BlocksError)(nil); errors.As(err, &refused) && refused.Status != "" {
		return f.try == 1 // it shows nobody how far it is
	}
	switch status.Code(err) {
	case codes.OK:
		c.has(f.asked, newest)
		return true
	case codes.Unimplemented, codes.PermissionDenied, codes.Unauthenticated, codes.DeadlineExceeded:
		return f.try == 1 // as what stands before it
	default:
		return true // it has gone, and another is asked next
	}
}

// lastElsewhere returns the last block of another gateway than the one that was asked,
// or 0 when none says.
func lastElsewhere(ctx context.Context, f *flight) uint64 {
	ctx, cancel := context.WithTimeout(gateways.Away(ctx, f.asked), besidePatience)
	defer cancel()
	newest, err := f.blocks.newest(ctx)
	if err != nil {
		return 0
	}
	return newest
}
