package participant

import (
	"slices"
	"strings"
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

func (g *grant) holds(at time.Time) bool { return g != nil && runs(g.From, g.To, at) }

// runs reports whether a term includes an instant: from its first on, up to and
// without its last; zero stands for no bound.
func runs(from, to, at time.Time) bool {
	return !at.Before(from) && (to.IsZero() || at.Before(to))
}

// holdsAlone reports whether an organisation holds a class at an instant by a licence
// of its own that no other's divides: whatever is stronger lies inside, and so is its
// own, too. No says nothing.
func (p *Participant) holdsAlone(class gs1.ID, at time.Time) bool {
	return p != nil && p.V >= organisationVersion && slices.ContainsFunc(p.Licences, func(l Licence) bool {
		return l.includes(class) && runs(l.From, l.To, at) && !slices.Contains(p.Divided, l.name())
	})
}

// includes reports whether a class is under a licence.
func (l Licence) includes(class gs1.ID) bool {
	if l.Key != "" {
		return l.Key == class.Path()
	}
	return strings.HasPrefix(class.LicenceDigits(), l.Prefix)
}

func (l Licence) key() ledger.Key { return grantKey(l.name()) }

// grantKey returns the index key of a scope: a prefix, which is digits, or the
// path of a single key, which begins with a slash.
func grantKey(scope string) ledger.Key {
	if strings.HasPrefix(scope, "/") {
		return ledger.NewKey("licencekey", scope)
	}
	return ledger.NewKey("licence", scope)
}

// Licensee returns the organisation that holds the licence for an identifier
// now.
func Licensee(tx *ledger.Tx, id gs1.ID) (msp string, found bool, err error) {
	msps, err := Licensees(tx, []gs1.ID{id})
	if err != nil {
		return "", false, err
	}
	return msps[0], msps[0] != "", nil
}

// Licensees returns, for each identifier, the organisation that holds the
// licence for it, "" where there is none: the holder of the single key if there
// is one, else of the longest company prefix, each only while the licence runs.
// Time is the ledger's, not the event's, so that back-dating an event does not
// revive a licence. All are read in one trip, and identifiers of one class cost
// no more than one of them.
//
// Others than the holder may commission by delegation: see [Rights].
func Licensees(tx *ledger.Tx, ids []gs1.ID) ([]string, error) {
	found, classOf := register(ids)
	if err := found.read(tx); err != nil {
		return nil, err
	}
	holders := make([]string, len(found.chains))
	for i := range found.chains {
		holders[i] = found.holder(i, tx.Time())
	}
	msps := make([]string, len(ids))
	for i, class := range classOf {
		msps[i] = holders[class]
	}
	return msps, nil
}

// licences are those that some classes, or scopes of a delegation, may stand
// under.
type licences struct {
	scopes []string       // each once
	at     map[string]int // their places in scopes
	chains [][]int        // for each class its scopes, the strongest first
	grants []*grant       // for each scope, once read
}

// register lists the classes of identifiers, each once, and says of which each
// identifier is.
func register(ids []gs1.ID) (*licences, []int) {
	l := &licences{at: map[string]int{}}
	known := map[gs1.ID]int{}
	classOf := make([]int, len(ids))
	for i, id := range ids {
		class := id.Class()
		n, ok := known[class]
		if !ok {
			n = l.add(class.Path(), class.LicenceDigits())
			known[class] = n
		}
		classOf[i] = n
	}
	return l, classOf
}

// add adds a class or scope: the path of a single key, "" for none, and the
// digits with which it begins.
func (l *licences) add(key, digits string) int {
	var chain []int
	if key != "" {
		chain = append(chain, l.place(key))
	}
	for n := min(maxPrefix, len(digits)); n >= minPrefix; n-- {
		chain = append(chain, l.place(digits[:n]))
	}
	l.chains = append(l.chains, chain)
	return len(l.chains) - 1
}

func (l *licences) place(scope string) int {
	at, ok := l.at[scope]
	if !ok {
		at = len(l.scopes)
		l.at[scope] = at
		l.scopes = append(l.scopes, scope)
	}
	return at
}

// read reads all licences in one trip.
func (l *licences) read(tx *ledger.Tx) (err error) {
	keys := make([]ledger.Key, len(l.scopes))
	for i, scope := range l.scopes {
		keys[i] = grantKey(scope)
	}
	l.grants, err = ledger.LoadMany[grant](tx, keys)
	return err
}

// holder returns who holds a class at an instant, "" when nobody does.
func (l *licences) holder(class int, at time.Time) string {
	for _, scope := range l.chains[class] {
		if g := l.grants[scope]; g.holds(at) {
			return g.MSP
		}
	}
	return ""
}

// within returns the scopes of a class that lie in a licence which its holder
// has at an instant: those to which the holder can delegate it.
func (l *licences) within(class int, holder string, at time.Time) []string {
	var scopes []string
	chain := l.chains[class]
	last := len(chain) - 1
	for ; last >= 0; last-- {
		if g := l.grants[chain[last]]; g.holds(at) && g.MSP == holder {
			break
		}
	}
	for _, scope := range chain[:last+1] {
		scopes = append(scopes, l.scopes[scope])
	}
	return scopes
}
