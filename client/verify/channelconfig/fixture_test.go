package channelconfig_test

import (
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
)

const (
	maker    = "ManufacturerMSP"
	carrier  = "CarrierMSP"
	retailer = "RetailerMSP"
)

// fixture is a channel of three, and its first configuration, pinned.
type fixture struct {
	*configtest.Channel
	t      *testing.T
	pinned *channelconfig.Configuration
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	c, err := configtest.New("supplychain", maker, carrier, retailer)
	require.NoError(t, err)
	f := &fixture{Channel: c, t: t}
	f.pinned = f.pin()
	c.Pass()
	return f
}

func (f *fixture) pin() *channelconfig.Configuration {
	f.t.Helper()
	block, err := f.Genesis()
	require.NoError(f.t, err)
	pinned, err := channelconfig.Pin(block)
	require.NoError(f.t, err)
	return pinned
}

func (f *fixture) admin(msp string) *configtest.Identity { return f.Members[msp].Admin }

// propose makes an update that these have signed.
func (f *fixture) propose(change func(*common.ConfigGroup), by ...*configtest.Identity) *configtest.Update {
	f.t.Helper()
	u, err := f.Propose(change).Sign(by...)
	require.NoError(f.t, err)
	return u
}

func (f *fixture) block(u *configtest.Update) []byte {
	f.t.Helper()
	block, err := f.Block(u)
	require.NoError(f.t, err)
	return block
}

// commit takes a change over and returns its block.
func (f *fixture) commit(change func(*common.ConfigGroup)) []byte {
	f.t.Helper()
	block, err := f.Commit(change)
	require.NoError(f.t, err)
	return block
}

func (f *fixture) organisation(msp string) *configtest.Organisation {
	f.t.Helper()
	o, err := configtest.NewOrganisation(msp)
	require.NoError(f.t, err)
	return o
}

func application(channel *common.ConfigGroup) *common.ConfigGroup {
	return channel.GetGroups()["Application"]
}

// admit puts an organisation into the application.
func admit(o *configtest.Organisation) func(*common.ConfigGroup) {
	return func(channel *common.ConfigGroup) { application(channel).Groups[o.MSP] = o.Group() }
}

func remove(msp string) func(*common.ConfigGroup) {
	return func(channel *common.ConfigGroup) { delete(application(channel).Groups, msp) }
}

// define changes an organisation's MSP.
func define(id string, change func(*msp.FabricMSPConfig)) func(*common.ConfigGroup) {
	return func(channel *common.ConfigGroup) {
		value := application(channel).GetGroups()[id].GetValues()["MSP"]
		var outer msp.MSPConfig
		var inner msp.FabricMSPConfig
		_ = proto.Unmarshal(value.GetValue(), &outer)
		_ = proto.Unmarshal(outer.GetConfig(), &inner)
		change(&inner)
		value.Value = configtest.Value(configtest.Typed(&inner)).GetValue()
	}
}

func relax(channel *common.ConfigGroup) {
	application(channel).Policies["Endorsement"] = configtest.Implicit(common.ImplicitMetaPolicy_ANY, "Endorsement")
}
