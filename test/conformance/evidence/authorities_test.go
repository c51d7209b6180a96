package evidence_test

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
	"slices"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

// holder has a certificate and its key.
type holder struct {
	*x509.Certificate
	key *ecdsa.PrivateKey
}

// issue makes a certificate, of an authority or of a peer; by itself without an issuer.
func (s *story) issue(name string, issuer *holder, authority bool) *holder {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(s, err)
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	require.NoError(s, err)
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name, OrganizationalUnit: []string{"peer"}}, BasicConstraintsValid: true,
		NotBefore: begin.AddDate(-1, 0, 0), NotAfter: begin.AddDate(50, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if authority {
		template.Subject.OrganizationalUnit, template.IsCA = nil, true
		template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	if issuer == nil {
		issuer = &holder{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.Certificate, &key.PublicKey, issuer.key)
	require.NoError(s, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(s, err)
	return &holder{certificate, key}
}

// revoke makes a revocation list.
func (s *story) revoke(by *holder, revoked ...*holder) *x509.RevocationList {
	template := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: begin, NextUpdate: begin.AddDate(50, 0, 0)}
	for _, r := range revoked {
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: r.SerialNumber, RevocationTime: begin})
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, by.Certificate, by.key)
	require.NoError(s, err)
	list, err := x509.ParseRevocationList(der)
	require.NoError(s, err)
	return list
}

// endorsedBy is a statement with the carrier's endorsement made by a peer of an
// authority of ours.
func (s *story) endorsedBy(of *evidence.Statement, peer *holder) string {
	changed := *of
	changed.Endorsements = slices.Clone(of.Endorsements)
	e := &changed.Endorsements[0]
	require.Equal(s, "CarrierMSP", e.MSP)
	var err error
	e.Endorser, err = proto.Marshal(&msp.SerializedIdentity{Mspid: e.MSP, IdBytes: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: peer.Raw})})
	require.NoError(s, err)
	digest := sha256.Sum256(slices.Concat(of.Payload, e.Endorser))
	r, low, err := ecdsa.Sign(rand.Reader, peer.key, digest[:])
	require.NoError(s, err)
	if order := peer.key.Params().N; low.Cmp(new(big.Int).Rsh(order, 1)) > 0 {
		low.Sub(order, low)
	}
	e.Signature, err = asn1.Marshal(struct{ R, S *big.Int }{r, low})
	require.NoError(s, err)
	text, err := changed.Encode()
	require.NoError(s, err)
	return string(text)
}

// stranger is an endorsement of an organisation that the roots do not know, which
// anybody can make of another.
func (s *story) stranger(of evidence.Endorsement) evidence.Endorsement {
	var identity msp.SerializedIdentity
	require.NoError(s, proto.Unmarshal(of.Endorser, &identity))
	identity.Mspid = "StrangerMSP"
	endorser, err := proto.Marshal(&identity)
	require.NoError(s, err)
	return evidence.Endorsement{MSP: identity.Mspid, Endorser: endorser, Signature: of.Signature}
}

// authorities are vectors with roots in which the carrier has authorities of ours.
func (s *story) authorities(object *evidence.Statement) []vector {
	root, other := s.issue("root", nil, true), s.issue("another root", nil, true)
	below := s.issue("intermediate", root, true)
	peer, another, inBetween, apart := s.issue("peer0", root, false), s.issue("peer1", root, false), s.issue("peer2", below, false), s.issue("peer3", other, false)
	with := func(roots []*holder, more func(*verify.Organisation)) string {
		changed := s.Roots()
		o := &changed.Organisations[slices.IndexFunc(changed.Organisations, func(o verify.Organisation) bool { return o.MSP == "CarrierMSP" })]
		o.Roots = nil
		for _, r := range roots {
			o.Roots = append(o.Roots, r.Certificate)
		}
		if more != nil {
			more(o)
		}
		text, err := changed.Encode()
		require.NoError(s, err)
		return string(text)
	}
	lists := func(of ...*x509.RevocationList) func(*verify.Organisation) {
		return func(o *verify.Organisation) { o.Revoked = of }
	}
	middle := func(of ...*x509.RevocationList) func(*verify.Organisation) {
		return func(o *verify.Organisation) { o.Intermediates, o.Revoked = []*x509.Certificate{below.Certificate}, of }
	}
	issuer := func(o *verify.Organisation) { o.PeerIssuer = root.Certificate }
	ours, two := []*holder{root}, []*holder{root, other}
	list := []vector{
		{Name: "an authority of its own", Roots: with(ours, nil), File: s.endorsedBy(object, peer), Verified: true},
		{Name: "an authority that the roots do not have", Roots: with(ours, nil), File: s.endorsedBy(object, apart), Check: verify.CheckCertificate},
		{Name: "a revoked peer", Roots: with(ours, lists(s.revoke(root, another, peer))), File: s.endorsedBy(object, peer), Check: verify.CheckRevocation},
		{Name: "a peer beside a revoked one", Roots: with(ours, lists(s.revoke(root, another))), File: s.endorsedBy(object, peer), Verified: true},
		{Name: "a peer whose number another authority revokes", Roots: with(two, lists(s.revoke(other, peer))), File: s.endorsedBy(object, peer), Verified: true},
		{Name: "an intermediate authority", Roots: with(ours, middle()), File: s.endorsedBy(object, inBetween), Verified: true},
		{Name: "an intermediate authority that is not in the roots", Roots: with(ours, nil), File: s.endorsedBy(object, inBetween), Check: verify.CheckCertificate},
		{Name: "an authority above another", Roots: with(ours, middle()), File: s.endorsedBy(object, peer), Check: verify.CheckCertificate},
		{Name: "an intermediate authority that is revoked", Roots: with(ours, middle(s.revoke(root, below))), File: s.endorsedBy(object, inBetween), Check: verify.CheckRevocation},
		{Name: "a revoked peer of an intermediate authority", Roots: with(ours, middle(s.revoke(below, inBetween))), File: s.endorsedBy(object, inBetween), Check: verify.CheckRevocation},
		{Name: "the peers' issuer", Roots: with(two, issuer), File: s.endorsedBy(object, peer), Verified: true},
		{Name: "another authority than the peers' issuer", Roots: with(two, issuer), File: s.endorsedBy(object, apart), Check: verify.CheckUnit},
	}
	ended := begin.AddDate(60, 0, 0).UTC().Truncate(time.Second)
	return append(list, vector{Name: "a revoked peer, after its certificate has ended", At: &ended, Roots: list[2].Roots, File: list[2].File, Check: verify.CheckRevocation})
}
