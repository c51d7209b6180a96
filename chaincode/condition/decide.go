package condition

import (
	"bytes"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// DecideRequest carries a decision, signed by the person who takes it (the bytes
// are those of [DecisionBytes]).
type DecideRequest struct {
	// Statement is what is signed.
	Statement Statement `json:"statement"`
	personal.Proof
}

// DecideResponse is the breach as the decision leaves it.
type DecideResponse struct {
	Decision Decision `json:"decision"`
	Breach   Breach   `json:"breach"`
	// Released is the number of objects whose hold this transaction lifted.
	Released int `json:"released"`
	// More says that there are others: condition:SpreadBreach goes on with them.
	More bool `json:"more,omitempty"`
}

func decisionKey(id string) ledger.Key { return ledger.NewKey("decision", id) }

// Decide records a decision on a breach, by the signature of a person. Who submits
// it need not be who signed it: an operator, admin or person of the quality unit
// of any organisation may.
//
// To [Release], [Reject], [Repack] or [RestoreAllowance] is for a person of the
// quality unit ([Breach].Quality) who neither submitted the readings nor
// acknowledged the breach. When the decision before is disputed, it is the answer,
// and for a person who did not take that one. [Reverse] takes one back, by another
// person of the unit. [Dispute] is for a person of the quality unit of an
// organisation that has or owns something affected, or whose policy it is, within
// the time that the policy gives after the decision.
//
// Refusals: fault.InvalidRequest, also for a statement signed before what it is
// about, or a decision before the last step that it has to know of
// ([Breach].Changed); fault.LimitExceeded; fault.AlreadyRecorded for the very same statement, fault.AlreadyExists for another of that id, and for a
// second dispute of an organisation; fault.NotFound; fault.Closed when the breach
// does not stand so that this can be decided, or the time to dispute is over;
// fault.TimeAhead; fault.NotIndependent for a signer of another organisation, who
// submitted or acknowledged, or who took the decision before; fault.NotParty for
// a dispute by an organisation that neither has nor owns what it names;
// fault.RoleRequired; fault.BadSignature, for a revoked certificate, too.
func Decide(tx *ledger.Tx, req DecideRequest) (DecideResponse, error) {
	if _, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleQuality); err != nil {
		return DecideResponse{}, err
	}
	message, err := DecisionBytes(req.Statement)
	if err != nil {
		return DecideResponse{}, err
	}
	c, err := loadCase(tx, req.Statement.Breach)
	if err != nil {
		return DecideResponse{}, fault.Of(err).At("/statement/breach")
	}
	d := deciding{caseOf: *c, tx: tx, statement: req.Statement, msp: c.breach.Quality}
	if req.Statement.Meaning == Dispute {
		d.msp = req.Statement.Organisation
	}
	if err := d.unrecorded(message); err != nil {
		return DecideResponse{}, err
	}
	if err := d.possible(); err != nil {
		return DecideResponse{}, err
	}
	if d.by, err = req.Signer(tx, d.msp, message, ledger.RoleQuality); err != nil {
		return DecideResponse{}, err
	}
	if err := d.independent(); err != nil {
		return DecideResponse{}, err
	}
	decision := Decision{V: Version, Statement: req.Statement, Signed: req.By(tx, d.by, req.Statement.Time.Time())}
	if err := ledger.Store(tx, decisionKey(decision.id()), decision); err != nil {
		return DecideResponse{}, err
	}
	response := DecideResponse{Decision: decision}
	response.Released, response.More, err = d.take()
	response.Breach = *d.breach
	return response, err
}

// deciding is a decision that is under way.
type deciding struct {
	caseOf
	tx        *ledger.Tx
	statement Statement
	msp       string // of who signs
	by        personal.Person
	before    *Decision // the one that stands
}

func loadDecision(tx *ledger.Tx, id string) (*Decision, error) {
	decision, found, err := ledger.Load[Decision](tx, decisionKey(id))
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.New(fault.Internal, "decision %s is missing", id)
	}
	return &decision, nil
}

// unrecorded refuses a statement whose id is taken.
func (d *deciding) unrecorded(message []byte) error {
	known, found, err := ledger.Load[Decision](d.tx, decisionKey(scoped(d.msp, d.statement.ID)))
	if err != nil || !found {
		return err
	}
	if before, err := DecisionBytes(known.Statement); err == nil && bytes.Equal(before, message) {
		return fault.New(fault.AlreadyRecorded, "the decision is on record").With("transaction", known.Transaction)
	}
	return fault.New(fault.AlreadyExists, "another decision of %s has this id", d.msp).With("transaction", known.Transaction).At("/statement/id")
}

// possible refuses a decision that the breach, as it stands, or the time do not
// allow.
func (d *deciding) possible() error {
	s, b := d.statement, d.breach
	opened := b.Opened
	if b.Decision != "" && b.Settled.After(opened) {
		opened = b.Settled // what is about a decision comes after it
	}
	switch {
	case s.Time > evaluation.MomentOf(d.tx.Time().Add(skew)):
		return fault.New(fault.TimeAhead, "the decision is dated more than 15 minutes ahead").At("/statement/time")
	case s.Time < evaluation.MomentOf(opened.Add(-skew)):
		return fault.New(fault.InvalidRequest, "the decision is dated before what it is about").At("/statement/time")
	}
	if b.Decision != "" {
		var err error
		if d.before, err = loadDecision(d.tx, b.Decision); err != nil {
			return err
		}
	}
	switch s.Meaning {
	case Reverse:
		return d.upon()
	case Dispute:
		return d.disputable()
	}
	return d.decidable()
}

