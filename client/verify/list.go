package verify

import (
	"encoding/json"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// anyPart stands for a part of a key that an answer does not tell. No key has it.
const anyPart = "\x00"

// list is what a function that lists must have read: a range of keys, one of them
// for each entry of its answer.
type list struct {
	// prefix is that of the keys. Its last free parts only the ledger knows.
	prefix ledger.Key
	free   int
	// from is the bookmark at which the page begins, next that of the next page;
	// size is how many are wanted at most.
	from, next string
	size       int
	// more says that another list comes behind this one.
	more bool
	// entries are those of the answer, in order. loose says that the answer has
	// fewer than there are keys, or others.
	entries []listed
	loose   bool
	// counts says which keys have an entry; nil: all have.
	counts func(parts []string) bool
}

// listed is an entry of an answer: the parts of its key behind the prefix, as far
// as the answer tells them, and the key of the record that was read for it; empty
// when that is the same.
type listed struct {
	parts  []string
	record ledger.Key
}

// page are the members that all functions that list have in common.
type page struct {
	Size     int    `json:"size"`
	Bookmark string `json:"bookmark"`
}

// lists says of each function that lists what it must have read. A trace is none:
// what it reads next depends on what it has found.
type lists map[string]func(request, result []byte, caller string) (*list, error)

// Lists reports whether a function lists: an answer of it is held against the range
// of keys that was read for it, entry by entry.
func Lists(function string) bool { return listings[function] != nil }

// listing declares a function that lists. A size of 0 stands for the given one.
func listing[Req, Resp any](size int, under func(Req, *list, string) error, entries func(*Resp, *list)) func(request, result []byte, caller string) (*list, error) {
	return func(request, result []byte, caller string) (*list, error) {
		var req Req
		var resp Resp
		var asked, answered page
		for _, part := range []struct {
			text []byte
			into any
		}{{request, &req}, {request, &asked}, {result, &resp}, {result, &answered}} {
			if err := json.Unmarshal(part.text, part.into); err != nil {
				return nil, err
			}
		}
		l := &list{from: asked.Bookmark, next: answered.Bookmark, size: asked.Size}
		if l.size == 0 {
			l.size = size
		}
		if err := under(req, l, caller); err != nil {
			return nil, err
		}
		entries(&resp, l)
		return l, nil
	}
}

// under is a prefix that depends on the request alone.
func under[Req any](key func(Req) (ledger.Key, error)) func(Req, *list, string) error {
	return func(r Req, l *list, _ string) (err error) {
		l.prefix, err = key(r)
		return err
	}
}

func (l *list) add(record ledger.Key, parts ...string) {
	l.entries = append(l.entries, listed{parts: parts, record: record})
}

// all adds an entry for each of many.
func all[Resp, Entry any](of func(*Resp) []Entry, entry func(*Entry) (ledger.Key, []string)) func(*Resp, *list) {
	return func(r *Resp, l *list) {
		entries := of(r)
		for i := range entries {
			record, parts := entry(&entries[i])
			l.add(record, parts...)
		}
	}
}

// matches tells whether a key is that of an entry.
func (e listed) matches(parts []string) bool {
	return slices.EqualFunc(e.parts, parts, func(want, got string) bool { return want == anyPart || want == got })
}

// anyParts are so many parts that an answer does not tell.
func anyParts(n int) []string { return slices.Repeat([]string{anyPart}, n) }
