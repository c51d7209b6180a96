package condition

import (
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/personal"
)

// breach notes what a recording broke: in the lane's last breach while that is
// not settled, or in a new one.
func (l *Lane) breach(tx *ledger.Tx, watch *Watch, policy *Policy, broke evaluation.Break, summary Recorded) (opened bool, err error) {
	var settled *Breach // without knowing of these readings
	if l.Breach != "" {
		known, err := loadBreach(tx, l.Breach)
		if err != nil {
			return false, err
		}
		if known.extend(broke, summary) {
			return false, known.extended(tx, watch, policy, broke, summary)
		}
		if known.settled() && broke.From <= evaluation.MomentOf(known.Settled) {
			settled = known
		}
	}
	found := finding{device: l.Device, broke: broke, first: summary.Sequence, last: summary.Sequence, by: []personal.Person{summary.By}}
	breach, err := found.open(tx, watch, policy, settled)
	if err != nil {
		return false, err
	}
	l.Breach = breach.ID
	return true, nil
}

// extend adds what a later recording broke, unless the breach is settled.
func (b *Breach) extend(broke evaluation.Break, summary Recorded) bool {
	isNew := !slices.ContainsFunc(b.Submitters, summary.By.Same)
	if b.settled() || isNew && len(b.Submitters) >= maxSubmitters {
		return false
	}
	b.Break = *evaluation.Join(&b.Break, &broke)
	b.LastRecording = summary.Sequence
	if isNew {
		b.Submitters = append(b.Submitters, summary.By)
	}
	return true
}

// extended records that a recording extended the breach, and confirms it when
// that is long enough.
func (b *Breach) extended(tx *ledger.Tx, watch *Watch, policy *Policy, broke evaluation.Break, summary Recorded) error {
	if err := b.step(tx, Step{Kind: StepExtended, By: summary.By, Rules: broke.Rules, Recording: summary.Sequence}); err != nil {
		return err
	}
	if b.State == StateSuspected && policy.Confirm.lasted(broke) {
		return b.confirm(tx, watch, Step{By: summary.By, How: ByDuration})
	}
	// A longer break can affect more: what came in meanwhile.
	if err := b.affect(tx, watch); err != nil {
		return err
	}
	return b.store(tx)
}

// settled reports whether later readings are another breach.
func (b *Breach) settled() bool {
	return b.State == StateDecided || b.State == StateDisputed || b.State == StateRefuted
}

// finding is what opens a breach.
type finding struct {
	device      string // or
	object      string
	broke       evaluation.Break
	first, last uint64            // recordings that show it
	by          []personal.Person // who submitted them
}

// open opens a breach, which names the settled one that it takes up again.
func (f finding) open(tx *ledger.Tx, watch *Watch, policy *Policy, settled *Breach) (*Breach, error) {
	quality, err := qualityOf(tx, watch, policy)
	if err != nil {
		return nil, err
	}
	breach := Breach{
		V: Version, ID: breachID(tx, watch.ID, f.device+f.object), Watch: watch.ID, Device: f.device, Object: f.object, Policy: policy.PolicyRef, Break: f.broke,
		State: StateSuspected, Quality: quality, Hold: policy.Hold, Held: policy.Hold == HoldAtSuspicion,
		FirstRecording: f.first, LastRecording: f.last, Submitters: f.by, Opened: tx.Time(), Transaction: tx.ID(),
	}
	opened := Step{Kind: StepOpened, By: personal.Of(tx.Caller()), Rules: f.broke.Rules, Recording: f.last}
	if settled != nil {
		breach.Reopens, opened.Other = settled.ID, settled.ID
		if err := settled.reopened(tx, breach.ID); err != nil {
			return nil, err
		}
	}
	if err := breach.step(tx, opened); err != nil {
		return nil, err
	}
	if err := ledger.Store(tx, inWatchKey(watch.ID, breach.ID), listedBreach{V: Version}); err != nil {
		return nil, err
	}
	if how := policy.Confirm.atOnce(f.broke); how != "" {
		breach.State, breach.Confirmed = StateConfirmed, tx.Time()
		breach.Held = breach.holdsWhen(StateConfirmed)
		if err := breach.step(tx, Step{Kind: StepConfirmed, By: opened.By, How: how}); err != nil {
			return nil, err
		}
	}
	if err := breach.affect(tx, watch); err != nil {
		return nil, err
	}
	return &breach, breach.store(tx)
}

// reopened records in a settled breach that another takes it up again.
func (b *Breach) reopened(tx *ledger.Tx, by string) error {
	if err := b.step(tx, Step{Kind: StepReopened, By: personal.Of(tx.Caller()), Other: by}); err != nil {
		return err
	}
	return b.store(tx)
}

// atOnce says how a breach is confirmed by the readings that open it, "" when it
// is not.
func (c *Confirm) atOnce(broke evaluation.Break) string {
	switch {
	case c == nil:
		return ByReadings
	case c.lasted(broke):
		return ByDuration
	}
	return ""
}

// lasted reports whether readings show something out of range for as long as
// confirms a breach.
func (c *Confirm) lasted(broke evaluation.Break) bool {
	return c != nil && c.AfterMs != nil && int64(broke.To-broke.From) >= *c.AfterMs
}

// confirm turns a breach that is suspected, or refuted, into a confirmed one, and
// holds what it affects if the policy says so.
func (b *Breach) confirm(tx *ledger.Tx, watch *Watch, step Step) error {
	b.State, b.Confirmed, b.Settled = StateConfirmed, tx.Time(), time.Time{}
	step.Kind = StepConfirmed
	if err := b.step(tx, step); err != nil {
		return err
	}
	b.Held = b.holdsWhen(StateConfirmed)
	if err := b.affect(tx, watch); err != nil {
		return err
	}
	return b.store(tx)
}

// holdsWhen reports whether an undecided breach in a state holds what it affects.
func (b *Breach) holdsWhen(state string) bool {
	return b.Hold == HoldAtSuspicion || b.Hold == HoldAtConfirmation && state == StateConfirmed
}
