package confidential

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/collections"
)

// Limits on what a legal hold says, in bytes.
const (
	MaxHoldReason, MaxHoldReference = 500, 100
)

// LegalHold keeps a record from being purged for an organisation. What stays in it
// after it is lifted are its steps, and the time of the last statement.
type LegalHold struct {
	// V is the schema version.
	V int `json:"v"`
	// Record is the id of the record, MSP the organisation.
	Record string `json:"record"`
	MSP    string `json:"msp"`
	// Reason is why, Reference such as the number of a case.
	Reason    string `json:"reason"`
	Reference string `json:"reference,omitempty"`
	// Placed is the ledger time since which it stands, Transaction the last that
	// placed it or, by a later statement of a reader, confirmed it.
	Placed      time.Time `json:"placed"`
	Transaction string    `json:"transaction"`
	// Lifted is the ledger time at which it was lifted; absent while it stands.
	Lifted time.Time `json:"lifted,omitzero"`
	// Steps counts how often it was placed or lifted.
	Steps int `json:"steps"`
	// Signed is the time in the last statement that was carried; absent when none
	// was.
	Signed time.Time `json:"signed,omitzero"`
}

// HoldStep is one time that a hold was placed or lifted.
type HoldStep struct {
	// V is the schema version.
	V int `json:"v"`
	// Record and MSP are the hold's.
	Record string `json:"record"`
	MSP    string `json:"msp"`
	// Meaning is place or lift.
	Meaning string `json:"meaning" jsonschema:"enum=place,enum=lift"`
	// Reason is why, Reference such as the number of a case.
	Reason    string `json:"reason"`
	Reference string `json:"reference,omitempty"`
	// Person did it, or signed it.
	Person personal.Person `json:"person"`
	// Time is that in the statement, Signed what proves it (over [HoldBytes]) and
	// Carrier who submitted it; absent for what an organisation did by itself.
	Time    time.Time        `json:"time,omitzero"`
	Signed  *personal.Signed `json:"signed,omitempty"`
	Carrier string           `json:"carrier,omitempty"`
	// Recorded is the ledger time, Transaction the transaction.
	Recorded    time.Time `json:"recorded"`
	Transaction string    `json:"transaction"`
}

// Meanings of a step.
const (
	PlaceHold = "place"
	LiftHold  = "lift"
)

func holdKey(id string, msp ...string) ledger.Key {
	return ledger.NewKey("legalhold", append([]string{id}, msp...)...)
}

func holdStepKey(id string, more ...string) ledger.Key {
	return ledger.NewKey("legalholdstep", append([]string{id}, more...)...)
}

// Holds returns the legal holds that a record is under, by MSP id: while there are
// any, nothing of it is purged or erased. Those of organisations whom it does not
// concern are none: somebody can have written a record of its own under the same id,
// and hold that.
func Holds(tx *ledger.Tx, m *Manifest) ([]LegalHold, error) {
	entries, err := tx.Scan(holdKey(m.ID))
	if err != nil {
		return nil, err
	}
	holds := []LegalHold{}
	for _, entry := range entries {
		hold, err := ledger.Decode[LegalHold](entry.Key, entry.Value)
		if err != nil {
			return nil, err
		}
		carried := !hold.Signed.IsZero()
		if hold.Lifted.IsZero() && (carried || m.concerns(hold.MSP)) {
			holds = append(holds, hold)
		}
	}
	return holds, nil
}

// HoldRequest says which record is to be held, or no more.
type HoldRequest struct {
	// Record is the record's id.
	Record string `json:"record"`
	// Reason is why, 1 to 500 bytes.
	Reason string `json:"reason" jsonschema:"maxLength=500"`
	// Reference is such as the number of a case, at most 100 bytes.
	Reference string `json:"reference,omitempty" jsonschema:"maxLength=100"`
	// With are the other members of a record that has not been published, by MSP
	// id; not needed for one that has.
	With []string `json:"with,omitempty"`
}

// PlaceLegalHold keeps a record from being purged, until the same organisation lifts
// the hold. An admin or a person of the quality unit of a member may, and of an
// approver once the record is published.
//
// Refusals: fault.InvalidRequest, also for an empty reason; fault.NotFound when there
// is no such record, or no more; fault.NotParty for any other organisation;
// fault.AlreadyExists when the organisation holds it already (detail "transaction").
func PlaceLegalHold(tx *ledger.Tx, req HoldRequest) (LegalHold, error) {
	return act(tx, req, PlaceHold)
}

// LiftLegalHold ends the caller's hold of a record. An admin or a person of the
// quality unit of the organisation that placed it may.
//
// Refusals: fault.InvalidRequest, also for an empty reason; fault.NotFound when the
// organisation has no hold of it.
func LiftLegalHold(tx *ledger.Tx, req HoldRequest) (LegalHold, error) {
	return act(tx, req, LiftHold)
}

func act(tx *ledger.Tx, req HoldRequest, meaning string) (LegalHold, error) {
	caller, err := participant.Require(tx, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return LegalHold{}, err
	}
	if err := checkHold(req.Record, req.Reason, req.Reference, ""); err != nil {
		return LegalHold{}, err
	}
	if meaning == PlaceHold {
		if err := req.holdable(tx, caller.MSP); err != nil {
			return LegalHold{}, err
		}
	}
	return step(tx, HoldStep{
		Record: req.Record, MSP: caller.MSP, Meaning: meaning, Reason: req.Reason, Reference: req.Reference, Person: personal.Of(tx.Caller()),
	})
}

