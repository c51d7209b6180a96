package disclosure_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// authority certifies the persons of an organisation.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// signatory is a person with a card.
type signatory struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t tb, msp string) *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ca." + msp}, NotBefore: Begin.AddDate(-1, 0, 0), NotAfter: Begin.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	return &authority{certify(t, template, template, key, key), key}
}

func certify(t tb, template, issuer *x509.Certificate, key, by *ecdsa.PrivateKey) *x509.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), by)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return certificate
}

// person returns a person of an organisation with a role.
func (w *world) person(msp, role string) signatory {
	w.t.Helper()
	w.serial++
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(w.t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(w.serial + 16), Subject: pkix.Name{CommonName: fmt.Sprint(role, w.serial, "@", msp)},
		NotBefore: Begin.AddDate(-1, 0, 0), NotAfter: Begin.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{
			Id: asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1}, Value: fmt.Appendf(nil, `{"attrs":{%q:%q}}`, ledger.RoleAttribute, role),
		}},
	}
	return signatory{certify(w.t, template, w.roots[msp].certificate, key, w.roots[msp].key), key}
}

// sign signs a message.
func (s signatory) sign(t tb, message []byte, err error) personal.Proof {
	t.Helper()
	require.NoError(t, err)
	digest := sha256.Sum256(message)
	r, low, err := ecdsa.Sign(rand.Reader, s.key, digest[:])
	require.NoError(t, err)
	if order := s.key.Params().N; low.Cmp(new(big.Int).Rsh(order, 1)) > 0 {
		low.Sub(order, low)
	}
	signature, err := asn1.Marshal(struct{ R, S *big.Int }{r, low})
	require.NoError(t, err)
	return personal.Proof{
		Certificate: base64.StdEncoding.EncodeToString(s.certificate.Raw), Signature: base64.StdEncoding.EncodeToString(signature),
	}
}

// statement is a request of the regulator's.
func (w *world) statement(r record, name string) disclosure.Statement {
	return disclosure.Statement{Organisation: Regulator, Name: name, Terms: w.terms(r), Time: w.Now.Add(-time.Minute)}
}

// carried signs a statement.
func (w *world) carried(by signatory, s disclosure.Statement) disclosure.CarryRequestRequest {
	w.t.Helper()
	message, err := disclosure.RequestBytes(channel, s)
	return disclosure.CarryRequestRequest{Statement: s, Proof: by.sign(w.t, message, err)}
}
