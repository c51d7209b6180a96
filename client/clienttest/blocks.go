package clienttest

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
)

// ordered is a transaction on the ledger, in a block of its own unless it came there
// by [Consortium.Together]. Blocks without one are those of the configuration, and
// what a test committed to the ledger itself.
type ordered struct {
	id      string
	payload []byte
	results memledger.Results
	code    peer.TxValidationCode
}

var _ grpc.ClientStream = (*blockStream)(nil)

// blockStream gives out blocks as the deliver service of an organisation's peer does
// (core/peer/deliverevents.go in Fabric), without signatures of orderers.
type blockStream struct {
	ctx        context.Context //nolint:containedctx // a stream is its context's
	consortium *Consortium
	home       *member
	method     string
	caller     string // by MSP id
	next, last uint64
	refused    common.Status
}

// NewStream implements [grpc.ClientConnInterface]: blocks, and no chaincode events.
func (g *gateway) NewStream(ctx context.Context, _ *grpc.StreamDesc, method string, _ ...grpc.CallOption) (grpc.ClientStream, error) {
	g.consortium.mu.Lock()
	cut := g.consortium.cutAt(g.home)
	g.consortium.mu.Unlock()
	if cut {
		return nil, errCut
	}
	switch method {
	case peer.Deliver_Deliver_FullMethodName, peer.Deliver_DeliverFiltered_FullMethodName, peer.Deliver_DeliverWithPrivateData_FullMethodName:
		return &blockStream{ctx: ctx, consortium: g.consortium, home: g.home, method: method}, nil
	}
	return nil, status.Errorf(codes.Unimplemented, "clienttest has no streams of %s", method)
}

// Header, Trailer, CloseSend and Context implement [grpc.ClientStream].
func (s *blockStream) Header() (metadata.MD, error) { return metadata.MD{}, nil }

// Trailer implements [grpc.ClientStream].
func (s *blockStream) Trailer() metadata.MD { return nil }

// CloseSend implements [grpc.ClientStream].
func (s *blockStream) CloseSend() error { return nil }

// Context implements [grpc.ClientStream].
func (s *blockStream) Context() context.Context { return s.ctx }

// SendMsg takes the request.
func (s *blockStream) SendMsg(message any) error {
	envelope, ok := message.(*common.Envelope)
	if !ok {
		return status.Errorf(codes.Internal, "clienttest: %T is no request for blocks", message)
	}
	var payload common.Payload
	var channel common.ChannelHeader
	var signature common.SignatureHeader
	var seek orderer.SeekInfo
	err := unmarshalAll(
		part{func() []byte { return envelope.GetPayload() }, &payload},
		part{func() []byte { return payload.GetHeader().GetChannelHeader() }, &channel},
		part{func() []byte { return payload.GetHeader().GetSignatureHeader() }, &signature},
		part{func() []byte { return payload.GetData() }, &seek},
	)
	if err != nil || channel.GetType() != int32(common.HeaderType_DELIVER_SEEK_INFO) {
		s.refused = common.Status_BAD_REQUEST
		return nil
	}
	certificate, mspID, err := s.consortium.identify(signature.GetCreator())
	switch {
	case channel.GetChannelId() != Channel:
		s.refused = common.Status_NOT_FOUND
	case err != nil || !verify(certificate, envelope.GetPayload(), envelope.GetSignature()):
		s.refused = common.Status_FORBIDDEN
	}
	s.caller, s.next, s.last = mspID, s.place(seek.GetStart()), s.place(seek.GetStop())
	return nil
}

// place is the number of the block that a position is of.
func (s *blockStream) place(position *orderer.SeekPosition) uint64 {
	s.consortium.mu.Lock()
	height := s.consortium.heightAt(s.home)
	s.consortium.mu.Unlock()
	switch at := position.GetType().(type) {
	case *orderer.SeekPosition_Newest:
		return height - 1
	case *orderer.SeekPosition_Specified:
		return at.Specified.GetNumber()
	case *orderer.SeekPosition_NextCommit:
		return height
	default:
		return 0
	}
}

// RecvMsg waits for the next block.
func (s *blockStream) RecvMsg(message any) error {
	into, ok := message.(*peer.DeliverResponse)
	switch {
	case !ok:
		return status.Errorf(codes.Internal, "clienttest: %T takes no block", message)
	case s.refused == common.Status_SUCCESS:
		return io.EOF
	case s.refused != common.Status_UNKNOWN:
		into.Type = &peer.DeliverResponse_Status{Status: s.refused}
		s.refused = common.Status_SUCCESS
		return nil
	case s.next > s.last:
		into.Type = &peer.DeliverResponse_Status{Status: common.Status_SUCCESS}
		s.refused = common.Status_SUCCESS
		return nil
	}
	if err := s.wait(); err != nil {
		return err
	}
	err := s.give(into)
	if s.next == math.MaxUint64 {
		return errors.Join(err, io.EOF)
	}
	s.next++
	return err
}

