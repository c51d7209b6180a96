package personal

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Person is who did something, as a certificate names him.
type Person struct {
	// MSP is the person's organisation.
	MSP string `json:"msp"`
	// Subject is the certificate's subject and issuer; their SHA-256 when they
	// take more than 300 bytes.
	Subject string `json:"subject"`
	// Key is the SHA-256 of the certificate's SubjectPublicKeyInfo, hexadecimal.
	Key string `json:"key,omitempty"`
}

// Of returns the person who signed the proposal.
func Of(caller ledger.Caller) Person {
	certificate, err := x509.ParseCertificate(caller.Certificate)
	if err != nil { // the peer has checked it; a test's ledger may have none
		return Person{MSP: caller.MSP, Subject: bounded(caller.Subject)}
	}
	return certified(caller.MSP, certificate)
}

func certified(msp string, certificate *x509.Certificate) Person {
	key := sha256.Sum256(certificate.RawSubjectPublicKeyInfo)
	return Person{
		MSP:     msp,
		Subject: bounded(certificate.Subject.String() + " issued by " + certificate.Issuer.String()),
		Key:     hex.EncodeToString(key[:]),
	}
}

// maxSubject bounds a subject as it stands in a record, in bytes. A breach names
// up to 16 submitters: long names would fill its record, and whoever has them
// could keep later recordings out.
const maxSubject = 300

func bounded(subject string) string {
	if text, err := json.Marshal(subject); err == nil && len(text) <= maxSubject {
		return subject
	}
	digest := sha256.Sum256([]byte(subject))
	return "SHA-256 " + hex.EncodeToString(digest[:])
}

// Same reports whether two are the same person: the same name of the same
// organisation, or the same key, under whatever name.
func (p Person) Same(q Person) bool {
	return p.MSP == q.MSP && p.Subject == q.Subject || p.Key != "" && p.Key == q.Key
}
