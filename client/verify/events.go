package verify

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// Event is an event that a verified file shows, where it stands in its history.
type Event struct {
	// Number is that in the history of Subject, an object, or a lot of which
	// Organisation has the account.
	Number       uint64 `json:"number"`
	Subject      string `json:"subject"`
	Organisation string `json:"organisation,omitempty"`
	// Hash is the event's CBV 2.0 hash id; Declaration that of its error
	// declaration, if it carries one. RecordedBy recorded it.
	Hash        string `json:"hash"`
	Declaration string `json:"declaration,omitempty"`
	RecordedBy  string `json:"recordedBy"`
	// Body is the event. What its hash leaves out (recordTime) is as shown.
	Body json.RawMessage `json:"body"`
}

// events checks that events are those of a history.
func (r *run) events(e *evidence.Events) {
	r.record(CheckBodies, "", outcome{strconv.Itoa(len(e.Shown)) + ", in order, none twice", e.CheckEvents()})
	var s *stretch
	found := outcome{}
	if r.proposal == nil || r.answer == nil {
		r.skip(CheckHistory, "", unread)
	} else {
		s, found = r.history()
		r.record(CheckHistory, "", found)
	}
	for _, shown := range e.Shown {
		subject := "number " + strconv.FormatUint(shown.Number, 10)
		if s == nil || found.err != nil {
			r.skip(CheckBody, subject, "there is no history to hold it against")
			continue
		}
		r.record(CheckBody, subject, r.body(s, shown))
	}
}

// history is what the endorsers signed of a history.
func (r *run) history() (*stretch, outcome) {
	open := histories[r.proposal.Function]
	if open == nil {
		return nil, fail("%q was asked: events are shown with an answer of %s or %s", r.proposal.Function, api.History.FullName(), api.LotHistory.FullName())
	}
	s, err := open(r.proposal.Request, r.answer.Result)
	if err != nil {
		return nil, outcome{err: err}
	}
	return s, pass("%d of the %d events of %s", len(s.entries), s.events, s.path)
}

// body holds an event against the entry of the history that has its number: what
// its hash covers, its error declaration and its eventID.
func (r *run) body(s *stretch, shown evidence.Event) outcome {
	at := slices.IndexFunc(s.entries, func(e historic) bool { return e.number == shown.Number })
	if at < 0 {
		return fail("the answer has no event of this number")
	}
	entry := s.entries[at]
	event, err := epcis.ReadEvent(shown.Body, epcis.Limits{})
	if err != nil {
		return fail("it is no EPCIS event: %w", err)
	}
	hash, err := event.HashID()
	if err != nil {
		return fail("it has no hash: %w", err)
	}
	declaration := ""
	if event.ErrorDeclaration != nil {
		if declaration, err = product.DeclarationHash(event); err != nil {
			return outcome{err: err}
		}
	}
	switch {
	case hash != entry.event:
		return fail("its hash is %s, the history has %s", hash, entry.event)
	case declaration != entry.declaration:
		return fail("its error declaration has the hash %q, the history has %q", declaration, entry.declaration)
	case event.EventID != entry.eventID && event.EventID != hash:
		return fail("its eventID is %q, the history has %q", event.EventID, entry.eventID)
	}
	r.report.Events = append(r.report.Events, Event{
		Number: entry.number, Subject: s.path, Organisation: s.organisation, Hash: hash, Declaration: declaration,
		RecordedBy: entry.recordedBy, Body: bytes.Clone(shown.Body),
	})
	return pass("%s, recorded by %s", hash, entry.recordedBy)
}
