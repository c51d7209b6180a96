package product

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// MaxRecalls bounds the recalls that the answer about an object lists.
const MaxRecalls = 16

// Parts of the keys of recalls by subject: those that run come first.
const (
	running = "1"
	over    = "2"
)

// listed stands under each subject of a recall.
type listed struct {
	V        int       `json:"v"`
	Since    time.Time `json:"since"`
	Severity string    `json:"severity,omitempty"`
}

func listedKey(subject, state string, r *Recall) ledger.Key {
	return ledger.NewKey("recalled", subject, state, r.By, r.ID)
}

func subjectKey(r *Recall, subject string) ledger.Key {
	return ledger.NewKey("recallsubject", r.By, r.ID, subject)
}

// list lists the recall under one of its subjects, as running or over.
func (r *Recall) list(tx *ledger.Tx, subject string) error {
	state := running
	if r.Ended != nil {
		state = over
		if err := tx.Delete(listedKey(subject, running, r)); err != nil {
			return err
		}
	} else if err := ledger.Store(tx, subjectKey(r, subject), mark{V: Version}); err != nil {
		return err
	}
	return ledger.Store(tx, listedKey(subject, state, r), listed{V: Version, Since: r.Since, Severity: r.Severity})
}

// subjects returns the paths of what a recall names, sorted.
func (r *Recall) subjects(tx *ledger.Tx) ([]string, error) {
	entries, err := tx.Scan(ledger.NewKey("recallsubject", r.By, r.ID))
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(entries))
	for i, e := range entries {
		_, parts := e.Key.Parts() // organisation, recall, subject
		paths[i] = parts[2]
	}
	return paths, nil
}

// recallHead counts the running recalls of a subject, so that whether there is
// one is a point read.
type recallHead struct {
	V int `json:"v"`
	// Whole counts those that name the subject itself. Single is 1 for a class
	// once a single object of it was recalled, and stays that: whoever owns one
	// may recall it, and all movements of the class read this key, so it must
	// not be written over and over.
	Whole  int `json:"whole,omitempty"`
	Single int `json:"single,omitempty"`
}

func headKey(subject string) ledger.Key { return ledger.NewKey("recallhead", subject) }

// changeRecalled counts one recall more or less of each of some subjects.
func changeRecalled(tx *ledger.Tx, subjects []recallSubject, by int) error {
	var keys []ledger.Key
	at := map[ledger.Key]int{}
	place := func(subject string) int {
		key := headKey(subject)
		i, known := at[key]
		if !known {
			i = len(keys)
			at[key], keys = i, append(keys, key)
		}
		return i
	}
	var whole, single []int
	for _, s := range subjects {
		whole = append(whole, place(s.id.Path()))
		if class := s.id.Class(); IsObject(s.id) && class != s.id {
			single = append(single, place(class.Path()))
		}
	}
	heads, err := ledger.LoadMany[recallHead](tx, keys)
	if err != nil {
		return err
	}
	for i, head := range heads {
		if head == nil {
			heads[i] = &recallHead{V: Version}
		}
	}
	changed := make([]bool, len(heads))
	for _, i := range whole {
		heads[i].Whole += by
		changed[i] = true
	}
	for _, i := range single {
		if by > 0 && heads[i].Single == 0 {
			heads[i].Single, changed[i] = 1, true
		}
	}
	for i, head := range heads {
		if !changed[i] {
			continue
		}
		if err := head.store(tx, keys[i]); err != nil {
			return err
		}
	}
	return nil
}

// store writes the counts, or nothing where nothing is recalled any more.
func (h *recallHead) store(tx *ledger.Tx, key ledger.Key) error {
	switch {
	case h.Whole < 0 || h.Single < 0:
		return fault.New(fault.Internal, "the count of recalls under %s is wrong", key)
	case h.Whole == 0 && h.Single == 0:
		return tx.Delete(key)
	}
	return ledger.Store(tx, key, h)
}

