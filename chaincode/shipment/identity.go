package shipment

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/countersign-ledger/countersign/chaincode/fault"
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
	// refs are, of each event, its first recording and the caller's own, and behind
	// those of all events the error declarations.
	refs         []product.Ref
	declarations []int // the events that have an error declaration
	aliases      []ledger.Key
	named        []int // the events that have an id
}

func (c *capture) names() (n names) {
	n.refs = make([]product.Ref, 0, 2*len(c.plans))
	for i, p := range c.plans {
		n.refs = append(n.refs, product.Ref{Hash: p.event.Ref.Hash}, product.Ref{Hash: p.event.Ref.Hash, By: c.caller})
		if p.body.EventID != "" {
			n.named, n.aliases = append(n.named, i), append(n.aliases, aliasKey(c.caller, p.body.EventID))
		}
	}
	for i, p := range c.plans {
		if p.event.Ref.Declaration != "" {
			n.declarations, n.refs = append(n.declarations, i), append(n.refs, p.event.Ref)
		}
	}
	return n
}

func (c *capture) loadKnown() ([]known, error) {
	n := c.names()
	events, err := product.LoadEvents(c.tx, n.refs)
	if err != nil {
		return nil, err
	}
	aliases, err := ledger.LoadMany[alias](c.tx, n.aliases)
	if err != nil {
		return nil, err
	}
	found := make([]known, len(c.plans))
	for i := range found {
		found[i] = known{first: events[2*i], own: events[2*i+1]}
	}
	for i, at := range n.named {
		found[at].alias = aliases[i]
	}
	for i, at := range n.declarations {
		found[at].again = events[2*len(c.plans)+i]
	}
	return found, nil
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
