package client

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// maxRefusals is how often a document goes again with one event less, before it is
// halved: many bad events are sooner found in small documents.
const maxRefusals = 4

// fly sends entries as a document, again and again with fewer, until the outcome of
// each is known or it waits again.
func (g *Group) fly(entries []*groupEntry) {
	defer g.flights.Done()
	for refusals := 0; len(entries) > 0; refusals++ {
		document, waited := groupDocument(entries), time.Since(entries[0].since)
		g.client.observe(g.ctx, Event{Kind: GroupSent, Size: len(entries), Bytes: len(document), Took: waited})
		captured, err := g.client.Capture(g.ctx, document, g.config.call...)
		sent := len(entries)
		entries = g.settle(entries, captured, err, refusals)
		if len(entries) > 0 {
			g.client.observe(g.ctx, Event{Kind: GroupSplit, Size: sent, Code: CodeOf(err)})
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inFlight--
	g.pump()
}

// groupDocument writes entries as an EPCIS document.
func groupDocument(entries []*groupEntry) []byte {
	size := 256
	for _, e := range entries {
		size += len(e.text) + 1
	}
	b := make([]byte, 0, size)
	b = append(b, `{"@context":"`+epcis.StandardContext+`","type":"EPCISDocument","schemaVersion":"2.0","creationDate":"`...)
	b = time.Now().UTC().AppendFormat(b, time.RFC3339)
	b = append(b, `","epcisBody":{"eventList":[`...)
	for i, e := range entries {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, e.text...)
	}
	return append(b, "]}}"...)
}

// settle tells outcomes, has wait again what must, and returns what goes again now.
func (g *Group) settle(entries []*groupEntry, captured *Captured, err error, refusals int) (again []*groupEntry) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil && len(captured.Events) != len(entries) {
		err = &AnswerError{Function: captureFunction, Receipt: &captured.Receipt, cause: errors.New("client: it is of another number of events")}
	}
	if err == nil {
		for i, e := range entries {
			g.recorded(e, captured, i)
		}
		return nil
	}
	var failed *Error
	if !errors.As(err, &failed) || len(entries) == 1 {
		g.failAll(entries, err)
		return nil
	}
	switch at, why := blame(failed, len(entries)); why {
	case theEvent:
		again = g.refuse(entries, at, failed)
		if refusals+1 >= maxRefusals && len(again) > 1 {
			again = g.halve(again)
		}
		return again
	case allRepeats:
		// Each has its own first transaction, which a document of its own is told.
		g.finish(entries[0], nil, ofEvent(failed, 0))
		return g.part(entries[1:], 1)
	case theSize:
		return g.halve(entries)
	default:
		g.failAll(entries, err)
		return nil
	}
}

// failAll tells entries of one document that none of them went through. Unless a
// contract said so for good, they may go through when they are sent again: who waits
// behind one of them must not get in front.
func (g *Group) failAll(entries []*groupEntry, err error) {
	if !final(err) {
		g.holdBack(g.lines.behind(entries), err)
	}
	for _, e := range entries {
		g.finish(e, nil, err)
	}
}

// final tells whether an event that has failed so will not be recorded when it is sent
// again, or is: its order cannot be lost any more.
func final(err error) bool {
	var failed *Error
	if errors.As(err, &failed) && failed.Fault != nil {
		return !failed.Retry && failed.Fault.Code != fault.Internal
	}
	return ofType[*AnswerError](err)
}

// follow puts an entry behind those given before that have its names, and fails when one
// of them has, and may be recorded yet.
func (e *groupEntry) follow(before map[string]*groupEntry) error {
	for _, name := range e.names {
		if b := before[name]; b != nil && b.lost() {
			e.err = &HeldBackError{Before: b.err}
			close(e.done)
			break
		}
	}
	for _, name := range e.names {
		before[name] = e
	}
	return e.err
}

// lost tells whether an entry has failed, and may be recorded yet.
func (e *groupEntry) lost() bool {
	select {
	case <-e.done:
		return e.err != nil && !final(e.err)
	default:
		return false
	}
}

// holdBack tells entries that they were not sent.
func (g *Group) holdBack(entries []*groupEntry, why error) {
	var held error = &HeldBackError{Before: why}
	if g.abandoned { // then nothing more would have been
		held = ErrGroupClosed
	}
	for _, e := range entries {
		g.finish(e, nil, held)
	}
}

// recorded tells the outcome of one event of a document that is on the ledger.
func (g *Group) recorded(e *groupEntry, captured *Captured, at int) {
	event := captured.Events[at]
	event.Index = 0
	if event.Transaction == "" {
		g.finish(e, &Grouped{Receipt: captured.Receipt, Event: event, Together: len(captured.Events)}, nil)
		return
	}
	// On record before, and passed over in this document; alone, it is refused.
	repeat := fault.New(fault.AlreadyRecorded, "the event is on record").AtEvent(0).At(firstEvent).
		With("transaction", event.Transaction).With("event", event.Event).With("recordedBy", g.client.msp)
	g.finish(e, nil, &Error{Stage: StageEndorse, Function: captureFunction, Transaction: captured.Transaction, Fault: repeat})
}

