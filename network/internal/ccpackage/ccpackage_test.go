package ccpackage_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"testing"

	"github.com/hyperledger/fabric-admin-sdk/pkg/chaincode"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/network/internal/ccpackage"
)

func TestAPackageIsReproducibleAndReadAsFabricReadsIt(t *testing.T) {
	connection := ccpackage.Connection{Address: "127.0.0.1:9999", DialTimeout: "10s", TLSRequired: true, RootCert: "pem"}
	first, err := ccpackage.New("countersign_1.0", connection)
	require.NoError(t, err)
	second, err := ccpackage.New("countersign_1.0", connection)
	require.NoError(t, err)
	require.Equal(t, first, second)

	id, err := chaincode.PackageID(bytes.NewReader(first.Bytes))
	require.NoError(t, err)
	require.Equal(t, id, first.ID)

	metadata, code, err := chaincode.ParseChaincodePackage(first.Bytes)
	require.NoError(t, err)
	require.Equal(t, "ccaas", metadata.Type)
	require.Equal(t, "countersign_1.0", metadata.Label)

	unzipped, err := gzip.NewReader(bytes.NewReader(code))
	require.NoError(t, err)
	files := tar.NewReader(unzipped)
	header, err := files.Next()
	require.NoError(t, err)
	require.Equal(t, "connection.json", header.Name)
	content, err := io.ReadAll(files)
	require.NoError(t, err)
	var read ccpackage.Connection
	require.NoError(t, json.Unmarshal(content, &read))
	require.Equal(t, connection, read)
}

func TestAnotherAddressIsAnotherPackage(t *testing.T) {
	one, err := ccpackage.New("a", ccpackage.Connection{Address: "127.0.0.1:1"})
	require.NoError(t, err)
	two, err := ccpackage.New("a", ccpackage.Connection{Address: "127.0.0.1:2"})
	require.NoError(t, err)
	require.NotEqual(t, one.ID, two.ID)
}

func TestALabelThatFabricRefusesIsRefused(t *testing.T) {
	_, err := ccpackage.New("a b", ccpackage.Connection{})
	require.Error(t, err)
}

func TestOurCollectionsAreReadInFull(t *testing.T) {
	consortium := collections.Consortium{Organisations: []collections.Organisation{{MSP: "AMSP"}, {MSP: "BMSP"}, {MSP: "CMSP"}}}
	definitions := consortium.Definitions()
	document, err := collections.JSON(definitions)
	require.NoError(t, err)
	private, err := ccpackage.Collections(document)
	require.NoError(t, err)
	require.Len(t, private.GetConfig(), len(definitions))
	for i, d := range definitions {
		c := private.GetConfig()[i].GetStaticCollectionConfig()
		require.Equal(t, d.Name, c.GetName())
		require.EqualValues(t, d.RequiredPeerCount, c.GetRequiredPeerCount())
		require.EqualValues(t, d.MaxPeerCount, c.GetMaximumPeerCount())
		require.Equal(t, d.BlockToLive, c.GetBlockToLive())
		require.Equal(t, d.MemberOnlyRead, c.GetMemberOnlyRead())
		require.Equal(t, d.MemberOnlyWrite, c.GetMemberOnlyWrite())
		if d.EndorsementPolicy == nil {
			require.Len(t, c.GetMemberOrgsPolicy().GetSignaturePolicy().GetIdentities(), 3)
			require.Nil(t, c.GetEndorsementPolicy(), "the chaincode's own applies")
			continue
		}
		require.Len(t, c.GetMemberOrgsPolicy().GetSignaturePolicy().GetIdentities(), 2)
		require.Len(t, c.GetEndorsementPolicy().GetSignaturePolicy().GetIdentities(), len(consortium.Collections()[i].Endorsers.Of))
	}
}

func TestCollectionsInWhateverFormOperatorsWriteThem(t *testing.T) {
	private, err := ccpackage.Collections([]byte(`[{"name":"a","policy":"OR('AMSP.member')","endorsementPolicy":{"channelConfigPolicy":"/Channel/Application/Endorsement"}}]`))
	require.NoError(t, err)
	c := private.GetConfig()[0].GetStaticCollectionConfig()
	require.EqualValues(t, 1, c.GetMaximumPeerCount(), "Fabric's default")
	require.Equal(t, "/Channel/Application/Endorsement", c.GetEndorsementPolicy().GetChannelConfigPolicyReference())

	for _, none := range []string{`[]`, `null`} {
		private, err = ccpackage.Collections([]byte(none))
		require.NoError(t, err)
		require.Nil(t, private)
	}
	for _, wrong := range []string{``, `{}`, `[{"name":"a","policy":""}]`, `[{"name":"a","policy":"OR('A.member')","endorsementPolicy":{"signaturePolicy":"x"}}]`} {
		_, err = ccpackage.Collections([]byte(wrong))
		require.Error(t, err, wrong)
	}
}
