package client

import (
	"context"
	"errors"
	"maps"
	"sync/atomic"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

// receipt is where a valid transaction is.
func (c *Client) receipt(settled *client.Status) *Receipt {
	c.knows(settled.BlockNumber)
	return &Receipt{Transaction: settled.TransactionID, Block: settled.BlockNumber}
}

// knows notes that the channel has a block.
func (c *Client) knows(block uint64) { raise(&c.known, block) }

// raise keeps the highest of the blocks that it is given.
func raise(highest *atomic.Uint64, block uint64) {
	for {
		before := highest.Load()
		if block <= before || highest.CompareAndSwap(before, block) {
			return
		}
	}
}

// heights are the last blocks that gateways were seen to have. They are not changed, but
// replaced.
type heights map[string]uint64

// has notes that a gateway has a block.
func (c *Client) has(gateway string, block uint64) {
	if had, found := (*c.seen.Load())[gateway]; !found || had < block {
		c.notes(func(seen heights) { seen[gateway] = max(seen[gateway], block) })
	}
	c.knows(block)
}

// forget forgets what a gateway was seen to have: when its connection has ended, it may
// be another peer next, or the same with a ledger that begins anew.
func (c *Client) forget(gateway string) {
	c.notes(func(seen heights) { delete(seen, gateway) })
}

func (c *Client) notes(change func(seen heights)) {
	for {
		before := c.seen.Load()
		after := maps.Clone(*before)
		change(after)
		if c.seen.CompareAndSwap(before, &after) {
			return
		}
	}
}

// begin notes what is known as a gateway is asked. What it is seen to have afterwards,
// it may not have had when it refused. What the call may follow from was known when it
// was asked for the first time.
func (f *flight) begin(c *Client) {
	if f.try <= 1 {
		f.known = c.known.Load()
	}
	f.seen = *c.seen.Load()
}

// abreast tells whether the gateway was seen, before it was asked, to have all that
// was known, and that another had.
func (f *flight) abreast() bool {
	had, found := f.seen[f.asked]
	return found && had >= max(f.known, f.elsewhere)
}

// besidePatience is how long another gateway is waited for to learn its height: one that
// hangs must not hold up every refusal.
const besidePatience = 500 * time.Millisecond

// behind tells whether a refusal may be of a gateway that does not know yet what it
// should, as after a fail-over to one that was restarted: then it is worth another try,
// and not final when there is none left. One is believed when it had, before it was
// asked, all that the client knew of when the call began ([WithKnownBlock], its receipts,
// what it followed, what any gateway was seen to have); and, for a write, all that
// another has after the first refusal. What is on record already stays so.
func (c *Client) behind(ctx context.Context, f *flight, failed *Error) bool {
	if failed.Fault == nil || failed.Fault.Code == fault.AlreadyRecorded {
		return false
	}
	f.refusals++
	writes := failed.Stage == StageEndorse && f.asked != ""
	if !writes && f.known == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if writes && f.elsewhere == 0 {
		if f.elsewhere = c.lastElsewhere(ctx, f); ctx.Err() != nil {
			return true // the caller waits no longer, and there was nobody to compare with
		}
	}
	return !f.abreast() && c.mayLag(ctx, f)
}

// mayLag looks at the gateway that has refused, which was not seen to have everything,
// and tells whether it is asked once more. One that cannot be looked at is asked twice.
func (c *Client) mayLag(ctx context.Context, f *flight) bool {
	_, newest, err := c.look(gateways.Only(ctx, f.asked), f)
	if refused := (*BlocksError)(nil); errors.As(err, &refused) && refused.Status != "" {
		return f.refusals == 1 // it shows nobody how far it is
	}
	switch status.Code(err) {
	case codes.OK:
		if f.refusals == 1 {
			f.known = max(f.known, newest) // also for the gateway to which the call fails over
		}
		return true
	case codes.Unimplemented, codes.PermissionDenied, codes.Unauthenticated:
		return f.refusals == 1 // as what stands before it
	case codes.DeadlineExceeded:
		return f.refusals == 1 || max(f.known, f.elsewhere) > 0
	default:
		return true // it has gone, and another is asked next
	}
}

// look asks a gateway for its last block. Peers show a block a moment before what it
// changes can be read: the pause before the next try is longer.
func (c *Client) look(ctx context.Context, f *flight) (gateway string, newest uint64, err error) {
	ctx, at := gateways.Noting(ctx)
	if newest, err = f.blocks.newest(ctx); err == nil {
		c.has(at(), newest)
	}
	return at(), newest, err
}

// lastElsewhere returns the last block of another gateway than the one that was asked,
// or 0 when there is none, or none says in time.
func (c *Client) lastElsewhere(ctx context.Context, f *flight) uint64 {
	ctx, cancel := context.WithTimeout(gateways.Away(ctx, f.asked), besidePatience)
	defer cancel()
	gateway, newest, err := c.look(ctx, f)
	if err != nil || gateway == f.asked {
		return 0
	}
	return newest
}
