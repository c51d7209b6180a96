package verify

import (
	"slices"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/api"
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
	// declaration, if it carries one. EventID is what its sender called it, and
	// RecordedBy recorded it: as the history says.
	Hash        string `json:"hash"`
	Declaration string `json:"declaration,omitempty"`
	EventID     string `json:"eventID,omitempty"`
	RecordedBy  string `json:"recordedBy"`
	// Text is the event, as its hash covers it; Declared is what is declared about
	// it; see evidence.Event.
	Text     string   `json:"text"`
	Declared []string `json:"declared,omitempty"`
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
	for i := range e.Shown {
		shown := &e.Shown[i]
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
// its hash covers, and its error declaration.
func (r *run) body(s *stretch, shown *evidence.Event) outcome {
	at := slices.IndexFunc(s.entries, func(e historic) bool { return e.number == shown.Number })
	if at < 0 {
		return fail("the answer has no event of this number")
	}
	entry := s.entries[at]
	hash, declaration := product.EventURI(shown.Hash()), shown.DeclarationHash()
	switch {
	case hash != entry.event:
		return fail("its hash is %s, the history has %s", hash, entry.event)
	case declaration != entry.declaration:
		return fail("its error declaration has the hash %q, the history has %q", declaration, entry.declaration)
	}
	r.report.Events = append(r.report.Events, Event{
		Number: entry.number, Subject: s.path, Organisation: s.organisation, Hash: hash, Declaration: declaration,
		EventID: entry.eventID, RecordedBy: entry.recordedBy, Text: shown.Text, Declared: shown.Declaration,
	})
	return pass("%s, recorded by %s", hash, entry.recordedBy)
}
