package verify_test

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
)

// An MSP may list organisational units that all its members must be in: its authority
// then gives certificates to others, too. Whose they are is not told from them here.
func TestAnOrganisationThatListsItsUnitsIsOmitted(t *testing.T) {
	f := newTrusted(t)
	f.follow(t, func(application *common.ConfigGroup) {
		value := application.GetGroups()["CarrierMSP"].GetValues()["MSP"]
		var outer msp.MSPConfig
		var inner msp.FabricMSPConfig
		require.NoError(t, proto.Unmarshal(value.GetValue(), &outer))
		require.NoError(t, proto.Unmarshal(outer.GetConfig(), &inner))
		inner.OrganizationalUnitIdentifiers = []*msp.FabricOUIdentifier{{Certificate: inner.GetRootCerts()[0], OrganizationalUnitIdentifier: "supplychain"}}
		value.Value = configtest.Value(configtest.Typed(&inner)).GetValue()
	})
	report := f.verifier(t, 1).Verify(state(t, f.consortium, claim(t, f.consortium)), verify.Policy{Required: 2, Of: []string{"ManufacturerMSP", "CarrierMSP"}}, later)
	require.False(t, report.Verified(), "a peer that is in no listed unit:\n%s", report)
	omitted, err := f.trust.Omitted(1)
	require.NoError(t, err)
	require.Contains(t, omitted["CarrierMSP"], "lists organisational units")
	require.Len(t, omitted, 1)
}

func TestAnMSPFolderThatListsUnitsIsRefused(t *testing.T) {
	c := clienttest.New(t)
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "cacerts"), 0o755))
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Roots().Organisations[0].Roots[0].Raw})
	require.NoError(t, os.WriteFile(filepath.Join(dir, "cacerts", "ca.pem"), ca, 0o600))
	listed := nodeOUs + "OrganizationalUnitIdentifiers:\n  - Certificate: cacerts/ca.pem\n    OrganizationalUnitIdentifier: supplychain\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(listed), 0o600))
	_, err := verify.RootsFromMSP("ManufacturerMSP", dir)
	require.ErrorContains(t, err, "lists organisational units")
}
