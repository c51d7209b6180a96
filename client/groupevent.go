package client

import (
	"bytes"
	"container/heap"
	"crypto/sha256"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
)

// groupEntry is one event in a group.
type groupEntry struct {
	number  uint64 // in the order of the calls
	since   time.Time
	text    []byte   // JSON, without @context where it is the standard one
	objects int      // EPCs and quantities
	names   []string // for what it stands in line
	// most is with how many events it may stand in a document: fewer after each
	// document with it that had to be halved.
	most int

	flying bool // in a document that is on its way
	ready  int  // place among the ready; -1 when it is not there

	places []groupPlace
	behind int // of its places, how many are not the first of their lines
	taken  int // of those, how many are behind an event of the document being made

	done   chan struct{} // closed when what follows is set
	result *Grouped
	err    error
}

// weight is what an entry counts against [WithGroupMemory]: its text, and roughly
// what is kept beside it.
func (e *groupEntry) weight() int64 { return int64(len(e.text) + 512 + 128*len(e.names)) }

// eventLimits are those of the contract (shipment.Capture). Three levels of a
// document are around its events.
var eventLimits = epcis.Limits{Bytes: ledger.MaxBody, Depth: 29, EPCs: shipment.MaxObjects}

// standardHead is how the text of an event begins that has the standard @context
// alone, which its document gives it.
var standardHead = []byte(`{"@context":"` + epcis.StandardContext + `",`)

// newGroupEntry writes an event down, checks it by the rules of EPCIS, and finds out
// for what it stands in line. The text stands alone: extensions have the @context
// that they need, whatever document the event was read from. It fails as the
// contract would.
func newGroupEntry(event epcis.Event) (*groupEntry, error) {
	if event.EventTimeZoneOffset == "" {
		event.EventTimeZoneOffset = "+00:00"
	}
	text, err := event.MarshalJSON()
	if err != nil {
		return nil, unfit(err)
	}
	read, err := epcis.ReadEvent(text, eventLimits)
	if err != nil {
		return nil, unfit(err)
	}
	if rest, standard := bytes.CutPrefix(text, standardHead); standard {
		text = append([]byte{'{'}, rest...)
	}
	e := &groupEntry{text: text, ready: -1, done: make(chan struct{})}
	e.name(read)
	return e, nil
}

// unfit is the refusal of an event that was never sent.
func unfit(err error) *Error {
	refused := fault.New(fault.InvalidDocument, "%w", err)
	var invalid *epcis.ValidationError
	var limit *epcis.LimitError
	switch {
	case errors.As(err, &invalid) && len(invalid.Violations) > 0:
		first := invalid.Violations[0]
		refused = fault.New(fault.InvalidDocument, "%s (%s)", first.Message, first.Clause).
			At(firstEvent+first.Pointer).With("violations", strconv.Itoa(len(invalid.Violations)))
	case errors.As(err, &limit):
		refused = fault.New(fault.LimitExceeded, "the event has more than %d %s: split it", limit.Max, limit.What).At(firstEvent + limit.Pointer)
	}
	return &Error{Stage: StageEndorse, Function: captureFunction, Fault: refused.AtEvent(0), cause: err}
}

// name notes for what an event stands in line: everything that it is about, so that
// the order of each is kept; and its id, so that an event that is captured twice is
// told so in the second document rather than refused in the first.
func (e *groupEntry) name(event *epcis.Event) {
	e.stand("", canonical(event.ParentID))
	for _, list := range [][]string{event.EPCList, event.ChildEPCs, event.InputEPCList, event.OutputEPCList} {
		e.objects += len(list)
		for _, epc := range list {
			e.stand("", canonical(epc))
		}
	}
	for _, list := range [][]epcis.Quantity{event.QuantityList, event.ChildQuantityList, event.InputQuantityList, event.OutputQuantityList} {
		e.objects += len(list)
		for i := range list {
			e.stand("", canonical(list[i].EPCClass))
		}
	}
	e.stand("process ", event.TransformationID)
	if len(e.names) == 0 { // it is of a place alone
		digest := sha256.Sum256(e.text)
		e.stand("text ", string(digest[:]))
	}
	e.stand("event ", event.EventID)
	slices.Sort(e.names)
	e.names = slices.Compact(e.names)
}

func (e *groupEntry) stand(kind, name string) {
	if name != "" {
		e.names = append(e.names, kind+name)
	}
}

// canonical spells an identifier as the ledger does; URN and Digital Link are one.
func canonical(text string) string {
	if id, err := gs1.Parse(text); err == nil {
		return id.Path()
	}
	return text
}

// groupReady are entries that can be sent, by their numbers.
type groupReady []*groupEntry

var _ heap.Interface = (*groupReady)(nil)

// Len implements [heap.Interface].
func (r groupReady) Len() int { return len(r) }

// Less implements [heap.Interface].
func (r groupReady) Less(i, j int) bool { return r[i].number < r[j].number }

// Swap implements [heap.Interface].
func (r groupReady) Swap(i, j int) {
	r[i], r[j] = r[j], r[i]
	r[i].ready, r[j].ready = i, j
}

// Push implements [heap.Interface].
func (r *groupReady) Push(x any) {
	e, _ := x.(*groupEntry)
	e.ready = len(*r)
	*r = append(*r, e)
}

// Pop implements [heap.Interface].
func (r *groupReady) Pop() any {
	last := len(*r) - 1
	e := (*r)[last]
	(*r)[last] = nil
	*r = (*r)[:last]
	e.ready = -1
	return e
}
