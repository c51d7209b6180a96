package condition

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// DecideRequest carries a decision, signed by the person who takes it.
type DecideRequest struct {
	// Statement is what is signed.
	Statement Statement `json:"statement"`
	// Certificate is the signer's, X.509 DER in base64.
	Certificate string `json:"certificate"`
	// Intermediates lead from it to a root of the owner's organisation, X.509
	// DER in base64, at most 3; absent when a root issued it.
	Intermediates []string `json:"intermediates,omitempty"`
	// Signature is over the statement's canonical bytes (RFC 8785; see
	// DecisionBytes): ECDSA on P-256 with SHA-256, ASN.1 DER in base64, low s.
	Signature string `json:"signature"`
}

// DecideResponse is the breach as the decision leaves it.
type DecideResponse struct {
	Decision Decision `json:"decision"`
	Breach   Breach   `json:"breach"`
	// Released is the number of objects whose hold was lifted.
	Released int `json:"released"`
}

func decisionKey(id string) ledger.Key { return ledger.NewKey("decision", id) }

// Decide settles a breach by the signature of a person of the quality unit of
// the objects' owner: release lifts the breach's hold, reject leaves it. Who
// submits it need not be who signed it: an operator, admin or person of the
// quality unit of any organisation may.
//
// The owner is that of all the watch's objects now; when they have several, the
// one at the start of the watch.
//
// Refusals: fault.InvalidRequest, fault.LimitExceeded; fault.AlreadyRecorded for
// the very same statement, fault.AlreadyExists for another of that id;
// fault.NotFound; fault.Closed when the breach is decided; fault.TimeAhead;
// fault.NotIndependent for a signer of another organisation, or who submitted
// the readings; fault.RoleRequired; fault.BadSignature.
func Decide(tx *ledger.Tx, req DecideRequest) (DecideResponse, error) {
	if _, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleQuality); err != nil {
		return DecideResponse{}, err
	}
	breach, err := req.open(tx)
	if err != nil {
		return DecideResponse{}, err
	}
	watch, err := loadWatch(tx, breach.Watch)
	if err != nil {
		return DecideResponse{}, err
	}
	twins, err := watch.twins(tx)
	if err != nil {
		return DecideResponse{}, err
	}
	signer, err := req.signer(tx, watch.quality(twins))
	if err != nil {
		return DecideResponse{}, err
	}
	if slices.ContainsFunc(breach.Submitters, signer.same) {
		return DecideResponse{}, fault.New(fault.NotIndependent, "%s submitted readings of this breach: another person decides", signer.Subject).At("/certificate")
	}
	response := DecideResponse{Breach: *breach}
	response.Decision = Decision{
		V: Version, Statement: req.Statement, By: signer, Certificate: req.Certificate, Signature: req.Signature,
		Late: req.Statement.Time < evaluation.MomentOf(tx.Time().Add(-skew)), Recorded: tx.Time(), Transaction: tx.ID(),
	}
	response.Breach.State, response.Breach.Decision = StateDecided, req.Statement.ID
	return response, response.store(tx)
}

// open returns the breach if the statement may be recorded of it.
func (r DecideRequest) open(tx *ledger.Tx) (*Breach, error) {
	s := r.Statement
	if err := s.check(); err != nil {
		return nil, err
	}
	if len(r.Intermediates) > maxIntermediates {
		return nil, fault.New(fault.LimitExceeded, "at most %d certificates lead to a root", maxIntermediates).At("/intermediates")
	}
	if err := s.unrecorded(tx); err != nil {
		return nil, err
	}
	breach, err := loadBreach(tx, s.Breach)
	if err != nil {
		return nil, fault.Of(err).At("/statement/breach")
	}
	switch {
	case breach.State != StateOpen:
		return nil, fault.New(fault.Closed, "the breach is settled by decision %s", breach.Decision).With("decision", breach.Decision)
	case s.Time > evaluation.MomentOf(tx.Time().Add(skew)):
		return nil, fault.New(fault.TimeAhead, "the decision is dated more than 15 minutes ahead").At("/statement/time")
	case s.Time < evaluation.MomentOf(breach.Opened.Add(-skew)):
		return nil, fault.New(fault.InvalidRequest, "the decision is dated before the breach was opened").At("/statement/time")
	}
	return breach, nil
}

// unrecorded refuses a statement whose id is taken.
func (s Statement) unrecorded(tx *ledger.Tx) error {
	known, found, err := ledger.Load[Decision](tx, decisionKey(s.ID))
	switch {
	case err != nil || !found:
		return err
	case known.Statement == s:
		return fault.New(fault.AlreadyRecorded, "the decision is on record").With("transaction", known.Transaction)
	}
	return fault.New(fault.AlreadyExists, "another decision has this id").With("transaction", known.Transaction).At("/statement/id")
}

// twins returns the twins of the watch's objects.
func (w *Watch) twins(tx *ledger.Tx) ([]*product.Twin, error) {
	ids, err := w.objects(tx)
	if err != nil {
		return nil, err
	}
	twins, err := product.LoadTwins(tx, ids)
	if err != nil {
		return nil, err
	}
	for i, twin := range twins {
		if twin == nil {
			return nil, fault.New(fault.Internal, "the twin is missing").About(ids[i].Path())
		}
	}
	return twins, nil
}

// quality returns the organisation whose quality unit decides.
func (w *Watch) quality(twins []*product.Twin) string {
	for _, twin := range twins {
		if twin.Owner != twins[0].Owner {
			return w.Owner
		}
	}
	return twins[0].Owner
}

func (r *DecideResponse) store(tx *ledger.Tx) error {
	if r.Breach.Held && r.Decision.Statement.Meaning == Release {
		var err error
		if r.Released, _, err = r.Breach.release(tx, r.Decision.By); err != nil {
			return err
		}
	}
	if err := ledger.Store(tx, decisionKey(r.Decision.Statement.ID), r.Decision); err != nil {
		return err
	}
	return ledger.Store(tx, breachKey(r.Breach.ID), r.Breach)
}
