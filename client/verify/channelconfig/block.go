package channelconfig

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/protobuf/proto"
)

// shown is a configuration as somebody shows it.
type shown struct {
	channel  string
	envelope *common.ConfigEnvelope
	// block is nil when the envelope alone is shown.
	block *blockOf
}

// blockOf is what the block adds to its configuration.
type blockOf struct {
	number uint64
	hash   [sha256.Size]byte
	time   time.Time // zero if the transaction says none
	taken  signature // of the node that took the update up
}

// readBlock reads a configuration block. Its metadata is left alone: it is not
// covered by the block's hash.
func readBlock(text []byte) (*shown, error) {
	if err := sized(text); err != nil {
		return nil, err
	}
	var block common.Block
	if err := unmarshal(text, &block); err != nil {
		return nil, malformed("the block", err)
	}
	data := block.GetData().GetData()
	if block.GetHeader() == nil || len(data) != 1 {
		return nil, malformed(fmt.Sprintf("a block with %d transactions; a configuration stands alone in its block", len(data)), nil)
	}
	if sum := sha256.Sum256(data[0]); !bytes.Equal(sum[:], block.GetHeader().GetDataHash()) {
		return nil, failure(ErrHash, "", "its header has %x for its data, which has %x", block.GetHeader().GetDataHash(), sum)
	}
	hash, err := hashOf(block.GetHeader())
	if err != nil {
		return nil, malformed("the block's header", err)
	}
	made, err := readTransaction(data[0])
	if err != nil {
		return nil, err
	}
	made.block.number, made.block.hash = block.GetHeader().GetNumber(), hash
	return made, nil
}

// Strip is a block without its metadata, which its hash does not cover: what is worth
// keeping. It fails with [ErrForm].
func Strip(block []byte) ([]byte, error) {
	var whole common.Block
	if err := unmarshal(block, &whole); err != nil {
		return nil, malformed("the block", err)
	}
	text, err := proto.Marshal(&common.Block{Header: whole.GetHeader(), Data: whole.GetData()})
	if err != nil {
		return nil, malformed("the block", err)
	}
	return text, nil
}

// hashOf is the hash that the next block's header has for the one before (Fabric,
// protoutil.BlockHeaderHash).
func hashOf(h *common.BlockHeader) (sum [sha256.Size]byte, err error) {
	text, err := asn1.Marshal(struct {
		Number             *big.Int
		PreviousHash, Data []byte
	}{new(big.Int).SetUint64(h.GetNumber()), h.GetPreviousHash(), h.GetDataHash()})
	if err != nil {
		return sum, err
	}
	return sha256.Sum256(text), nil
}

func readTransaction(text []byte) (*shown, error) {
	var envelope common.Envelope
	if err := unmarshal(text, &envelope); err != nil {
		return nil, malformed("the transaction", err)
	}
	payload, header, err := open(&envelope, common.HeaderType_CONFIG)
	if err != nil {
		return nil, err
	}
	var config common.ConfigEnvelope
	if err := unmarshal(payload.GetData(), &config); err != nil {
		return nil, malformed("the configuration", err)
	}
	made := &shown{channel: header.GetChannelId(), envelope: &config, block: &blockOf{}}
	if stamp := header.GetTimestamp(); stamp != nil {
		if err := stamp.CheckValid(); err != nil {
			return nil, malformed("the transaction's time", err)
		}
		made.block.time = stamp.AsTime()
	}
	var creator common.SignatureHeader
	if err := unmarshal(payload.GetHeader().GetSignatureHeader(), &creator); err != nil {
		return nil, malformed("the transaction's creator", err)
	}
	made.block.taken = signature{creator: creator.GetCreator(), over: envelope.GetPayload(), value: envelope.GetSignature()}
	return made, nil
}

// readEnvelope reads a common.ConfigEnvelope, which says no channel: the update in it
// does.
func readEnvelope(text []byte) (*shown, error) {
	if err := sized(text); err != nil {
		return nil, err
	}
	var config common.ConfigEnvelope
	if err := unmarshal(text, &config); err != nil {
		return nil, malformed("the configuration envelope", err)
	}
	_, header, err := open(config.GetLastUpdate(), common.HeaderType_CONFIG_UPDATE)
	if err != nil {
		return nil, err
	}
	return &shown{channel: header.GetChannelId(), envelope: &config}, nil
}

// open reads an envelope of a type.
func open(envelope *common.Envelope, as common.HeaderType) (*common.Payload, *common.ChannelHeader, error) {
	var payload common.Payload
	var header common.ChannelHeader
	if err := unmarshal(envelope.GetPayload(), &payload); err != nil {
		return nil, nil, malformed("the envelope", err)
	}
	if payload.GetHeader() == nil {
		return nil, nil, malformed("an envelope without a header", nil)
	}
	if err := unmarshal(payload.GetHeader().GetChannelHeader(), &header); err != nil {
		return nil, nil, malformed("the envelope's header", err)
	}
	if header.GetType() != int32(as) {
		return nil, nil, malformed(fmt.Sprintf("an envelope of type %d, not %s", header.GetType(), as), nil)
	}
	return &payload, &header, nil
}

// Claim is what a configuration block says of itself.
type Claim struct {
	Channel  string
	Sequence uint64
	Block    uint64
	Hash     [sha256.Size]byte
	Time     time.Time
}

// Claimed tells what a block says of itself, of which nothing is verified but that the
// block fits its header. Its error is an [Error] as that of [Pin] for what is no
// configuration block.
func Claimed(block []byte) (Claim, error) {
	s, err := readBlock(block)
	if err != nil {
		return Claim{}, err
	}
	return Claim{
		Channel: s.channel, Sequence: s.envelope.GetConfig().GetSequence(),
		Block: s.block.number, Hash: s.block.hash, Time: s.block.time,
	}, nil
}
