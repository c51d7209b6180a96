package participant

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Delegation lets an organisation commission GS1 keys under a licence that
// another holds: a contract manufacturer, a repackager, or one company under a
// prefix that a national GS1 organisation shares out key by key. What it counts
// for at an instant, [Rights] says.
type Delegation struct {
	// V is the schema version.
	V int `json:"v"`
	// Holder is the MSP id of the organisation that delegated.
	Holder string `json:"holder"`
	// Delegate is the MSP id of the organisation that may commission, too.
	Delegate string `json:"delegate"`
	// Prefix is what the keys begin with: the holder's company prefix or a
	// longer one. Exactly one of Prefix and Key is set.
	Prefix string `json:"prefix,omitempty"`
	// Key is a single key, "/01/09506000134352".
	Key string `json:"key,omitempty"`
	// From is when the delegation begins, in ledger time; absent: always.
	From time.Time `json:"from,omitzero"`
	// To is when it has ended, in ledger time; absent: never.
	To time.Time `json:"to,omitzero"`
	// Reason is for people.
	Reason string `json:"reason,omitempty"`
	// Recorded is the ledger time at which it was given this form.
	Recorded time.Time `json:"recorded"`
	// Ended is set once the holder has ended it.
	Ended *DelegationEnd `json:"ended,omitempty"`
}

// DelegationEnd says when a holder ended a delegation.
type DelegationEnd struct {
	// Time is the ledger time from which on it counts no longer.
	Time time.Time `json:"time"`
	// Reason is for people.
	Reason string `json:"reason"`
}

func (d *Delegation) runs(at time.Time) bool { return d.Ended == nil && runs(d.From, d.To, at) }

func (d *Delegation) scope() Licence { return Licence{Prefix: d.Prefix, Key: d.Key} }

func delegationKey(holder, delegate, scope string) ledger.Key {
	return ledger.NewKey("delegation", holder, delegate, scope)
}

// delegated is the index by which a delegate finds what it may commission.
type delegated struct {
	V int `json:"v"`
}

func delegatedKey(delegate, holder, scope string) ledger.Key {
	return ledger.NewKey("delegated", delegate, holder, scope)
}

// DelegateRequest says who may commission what.
type DelegateRequest struct {
	// Prefix is a GS1 company prefix that the caller's organisation holds, or
	// a longer one within it, 4 to 12 digits. Exactly one of Prefix and Key is
	// set.
	Prefix string `json:"prefix,omitempty"`
	// Key is a single key within what the caller's organisation holds, such as
	// a GTIN, in any GS1 form.
	Key string `json:"key,omitempty"`
	// Delegate is the MSP id of the organisation that may commission, too.
	Delegate string `json:"delegate"`
	// From is when that begins, in ledger time; absent: always.
	From time.Time `json:"from,omitzero"`
	// To is when it has ended, in ledger time; absent: never.
	To time.Time `json:"to,omitzero"`
	// Reason is for people, such as the number of a contract; at most 200
	// bytes.
	Reason string `json:"reason,omitempty"`
}

// Delegate lets another organisation commission under a licence of the
// caller's, by an admin. It takes no vote: the right is the holder's own, and it
// loses none of it. The delegation of the same prefix or key to the same
// organisation is replaced, an ended one revived. Several may be delegates of
// the same.
//
// The holder must hold the prefix or key when the delegation begins, or now if
// that is later. A delegate holds nothing and cannot delegate on.
//
// Refusals: fault.NotParticipant, fault.ReaderOnly and fault.RoleRequired for
// the caller; fault.InvalidRequest, also for a delegate that is the caller or a
// reader and for a term that is over; fault.InvalidIdentifier; fault.NotFound
// for a delegate that is not on record; fault.NotLicensee (detail licensee, if
// there is one) for what the caller does not hold.
func Delegate(tx *ledger.Tx, req DelegateRequest) (Delegation, error) {
	caller, err := Require(tx, ledger.RoleAdmin)
	if err != nil {
		return Delegation{}, err
	}
	scope, err := Licence{Prefix: req.Prefix, Key: req.Key, From: req.From, To: req.To}.normal()
	switch {
	case err != nil:
		return Delegation{}, err
	case len(req.Reason) > MaxName:
		return Delegation{}, fault.New(fault.InvalidRequest, "a reason has at most %d bytes", MaxName).At("/reason")
	case !scope.To.IsZero() && !tx.Time().Before(scope.To):
		return Delegation{}, fault.New(fault.InvalidRequest, "this delegation would be over: it is %s", tx.Time().Format(time.RFC3339)).At("/to")
	}
	if err := mayBeDelegate(tx, caller.MSP, req.Delegate); err != nil {
		return Delegation{}, err
	}
	if err := requireHolder(tx, caller.MSP, scope); err != nil {
		return Delegation{}, err
	}
	d := Delegation{
		V: Version, Holder: caller.MSP, Delegate: req.Delegate, Prefix: scope.Prefix, Key: scope.Key,
		From: scope.From, To: scope.To, Reason: req.Reason, Recorded: tx.Time(),
	}
	if err := ledger.Store(tx, delegatedKey(d.Delegate, d.Holder, scope.name()), delegated{V: Version}); err != nil {
		return Delegation{}, err
	}
	return d, ledger.Store(tx, delegationKey(d.Holder, d.Delegate, scope.name()), d)
}

