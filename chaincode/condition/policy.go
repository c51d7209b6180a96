package condition

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// Version is the schema version of the records of this package.
const Version = 1

// PolicyRef names one version of a policy.
type PolicyRef struct {
	// ID names the policy, with its organisation: "MSP/name".
	ID string `json:"id" jsonschema:"maxLength=200"`
	// Version counts from 1.
	Version int `json:"version"`
}

// Policy is one version of a policy. It never changes.
type Policy struct {
	// V is the schema version.
	V int `json:"v"`
	PolicyRef
	// Description is for people.
	Description string           `json:"description,omitempty"`
	Terms       evaluation.Terms `json:"terms"`
	Consequences
	// Owner is the MSP id of the organisation that defines its versions.
	Owner string `json:"owner"`
	// Defined is when, in ledger time, and Transaction by which.
	Defined     time.Time `json:"defined"`
	Transaction string    `json:"transaction"`
}

// policyHead says how many versions of a policy there are.
type policyHead struct {
	V       int `json:"v"`
	Version int `json:"version"`
}

func policyKey(ref PolicyRef) ledger.Key {
	return ledger.NewKey("policy", ref.ID, ledger.Number(uint64(max(ref.Version, 0))))
}

// DefinePolicyRequest is a new version of a policy.
type DefinePolicyRequest struct {
	// Name names the policy among those of the caller's organisation: 1 to 64
	// letters, digits, '.', '_' and '-'. Its id is "MSP/name".
	Name string `json:"name" jsonschema:"maxLength=64"`
	// Version is 1 for a new policy, and one more than the last otherwise.
	Version int `json:"version"`
	// Description is for people, at most 1,000 bytes.
	Description string `json:"description,omitempty" jsonschema:"maxLength=1000"`
	// Terms say what readings must be.
	Terms evaluation.Terms `json:"terms"`
	Consequences
}

func (r DefinePolicyRequest) check() error {
	if err := checkName(r.Name); err != nil {
		return fault.Of(err).At("/name")
	}
	if len(r.Description) > 1000 {
		return fault.New(fault.LimitExceeded, "a description has at most 1000 bytes").At("/description")
	}
	if pointer, text := r.Terms.Check(); text != "" {
		return fault.New(fault.InvalidRequest, "%s", text).At("/terms" + pointer)
	}
	if _, ok := gs1.UnitByCode(r.Terms.Unit); !ok {
		return fault.New(fault.InvalidRequest, "%q is no unit of UN/ECE Rec 20 that is known here; degrees Celsius are CEL", r.Terms.Unit).At("/terms/unit")
	}
	return r.Consequences.check()
}

// DefinePolicy puts a version of a policy on record, by an admin or a person of
// the quality unit. A version never changes. A policy is of the organisation that
// defines it, and its id says so: names do not meet.
//
// Refusals: fault.InvalidRequest, fault.LimitExceeded; fault.AlreadyRecorded
// when the very same version is on record, fault.AlreadyExists when another is;
// fault.OutOfSequence when the version is not the next.
func DefinePolicy(tx *ledger.Tx, req DefinePolicyRequest) (Policy, error) {
	caller, err := participant.Require(tx, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return Policy{}, err
	}
	if err := req.check(); err != nil {
		return Policy{}, err
	}
	policy := Policy{
		V: Version, PolicyRef: PolicyRef{ID: scoped(caller.MSP, req.Name), Version: req.Version}, Description: req.Description,
		Terms: req.Terms, Consequences: req.Consequences, Owner: caller.MSP, Defined: tx.Time(), Transaction: tx.ID(),
	}
	headKey := ledger.NewKey("policyhead", policy.ID)
	head, _, err := ledger.Load[policyHead](tx, headKey)
	if err != nil {
		return Policy{}, err
	}
	switch {
	case req.Version >= 1 && req.Version <= head.Version:
		return Policy{}, policy.repeated(tx)
	case req.Version != head.Version+1:
		return Policy{}, fault.New(fault.OutOfSequence, "the next version of policy %s is %d", policy.ID, head.Version+1).At("/version")
	}
	if err := ledger.Store(tx, headKey, policyHead{V: Version, Version: req.Version}); err != nil {
		return Policy{}, err
	}
	return policy, ledger.Store(tx, policyKey(policy.PolicyRef), policy)
}

// repeated says whether the version on record is the same as p.
func (p Policy) repeated(tx *ledger.Tx) error {
	known, err := loadPolicy(tx, p.PolicyRef)
	if err != nil {
		return err
	}
	again := p
	again.Defined, again.Transaction = known.Defined, known.Transaction
	a, errA := json.Marshal(again)
	b, errB := json.Marshal(known)
	if errA == nil && errB == nil && bytes.Equal(a, b) {
		return fault.New(fault.AlreadyRecorded, "this version is on record").With("transaction", known.Transaction).At("/version")
	}
	return fault.New(fault.AlreadyExists, "version %d of policy %s is on record with other terms; a version never changes", p.Version, p.ID).At("/version")
}

func loadPolicy(tx *ledger.Tx, ref PolicyRef) (*Policy, error) {
	policy, found, err := ledger.Load[Policy](tx, policyKey(ref))
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.New(fault.NotFound, "there is no version %d of a policy %q", ref.Version, ref.ID)
	}
	return &policy, nil
}

// ReadPolicy returns a version of a policy, or fault.NotFound. Anyone may.
func ReadPolicy(tx *ledger.Tx, req PolicyRef) (Policy, error) {
	policy, err := loadPolicy(tx, req)
	if err != nil {
		return Policy{}, err
	}
	return *policy, nil
}
