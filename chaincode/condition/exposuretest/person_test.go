package exposuretest_test

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

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// person is somebody of a quality unit.
type person struct {
	root        []byte // certificate of the authority, DER
	certificate []byte
	key         *ecdsa.PrivateKey
}

// quality returns the person of an organisation's quality unit.
func (s *World) quality(msp string) (*person, error) {
	if known := s.people[msp]; known != nil {
		return known, nil
	}
	authority, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	from, to := shipmenttest.Begin.AddDate(-1, 0, 0), shipmenttest.Begin.AddDate(5, 0, 0)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ca." + msp}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: from, NotAfter: to, KeyUsage: x509.KeyUsageCertSign,
	}
	root, err := x509.CreateCertificate(rand.Reader, ca, ca, authority.Public(), authority)
	if err != nil {
		return nil, err
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "quality", Organization: []string{msp}},
		NotBefore: from, NotAfter: to, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{
			Id:    asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1},
			Value: fmt.Appendf(nil, `{"attrs":{%q:%q}}`, ledger.RoleAttribute, ledger.RoleQuality),
		}},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), authority)
	if err != nil {
		return nil, err
	}
	s.people[msp] = &person{root: root, certificate: certificate, key: key}
	return s.people[msp], nil
}

// Release has an organisation's quality unit release what a breach holds, as far
// as one transaction does.
func (s *World) Release(msp, breach string) condition.DecideResponse {
	s.TB.Helper()
	response, err := s.Decide(msp, condition.Statement{ID: "release-" + breach[:8], Breach: breach, Meaning: condition.Release})
	s.Must(err)
	return response
}

// Decide has a person of an organisation's quality unit sign a statement as of now,
// and submits it.
func (s *World) Decide(msp string, statement condition.Statement) (condition.DecideResponse, error) {
	s.TB.Helper()
	who, err := s.quality(msp)
	s.Must(err)
	s.Now = s.Now.Add(time.Minute)
	statement.Reason, statement.Time = "Stability data cover it.", evaluation.MomentOf(s.Now)
	req := condition.DecideRequest{Statement: statement}
	message, err := condition.DecisionBytes(req.Statement)
	s.Must(err)
	digest := sha256.Sum256(message)
	r, v, err := ecdsa.Sign(rand.Reader, who.key, digest[:])
	s.Must(err)
	if n := who.key.Params().N; v.Cmp(new(big.Int).Rsh(n, 1)) > 0 {
		v.Sub(n, v)
	}
	signature, err := asn1.Marshal(struct{ R, S *big.Int }{r, v})
	s.Must(err)
	req.Certificate = base64.StdEncoding.EncodeToString(who.certificate)
	req.Signature = base64.StdEncoding.EncodeToString(signature)
	return Call(s, msp, ledger.RoleOperator, condition.Decide, req)
}
