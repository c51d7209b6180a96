package configblocks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
)

// MaxBlocks bounds the configurations that are read at a time: whoever lags behind by
// more pins a later one.
const MaxBlocks = 1 << 10

// Asker asks one of Fabric's own chaincodes at a peer of the caller's organisation: a
// [github.com/countersign-ledger/countersign/client.Client].
type Asker interface {
	System(ctx context.Context, chaincode, function string, arguments ...[]byte) ([]byte, error)
}

// ReadError means that a peer could not be asked, or answered what leads to no
// configuration. The peer's refusal is underneath.
type ReadError struct {
	// What was asked for.
	What  string
	cause error
}

// Error implements error.
func (e *ReadError) Error() string { return fmt.Sprintf("configuration: %s: %v", e.What, e.cause) }

// Unwrap returns what the peer said.
func (e *ReadError) Unwrap() error { return e.cause }

// Since reads the configuration blocks with numbers above sequence, in order. When
// there is none it returns the newest alone, so that whoever follows sees whether it is
// the one that was followed, an older one, or another. Its error is a [ReadError].
func Since(ctx context.Context, from Asker, channel string, sequence uint64) ([][]byte, error) {
	at, text, err := newest(ctx, from, channel)
	if err != nil {
		return nil, err
	}
	found := [][]byte{text}
	for {
		claimed, err := channelconfig.Claimed(text)
		switch {
		case err != nil:
			return nil, &ReadError{What: fmt.Sprintf("block %d", at), cause: err}
		case claimed.Sequence == 0 || claimed.Sequence-1 <= sequence:
			slices.Reverse(found)
			return found, nil
		case len(found) >= MaxBlocks:
			return nil, &ReadError{What: "the configurations", cause: fmt.Errorf("more than %d since number %d: pin a later one", MaxBlocks, sequence)}
		}
		if at, text, err = before(ctx, from, channel, at); err != nil {
			return nil, err
		}
		found = append(found, text)
	}
}

// Newest reads the configuration block that is in force. Its error is a [ReadError].
func Newest(ctx context.Context, from Asker, channel string) ([]byte, error) {
	_, text, err := newest(ctx, from, channel)
	return text, err
}

func newest(ctx context.Context, from Asker, channel string) (uint64, []byte, error) {
	const what = "how high the channel is"
	answer, err := from.System(ctx, "qscc", "GetChainInfo", []byte(channel))
	if err != nil {
		return 0, nil, &ReadError{What: what, cause: err}
	}
	var info common.BlockchainInfo
	if err := proto.Unmarshal(answer, &info); err != nil {
		return 0, nil, &ReadError{What: what, cause: err}
	}
	if info.GetHeight() == 0 {
		return 0, nil, &ReadError{What: what, cause: errors.New("it has no block")}
	}
	return asOf(ctx, from, channel, info.GetHeight()-1)
}

// before reads the configuration block before another.
func before(ctx context.Context, from Asker, channel string, number uint64) (uint64, []byte, error) {
	if number == 0 {
		return 0, nil, &ReadError{What: "the configuration before block 0", cause: errors.New("there is none, and the first has another number than it should")}
	}
	return asOf(ctx, from, channel, number-1)
}

// asOf reads the configuration block that is in force at a block.
func asOf(ctx context.Context, from Asker, channel string, number uint64) (uint64, []byte, error) {
	text, err := read(ctx, from, channel, number)
	if err != nil {
		return 0, nil, err
	}
	index, err := lastConfig(text, number)
	if err != nil {
		return 0, nil, &ReadError{What: fmt.Sprintf("block %d", number), cause: err}
	}
	if index == number {
		return number, text, nil
	}
	text, err = read(ctx, from, channel, index)
	return index, text, err
}

func read(ctx context.Context, from Asker, channel string, number uint64) ([]byte, error) {
	text, err := from.System(ctx, "qscc", "GetBlockByNumber", []byte(channel), strconv.AppendUint(nil, number, 10))
	if err != nil {
		return nil, &ReadError{What: fmt.Sprintf("block %d", number), cause: err}
	}
	return text, nil
}

// lastConfig is the number of the configuration block in force, as a block's metadata
// says: where Fabric has put it since 1.4.1, or where it was before.
func lastConfig(text []byte, number uint64) (uint64, error) {
	if number == 0 {
		return 0, nil
	}
	var block common.Block
	if err := proto.Unmarshal(text, &block); err != nil {
		return 0, err
	}
	var outer common.Metadata
	var orderers common.OrdererBlockMetadata
	var last common.LastConfig
	if err := openMetadata(&block, common.BlockMetadataIndex_SIGNATURES, &outer, &orderers); err != nil {
		return 0, err
	}
	index := orderers.GetLastConfig().GetIndex()
	if orderers.GetLastConfig() == nil {
		if err := openMetadata(&block, common.BlockMetadataIndex_LAST_CONFIG, &outer, &last); err != nil { //nolint:staticcheck // of blocks from before 1.4.1
			return 0, err
		}
		index = last.GetIndex()
	}
	if index > number {
		return 0, fmt.Errorf("it names block %d for its configuration, which comes later", index)
	}
	return index, nil
}

func openMetadata(block *common.Block, at common.BlockMetadataIndex, outer *common.Metadata, content proto.Message) error {
	all := block.GetMetadata().GetMetadata()
	if int(at) >= len(all) {
		return errors.New("it does not say which its configuration is")
	}
	if err := proto.Unmarshal(all[at], outer); err != nil {
		return err
	}
	return proto.Unmarshal(outer.GetValue(), content)
}
