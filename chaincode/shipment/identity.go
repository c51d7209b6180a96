package shipment

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// alias is the index from an organisation's own event id to the event's hash.
type alias struct {
	V     int    `json:"v"`
	Event string `json:"event"` // 64 hexadecimal digits
}

// aliasKey names an event id by its hash: it may be any URI, of any length.
func aliasKey(msp, eventID string) ledger.Key {
	digest := sha256.Sum256([]byte(eventID))
	return ledger.NewKey("alias", msp, hex.EncodeToString(digest[:]))
}

func (c *capture) storeAlias(p *plan) error {
	if p.body.EventID == "" || p.body.ErrorDeclaration != nil {
		return nil
	}
	return ledger.Store(c.tx, aliasKey(c.caller, p.body.EventID), alias{V: product.Version, Event: p.event.Ref.Hash})
}

// identify finds out which events are on record, and refuses those that are
// there in another form.
func (c *capture) identify() error {
	if err := c.twiceInDocument(); err != nil {
		return err
	}
	known, err := c.loadKnown()
	if err != nil {
		return err
	}
	fresh := 0
	originals := map[product.Ref]*original{}
	for i, p := range c.plans {
		identify := p.identify
		if p.event.Ref.Declaration != "" {
			identify = p.identifyDeclaration
		}
		if err := identify(c.caller, known[i]); err != nil {
			return p.refuse(err)
		}
		if p.repeats == nil {
			fresh++
		}
		if p.original != nil { // several declarations may be about one
			if before := originals[p.original.ref]; before != nil {
				p.original = before
			}
			originals[p.original.ref] = p.original
		}
	}
	if fresh == 0 {
		p := c.plans[0]
		return p.refuse(fault.New(fault.AlreadyRecorded, "the document is on record").
			With("transaction", p.repeats.Transaction).With("event", p.repeats.Event).With("recordedBy", p.repeats.RecordedBy))
	}
	return nil
}

func (c *capture) twiceInDocument() error {
	type said struct{ hash, declaration string }
	events, ids := map[said]int{}, map[string]int{}
	for i, p := range c.plans {
		event := said{p.event.Ref.Hash, p.event.Ref.Declaration}
		if first, twice := events[event]; twice {
			return p.refuse(fault.New(fault.DuplicateContent, "the document says the same in event %d", first))
		}
		// An event with an error declaration keeps the id of the event.
		if first, twice := ids[p.body.EventID]; twice && p.body.EventID != "" && c.plans[first].event.Ref.Hash != event.hash {
			return p.refuse(fault.New(fault.EventIDConflict, "event %d of the document has this eventID too", first).At("/eventID"))
		}
		events[event], ids[p.body.EventID] = i, i
	}
	return nil
}

// known is what the ledger holds about an event.
type known struct {
	first *product.EventRecord // of the first organisation that recorded it
	own   *product.EventRecord // of the caller's, when it was a later one
	alias *alias               // of its event id, at the caller's organisation
	again *product.EventRecord // with the same error declaration
}

// names are what the events of a document could be known by.
type names struct {
	// refs are the first recordings of the events in rare, and the recordings of those
	// in declarations: the caller's own, and that with the error declaration.
	refs               []product.Ref
	rare, declarations []int
	// days are those on which events of the document happened, each once: see
	// [product.BesideKey]. dayOf says of each event which it is.
	days    []ledger.Key
	dayOf   []int
	aliases []ledger.Key
	named   []int // the events that have an id
}

// name says what is looked for at once. Nearly all events are about objects whose
// histories tell that they are not on record: see [capture.loadRest].
func (c *capture) name() (n names) {
	at := map[ledger.Key]int{} // of days
	for i, p := range c.plans {
		if p.body.EventID != "" {
			n.named, n.aliases = append(n.named, i), append(n.aliases, aliasKey(c.caller, p.body.EventID))
		}
		day := product.BesideKey(c.caller, p.event)
		if _, known := at[day]; !known {
			at[day] = len(n.days)
			n.days = append(n.days, day)
		}
		n.dayOf = append(n.dayOf, at[day])
		if !p.ofObjects() {
			n.rare = append(n.rare, i)
		}
		if p.event.Ref.Declaration != "" {
			n.declarations = append(n.declarations, i)
		}
	}
	for _, i := range n.rare {
		n.refs = append(n.refs, c.firstRef(i))
	}
	for _, i := range n.declarations {
		n.refs = append(n.refs, c.ownRef(i), c.plans[i].event.Ref)
	}
	return n
}

