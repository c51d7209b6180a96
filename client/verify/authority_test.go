package verify_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

// pair is a certificate and its key.
type pair struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// issued makes a certificate, by itself when there is no issuer.
func issued(t *testing.T, issuer *pair, change func(*x509.Certificate)) *pair {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return issuedTo(t, key, issuer, change)
}

func issuedTo(t *testing.T, key *ecdsa.PrivateKey, issuer *pair, change func(*x509.Certificate)) *pair {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "peer0", OrganizationalUnit: []string{"peer"}},
		NotBefore: asked.AddDate(-1, 0, 0), NotAfter: asked.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if change != nil {
		change(template)
	}
	parent, by := template, key
	if issuer != nil {
		parent, by = issuer.certificate, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return &pair{certificate, key}
}

func authority(name string) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		c.Subject, c.IsCA, c.BasicConstraintsValid = pkix.Name{CommonName: name}, true, true
		c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
}

// endorsed has the carrier's endorsement made with a certificate.
func endorsed(t *testing.T, s *evidence.Statement, by *pair) *evidence.Statement {
	e := &s.Endorsements[0]
	require.Equal(t, "CarrierMSP", e.MSP)
	e.Endorser = marshal(t, &msp.SerializedIdentity{
		Mspid: "CarrierMSP", IdBytes: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: by.certificate.Raw}),
	})
	digest := sha256.Sum256(append(append([]byte(nil), s.Payload...), e.Endorser...))
	r, high, err := ecdsa.Sign(rand.Reader, by.key, digest[:])
	require.NoError(t, err)
	if order := by.key.Params().N; high.Cmp(new(big.Int).Rsh(order, 1)) > 0 {
		high.Sub(order, high)
	}
	e.Signature, err = asn1.Marshal(struct{ R, S *big.Int }{r, high})
	require.NoError(t, err)
	return s
}

// carrier returns the roots with authorities of the carrier's own.
func carrier(c *clienttest.Consortium, root *pair, intermediates ...*pair) *verify.Roots {
	roots := c.Roots()
	o := &roots.Organisations[1]
	o.Roots, o.Intermediates = []*x509.Certificate{root.certificate}, nil
	for _, i := range intermediates {
		o.Intermediates = append(o.Intermediates, i.certificate)
	}
	return roots
}

func TestOnlyTheLowestAuthoritiesGiveOutPeers(t *testing.T) {
	c := clienttest.New(t)
	root := issued(t, nil, authority("root"))
	intermediate := issued(t, root, authority("intermediate"))
	stranger := issued(t, root, authority("another's intermediate"))
	below, beside, above := issued(t, intermediate, nil), issued(t, stranger, nil), issued(t, root, nil)
	s := state(t, c, claim(t, c))

	alone := verifier(t, carrier(c, root))
	report := alone.Verify(endorsed(t, s, above), twoOf3, later)
	require.True(t, report.Verified(), "%s", report)
	failedAt(t, alone.Verify(endorsed(t, s, below), twoOf3, later), verify.CheckCertificate)

	both := verifier(t, carrier(c, root, intermediate))
	report = both.Verify(endorsed(t, s, below), twoOf3, later)
	require.True(t, report.Verified(), "%s", report)
	failedAt(t, both.Verify(endorsed(t, s, above), twoOf3, later), verify.CheckCertificate)
	failedAt(t, both.Verify(endorsed(t, s, beside), twoOf3, later), verify.CheckCertificate)
}

