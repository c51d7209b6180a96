package channel

import (
	"crypto/sha256"
	"fmt"

	"github.com/hyperledger/fabric-config/configtx"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/protobuf/proto"
)

// Genesis makes the genesis block of the channel.
func Genesis(c Config) (*common.Block, error) {
	block, err := configtx.NewApplicationChannelGenesisBlock(c.channel(), c.Channel)
	if err != nil {
		return nil, fmt.Errorf("channel: genesis block: %w", err)
	}
	// fabric-config leaves anchor peers out of a genesis block, though Fabric
	// takes them from there; writing each organisation again puts them in.
	err = rewrite(block, func(config *configtx.ConfigTx) error {
		for _, o := range c.applicationOrganisations() {
			if err := config.Application().SetOrganization(o); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("channel: anchor peers: %w", err)
	}
	return block, nil
}

// rewrite changes the configuration in an unsigned configuration block.
func rewrite(block *common.Block, change func(*configtx.ConfigTx) error) error {
	var (
		envelope       common.Envelope
		payload        common.Payload
		configEnvelope common.ConfigEnvelope
	)
	if err := proto.Unmarshal(block.GetData().GetData()[0], &envelope); err != nil {
		return err
	}
	if err := proto.Unmarshal(envelope.GetPayload(), &payload); err != nil {
		return err
	}
	if err := proto.Unmarshal(payload.GetData(), &configEnvelope); err != nil {
		return err
	}
	config := configtx.New(configEnvelope.GetConfig())
	if err := change(&config); err != nil {
		return err
	}
	var err error
	if payload.Data, err = proto.Marshal(&common.ConfigEnvelope{Config: config.UpdatedConfig()}); err != nil {
		return err
	}
	if envelope.Payload, err = proto.Marshal(&payload); err != nil {
		return err
	}
	data, err := proto.Marshal(&envelope)
	if err != nil {
		return err
	}
	hash := sha256.Sum256(data)
	block.Data.Data[0] = data
	block.Header.DataHash = hash[:]
	return nil
}
