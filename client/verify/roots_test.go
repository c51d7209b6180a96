package verify_test

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/verify"
)

func TestRootsSurviveTheirFile(t *testing.T) {
	c := clienttest.New(t)
	roots := c.Roots()
	list, err := c.Revoke("carrier", asked)
	require.NoError(t, err)
	roots.Organisations[1].Revoked = append(roots.Organisations[1].Revoked, list)
	roots.Organisations[0].PeerIssuer = roots.Organisations[0].Roots[0]
	file, err := roots.Encode()
	require.NoError(t, err)
	again, err := verify.DecodeRoots(file)
	require.NoError(t, err)
	require.Equal(t, roots, again)
	_, err = verify.DecodeRoots(append(file, '{'))
	require.ErrorContains(t, err, "something stands after")
	require.True(t, verifier(t, again).Verify(state(t, c, claim(t, c)), again.Policy, later).Verified())
}

func TestRootsThatWouldTrustTooMuchAreRefused(t *testing.T) {
	c := clienttest.New(t)
	for name, change := range map[string]func(*verify.Roots){
		"no channel":            func(r *verify.Roots) { r.Channel = "" },
		"no chaincode":          func(r *verify.Roots) { r.Chaincode = "" },
		"no organisations":      func(r *verify.Roots) { r.Organisations = nil },
		"an organisation twice": func(r *verify.Roots) { r.Organisations[1].MSP = r.Organisations[0].MSP },
		"no roots":              func(r *verify.Roots) { r.Organisations[0].Roots = nil },
		"one unit for all":      func(r *verify.Roots) { r.Organisations[0].PeerUnit = "client" },
		"no unit":               func(r *verify.Roots) { r.Organisations[0].PeerUnit = "" },
		"a peer as a root":      func(r *verify.Roots) { r.Organisations[0].Roots[0] = peerOf(t, c, "manufacturer").Certificate },
		"another's revocations": func(r *verify.Roots) {
			list, err := c.Revoke("carrier", asked)
			require.NoError(t, err)
			r.Organisations[0].Revoked = append(r.Organisations[0].Revoked, list)
		},
	} {
		t.Run(name, func(t *testing.T) {
			roots := c.Roots()
			change(roots)
			_, err := verify.New(roots)
			var wrong *verify.RootsError
			require.ErrorAs(t, err, &wrong)
		})
	}
	_, err := verify.New(nil)
	require.Error(t, err)
	for name, text := range map[string]string{
		"empty": "", "another format": `{"format":"x"}`, "an unknown member": `{"format":"countersign-roots/1","trust":"all"}`,
		"too long": strings.Repeat(" ", verify.MaxRootsSize+1), "no PEM": `{"format":"countersign-roots/1","channel":"a","chaincode":"b","organisations":[{"msp":"M","rootCertificates":["x"],"peerUnit":"peer"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := verify.DecodeRoots([]byte(text))
			var wrong *verify.RootsError
			require.ErrorAs(t, err, &wrong)
		})
	}
}

const nodeOUs = `NodeOUs:
  Enable: true
  PeerOUIdentifier:
    Certificate: cacerts/ca.pem
    OrganizationalUnitIdentifier: peer
  ClientOUIdentifier:
    OrganizationalUnitIdentifier: user
`

func TestRootsAreReadFromAnMSPFolder(t *testing.T) {
	c := clienttest.New(t)
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	_, err := verify.RootsFromMSP("ManufacturerMSP", dir)
	require.Error(t, err, "an empty folder")
	write("cacerts/ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Roots().Organisations[0].Roots[0].Raw})))
	write("config.yaml", "NodeOUs:\n  Enable: false\n")
	_, err = verify.RootsFromMSP("ManufacturerMSP", dir)
	require.ErrorContains(t, err, "NodeOUs")
	write("config.yaml", nodeOUs)
	list, err := c.Revoke("manufacturer", asked)
	require.NoError(t, err)
	write("crls/crl.pem", string(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: list.Raw})))

	organisation, err := verify.RootsFromMSP("ManufacturerMSP", dir)
	require.NoError(t, err)
	require.Len(t, organisation.Revoked, 1)
	require.NotNil(t, organisation.PeerIssuer)
	require.Equal(t, []string{"user"}, organisation.OtherUnits)
	roots := c.Roots()
	roots.Organisations[0] = organisation
	report := verifier(t, roots).Verify(state(t, c, claim(t, c)), twoOf3, later)
	require.True(t, report.Verified(), "%s", report)
}