func (s *blockStream) wait() error {
	c := s.consortium
	for {
		c.mu.Lock()
		more, there, cut := c.waiters, s.next < c.heightAt(s.home) && !c.hungAt(s.home), c.cutAt(s.home)
		c.mu.Unlock()
		switch {
		case cut:
			return errCut
		case there:
			return nil
		}
		select {
		case <-more:
		case <-s.ctx.Done():
			return status.FromContextError(s.ctx.Err()).Err()
		}
	}
}

func (s *blockStream) give(into *peer.DeliverResponse) error {
	s.consortium.mu.Lock()
	entries := s.consortium.ordered[s.next]
	block, err := s.consortium.block(s.home, s.next)
	s.consortium.mu.Unlock()
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	switch s.method {
	case peer.Deliver_DeliverFiltered_FullMethodName:
		into.Type = &peer.DeliverResponse_FilteredBlock{FilteredBlock: &peer.FilteredBlock{ChannelId: Channel, Number: s.next}}
	case peer.Deliver_Deliver_FullMethodName:
		into.Type = &peer.DeliverResponse_Block{Block: block}
	default:
		private, err := s.private(entries)
		into.Type = &peer.DeliverResponse_BlockAndPrivateData{BlockAndPrivateData: &peer.BlockAndPrivateData{Block: block, PrivateDataMap: private}}
		return err
	}
	return nil
}

// private is what the home peer has of the private writes of transactions, by their
// places, and the caller is entitled to.
func (s *blockStream) private(entries []ordered) (map[uint64]*rwset.TxPvtReadWriteSet, error) {
	var all map[uint64]*rwset.TxPvtReadWriteSet
	for i, entry := range entries {
		set, err := s.privateOf(entry)
		if err != nil {
			return nil, err
		}
		if set == nil {
			continue
		}
		if all == nil {
			all = map[uint64]*rwset.TxPvtReadWriteSet{}
		}
		all[uint64(i)] = set
	}
	return all, nil
}

func (s *blockStream) privateOf(entry ordered) (*rwset.TxPvtReadWriteSet, error) {
	if entry.code != peer.TxValidationCode_VALID {
		return nil, nil //nolint:nilnil // nothing
	}
	sets := map[string]*kvrwset.KVRWSet{}
	var names []string
	for _, w := range entry.results.Private {
		if !s.has(w) {
			continue
		}
		if sets[w.Collection] == nil {
			sets[w.Collection] = &kvrwset.KVRWSet{}
			names = append(names, w.Collection)
		}
		sets[w.Collection].Writes = append(sets[w.Collection].Writes, &kvrwset.KVWrite{Key: string(w.Key), Value: w.Value, IsDelete: w.Value == nil})
	}
	if len(names) == 0 {
		return nil, nil //nolint:nilnil // nothing
	}
	slices.Sort(names)
	namespace := &rwset.NsPvtReadWriteSet{Namespace: Chaincode}
	for _, name := range names {
		text, err := proto.Marshal(sets[name])
		if err != nil {
			return nil, status.Error(codes.Internal, err.Error())
		}
		namespace.CollectionPvtRwset = append(namespace.CollectionPvtRwset, &rwset.CollectionPvtReadWriteSet{CollectionName: name, Rwset: text})
	}
	return &rwset.TxPvtReadWriteSet{NsPvtRwset: []*rwset.NsPvtReadWriteSet{namespace}}, nil
}

// has tells whether the home peer has a private write, for the caller. A purge takes
// with it what was written under the key before, and what itself wrote: the peer has
// its hash alone.
func (s *blockStream) has(w memledger.PrivateWrite) bool {
	for _, msp := range []string{s.home.MSP, s.caller} {
		sim := s.consortium.ledger.Simulate(memledger.Proposal{Caller: ledger.Caller{MSP: msp}}, s.home.MSP)
		if _, err := sim.GetPrivate(w.Collection, w.Key); err != nil {
			return false // lost, or no member
		}
	}
	return !w.Purge && !s.consortium.purged(w, s.next)
}

// purged tells whether a key was purged in a later block.
func (c *Consortium) purged(w memledger.PrivateWrite, block uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	purges := func(later ordered) bool {
		return later.code == peer.TxValidationCode_VALID && slices.ContainsFunc(later.results.Private, func(p memledger.PrivateWrite) bool {
			return p.Purge && p.Collection == w.Collection && p.Key == w.Key
		})
	}
	for number, all := range c.ordered {
		if number > block && slices.ContainsFunc(all, purges) {
			return true
		}
	}
	return false
}
