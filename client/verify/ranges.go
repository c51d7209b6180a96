package verify

import (
	"errors"
	"fmt"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// lastRune ends the range of a composite key's extensions.
const lastRune = "\U0010FFFF"

// Page says which part of a list an answer is.
type Page struct {
	// Entries is how many keys of the list it covers.
	Entries int `json:"entries"`
	// FromBookmark says that it begins somewhere in the list: what is before that,
	// it does not tell.
	FromBookmark bool `json:"fromBookmark,omitempty"`
	// End is where it ends: "end" when the range of keys was read to its end,
	// "bookmark" when more follows, and "full" when nothing follows by the
	// endorsers' word: the page has as many entries as were asked for, and what is
	// behind the last was not read.
	End string `json:"end"`
}

// Ends of a page.
const (
	EndReached = "end"
	EndMore    = "bookmark"
	EndFull    = "full"
)

// whole reports whether the page is the whole list.
func (p *Page) whole() bool { return !p.FromBookmark && p.End == EndReached }

// ranges holds the ranges that were read against what was asked and answered.
func (r *run) ranges() outcome {
	found, err := r.found()
	if err != nil {
		return outcome{err: err}
	}
	open := listings[r.proposal.Function]
	switch {
	case open == nil && len(found) == 0:
		return outcome{detail: "none was read, and the function lists nothing"}
	case open == nil:
		return pass("%d were read; what follows from them is the endorsers' word", len(found))
	}
	list, err := open(r.proposal.Request, r.answer.Result, r.proposal.Creator.MSP)
	if err != nil {
		return fail("what was listed: %w", err)
	}
	page, err := r.list(list, found)
	if err != nil {
		return outcome{err: err}
	}
	r.report.Page = page
	return outcome{detail: page.String()}
}

// String describes a page to people.
func (p *Page) String() string {
	text := fmt.Sprintf("the whole list, %d keys", p.Entries)
	if !p.whole() {
		text = fmt.Sprintf("PART of a list, %d keys", p.Entries)
	}
	if p.FromBookmark {
		text += "; it BEGINS AT A BOOKMARK, and does not tell what is before"
	}
	switch p.End {
	case EndReached:
		return text + "; the range was read to its end"
	case EndMore:
		return text + "; more follows"
	}
	return text + "; that nothing follows is the endorsers' word, since the page is full"
}

// spread is a range with the keys found in it; nil when they are summed up and the
// evidence does not list them.
type spread struct {
	*evidence.Range
	entries []evidence.Entry
	known   bool
}

// found holds each range against itself, and recomputes the summaries of those
// that the evidence lists.
func (r *run) found() ([]spread, error) {
	found := make([]spread, len(r.answer.Ranges))
	lists := r.statement.Listed
	for i := range found {
		read := &r.answer.Ranges[i]
		found[i] = spread{Range: read, entries: read.Reads, known: read.Summary == nil}
		if read.Summary != nil && len(lists) > 0 {
			found[i].entries, lists = lists[0], lists[1:]
			found[i].known = len(found[i].entries) > 0
		} else if read.Summary != nil && len(r.statement.Listed) > 0 {
			return nil, errors.New("the evidence lists fewer ranges than are summed up")
		}
		if err := found[i].sound(); err != nil {
			return nil, fmt.Errorf("range %d: %w", i, err)
		}
	}
	if len(lists) > 0 {
		return nil, fmt.Errorf("the evidence lists %d ranges more than are summed up", len(lists))
	}
	return found, nil
}

// sound tells whether a range can be one that a peer read.
func (s *spread) sound() error {
	if s.known && s.Summary != nil {
		if err := s.Summary.Covers(s.entries); err != nil {
			return err
		}
	}
	before := ""
	for i, e := range s.entries {
		if e.Key < s.Start || i > 0 && e.Key <= before {
			return fmt.Errorf("%q is out of order", e.Key)
		}
		before = e.Key
	}
	switch {
	case s.Exhausted && before >= s.End && before != "":
		return fmt.Errorf("%q is behind its end", before)
	case !s.Exhausted && s.known && before != s.End:
		return fmt.Errorf("it ends at %q, and %q was the last key found", s.End, before)
	}
	return nil
}

// list finds the range that a list was read from and holds the answer against it.
func (r *run) list(l *list, ranges []spread) (*Page, error) {
	for i := range ranges {
		prefix, ok := l.isFrom(&ranges[i])
		if !ok {
			continue
		}
		if !ranges[i].known {
			return nil, errors.New("the keys in the range are summed up, and the evidence does not list them")
		}
		if err := l.extends(prefix, &ranges[i]); err != nil {
			return nil, err
		}
		if err := r.entries(l, prefix, &ranges[i]); err != nil {
			return nil, err
		}
		return l.page(prefix, &ranges[i])
	}
	if l.from != "" {
		return nil, fmt.Errorf("no range that begins at the bookmark %q, under %s, was read", l.from, l.prefix)
	}
	return nil, fmt.Errorf("no range of the keys under %s was read", l.prefix)
}

// isFrom tells whether a range begins where the list does, and returns its prefix.
func (l *list) isFrom(s *spread) (ledger.Key, bool) {
	if !strings.HasPrefix(s.Start, string(l.prefix)) || l.prefix == "" {
		return "", false
	}
	kind, parts := ledger.Key(s.Start).Parts()
	_, base := l.prefix.Parts()
	if l.from == "" {
		return ledger.Key(s.Start), len(parts) == len(base)+l.free
	}
	if s.Start != l.from || len(parts) < len(base)+l.free {
		return "", false
	}
	return ledger.NewKey(kind, parts[:len(base)+l.free]...), true
}

// extends tells whether the range is of keys that extend the prefix.
func (l *list) extends(prefix ledger.Key, s *spread) error {
	if s.Exhausted && s.End != string(prefix)+lastRune {
		return fmt.Errorf("the range ends at %q, not with the keys under %s", s.End, prefix)
	}
	for _, e := range s.entries {
		if !strings.HasPrefix(e.Key, string(prefix)) {
			return fmt.Errorf("%q is not under %s", e.Key, prefix)
		}
	}
	return nil
}

// entries holds the answer's entries against the keys, one by one.
func (r *run) entries(l *list, prefix ledger.Key, s *spread) error {
	if l.loose {
		return nil
	}
	_, base := prefix.Parts()
	next := 0
	for _, found := range s.entries {
		kind, parts := ledger.Key(found.Key).Parts()
		if kind == "" || len(parts) < len(base) {
			return fmt.Errorf("%q is no key of the ledger's", found.Key)
		}
		if parts = parts[len(base):]; l.counts != nil && !l.counts(parts) {
			continue
		}
		if next == len(l.entries) || !l.entries[next].matches(parts) {
			return fmt.Errorf("%s was found, and is not entry %d of the answer", ledger.Key(found.Key), next)
		}
		if record := l.entries[next].record; record != "" && !r.has(string(record)) {
			return fmt.Errorf("entry %d is about %s, which was not read or not there", next, record)
		}
		next++
	}
	if next < len(l.entries) {
		return fmt.Errorf("the answer has %d entries, and %d keys were found for them", len(l.entries), next)
	}
	return nil
}

// page tells which part of the list the answer is.
func (l *list) page(prefix ledger.Key, s *spread) (*Page, error) {
	p := &Page{Entries: len(s.entries), FromBookmark: l.from != "", End: EndFull}
	switch {
	case len(s.entries) > l.size:
		return nil, fmt.Errorf("%d keys were read where %d were asked for", len(s.entries), l.size)
	case s.Exhausted && l.next != "":
		return nil, errors.New("the answer has a bookmark, and the range was read to its end")
	case l.next != "" && (l.next <= s.End || !strings.HasPrefix(l.next, string(prefix))):
		return nil, fmt.Errorf("the next page would begin at %q, which is not behind this one", l.next)
	case l.next != "" || l.more:
		p.End = EndMore
	case s.Exhausted:
		p.End = EndReached
	case len(s.entries) < l.size:
		return nil, errors.New("the page is not full, and the range was not read to its end")
	}
	return p, nil
}
