package client

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

const (
	// writtenOut is how many keys of a range peers write out: of more they sign a
	// summary.
	writtenOut = 50
	// listTries is how often a list is read again that has changed meanwhile.
	listTries = 3
)

// errChanging says that what was listed and what was signed were not of one moment.
var errChanging = errors.New("client: the list changes faster than it can be read: ask for pages of at most 50 entries")

// listed completes the statement of a function that lists. Peers sign a summary of
// more than 50 keys, and whoever verifies needs the keys themselves: they are asked
// for in pages of 50, of one organisation. Nobody needs to trust that: the summary
// tells whether they are the ones.
func (c *Client) listed(ctx context.Context, call Invocation, s *evidence.Statement) error {
	answer, err := s.OpenPayload()
	if err != nil {
		return err
	}
	if !verify.Lists(s.Function) || !slices.ContainsFunc(answer.Ranges, summedUp) {
		return nil
	}
	for range listTries {
		s.Listed, err = c.readAgain(ctx, call, answer.Ranges)
		if err != nil || len(s.Listed) > 0 {
			return err
		}
	}
	return errChanging
}

func summedUp(r evidence.Range) bool { return r.Summary != nil }

// readAgain returns the entries of the one range that is read again page by page,
// and an empty list for each other range that is summed up; nothing when the list
// has changed.
func (c *Client) readAgain(ctx context.Context, call Invocation, ranges []evidence.Range) ([][]evidence.Entry, error) {
	call.EndorsingOrganisations = call.EndorsingOrganisations[:1]
	var lists [][]evidence.Entry
	covered := false
	for i := range ranges {
		r := &ranges[i]
		if r.Summary == nil {
			continue
		}
		entries, err := c.pages(ctx, call, r)
		if err != nil {
			return nil, err
		}
		if r.Summary.Covers(entries) != nil {
			entries = nil
		}
		covered = covered || entries != nil
		lists = append(lists, entries)
	}
	if !covered {
		return nil, nil
	}
	return lists, nil
}

// pages reads a range again, page by page; what it finds may be of another range.
func (c *Client) pages(ctx context.Context, call Invocation, of *evidence.Range) ([]evidence.Entry, error) {
	var request map[string]json.RawMessage
	if err := json.Unmarshal(call.Request, &request); err != nil {
		return nil, err
	}
	request["size"] = json.RawMessage(strconv.Itoa(writtenOut))
	var entries []evidence.Entry
	for from := of.Start; ; {
		var err error
		if call.Request, err = json.Marshal(request); err != nil {
			return nil, err
		}
		s, err := c.attest(ctx, call)
		if err != nil {
			return nil, err
		}
		page, err := rangeFrom(s, from)
		if err != nil || page == nil {
			return nil, err
		}
		for _, e := range page.Reads {
			if e.Key > of.End {
				return entries, nil
			}
			entries = append(entries, e)
		}
		var answer struct {
			Bookmark string `json:"bookmark"`
		}
		if err := json.Unmarshal(s.Result, &answer); err != nil {
			return nil, &AnswerError{Function: s.Function, cause: err}
		}
		if page.Exhausted || answer.Bookmark == "" || page.End >= of.End {
			return entries, nil
		}
		if request["bookmark"], err = json.Marshal(answer.Bookmark); err != nil {
			return nil, err
		}
		from = answer.Bookmark
		if name := strings.IndexByte(from, 0); name > 0 { // of one index among several
			from = from[name:]
		}
	}
}

// rangeFrom finds the range that begins at a key; nil when none does.
func rangeFrom(s *evidence.Statement, start string) (*evidence.Range, error) {
	answer, err := s.OpenPayload()
	if err != nil {
		return nil, err
	}
	for i := range answer.Ranges {
		if answer.Ranges[i].Start == start && answer.Ranges[i].Summary == nil {
			return &answer.Ranges[i], nil
		}
	}
	return nil, nil
}
