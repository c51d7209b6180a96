package participant

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// ReadProposalRequest names a proposal.
type ReadProposalRequest struct {
	// Proposal is the id that Propose returned.
	Proposal string `json:"proposal"`
}

// ReadProposalResponse is a proposal and how its vote stands.
type ReadProposalResponse struct {
	// Proposal is the id.
	Proposal string `json:"proposal"`
	// Reason is what its proposer gave.
	Reason string `json:"reason,omitempty"`
	// State is open or enacted; an open proposal cannot be approved after
	// Closes.
	State string `json:"state"`
	// Founding says that each non-reader in it must approve.
	Founding bool `json:"founding,omitempty"`
	// By is the MSP id of the proposer.
	By string `json:"by"`
	// Proposed, Closes and Enacted are ledger times.
	Proposed time.Time `json:"proposed"`
	Closes   time.Time `json:"closes"`
	Enacted  time.Time `json:"enacted,omitzero"`
	// Organisations are as they shall be.
	Organisations []Organisation `json:"organisations"`
	// Votes are the approvals, by MSP id.
	Votes []Vote `json:"votes"`
}

// Vote is one organisation's approval.
type Vote struct {
	// MSP is the organisation.
	MSP string `json:"msp"`
	// Time is the ledger time of the approval.
	Time time.Time `json:"time"`
	// Subject is the certificate subject of the admin who gave it.
	Subject string `json:"subject"`
	// Transaction is the one that recorded it.
	Transaction string `json:"transaction"`
}

// ReadProposal returns a proposal with its votes, or fault.NotFound. Anyone may.
func ReadProposal(tx *ledger.Tx, req ReadProposalRequest) (ReadProposalResponse, error) {
	h, found, err := ledger.Load[header](tx, headerKey(req.Proposal))
	if err != nil {
		return ReadProposalResponse{}, err
	}
	if !found {
		return ReadProposalResponse{}, fault.New(fault.NotFound, "there is no such proposal").At("/proposal")
	}
	response := ReadProposalResponse{
		Proposal: req.Proposal, Reason: h.Reason, State: h.State, Founding: h.Founding, By: h.By,
		Proposed: h.Proposed, Closes: h.Closes, Enacted: h.Enacted, Votes: []Vote{},
	}
	if response.Organisations, err = loadProposed(tx, req.Proposal, h.MSPs); err != nil {
		return ReadProposalResponse{}, err
	}
	entries, err := tx.Scan(ledger.NewKey("vote", req.Proposal))
	if err != nil {
		return ReadProposalResponse{}, err
	}
	for _, entry := range entries {
		v, err := ledger.Decode[vote](entry.Key, entry.Value)
		if err != nil {
			return ReadProposalResponse{}, err
		}
		_, parts := entry.Key.Parts()
		response.Votes = append(response.Votes, Vote{MSP: parts[1], Time: v.Time, Subject: v.Subject, Transaction: v.Tx})
	}
	return response, nil
}

// ReadOrganisationRequest names an organisation.
type ReadOrganisationRequest struct {
	// MSP is its Fabric MSP id.
	MSP string `json:"msp"`
}

// ReadOrganisation returns an organisation, or fault.NotFound. Anyone may.
func ReadOrganisation(tx *ledger.Tx, req ReadOrganisationRequest) (Participant, error) {
	found, err := Load(tx, req.MSP)
	if err != nil {
		return Participant{}, err
	}
	if found == nil {
		return Participant{}, fault.New(fault.NotFound, "%s is not on record", req.MSP).At("/msp")
	}
	return *found, nil
}

// ListOrganisationsRequest asks for a page of organisations.
type ListOrganisationsRequest struct {
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListOrganisationsResponse is a page of organisations, by MSP id.
type ListOrganisationsResponse struct {
	// Organisations are as they stand.
	Organisations []Participant `json:"organisations"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListOrganisations lists who is on record. Anyone may. It fails with
// fault.LimitExceeded for a size out of range.
func ListOrganisations(tx *ledger.Tx, req ListOrganisationsRequest) (ListOrganisationsResponse, error) {
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("organisation"), req.Size, req.Bookmark)
	if err != nil {
		return ListOrganisationsResponse{}, err
	}
	page := ListOrganisationsResponse{Organisations: []Participant{}, Bookmark: next}
	for _, entry := range entries {
		p, err := ledger.Decode[Participant](entry.Key, entry.Value)
		if err != nil {
			return ListOrganisationsResponse{}, err
		}
		page.Organisations = append(page.Organisations, p)
	}
	return page, nil
}
