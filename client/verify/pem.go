package verify

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
)

var errPEM = errors.New("not one PEM block of the expected type")

func toPEM(list ...*x509.Certificate) []string {
	var texts []string
	for _, c := range list {
		texts = append(texts, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})))
	}
	return texts
}

func certificates(texts []string) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	for _, text := range texts {
		block, rest := pem.Decode([]byte(text))
		if block == nil || block.Type != "CERTIFICATE" || len(rest) > 0 {
			return nil, errPEM
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

func revocationList(text []byte) (*x509.RevocationList, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "X509 CRL" || len(rest) > 0 {
		return nil, errPEM
	}
	return x509.ParseRevocationList(block.Bytes)
}
