package condition

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
)

// StepRequest is what a person says of a breach.
type StepRequest struct {
	// Breach is its id.
	Breach string `json:"breach" jsonschema:"maxLength=32"`
	// Object is something that the breach affects and that the caller's
	// organisation has or owns, in any GS1 form. Absent for the quality unit's
	// organisation, the policy's owner, and who started the watch.
	Object string `json:"object,omitempty" jsonschema:"maxLength=200"`
	// Reason is what the person has to say, at most 2,000 bytes.
	Reason string `json:"reason,omitempty" jsonschema:"maxLength=2000"`
	// RootCause, of an investigation, is what led to the breach, at most 2,000
	// bytes.
	RootCause string `json:"rootCause,omitempty" jsonschema:"maxLength=2000"`
	// Documents are what the person rests upon, at most 16.
	Documents []Document `json:"documents,omitempty"`
	// Time is when that happened, by the caller, at most 15 minutes ahead; absent:
	// now.
	Time time.Time `json:"time,omitzero"`
}

// check returns the case if the caller may take a step in it.
func (r StepRequest) check(tx *ledger.Tx, least int) (*caseOf, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return nil, err
	}
	if err := checkText(r.Reason, least, maxReason, "/reason"); err != nil {
		return nil, err
	}
	if err := checkText(r.RootCause, 0, maxReason, "/rootCause"); err != nil {
		return nil, err
	}
	if err := checkDocuments(r.Documents, "/documents"); err != nil {
		return nil, err
	}
	c, err := loadCase(tx, r.Breach)
	if err != nil {
		return nil, err
	}
	switch {
	case r.Time.After(tx.Time().Add(skew)):
		return nil, fault.New(fault.TimeAhead, "the time is more than 15 minutes ahead").At("/time")
	case !r.Time.IsZero() && evaluation.MomentOf(r.Time) < c.breach.From:
		return nil, fault.New(fault.InvalidRequest, "the time is before the breach").At("/time")
	case slices.Contains([]string{c.breach.Quality, c.policy.Owner, c.watch.By}, caller.MSP):
		return c, nil
	case r.Object == "":
		return nil, fault.New(fault.NotParty, "name an object that the breach affects and that %s has or owns", caller.MSP).At("/object")
	}
	if err := c.breach.concerns(tx, r.Object, caller.MSP); err != nil {
		return nil, fault.Of(err).At("/object")
	}
	return c, nil
}

// MaxSaid bounds the steps that an organisation takes in a breach on which another's
// quality unit decides: each changes the breach, and who takes one after the other
// keeps those from acting who decide and who record.
const MaxSaid = 100

// said counts the steps of an organisation in a breach.
type said struct {
	V     int `json:"v"`
	Count int `json:"count"`
}

// mayStillSpeak counts a step of the caller's organisation, and refuses one too many.
func (b *Breach) mayStillSpeak(tx *ledger.Tx) error {
	msp := tx.Caller().MSP
	if msp == b.Quality {
		return nil
	}
	key := ledger.NewKey("breachsaid", b.ID, msp)
	known, _, err := ledger.Load[said](tx, key)
	if err != nil {
		return err
	}
	if known.Count >= MaxSaid {
		return fault.New(fault.LimitExceeded, "%s has said %d things of the breach", msp, MaxSaid)
	}
	return ledger.Store(tx, key, said{V: Version, Count: known.Count + 1})
}

func (r StepRequest) step(tx *ledger.Tx, kind string) Step {
	at := r.Time
	if at.IsZero() {
		at = tx.Time()
	}
	return Step{
		Kind: kind, By: personal.Of(tx.Caller()), Time: evaluation.MomentOf(at),
		Reason: r.Reason, RootCause: r.RootCause, Documents: r.Documents,
	}
}

