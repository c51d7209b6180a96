package examples

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
)

// chip stands for an NFC tag with a secure element: its key never leaves it, and
// it counts its answers.
type chip struct {
	key     *ecdsa.PrivateKey
	counter uint64
}

func (c *chip) answer(asked client.Challenge) (counter uint64, signature []byte, err error) {
	c.counter++
	hashed := sha256.Sum256(asked.Message(c.counter))
	signature, err = ecdsa.SignASN1(rand.Reader, c.key, hashed[:])
	return c.counter, signature, err
}

// ReadTag binds a cryptographic tag to an item and has a retailer read it. A
// clone, to which somebody has copied key and counter, is found at its first
// reading after the tag's own next one.
func ReadTag(ctx context.Context, t *Trade) error {
	item := t.Item(1)
	if _, err := t.Manufacturer.CaptureEvents(ctx, []epcis.Event{object(epcis.Add, "commissioning", item)}); err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	if _, err := t.Manufacturer.BindTag(ctx, product.BindTagRequest{
		ID: item, PublicKey: base64.StdEncoding.EncodeToString(public), Algorithm: participant.ES256,
	}); err != nil {
		return err
	}

	tag := &chip{key: key}
	clone := &chip{key: key}
	for _, read := range []*chip{tag, clone} {
		asked, err := t.Retailer.Challenge(item)
		if err != nil {
			return err
		}
		counter, signature, err := read.answer(asked)
		if err != nil {
			return err
		}
		got, err := t.Retailer.Authenticate(ctx, asked, counter, signature)
		if err != nil {
			return err
		}
		t.tell("answer %d: clone %v", counter, got.Clone)
	}
	for suspicion, err := range t.Retailer.Suspicions(ctx, item) {
		if err != nil {
			return err
		}
		t.tell("suspected by %s: %s", suspicion.By, suspicion.Why)
	}
	return nil
}
