package client

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"iter"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// BoundTag is the answer to [Client.BindTag].
type BoundTag struct {
	Receipt
	product.Tag
}

// BindTag binds a cryptographic tag to an object that the caller's organisation
// commissioned or is licensed for. It replaces the tag that the object has.
func (c *Client) BindTag(ctx context.Context, request product.BindTagRequest, options ...CallOption) (*BoundTag, error) {
	response, receipt, err := Call(ctx, c, api.BindTag, request, options...)
	if err != nil {
		return nil, err
	}
	return &BoundTag{*receipt, response}, nil
}

// Challenge is what a tag is asked, once and by one organisation: what it answers
// is of use to nobody else, and only within [product.MaxTagAge].
type Challenge struct {
	// Object is the object's canonical path, Verifier the MSP id of the
	// organisation that asks, Channel the channel's name.
	Object, Verifier, Channel string
	// Time is when it was asked, and Nonce random.
	Time  time.Time
	Nonce []byte
}

// Challenge makes a challenge for the tag of an object, named in any GS1 form, by
// the clock of this machine.
func (c *Client) Challenge(id string) (Challenge, error) {
	object, err := product.ParseObject(id)
	if err != nil {
		return Challenge{}, fmt.Errorf("client: a challenge is to the tag of an object: %w", err)
	}
	nonce := make([]byte, 2*product.MinNonce)
	if _, err := rand.Read(nonce); err != nil {
		return Challenge{}, fmt.Errorf("client: a nonce: %w", err)
	}
	return Challenge{
		Object: object.Path(), Verifier: c.MSP(), Channel: c.Channel(), Time: time.Now().UTC().Truncate(time.Millisecond), Nonce: nonce,
	}, nil
}

// Message returns what the tag signs with a counter: see [product.TagMessage]. A
// tag that takes any message to sign is handed this; one that makes it itself
// needs the members.
func (q Challenge) Message(counter uint64) []byte {
	return product.TagMessage(q.Channel, q.Object, q.Verifier, q.Time, q.Nonce, counter)
}

// Authenticated is the answer to [Client.Authenticate].
type Authenticated struct {
	Receipt
	product.AuthenticateResponse
}

// Authenticate records what a tag answered to a challenge: its counter and its
// signature, ECDSA on P-256 (in ASN.1, or as the 64 bytes r and s) or Ed25519.
// A clone is no error but stands in the answer, and on record. What is not the
// tag's answer fails with fault.BadSignature. To repeat the call is safe: it
// fails with fault.AlreadyRecorded.
func (c *Client) Authenticate(ctx context.Context, asked Challenge, counter uint64, signature []byte) (*Authenticated, error) {
	response, receipt, err := Call(ctx, c, api.Authenticate, product.AuthenticateRequest{
		ID: asked.Object, Time: asked.Time, Nonce: base64.StdEncoding.EncodeToString(asked.Nonce), Counter: counter,
		Signature: base64.StdEncoding.EncodeToString(signature),
	})
	if err != nil {
		return nil, err
	}
	return &Authenticated{*receipt, response}, nil
}

// Tag returns the tag of an object; fault.NotFound.
func (c *Client) Tag(ctx context.Context, id string) (*product.ReadTagResponse, error) {
	return query(ctx, c, api.Tag, product.ReadTagRequest{ID: id})
}

// AttestTag has the tag of an object signed by the peers of organisations, named
// by MSP id: with it, answers of the tag verify offline.
func (c *Client) AttestTag(ctx context.Context, id string, by ...string) (*evidence.Statement, error) {
	return Attest(ctx, c, api.Tag, product.ReadTagRequest{ID: id}, by...)
}

// TagReadings yields what the tags of an object answered, in the order of their
// counters.
func (c *Client) TagReadings(ctx context.Context, id string) iter.Seq2[product.TagReading, error] {
	return pages(func(bookmark string) ([]product.TagReading, string, error) {
		page, err := query(ctx, c, api.TagReadings, product.ListTagReadingsRequest{ID: id, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Readings, page.Bookmark, nil
	})
}
