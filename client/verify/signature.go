package verify

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"

	"github.com/countersign-ledger/countersign/client/evidence"
)

// halves are half of the order of each curve, rounded down.
var halves = map[elliptic.Curve][]byte{
	elliptic.P256(): half(elliptic.P256()),
	elliptic.P384(): half(elliptic.P384()),
}

func half(c elliptic.Curve) []byte { return new(big.Int).Rsh(c.Params().N, 1).Bytes() }

// signed checks an endorser's signature over payload and identity. Of the two
// forms of an ECDSA signature only the one with the lower S is accepted, as
// Fabric does, so that nobody can make a second signature from a first.
func signed(e *evidence.Endorsement, payload []byte, c *x509.Certificate) error {
	key, ok := c.PublicKey.(*ecdsa.PublicKey)
	if !ok || halves[key.Curve] == nil {
		return fmt.Errorf("the key is %s, not ECDSA on P-256 or P-384", c.PublicKeyAlgorithm)
	}
	s, err := valueOfS(e.Signature)
	if err != nil {
		return err
	}
	if highest := halves[key.Curve]; len(s) > len(highest) || len(s) == len(highest) && bytes.Compare(s, highest) > 0 {
		return errors.New("it is in the form with the higher S, which Fabric does not accept")
	}
	digest := sha256.New()
	digest.Write(payload)
	digest.Write(e.Endorser)
	if !ecdsa.VerifyASN1(key, digest.Sum(nil), e.Signature) {
		return errors.New("it is not a signature of this payload by this identity")
	}
	return nil
}

// valueOfS reads S of a signature: a sequence of two positive numbers in ASN.1 DER,
// with lengths of one byte, as the curves' are. Whether the numbers themselves are
// in the one form is checked with the signature.
func valueOfS(signature []byte) ([]byte, error) {
	rest, ok := element(0x30, signature)
	if !ok || len(signature) != len(rest)+2 {
		return nil, errDER
	}
	r, ok := element(2, rest)
	if !ok {
		return nil, errDER
	}
	s, ok := element(2, rest[len(r)+2:])
	if !ok || len(rest) != len(r)+len(s)+4 || len(s) == 0 {
		return nil, errDER
	}
	return bytes.TrimLeft(s, "\x00"), nil
}

var errDER = errors.New("it is not in ASN.1 DER")

// element returns the content of an element that a text begins with.
func element(tag byte, text []byte) ([]byte, bool) {
	if len(text) < 2 || text[0] != tag || text[1] >= 0x80 || len(text) < 2+int(text[1]) {
		return nil, false
	}
	return text[2 : 2+int(text[1])], true
}
