package client

import (
	"context"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// Proposed is the answer to [Client.Propose].
type Proposed struct {
	Receipt
	participant.ProposeResponse
}

// Propose proposes organisations to found the consortium, to admit or to
// change: an admin's act.
func (c *Client) Propose(ctx context.Context, proposal participant.Proposal, options ...CallOption) (*Proposed, error) {
	response, receipt, err := Call(ctx, c, api.Propose, proposal, options...)
	if err != nil {
		return nil, err
	}
	return &Proposed{*receipt, response}, nil
}

// Approved is the answer to [Client.Approve].
type Approved struct {
	Receipt
	participant.ApproveResponse
}

// Approve votes for a proposal, for the caller's organisation: an admin's act.
// The vote that completes it enacts it.
func (c *Client) Approve(ctx context.Context, proposal string, options ...CallOption) (*Approved, error) {
	response, receipt, err := Call(ctx, c, api.Approve, participant.ApproveRequest{Proposal: proposal}, options...)
	if err != nil {
		return nil, err
	}
	return &Approved{*receipt, response}, nil
}

// Proposal returns a proposal and how its vote stands.
func (c *Client) Proposal(ctx context.Context, id string) (*participant.ReadProposalResponse, error) {
	return query(ctx, c, api.Proposal, participant.ReadProposalRequest{Proposal: id})
}

// Organisation returns an organisation by its MSP id; fault.NotFound.
func (c *Client) Organisation(ctx context.Context, msp string) (*participant.Participant, error) {
	return query(ctx, c, api.Organisation, participant.ReadOrganisationRequest{MSP: msp})
}

// Organisations yields the organisations on record, by MSP id.
func (c *Client) Organisations(ctx context.Context) iter.Seq2[participant.Participant, error] {
	return pages(func(bookmark string) ([]participant.Participant, string, error) {
		page, err := query(ctx, c, api.Organisations, participant.ListOrganisationsRequest{Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Organisations, page.Bookmark, nil
	})
}

// Party returns who stands behind a GLN, in any GS1 form: an organisation, or a
// party outside of the channel with its sponsor, to whom it is offered what is
// shipped to the party; fault.NotFound.
func (c *Client) Party(ctx context.Context, gln string) (*participant.FindPartyResponse, error) {
	return query(ctx, c, api.Party, participant.FindPartyRequest{GLN: gln})
}

// RegisteredParty is the answer to [Client.RegisterParty] and
// [Client.EndParty].
type RegisteredParty struct {
	Receipt
	participant.Party
}

// RegisterParty puts a party without an MSP on record, under a name, for which
// the caller's organisation records from then on: an admin's act.
func (c *Client) RegisterParty(ctx context.Context, gln, name string, options ...CallOption) (*RegisteredParty, error) {
	response, receipt, err := Call(ctx, c, api.RegisterParty, participant.RegisterPartyRequest{GLN: gln, Name: name}, options...)
	if err != nil {
		return nil, err
	}
	return &RegisteredParty{*receipt, response}, nil
}

// EndParty takes a party that the caller's organisation sponsors off the record:
// an admin's act.
func (c *Client) EndParty(ctx context.Context, gln string, options ...CallOption) (*RegisteredParty, error) {
	response, receipt, err := Call(ctx, c, api.EndParty, participant.EndPartyRequest{GLN: gln}, options...)
	if err != nil {
		return nil, err
	}
	return &RegisteredParty{*receipt, response}, nil
}

// RecordedDelegation is the answer to [Client.Delegate] and
// [Client.EndDelegation].
type RecordedDelegation struct {
	Receipt
	participant.Delegation
}

// Delegate lets another organisation, such as a contract manufacturer,
// commission under a licence that the caller's organisation holds: an admin's
// act. It replaces the delegation of the same prefix or key to the same
// organisation.
func (c *Client) Delegate(ctx context.Context, delegation participant.DelegateRequest, options ...CallOption) (*RecordedDelegation, error) {
	response, receipt, err := Call(ctx, c, api.Delegate, delegation, options...)
	if err != nil {
		return nil, err
	}
	return &RecordedDelegation{*receipt, response}, nil
}

// EndDelegation ends a delegation that the caller's organisation gave: an
// admin's act.
func (c *Client) EndDelegation(ctx context.Context, end participant.EndDelegationRequest, options ...CallOption) (*RecordedDelegation, error) {
	response, receipt, err := Call(ctx, c, api.EndDelegation, end, options...)
	if err != nil {
		return nil, err
	}
	return &RecordedDelegation{*receipt, response}, nil
}

// DelegationsBy yields the delegations that an organisation gave, ended ones
// included.
func (c *Client) DelegationsBy(ctx context.Context, holder string) iter.Seq2[participant.ListedDelegation, error] {
	return c.delegations(ctx, participant.ListDelegationsRequest{Holder: holder})
}

// DelegationsTo yields the delegations that an organisation was given, ended
// ones included.
func (c *Client) DelegationsTo(ctx context.Context, delegate string) iter.Seq2[participant.ListedDelegation, error] {
	return c.delegations(ctx, participant.ListDelegationsRequest{Delegate: delegate})
}

func (c *Client) delegations(ctx context.Context, request participant.ListDelegationsRequest) iter.Seq2[participant.ListedDelegation, error] {
	return pages(func(bookmark string) ([]participant.ListedDelegation, string, error) {
		request.Bookmark = bookmark
		page, err := query(ctx, c, api.Delegations, request)
		if err != nil {
			return nil, "", err
		}
		return page.Delegations, page.Bookmark, nil
	})
}

// RegisteredDevice is the answer to [Client.RegisterDevice] and
// [Client.RevokeDevice].
type RegisteredDevice struct {
	Receipt
	participant.Device
}

// RegisterDevice puts a measuring device of the caller's organisation on
// record, with the key that verifies what it signs.
func (c *Client) RegisterDevice(ctx context.Context, device participant.RegisterDeviceRequest, options ...CallOption) (*RegisteredDevice, error) {
	response, receipt, err := Call(ctx, c, api.RegisterDevice, device, options...)
	if err != nil {
		return nil, err
	}
	return &RegisteredDevice{*receipt, response}, nil
}

// RevokeDevice ends the trust in a device from a time on.
func (c *Client) RevokeDevice(ctx context.Context, revocation participant.RevokeDeviceRequest, options ...CallOption) (*RegisteredDevice, error) {
	response, receipt, err := Call(ctx, c, api.RevokeDevice, revocation, options...)
	if err != nil {
		return nil, err
	}
	return &RegisteredDevice{*receipt, response}, nil
}

// Device returns a device by its GIAI or GRAI, in any GS1 form; fault.NotFound.
func (c *Client) Device(ctx context.Context, id string) (*participant.Device, error) {
	return query(ctx, c, api.Device, participant.ReadDeviceRequest{ID: id})
}