// LiveRecall is a recall that runs, as it concerns an object.
type LiveRecall struct {
	// By and ID name the recall.
	By string `json:"by"`
	ID string `json:"id"`
	// Since is the ledger time from which it runs, Severity its code.
	Since    time.Time `json:"since"`
	Severity string    `json:"severity,omitempty"`
	// Subject is what it names: the object, its lot or its class.
	Subject string `json:"subject"`
}

// RecallsOf returns the running recalls of subjects, the first [MaxRecalls] in
// the order of the subjects and then of organisation and id: what concerns an
// object are those of itself, its lot and its class. Empty subjects are passed
// over. It takes one trip where nothing is recalled, and one more for each
// subject that is.
func RecallsOf(tx *ledger.Tx, subjects ...string) ([]LiveRecall, error) {
	keys := make([]ledger.Key, 0, len(subjects))
	named := make([]string, 0, len(subjects))
	for _, s := range subjects {
		if s != "" {
			keys, named = append(keys, headKey(s)), append(named, s)
		}
	}
	heads, err := ledger.LoadMany[recallHead](tx, keys)
	if err != nil {
		return nil, err
	}
	var found []LiveRecall
	for i, head := range heads {
		if head == nil || head.Whole == 0 || len(found) == MaxRecalls {
			continue
		}
		entries, err := tx.First(ledger.NewKey("recalled", named[i], running), MaxRecalls-len(found))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			said, err := ledger.Decode[listed](e.Key, e.Value)
			if err != nil {
				return nil, err
			}
			_, parts := e.Key.Parts() // subject, state, organisation, recall
			found = append(found, LiveRecall{By: parts[2], ID: parts[3], Since: said.Since, Severity: said.Severity, Subject: named[i]})
		}
	}
	return found, nil
}

// recallsOf returns the running recalls that concern an object.
func recallsOf(tx *ledger.Tx, t *Twin) ([]LiveRecall, error) {
	return RecallsOf(tx, t.ID, t.LotPath(), t.Class())
}

// ListRecallsRequest asks for a page of the recalls of one subject.
type ListRecallsRequest struct {
	// Subject is an object, lot or class in any GS1 form.
	Subject string `json:"subject"`
	// Size is the number wanted, 1 to 100; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListRecallsResponse is a page of recalls.
type ListRecallsResponse struct {
	// Recalls that run come first, then those that have ended, each by
	// organisation and id.
	Recalls []Recall `json:"recalls"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListRecalls lists the recalls that name a subject, ended ones included. Those
// of an object's lot and class are asked for by the lot and the class. Anyone
// may. It fails with fault.InvalidIdentifier, fault.Unsupported, and
// fault.LimitExceeded for a size out of range.
func ListRecalls(tx *ledger.Tx, req ListRecallsRequest) (ListRecallsResponse, error) {
	id, err := parseSubject(req.Subject)
	if err != nil {
		return ListRecallsResponse{}, fault.Of(err).At("/subject")
	}
	size, err := pageSize(req.Size)
	if err != nil {
		return ListRecallsResponse{}, err
	}
	entries, next, err := tx.Page(ledger.NewKey("recalled", id.Path()), size, req.Bookmark)
	if err != nil {
		return ListRecallsResponse{}, err
	}
	keys := make([]ledger.Key, len(entries))
	for i, e := range entries {
		_, parts := e.Key.Parts() // subject, state, organisation, recall
		keys[i] = recallKey(parts[2], parts[3])
	}
	records, err := ledger.LoadMany[Recall](tx, keys)
	if err != nil {
		return ListRecallsResponse{}, err
	}
	page := ListRecallsResponse{Recalls: make([]Recall, len(records)), Bookmark: next}
	for i, r := range records {
		if r == nil {
			return ListRecallsResponse{}, fault.New(fault.Internal, "no record under %s", keys[i])
		}
		page.Recalls[i] = *r
	}
	return page, nil
}

// MaxRecallPage bounds a page about recalls, in entries.
const MaxRecallPage = 100

func pageSize(size int) (int, error) {
	switch {
	case size == 0:
		return MaxRecallPage, nil
	case size < 0 || size > MaxRecallPage:
		return 0, fault.New(fault.LimitExceeded, "a page has 1 to %d entries, not %d", MaxRecallPage, size).At("/size")
	}
	return size, nil
}
