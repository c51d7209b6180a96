package client

import (
	"context"
	"iter"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
)

// AskedDisclosure is the answer to [Client.RequestDisclosure] and
// [Client.CarryDisclosureRequest].
type AskedDisclosure struct {
	Receipt
	disclosure.Status
}

// RequestDisclosure asks that fields of a published record be disclosed: to the
// caller's organisation, or, for a member of the record, to the recipient that the
// request names. Fields are sorted here. The same request again is refused with
// fault.AlreadyRecorded.
func (c *Client) RequestDisclosure(ctx context.Context, request disclosure.RequestRequest, options ...CallOption) (*AskedDisclosure, error) {
	request.Fields = sortedNames(request.Fields)
	response, receipt, err := Call(ctx, c, api.RequestDisclosure, request, options...)
	if err != nil {
		return nil, err
	}
	return &AskedDisclosure{*receipt, response}, nil
}

func sortedNames(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// VotedDisclosure is the answer to [Client.ApproveDisclosure] and
// [Client.RefuseDisclosure].
type VotedDisclosure struct {
	Receipt
	Vote disclosure.Consent
}

// ApproveDisclosure consents to a disclosure, by its id, for an organisation whose
// consent it takes.
func (c *Client) ApproveDisclosure(ctx context.Context, request string, options ...CallOption) (*VotedDisclosure, error) {
	return c.voteDisclosure(ctx, disclosure.VoteRequest{Request: request, Approve: true}, options...)
}

// RefuseDisclosure refuses a disclosure, or takes consent back before it is delivered.
// The reason is public.
func (c *Client) RefuseDisclosure(ctx context.Context, request, reason string, options ...CallOption) (*VotedDisclosure, error) {
	return c.voteDisclosure(ctx, disclosure.VoteRequest{Request: request, Reason: reason}, options...)
}

func (c *Client) voteDisclosure(ctx context.Context, vote disclosure.VoteRequest, options ...CallOption) (*VotedDisclosure, error) {
	response, receipt, err := Call(ctx, c, api.VoteDisclosure, vote, options...)
	if err != nil {
		return nil, err
	}
	return &VotedDisclosure{*receipt, response}, nil
}

// AcknowledgedDisclosure is the answer to [Client.AcknowledgeDisclosure] and
// [Client.CarryAcknowledgement].
type AcknowledgedDisclosure struct {
	Receipt
	Acknowledgement disclosure.Acknowledgement
}

// AcknowledgeDisclosure puts on record what the caller's organisation, which was given
// something, found: [disclosure.Verified] or [disclosure.Disputed], of the delivery
// with the hash that [Client.ReceivedDisclosure] returned.
func (c *Client) AcknowledgeDisclosure(ctx context.Context, finding disclosure.Finding, options ...CallOption) (*AcknowledgedDisclosure, error) {
	response, receipt, err := Call(ctx, c, api.AcknowledgeDisclosure, finding, options...)
	if err != nil {
		return nil, err
	}
	return &AcknowledgedDisclosure{*receipt, response}, nil
}

// RevokedDisclosure is the answer to [Client.RevokeDisclosure].
type RevokedDisclosure struct {
	Receipt
	Revocation disclosure.Revocation
}

// RevokeDisclosure ends a disclosure, for the owner or any other whose consent it took:
// nothing is delivered any more. What was delivered stays until [Client.EraseDisclosure].
// The reason is public.
func (c *Client) RevokeDisclosure(ctx context.Context, request, reason string, options ...CallOption) (*RevokedDisclosure, error) {
	response, receipt, err := Call(ctx, c, api.RevokeDisclosure, disclosure.RevokeRequest{Request: request, Reason: reason}, options...)
	if err != nil {
		return nil, err
	}
	return &RevokedDisclosure{*receipt, response}, nil
}

// Disclosure returns a request and what became of it; fault.NotFound. Anyone may ask.
func (c *Client) Disclosure(ctx context.Context, request string) (*disclosure.Status, error) {
	return query(ctx, c, api.DisclosureStatus, disclosure.RefRequest{Request: request})
}

// SignedDisclosureRequest returns a carried request with the signature of the person
// who made it; fault.NotFound. Anyone may ask.
func (c *Client) SignedDisclosureRequest(ctx context.Context, request string) (*disclosure.SignedRequest, error) {
	return query(ctx, c, api.SignedDisclosureRequest, disclosure.RefRequest{Request: request})
}

// ReceivedDisclosure returns what was delivered to the caller's organisation, from the
// organisation's own peer, which has compared it with the public commitments;
// fault.NotFound, fault.NotHere before it has arrived, and fault.HashMismatch for a
// forged delivery, whose hash is in the detail "hash". An organisation that only reads
// uses [Client.Deliveries]: here it gets [ErrNoChaincode].
func (c *Client) ReceivedDisclosure(ctx context.Context, request string) (*disclosure.ReceivedResponse, error) {
	return atOwnPeer(query(ctx, c, api.ReceivedDisclosure, disclosure.RefRequest{Request: request}))
}

// DisclosuresOfRecord yields the requests for fields of a record: who was given what of
// it.
func (c *Client) DisclosuresOfRecord(ctx context.Context, record string) iter.Seq2[disclosure.Status, error] {
	return c.disclosures(ctx, disclosure.ListRequest{Record: record})
}

// DisclosuresBy yields the requests for records of an owner.
func (c *Client) DisclosuresBy(ctx context.Context, owner string) iter.Seq2[disclosure.Status, error] {
	return c.disclosures(ctx, disclosure.ListRequest{Owner: owner})
}

// DisclosuresTo yields the requests for what a recipient was to be given.
func (c *Client) DisclosuresTo(ctx context.Context, recipient string) iter.Seq2[disclosure.Status, error] {
	return c.disclosures(ctx, disclosure.ListRequest{Recipient: recipient})
}

func (c *Client) disclosures(ctx context.Context, request disclosure.ListRequest) iter.Seq2[disclosure.Status, error] {
	return pages(func(bookmark string) ([]disclosure.Status, string, error) {
		request.Bookmark = bookmark
		page, err := query(ctx, c, api.Disclosures, request)
		if err != nil {
			return nil, "", err
		}
		return page.Requests, page.Bookmark, nil
	})
}
