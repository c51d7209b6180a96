package verify

import (
	"encoding/json"
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// stretch is part of a history whose events are numbered densely: it can leave none
// out.
type stretch struct {
	path         string // of the object, or lot
	organisation string // whose account of the lot; empty for an object
	from, size   uint64
	events, next uint64
	entries      []historic
}

// historic is an entry of a history, as far as it binds an event.
type historic struct {
	number      uint64
	event       string
	declaration string
	eventID     string
	recordedBy  string
}

// histories has the functions that answer with a stretch of a history.
var histories = map[string]func(request, result []byte) (*stretch, error){
	api.History.FullName(): func(request, result []byte) (*stretch, error) {
		var asked product.ReadHistoryRequest
		var found product.ReadHistoryResponse
		if err := unmarshalBoth(request, &asked, result, &found); err != nil {
			return nil, err
		}
		s := &stretch{from: asked.From, size: sizeOf(asked.Size), events: found.Events, next: found.Next}
		for _, e := range found.Entries {
			s.entries = append(s.entries, historic{e.Number, e.Event, e.Declaration, e.EventID, e.RecordedBy})
		}
		return s, s.about(asked.ID, found.ID)
	},
	api.LotHistory.FullName(): func(request, result []byte) (*stretch, error) {
		var asked product.ReadLotHistoryRequest
		var found product.ReadLotHistoryResponse
		if err := unmarshalBoth(request, &asked, result, &found); err != nil {
			return nil, err
		}
		s := &stretch{organisation: asked.Organisation, from: asked.From, size: sizeOf(asked.Size), events: found.Events, next: found.Next}
		if found.Organisation != asked.Organisation {
			return nil, fmt.Errorf("the answer is about the account of %q, that of %q was asked for", found.Organisation, asked.Organisation)
		}
		for _, e := range found.Entries {
			s.entries = append(s.entries, historic{e.Number, e.Record.Event, e.Declaration, e.Record.EventID, e.Record.RecordedBy})
		}
		return s, s.about(asked.ID, found.ID)
	},
}

func unmarshalBoth(request []byte, asked any, result []byte, found any) error {
	if err := json.Unmarshal(request, asked); err != nil {
		return err
	}
	return json.Unmarshal(result, found)
}

func sizeOf(size int) uint64 {
	if size <= 0 {
		return 100
	}
	return uint64(size)
}

// about sets what the history is of: the same in the question and in the answer.
func (s *stretch) about(asked, found string) error {
	id, err := gs1.Parse(asked)
	if err != nil {
		return err
	}
	if s.path = id.Path(); found != s.path {
		return fmt.Errorf("the answer is about %q, %q was asked for", found, s.path)
	}
	return nil
}

// check holds the stretch against what was asked: its numbers are those from the
// one asked for, none left out, up to the end or as many as were wanted.
func (s *stretch) check() error {
	first := max(s.from, 1)
	want := uint64(0)
	if first <= s.events {
		want = min(s.events-first+1, s.size)
	}
	if uint64(len(s.entries)) != want {
		return fmt.Errorf("%d events from number %d on should be there, and there are %d", want, first, len(s.entries))
	}
	for i, e := range s.entries {
		if e.number != first+uint64(i) { //nolint:gosec // not negative
			return fmt.Errorf("number %d stands where %d should", e.number, first+uint64(i)) //nolint:gosec // likewise
		}
	}
	next := first + want
	if want == 0 || next > s.events {
		next = 0
	}
	if s.next != next {
		return fmt.Errorf("the next stretch begins at %d, the answer says %d", next, s.next)
	}
	return nil
}

// key is that of an entry of the history.
func (s *stretch) key(number uint64) string {
	if s.organisation == "" {
		return string(ledger.NewKey("history", s.path, ledger.Number(number)))
	}
	return string(ledger.NewKey("history", s.path, s.organisation, ledger.Number(number)))
}

// stretch holds a history, if the answer is one, against itself and against what
// was read.
func (r *run) stretch() error {
	open := histories[r.proposal.Function]
	if open == nil {
		return nil
	}
	s, err := open(r.proposal.Request, r.answer.Result)
	if err != nil {
		return fmt.Errorf("the history: %w", err)
	}
	if err := s.check(); err != nil {
		return fmt.Errorf("the history: %w", err)
	}
	for _, e := range s.entries {
		if !r.has(s.key(e.number)) {
			return fmt.Errorf("number %d of the history was not read or not there", e.number)
		}
		if err := r.eventRead(e); err != nil {
			return err
		}
	}
	return nil
}

// eventRead tells whether the record of an event was read: under its recorder, or
// under none where that was the first.
func (r *run) eventRead(e historic) error {
	hash, err := product.EventHash(e.event)
	if err != nil {
		return err
	}
	for _, by := range []string{"", e.recordedBy, product.Ledger} {
		if r.has(string(ledger.NewKey("event", hash, e.declaration, by))) {
			return nil
		}
	}
	return fmt.Errorf("the event of number %d was not read or not there", e.number)
}
