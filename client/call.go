package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
)

// CallOption refines one call.
type CallOption func(*Invocation)

// EndorsedBy names the organisations whose peers are asked, and no others.
func EndorsedBy(msps ...string) CallOption {
	return func(call *Invocation) { call.EndorsingOrganisations = msps }
}

// WithTransient gives what the function takes in the transient map, under the
// name that it declares.
func WithTransient(value []byte) CallOption {
	return func(call *Invocation) { call.Transient = map[string][]byte{call.Function.Transient: value} }
}

// Within bounds the stages of one call; a zero field keeps what [WithTimeouts] says.
// The context bounds the whole.
func Within(t Timeouts) CallOption { return func(call *Invocation) { call.Timeouts = t } }

// Tries says how often one call is made at most, the first included, in place of
// what [WithTries] says.
func Tries(n int) CallOption { return func(call *Invocation) { call.Tries = n } }

// Call calls a declared function: what every short call is made from. A query
// is evaluated and has no receipt; anything else is submitted and waited for. It
// fails as [Client.Evaluate] and [Client.Submit] do, and with [AnswerError].
func Call[Req, Resp any](ctx context.Context, c *Client, f api.Declared[Req, Resp], request Req, options ...CallOption) (response Resp, receipt *Receipt, err error) {
	call, err := invocation(f, request, options)
	if err != nil {
		return response, nil, err
	}
	var result []byte
	if f.Kind == api.Query || f.Kind == api.PrivateQuery {
		result, err = c.Evaluate(ctx, call)
	} else {
		result, receipt, err = c.Submit(ctx, call)
	}
	if err != nil {
		return response, nil, err
	}
	if err := json.Unmarshal(result, &response); err != nil {
		return response, receipt, &AnswerError{Function: f.FullName(), Receipt: receipt, cause: err}
	}
	return response, receipt, nil
}

func invocation[Req, Resp any](f api.Declared[Req, Resp], request Req, options []CallOption) (Invocation, error) {
	text, err := json.Marshal(request)
	if err != nil {
		return Invocation{}, fmt.Errorf("client: write the request of %s: %w", f.FullName(), err)
	}
	call := Invocation{Function: f.Function, Request: text}
	for _, o := range options {
		o(&call)
	}
	return call, nil
}

// query calls a query.
func query[Req, Resp any](ctx context.Context, c *Client, f api.Declared[Req, Resp], request Req, options ...CallOption) (*Resp, error) {
	response, _, err := Call(ctx, c, f, request, options...)
	if err != nil {
		return nil, err
	}
	return &response, nil
}

// pages yields the entries of a query's pages until the last, or the first
// error.
func pages[Entry any](read func(bookmark string) ([]Entry, string, error)) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for bookmark, more := "", true; more; more = bookmark != "" {
			entries, next, err := read(bookmark)
			if err != nil {
				var none Entry
				yield(none, err)
				return
			}
			for _, entry := range entries {
				if !yield(entry, nil) {
					return
				}
			}
			if next != "" && next == bookmark {
				var none Entry
				yield(none, errSamePage)
				return
			}
			bookmark = next
		}
	}
}

// errSamePage keeps a peer that lies from making a list endless.
var errSamePage = errors.New("client: the peer gives out the same page again and again")
