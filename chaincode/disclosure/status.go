package disclosure

import (
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// State is what has become of a request.
type State string

// The states, the first that holds, from the last of these to the first.
const (
	// Requested: not all have consented.
	Requested State = "requested"
	// Approved: all have, and it can be delivered.
	Approved State = "approved"
	// Delivered: that it was is on record.
	Delivered State = "delivered"
	// Expired: its time is over, whatever was delivered.
	Expired State = "expired"
	// Refused: one at least did not consent.
	Refused State = "refused"
	// Revoked: no delivery any more.
	Revoked State = "revoked"
	// Erased: what was delivered is gone.
	Erased State = "erased"
)

// Status is a request and all that became of it.
type Status struct {
	Disclosure
	// State is computed, as of the time of the transaction that asks.
	State State `json:"state"`
	// Votes are those on record, by MSP id; Missing whose votes are not.
	Votes   []Consent `json:"votes"`
	Missing []string  `json:"missing,omitempty"`
	// Delivery, Acknowledgement, Revocation and Erasure are the steps on record.
	Delivery        *Delivery        `json:"delivery,omitempty"`
	Acknowledgement *Acknowledgement `json:"acknowledgement,omitempty"`
	Revocation      *Revocation      `json:"revocation,omitempty"`
	Erasure         *Erasure         `json:"erasure,omitempty"`
}

// consented reports whether everybody has consented.
func (s *Status) consented() bool {
	return len(s.Missing) == 0 && !slices.ContainsFunc(s.Votes, func(v Consent) bool { return !v.Approve })
}

// settle computes the state from the steps.
func (s *Status) settle(now time.Time) {
	s.Missing = nil
	for _, msp := range s.Voters {
		if !slices.ContainsFunc(s.Votes, func(v Consent) bool { return v.MSP == msp }) {
			s.Missing = append(s.Missing, msp)
		}
	}
	switch {
	case s.Erasure != nil:
		s.State = Erased
	case s.Revocation != nil:
		s.State = Revoked
	case slices.ContainsFunc(s.Votes, func(v Consent) bool { return !v.Approve }):
		s.State = Refused
	case !now.Before(s.Until):
		s.State = Expired
	case s.Delivery != nil:
		s.State = Delivered
	case len(s.Missing) == 0:
		s.State = Approved
	default:
		s.State = Requested
	}
}

// unconsented says why there is no delivery: NotConsented, with the state and whose
// votes are missing as details.
func (s *Status) unconsented() error {
	refused := fault.New(fault.NotConsented, "the disclosure is %s, not approved", s.State).With("state", string(s.State))
	if len(s.Missing) > 0 {
		refused = refused.With("missing", strings.Join(s.Missing, ","))
	}
	return refused
}

// load returns what was asked, or fault.NotFound.
func load(tx *ledger.Tx, id string) (Disclosure, error) {
	d, found, err := ledger.Load[Disclosure](tx, disclosureKey(id))
	if err != nil {
		return Disclosure{}, err
	}
	if !found {
		return Disclosure{}, fault.New(fault.NotFound, "there is no request of this id").At("/request")
	}
	return d, nil
}

// loadStatus returns a request with its steps, or fault.NotFound.
func loadStatus(tx *ledger.Tx, id string) (*Status, error) {
	d, err := load(tx, id)
	if err != nil {
		return nil, err
	}
	all, err := loadSteps(tx, []Disclosure{d})
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// fixedSteps is how many keys of steps a request has beside its votes.
const fixedSteps = 4

func (d Disclosure) stepKeys() []ledger.Key {
	keys := []ledger.Key{deliveredKey(d.ID), acknowledgedKey(d.ID), revocationKey(d.ID), erasedKey(d.ID)}
	for _, msp := range d.Voters {
		keys = append(keys, consentKey(d.ID, msp))
	}
	return keys
}

// loadSteps reads what became of several requests, in one trip.
func loadSteps(tx *ledger.Tx, asked []Disclosure) ([]Status, error) {
	var keys []ledger.Key
	for _, d := range asked {
		keys = append(keys, d.stepKeys()...)
	}
	values, err := tx.GetMany(keys)
	if err != nil {
		return nil, err
	}
	all := make([]Status, len(asked))
	for i, d := range asked {
		n := fixedSteps + len(d.Voters)
		all[i] = Status{Disclosure: d, Votes: []Consent{}}
		if err := all[i].decode(keys[:n], values[:n]); err != nil {
			return nil, err
		}
		all[i].settle(tx.Time())
		keys, values = keys[n:], values[n:]
	}
	return all, nil
}

func (s *Status) decode(keys []ledger.Key, values [][]byte) (err error) {
	if s.Delivery, err = step[Delivery](keys[0], values[0]); err != nil {
		return err
	}
	if s.Acknowledgement, err = step[Acknowledgement](keys[1], values[1]); err != nil {
		return err
	}
	if s.Revocation, err = step[Revocation](keys[2], values[2]); err != nil {
		return err
	}
	if s.Erasure, err = step[Erasure](keys[3], values[3]); err != nil {
		return err
	}
	for i := fixedSteps; i < len(keys); i++ {
		vote, err := step[Consent](keys[i], values[i])
		if err != nil {
			return err
		}
		if vote != nil {
			s.Votes = append(s.Votes, *vote)
		}
	}
	return nil
}

// step decodes a step, nil when there is none.
func step[T any](key ledger.Key, value []byte) (*T, error) {
	if value == nil {
		return nil, nil //nolint:nilnil // no step is no failure
	}
	decoded, err := ledger.Decode[T](key, value)
	return &decoded, err
}