// decidable refuses to decide what is decided, unless that is disputed or was to
// repack, and by what was signed before more was known: somebody could keep a
// signed release back for that.
func (d *deciding) decidable() error {
	b := d.breach
	switch {
	case d.statement.Time < evaluation.MomentOf(b.Changed.Add(-skew)):
		return fault.New(fault.InvalidRequest, "the decision is dated before %s, when the breach changed last", b.Changed.Format(time.RFC3339)).At("/statement/time")
	case b.State == StateDisputed:
		return d.upon()
	case b.State == StateDecided && b.Meaning != Repack:
		return fault.New(fault.Closed, "the breach is settled by decision %s", b.Decision).With("decision", b.Decision)
	case d.statement.Decision != "":
		return d.upon()
	}
	return nil
}

// upon refuses a statement about another decision than the one that stands.
func (d *deciding) upon() error {
	switch standing := d.breach.Decision; {
	case standing == "":
		return fault.New(fault.Closed, "no decision stands").At("/statement/decision")
	case standing != d.statement.Decision:
		return fault.New(fault.Closed, "the decision that stands is %s; name that", standing).With("decision", standing).At("/statement/decision")
	}
	return nil
}

// disputable refuses a dispute by who has no part in it, or out of time.
func (d *deciding) disputable() error {
	if err := d.upon(); err != nil {
		return err
	}
	b := d.breach
	ends := b.Settled.Add(time.Duration(d.policy.DisputeMs) * time.Millisecond)
	switch {
	case d.msp == b.Quality:
		return fault.New(fault.NotParty, "%s decided: another person of its quality unit reverses", d.msp).At("/statement/organisation")
	case d.policy.DisputeMs == 0:
		return fault.New(fault.Closed, "decisions under this policy are not disputed")
	case d.tx.Time().After(ends):
		return fault.New(fault.Closed, "the decision could be disputed until %s", ends.Format(time.RFC3339)).With("until", ends.Format(time.RFC3339))
	case slices.Contains(b.Disputers, d.msp):
		return fault.New(fault.AlreadyExists, "%s disputes the decision already", d.msp)
	case len(b.Disputers) >= MaxDisputers:
		return fault.New(fault.LimitExceeded, "%d organisations dispute the decision already", MaxDisputers)
	case d.msp == d.policy.Owner:
		return nil
	}
	return b.concerns(d.tx, d.statement.Object, d.msp)
}

// independent refuses who has a part in what is decided.
func (d *deciding) independent() error {
	if d.statement.Meaning == Dispute {
		return nil
	}
	b, refused := d.breach, ""
	acknowledged, err := b.acknowledgedBy(d.tx, d.by)
	switch {
	case err != nil:
		return err
	case d.before != nil && (b.State == StateDisputed || d.statement.Meaning == Reverse) && d.by.Same(d.before.By):
		refused = "took the decision before"
	case slices.ContainsFunc(b.Submitters, d.by.Same):
		refused = "submitted readings of this breach"
	case acknowledged:
		refused = "acknowledged this breach"
	default:
		return nil
	}
	return fault.New(fault.NotIndependent, "%s %s: another person decides", d.by.Subject, refused).At("/certificate")
}

// take lets the breach follow the decision.
func (d *deciding) take() (released int, more bool, err error) {
	b, kind := d.breach, StepDecided
	switch s := d.statement; s.Meaning {
	case Dispute:
		kind = StepDisputed
		b.State, b.Disputers = StateDisputed, append(b.Disputers, d.msp)
	case Reverse:
		kind = StepReversed
		d.goBack()
	default:
		if b.State == StateDisputed {
			kind = StepAnswered
		}
		b.State, b.Decision, b.Meaning, b.Settled, b.Disputers = StateDecided, scoped(d.msp, s.ID), s.Meaning, d.tx.Time(), nil
		b.Held = b.Hold != HoldNever && !lifts(s.Meaning)
	}
	if err := d.repacking(); err != nil {
		return 0, false, err
	}
	if err := b.step(d.tx, Step{
		Kind: kind, By: d.by, Time: d.statement.Time, Reason: d.statement.Reason, Documents: d.statement.Documents,
		Statement: scoped(d.msp, d.statement.ID), Meaning: d.statement.Meaning,
	}); err != nil {
		return 0, false, err
	}
	if b.holdsAny() {
		err = b.affect(d.tx, d.watch)
	} else {
		released, more, err = b.release(d.tx, d.by)
	}
	if err != nil {
		return 0, false, err
	}
	return released, more, b.store(d.tx)
}

// repacking permits to pack anew while a decision says so, and no longer.
func (d *deciding) repacking() error {
	b := d.breach
	if b.State == StateDisputed {
		return nil
	}
	if _, err := product.DropPermits(d.tx, b.ID, func(p product.Permit) bool { return p.Purpose == product.ForRepacking }); err != nil {
		return err
	}
	if b.Meaning != Repack {
		return nil
	}
	return product.AddPermit(d.tx, b.ID, product.Permit{ID: b.Decision, Purpose: product.ForRepacking})
}

// goBack lets the breach stand as it did before the decision.
func (d *deciding) goBack() {
	b := d.breach
	b.State = StateConfirmed
	if b.Confirmed.IsZero() {
		b.State = StateSuspected
	}
	b.Decision, b.Meaning, b.Settled, b.Disputers = "", "", time.Time{}, nil
	b.Held = b.holdsWhen(b.State)
}
