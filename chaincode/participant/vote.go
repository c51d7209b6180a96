package participant

import (
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// vote is one organisation's approval; its key names the organisation.
type vote struct {
	V       int       `json:"v"`
	Time    time.Time `json:"time"`
	Subject string    `json:"subject"`
	Tx      string    `json:"tx"`
}

func voteKey(id, msp string) ledger.Key { return ledger.NewKey("vote", id, msp) }

// ApproveRequest names what is approved.
type ApproveRequest struct {
	// Proposal is the id that Propose returned.
	Proposal string `json:"proposal"`
}

// ApproveResponse tells how the vote stands.
type ApproveResponse struct {
	// Approved are the MSP ids of those who have approved, this one included.
	Approved []string `json:"approved"`
	// Needed is the number of approvals that it takes.
	Needed int `json:"needed"`
	// Consent are the MSP ids whose own approval is still missing, whatever
	// the number: founders, those whom it changes, and holders of what goes to
	// another.
	Consent []string `json:"consent,omitempty"`
	// Enacted says that the proposal has taken effect with this approval.
	Enacted bool `json:"enacted"`
}

// Approve records the approval of the caller's organisation, by an admin. A
// reader approves only what changes it: its consent is needed, and is no vote.
// The approval that completes the vote puts the proposal into effect in the same
// transaction: all organisations in it, or the approval is refused.
//
// Refusals: fault.NotFound, fault.RoleRequired, fault.NotParticipant,
// fault.ReaderOnly, fault.AlreadyRecorded (detail transaction) for a second
// approval, fault.Closed when the proposal is enacted, has run out or an
// organisation in it has been changed since, fault.AlreadyExists when a GLN or
// licence in it has been given to another since.
func Approve(tx *ledger.Tx, req ApproveRequest) (ApproveResponse, error) {
	h, current, err := openProposal(tx, req.Proposal)
	if err != nil {
		return ApproveResponse{}, err
	}
	organisations, err := loadProposed(tx, req.Proposal, h.MSPs)
	if err != nil {
		return ApproveResponse{}, err
	}
	tally := tallyOf(h.Founding, consortiumOf(current), organisations)
	if err := mayApprove(tx, h.Founding, tally); err != nil {
		return ApproveResponse{}, err
	}
	if err := tally.count(tx, req.Proposal); err != nil {
		return ApproveResponse{}, err
	}
	caller := tx.Caller()
	ballot := vote{V: Version, Time: tx.Time(), Subject: caller.Subject, Tx: tx.ID()}
	if err := ledger.Store(tx, voteKey(req.Proposal, caller.MSP), ballot); err != nil {
		return ApproveResponse{}, err
	}
	response := ApproveResponse{Approved: tally.approved, Needed: tally.needed, Consent: tally.missing()}
	if tally.votes() < tally.needed || len(response.Consent) > 0 {
		return response, nil
	}
	response.Enacted = true
	return response, enact(tx, req.Proposal, h, current, organisations)
}

// openProposal returns a proposal that can still be approved, and who is on
// record. Competing foundings, even of different organisations, meet in that
// scan: it finds the one enacted before, and the one enacted meanwhile makes
// the transaction invalid at commit.
func openProposal(tx *ledger.Tx, id string) (header, []Participant, error) {
	h, found, err := ledger.Load[header](tx, headerKey(id))
	switch {
	case err != nil:
		return h, nil, err
	case !found:
		return h, nil, fault.New(fault.NotFound, "there is no such proposal").At("/proposal")
	case h.State != Open:
		return h, nil, fault.New(fault.Closed, "this proposal has taken effect").At("/proposal")
	case tx.Time().After(h.Closes):
		return h, nil, fault.New(fault.Closed, "this proposal could be approved until %s: propose it again", h.Closes.Format(time.RFC3339)).At("/proposal")
	}
	current, err := all(tx)
	if err != nil {
		return h, nil, err
	}
	if h.Founding && len(current) > 0 {
		return h, nil, fault.New(fault.Closed, "another proposal has founded the consortium: propose it again").At("/proposal")
	}
	for i, msp := range h.MSPs {
		if baseOf(current, msp) != h.Base[i] {
			return h, nil, fault.New(fault.Closed, "%s has been changed since: propose it again", msp).At("/proposal")
		}
	}
	return h, current, nil
}

func loadProposed(tx *ledger.Tx, id string, msps []string) ([]Organisation, error) {
	keys := make([]ledger.Key, len(msps))
	for i, msp := range msps {
		keys[i] = proposedKey(id, msp)
	}
	records, err := ledger.LoadMany[proposed](tx, keys)
	if err != nil {
		return nil, err
	}
	organisations := make([]Organisation, len(records))
	for i, record := range records {
		if record == nil {
			return nil, fault.New(fault.Internal, "the proposal lacks %s", msps[i])
		}
		organisations[i] = record.Organisation
	}
	return organisations, nil
}

func mayApprove(tx *ledger.Tx, founding bool, t *tally) error {
	switch msp := tx.Caller().MSP; {
	case slices.Contains(t.voices(), msp):
		return requireRole(tx.Caller(), []string{ledger.RoleAdmin})
	case founding:
		return fault.New(fault.NotParticipant, "%s is no founder in this proposal and has no vote on it", msp)
	}
	_, err := Require(tx, ledger.RoleAdmin) // a stranger, or a reader whom it does not change
	return err
}

// tally is the state of a vote.
type tally struct {
	electorate []string // who may vote
	needed     int      // how many must
	consent    []string // who must, whatever the number
	approved   []string // who has
}

func tallyOf(founding bool, current consortium, organisations []Organisation) *tally {
	if founding {
		founders := consortium(organisations).members()
		return &tally{electorate: founders, needed: len(founders), consent: founders}
	}
	electorate := current.members()
	return &tally{electorate: electorate, needed: len(electorate)/2 + 1, consent: current.consents(organisations)}
}

// voices returns who may approve: the electorate, and readers whose consent it
// takes.
func (t *tally) voices() []string {
	voices := slices.Concat(t.electorate, t.consent)
	slices.Sort(voices)
	return slices.Compact(voices)
}

// votes returns how many of the electorate have approved.
func (t *tally) votes() int {
	n := 0
	for _, msp := range t.approved {
		if slices.Contains(t.electorate, msp) {
			n++
		}
	}
	return n
}

// count reads the approvals, each under its own key, and adds the caller's.
func (t *tally) count(tx *ledger.Tx, id string) error {
	voices := t.voices()
	keys := make([]ledger.Key, len(voices))
	for i, msp := range voices {
		keys[i] = voteKey(id, msp)
	}
	votes, err := ledger.LoadMany[vote](tx, keys)
	if err != nil {
		return err
	}
	for i, msp := range voices {
		if msp == tx.Caller().MSP {
			if votes[i] != nil {
				return fault.New(fault.AlreadyRecorded, "%s has approved this proposal", msp).With("transaction", votes[i].Tx)
			}
			t.approved = append(t.approved, msp)
		} else if votes[i] != nil {
			t.approved = append(t.approved, msp)
		}
	}
	return nil
}

func (t *tally) missing() []string {
	var msps []string
	for _, msp := range t.consent {
		if !slices.Contains(t.approved, msp) {
			msps = append(msps, msp)
		}
	}
	return msps
}

// enact writes what the proposal says: indexes first removed, then written, so
// that what moves from one organisation to another ends with the latter.
func enact(tx *ledger.Tx, id string, h header, current []Participant, organisations []Organisation) error {
	now := consortiumOf(current)
	after := now.with(organisations)
	if err := after.check(); err != nil {
		return err
	}
	for _, o := range now {
		if slices.Contains(h.MSPs, o.MSP) {
			if err := unindex(tx, o); err != nil {
				return err
			}
		}
	}
	for _, o := range organisations {
		record := Participant{V: organisationVersion, Organisation: o, Proposal: id, Since: tx.Time(), Divided: after.divided(o)}
		if err := ledger.Store(tx, organisationKey(o.MSP), record); err != nil {
			return err
		}
		if err := index(tx, o); err != nil {
			return err
		}
	}
	for _, p := range current { // what others have got may divide what it has, or no longer
		divided := after.divided(p.Organisation)
		if slices.Contains(h.MSPs, p.MSP) || p.V == organisationVersion && slices.Equal(divided, p.Divided) {
			continue
		}
		p.V, p.Divided = organisationVersion, divided
		if err := ledger.Store(tx, organisationKey(p.MSP), p); err != nil {
			return err
		}
	}
	h.State, h.Enacted = Enacted, tx.Time()
	return ledger.Store(tx, headerKey(id), h)
}

func unindex(tx *ledger.Tx, o Organisation) error {
	for _, gln := range o.GLNs {
		if err := tx.Delete(partyKey(gln)); err != nil {
			return err
		}
	}
	for _, l := range o.Licences {
		if err := tx.Delete(l.key()); err != nil {
			return err
		}
	}
	return nil
}

func index(tx *ledger.Tx, o Organisation) error {
	for _, gln := range o.GLNs {
		if err := ledger.Store(tx, partyKey(gln), party{V: Version, MSP: o.MSP}); err != nil {
			return err
		}
	}
	for _, l := range o.Licences {
		if err := ledger.Store(tx, l.key(), grant{V: Version, MSP: o.MSP, From: l.From, To: l.To}); err != nil {
			return err
		}
	}
	return nil
}
