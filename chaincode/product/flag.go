package product

import (
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// flagged is the record of an event with flags: one, however many objects.
type flagged struct {
	V int `json:"v"`
	// Flags are those of any object, sorted; Objects is how many have one, and
	// First the first of them.
	Flags   []Flag `json:"flags"`
	Objects int    `json:"objects"`
	First   string `json:"first"`
}

// flagSheet gathers the flags of a batch, event by event.
type flagSheet struct {
	events []*NewEvent
	sheets []*flagged
}

func (s *flagSheet) add(event *NewEvent, object string, flags []Flag) {
	if len(flags) == 0 {
		return
	}
	i := slices.Index(s.events, event)
	if i < 0 {
		i = len(s.events)
		s.events = append(s.events, event)
		s.sheets = append(s.sheets, &flagged{V: Version, First: object})
	}
	sheet := s.sheets[i]
	sheet.Objects++
	sheet.Flags = append(sheet.Flags, flags...)
	slices.Sort(sheet.Flags)
	sheet.Flags = slices.Compact(sheet.Flags)
}

// write lists the events with flags by the day of their recording.
func (s *flagSheet) write(w *writer) {
	for i, event := range s.events {
		w.record(flagKey(event.Record.Recorded.Format(time.DateOnly), event.Ref), s.sheets[i])
	}
}

func flagKey(day string, ref Ref) ledger.Key { return ledger.NewKey("flag", day, ref.Hash, ref.By) }

// ListFlagsRequest asks for a page of the events with flags of one day.
type ListFlagsRequest struct {
	// Day is the day of their recording by ledger time, UTC, YYYY-MM-DD.
	Day string `json:"day"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListFlagsResponse is a page of events with flags, by their hashes.
type ListFlagsResponse struct {
	Events []FlaggedEvent `json:"events"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// FlaggedEvent is an event about which something is implausible.
type FlaggedEvent struct {
	// Record is of the event.
	Record EventRecord `json:"record"`
	// Flags are those of any of its objects, sorted.
	Flags []Flag `json:"flags"`
	// Objects is how many of its objects have a flag, and First the first of
	// them; which flags each has stands in its history.
	Objects int    `json:"objects"`
	First   string `json:"first"`
}

// ListFlags lists what was implausible of the events that were recorded on one
// day. Anyone may. It fails with fault.InvalidRequest for what is no day, and
// fault.LimitExceeded for a size out of range.
func ListFlags(tx *ledger.Tx, req ListFlagsRequest) (ListFlagsResponse, error) {
	if _, err := time.Parse(time.DateOnly, req.Day); err != nil {
		return ListFlagsResponse{}, fault.New(fault.InvalidRequest, "a day is YYYY-MM-DD").At("/day")
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("flag", req.Day), req.Size, req.Bookmark)
	if err != nil {
		return ListFlagsResponse{}, err
	}
	page := ListFlagsResponse{Events: make([]FlaggedEvent, len(entries)), Bookmark: next}
	refs := make([]Ref, len(entries))
	for i, found := range entries {
		sheet, err := ledger.Decode[flagged](found.Key, found.Value)
		if err != nil {
			return ListFlagsResponse{}, err
		}
		_, parts := found.Key.Parts() // day, hash, recorder
		refs[i] = Ref{Hash: parts[1], By: parts[2]}
		page.Events[i] = FlaggedEvent{Flags: sheet.Flags, Objects: sheet.Objects, First: sheet.First}
	}
	records, err := LoadEvents(tx, refs)
	if err != nil {
		return ListFlagsResponse{}, err
	}
	for i, record := range records {
		if record == nil {
			return ListFlagsResponse{}, fault.New(fault.Internal, "the ledger lacks event %s", refs[i].Hash)
		}
		page.Events[i].Record = *record
	}
	return page, nil
}
