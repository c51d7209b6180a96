package shipment

import (
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// AnswerRequest answers a claim.
type AnswerRequest struct {
	// Discrepancy is its id.
	Discrepancy string `json:"discrepancy"`
	// Agree says that it is so; else it is disputed.
	Agree bool `json:"agree"`
	// Note is for people, at most 500 bytes as JSON.
	Note string `json:"note,omitempty"`
}

// Answer says, by an operator or admin of the other side, that a discrepancy is
// as claimed, or that it is not. A dispute can be said until the deadline, after
// which no answer counts as one; agreement at any time until the claim is
// withdrawn.
//
// When objects turned up where they had not been shipped (a receipt with the
// disposition mismatch_instance), agreement moves their custody to the claimant,
// from whoever agrees, by an event that the ledger makes; the shipment that they
// were on ends for them. Objects that the claimant has by now stay as they are.
// No other agreement changes an object: after a shortage the shipper voids the
// shipment of what never left, or records its loss.
//
// Refusals: those of participant.Require, fault.InvalidRequest,
// fault.LimitExceeded, fault.NotFound; fault.NotParty (detail other) for everybody
// but the other side, the claimant included; fault.Closed for what is settled, and
// for a dispute once disputed or after the deadline. Where custody would move,
// each with the object: fault.NotCustodian when the caller has it no longer,
// fault.ObjectEnded, and fault.Held.
func Answer(tx *ledger.Tx, req AnswerRequest) (Discrepancy, error) {
	d, caller, err := openDiscrepancy(tx, req.Discrepancy, req.Note)
	if err != nil {
		return Discrepancy{}, err
	}
	now := d.at(tx.Time()).Standing
	switch {
	case caller != d.Other:
		return Discrepancy{}, fault.New(fault.NotParty, "this is for %s to answer", d.Other).With("other", d.Other)
	case req.Agree:
		if err := settle(tx, d); err != nil {
			return Discrepancy{}, err
		}
		return d.say(tx, Agreed, req.Note)
	case now == Unanswered:
		return Discrepancy{}, fault.New(fault.Closed, "it counts as disputed since %s; it can be agreed still", d.Deadline.Format(time.RFC3339))
	case now == Disputed:
		return Discrepancy{}, fault.New(fault.Closed, "it is disputed already; it can be agreed still")
	}
	return d.say(tx, Disputed, req.Note)
}

// WithdrawRequest takes a claim back.
type WithdrawRequest struct {
	// Discrepancy is its id.
	Discrepancy string `json:"discrepancy"`
	// Note is for people, at most 500 bytes as JSON.
	Note string `json:"note,omitempty"`
}

// Withdraw takes a claim back that has not been agreed, by an operator or admin
// of the claimant. The same can be claimed again.
//
// Refusals: those of participant.Require, fault.LimitExceeded, fault.NotFound,
// fault.NotParty (detail claimant), and fault.Closed for what is settled.
func Withdraw(tx *ledger.Tx, req WithdrawRequest) (Discrepancy, error) {
	d, caller, err := openDiscrepancy(tx, req.Discrepancy, req.Note)
	switch {
	case err != nil:
		return Discrepancy{}, err
	case caller != d.Claimant:
		return Discrepancy{}, fault.New(fault.NotParty, "%s has claimed this", d.Claimant).With("claimant", d.Claimant)
	}
	return d.say(tx, Withdrawn, req.Note)
}

// openDiscrepancy returns a discrepancy about which there is something to say,
// and who calls.
func openDiscrepancy(tx *ledger.Tx, id, note string) (*Discrepancy, string, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin)
	if err != nil {
		return nil, "", err
	}
	if err := checkNote(note); err != nil {
		return nil, "", err
	}
	d, err := loadDiscrepancy(tx, id)
	if err != nil {
		return nil, "", err
	}
	if d.settled() && (caller.MSP == d.Claimant || caller.MSP == d.Other) {
		return nil, "", fault.New(fault.Closed, "it is %s", d.Standing)
	}
	return d, caller.MSP, nil
}

func loadDiscrepancy(tx *ledger.Tx, id string) (*Discrepancy, error) {
	d, found, err := ledger.Load[Discrepancy](tx, discrepancyKey(id))
	if err == nil && !found {
		err = fault.New(fault.NotFound, "no such discrepancy is on record").At("/discrepancy")
	}
	return &d, err
}

