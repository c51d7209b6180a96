package client

import (
	"slices"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// item reads a write; nil when it is nothing that the stream has.
func (f *following) item(done *ledger.Committed, n int) (*Item, error) {
	for _, k := range f.config.kinds {
		record, err := kinds[k].read(done, n)
		if err != nil {
			return nil, err
		}
		if record == nil {
			continue
		}
		wanted, err := f.wanted(kinds[k], record, done)
		if err != nil || !wanted {
			return nil, err
		}
		return &Item{Kind: k, Record: record}, nil
	}
	return nil, nil //nolint:nilnil // none
}

// wanted tells whether filters let an item through.
func (f *following) wanted(k kind, record any, done *ledger.Committed) (bool, error) {
	if len(f.config.by) > 0 && !slices.ContainsFunc(k.of(record), func(msp string) bool { return slices.Contains(f.config.by, msp) }) {
		return false, nil
	}
	if len(f.config.about) == 0 {
		return true, nil
	}
	paths, err := k.about(record, done)
	return within(paths, f.config.about), err
}

// timeOf is the timestamp of a transaction that could be read before.
func timeOf(text []byte) time.Time {
	var envelope common.Envelope
	var payload common.Payload
	var header common.ChannelHeader
	if proto.Unmarshal(text, &envelope) != nil || proto.Unmarshal(envelope.GetPayload(), &payload) != nil ||
		proto.Unmarshal(payload.GetHeader().GetChannelHeader(), &header) != nil {
		return time.Time{}
	}
	return header.GetTimestamp().AsTime().Truncate(time.Millisecond)
}
