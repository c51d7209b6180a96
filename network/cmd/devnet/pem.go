package main

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
)

// certificates checks that a file is what its flag says: a peer reports a wrong
// one only when the chaincode is first called.
func certificates(content []byte) error {
	found := false
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			return errors.New("not a certificate but " + strings.ToLower(block.Type))
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return err
		}
		found = true
	}
	if !found {
		return errors.New("no certificate in PEM")
	}
	return nil
}

// privateKey accepts the forms that Go's TLS accepts.
func privateKey(content []byte) error {
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "PRIVATE KEY" || strings.HasSuffix(block.Type, " PRIVATE KEY") {
			return nil
		}
	}
	return errors.New("no private key in PEM")
}