func (c *capture) firstRef(i int) product.Ref { return product.Ref{Hash: c.plans[i].event.Ref.Hash} }

func (c *capture) ownRef(i int) product.Ref {
	return product.Ref{Hash: c.plans[i].event.Ref.Hash, By: c.caller}
}

// ofObjects reports whether the event is about single objects alone, and no error
// declaration.
func (p *plan) ofObjects() bool {
	return len(p.items) > 0 && len(p.lines) == 0 && p.event.Ref.Declaration == ""
}

func (c *capture) loadKnown() ([]known, error) {
	n := &c.names
	events, err := product.LoadEvents(c.tx, n.refs)
	if err != nil {
		return nil, err
	}
	aliases, err := ledger.LoadMany[alias](c.tx, n.aliases)
	if err != nil {
		return nil, err
	}
	found := make([]known, len(c.plans))
	for i, at := range n.rare {
		found[at].first = events[i]
	}
	for i, at := range n.declarations {
		declared := events[len(n.rare)+2*i:]
		found[at].own, found[at].again = declared[0], declared[1]
	}
	for i, at := range n.named {
		found[at].alias = aliases[i]
	}
	return found, c.loadRest(found)
}

// loadRest looks for what is hardly ever there, and where it cannot be does not look:
// each key that is read costs every peer.
//   - The first recording of an event is in the history of one of its objects at least.
//   - An organisation has an event on record beside that only if another had it there
//     before, or as a witness: then it has witnessed something of that day.
func (c *capture) loadRest(found []known) error {
	old, err := c.byHistory()
	if err != nil {
		return err
	}
	firsts := make([]product.Ref, len(old))
	for i, at := range old {
		firsts[i] = c.firstRef(at)
	}
	events, err := product.LoadEvents(c.tx, firsts)
	if err != nil {
		return err
	}
	for i, at := range old {
		found[at].first = events[i]
	}
	beside, err := c.tx.GetMany(c.names.days)
	if err != nil {
		return err
	}
	var owns []product.Ref
	var late []int
	for i := range c.plans {
		if found[i].own == nil && (beside[c.names.dayOf[i]] != nil || found[i].first != nil) {
			owns, late = append(owns, c.ownRef(i)), append(late, i)
		}
	}
	if events, err = product.LoadEvents(c.tx, owns); err != nil {
		return err
	}
	for i, at := range late {
		found[at].own = events[i]
	}
	return nil
}

// byHistory tells which events of objects may be in a history: those that are not later
// than all that the histories of their objects have. Records cut times off to
// milliseconds where the hash rounds: those of a repeat are one apart at most.
func (c *capture) byHistory() (old []int, err error) {
	var ids []gs1.ID
	for _, p := range c.plans {
		if p.ofObjects() {
			for _, item := range p.items {
				ids = append(ids, item.id)
			}
		}
	}
	latest, err := product.LatestEvents(c.tx, ids)
	if err != nil {
		return nil, err
	}
	for i, p := range c.plans {
		if !p.ofObjects() {
			continue
		}
		of := latest[:len(p.items)]
		latest = latest[len(p.items):]
		if slices.ContainsFunc(of, func(at time.Time) bool { return !p.event.Record.Time.After(at.Add(time.Millisecond)) }) {
			old = append(old, i)
		}
	}
	return old, nil
}

// identify applies the rules of identity. Only an organisation's own recording
// makes the event a repeat: what another said, with effect or without, does not
// stand for it. Else whoever sees a document coming could take it away by
// recording it first. The caller's is run, and recorded beside the other.
func (p *plan) identify(caller string, k known) error {
	if k.alias != nil && k.alias.Event != p.event.Ref.Hash {
		return errOtherContent(k.alias)
	}
	on := k.own
	if on == nil && k.first != nil {
		if k.first.RecordedBy != caller {
			p.event.Ref.By = caller
			return nil
		}
		on = k.first
	}
	switch {
	case on == nil:
		return nil
	case on.EventID != p.body.EventID:
		return errOtherID(on)
	}
	p.repeats = on
	return nil
}

func errOtherContent(of *alias) error {
	return fault.New(fault.EventIDConflict, "this eventID is on record with other content").
		At("/eventID").With("event", product.EventURI(of.Event))
}

func errOtherID(on *product.EventRecord) error {
	return fault.New(fault.DuplicateContent, "the same is on record under the eventID %q", on.EventID).
		At("/eventID").With("event", on.Event).With("eventID", on.EventID).With("transaction", on.Transaction).With("recordedBy", on.RecordedBy)
}
