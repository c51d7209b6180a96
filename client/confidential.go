package client

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
)

// Written is the answer to [Client.WriteConfidential].
type Written struct {
	Receipt
	// ID names the record towards its two members: keep it.
	ID string
	// Hash is the SHA-256 of the stored value, which is public.
	Hash string
}

// WriteConfidential shares a record with one other organisation, named by MSP
// id, and nobody else: peers of the two alone see it and endorse it. The record
// needs subject, kind and fields with name and value; id and salts are made here
// where they are absent.
//
// Whoever must be able to repeat the call, because the outcome of the first is
// not known, makes them before with [Salted] and keeps the record: written again
// as it was, it is refused with fault.AlreadyRecorded. Otherwise each call writes
// another record.
func (c *Client) WriteConfidential(ctx context.Context, counterparty string, record confidential.Record) (*Written, error) {
	record = Salted(record)
	text, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("client: write the record: %w", err)
	}
	response, receipt, err := Call(ctx, c, api.WriteConfidential, confidential.WriteRequest{Counterparty: counterparty},
		WithTransient(text), c.members(counterparty))
	if err != nil {
		return nil, err
	}
	return &Written{Receipt: *receipt, ID: record.ID, Hash: response.Hash}, nil
}

// Salted returns a confidential record with an id and salts where it has none.
func Salted(record confidential.Record) confidential.Record {
	record.V = 1
	if record.ID == "" {
		record.ID = salt()
	}
	record.Fields = slices.Clone(record.Fields)
	for i := range record.Fields {
		if record.Fields[i].Salt == "" {
			record.Fields[i].Salt = salt()
		}
	}
	return record
}

func salt() string {
	random := make([]byte, confidential.SaltSize)
	rand.Read(random) // never fails
	return base64.RawURLEncoding.EncodeToString(random)
}

// members has a call endorsed by the two members of a collection, and nobody
// else.
func (c *Client) members(counterparty string) CallOption { return EndorsedBy(c.msp, counterparty) }

// ReadConfidential returns a record that the caller's organisation shares with
// another, from the organisation's own peer; fault.NotFound, fault.NotMember, and
// fault.NotHere before it has arrived.
func (c *Client) ReadConfidential(ctx context.Context, counterparty, id string) (*confidential.Record, error) {
	return query(ctx, c, api.ReadConfidential, confidential.ReadRequest{Counterparty: counterparty, ID: id})
}

// PurgeConfidential removes a record of the caller's organisation from both
// members.
func (c *Client) PurgeConfidential(ctx context.Context, counterparty, id string) (*Receipt, error) {
	_, receipt, err := Call(ctx, c, api.PurgeConfidential, confidential.PurgeRequest{Counterparty: counterparty, ID: id}, c.members(counterparty))
	return receipt, err
}

// Published is the answer to [Client.PublishConfidential].
type Published struct {
	Receipt
	Pointer confidential.Pointer
}

// PublishConfidential makes public that a record about an object exists, by its
// hash. Its content stays with the two members.
func (c *Client) PublishConfidential(ctx context.Context, request confidential.PublishRequest) (*Published, error) {
	response, receipt, err := Call(ctx, c, api.PublishConfidential, request)
	if err != nil {
		return nil, err
	}
	return &Published{*receipt, response}, nil
}

// ConfidentialPointers yields what has been published about an object.
func (c *Client) ConfidentialPointers(ctx context.Context, subject string) iter.Seq2[confidential.Pointer, error] {
	return pages(func(bookmark string) ([]confidential.Pointer, string, error) {
		page, err := query(ctx, c, api.ConfidentialPointers, confidential.PointersRequest{Subject: subject, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Pointers, page.Bookmark, nil
	})
}
