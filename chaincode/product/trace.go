package product

import (
	"slices"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Limits on a trace.
const (
	// MaxTraceSteps bounds the steps of a page.
	MaxTraceSteps = 100
	// MaxTraceDepth is how far a trace goes from where it began.
	MaxTraceDepth = 64
	// MaxTraceSkip bounds what a request says is known already.
	MaxTraceSkip = 500
)

// TraceRequest asks for a page of what something was made of, or of what was made
// of it.
type TraceRequest struct {
	// ID is an object, a lot or a class, in any GS1 form.
	ID string `json:"id"`
	// Size is the number of steps wanted, 1 to 100; 0 stands for 100. A page
	// can have fewer, even none, and still not be the last: it looks at no more
	// than some ten entries for each step.
	Size int `json:"size,omitempty"`
	// Skip are objects, lots and classes, up to 500, beyond which the trace is
	// not to go once more: those that the pages before have gone beyond. What is
	// behind two things of a mixture comes twice otherwise, and after twenty
	// mixtures a million times.
	Skip []string `json:"skip,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// TraceResponse is a page of a trace, in depth-first order.
type TraceResponse struct {
	// ID is what is traced, canonical.
	ID string `json:"id"`
	// Steps lead away from it. The same thing can be reached by several.
	Steps []TraceStep `json:"steps"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// TraceKind says how a step of a trace leads from one thing to the next.
type TraceKind string

const (
	// Origin: it went into the transformation that From came out of.
	Origin TraceKind = "origin"
	// Outcome: it came out of a transformation that From went into.
	Outcome TraceKind = "product"
	// OfLot: it is the lot that From, an object, belongs to.
	OfLot TraceKind = "lot"
	// Member: it is an object of the lot From.
	Member TraceKind = "member"
)

// TraceStep is one step of a trace.
type TraceStep struct {
	// ID is what the step leads to: an object, a lot, or a class without lots.
	ID string `json:"id"`
	// From is what it leads from; on the way there, Depth counts the steps.
	From  string `json:"from"`
	Depth int    `json:"depth"`
	// Kind is "origin" or "lot" on the way back, "product" or "member" on the
	// way forward.
	Kind TraceKind `json:"kind"`
	// Amounts are how much of a lot or class the transformation took or made;
	// absent for a single object.
	Amounts []Measured `json:"amounts,omitempty"`
	// Event is the record of the event of the transformation that says so; of
	// several, the first by hash. Absent for what belongs to a lot.
	Event *EventRecord `json:"event,omitempty"`
	// Cut says that the trace does not go on here, since it is [MaxTraceDepth]
	// steps away: trace this thing by itself.
	Cut bool `json:"cut,omitempty"`
}

// known reports whether the ledger knows of what a trace begins at: of a lot or
// class a quantity, or an object. An answer about nothing would read as a clean one.
func (w *walk) known(id gs1.ID) (bool, error) {
	if w.things[w.root] == nil || w.things[w.root].object {
		return w.things[w.root] != nil, nil
	}
	value, err := w.tx.Get(classDataKey(w.root))
	if err != nil || value != nil {
		return value != nil, err
	}
	of := MembersKey(id)
	if id.IsClass() {
		of = ledger.NewKey("lotof", w.root)
	}
	found, err := w.tx.First(of, 1)
	if err == nil && len(found) == 0 && id.IsClass() {
		found, err = w.tx.First(MembersKey(id), 1)
	}
	return len(found) > 0, err
}

// TraceBack lists what an object, lot or class was made of, back to where
// everything began: what was commissioned or adopted. Of an object that came out
// of a transformation these are the inputs; of another, the origins of its lot. Of
// a lot they are the inputs of all transformations that made some of it.
//
// Work is bounded for each page. Anyone may. Refusals: fault.NotFound for what
// is not on the ledger, fault.InvalidIdentifier, fault.Unsupported for
// what identifies a place or party, fault.InvalidRequest for a bookmark that is
// not of this trace, or of one that has since been corrected, fault.LimitExceeded.
func TraceBack(tx *ledger.Tx, req TraceRequest) (TraceResponse, error) {
	return trace(tx, req, true)
}

// TraceForward lists everything that was made of an object, lot or class; a lot's
// objects, and what was made of them, are part of it. It is bounded, and fails, as
// [TraceBack].
func TraceForward(tx *ledger.Tx, req TraceRequest) (TraceResponse, error) {
	return trace(tx, req, false)
}

func trace(tx *ledger.Tx, req TraceRequest, back bool) (TraceResponse, error) {
	w, err := newWalk(tx, req, back)
	if err != nil {
		return TraceResponse{}, err
	}
	if err := w.run(); err != nil {
		return TraceResponse{}, err
	}
	if err := w.name(); err != nil {
		return TraceResponse{}, err
	}
	next, err := w.bookmark()
	return TraceResponse{ID: w.root, Steps: w.steps, Bookmark: next}, err
}

// parseThing reads the identifier of an object, a lot or a class.
func parseThing(text string) (gs1.ID, error) {
	id, err := gs1.Parse(text)
	switch {
	case err != nil:
		return id, fault.New(fault.InvalidIdentifier, "%w", err)
	case !IsObject(id) && !id.IsLot() && !id.IsClass():
		return id, fault.New(fault.Unsupported, "a trace begins at an object, a lot or a class; this identifies a %s", id.Kind()).About(id.Path())
	}
	return id, nil
}

func newWalk(tx *ledger.Tx, req TraceRequest, back bool) (*walk, error) {
	id, err := parseThing(req.ID)
	if err != nil {
		return nil, fault.Of(err).At("/id")
	}
	if req.Size == 0 {
		req.Size = MaxTraceSteps
	}
	switch {
	case req.Size < 1 || req.Size > MaxTraceSteps:
		return nil, fault.New(fault.LimitExceeded, "a page of a trace has 1 to %d steps, not %d", MaxTraceSteps, req.Size).At("/size")
	case len(req.Skip) > MaxTraceSkip:
		return nil, fault.New(fault.LimitExceeded, "at most %d things are skipped", MaxTraceSkip).At("/skip")
	}
	w := &walk{
		tx: tx, back: back, root: id.Path(), size: req.Size, steps: []TraceStep{},
		things: map[string]*thing{}, entered: map[string]bool{}, events: map[Ref]*EventRecord{},
	}
	for i, text := range req.Skip {
		skipped, err := parseThing(text)
		if err != nil {
			return nil, fault.Of(err).At("/skip/" + strconv.Itoa(i))
		}
		w.entered[skipped.Path()] = true
	}
	if err := w.inform([]string{w.root}); err != nil {
		return nil, err
	}
	if known, err := w.known(id); err != nil || !known {
		if err == nil {
			err = fault.New(fault.NotFound, "nothing of it is on the ledger").About(w.root).At("/id")
		}
		return nil, err
	}
	if req.Bookmark != "" {
		return w, w.resume(req.Bookmark)
	}
	w.push(w.root)
	return w, nil
}

// onStack reports whether a trace is on its way from a thing already.
func (w *walk) onStack(path string) bool {
	return slices.ContainsFunc(w.stack, func(f *frame) bool { return f.thing == path })
}
