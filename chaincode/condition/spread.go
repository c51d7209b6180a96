package condition

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Limits of what one transaction does of a spread.
const (
	// MaxSpread bounds the things that one transaction names and holds.
	MaxSpread = 500

	// looking bounds what it looks at beside, and spreadBytes what the
	// transaction reads and writes in all: a recording can open a breach in each
	// of 16 watches.
	looking     = 2000
	spreadBytes = 3 << 20
	perLook     = 250
	perLoad     = 25
	// maxStack bounds the containers in each other that are looked through:
	// events recorded late can make a circle.
	maxStack = 2 * product.MaxDepth
)

// Spread is how far what a breach affects has been found, named and, where the
// breach says so, put on hold: that can take several transactions ([SpreadBreach]).
// What is affected is what was with the device between From and To of the break:
// the objects of the watch, and what was in them then, at any depth, by the times
// of events and wherever it is now.
type Spread struct {
	// V is the schema version.
	V int `json:"v"`
	// Done says that nothing is left to be found.
	Done bool `json:"done"`
	// Affected is the number of things that the breach names so far. What is in a
	// container that is named is affected with it, and not counted.
	Affected int `json:"affected"`
	// From and To are those of the breach when the search began, and Holding says
	// what it held then.
	From    evaluation.Moment `json:"from"`
	To      evaluation.Moment `json:"to"`
	Holding string            `json:"holding,omitempty"`
	// Again says that the breach has changed since, and that all is looked
	// through once more.
	Again bool `json:"again,omitempty"`
	// Object is the number of objects of the watch that have been looked at, and
	// Stack the searches under way of containers in each other.
	Object int                  `json:"object,omitempty"`
	Stack  []product.StaySearch `json:"stack,omitempty"`
	// Lots says that the lots of the watch have been named and held.
	Lots bool `json:"lots,omitempty"`
	// Visit is how far the events at a place have been looked through, VisitObject
	// how many things of the next; Visited says that all have.
	Visit       []string `json:"visit,omitempty"`
	VisitObject int      `json:"visitObject,omitempty"`
	Visited     bool     `json:"visited,omitempty"`
	// Flat says that no object of the watch has ever contained anything: a longer
	// break affects nothing more.
	Flat bool `json:"flat,omitempty"`
}

func spreadKey(breach string) ledger.Key { return ledger.NewKey("spread", breach) }

func loadSpread(tx *ledger.Tx, breach string) (*Spread, error) {
	spread, found, err := ledger.Load[Spread](tx, spreadKey(breach))
	if err != nil || !found {
		return nil, err
	}
	return &spread, nil
}

// spreadFor returns the spread of a breach as it has to go on now.
func (b *Breach) spreadFor(tx *ledger.Tx) (*Spread, error) {
	known, err := loadSpread(tx, b.ID)
	switch {
	case err != nil:
		return nil, err
	case known == nil:
		return b.anew(0), nil
	case known.Holding != b.holding():
		return b.anew(known.Affected), nil
	case known.Done && (known.Flat || known.From == b.From && known.To == b.To):
		return known, nil // a longer break affects nothing more
	case !known.Done:
		known.Again = true
		return known, nil
	}
	return b.anew(known.Affected), nil
}

// anew is a spread from the beginning, of a breach that names so many things.
func (b *Breach) anew(affected int) *Spread {
	return &Spread{V: Version, From: b.From, To: b.To, Holding: b.holding(), Flat: true, Affected: affected}
}

// holding names what the breach holds of what it affects: all, nothing, or what
// some organisations have or own.
func (b *Breach) holding() string {
	switch {
	case b.Held:
		return "all"
	case !b.holdsAny():
		return ""
	}
	digest := sha256.Sum256([]byte(strings.Join(b.Disputers, "\x00")))
	return hex.EncodeToString(digest[:8])
}

// spreading is the work of one transaction on a spread.
type spreading struct {
	tx      *ledger.Tx
	breach  *Breach
	watch   *Watch
	spread  *Spread
	objects []gs1.ID
	things  int // named or held in this transaction
	looked  int
}

func (s *spreading) exhausted() bool {
	return s.things >= MaxSpread || s.looked >= looking || s.tx.Size() > spreadBytes
}

// run goes on until all is found or enough is done for one transaction.
func (s *spreading) run() error {
	for !s.spread.Done && !s.exhausted() {
		if err := s.step(); err != nil {
			return err
		}
		s.spread.Done = len(s.spread.Stack) == 0 && s.spread.Object >= len(s.objects) &&
			(s.watch.Place == "" || s.spread.Visited) && (s.spread.Lots || len(s.breach.lots(s.watch)) == 0)
		if !s.spread.Done || !s.spread.Again {
			continue
		}
		*s.spread = *s.breach.anew(s.spread.Affected)
	}
	return nil
}

