package condition

import (
	"bytes"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// What a permission means.
const (
	// Authorise: what is on hold may be dealt with as the permission says.
	Authorise = "authorise"
	// Withdraw: a permission ends.
	Withdraw = "withdraw"
)

// Permission is what a person of the quality unit signs, so that something can be
// done with what is on hold.
type Permission struct {
	// ID is unique among those of the signer's organisation, chosen by the signer:
	// 1 to 64 letters, digits, '.', '_' and '-'. It is recorded once.
	ID string `json:"id" jsonschema:"maxLength=64"`
	// Breach is the id of the breach behind the hold.
	Breach string `json:"breach" jsonschema:"maxLength=32"`
	// Meaning of the signature: authorise or withdraw.
	Meaning string `json:"meaning" jsonschema:"enum=authorise,enum=withdraw"`
	// Purpose is what is permitted: return (with the disposition returned),
	// quarantine, destruction, or inspection, which opens it. Absent to withdraw.
	Purpose string `json:"purpose,omitempty" jsonschema:"enum=return,enum=quarantine,enum=destruction,enum=inspection"`
	// Destination is where it may go for that: an MSP id, or the GLN of a party in
	// any GS1 form. Needed but to destroy or inspect it where it is.
	Destination string `json:"destination,omitempty" jsonschema:"maxLength=200"`
	// Until is when the permission ends, ledger time, at most a year after it is
	// recorded.
	Until evaluation.Moment `json:"until,omitempty"`
	// Permit is the id of the permission to withdraw, "MSP/id"; absent otherwise.
	Permit string `json:"permit,omitempty" jsonschema:"maxLength=200"`
	// Reason is why, 1 to 2,000 bytes.
	Reason string `json:"reason" jsonschema:"maxLength=2000"`
	// Time is when it was signed, by the signer's clock: UTC, to the
	// millisecond.
	Time evaluation.Moment `json:"time"`
}

const permissionType = "countersign.permit.v1"

// PermissionBytes returns the bytes to sign, as [DecisionBytes] does, with
// "type":"countersign.permit.v1". For instance
//
//	{"breach":"00112233445566778899aabbccddeeff","destination":"CarrierMSP","id":"p-1","meaning":"authorise","purpose":"quarantine","reason":"To be examined.","time":"2026-03-01T08:00:00.000Z","type":"countersign.permit.v1","until":"2026-03-08T08:00:00.000Z"}
//
// It fails with fault.InvalidRequest for a permission that is incomplete.
func PermissionBytes(p Permission) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	until := ""
	if p.Until != 0 {
		until = p.Until.String()
	}
	return canonical([]member{ // in order of name
		{"breach", p.Breach},
		{"destination", p.Destination},
		{"id", p.ID},
		{"meaning", p.Meaning},
		{"permit", p.Permit},
		{"purpose", p.Purpose},
		{"reason", p.Reason},
		{"time", p.Time.String()},
		{"type", permissionType},
		{"until", until},
	}), nil
}

func (p Permission) check() error {
	switch {
	case !nameForm.MatchString(p.ID):
		return fault.New(fault.InvalidRequest, "a permission's id has 1 to 64 letters, digits, '.', '_' and '-'").At("/statement/id")
	case p.Breach == "":
		return fault.New(fault.InvalidRequest, "name the breach").At("/statement/breach")
	case p.Time <= 0 || p.Time.Time().Year() > 9999:
		return fault.New(fault.InvalidRequest, "say when the permission was signed").At("/statement/time")
	}
	if err := checkText(p.Reason, 1, maxReason, "/statement/reason"); err != nil {
		return err
	}
	switch p.Meaning {
	case Authorise:
		return p.checkAuthorised()
	case Withdraw:
		if p.Purpose != "" || p.Destination != "" || p.Until != 0 || p.Permit == "" || len(p.Permit) > 200 {
			return fault.New(fault.InvalidRequest, "to withdraw names the permission, and nothing else").At("/statement/permit")
		}
		return nil
	}
	return fault.New(fault.InvalidRequest, "a permission is to authorise or to withdraw").At("/statement/meaning")
}

func (p Permission) checkAuthorised() error {
	onSite := p.Purpose == product.ForDestruction || p.Purpose == product.ForInspection
	switch {
	case !onSite && p.Purpose != product.ForReturn && p.Purpose != product.ForQuarantine:
		return fault.New(fault.InvalidRequest, "what is permitted is a return, quarantine, destruction or inspection").At("/statement/purpose")
	case p.Destination == "" && !onSite || len(p.Destination) > 200:
		return fault.New(fault.InvalidRequest, "say where it may go").At("/statement/destination")
	case p.Until <= 0 || p.Until <= p.Time || p.Until.Time().Year() > 9999:
		return fault.New(fault.InvalidRequest, "say until when, after the time of the signature").At("/statement/until")
	case p.Permit != "":
		return fault.New(fault.InvalidRequest, "only to withdraw names a permission").At("/statement/permit")
	}
	return nil
}

// Permitted is a permission as the ledger keeps it, with what proves it: a
// signature over [PermissionBytes].
type Permitted struct {
	// V is the schema version.
	V         int        `json:"v"`
	Statement Permission `json:"statement"`
	personal.Signed
}

func permissionKey(id string) ledger.Key { return ledger.NewKey("permission", id) }

