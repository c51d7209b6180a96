package channel

import (
	"errors"
	"fmt"

	"github.com/hyperledger/fabric-config/configtx"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"
)

// ErrNoConfiguration means that a block holds no channel's configuration.
var ErrNoConfiguration = errors.New("channel: not a configuration block")

// Read gives the name and the configuration of a channel from a block that
// holds it, such as its first, or the one that "peer channel fetch config"
// writes. Errors: [ErrNoConfiguration], or that of bytes that are no protobuf.
func Read(block *common.Block) (string, *common.Config, error) {
	data := block.GetData().GetData()
	if len(data) != 1 {
		return "", nil, ErrNoConfiguration
	}
	var (
		envelope common.Envelope
		payload  common.Payload
		header   common.ChannelHeader
		content  common.ConfigEnvelope
	)
	err := errors.Join(
		proto.Unmarshal(data[0], &envelope),
		proto.Unmarshal(envelope.GetPayload(), &payload),
		proto.Unmarshal(payload.GetHeader().GetChannelHeader(), &header),
	)
	if err != nil {
		return "", nil, fmt.Errorf("channel: block: %w", err)
	}
	if common.HeaderType(header.GetType()) != common.HeaderType_CONFIG {
		return "", nil, ErrNoConfiguration
	}
	if err := proto.Unmarshal(payload.GetData(), &content); err != nil {
		return "", nil, fmt.Errorf("channel: block: %w", err)
	}
	if application(content.GetConfig()) == nil {
		return "", nil, fmt.Errorf("%w of an application", ErrNoConfiguration)
	}
	return header.GetChannelId(), content.GetConfig(), nil
}

// application is the part of the configuration that the members share; nil if
// there is none.
func application(config *common.Config) *common.ConfigGroup {
	return config.GetChannelGroup().GetGroups()[configtx.ApplicationGroupKey]
}

// Members gives the MSP identifiers of the application's organisations by the
// names of their groups, which may differ from them.
func Members(config *common.Config) (map[string]string, error) {
	members := map[string]string{}
	for name, group := range application(config).GetGroups() {
		m, err := readMSP(group)
		if err != nil {
			return nil, fmt.Errorf("channel: organisation %s: %w", name, err)
		}
		members[name] = m.GetName()
	}
	return members, nil
}

func readMSP(group *common.ConfigGroup) (*msp.FabricMSPConfig, error) {
	var (
		outer  msp.MSPConfig
		config msp.FabricMSPConfig
	)
	return &config, errors.Join(
		proto.Unmarshal(group.GetValues()[configtx.MSPKey].GetValue(), &outer),
		proto.Unmarshal(outer.GetConfig(), &config),
	)
}
