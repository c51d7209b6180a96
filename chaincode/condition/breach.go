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
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// States of a breach.
const (
	StateOpen    = "open"
	StateDecided = "decided"
)

// maxSubmitters bounds the persons named in a breach; when more have submitted,
// the next opens a breach of its own, so that none is left out.
const maxSubmitters = 16

// Breach is a broken policy: one or more excursions of one device in one watch,
// up to a decision.
type Breach struct {
	// V is the schema version.
	V int `json:"v"`
	// ID identifies it: 32 hexadecimal digits.
	ID string `json:"id"`
	// Watch, Device and Policy are where, by what and against what.
	Watch  string    `json:"watch"`
	Device string    `json:"device"`
	Policy PolicyRef `json:"policy"`
	evaluation.Break
	// State is open or decided.
	State string `json:"state" jsonschema:"enum=open,enum=decided"`
	// Held says that what the breach affects is on hold, under its id.
	Held bool `json:"held"`
	// Spread is how far what is affected has been found and put on hold.
	Spread Spread `json:"spread"`
	// HeldFor are the organisations that dispute a release: what they have or own
	// is on hold although the breach holds nothing else.
	HeldFor []string `json:"heldFor,omitempty"`
	// FirstRecording and LastRecording are the sequence numbers of the
	// recordings that show it.
	FirstRecording uint64 `json:"firstRecording"`
	LastRecording  uint64 `json:"lastRecording"`
	// Submitters submitted those recordings: none of them may decide.
	Submitters []Person `json:"submitters"`
	// Opened is the ledger time, Transaction the transaction that opened it.
	Opened      time.Time `json:"opened"`
	Transaction string    `json:"transaction"`
	// Decision is the id of the decision that settled it.
	Decision string `json:"decision,omitempty"`
}

func breachKey(id string) ledger.Key { return ledger.NewKey("breach", id) }

func breachID(tx *ledger.Tx, watch, device string) string {
	digest := sha256.Sum256([]byte(tx.Channel() + "\x00" + tx.ID() + "\x00" + watch + "\x00" + device))
	return hex.EncodeToString(digest[:16])
}

// breach notes what a recording broke: in the lane's open breach, or in a new
// one when there is none.
func (l *Lane) breach(tx *ledger.Tx, watch *Watch, policy *Policy, broke evaluation.Break, summary Recorded) (opened bool, err error) {
	if l.Breach != "" {
		known, err := loadBreach(tx, l.Breach)
		if err != nil {
			return false, err
		}
		if known.extend(broke, summary) {
			// A longer break can affect more: what came in meanwhile.
			if err := known.affect(tx, watch); err != nil {
				return false, err
			}
			return false, ledger.Store(tx, breachKey(known.ID), known)
		}
	}
	l.Breach = breachID(tx, watch.ID, l.Device)
	breach := Breach{
		V: Version, ID: l.Breach, Watch: watch.ID, Device: l.Device, Policy: policy.PolicyRef, Break: broke,
		State: StateOpen, Held: policy.Hold != HoldNever, FirstRecording: summary.Sequence, LastRecording: summary.Sequence,
		Submitters: []Person{summary.By}, Opened: tx.Time(), Transaction: tx.ID(),
	}
	if err := breach.affect(tx, watch); err != nil {
		return false, err
	}
	return true, ledger.Store(tx, breachKey(breach.ID), breach)
}

// extend adds what a later recording broke, unless the breach is decided.
func (b *Breach) extend(broke evaluation.Break, summary Recorded) bool {
	isNew := !slices.ContainsFunc(b.Submitters, summary.By.same)
	if b.State != StateOpen || isNew && len(b.Submitters) >= maxSubmitters {
		return false
	}
	b.Break = *evaluation.Join(&b.Break, &broke)
	b.LastRecording = summary.Sequence
	if isNew {
		b.Submitters = append(b.Submitters, summary.By)
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
	}
	return slices.Contains(b.HeldFor, t.Owner) || slices.Contains(b.HeldFor, t.Custodian)
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
	return &breach, nil
}

// ReadBreachRequest names a breach.
type ReadBreachRequest struct {
	// Breach is its id.
	Breach string `json:"breach" jsonschema:"maxLength=32"`
}

// ReadBreachResponse is a breach and the decision on it.
type ReadBreachResponse struct {
	Breach
	// Decided is the decision; absent while the breach is open.
	Decided *Decision `json:"decided,omitempty"`
}

// ReadBreach returns a breach, or fault.NotFound. Anyone may.
func ReadBreach(tx *ledger.Tx, req ReadBreachRequest) (ReadBreachResponse, error) {
	breach, err := loadBreach(tx, req.Breach)
	if err != nil {
		return ReadBreachResponse{}, err
	}
	response := ReadBreachResponse{Breach: *breach}
	if breach.Decision == "" {
		return response, nil
	}
	decision, found, err := ledger.Load[Decision](tx, decisionKey(breach.Decision))
	if err == nil && !found {
		return ReadBreachResponse{}, fault.New(fault.Internal, "decision %s is missing", breach.Decision)
	}
	response.Decided = &decision
	return response, err
}

// ListBreachesRequest asks for the breaches that affect an object.
type ListBreachesRequest struct {
	// Object is the object in any GS1 form.
	Object string `json:"object"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListBreachesResponse is a page of breaches, by id.
type ListBreachesResponse struct {
	Breaches []Breach `json:"breaches"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListBreaches lists the breaches that affect an object, of all its watches.
// Anyone may. It fails with fault.InvalidIdentifier and fault.LimitExceeded.
func ListBreaches(tx *ledger.Tx, req ListBreachesRequest) (ListBreachesResponse, error) {
	id, err := gs1.Parse(req.Object)
	if err != nil {
		return ListBreachesResponse{}, fault.New(fault.InvalidIdentifier, "%w", err).At("/object")
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("breachof", id.Path()), req.Size, req.Bookmark)
	if err != nil {
		return ListBreachesResponse{}, err
	}
	response := ListBreachesResponse{Breaches: []Breach{}, Bookmark: next}
	for _, entry := range entries {
		_, parts := entry.Key.Parts()
		breach, err := loadBreach(tx, parts[len(parts)-1])
		if err != nil {
			return ListBreachesResponse{}, err
		}
		response.Breaches = append(response.Breaches, *breach)
	}
	return response, nil
}