func TestACertificateThatIsForSomethingElseFails(t *testing.T) {
	c := clienttest.New(t)
	root := issued(t, nil, authority("root"))
	v := verifier(t, carrier(c, root))
	for name, wrong := range map[string]struct {
		change func(*x509.Certificate)
		check  verify.Name
	}{
		"a client and a peer": {func(c *x509.Certificate) { c.Subject.OrganizationalUnit = []string{"client", "peer"} }, verify.CheckUnit},
		"a peer twice":        {func(c *x509.Certificate) { c.Subject.OrganizationalUnit = []string{"peer", "peer"} }, verify.CheckUnit},
		"no unit":             {func(c *x509.Certificate) { c.Subject.OrganizationalUnit = nil }, verify.CheckUnit},
		"a unit in capitals":  {func(c *x509.Certificate) { c.Subject.OrganizationalUnit = []string{"Peer"} }, verify.CheckUnit},
		"an authority":        {func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }, verify.CheckCertificate},
		"not for signatures":  {func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }, verify.CheckCertificate},
		"with a critical rider": {func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true}}
		}, verify.CheckCertificate},
	} {
		t.Run(name, func(t *testing.T) {
			failedAt(t, v.Verify(endorsed(t, state(t, c, claim(t, c)), issued(t, root, wrong.change)), twoOf3, later), wrong.check)
		})
	}
	report := v.Verify(endorsed(t, state(t, c, claim(t, c)), issued(t, root, func(c *x509.Certificate) {
		c.Subject.OrganizationalUnit = []string{"peer", "berlin"}
	})), twoOf3, later)
	require.True(t, report.Verified(), "%s", report)
}

// An authority whose certificate was renewed has two, of which either may stand
// on the way to the root: a revocation holds on both.
func TestARenewedAuthorityStillRevokes(t *testing.T) {
	c := clienttest.New(t)
	old := issued(t, nil, func(c *x509.Certificate) { authority("root")(c); c.NotAfter = asked.Add(time.Hour) })
	renewed := issuedTo(t, old.key, nil, authority("root"))
	peer := issued(t, old, nil)
	s := endorsed(t, state(t, c, claim(t, c)), peer)
	for name, order := range map[string][]*x509.Certificate{
		"the old one first": {old.certificate, renewed.certificate}, "the new one first": {renewed.certificate, old.certificate},
	} {
		t.Run(name, func(t *testing.T) {
			roots := carrier(c, old)
			roots.Organisations[1].Roots = order
			roots.Organisations[1].PeerIssuer = old.certificate
			report := verifier(t, roots).Verify(s, twoOf3, later)
			require.True(t, report.Verified(), "%s", report)

			der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
				Number: big.NewInt(1), ThisUpdate: asked, NextUpdate: later.AddDate(1, 0, 0),
				RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: peer.certificate.SerialNumber, RevocationTime: asked}},
			}, renewed.certificate, renewed.key)
			require.NoError(t, err)
			list, err := x509.ParseRevocationList(der)
			require.NoError(t, err)
			roots.Organisations[1].Revoked = []*x509.RevocationList{list}
			failedAt(t, verifier(t, roots).Verify(s, twoOf3, later), verify.CheckRevocation)
		})
	}
	failedAt(t, verifier(t, carrier(c, old)).Verify(s, twoOf3, later), verify.CheckCertificate)
}

func TestOrganisationsThatCouldSignForOneAnotherAreRefused(t *testing.T) {
	c := clienttest.New(t)
	root := issued(t, nil, authority("root"))
	mine, theirs := issued(t, root, authority("mine")), issued(t, root, authority("theirs"))
	roots := carrier(c, root, mine)
	o := &roots.Organisations[0]
	o.Roots, o.Intermediates = []*x509.Certificate{root.certificate}, []*x509.Certificate{theirs.certificate}
	_, err := verify.New(roots)
	require.NoError(t, err, "below one root, by authorities of their own")

	for name, intermediates := range map[string][]*x509.Certificate{
		"the same intermediate": {mine.certificate},
		"its key in another":    {issuedTo(t, mine.key, root, authority("other name")).certificate},
	} {
		t.Run(name, func(t *testing.T) {
			o.Intermediates = intermediates
			_, err := verify.New(roots)
			var wrong *verify.RootsError
			require.ErrorAs(t, err, &wrong)
			require.ErrorContains(t, err, "the same authority")
		})
	}
}

func TestNobodyWritesIntoAReportByANameOfTheirs(t *testing.T) {
	c := clienttest.New(t)
	root := issued(t, nil, authority("root"))
	forger := issued(t, root, func(c *x509.Certificate) { c.Subject.CommonName = "p\x1b[2J\n\nVERIFIED\n" })
	report := verifier(t, c.Roots()).Verify(endorsed(t, state(t, c, claim(t, c)), forger), twoOf3, later)
	failedAt(t, report, verify.CheckCertificate)
	require.NotContains(t, report.String(), "\nVERIFIED")
	require.NotContains(t, report.String(), "\x1b")
}
