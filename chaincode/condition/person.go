package condition

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Person is who did something, as a certificate names him.
type Person struct {
	// MSP is the person's organisation.
	MSP string `json:"msp"`
	// Subject is the certificate's subject and issuer.
	Subject string `json:"subject"`
	// Key is the SHA-256 of the certificate's SubjectPublicKeyInfo, hexadecimal.
	Key string `json:"key,omitempty"`
}

// personOf returns the person who signed the proposal.
func personOf(caller ledger.Caller) Person {
	certificate, err := x509.ParseCertificate(caller.Certificate)
	if err != nil { // the peer has checked it; a test's ledger may have none
		return Person{MSP: caller.MSP, Subject: caller.Subject}
	}
	return certified(caller.MSP, certificate)
}

func certified(msp string, certificate *x509.Certificate) Person {
	key := sha256.Sum256(certificate.RawSubjectPublicKeyInfo)
	return Person{
		MSP:     msp,
		Subject: certificate.Subject.String() + " issued by " + certificate.Issuer.String(),
		Key:     hex.EncodeToString(key[:]),
	}
}

// same reports whether two are the same person: the same name of the same
// organisation, or the same key, under whatever name.
func (p Person) same(q Person) bool {
	return p.MSP == q.MSP && p.Subject == q.Subject || p.Key != "" && p.Key == q.Key
}
