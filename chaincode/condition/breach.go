package condition

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// States of a breach.
const (
	// StateSuspected: readings broke the policy, and it asks for more than that.
	StateSuspected = "suspected"
	// StateConfirmed: duration, another device or a person confirmed it, or the
	// policy asks for nothing more than readings.
	StateConfirmed = "confirmed"
	// StateRefuted: the other devices of the watch covered the time and show that
	// the policy was kept. Nothing is held.
	StateRefuted = "refuted"
	// StateDecided: the quality unit has decided.
	StateDecided = "decided"
	// StateDisputed: an organisation disputes the decision.
	StateDisputed = "disputed"
)

// Limits of a breach.
const (
	// maxSubmitters bounds the persons named in a breach; when more have submitted,
	// the next opens a breach of its own, so that none is left out.
	maxSubmitters = 16
	// MaxDisputers bounds the organisations that dispute one decision.
	MaxDisputers = 8
)

// Breach is a broken policy: one or more excursions of one device in one watch,
// up to a decision. What became of it, step by step: [ListSteps].
type Breach struct {
	// V is the schema version.
	V int `json:"v"`
	// ID identifies it: 32 hexadecimal digits.
	ID string `json:"id"`
	// Watch, Device and Policy are where, by what and against what. Device is
	// absent for an allowance that several watches of one object, Object, used up
	// together; that is the only one affected.
	Watch  string    `json:"watch"`
	Device string    `json:"device,omitempty"`
	Object string    `json:"object,omitempty"`
	Policy PolicyRef `json:"policy"`
	evaluation.Break
	// State is where it stands.
	State string `json:"state" jsonschema:"enum=suspected,enum=confirmed,enum=refuted,enum=decided,enum=disputed"`
	// Quality is the MSP id of the organisation whose quality unit decides: the
	// one that the policy names, or who owned what is watched when the breach was
	// opened.
	Quality string `json:"quality"`
	// Hold says when the policy holds what is affected, Held that it is on hold,
	// under the breach's id.
	Hold string `json:"hold" jsonschema:"enum=never,enum=suspicion,enum=confirmation"`
	Held bool   `json:"held"`
	// FirstRecording and LastRecording are the sequence numbers of the
	// recordings that show it.
	FirstRecording uint64 `json:"firstRecording"`
	LastRecording  uint64 `json:"lastRecording"`
	// Submitters submitted those recordings: none of them may decide. Nor may any
	// of those, Acknowledged in number, who took note of the breach: its steps name
	// them.
	Submitters   []personal.Person `json:"submitters"`
	Acknowledged int               `json:"acknowledged,omitempty"`
	// Opened is the ledger time, Transaction the transaction that opened it.
	Opened      time.Time `json:"opened"`
	Transaction string    `json:"transaction"`
	// Changed is the ledger time of the last step that a decision has to know of:
	// none that was signed before it counts.
	Changed time.Time `json:"changed"`
	// Confirmed is the ledger time from which it counts as confirmed.
	Confirmed time.Time `json:"confirmed,omitzero"`
	// Decision is the id of the decision that stands, "MSP/id", and Meaning what
	// that means; absent while none stands.
	Decision string `json:"decision,omitempty"`
	Meaning  string `json:"meaning,omitempty" jsonschema:"enum=release,enum=reject,enum=repack,enum=restoreAllowance"`
	// Settled is the ledger time at which it was decided, or refuted; absent while
	// it is neither.
	Settled time.Time `json:"settled,omitzero"`
	// Disputers are the organisations that dispute that decision. What they have
	// or own is on hold again when it was one to release.
	Disputers []string `json:"disputers,omitempty"`
	// Reopens is the id of an earlier breach that was decided before it was known
	// what these readings show.
	Reopens string `json:"reopens,omitempty"`
	// Steps is the number of its steps.
	Steps int `json:"steps"`

	listed bool // among those undecided, on the ledger
}

func breachKey(id string) ledger.Key { return ledger.NewKey("breach", id) }

// openKey lists the breaches that wait for a quality unit.
func openKey(msp, id string) ledger.Key { return ledger.NewKey("openbreach", msp, id) }

// inWatchKey lists the breaches of a watch.
func inWatchKey(watch, id string) ledger.Key { return ledger.NewKey("breachin", watch, id) }

// listedBreach is a record that only lists a breach.
type listedBreach struct {
	V int `json:"v"`
}