// AcknowledgeBreach puts on record that the caller took note of a breach, and so
// will not decide on it: an operator, admin or person of the quality unit of the
// organisation that decides, that started the watch, whose policy it is, or that
// has or owns something affected.
//
// Refusals: fault.InvalidRequest; fault.LimitExceeded, also beyond [MaxSaid];
// fault.NotFound; fault.NotParty; fault.TimeAhead; fault.AlreadyRecorded when the caller has
// acknowledged it; fault.Closed when it is decided.
func AcknowledgeBreach(tx *ledger.Tx, req StepRequest) (Breach, error) {
	c, err := req.check(tx, 0)
	if err != nil {
		return Breach{}, err
	}
	b, step := c.breach, req.step(tx, StepAcknowledged)
	known, err := b.acknowledgedBy(tx, step.By)
	switch {
	case err != nil:
		return Breach{}, err
	case req.RootCause != "":
		return Breach{}, fault.New(fault.InvalidRequest, "a root cause is part of an investigation").At("/rootCause")
	case !b.undecided():
		return Breach{}, fault.New(fault.Closed, "the breach is settled")
	case known:
		return Breach{}, fault.New(fault.AlreadyRecorded, "%s has acknowledged the breach", step.By.Subject)
	}
	if err := b.mayStillSpeak(tx); err != nil {
		return Breach{}, err
	}
	b.Acknowledged++
	for _, key := range acknowledgedKeys(b.ID, step.By) {
		if err := ledger.Store(tx, key, acknowledged{V: Version, Step: b.Steps + 1}); err != nil {
			return Breach{}, err
		}
	}
	if err := b.step(tx, step); err != nil {
		return Breach{}, err
	}
	return *b, b.store(tx)
}

// acknowledged says, under a breach and what tells a person, with which step that
// person took note. It stands beside the breach: those with long names could fill
// its record, and keep later recordings out.
type acknowledged struct {
	V    int `json:"v"`
	Step int `json:"step"`
}

// acknowledgedKeys are what a person is found under: the name within the
// organisation, and the key.
func acknowledgedKeys(breach string, p personal.Person) []ledger.Key {
	name := sha256.Sum256([]byte(p.MSP + "\x00" + p.Subject))
	keys := []ledger.Key{ledger.NewKey("acknowledgedby", breach, hex.EncodeToString(name[:]))}
	if p.Key != "" {
		keys = append(keys, ledger.NewKey("acknowledgedby", breach, p.Key))
	}
	return keys
}

// acknowledgedBy reports whether a person, by name or key, took note of the breach.
func (b *Breach) acknowledgedBy(tx *ledger.Tx, p personal.Person) (bool, error) {
	if b.Acknowledged == 0 {
		return false, nil
	}
	found, err := tx.GetMany(acknowledgedKeys(b.ID, p))
	return slices.ContainsFunc(found, func(record []byte) bool { return record != nil }), err
}

// InvestigateBreach puts findings about a breach on record: a reason, a root cause,
// documents by their hashes. It may be said by whom [AcknowledgeBreach] names, at
// any time, more than once; it changes no state.
//
// Refusals: fault.InvalidRequest; fault.LimitExceeded, also beyond [MaxSaid];
// fault.NotFound; fault.NotParty; fault.TimeAhead.
func InvestigateBreach(tx *ledger.Tx, req StepRequest) (Breach, error) {
	c, err := req.check(tx, 1)
	if err != nil {
		return Breach{}, err
	}
	if err := c.breach.mayStillSpeak(tx); err != nil {
		return Breach{}, err
	}
	if err := c.breach.step(tx, req.step(tx, StepInvestigated)); err != nil {
		return Breach{}, err
	}
	return *c.breach, c.breach.store(tx)
}

// ConfirmBreach confirms a breach that is suspected, or that other devices refuted,
// by a person of the quality unit that decides on it, who did not submit the
// readings.
//
// Refusals: fault.InvalidRequest, fault.LimitExceeded; fault.NotFound;
// fault.RoleRequired; fault.NotParty for another organisation; fault.NotIndependent
// for who submitted; fault.TimeAhead; fault.Closed when it is confirmed or decided.
func ConfirmBreach(tx *ledger.Tx, req StepRequest) (Breach, error) {
	caller, err := participant.Require(tx, ledger.RoleQuality)
	if err != nil {
		return Breach{}, err
	}
	c, err := req.check(tx, 1)
	if err != nil {
		return Breach{}, err
	}
	b, step := c.breach, req.step(tx, StepConfirmed)
	switch {
	case caller.MSP != b.Quality:
		return Breach{}, fault.New(fault.NotParty, "the quality unit of %s decides on this breach", b.Quality)
	case b.State != StateSuspected && b.State != StateRefuted:
		return Breach{}, fault.New(fault.Closed, "the breach is %s", b.State)
	case slices.ContainsFunc(b.Submitters, step.By.Same):
		return Breach{}, fault.New(fault.NotIndependent, "%s submitted readings of this breach: another person confirms", step.By.Subject)
	}
	step.How = ByPerson
	return *b, b.confirm(tx, c.watch, step)
}
