package product

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// readAhead is how many entries of an index a trace reads at a time. It goes down
// from the first of them before it needs the second.
const readAhead = 25

// walk is a page of a trace: a depth-first search that can stop after any entry.
type walk struct {
	tx      *ledger.Tx
	back    bool
	root    string
	size    int
	stack   []*frame
	steps   []TraceStep
	refs    []*Ref // of the steps' events
	things  map[string]*thing
	entered map[string]bool // beyond these the trace has gone
	events  map[Ref]*EventRecord
	work    int // entries and keys read
}

// frame is a thing that the search is beyond, and how far it has come with it: all
// transformations before the node, and the node's parts up to the last.
type frame struct {
	thing string
	place

	moreNodes bool
	ahead     []junction
	parts     []part
	moreParts bool
}

// place is where a frame stands, as it is kept in a bookmark.
type place struct {
	// Node and Edge name a transformation; both are empty before the first.
	Node Node   `json:"n,omitempty"`
	Edge string `json:"e,omitempty"`
	// Last is the part of it that came last, PartEdge the last part of its key.
	Last     string `json:"l,omitempty"`
	PartEdge string `json:"p,omitempty"`
	// Lot says that the transformations are done, and the lot's objects, or the
	// object's lot, come.
	Lot bool `json:"m,omitempty"`
}

// junction is a transformation of a thing.
type junction struct {
	node Node
	edge string
}

// part is what a transformation or lot leads to.
type part struct {
	path    string
	edge    string
	amounts []Measured
}

func (w *walk) push(path string) {
	w.stack = append(w.stack, &frame{thing: path, moreNodes: true})
	w.entered[path] = true
}

// run searches until the page is full, its share of work done, or all is found.
func (w *walk) run() error {
	for len(w.stack) > 0 && len(w.steps) < w.size && w.work < 10*w.size+MaxTraceSteps {
		f := w.stack[len(w.stack)-1]
		if len(f.parts) > 0 {
			p := f.parts[0]
			f.parts = f.parts[1:]
			f.Last, f.PartEdge = p.path, p.edge
			w.step(f, p)
			continue
		}
		if done, err := w.advance(f); err != nil {
			return err
		} else if done {
			w.stack = w.stack[:len(w.stack)-1]
		}
	}
	return nil
}

// step reports a part and goes on beyond it.
func (w *walk) step(f *frame, p part) {
	t := w.things[p.path]
	if f.Lot && !w.back && (t == nil || t.lot != f.thing) {
		return // it has begun anew, in another lot
	}
	s := TraceStep{ID: p.path, From: f.thing, Depth: len(w.stack), Kind: w.kind(f), Amounts: p.amounts}
	further := t != nil && t.further && !w.entered[p.path] && !w.onStack(p.path)
	s.Cut = further && len(w.stack) == MaxTraceDepth
	w.steps = append(w.steps, s)
	var event *Ref
	if !f.Lot {
		ref, _ := f.Node.ref(p.edge)
		event = &ref
	}
	w.refs = append(w.refs, event)
	if further && !s.Cut {
		w.push(p.path)
	}
}

func (w *walk) kind(f *frame) TraceKind {
	switch {
	case f.Lot && w.back:
		return OfLot
	case f.Lot:
		return Member
	case w.back:
		return Origin
	}
	return Outcome
}

// advance reads the next entries of a frame; done says that there are none.
func (w *walk) advance(f *frame) (done bool, err error) {
	switch {
	case f.moreParts && f.Lot:
		return false, w.readLot(f)
	case f.moreParts:
		return false, w.readParts(f)
	case f.Lot:
		return true, nil
	case len(f.ahead) > 0:
		f.place = place{Node: f.ahead[0].node, Edge: f.ahead[0].edge}
		f.ahead, f.moreParts = f.ahead[1:], true
		return false, nil
	case f.moreNodes:
		return false, w.readNodes(f)
	}
	f.place, f.moreParts = place{Lot: true}, true
	return false, nil
}

// readNodes reads the next transformations of a thing: an object has one, which
// its history names.
func (w *walk) readNodes(f *frame) error {
	f.moreNodes = false
	if t := w.things[f.thing]; t.object {
		if f.Node == "" && t.node != nil {
			f.ahead = []junction{*t.node}
		}
		return nil
	}
	index := "use"
	if w.back {
		index = "origin"
	}
	entries, more, err := w.page(ledger.NewKey(index, f.thing), string(f.Node))
	if err != nil {
		return err
	}
	f.moreNodes = more
	last := f.Node
	for _, e := range entries {
		_, parts := e.Key.Parts() // lot, node, edge
		if node := Node(parts[1]); node != last {
			f.ahead, last = append(f.ahead, junction{node, parts[2]}), node
		}
	}
	return nil
}

// readParts reads what comes out of a transformation, or on the way back what went
// in.
func (w *walk) readParts(f *frame) error {
	index := "nodeout"
	if w.back {
		index = "nodein"
	}
	entries, more, err := w.page(ledger.NewKey(index, string(f.Node)), f.Last)
	if err != nil {
		return err
	}
	f.moreParts = more
	last := f.Last
	for _, e := range entries {
		_, parts := e.Key.Parts() // node, part, edge
		if parts[1] == last {
			continue // in another event of the process
		}
		record, err := ledger.Decode[edge](e.Key, e.Value)
		if err != nil {
			return err
		}
		last = parts[1]
		f.parts = append(f.parts, part{path: last, edge: parts[2], amounts: record.Amounts})
	}
	return w.informOf(f.parts)
}

// readLot reads the objects of a lot, or on the way back the lot of an object that
// came out of no transformation.
func (w *walk) readLot(f *frame) error {
	f.moreParts = false
	t := w.things[f.thing]
	switch {
	case w.back:
		if f.Last == "" && t.node == nil && t.lot != "" {
			f.parts = []part{{path: t.lot}}
		}
	case t.isLot:
		entries, more, err := w.page(ledger.NewKey(membersIndex, f.thing), f.Last)
		if err != nil {
			return err
		}
		f.moreParts = more
		for _, e := range entries {
			_, parts := e.Key.Parts() // lot, object
			f.parts = append(f.parts, part{path: parts[1]})
		}
	}
	return w.informOf(f.parts)
}

// page reads the entries under a prefix, those behind a part of it.
func (w *walk) page(prefix ledger.Key, after string) ([]ledger.Entry, bool, error) {
	var behind []string
	if after != "" {
		behind = []string{after}
	}
	entries, more, err := w.tx.PageAfter(prefix, min(readAhead, w.size-len(w.steps)), behind...)
	w.work += 1 + len(entries)
	return entries, more, err
}

// name adds to the steps the records of their events.
func (w *walk) name() error {
	var want []Ref
	for _, ref := range w.refs {
		if ref != nil {
			want = append(want, *ref)
		}
	}
	if err := w.loadEvents(want); err != nil {
		return err
	}
	for i, ref := range w.refs {
		if ref == nil {
			continue
		}
		if w.steps[i].Event = w.events[*ref]; w.steps[i].Event == nil {
			return fault.New(fault.Internal, "the ledger lacks event %s", ref.Hash).About(w.steps[i].ID)
		}
	}
	return nil
}