func breachID(tx *ledger.Tx, watch, device string) string {
	digest := sha256.Sum256([]byte(tx.Channel() + "\x00" + tx.ID() + "\x00" + watch + "\x00" + device))
	return hex.EncodeToString(digest[:16])
}

// undecided reports whether the breach waits for the quality unit: what was
// ordered to be repacked waits for its release.
func (b *Breach) undecided() bool {
	switch b.State {
	case StateRefuted:
		return false
	case StateDecided:
		return b.Meaning == Repack
	}
	return true
}

// holds reports whether the breach, as it stands, holds an object.
func (b *Breach) holds(t *product.Twin) bool {
	switch {
	case t == nil || t.State != product.Active:
		return false
	case b.Held:
		return true
	case !b.holdsAny():
		return false
	}
	return slices.Contains(b.Disputers, t.Owner) || slices.Contains(b.Disputers, t.Custodian)
}

// holdsAny reports whether there may be anything that the breach holds.
func (b *Breach) holdsAny() bool {
	return b.Held || b.Hold != HoldNever && len(b.Disputers) > 0 && lifts(b.Meaning)
}

// store writes the breach, and keeps the list of those that wait for a decision.
func (b *Breach) store(tx *ledger.Tx) error {
	if err := ledger.Store(tx, breachKey(b.ID), b); err != nil {
		return err
	}
	switch undecided := b.undecided(); {
	case undecided && !b.listed:
		b.listed = true
		return ledger.Store(tx, openKey(b.Quality, b.ID), listedBreach{V: Version})
	case !undecided && b.listed:
		b.listed = false
		return tx.Delete(openKey(b.Quality, b.ID))
	}
	return nil
}

func (b *Breach) rulesText() string {
	text := "broke"
	for i, rule := range b.Rules {
		if i > 0 {
			text += " and"
		}
		text += " " + rule
	}
	return text + " of policy " + b.Policy.ID
}

func loadBreach(tx *ledger.Tx, id string) (*Breach, error) {
	breach, found, err := ledger.Load[Breach](tx, breachKey(id))
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.New(fault.NotFound, "there is no breach %q", id).At("/breach")
	}
	breach.listed = breach.undecided()
	return &breach, nil
}

// caseOf is a breach with what it is about.
type caseOf struct {
	breach *Breach
	watch  *Watch
	policy *Policy
}

// loadCase reads a breach, its watch and its policy.
func loadCase(tx *ledger.Tx, id string) (*caseOf, error) {
	breach, err := loadBreach(tx, id)
	if err != nil {
		return nil, err
	}
	watch, err := loadWatch(tx, breach.Watch)
	if err != nil {
		return nil, fault.New(fault.Internal, "breach %s: %w", id, err)
	}
	policy, err := loadPolicy(tx, breach.Policy)
	if err != nil {
		return nil, fault.New(fault.Internal, "breach %s: %w", id, err)
	}
	return &caseOf{breach, watch, policy}, nil
}

// concerns refuses an organisation that neither has nor owns an object which the
// breach affects.
func (b *Breach) concerns(tx *ledger.Tx, object, msp string) error {
	id, err := parseWatched(object)
	if err != nil {
		return fault.Of(err).At("/statement/object")
	}
	affected, err := b.concernsThing(tx, id, msp)
	if err != nil {
		return err
	}
	if !affected {
		return fault.New(fault.NotParty, "%s neither has nor owns that object, or the breach does not affect it", msp).About(id.Path()).At("/statement/object")
	}
	return nil
}

func (b *Breach) concernsThing(tx *ledger.Tx, id gs1.ID, msp string) (bool, error) {
	if isWatchedLot(id) {
		return b.concernsLot(tx, id, msp)
	}
	twins, err := product.LoadTwins(tx, []gs1.ID{id})
	if err != nil {
		return false, err
	}
	if t := twins[0]; t != nil && (t.Owner == msp || t.Custodian == msp) {
		return b.affects(tx, t)
	}
	return false, nil
}

// affects reports whether the breach names an object or a container around it, or
// holds one of them.
func (b *Breach) affects(tx *ledger.Tx, t *product.Twin) (bool, error) {
	for _, at := range append([]*product.Twin{t}, t.Ancestors()...) {
		named, err := tx.Get(ledger.NewKey("breachof", at.ID, b.ID))
		if err != nil || named != nil {
			return named != nil, err
		}
	}
	holds, err := product.HoldsAround(tx, t)
	return slices.ContainsFunc(holds, func(h product.Hold) bool { return h.ID == b.ID }), err
}
