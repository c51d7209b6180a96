package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/collections"
)

// Written is the answer to [Client.WriteConfidential].
type Written struct {
	Receipt
	// ID names the record towards its members: keep it.
	ID string
	// Hash and ManifestHash are the SHA-256 of the two stored values, which are
	// public.
	Hash, ManifestHash string
}

// WriteConfidential shares a record with one to seven other organisations, named by
// MSP id, and nobody else: peers of members alone see it and endorse it. The draft
// comes from [NewRecord], or is one with kind and fields; id, salts and decoys are
// made here where they are absent, as [Salted] does.
//
// It fails as confidential.Write does: with fault.NotParticipant for an MSP id that is
// none, and with fault.ReaderOnly for a reader, with whom no record is shared, but to
// whom it can be disclosed.
//
// Whoever must be able to repeat the call, because the outcome of the first is not
// known, takes a draft from [NewRecord] or [Salted] and keeps it: written again as it
// was, it is refused with fault.AlreadyRecorded. Otherwise each call writes another
// record.
func (c *Client) WriteConfidential(ctx context.Context, draft confidential.Draft, with ...string) (*Written, error) {
	draft, err := Salted(draft)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(draft)
	if err != nil {
		return nil, fmt.Errorf("client: write the record: %w", err)
	}
	response, receipt, err := byMembers(ctx, c, api.WriteConfidential, confidential.WriteRequest{With: with}, with, WithTransient(text))
	if err != nil {
		return nil, err
	}
	return &Written{Receipt: *receipt, ID: draft.ID, Hash: response.Hash, ManifestHash: response.ManifestHash}, nil
}

// byMembers has a call endorsed by members of a collection, and nobody else: the
// caller's organisation and another one. Where there are more, it does not take all
// of them: when the peer of one is out of reach, or there is none, the next is asked.
func byMembers[Req, Resp any](ctx context.Context, c *Client, f api.Declared[Req, Resp], request Req, with []string, options ...CallOption) (response Resp, receipt *Receipt, err error) {
	if len(with) == 0 {
		return response, nil, fmt.Errorf("client: %s: name the members with whom the record is shared", f.FullName())
	}
	for i, other := range with {
		response, receipt, err = Call(ctx, c, f, request, append([]CallOption{EndorsedBy(c.msp, other)}, options...)...)
		var failed *Error
		if err == nil || i == len(with)-1 || !errors.As(err, &failed) || failed.Stage != StageEndorse || failed.refused() {
			break
		}
	}
	return response, receipt, err
}

// refused reports whether a contract refused, rather than that nobody answered.
func (e *Error) refused() bool {
	if len(e.Absent) > 0 {
		return false
	}
	if e.Fault != nil {
		return true
	}
	for _, said := range e.ByOrganisation {
		if said.Fault != nil {
			return true
		}
	}
	return false
}

// ConfidentialRecord is a record as a member has it, with what opens its
// commitments.
type ConfidentialRecord struct{ confidential.ReadResponse }

// Payload puts the record's fields together: a collections.Terms for a record of that
// kind, and so on. It fails as collections.Payload does.
func (r *ConfidentialRecord) Payload() (any, error) {
	var fields []collections.Field
	for _, f := range r.Content.Fields {
		if !f.Decoy() {
			fields = append(fields, collections.Field{Name: f.Name, Value: f.Value})
		}
	}
	payload, err := collections.Payload(r.Manifest.Kind, fields)
	if err != nil {
		return nil, fmt.Errorf("client: record %s: %w", r.Manifest.ID, err)
	}
	return payload, nil
}

// Field returns the field of a name, such as "/price", with its salt: whoever is given
// that can check it against the published commitments, and learns nothing of the
// others.
func (r *ConfidentialRecord) Field(name string) (selective.Field, bool) {
	for _, f := range r.Content.Fields {
		if f.Name == name && !f.Decoy() {
			return f, true
		}
	}
	return selective.Field{}, false
}

// ReadConfidential returns a record that the caller's organisation shares with others,
// from the organisation's own peer, and checks that what came opens the record's
// commitments. It fails with fault.NotFound, fault.NotMember, with fault.NotHere before
// the record has arrived at that peer, and with fault.HashMismatch; with
// [ErrNoChaincode] for an organisation that only reads, which is no member of any.
func (c *Client) ReadConfidential(ctx context.Context, id string, with ...string) (*ConfidentialRecord, error) {
	response, err := atOwnPeer(query(ctx, c, api.ReadConfidential, confidential.ReadRequest{With: with, ID: id}))
	if err != nil {
		return nil, err
	}
	if response.Manifest.ID != id {
		return nil, fmt.Errorf("client: asked for record %s: %w: the peer answered with another", id, fault.HashMismatch)
	}
	if err := response.Verify(); err != nil {
		return nil, fmt.Errorf("client: record %s: %w", id, err)
	}
	return &ConfidentialRecord{*response}, nil
}

// Published is the answer to [Client.PublishConfidential].
type Published struct {
	Receipt
	Record confidential.Published
}

// PublishConfidential makes public that a record exists: it reads the record at the
// caller's own peer and puts its manifest on the ledger, against which every field can
// be checked. Its content stays with the members. A member with whom it is shared is
// named by MSP id.
func (c *Client) PublishConfidential(ctx context.Context, id string, with ...string) (*Published, error) {
	record, err := c.ReadConfidential(ctx, id, with...)
	if err != nil {
		return nil, err
	}
	return c.PublishManifest(ctx, record.Manifest)
}

// PublishManifest publishes a record by the manifest that [Client.ReadConfidential]
// returned.
func (c *Client) PublishManifest(ctx context.Context, manifest confidential.Manifest, options ...CallOption) (*Published, error) {
	response, receipt, err := Call(ctx, c, api.PublishConfidential, confidential.PublishRequest{Manifest: manifest}, options...)
	if err != nil {
		return nil, err
	}
	return &Published{*receipt, response}, nil
}

// ConfidentialRecord returns a published record, and how it stands: whether it is
// kept, until when, and under which legal holds; fault.NotFound. Anyone may ask.
func (c *Client) ConfidentialRecord(ctx context.Context, id string) (*confidential.Standing, error) {
	return query(ctx, c, api.ConfidentialRecord, confidential.RecordRequest{ID: id})
}

// RecordsAbout yields the records that have been published about an object, lot, class
// or event.
func (c *Client) RecordsAbout(ctx context.Context, subject string) iter.Seq2[confidential.Published, error] {
	return c.records(ctx, confidential.RecordsRequest{Subject: subject})
}

// RecordsOf yields the records that an organisation, by MSP id, has published.
func (c *Client) RecordsOf(ctx context.Context, owner string) iter.Seq2[confidential.Published, error] {
	return c.records(ctx, confidential.RecordsRequest{Owner: owner})
}

func (c *Client) records(ctx context.Context, request confidential.RecordsRequest) iter.Seq2[confidential.Published, error] {
	return pages(func(bookmark string) ([]confidential.Published, string, error) {
		request.Bookmark = bookmark
		page, err := query(ctx, c, api.ConfidentialRecords, request)
		if err != nil {
			return nil, "", err
		}
		return page.Records, page.Bookmark, nil
	})
}