func checkHold(record, reason, reference, at string) error {
	switch {
	case record == "" || len(record) > 43:
		return fault.New(fault.InvalidRequest, "name the record").At(at + "/record")
	case !isText(reason, 1, MaxHoldReason):
		return fault.New(fault.InvalidRequest, "a reason has 1 to %d bytes, UTF-8", MaxHoldReason).At(at + "/reason")
	case !isText(reference, 0, MaxHoldReference):
		return fault.New(fault.InvalidRequest, "a reference has at most %d bytes, UTF-8", MaxHoldReference).At(at + "/reference")
	}
	return nil
}

// holdable refuses a hold of a record that is not there, and by an organisation that
// it does not concern.
func (r HoldRequest) holdable(tx *ledger.Tx, msp string) error {
	if len(r.With) > 0 { // whatever has been published under this id
		return r.shared(tx, msp)
	}
	switch p, err := Load(tx, r.Record); {
	case err != nil:
		return err
	case p == nil:
		return fault.New(fault.NotFound, "no such record has been published; of one that has not, name the other members").At("/record")
	case !p.Manifest.concerns(msp):
		return fault.New(fault.NotParty, "members and approvers hold a record; %s is neither", msp).At("/record")
	default:
		return p.there(tx)
	}
}

// shared looks for the record among those that the caller shares.
func (r HoldRequest) shared(tx *ledger.Tx, msp string) error {
	members, err := sharing(msp, r.With)
	if err != nil {
		return err
	}
	hash, err := tx.GetPrivateHash(collections.Relation(members...), contentKey(r.Record))
	if err == nil && hash == nil {
		err = fault.New(fault.NotFound, "there is no such record").At("/record")
	}
	return err
}

// there refuses to hold what is gone.
func (p *Published) there(tx *ledger.Tx) error {
	kept, err := p.Kept(tx)
	if err == nil && !kept {
		err = fault.New(fault.NotFound, "the content of the record is gone").At("/record")
	}
	return err
}

// step places or lifts a hold.
func step(tx *ledger.Tx, s HoldStep) (LegalHold, error) {
	hold, found, err := ledger.Load[LegalHold](tx, holdKey(s.Record, s.MSP))
	if err != nil {
		return LegalHold{}, err
	}
	stands := found && hold.Lifted.IsZero()
	switch {
	case s.Meaning == PlaceHold && stands && s.Signed == nil: // a reader's later word overtakes what a carrier keeps back
		return LegalHold{}, fault.New(fault.AlreadyExists, "%s holds the record already", s.MSP).With("transaction", hold.Transaction)
	case s.Meaning == LiftHold && !stands:
		return LegalHold{}, fault.New(fault.NotFound, "%s has no hold of this record", s.MSP).At("/record")
	}
	s.V, s.Recorded, s.Transaction = Version, tx.Time(), tx.ID()
	hold.V, hold.Record, hold.MSP = Version, s.Record, s.MSP
	hold.Steps++
	if s.Meaning == PlaceHold {
		if !stands {
			hold.Placed = s.Recorded
		}
		hold.Reason, hold.Reference, hold.Transaction, hold.Lifted = s.Reason, s.Reference, s.Transaction, time.Time{}
	} else {
		hold.Lifted = s.Recorded
	}
	if !s.Time.IsZero() {
		hold.Signed = s.Time
	}
	if err := ledger.Store(tx, holdStepKey(s.Record, s.MSP, ledger.Number(uint64(hold.Steps))), s); err != nil {
		return LegalHold{}, err
	}
	return hold, ledger.Store(tx, holdKey(s.Record, s.MSP), hold)
}

// HoldStepsRequest asks for what was done about holds of a record.
type HoldStepsRequest struct {
	// Record is the record's id.
	Record string `json:"record"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// HoldStepsResponse is a page of steps, by organisation and then in their order.
type HoldStepsResponse struct {
	Steps []HoldStep `json:"steps"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// HoldSteps lists each time that a hold of a record was placed or lifted, by whom and
// why. Anyone may. It fails with fault.LimitExceeded for a size out of range.
func HoldSteps(tx *ledger.Tx, req HoldStepsRequest) (HoldStepsResponse, error) {
	if req.Size == 0 {
		req.Size = 100
	}
	entries, bookmark, err := tx.Page(holdStepKey(req.Record), req.Size, req.Bookmark)
	if err != nil {
		return HoldStepsResponse{}, err
	}
	page := HoldStepsResponse{Steps: []HoldStep{}, Bookmark: bookmark}
	for _, entry := range entries {
		step, err := ledger.Decode[HoldStep](entry.Key, entry.Value)
		if err != nil {
			return HoldStepsResponse{}, err
		}
		page.Steps = append(page.Steps, step)
	}
	return page, nil
}

// lastStep returns the last step of a hold.
func (h *LegalHold) lastStep(tx *ledger.Tx) (HoldStep, error) {
	last, _, err := ledger.Load[HoldStep](tx, holdStepKey(h.Record, h.MSP, ledger.Number(uint64(h.Steps)))) //nolint:gosec // it counts up
	return last, err
}
