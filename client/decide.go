package client

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/personal"
)

// Signatory is a person who signs decisions and permissions: a certificate that leads to one of
// the organisation's identity roots, with an ECDSA key on P-256 that may be
// wherever its signer has it, such as on a card.
type Signatory struct {
	Certificate *x509.Certificate
	// Intermediates lead from the certificate to a root; none when a root
	// issued it.
	Intermediates []*x509.Certificate
	Key           crypto.Signer
}

// SignatoryFromMSP reads a person's certificate and key from an MSP folder
// (signcerts, keystore), for keys that lie in files.
func SignatoryFromMSP(dir string) (Signatory, error) {
	certificate, key, err := readMSP(dir)
	return Signatory{Certificate: certificate, Key: key}, err
}

// Decided is the answer to [Client.Decide].
type Decided struct {
	Receipt
	Decision condition.Decision
	Breach   condition.Breach
	// Released is the number of objects whose hold was lifted.
	Released int
}

// Decide records a decision on a breach: statement says which, with what meaning
// ([condition.Release], [condition.Reject], [condition.Repack],
// [condition.RestoreAllowance], [condition.Reverse] or [condition.Dispute]) and
// for what reason, and the person signs it. A statement without id gets a random
// one, without a time that of the clock; with both given, the same decision again
// is refused with fault.AlreadyRecorded. Who is connected need not be who signs.
//
// What is more than one transaction holds or frees follows in others, before this
// returns. When that fails, the decision is on record, and the error is a
// [SpreadError].
func (c *Client) Decide(ctx context.Context, statement condition.Statement, by Signatory, options ...CallOption) (*Decided, error) {
	if statement.ID == "" {
		statement.ID = rand.Text()
	}
	if statement.Time == 0 {
		statement.Time = evaluation.MomentOf(time.Now())
	}
	text, err := condition.DecisionBytes(statement)
	if err != nil {
		return nil, fmt.Errorf("client: the decision: %w", err)
	}
	signature, err := by.sign(text)
	if err != nil {
		return nil, err
	}
	response, receipt, err := Call(ctx, c, api.Decide, condition.DecideRequest{Statement: statement, Proof: signature}, options...)
	if err != nil {
		return nil, err
	}
	decided := &Decided{Receipt: *receipt, Decision: response.Decision, Breach: response.Breach, Released: response.Released}
	rest, err := c.finish(ctx, statement.Breach, response.More)
	if err != nil {
		return decided, err
	}
	decided.Released += rest.Released
	return decided, nil
}

// sign signs the canonical bytes of a statement.
func (s Signatory) sign(text []byte) (signed personal.Proof, err error) {
	if s.Certificate == nil || s.Key == nil {
		return signed, errors.New("client: a statement needs a person's certificate and key")
	}
	key, ok := s.Key.Public().(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return signed, errors.New("client: statements are signed with ECDSA on P-256")
	}
	digest := sha256.Sum256(text)
	signature, err := signECDSA(s.Key, key, digest[:])
	if err != nil {
		return signed, err
	}
	signed.Certificate = base64.StdEncoding.EncodeToString(s.Certificate.Raw)
	signed.Signature = base64.StdEncoding.EncodeToString(signature)
	for _, intermediate := range s.Intermediates {
		signed.Intermediates = append(signed.Intermediates, base64.StdEncoding.EncodeToString(intermediate.Raw))
	}
	return signed, nil
}
