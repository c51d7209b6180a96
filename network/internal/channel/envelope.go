package channel

import (
	"errors"
	"fmt"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/protobuf/proto"
)

// ErrNoUpdate means that an envelope holds no change of a configuration.
var ErrNoUpdate = errors.New("channel: not an update of a channel's configuration")

// Envelope packs an update with the signatures of administrators, for "peer
// channel signconfigtx" and "peer channel update", or to be signed and sent. It
// bears no time, so the same update without signatures gives the same envelope.
func Envelope(name string, update []byte, signatures ...*common.ConfigSignature) (*common.Envelope, error) {
	header, err := deterministic.Marshal(&common.ChannelHeader{Type: int32(common.HeaderType_CONFIG_UPDATE), ChannelId: name})
	if err != nil {
		return nil, fmt.Errorf("channel: envelope: %w", err)
	}
	data, err := deterministic.Marshal(&common.ConfigUpdateEnvelope{ConfigUpdate: update, Signatures: signatures})
	if err != nil {
		return nil, fmt.Errorf("channel: envelope: %w", err)
	}
	payload, err := deterministic.Marshal(&common.Payload{Header: &common.Header{ChannelHeader: header}, Data: data})
	if err != nil {
		return nil, fmt.Errorf("channel: envelope: %w", err)
	}
	return &common.Envelope{Payload: payload}, nil
}

// Open gives the update that an envelope holds, and how many have signed it.
// Errors: [ErrNoUpdate].
func Open(envelope *common.Envelope) (update []byte, signatures int, err error) {
	var (
		payload common.Payload
		header  common.ChannelHeader
		content common.ConfigUpdateEnvelope
	)
	err = errors.Join(
		proto.Unmarshal(envelope.GetPayload(), &payload),
		proto.Unmarshal(payload.GetHeader().GetChannelHeader(), &header),
		proto.Unmarshal(payload.GetData(), &content),
	)
	if err != nil || common.HeaderType(header.GetType()) != common.HeaderType_CONFIG_UPDATE {
		return nil, 0, errors.Join(ErrNoUpdate, err)
	}
	return content.GetConfigUpdate(), len(content.GetSignatures()), nil
}
