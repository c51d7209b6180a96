package product

import (
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Whereabouts says what has become of something that a recall is about.
type Whereabouts string

const (
	// StillHeld: its custodian has it.
	StillHeld Whereabouts = "held"
	// UnderWay: it was shipped and has not been received.
	UnderWay Whereabouts = "inTransit"
	// OutsideChannel: a party outside of the channel has it; the custodian
	// answers for that party.
	OutsideChannel Whereabouts = "outside"
	// Transformed: it went into something else, which tracing forward finds.
	Transformed Whereabouts = "transformed"
	// Over: it was sold, dispensed, destroyed or decommissioned.
	Over Whereabouts = "ended"
	// NeverBegan: its beginning was declared an error.
	NeverBegan Whereabouts = "undone"
)

// Affected is one thing that a recall is about, and where it is now.
type Affected struct {
	// ID is the object; or the lot or class, for a quantity of it.
	ID string `json:"id"`
	// State is "held", "inTransit", "outside", "transformed", "ended" or
	// "undone".
	State Whereabouts `json:"state"`
	// Custodian is the MSP id of who answers for it, or did at the end; Party
	// who has it, where that is a party outside of the channel.
	Custodian string `json:"custodian,omitempty"`
	Party     string `json:"party,omitempty"`
	// Owner is the MSP id of whose it is.
	Owner string `json:"owner,omitempty"`
	// Place is where it was last said to be, Disposition its business
	// condition.
	Place       string `json:"place,omitempty"`
	Disposition string `json:"disposition,omitempty"`
	// To is the MSP id of whom it is on its way to, ToGLN the party, and Bound
	// the place.
	To    string `json:"to,omitempty"`
	ToGLN string `json:"toGLN,omitempty"`
	Bound string `json:"bound,omitempty"`
	// Containers are those that it is in, the nearest first.
	Containers []string `json:"containers,omitempty"`
	// Amounts are how much of a lot or class; absent for a single object.
	Amounts []Measured `json:"amounts,omitempty"`
	// Event is the hash id of the event that transformed or ended it.
	Event string `json:"event,omitempty"`
}

// ReadRecallScopeRequest asks for a page of what a recall is, or would be,
// about: either of all that belongs to a lot or class, or of the single objects
// that a recall names.
type ReadRecallScopeRequest struct {
	// Subject is a lot or class in any GS1 form, recalled or not.
	Subject string `json:"subject,omitempty"`
	// By is the MSP id of the organisation that recalls, ID what it calls the
	// recall.
	By string `json:"by,omitempty"`
	ID string `json:"id,omitempty"`
	// Size is the number wanted, 1 to 100; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ReadRecallScopeResponse is a page of what a recall is about. It may be empty
// and not the last.
type ReadRecallScopeResponse struct {
	// Affected are the things and where they are, by their ids.
	Affected []Affected `json:"affected"`
	// Lots are lots of the class asked for. Their objects are those of the class,
	// too; what is counted of a lot is told of the lot itself, from [ScopeStocks]
	// on. The same lot may stand at the end of a page and at the beginning of the
	// next.
	Lots []string `json:"lots,omitempty"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ScopeStocks is the bookmark of what follows the objects in the scope of a lot or
// class: what is counted of it.
const ScopeStocks = "stocks:"

// scopeStage is one index of those that a scope is read from, one after another.
type scopeStage struct {
	name   string
	prefix ledger.Key
	read   func(*ledger.Tx, []ledger.Entry, *ReadRecallScopeResponse) error
}

// ReadRecallScope returns what a recall is about and where each is now, what it
// inherits from its containers included, a page at a time and at the same cost a
// page, however much there is. By lot or class it needs no recall, so that one
// can be planned, or practised.
//
// What was made of a recalled lot is not in it: trace forward from what is
// transformed. Anyone may.
//
// It fails with fault.InvalidIdentifier, fault.Unsupported for a subject that is
// neither lot nor class, fault.NotFound, fault.InvalidRequest, and
// fault.LimitExceeded for a size out of range.
func ReadRecallScope(tx *ledger.Tx, req ReadRecallScopeRequest) (ReadRecallScopeResponse, error) {
	size, err := pageSize(req.Size)
	if err != nil {
		return ReadRecallScopeResponse{}, err
	}
	stages, err := req.stages(tx)
	if err != nil {
		return ReadRecallScopeResponse{}, err
	}
	at, bookmark := 0, ""
	if req.Bookmark != "" {
		var name string
		name, bookmark, _ = strings.Cut(req.Bookmark, ":")
		for at < len(stages) && stages[at].name != name {
			at++
		}
		if at == len(stages) {
			return ReadRecallScopeResponse{}, fault.New(fault.InvalidRequest, "no such bookmark: take that of the page before").At("/bookmark")
		}
	}
	page := ReadRecallScopeResponse{Affected: []Affected{}}
	entries, next, err := tx.Page(stages[at].prefix, size, bookmark)
	if err != nil {
		return ReadRecallScopeResponse{}, err
	}
	switch {
	case next != "":
		page.Bookmark = stages[at].name + ":" + next
	case at+1 < len(stages):
		page.Bookmark = stages[at+1].name + ":"
	}
	return page, stages[at].read(tx, entries, &page)
}

// stages are the indices that the answer is read from.
func (req *ReadRecallScopeRequest) stages(tx *ledger.Tx) ([]scopeStage, error) {
	if req.Subject == "" {
		if req.By == "" || req.ID == "" {
			return nil, fault.New(fault.InvalidRequest, "name a lot or class, or a recall by organisation and id").At("/subject")
		}
		_, err := loadRecall(tx, req.By, req.ID)
		return []scopeStage{{"named", ledger.NewKey("recallsubject", req.By, req.ID), readMembers}}, err
	}
	if req.By != "" || req.ID != "" {
		return nil, fault.New(fault.InvalidRequest, "name either a lot or class, or a recall").At("/subject")
	}
	id, err := parseSubject(req.Subject)
	switch {
	case err != nil:
		return nil, fault.Of(err).At("/subject")
	case IsObject(id):
		return nil, fault.New(fault.Unsupported, "this takes a lot or a class: of one object, ask for its twin").About(id.Path()).At("/subject")
	}
	var stages []scopeStage
	if id.IsClass() {
		stages = append(stages, scopeStage{"lots", ledger.NewKey("lotof", id.Path()), readLots})
	}
	return append(stages,
		scopeStage{"objects", MembersKey(id), readMembers},
		scopeStage{"stocks", ledger.NewKey("holding", id.Path()), readHoldings},
		scopeStage{"uses", ledger.NewKey("use", id.Path()), readUses},
		scopeStage{"ended", ledger.NewKey("account", id.Path()), readEnded},
	), nil
}

// readLots lists lots, each once though several organisations made some.
func readLots(_ *ledger.Tx, entries []ledger.Entry, page *ReadRecallScopeResponse) error {
	for _, e := range entries {
		_, parts := e.Key.Parts() // class, lot, organisation
		if n := len(page.Lots); n == 0 || page.Lots[n-1] != parts[1] {
			page.Lots = append(page.Lots, parts[1])
		}
	}
	return nil
}

// readMembers lists the objects that keys name.
func readMembers(tx *ledger.Tx, entries []ledger.Entry, page *ReadRecallScopeResponse) error {
	var ids []gs1.ID
	for _, e := range entries {
		id, err := parseSubject(memberOf(e.Key))
		if err != nil {
			return fault.New(fault.Internal, "the index names %s: %w", e.Key, err)
		}
		if IsObject(id) {
			ids = append(ids, id)
		}
	}
	b, err := Open(tx, ids)
	if err != nil {
		return err
	}
	var ended []Moment
	var at []int
	for _, id := range ids {
		t := b.Twin(id)
		if t == nil {
			return fault.New(fault.Internal, "an index names an object that is not on the ledger").About(id.Path())
		}
		if t.State == Ended {
			ended, at = append(ended, Moment{Twin: t, Number: t.Changed}), append(at, len(page.Affected))
		}
		page.Affected = append(page.Affected, b.affected(t))
	}
	entriesOf, err := b.entriesAt(ended)
	if err != nil {
		return err
	}
	for i, e := range entriesOf {
		a := &page.Affected[at[i]]
		a.Event = EventURI(e.Event)
		if e.Effect == Consumed {
			a.State = Transformed
		}
	}
	return nil
}

// affected says where an object is.
func (b *Batch) affected(t *Twin) Affected {
	a := Affected{
		ID: t.ID, State: StillHeld, Custodian: t.Custodian, Party: t.Party, Owner: t.Owner, Place: t.Place, Disposition: t.Disposition,
	}
	for _, c := range t.Ancestors() {
		a.Containers = append(a.Containers, c.ID)
	}
	offer := b.Offer(t)
	switch {
	case t.State == Ended:
		a.State = Over
	case t.State == Undone:
		a.State = NeverBegan
	case offer != nil:
		a.State, a.To, a.ToGLN, a.Bound = UnderWay, offer.To, offer.ToGLN, offer.Location
	case t.Party != "":
		a.State = OutsideChannel
	}
	return a
}
