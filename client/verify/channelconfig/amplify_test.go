package channelconfig_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
)

func field(number protowire.Number, content []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), content)
}

// manyGroups is a group of as many as fit: each has a name of four letters and
// nothing else.
func manyGroups() (group []byte) {
	for i := 0; len(group) < 15<<20; i++ {
		name := []byte{byte('a' + i%26), byte('a' + i/26%26), byte('a' + i/676%26), byte('a' + i/17576%26), byte('a' + i/456976)}
		group = append(group, field(2, field(1, name))...)
	}
	return group
}

// Whoever shows a block need not be trusted, nor may it take more memory than blocks
// do.
func TestWhatIsSmallToShowIsNotLargeToRead(t *testing.T) {
	f := newFixture(t)
	header := field(1, field(1, protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), uint64(common.HeaderType_CONFIG_UPDATE))))
	signatures := field(1, append(header, field(2, bytes.Repeat([]byte{0x12, 0}, 7<<20))...))
	for name, text := range map[string][]byte{
		"transactions": field(2, bytes.Repeat([]byte{0x0a, 0}, 7<<20)),
		"groups":       append(field(1, field(2, manyGroups())), field(2, field(1, header))...),
		"signatures":   append(field(1, field(2, nil)), field(2, signatures)...),
	} {
		t.Run(name, func(t *testing.T) {
			require.LessOrEqual(t, len(text), channelconfig.MaxSize)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := f.pinned.FollowEnvelope(text)
			require.Error(t, err)
			_, err = f.pinned.Follow(text)
			require.Error(t, err)
			runtime.ReadMemStats(&after)
			require.Less(t, (after.TotalAlloc-before.TotalAlloc)>>20, uint64(100), "MB")
		})
	}
}

func combined(t *testing.T, inner *msp.MSPPrincipal) *msp.MSPPrincipal {
	return &msp.MSPPrincipal{
		PrincipalClassification: msp.MSPPrincipal_COMBINED,
		Principal:               content(t, &msp.CombinedPrincipal{Principals: []*msp.MSPPrincipal{inner}}),
	}
}

// An organisation may write what it likes into a policy of its own, and have others
// evaluate it.
func TestPrincipalsWithinPrincipalsAreBounded(t *testing.T) {
	nested := func(depth int) *msp.MSPPrincipal {
		made := configtest.Role(maker, msp.MSPRole_ADMIN)
		for range depth {
			made = combined(t, made)
		}
		return made
	}
	for _, tt := range []struct {
		depth int
		want  error
	}{{8, nil}, {9, channelconfig.ErrPolicy}, {3000, channelconfig.ErrPolicy}} {
		f := newFixture(t)
		f.commit(func(c *common.ConfigGroup) { application(c).Policies["Admins"] = policy(t, by(0), nested(tt.depth)) })
		_, err := f.pin().Follow(f.block(f.propose(relax, f.admin(maker))))
		if tt.want == nil {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, tt.want)
	}
	f := newFixture(t)
	large := configtest.Role(maker, msp.MSPRole_ADMIN)
	large.Principal = append(large.Principal, field(15, make([]byte, 1<<16))...)
	_, err := f.pinned.Follow(f.block(f.propose(func(c *common.ConfigGroup) { application(c).Policies["Admins"] = policy(t, by(0), large) }, f.admin(maker), f.admin(carrier))))
	require.ErrorIs(t, err, channelconfig.ErrLimit)
}