// AuthoriseRequest carries a permission, signed by the person who gives it (the
// bytes are those of [PermissionBytes]).
type AuthoriseRequest struct {
	// Statement is what is signed.
	Statement Permission `json:"statement"`
	personal.Proof
}

// AuthoriseBreach lets something be done with what a breach holds, by the signature
// of a person of its quality unit; submitted by an operator, admin or person of the
// quality unit of any organisation. A shipment goes through to the destination that
// it names; what destroys, opens or packs anew goes through when it is for that, at
// the destination if it names one. Every hold on an object, around it and in it
// needs a permission of its own. Whatever is done, it stays on hold.
//
// Refusals: fault.InvalidRequest, fault.LimitExceeded; fault.AlreadyRecorded for the
// very same permission, fault.AlreadyExists for another of that id; fault.NotFound
// for the breach, a destination that nobody has, or a permission to withdraw that
// does not stand; fault.Closed when the breach holds nothing; fault.TimeAhead;
// fault.NotIndependent, fault.RoleRequired and fault.BadSignature as [Decide].
func AuthoriseBreach(tx *ledger.Tx, req AuthoriseRequest) (Permitted, error) {
	if _, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleQuality); err != nil {
		return Permitted{}, err
	}
	message, err := PermissionBytes(req.Statement)
	if err != nil {
		return Permitted{}, err
	}
	b, err := loadBreach(tx, req.Statement.Breach)
	if err != nil {
		return Permitted{}, fault.Of(err).At("/statement/breach")
	}
	if err := req.Statement.possible(tx, b, message); err != nil {
		return Permitted{}, err
	}
	by, err := req.Signer(tx, b.Quality, message, ledger.RoleQuality)
	if err != nil {
		return Permitted{}, err
	}
	if err := req.Statement.apply(tx, b); err != nil {
		return Permitted{}, err
	}
	id := scoped(b.Quality, req.Statement.ID)
	if err := b.step(tx, Step{
		Kind: StepPermitted, By: by, Time: req.Statement.Time, Reason: req.Statement.Reason, Statement: id, Meaning: req.Statement.Meaning,
	}); err != nil {
		return Permitted{}, err
	}
	permitted := Permitted{V: Version, Statement: req.Statement, Signed: req.By(tx, by, req.Statement.Time.Time())}
	if err := ledger.Store(tx, permissionKey(id), permitted); err != nil {
		return Permitted{}, err
	}
	return permitted, b.store(tx)
}

// possible refuses a permission that is on record, or that the breach or the time
// do not allow.
func (p Permission) possible(tx *ledger.Tx, b *Breach, message []byte) error {
	known, found, err := ledger.Load[Permitted](tx, permissionKey(scoped(b.Quality, p.ID)))
	if err != nil {
		return err
	}
	if found {
		if before, err := PermissionBytes(known.Statement); err == nil && bytes.Equal(before, message) {
			return fault.New(fault.AlreadyRecorded, "the permission is on record").With("transaction", known.Transaction)
		}
		return fault.New(fault.AlreadyExists, "another permission of %s has this id", b.Quality).With("transaction", known.Transaction).At("/statement/id")
	}
	now := evaluation.MomentOf(tx.Time())
	switch {
	case p.Time > evaluation.MomentOf(tx.Time().Add(skew)):
		return fault.New(fault.TimeAhead, "the permission is dated more than 15 minutes ahead").At("/statement/time")
	case p.Time < evaluation.MomentOf(b.Opened.Add(-skew)):
		return fault.New(fault.InvalidRequest, "the permission is dated before the breach").At("/statement/time")
	case !b.holdsAny():
		return fault.New(fault.Closed, "the breach holds nothing")
	case p.Until != 0 && (p.Until <= now || p.Until > now+yearMs):
		return fault.New(fault.InvalidRequest, "a permission ends after it is recorded, within a year").At("/statement/until")
	}
	return nil
}

// apply changes the permits of the hold.
func (p Permission) apply(tx *ledger.Tx, b *Breach) error {
	if p.Meaning == Withdraw {
		dropped, err := product.DropPermits(tx, b.ID, func(known product.Permit) bool {
			return known.ID == p.Permit && known.Purpose != product.ForRepacking // that is a decision's
		})
		if err == nil && dropped == 0 {
			return fault.New(fault.NotFound, "there is no permission %s of this breach", p.Permit).At("/statement/permit")
		}
		return err
	}
	permit := product.Permit{ID: scoped(b.Quality, p.ID), Purpose: p.Purpose, Until: p.Until.Time()}
	if p.Destination != "" {
		if err := goesTo(tx, &permit, p.Destination); err != nil {
			return err
		}
	}
	return product.AddPermit(tx, b.ID, permit)
}

// goesTo fills in the destination of a permit.
func goesTo(tx *ledger.Tx, permit *product.Permit, destination string) error {
	nobody := fault.New(fault.NotFound, "nobody on record is %q: a destination is an MSP id or a registered GLN", destination).At("/statement/destination")
	if id, err := gs1.Parse(destination); err == nil {
		found, err := participant.Parties(tx, []string{id.Path()})
		if err != nil {
			return err
		}
		if found[0].MSP == "" {
			return nobody
		}
		permit.Destination, permit.MSP = id.Path(), found[0].MSP
		return nil
	}
	organisation, err := participant.Load(tx, destination)
	if err != nil {
		return err
	}
	if organisation == nil {
		return nobody
	}
	permit.Destination, permit.MSP = destination, destination
	return nil
}
