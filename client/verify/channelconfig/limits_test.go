package channelconfig_test

import (
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
)

func TestSizesAndNestingAreBounded(t *testing.T) {
	f := newFixture(t)
	nested := func(depth int) *common.ConfigGroup {
		made := configtest.Group("Admins")
		for range depth {
			outer := configtest.Group("Admins")
			outer.Groups["A"] = made
			made = outer
		}
		return made
	}
	for name, tt := range map[string]struct {
		change func(*common.ConfigGroup)
		want   error
	}{
		"groups within groups":             {func(c *common.ConfigGroup) { application(c).Groups["A"] = nested(20) }, channelconfig.ErrLimit},
		"deeper than a parser should go":   {func(c *common.ConfigGroup) { application(c).Groups["A"] = nested(3000) }, channelconfig.ErrForm},
		"elements without end":             {func(c *common.ConfigGroup) { many(application(c)) }, channelconfig.ErrLimit},
		"a name that is a path":            {func(c *common.ConfigGroup) { application(c).Groups["A/B"] = nested(0) }, channelconfig.ErrForm},
		"a name that leads up":             {func(c *common.ConfigGroup) { application(c).Groups[".."] = nested(0) }, channelconfig.ErrForm},
		"a name longer than names are":     {func(c *common.ConfigGroup) { application(c).Groups[strings.Repeat("a", 300)] = nested(0) }, channelconfig.ErrForm},
		"an empty name":                    {func(c *common.ConfigGroup) { application(c).Groups[""] = nested(0) }, channelconfig.ErrForm},
		"an organisation without an MSP":   {func(c *common.ConfigGroup) { application(c).Groups["A"] = nested(0) }, channelconfig.ErrMSP},
		"an MSP with lists that never end": {define(maker, func(d *msp.FabricMSPConfig) { d.Admins = make([][]byte, 2000) }), channelconfig.ErrMSP},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.pinned.Follow(f.block(f.propose(tt.change, f.admin(maker), f.admin(carrier))))
			require.ErrorIs(t, err, tt.want)
		})
	}
	u := f.propose(relax, f.admin(maker), f.admin(carrier))
	for range 300 {
		u.Signatures = append(u.Signatures, u.Signatures[0])
	}
	_, err := f.pinned.Follow(f.block(u))
	require.ErrorIs(t, err, channelconfig.ErrLimit)
	_, err = channelconfig.Pin(make([]byte, channelconfig.MaxSize+1))
	require.ErrorIs(t, err, channelconfig.ErrLimit)
	_, err = f.pinned.FollowEnvelope(make([]byte, channelconfig.MaxSize+1))
	require.ErrorIs(t, err, channelconfig.ErrLimit)
}

func many(group *common.ConfigGroup) {
	for i := range 40000 {
		name := strings.Repeat("a", i%100+1) + strings.Repeat("b", i/100)
		group.Values[name[:min(len(name), 240)]+strings.Repeat("c", i%3)] = &common.ConfigValue{ModPolicy: "Admins"}
		group.Values["x"+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676%26))+string(rune('a'+i/17576))] = &common.ConfigValue{ModPolicy: "Admins"}
	}
}

func TestWhatIsNoConfigurationIsRefused(t *testing.T) {
	f := newFixture(t)
	genesis, err := f.Genesis()
	require.NoError(t, err)
	var block common.Block
	require.NoError(t, proto.Unmarshal(genesis, &block))
	for name, text := range map[string][]byte{
		"nothing":           nil,
		"no protobuf":       {0xff, 0xff},
		"half of it":        genesis[:len(genesis)/2],
		"no header":         content(t, &common.Block{Data: block.GetData()}),
		"two transactions":  content(t, &common.Block{Header: block.GetHeader(), Data: &common.BlockData{Data: [][]byte{{1}, {2}}}}),
		"an empty envelope": content(t, &common.ConfigEnvelope{}),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := channelconfig.Pin(text)
			require.ErrorIs(t, err, channelconfig.ErrForm)
			_, err = f.pinned.Follow(text)
			require.ErrorIs(t, err, channelconfig.ErrForm)
			_, err = f.pinned.FollowEnvelope(text)
			require.ErrorIs(t, err, channelconfig.ErrForm)
		})
	}
}

// Whatever is changed of a block that leads on, nothing else is ever followed to than
// the configuration that it led to.
func FuzzAChangedBlockLeadsNowhereElse(f *testing.F) {
	c, err := configtest.New("supplychain", maker, carrier, retailer)
	require.NoError(f, err)
	genesis, err := c.Genesis()
	require.NoError(f, err)
	pinned, err := channelconfig.Pin(genesis)
	require.NoError(f, err)
	block, err := c.Commit(relax)
	require.NoError(f, err)
	f.Add(0, byte(0))
	f.Add(len(block)/2, byte(1))
	f.Fuzz(func(t *testing.T, at int, flip byte) {
		text := append([]byte{}, block...)
		if at >= 0 && at < len(text) {
			text[at] ^= flip
		}
		next, err := pinned.Follow(text)
		if err == nil {
			require.True(t, proto.Equal(c.Config, next.Config()))
		}
	})
}

// An envelope has no hash over it, so a fuzzer gets deeper.
func FuzzAnEnvelopeIsFollowedOrRefused(f *testing.F) {
	c, err := configtest.New("supplychain", maker, carrier)
	require.NoError(f, err)
	genesis, err := c.Genesis()
	require.NoError(f, err)
	pinned, err := channelconfig.Pin(genesis)
	require.NoError(f, err)
	u, err := c.Propose(relax).Sign(c.Members[maker].Admin, c.Members[carrier].Admin)
	require.NoError(f, err)
	f.Add(c.Envelope(u))
	f.Add(genesis)
	f.Fuzz(func(t *testing.T, text []byte) {
		next, err := pinned.FollowEnvelope(text)
		if err == nil {
			require.True(t, proto.Equal(u.Claimed, next.Config()))
		}
		if made, err := channelconfig.Pin(text); err == nil {
			_, err := made.Organisations()
			require.NoError(t, err)
		}
	})
}