// step looks at some things: in the innermost container under way, or else among
// the objects of the watch.
func (s *spreading) step() error {
	depth := len(s.spread.Stack)
	switch {
	case !s.spread.Lots && len(s.breach.lots(s.watch)) > 0:
		return s.exposeLots()
	case depth == 0 && s.spread.Object >= len(s.objects) && s.watch.Place != "":
		return s.stepVisit()
	case depth == 0:
		return s.stepObjects()
	}
	search := s.spread.Stack[depth-1]
	if search.Over() {
		s.spread.Stack = s.spread.Stack[:depth-1]
		return nil
	}
	present, next, err := search.Next(s.tx, perLook)
	if err != nil {
		return err
	}
	s.looked += perLook
	inner, at, err := s.look(present, false)
	if err != nil {
		return err
	}
	s.spread.Stack[depth-1] = next
	if inner != nil {
		s.spread.Stack[depth-1] = present[at].Next
		s.push(*inner)
	}
	return nil
}

// stepObjects looks at the next objects of the watch.
func (s *spreading) stepObjects() error {
	rest := s.objects[min(s.spread.Object, len(s.objects)):]
	n := min(len(rest), perLook, MaxSpread-s.things)
	present := s.all(rest[:n])
	s.looked += n
	inner, at, err := s.look(present, true)
	if err != nil {
		return err
	}
	s.spread.Object += n
	if inner != nil {
		s.spread.Object += at + 1 - n
		s.push(*inner)
	}
	return nil
}

// push goes into a container, unless that is looked through already.
func (s *spreading) push(inner product.StaySearch) {
	inside := slices.ContainsFunc(s.spread.Stack, func(f product.StaySearch) bool { return f.Container == inner.Container })
	if !inside && len(s.spread.Stack) < maxStack {
		s.spread.Stack = append(s.spread.Stack, inner)
	}
}

// look names and holds things that were there, up to the first that has to be
// looked into itself: it returns the search in that, and its place among them.
func (s *spreading) look(present []product.Presence, top bool) (inner *product.StaySearch, at int, err error) {
	var exposed []*product.Twin
	for part := range slices.Chunk(present, perLoad) {
		found, within, looked, err := s.lookAt(part, top)
		if err != nil {
			return nil, 0, err
		}
		exposed, at = append(exposed, found...), at+looked
		if within != nil {
			inner = within
			break
		}
	}
	return inner, at - 1, s.expose(exposed)
}

// lookAt looks at a few things, up to the first that has to be looked into.
func (s *spreading) lookAt(present []product.Presence, top bool) (exposed []*product.Twin, inner *product.StaySearch, looked int, err error) {
	ids := make([]gs1.ID, len(present))
	for i, p := range present {
		ids[i] = p.ID
	}
	twins, err := product.LoadTwins(s.tx, ids)
	if err != nil {
		return nil, nil, 0, err
	}
	for i, twin := range twins {
		if twin == nil {
			return nil, nil, 0, fault.New(fault.Internal, "the twin is missing").About(ids[i].Path())
		}
		p, there, err := s.there(present[i])
		if err != nil {
			return nil, nil, 0, err
		}
		if !there && twin.Contents == nil {
			continue
		}
		// A pallet that has left a place can have left there what it brought.
		itself, search, err := s.judge(twin, p, top)
		if err != nil {
			return nil, nil, 0, err
		}
		if itself && there {
			exposed = append(exposed, twin)
		}
		if search != nil {
			return exposed, search, i + 1, nil
		}
	}
	return exposed, nil, len(present), nil
}

// expose names the breach under things, and holds those that it holds.
func (s *spreading) expose(twins []*product.Twin) error {
	var seen []string // something can have been there twice
	twins = slices.DeleteFunc(twins, func(t *product.Twin) bool {
		twice := slices.Contains(seen, t.ID)
		seen = append(seen, t.ID)
		return twice
	})
	keys := make([]ledger.Key, len(twins))
	for i, t := range twins {
		keys[i] = breachOfKey(t.ID, s.breach.ID)
	}
	known, err := ledger.LoadMany[breachOf](s.tx, keys)
	if err != nil {
		return err
	}
	named := 0
	for i, t := range twins {
		if known[i] != nil {
			continue
		}
		named++
		if err := s.name(t); err != nil {
			return err
		}
	}
	held, err := s.breach.hold(s.tx, slices.DeleteFunc(twins, func(t *product.Twin) bool { return !s.breach.holds(t) }))
	s.things += max(named, held)
	return err
}

func (s *spreading) name(t *product.Twin) error { return s.nameThing(t.ID) }

func (s *spreading) nameThing(path string) error {
	s.spread.Affected++
	if err := ledger.Store(s.tx, breachOfKey(path, s.breach.ID), breachOf{V: Version}); err != nil {
		return err
	}
	return ledger.Store(s.tx, affectedKey(s.breach.ID, path), breachOf{V: Version})
}
