package participant

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Term is how long a proposal can be approved, in ledger time.
const Term = 30 * 24 * time.Hour

// Proposal asks for organisations to be admitted or changed, together.
type Proposal struct {
	// Reason is for those who vote, and tells a proposal from an earlier one
	// with the same content.
	Reason string `json:"reason,omitempty"`
	// Organisations are the organisations as they shall be: 1 to 20, each
	// replacing what is on record under its MSP id.
	Organisations []Organisation `json:"organisations"`
}

// ProposeResponse names the proposal.
type ProposeResponse struct {
	// Proposal is the id to approve: the SHA-256 of the proposal in canonical
	// form, hexadecimal.
	Proposal string `json:"proposal"`
	// Founding says that nobody is on record yet, so that each non-reader in
	// the proposal must approve.
	Founding bool `json:"founding"`
	// Approvers are the MSP ids of those who may approve: who votes, and readers
	// whom it changes.
	Approvers []string `json:"approvers"`
}

// State of a proposal.
const (
	// Open: it can be approved until it closes.
	Open = "open"
	// Enacted: it has taken effect.
	Enacted = "enacted"
)

// header is the record of a proposal. The organisations have records of their
// own, since each may be as large as a record can be.
type header struct {
	V        int    `json:"v"`
	Reason   string `json:"reason,omitempty"`
	Founding bool   `json:"founding,omitempty"`
	State    string `json:"state"`
	// MSPs are the organisations in it, sorted.
	MSPs []string `json:"msps"`
	// Base has, for each of MSPs, the proposal that gave the organisation the
	// form that this one replaces; "" for a new one.
	Base     []string  `json:"base"`
	By       string    `json:"by"`
	Proposed time.Time `json:"proposed"`
	Closes   time.Time `json:"closes"`
	Tx       string    `json:"tx"`
	Enacted  time.Time `json:"enacted,omitzero"`
}

func headerKey(id string) ledger.Key { return ledger.NewKey("proposal", id) }

func proposedKey(id, msp string) ledger.Key { return ledger.NewKey("proposed", id, msp) }

// Propose puts a proposal on record. While nobody is on record, an admin of one
// of the organisations in it proposes the founding; later, an admin of any
// organisation on record that is no reader. Proposing is not approving: the
// proposer votes with [Approve] like everybody else.
//
// Refusals: fault.InvalidRequest, fault.InvalidIdentifier, fault.RoleRequired,
// fault.NotParticipant, fault.ReaderOnly, fault.AlreadyRecorded (detail
// transaction) for the same proposal again, fault.AlreadyExists when two
// organisations would have the same GLN or licence.
func Propose(tx *ledger.Tx, req Proposal) (ProposeResponse, error) {
	proposal, err := req.normal()
	if err != nil {
		return ProposeResponse{}, err
	}
	current, err := all(tx)
	if err != nil {
		return ProposeResponse{}, err
	}
	if err := mayPropose(tx, proposal, len(current) == 0); err != nil {
		return ProposeResponse{}, err
	}
	now := consortiumOf(current)
	if err := now.with(proposal.Organisations).check(); err != nil {
		return ProposeResponse{}, err
	}
	id, err := proposal.id()
	if err != nil {
		return ProposeResponse{}, err
	}
	switch first, found, err := ledger.Load[header](tx, headerKey(id)); {
	case err != nil:
		return ProposeResponse{}, err
	case found:
		return ProposeResponse{}, fault.New(fault.AlreadyRecorded,
			"this proposal is on record; give it another reason if it is meant anew").With("transaction", first.Tx).With("proposal", id)
	}
	founding := len(current) == 0
	response := ProposeResponse{Proposal: id, Founding: founding, Approvers: tallyOf(founding, now, proposal.Organisations).voices()}
	return response, proposal.store(tx, id, current)
}

func mayPropose(tx *ledger.Tx, proposal Proposal, founding bool) error {
	if !founding {
		_, err := Require(tx, ledger.RoleAdmin)
		return err
	}
	if err := requireRole(tx.Caller(), []string{ledger.RoleAdmin}); err != nil {
		return err
	}
	founders := consortium(proposal.Organisations).members()
	if !slices.Contains(founders, tx.Caller().MSP) {
		return fault.New(fault.NotParticipant, "a founding is proposed by one of the founders; %s is none in this proposal", tx.Caller().MSP)
	}
	// One organisation alone would be the majority for ever.
	if len(founders) < 2 {
		return fault.New(fault.InvalidRequest, "a founding takes at least two organisations that write").At("/organisations")
	}
	return nil
}

func (p Proposal) normal() (Proposal, error) {
	if len(p.Reason) > MaxName {
		return p, fault.New(fault.InvalidRequest, "a reason has at most %d bytes", MaxName).At("/reason")
	}
	if n := len(p.Organisations); n < 1 || n > MaxOrganisations {
		return p, fault.New(fault.InvalidRequest, "a proposal has 1 to %d organisations", MaxOrganisations).At("/organisations")
	}
	organisations := make([]Organisation, len(p.Organisations))
	for i, o := range p.Organisations {
		o, err := o.normal("/organisations/" + strconv.Itoa(i))
		if err != nil {
			return p, err
		}
		organisations[i] = o
	}
	slices.SortFunc(organisations, func(a, b Organisation) int { return strings.Compare(a.MSP, b.MSP) })
	for i := 1; i < len(organisations); i++ {
		if organisations[i].MSP == organisations[i-1].MSP {
			return p, fault.New(fault.InvalidRequest, "%s stands there twice", organisations[i].MSP).At("/organisations")
		}
	}
	p.Organisations = organisations
	return p, nil
}

// id returns the SHA-256 of the canonical proposal.
func (p Proposal) id() (string, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return "", fault.New(fault.Internal, "encode the proposal: %w", err)
	}
	digest := sha256.Sum256(text)
	return hex.EncodeToString(digest[:]), nil
}

func (p Proposal) store(tx *ledger.Tx, id string, current []Participant) error {
	h := header{
		V: Version, Reason: p.Reason, Founding: len(current) == 0, State: Open,
		By: tx.Caller().MSP, Proposed: tx.Time(), Closes: tx.Time().Add(Term), Tx: tx.ID(),
	}
	for _, o := range p.Organisations {
		h.MSPs = append(h.MSPs, o.MSP)
		h.Base = append(h.Base, baseOf(current, o.MSP))
		record := proposed{V: Version, Organisation: o}
		if err := ledger.Store(tx, proposedKey(id, o.MSP), record); err != nil {
			return err
		}
	}
	return ledger.Store(tx, headerKey(id), h)
}

// proposed is the record of one organisation in a proposal.
type proposed struct {
	V int `json:"v"`
	Organisation
}

func baseOf(current []Participant, msp string) string {
	if i := slices.IndexFunc(current, func(p Participant) bool { return p.MSP == msp }); i >= 0 {
		return current[i].Proposal
	}
	return ""
}
