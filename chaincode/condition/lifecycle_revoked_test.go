package condition_test

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// revokeCertificate revokes a person's certificate, by the admin of its organisation.
func (w *world) revokeCertificate(p person, since time.Time) error {
	_, err := call(w, w.as(p.MSP, ledger.RoleAdmin), participant.RevokeCertificate, participant.RevokeCertificateRequest{
		Certificate: base64.StdEncoding.EncodeToString(p.Certificate), Since: since, Reason: "left",
	})
	return err
}

func TestARevokedCertificateSignsNothingMore(t *testing.T) {
	w, id := breached(t)
	quality := w.as(maker, ledger.RoleQuality)
	leaver, stays := w.numbered(7), w.numbered(8)
	require.NoError(t, w.revokeCertificate(leaver, w.now))
	s := w.statement(id, condition.Release)
	s.Time = evaluation.MomentOf(w.now.Add(-10 * time.Minute))
	_, err := w.decide(leaver, s, nil)
	require.ErrorIs(t, err, fault.BadSignature, "whatever time it claims")
	require.ErrorIs(t, w.revokeCertificate(leaver, w.now), fault.AlreadyExists)
	require.NoError(t, w.revokeCertificate(leaver, w.now.Add(-time.Hour)), "earlier than was known")
	require.ErrorIs(t, w.revokeCertificate(stays, w.now.Add(time.Hour)), fault.TimeAhead)
	_, err = call(w, w.as(maker, ledger.RoleOperator), participant.RevokeCertificate, participant.RevokeCertificateRequest{Issuer: strings.Repeat("a", 64), Serial: "8", Reason: "x"})
	require.ErrorIs(t, err, fault.RoleRequired)
	_, err = call(w, w.as(maker, ledger.RoleAdmin), participant.RevokeCertificate, participant.RevokeCertificateRequest{Issuer: "ca", Serial: "08", Reason: "x"})
	require.ErrorIs(t, err, fault.InvalidRequest)
	_, err = call(w, w.as(carrier, ledger.RoleAdmin), participant.RevokeCertificate, participant.RevokeCertificateRequest{
		Certificate: base64.StdEncoding.EncodeToString(stays.Certificate), Reason: "not mine",
	})
	require.NoError(t, err, "it counts for what is signed as of the carrier")
	listed, err := ask(w, participant.ListRevokedCertificates, participant.ListRevokedCertificatesRequest{MSP: maker})
	require.NoError(t, err)
	require.Len(t, listed.Certificates, 1)
	require.Equal(t, "7", listed.Certificates[0].Serial)
	_, err = w.decide(stays, w.statement(id, condition.Release), nil)
	require.NoError(t, err)

	// What was recorded before stands.
	require.NoError(t, w.revokeCertificate(quality, w.now))
	require.Equal(t, condition.StateDecided, w.breach(id).State)
}

func TestARevokedIntermediateLeadsNowhere(t *testing.T) {
	w, id := breached(t)
	between := w.authorityUnder(w.authority(maker))
	by := w.certify(maker, ledger.RoleQuality, "inspector", newKey(w), between, origin.AddDate(1, 0, 0))
	require.NoError(t, w.revokeCertificate(person{Caller: ledger.Caller{MSP: maker, Certificate: between.certificate.Raw}}, w.now))
	_, err := w.decide(by, w.statement(id, condition.Release), func(r *condition.DecideRequest) {
		r.Intermediates = []string{base64.StdEncoding.EncodeToString(between.certificate.Raw)}
	})
	require.ErrorIs(t, err, fault.BadSignature)
}

// numbered is a person of the maker's quality unit with a certificate of that
// serial number.
func (w *world) numbered(serial int64) person {
	key, by := newKey(w), w.authority(maker)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: fmt.Sprint("quality-", serial)},
		NotBefore: origin.Add(-time.Hour), NotAfter: origin.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{
			Id: asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1}, Value: fmt.Appendf(nil, `{"attrs":{%q:%q}}`, ledger.RoleAttribute, ledger.RoleQuality),
		}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.certificate, key.Public(), by.key)
	require.NoError(w, err)
	return person{key, ledger.Caller{MSP: maker, Role: ledger.RoleQuality, Certificate: der}}
}
