package participant

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Lengths of a GS1 company prefix, in digits. EPC URNs start at 6; shorter ones
// exist in keys written as digits.
const (
	minPrefix = 4
	maxPrefix = 12
)

// grant is the index from a prefix or key to the organisation that holds it.
type grant struct {
	V    int       `json:"v"`
	MSP  string    `json:"msp"`
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

func (g *grant) holds(at time.Time) bool {
	return g != nil && !at.Before(g.From) && (g.To.IsZero() || at.Before(g.To))
}

func (l Licence) key() ledger.Key {
	if l.Key != "" {
		return ledger.NewKey("licencekey", l.Key)
	}
	return ledger.NewKey("licence", l.Prefix)
}

// Licensee returns the organisation that may commission an identifier now.
func Licensee(tx *ledger.Tx, id gs1.ID) (msp string, found bool, err error) {
	msps, err := Licensees(tx, []gs1.ID{id})
	if err != nil {
		return "", false, err
	}
	return msps[0], msps[0] != "", nil
}

// Licensees returns, for each identifier, the organisation that may commission
// it, "" where there is none: the holder of the single key if there is one,
// else of the longest company prefix, each only while the licence runs. Time is
// the ledger's, not the event's, so that back-dating an event does not revive
// a licence. All are read in one trip, and identifiers of one class cost no
// more than one of them.
func Licensees(tx *ledger.Tx, ids []gs1.ID) ([]string, error) {
	var keys []ledger.Key
	candidates := make([][]int, len(ids)) // into keys, the strongest first
	place := map[ledger.Key]int{}
	for i, id := range ids {
		for _, key := range licenceKeys(id) {
			at, ok := place[key]
			if !ok {
				at = len(keys)
				place[key] = at
				keys = append(keys, key)
			}
			candidates[i] = append(candidates[i], at)
		}
	}
	grants, err := ledger.LoadMany[grant](tx, keys)
	if err != nil {
		return nil, err
	}
	msps := make([]string, len(ids))
	for i := range ids {
		for _, at := range candidates[i] {
			if grants[at].holds(tx.Time()) {
				msps[i] = grants[at].MSP
				break
			}
		}
	}
	return msps, nil
}

// licenceKeys returns the index keys under which an identifier may be licensed,
// the strongest first.
func licenceKeys(id gs1.ID) []ledger.Key {
	keys := []ledger.Key{Licence{Key: id.Class().Path()}.key()}
	digits := id.LicenceDigits()
	for n := min(maxPrefix, len(digits)); n >= minPrefix; n-- {
		keys = append(keys, Licence{Prefix: digits[:n]}.key())
	}
	return keys
}