func mayBeDelegate(tx *ledger.Tx, holder, delegate string) error {
	if !mspForm.MatchString(delegate) || delegate == holder {
		return fault.New(fault.InvalidRequest, "name another organisation by its MSP id").At("/delegate")
	}
	switch found, err := Load(tx, delegate); {
	case err != nil:
		return err
	case found == nil:
		return fault.New(fault.NotFound, "%s is not on record: have its admission proposed and approved", delegate).At("/delegate")
	case found.Reader:
		return fault.New(fault.InvalidRequest, "%s is a reader and commissions nothing", delegate).At("/delegate")
	}
	return nil
}

// requireHolder refuses a scope that an organisation does not hold at the
// beginning of its term, or now if that is later.
func requireHolder(tx *ledger.Tx, msp string, scope Licence) error {
	at := tx.Time()
	if scope.From.After(at) {
		at = scope.From
	}
	found := &licences{at: map[string]int{}}
	class := found.add(scope.Key, scope.digits())
	if err := found.read(tx); err != nil {
		return err
	}
	holder := found.holder(class, at)
	if holder == msp {
		return nil
	}
	field := "/prefix"
	if scope.Key != "" {
		field = "/key"
	}
	refusal := fault.New(fault.NotLicensee, "%s does not hold %s", msp, scope.name()).At(field)
	if holder != "" {
		refusal = refusal.With("licensee", holder)
	}
	return refusal
}

// EndDelegationRequest names a delegation of the caller's organisation.
type EndDelegationRequest struct {
	// Prefix is the prefix that was delegated. Exactly one of Prefix and Key is
	// set.
	Prefix string `json:"prefix,omitempty"`
	// Key is the single key that was delegated, in any GS1 form.
	Key string `json:"key,omitempty"`
	// Delegate is the MSP id of the organisation that shall commission no more.
	Delegate string `json:"delegate"`
	// Reason is for people, 1 to 200 bytes.
	Reason string `json:"reason"`
}

// EndDelegation ends a delegation from now on, by an admin of the organisation
// that gave it. What the delegate has commissioned stays as it is. A delegation
// of something longer, or of a single key, is one of its own and stays.
//
// Refusals: those of [Require], fault.InvalidRequest, fault.InvalidIdentifier,
// fault.NotFound, and fault.Closed when it has ended or its term is over.
func EndDelegation(tx *ledger.Tx, req EndDelegationRequest) (Delegation, error) {
	caller, err := Require(tx, ledger.RoleAdmin)
	if err != nil {
		return Delegation{}, err
	}
	scope, err := Licence{Prefix: req.Prefix, Key: req.Key}.normal()
	switch {
	case err != nil:
		return Delegation{}, err
	case req.Reason == "" || len(req.Reason) > MaxName:
		return Delegation{}, fault.New(fault.InvalidRequest, "give a reason of 1 to %d bytes", MaxName).At("/reason")
	}
	key := delegationKey(caller.MSP, req.Delegate, scope.name())
	switch d, found, err := ledger.Load[Delegation](tx, key); {
	case err != nil:
		return Delegation{}, err
	case !found:
		return Delegation{}, fault.New(fault.NotFound, "%s has not delegated %s to %s", caller.MSP, scope.name(), req.Delegate)
	case d.Ended != nil, !d.To.IsZero() && !tx.Time().Before(d.To):
		return Delegation{}, fault.New(fault.Closed, "this delegation has ended")
	default:
		d.Ended = &DelegationEnd{Time: tx.Time(), Reason: req.Reason}
		return d, ledger.Store(tx, key, d)
	}
}
