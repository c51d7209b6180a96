package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// maxBlock bounds a block with its private data, in bytes: Fabric's own limit of a
// message. gRPC's default, 4 MiB, is less than one large transaction.
const maxBlock = 100 << 20

// BlocksError says that the peer's stream of blocks has ended before it should.
// Whoever reads again begins at Block.
type BlocksError struct {
	// Block is the next that was awaited.
	Block uint64
	// Status is what the peer said, such as FORBIDDEN or NOT_FOUND; empty when the
	// connection failed.
	Status string
	cause  error
}

// Error implements error.
func (e *BlocksError) Error() string {
	switch {
	case e.Status != "":
		return fmt.Sprintf("client: the peer ends its stream of blocks at block %d: %s", e.Block, e.Status)
	default:
		return fmt.Sprintf("client: the stream of blocks broke at block %d: %v", e.Block, e.cause)
	}
}

// Unwrap returns the error underneath, if any; gRPC's is found with
// status.FromError. Of a context that has ended it is the context's.
func (e *BlocksError) Unwrap() error { return e.cause }

// notFound is what a peer says that does not have the block, nor will have it.
const notFound = "NOT_FOUND"

// deliverer is the part of a client that asks the peer for blocks. fabric-gateway has
// one; it does not say how high the ledger is, nor why a stream has ended.
type deliverer struct {
	channel string
	creator []byte
	tlsHash []byte // of the client's TLS certificate; nil without
	sign    func(message []byte) ([]byte, error)
	peer    peer.DeliverClient
}

// newest returns the number of the peer's last block.
func (d *deliverer) newest(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	last := &orderer.SeekPosition{Type: &orderer.SeekPosition_Newest{Newest: &orderer.SeekNewest{}}}
	request, err := d.request(last, last)
	if err != nil {
		return 0, err
	}
	stream, err := d.peer.DeliverFiltered(ctx)
	if err != nil {
		return 0, broken(ctx, 0, err)
	}
	answer, err := ask(ctx, stream, request, 0)
	if err != nil {
		return 0, err
	}
	return answer.GetFilteredBlock().GetNumber(), nil
}

// blocks yields the blocks from a number up to another, both included, with the
// private data that the caller's organisation is entitled to and the peer has. It
// waits for those that are not there yet. An error is the last that it yields, a
// [BlocksError].
func (d *deliverer) blocks(ctx context.Context, from, to uint64) iter.Seq2[*peer.BlockAndPrivateData, error] {
	return func(yield func(*peer.BlockAndPrivateData, error) bool) {
		request, err := d.request(position(from), position(to))
		if err != nil {
			yield(nil, broken(ctx, from, err))
			return
		}
		d.read(ctx, request, from, to)(yield)
	}
}

// read yields the blocks that a signed request asks for.
func (d *deliverer) read(ctx context.Context, request *common.Envelope, from, to uint64) iter.Seq2[*peer.BlockAndPrivateData, error] {
	return func(yield func(*peer.BlockAndPrivateData, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		stream, err := d.peer.DeliverWithPrivateData(ctx, grpc.MaxCallRecvMsgSize(maxBlock))
		if err != nil {
			yield(nil, broken(ctx, from, err))
			return
		}
		for next := from; next <= to; next++ {
			answer, err := ask(ctx, stream, request, next)
			request = nil // once
			if err != nil {
				yield(nil, err)
				return
			}
			block := answer.GetBlockAndPrivateData()
			if number := block.GetBlock().GetHeader().GetNumber(); number != next {
				yield(nil, broken(ctx, next, fmt.Errorf("the peer gave block %d in its place", number)))
				return
			}
			if !yield(block, nil) {
				return
			}
			if next == math.MaxUint64 {
				return
			}
		}
	}
}

func position(block uint64) *orderer.SeekPosition {
	return &orderer.SeekPosition{Type: &orderer.SeekPosition_Specified{Specified: &orderer.SeekSpecified{Number: block}}}
}

// request signs what is asked for.
func (d *deliverer) request(from, to *orderer.SeekPosition) (*common.Envelope, error) {
	payload, err := d.seek(from, to)
	if err != nil {
		return nil, err
	}
	signature, err := d.sign(payload)
	if err != nil {
		return nil, fmt.Errorf("client: sign the request for blocks: %w", err)
	}
	return &common.Envelope{Payload: payload, Signature: signature}, nil
}

// seek is what is signed to ask for blocks.
func (d *deliverer) seek(from, to *orderer.SeekPosition) ([]byte, error) {
	seek, err := proto.Marshal(&orderer.SeekInfo{Start: from, Stop: to})
	if err != nil {
		return nil, fmt.Errorf("client: ask for blocks: %w", err)
	}
	channel, err := proto.Marshal(&common.ChannelHeader{
		Type: int32(common.HeaderType_DELIVER_SEEK_INFO), ChannelId: d.channel, Timestamp: timestamppb.Now(), TlsCertHash: d.tlsHash,
	})
	if err != nil {
		return nil, fmt.Errorf("client: ask for blocks: %w", err)
	}
	creator, err := proto.Marshal(&common.SignatureHeader{Creator: d.creator})
	if err != nil {
		return nil, fmt.Errorf("client: ask for blocks: %w", err)
	}
	payload, err := proto.Marshal(&common.Payload{Header: &common.Header{ChannelHeader: channel, SignatureHeader: creator}, Data: seek})
	if err != nil {
		return nil, fmt.Errorf("client: ask for blocks: %w", err)
	}
	return payload, nil
}

// ask sends the request, if there is one, and receives an answer that is a block.
func ask(ctx context.Context, stream grpc.BidiStreamingClient[common.Envelope, peer.DeliverResponse], request *common.Envelope, next uint64) (*peer.DeliverResponse, error) {
	if request != nil {
		// A failure to send is io.EOF; the reason is received.
		if err := stream.Send(request); err != nil && !errors.Is(err, io.EOF) {
			return nil, broken(ctx, next, err)
		}
	}
	answer, err := stream.Recv()
	if err != nil {
		return nil, broken(ctx, next, err)
	}
	if said, ok := answer.GetType().(*peer.DeliverResponse_Status); ok {
		return nil, &BlocksError{Block: next, Status: said.Status.String()}
	}
	return answer, nil
}

func broken(ctx context.Context, next uint64, err error) error {
	if ended := ctx.Err(); ended != nil {
		err = errors.Join(ended, err)
	} else if errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: the peer closed it", io.ErrUnexpectedEOF)
	} else if st, ok := status.FromError(err); ok {
		err = st.Err()
	}
	return &BlocksError{Block: next, cause: err}
}
