package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// receiving is told when a stream begins to wait for a block, and when it has it.
type receiving interface {
	waiting(block uint64)
	received()
}

// public yields the blocks from a number up to another, both included, without
// private data. It waits for those that are not there yet. An error is the last that
// it yields, a [BlocksError].
func (d *deliverer) public(ctx context.Context, from, to uint64, told receiving) iter.Seq2[*common.Block, error] {
	return func(yield func(*common.Block, error) bool) {
		stream, err := d.ask(ctx, position(from), position(to))
		if err != nil {
			yield(nil, broken(ctx, from, err))
			return
		}
		for next := from; next <= to; next++ {
			told.waiting(next)
			answer, err := ask(ctx, stream, nil, next)
			told.received()
			if err != nil {
				yield(nil, err)
				return
			}
			block := answer.GetBlock()
			if number := block.GetHeader().GetNumber(); number != next {
				yield(nil, broken(ctx, next, fmt.Errorf("the peer gave block %d in its place", number)))
				return
			}
			if !yield(block, nil) || next == math.MaxUint64 {
				return
			}
		}
	}
}

func (d *deliverer) ask(ctx context.Context, from, to *orderer.SeekPosition) (peer.Deliver_DeliverClient, error) {
	request, err := d.request(from, to)
	if err != nil {
		return nil, err
	}
	stream, err := d.peer.Deliver(ctx, grpc.MaxCallRecvMsgSize(maxBlock))
	if err != nil {
		return nil, err
	}
	return stream, stream.Send(request)
}

// newestHeader returns the header of the peer's last block.
func (d *deliverer) newestHeader(ctx context.Context) (Header, error) {
	last := &orderer.SeekPosition{Type: &orderer.SeekPosition_Newest{Newest: &orderer.SeekNewest{}}}
	return d.header(ctx, 0, last)
}

// header returns the header of the block at a position; number is for the error.
func (d *deliverer) header(ctx context.Context, number uint64, at *orderer.SeekPosition) (Header, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := d.ask(ctx, at, at)
	if err != nil {
		return Header{}, broken(ctx, number, err)
	}
	answer, err := ask(ctx, stream, nil, number)
	if err != nil {
		return Header{}, err
	}
	return headerOf(answer.GetBlock()), nil
}

func headerOf(block *common.Block) Header {
	h := block.GetHeader()
	return Header{Number: h.GetNumber(), Previous: h.GetPreviousHash(), Data: h.GetDataHash()}
}

// follows checks that a block is whole and follows what was read before.
func (f *following) follows(ctx context.Context, d *deliverer, block *common.Block) (Header, error) {
	header := headerOf(block)
	if sum := sha256.Sum256(bytes.Join(block.GetData().GetData(), nil)); !bytes.Equal(sum[:], header.Data) {
		return header, &CorruptBlockError{header, errors.New("its transactions are not those of its header")}
	}
	known := f.at.Last
	switch {
	case !known.Known():
		return header, nil
	case f.at.partial():
		if !known.Equal(header) {
			return header, &ForkError{Known: known, Found: header}
		}
	case !bytes.Equal(header.Previous, known.Hash()):
		found, err := d.header(ctx, known.Number, position(known.Number))
		if err != nil || found.Equal(known) {
			found = header
		}
		return header, &ForkError{Known: known, Found: found}
	}
	return header, nil
}

// block hands on the items of a block from where the stream is.
func (f *following) block(ctx context.Context, d *deliverer, block *common.Block) error {
	header, err := f.follows(ctx, d, block)
	if err != nil {
		return err
	}
	codes, err := validation(block)
	if err != nil {
		return &CorruptBlockError{header, err}
	}
	seen := map[string]bool{}
	for i, envelope := range block.GetData().GetData() {
		if peer.TxValidationCode(codes[i]) != peer.TxValidationCode_VALID {
			continue
		}
		done, err := f.client.committedOf(envelope)
		if err != nil {
			return &CorruptBlockError{header, fmt.Errorf("transaction %d: %w", i, err)}
		}
		if done == nil || seen[done.Transaction] || uint64(i) < f.at.Transaction {
			seen[idOf(done)] = true
			continue
		}
		seen[done.Transaction] = true
		if err := f.transaction(header, uint64(i), done, envelope); err != nil {
			return err
		}
	}
	f.at = Checkpoint{Block: header.Number + 1, Last: header}
	f.client.observe(ctx, Event{Kind: StreamDelivered, Name: f.name, Code: CodeOK, Block: header.Number, Lag: f.behind()})
	return f.take(nil, header.Number >= f.newest.Load())
}

func idOf(done *ledger.Committed) string {
	if done == nil {
		return ""
	}
	return done.Transaction
}

// transaction hands on the items of a transaction.
func (f *following) transaction(header Header, index uint64, done *ledger.Committed, envelope []byte) error {
	for n := range done.Writes() {
		if index == f.at.Transaction && uint64(n) < f.at.Write {
			continue
		}
		item, err := f.item(done, n)
		if err != nil {
			return &RecordError{Block: header.Number, Transaction: done.Transaction, Key: done.Writes()[n].Key, cause: err}
		}
		if item == nil {
			continue
		}
		item.Block, item.Index, item.Write, item.Transaction = header.Number, index, uint64(n), done.Transaction
		item.Time = timeOf(envelope)
		item.Checkpoint = Checkpoint{Block: header.Number, Transaction: index, Write: uint64(n) + 1, Last: header}
		f.at = item.Checkpoint
		if err := f.take(item, false); err != nil {
			return err
		}
	}
	return nil
}

// committedOf returns what a transaction wrote to the chaincode's public state; nil
// for one that runs no chaincode, such as a configuration.
func (c *Client) committedOf(envelope []byte) (*ledger.Committed, error) {
	id, sets, err := chaincodeSets(envelope, c.chaincode)
	if err != nil {
		return nil, err
	}
	if len(sets) == 0 {
		return nil, nil //nolint:nilnil // none
	}
	var writes []ledger.Write
	for _, set := range sets {
		var kv kvrwset.KVRWSet
		if err := proto.Unmarshal(set.GetRwset(), &kv); err != nil {
			return nil, err
		}
		for _, w := range kv.GetWrites() {
			write := ledger.Write{Key: ledger.Key(w.GetKey()), Value: w.GetValue()}
			if w.GetIsDelete() || len(write.Value) == 0 {
				write.Value = nil
			}
			writes = append(writes, write)
		}
	}
	return ledger.NewCommitted(id, writes), nil
}