// refuse tells an event that it was refused, and returns the others, to go again.
//
// Was there an event of the same object before it in the document, then it was held
// against a ledger that has that one: it is refused only when it is sent again behind
// it and the ledger does have it. So are repeats within a document, and error
// declarations of what stands in the same.
//
// A refusal that is not final holds back who is behind the event.
func (g *Group) refuse(entries []*groupEntry, at int, failed *Error) (again []*groupEntry) {
	before := lineSet{}
	before.add(entries[:at]...)
	first := !before.has(entries[at])
	if first && final(failed) {
		g.finish(entries[at], nil, ofEvent(failed, at))
		return slices.Delete(entries, at, at+1)
	}
	again = append(again, entries[:at]...)
	waiting, held := entries[at:at+1:at+1], lineSet{}
	held.add(entries[at])
	for _, e := range entries[at+1:] {
		if held.has(e) {
			held.add(e)
			waiting = append(waiting, e)
		} else {
			again = append(again, e)
		}
	}
	if first {
		for _, e := range waiting[1:] {
			g.lines.wait(e)
		}
		own := ofEvent(failed, at)
		g.holdBack(g.lines.behind(waiting[:1]), own)
		g.finish(waiting[0], nil, own)
		return again
	}
	g.putBack(waiting)
	return again
}

// lineSet is the lines in which some entries stand.
type lineSet map[*groupLine]bool

func (p lineSet) add(entries ...*groupEntry) {
	for _, e := range entries {
		for i := range e.places {
			p[e.places[i].line] = true
		}
	}
}

func (p lineSet) has(e *groupEntry) bool {
	return slices.ContainsFunc(e.places, func(place groupPlace) bool { return p[place.line] })
}

// halve has the second half of entries wait again, and returns the first.
func (g *Group) halve(entries []*groupEntry) []*groupEntry {
	return g.part(entries, (len(entries)+1)/2)
}

// part returns the first entries, has the rest wait again, and lets no document with
// one of them have more.
func (g *Group) part(entries []*groupEntry, size int) []*groupEntry {
	for _, e := range entries {
		e.most = size
	}
	g.putBack(entries[size:])
	return entries[:size]
}

// putBack has entries wait again where they stood in line.
func (g *Group) putBack(entries []*groupEntry) {
	for _, e := range entries {
		g.lines.wait(e)
	}
	g.pump()
}

// culprit is why a document was refused.
type culprit int

const (
	theCall    culprit = iota // nothing in it: all would hear the same
	theEvent                  // one of its events
	theSize                   // it is too large, or nobody says which event it is
	allRepeats                // all of it is on record
)

// blame says why a document of several events failed, and which event it is.
func blame(failed *Error, events int) (at int, why culprit) {
	if failed.Fault == nil {
		if failed.Validation != "" || tooLarge(failed) || slices.ContainsFunc(failed.ByOrganisation, OrganisationError.ofDocument) {
			return 0, theSize
		}
		return 0, theCall
	}
	switch failed.Fault.Code {
	case fault.NotParticipant, fault.ReaderOnly, fault.RoleRequired, fault.UnknownFunction, fault.HashMismatch:
		if _, named := failed.Fault.EventIndex(); !named {
			return 0, theCall
		}
	case fault.AlreadyRecorded:
		return 0, allRepeats
	case fault.LimitExceeded:
		return 0, theSize // at the event with which it came to be too much
	}
	if at, named := failed.Fault.EventIndex(); named && at < events {
		return at, theEvent
	}
	return 0, theSize
}

// ofDocument tells whether what kept an organisation from endorsing may be in the
// document. A peer out of reach, say, is not, and a hundred smaller documents would all
// be tried in vain.
func (o OrganisationError) ofDocument() bool {
	found, known := symptomOf(o.Message)
	return o.Fault != nil || !known || !found.passes && !found.ofCaller
}

// tooLarge tells whether an orderer or a connection found the message too large; they
// say so in words alone.
func tooLarge(failed *Error) bool {
	text := status.Convert(failed.cause).Message()
	return strings.Contains(text, "exceeds maximum allowed") || strings.Contains(text, "larger than max")
}

const (
	eventList  = "/epcisBody/eventList/"
	firstEvent = eventList + "0"
)

// ofEvent is the refusal of a document as the caller of one event hears it: as if
// the event had been the only one.
func ofEvent(failed *Error, at int) *Error {
	own := *failed
	alone := func(f *fault.Error) *fault.Error {
		if f == nil {
			return nil
		}
		c := *f
		if i, named := f.EventIndex(); named && i == at {
			c.Event = 1
		}
		if rest, below := strings.CutPrefix(f.Field, eventList+strconv.Itoa(at)); below && (rest == "" || rest[0] == '/') {
			c.Field = firstEvent + rest
		}
		return &c
	}
	own.Fault = alone(failed.Fault)
	own.ByOrganisation = slices.Clone(failed.ByOrganisation)
	for i := range own.ByOrganisation {
		o := &own.ByOrganisation[i]
		if o.Fault == failed.Fault {
			o.Fault = own.Fault
		} else {
			o.Fault = alone(o.Fault)
		}
	}
	return &own
}