// say puts on record what one side says.
func (d *Discrepancy) say(tx *ledger.Tx, standing Standing, note string) (Discrepancy, error) {
	d.Standing = standing
	d.Said = append(d.Said, Word{Standing: standing, By: tx.Caller().MSP, Time: tx.Time(), Transaction: tx.ID(), Note: note})
	if d.settled() {
		for _, side := range []string{d.Claimant, d.Other} {
			if err := tx.Delete(d.listKey(unsettledOf, side)); err != nil {
				return Discrepancy{}, err
			}
		}
	}
	return *d, ledger.Store(tx, discrepancyKey(d.ID), d)
}

// settle lets custody follow an agreement, where it does.
func settle(tx *ledger.Tx, d *Discrepancy) error {
	if !d.Moves {
		return nil
	}
	ids := make([]gs1.ID, len(d.Objects))
	for i, path := range d.Objects {
		id, err := gs1.Parse(path)
		if err != nil {
			return fault.New(fault.Internal, "an object on record cannot be read: %w", err)
		}
		ids[i] = id
	}
	batch, err := product.Open(tx, ids)
	if err != nil {
		return err
	}
	h := handover{d: d, c: &capture{tx: tx, caller: d.Other, batch: batch}, p: &plan{}}
	var twins []*product.Twin
	for _, id := range ids {
		t := batch.Twin(id)
		moves, err := h.moves(t)
		if err != nil {
			return fault.Of(err).About(id.Path())
		}
		if moves {
			twins = append(twins, t)
		}
	}
	if len(twins) == 0 {
		return nil
	}
	return h.run(twins)
}

// handover moves custody from who agrees to the claimant.
type handover struct {
	d *Discrepancy
	c *capture // for who agrees
	p *plan    // takes the flags
}

// moves reports whether an object changes hands: not what the claimant has.
func (h *handover) moves(t *product.Twin) (bool, error) {
	switch {
	case t == nil:
		return false, fault.New(fault.Internal, "an object that was received is not on the ledger")
	case t.Custodian == h.d.Claimant:
		return false, nil
	case t.State != product.Active:
		return false, errEnded(t)
	}
	if err := h.c.mine(t); err != nil {
		return false, err
	}
	_, err := h.c.free(h.p, t)
	return true, err
}

func (h *handover) run(twins []*product.Twin) error {
	event := product.LedgerEvent(h.c.tx, twins, "receiving", "agreed", "discrepancy", h.d.ID, "by", h.d.Other)
	if at := h.d.Place; at != "" {
		if strings.HasPrefix(at, "/") {
			at = gs1.Authority + at
		}
		event.BizLocation = &epcis.Place{ID: at}
	}
	h.p.body = event
	before, err := h.beforeShipping(twins)
	if err != nil {
		return err
	}
	if err := h.c.openGates(); err != nil {
		return err
	}
	n := -1
	made, err := h.c.batch.CloseMade(event, twins, func(t *product.Twin) (product.Effect, []product.Flag, error) {
		n++
		shipped, inside := t.Offer != nil, t.Container() != nil
		if err := h.c.leave(h.p, t); err != nil {
			return "", nil, err
		}
		// Title that was on its way with the shipment is so no more. What it was
		// inside a container before that was shipped, nothing tells: the owner
		// can say it again.
		switch {
		case shipped && inside:
			h.restoreTitle(t, product.Facts{Contents: &product.Contents{}})
		case shipped:
			h.restoreTitle(t, before[n])
		}
		t.From, t.Custodian, t.Party, t.Offer, t.Place = t.Custodian, h.d.Claimant, "", nil, h.d.Place
		return product.Received, h.p.flags[t.ID], nil
	})
	h.d.Moved = made.Hash
	return err
}

// restoreTitle lets title, to an object and to what is in it, be on its way to
// whom it was before.
func (h *handover) restoreTitle(t *product.Twin, was product.Facts) {
	t.NextOwner = was.NextOwner
	if t.Contents != nil && was.Contents != nil {
		t.Contents.NextOwner = was.Contents.NextOwner
	}
}

// beforeShipping returns what objects were before the shipments that they are on.
func (h *handover) beforeShipping(twins []*product.Twin) ([]product.Facts, error) {
	moments := make([]product.Moment, len(twins))
	for i, t := range twins {
		if t.Offer != nil && t.Container() == nil {
			moments[i] = product.Moment{Twin: t, Number: t.Offer.Number}
		}
	}
	return h.c.batch.FactsBefore(moments)
}
