package material_test

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network/internal/material"
)

func organisation(t *testing.T) *material.Organisation {
	t.Helper()
	o, err := material.NewOrganisation("CarrierMSP", "carrier.example")
	require.NoError(t, err)
	return o
}

func pool(a *material.Authority) *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AddCert(a.Certificate())
	return roots
}

func TestAnIdentityCarriesItsUnitAndAttributesAndChainsToItsOwnAuthorityOnly(t *testing.T) {
	o := organisation(t)
	quality, err := o.Identity("quality", material.Client, map[string]string{"countersign.role": "quality"})
	require.NoError(t, err)
	certificate := quality.Certificate

	require.Equal(t, []string{"client"}, certificate.Subject.OrganizationalUnit)
	anyUsage := []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
	_, err = certificate.Verify(x509.VerifyOptions{Roots: pool(o.CA), KeyUsages: anyUsage})
	require.NoError(t, err)
	_, err = certificate.Verify(x509.VerifyOptions{Roots: pool(o.TLSCA), KeyUsages: anyUsage})
	require.Error(t, err, "the TLS authority vouches for no identity")

	var attributes string
	for _, extension := range certificate.Extensions {
		if extension.Id.Equal(asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1}) {
			attributes = string(extension.Value)
		}
	}
	require.JSONEq(t, `{"attrs":{"countersign.role":"quality"}}`, attributes)
}

func TestCertificatesAreSignedWithLowS(t *testing.T) {
	o := organisation(t)
	half := new(big.Int).Rsh(o.CA.Certificate().PublicKey.(*ecdsa.PublicKey).Params().N, 1)
	for range 16 {
		c, err := o.Identity("x", material.Peer, nil)
		require.NoError(t, err)
		var signature struct{ R, S *big.Int }
		_, err = asn1.Unmarshal(c.Certificate.Signature, &signature)
		require.NoError(t, err)
		require.LessOrEqual(t, signature.S.Cmp(half), 0)
	}
}

func TestAHostCertificateServesItsNameLocalhostAndLoopback(t *testing.T) {
	o := organisation(t)
	host, err := o.Host("peer0.carrier.example")
	require.NoError(t, err)
	for _, name := range []string{"peer0.carrier.example", "localhost", "127.0.0.1"} {
		for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
			_, err := host.Certificate.Verify(x509.VerifyOptions{Roots: pool(o.TLSCA), DNSName: name, KeyUsages: []x509.ExtKeyUsage{usage}})
			require.NoError(t, err, name)
		}
	}
}

func TestFoldersHoldWhatFabricsToolsExpect(t *testing.T) {
	o, dir := organisation(t), t.TempDir()
	user, err := o.Identity("operator", material.Client, nil)
	require.NoError(t, err)
	require.NoError(t, o.WriteLocalMSP(dir, user))

	certificatePEM, err := os.ReadFile(filepath.Join(dir, "signcerts", "cert.pem"))
	require.NoError(t, err)
	certificate, err := identity.CertificateFromPEM(certificatePEM)
	require.NoError(t, err)
	keyPEM, err := os.ReadFile(filepath.Join(dir, "keystore", "key.pem"))
	require.NoError(t, err)
	key, err := identity.PrivateKeyFromPEM(keyPEM)
	require.NoError(t, err)
	require.True(t, key.(*ecdsa.PrivateKey).PublicKey.Equal(certificate.PublicKey))

	info, err := os.Stat(filepath.Join(dir, "keystore", "key.pem"))
	require.NoError(t, err)
	require.Zero(t, info.Mode().Perm()&0o077, "nobody else reads the key")
	for _, name := range []string{"config.yaml", "cacerts/ca.pem", "tlscacerts/tlsca.pem"} {
		require.FileExists(t, filepath.Join(dir, name))
	}

	host, err := o.Host("peer0.carrier.example")
	require.NoError(t, err)
	require.NoError(t, o.WriteTLS(dir, host))
	_, err = tls.LoadX509KeyPair(filepath.Join(dir, "server.crt"), filepath.Join(dir, "server.key"))
	require.NoError(t, err)

	require.NoError(t, o.WriteAuthorities(filepath.Join(dir, "ca"), filepath.Join(dir, "tlsca")))
	_, err = tls.LoadX509KeyPair(filepath.Join(dir, "ca", "cert.pem"), filepath.Join(dir, "ca", "key.pem"))
	require.NoError(t, err)
}

func TestAVerificationMSPHoldsNoKey(t *testing.T) {
	o, dir := organisation(t), t.TempDir()
	require.NoError(t, o.WriteMSP(dir))
	require.NoDirExists(t, filepath.Join(dir, "keystore"))
	require.NoDirExists(t, filepath.Join(dir, "signcerts"))
}

func TestAFolderThatCannotBeWrittenIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.Error(t, organisation(t).WriteMSP(file))
}
