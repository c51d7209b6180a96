package clienttest

import (
	"context"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// peerFault is what is wrong with the peer of an organisation.
type peerFault struct {
	cut     bool
	hung    bool
	stalled bool
	height  uint64 // while stalled
	forked  *uint64
	spoilt  *uint64
}

// errCut is what gRPC says of a connection that is gone.
var errCut = status.Error(codes.Unavailable, "connection error: the peer is down")

// Cut has the peer of an organisation be down until [Consortium.Heal]: streams of
// blocks break, and calls and new streams find nobody.
func (c *Consortium) Cut(organisation string) error {
	return c.fault(organisation, func(f *peerFault) { f.cut = true })
}

// Stall has the peer of an organisation get no more blocks until [Consortium.Heal]:
// its streams stay open and give out nothing beyond its height. Other calls are
// answered as ever.
func (c *Consortium) Stall(organisation string) error {
	return c.fault(organisation, func(f *peerFault) {
		if !f.stalled {
			f.stalled, f.height = true, c.ledger.Height()
		}
	})
}

// Hang has the peer of an organisation take whatever it is asked, and say nothing,
// until [Consortium.Heal]: a process that was stopped, or a network that swallows
// what is sent.
func (c *Consortium) Hang(organisation string) error {
	return c.fault(organisation, func(f *peerFault) { f.hung = true })
}

// Fork has the peer of an organisation have another history from a block on: the
// same transactions in blocks of another hash.
func (c *Consortium) Fork(organisation string, from uint64) error {
	return c.fault(organisation, func(f *peerFault) { f.forked = &from })
}

// Spoil has the peer of an organisation give out a block with transactions that are
// not those of its header.
func (c *Consortium) Spoil(organisation string, block uint64) error {
	return c.fault(organisation, func(f *peerFault) { f.spoilt = &block })
}

// Heal ends what is wrong with the peer of an organisation.
func (c *Consortium) Heal(organisation string) error {
	return c.fault(organisation, func(f *peerFault) { *f = peerFault{} })
}

func (c *Consortium) fault(organisation string, set func(*peerFault)) error {
	m, err := c.named(organisation)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.faults[m] == nil {
		c.faults[m] = &peerFault{}
	}
	set(c.faults[m])
	close(c.waiters) // streams look again
	c.waiters = make(chan struct{})
	return nil
}

// heightAt is the height of an organisation's peer.
func (c *Consortium) heightAt(m *member) uint64 {
	if f := c.faults[m]; f != nil && f.stalled {
		return f.height
	}
	return c.ledger.Height()
}

func (c *Consortium) cutAt(m *member) bool { return c.faults[m] != nil && c.faults[m].cut }

func (c *Consortium) hungAt(m *member) bool { return c.faults[m] != nil && c.faults[m].hung }

// reached waits while the peer hangs, and fails when it is down.
func (c *Consortium) reached(ctx context.Context, m *member) error {
	for {
		c.mu.Lock()
		cut, hung, changed := c.cutAt(m), c.hungAt(m), c.waiters
		c.mu.Unlock()
		switch {
		case cut:
			return errCut
		case !hung:
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		}
	}
}

// spoil makes of a block what the peer has in its place.
func (f *peerFault) spoil(block *common.Block) {
	number := block.GetHeader().GetNumber()
	if f.forked != nil && number >= *f.forked {
		block.Data.Data = append(block.GetData().GetData(), []byte("another history"))
		block.Header.DataHash = dataHash(block.GetData().GetData())
		codes := &block.GetMetadata().GetMetadata()[common.BlockMetadataIndex_TRANSACTIONS_FILTER]
		*codes = append(slices.Clone(*codes), 255) // INVALID_OTHER_REASON
		if number > *f.forked {
			block.Header.PreviousHash = dataHash([][]byte{block.GetHeader().GetPreviousHash()})
		}
	}
	if f.spoilt != nil && number == *f.spoilt {
		block.Data.Data = slices.Concat(block.GetData().GetData(), [][]byte{[]byte("not of the block")})
	}
}
