package product

import (
	"bytes"
	"encoding/base64"
	"encoding/json"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// maxTraceBookmark bounds a bookmark, in bytes: 64 places with all that can stand
// in them.
const maxTraceBookmark = 64 << 10

// bookmark writes down where the search stopped: the way from the root.
func (w *walk) bookmark() (string, error) {
	if len(w.stack) == 0 {
		return "", nil
	}
	places := make([]place, len(w.stack))
	for i, f := range w.stack {
		places[i] = f.place
	}
	text, err := json.Marshal(places)
	if err != nil {
		return "", fault.New(fault.Internal, "write the bookmark: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(text), nil
}

func errTraceBookmark() error {
	return fault.New(fault.InvalidRequest, "no bookmark of this trace, or the genealogy has been corrected since: begin anew").At("/bookmark")
}

// resume goes back to where the page before stopped. Anybody can make up a
// bookmark, and honest peers attest what it leads to: so each step of the way must
// be in the genealogy, from the root on.
func (w *walk) resume(bookmark string) error {
	places, err := decodePlaces(bookmark)
	if err != nil {
		return err
	}
	paths := []string{w.root}
	for i, p := range places {
		if w.onStack(paths[i]) {
			return errTraceBookmark()
		}
		w.push(paths[i])
		w.stack[i].place = p
		if i+1 < len(places) {
			if id, err := parseThing(p.Last); err != nil || id.Path() != p.Last {
				return errTraceBookmark()
			}
			paths = append(paths, p.Last)
		}
	}
	if err := w.inform(paths); err != nil {
		return err
	}
	var keys []ledger.Key
	for _, f := range w.stack {
		needed, ok := w.proof(f)
		if !ok {
			return errTraceBookmark()
		}
		keys = append(keys, needed...)
		f.moreParts = f.Node != "" || f.Lot
		f.moreNodes = !f.Lot
	}
	err = w.exist(keys)
	w.work = 0 // however deep it is, a page gets on
	return err
}

func decodePlaces(bookmark string) ([]place, error) {
	if len(bookmark) > maxTraceBookmark {
		return nil, errTraceBookmark()
	}
	text, err := base64.RawURLEncoding.DecodeString(bookmark)
	if err != nil {
		return nil, errTraceBookmark()
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var places []place
	if err := decoder.Decode(&places); err != nil || decoder.More() || len(places) == 0 || len(places) > MaxTraceDepth {
		return nil, errTraceBookmark()
	}
	return places, nil
}

// proof returns the keys that must be there for a frame to stand where it does;
// ok is false when it cannot stand there at all.
func (w *walk) proof(f *frame) (keys []ledger.Key, ok bool) {
	t := w.things[f.thing]
	if t == nil {
		return nil, false
	}
	switch {
	case f.Lot:
		return w.lotProof(f, t)
	case f.Node == "":
		return nil, f.place == place{}
	case t.object:
		ok = t.node != nil && *t.node == junction{f.Node, f.Edge}
	case w.back:
		keys, ok = []ledger.Key{originKey(f.thing, f.Node, f.Edge)}, true
	default:
		keys, ok = []ledger.Key{useKey(f.thing, f.Node, f.Edge)}, true
	}
	switch {
	case f.Last == "":
		return keys, ok && f.PartEdge == ""
	case w.back:
		return append(keys, insideKey(f.Node, f.Last, f.PartEdge)), ok
	}
	return append(keys, outsideKey(f.Node, f.Last, f.PartEdge)), ok
}

// lotProof is proof for a frame among the objects of a lot, or at an object's lot.
func (w *walk) lotProof(f *frame, t *thing) ([]ledger.Key, bool) {
	switch {
	case f.Node != "" || f.Edge != "" || f.PartEdge != "":
		return nil, false
	case f.Last == "":
		return nil, true
	case w.back:
		return nil, t.node == nil && t.lot == f.Last
	}
	return []ledger.Key{memberKey(f.thing, f.Last)}, t.isLot
}

// exist refuses the bookmark when one of the keys is not on the ledger.
func (w *walk) exist(keys []ledger.Key) error {
	for _, key := range keys {
		if key == "" {
			return errTraceBookmark()
		}
	}
	found, err := w.tx.GetMany(keys)
	if err != nil {
		return err
	}
	for _, value := range found {
		if value == nil {
			return errTraceBookmark()
		}
	}
	return nil
}
