package configblocks_test

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/configblocks"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
)

// peer has a chain: configuration blocks, and others between them.
type peer struct {
	blocks map[uint64][]byte
	height uint64
	old    bool // its metadata is of before Fabric 1.4.1
	lie    func(number, index uint64) uint64
	fails  error
}

func (p *peer) System(_ context.Context, _, function string, arguments ...[]byte) ([]byte, error) {
	if p.fails != nil {
		return nil, p.fails
	}
	if function == "GetChainInfo" {
		return proto.Marshal(&common.BlockchainInfo{Height: p.height})
	}
	number, err := strconv.ParseUint(string(arguments[1]), 10, 64)
	if err != nil {
		return nil, err
	}
	block := &common.Block{Header: &common.BlockHeader{Number: number}}
	if text, ok := p.blocks[number]; ok {
		if err := proto.Unmarshal(text, block); err != nil {
			return nil, err
		}
	}
	index := number
	for ; p.blocks[index] == nil; index-- {
	}
	if p.lie != nil {
		index = p.lie(number, index)
	}
	last := &common.LastConfig{Index: index}
	first, second := &common.OrdererBlockMetadata{LastConfig: last}, &common.LastConfig{}
	if p.old {
		first, second = &common.OrdererBlockMetadata{}, last
	}
	block.Metadata = &common.BlockMetadata{Metadata: [][]byte{wrapped(first), wrapped(second)}}
	return proto.Marshal(block)
}

func wrapped(m proto.Message) []byte {
	value, _ := proto.Marshal(m)
	text, _ := proto.Marshal(&common.Metadata{Value: value})
	return text
}

// chain makes a peer with four configurations, and the first block.
func chain(t *testing.T) (*peer, []byte) {
	t.Helper()
	c, err := configtest.New("supplychain", "AMSP", "BMSP")
	require.NoError(t, err)
	genesis, err := c.Genesis()
	require.NoError(t, err)
	p := &peer{blocks: map[uint64][]byte{0: genesis}}
	for _, name := range []string{"One", "Two", "Three"} {
		block, err := c.Commit(func(channel *common.ConfigGroup) {
			channel.Groups["Application"].Policies[name] = configtest.Implicit(common.ImplicitMetaPolicy_ANY, "Readers")
		})
		require.NoError(t, err)
		p.blocks[c.Number] = block
	}
	p.height = c.Number + 5
	return p, genesis
}

func TestConfigurationsAreReadAndFollowedFromAnyOnOn(t *testing.T) {
	for _, old := range []bool{false, true} {
		p, genesis := chain(t)
		p.old = old
		trust, err := verify.Pin(genesis, verify.Terms{Chaincode: "countersign"})
		require.NoError(t, err)
		blocks, err := configblocks.Since(t.Context(), p, "supplychain", 0)
		require.NoError(t, err)
		require.Len(t, blocks, 3)
		for i, b := range blocks {
			require.NoError(t, trust.Follow(b))
			rest, err := configblocks.Since(t.Context(), p, "supplychain", uint64(i+1))
			require.NoError(t, err)
			require.Len(t, rest, max(1, 2-i))
		}
		blocks, err = configblocks.Since(t.Context(), p, "supplychain", 3)
		require.NoError(t, err)
		require.Len(t, blocks, 1)
		require.ErrorIs(t, trust.Follow(blocks[0]), channelconfig.ErrKnown)
		newest, err := configblocks.Newest(t.Context(), p, "supplychain")
		require.NoError(t, err)
		require.Equal(t, blocks[0], newest)
	}
}

func TestAPeerThatIsBehindOrRolledBackIsFoundOut(t *testing.T) {
	p, genesis := chain(t)
	trust, err := verify.Pin(genesis, verify.Terms{Chaincode: "countersign"})
	require.NoError(t, err)
	blocks, err := configblocks.Since(t.Context(), p, "supplychain", 0)
	require.NoError(t, err)
	for _, b := range blocks {
		require.NoError(t, trust.Follow(b))
	}
	p.height = 10
	blocks, err = configblocks.Since(t.Context(), p, "supplychain", 3)
	require.NoError(t, err)
	require.ErrorIs(t, trust.Follow(blocks[0]), channelconfig.ErrRollBack)
}

func TestAPeerThatLiesLeadsNowhere(t *testing.T) {
	for name, change := range map[string]func(*peer){
		"a configuration of the future": func(p *peer) { p.lie = func(n, _ uint64) uint64 { return n + 1 } },
		"one that is no configuration":  func(p *peer) { p.lie = func(n, _ uint64) uint64 { return n - 1 } },
		"itself":                        func(p *peer) { p.lie = func(n, _ uint64) uint64 { return n } },
		"the same configuration for all": func(p *peer) {
			last := p.blocks[21]
			for n := range p.blocks {
				p.blocks[n] = last
			}
		},
		"no block at all": func(p *peer) { p.height = 0 },
		"nothing":         func(p *peer) { p.fails = errors.New("no") },
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := chain(t)
			change(p)
			_, err := configblocks.Since(t.Context(), p, "supplychain", 0)
			var unread *configblocks.ReadError
			require.ErrorAs(t, err, &unread)
		})
	}
}
