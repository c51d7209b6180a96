package channel_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/hyperledger/fabric-config/configtx"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/network/internal/channel"
	"github.com/countersign-ledger/countersign/network/internal/material"
)

func genesis(t *testing.T) (*common.Block, configtx.ConfigTx) {
	t.Helper()
	config := channel.Config{
		Channel:  "supplychain",
		Orderers: organisation(t, "orderer", "OrdererMSP", 0),
		Members:  []channel.Organisation{organisation(t, "carrier", "CarrierMSP", 7051), organisation(t, "regulator", "RegulatorMSP", 8051)},
		Policies: channel.Policies{
			Writers:     `OR('CarrierMSP.admin', 'CarrierMSP.client')`,
			Admins:      "OutOf(1, 'CarrierMSP.admin')",
			Endorsement: "OutOf(1, 'CarrierMSP.peer')", Lifecycle: "OutOf(1, 'CarrierMSP.peer')",
		},
		BatchTimeout: 100 * time.Millisecond, BatchMessages: 100, PreferredBytes: 1 << 20, MaximumBytes: 2 << 20,
	}
	config.Consenters = consenters(t)

	block, err := channel.Genesis(config)
	require.NoError(t, err)
	var (
		envelope common.Envelope
		payload  common.Payload
		content  common.ConfigEnvelope
	)
	require.NoError(t, proto.Unmarshal(block.GetData().GetData()[0], &envelope))
	require.NoError(t, proto.Unmarshal(envelope.GetPayload(), &payload))
	require.NoError(t, proto.Unmarshal(payload.GetData(), &content))
	return block, configtx.New(content.GetConfig())
}

func consenters(t *testing.T) []channel.Consenter {
	t.Helper()
	orderers, err := material.NewOrganisation("OrdererMSP", "ordering.example")
	require.NoError(t, err)
	host, err := orderers.Host("orderer.ordering.example")
	require.NoError(t, err)
	return []channel.Consenter{{Address: channel.Address{Host: "127.0.0.1", Port: 7050}, TLS: host.Certificate}}
}

func organisation(t *testing.T, name, mspID string, anchor int) channel.Organisation {
	t.Helper()
	o, err := material.NewOrganisation(mspID, name+".example")
	require.NoError(t, err)
	made := channel.Organisation{Name: name, MSPID: mspID, CA: o.CA.Certificate(), TLSCA: o.TLSCA.Certificate()}
	if anchor != 0 {
		made.Anchors = []channel.Address{{Host: "127.0.0.1", Port: anchor}}
	}
	return made
}

func TestTheBlockIsSoundAfterItWasRewritten(t *testing.T) {
	block, _ := genesis(t)
	hash := sha256.Sum256(block.GetData().GetData()[0])
	require.Equal(t, hash[:], block.GetHeader().GetDataHash())
	require.Zero(t, block.GetHeader().GetNumber())
}

func TestAReaderReadsAndNothingElse(t *testing.T) {
	_, config := genesis(t)
	application, err := config.Application().Configuration()
	require.NoError(t, err)
	for _, name := range []string{"Writers", "Admins", "Endorsement", "LifecycleEndorsement"} {
		policy := application.Policies[name]
		require.Equal(t, configtx.SignaturePolicyType, policy.Type, name)
		require.NotContains(t, policy.Rule, "RegulatorMSP", name)
	}
	require.Equal(t, "ANY Readers", application.Policies["Readers"].Rule)
	for _, resource := range []string{"peer/Propose", "event/Block", "event/FilteredBlock"} {
		require.Equal(t, "/Channel/Application/Readers", application.ACLs[resource])
	}
	require.NotContains(t, application.ACLs, "_lifecycle/CommitChaincodeDefinition")
}

func TestAnchorPeersAndCapabilitiesStandInTheFirstBlock(t *testing.T) {
	_, config := genesis(t)
	for mspID, port := range map[string]int{"CarrierMSP": 7051, "RegulatorMSP": 8051} {
		o, err := config.Application().Organization(mspID).Configuration()
		require.NoError(t, err)
		require.Equal(t, []configtx.Address{{Host: "127.0.0.1", Port: port}}, o.AnchorPeers)
		require.True(t, o.MSP.NodeOUs.Enable)
	}
	capabilities, err := config.Application().Capabilities()
	require.NoError(t, err)
	require.Equal(t, []string{"V2_5"}, capabilities)
	capabilities, err = config.Orderer().Capabilities()
	require.NoError(t, err)
	require.Equal(t, []string{"V2_0"}, capabilities)
}

func TestAChannelWithoutConsentersIsRefused(t *testing.T) {
	_, err := channel.Genesis(channel.Config{Channel: "c"})
	require.Error(t, err)
}
