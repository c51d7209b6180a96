package client

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// Purged is the answer to [Client.PurgeConfidential].
type Purged struct {
	// Removed is the transaction that removed the content; nil when it was gone
	// before.
	Removed *Receipt
	// Recorded is the transaction that put the purge on record, Record what stands
	// there; nil for a record that was never published.
	Recorded *Receipt
	Record   *confidential.Published
}

// PurgeConfidential removes a record of the caller's organisation from all its
// members, and puts on record that it did and why, if the record had been published.
// The certificate is an admin's. The content is gone from queries at once, and from
// the peers' storage after Fabric's purge interval.
//
// It fails with fault.Retained while the record is to be kept: details "until" and
// "holds" say why. When only what follows the removal fails, Purged says so, too, and
// the call can be repeated.
func (c *Client) PurgeConfidential(ctx context.Context, why confidential.RecordPurgeRequest, with ...string) (*Purged, error) {
	if err := why.Check(); err != nil {
		return nil, fmt.Errorf("client: the purge: %w", err)
	}
	removed, err := c.RemoveConfidential(ctx, why.ID, with...)
	gone := errors.Is(err, fault.NotFound)
	if err != nil && !gone {
		return nil, err
	}
	purged := &Purged{Removed: removed}
	recorded, following := c.RecordPurge(ctx, why)
	switch {
	case following == nil:
		purged.Recorded, purged.Record = &recorded.Receipt, &recorded.Record
		return purged, nil
	case !errors.Is(following, fault.NotFound):
		return purged, following
	case gone: // nor is there anything public
		return nil, err
	}
	return purged, nil
}

// RemoveConfidential removes a record of the caller's organisation from all its
// members, and says nothing of it: the first half of [Client.PurgeConfidential].
func (c *Client) RemoveConfidential(ctx context.Context, id string, with ...string) (*Receipt, error) {
	_, receipt, err := byMembers(ctx, c, api.PurgeConfidential, confidential.PurgeRequest{With: with, ID: id}, with)
	return receipt, err
}

// RecordPurge puts on record that the content of a published record is gone, and why:
// the second half of [Client.PurgeConfidential], which any member may do.
func (c *Client) RecordPurge(ctx context.Context, why confidential.RecordPurgeRequest, options ...CallOption) (*Published, error) {
	response, receipt, err := Call(ctx, c, api.RecordConfidentialPurge, why, options...)
	if err != nil {
		return nil, err
	}
	return &Published{*receipt, response}, nil
}

// Held is the answer to calls about legal holds.
type Held struct {
	Receipt
	Hold confidential.LegalHold
}

// PlaceLegalHold keeps a record from being purged until the caller's organisation
// lifts the hold. The certificate is an admin's, or of the quality unit.
func (c *Client) PlaceLegalHold(ctx context.Context, request confidential.HoldRequest, options ...CallOption) (*Held, error) {
	return hold(ctx, c, api.PlaceLegalHold, request, options...)
}

// LiftLegalHold ends the hold of the caller's organisation.
func (c *Client) LiftLegalHold(ctx context.Context, request confidential.HoldRequest, options ...CallOption) (*Held, error) {
	return hold(ctx, c, api.LiftLegalHold, request, options...)
}

// SignLegalHold signs, for a person of an organisation that only reads, that a record
// is to be held, or with a meaning of [confidential.LiftHold] that it is no more. A
// statement without a time gets that of the clock. What comes back is for an
// organisation that trades, to submit with [Client.CarryLegalHold] or
// [Client.CarryLiftedLegalHold].
func SignLegalHold(channel, meaning string, statement confidential.HoldStatement, by Signatory) (*confidential.CarryHoldRequest, error) {
	if statement.Time.IsZero() {
		statement.Time = time.Now().UTC().Truncate(time.Millisecond)
	}
	text, err := confidential.HoldBytes(channel, meaning, statement)
	if err != nil {
		return nil, fmt.Errorf("client: the legal hold: %w", err)
	}
	proof, err := by.sign(text)
	if err != nil {
		return nil, err
	}
	return &confidential.CarryHoldRequest{Statement: statement, Proof: proof}, nil
}

// CarryLegalHold places the hold that a person of a reader has signed. The same again
// is refused with fault.AlreadyRecorded.
func (c *Client) CarryLegalHold(ctx context.Context, request confidential.CarryHoldRequest, options ...CallOption) (*Held, error) {
	return hold(ctx, c, api.CarryLegalHold, request, options...)
}

// CarryLiftedLegalHold ends the hold of a reader, as a person of it has signed.
func (c *Client) CarryLiftedLegalHold(ctx context.Context, request confidential.CarryHoldRequest, options ...CallOption) (*Held, error) {
	return hold(ctx, c, api.CarryLiftedLegalHold, request, options...)
}

func hold[Req any](ctx context.Context, c *Client, f api.Declared[Req, confidential.LegalHold], request Req, options ...CallOption) (*Held, error) {
	response, receipt, err := Call(ctx, c, f, request, options...)
	if err != nil {
		return nil, err
	}
	return &Held{*receipt, response}, nil
}

// LegalHoldSteps yields each time that a hold of a record was placed or lifted.
func (c *Client) LegalHoldSteps(ctx context.Context, record string) iter.Seq2[confidential.HoldStep, error] {
	return pages(func(bookmark string) ([]confidential.HoldStep, string, error) {
		page, err := query(ctx, c, api.LegalHoldSteps, confidential.HoldStepsRequest{Record: record, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Steps, page.Bookmark, nil
	})
}
