package client

import (
	"context"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// TraceBack yields what an object, lot or class, in any GS1 form, was made of,
// back to where everything began: what went into the transformation that it came
// out of, what that was made of, and so on. Each thing comes once, by the first
// way that leads to it, and before what is behind it; From tells that way.
//
// It yields an error and ends with it: fault.NotFound for what is not on the
// ledger, fault.InvalidRequest when a transformation on the way was corrected
// meanwhile, after which one begins anew.
func (c *Client) TraceBack(ctx context.Context, id string) iter.Seq2[product.TraceStep, error] {
	return c.trace(ctx, api.TraceBack, id)
}

// TraceForward yields everything that was made of an object, lot or class, in the
// manner of [Client.TraceBack]. The objects of a lot belong to what is made of it.
func (c *Client) TraceForward(ctx context.Context, id string) iter.Seq2[product.TraceStep, error] {
	return c.trace(ctx, api.TraceForward, id)
}

type tracing = api.Declared[product.TraceRequest, product.TraceResponse]

func (c *Client) trace(ctx context.Context, f tracing, id string) iter.Seq2[product.TraceStep, error] {
	return func(yield func(product.TraceStep, error) bool) {
		t := tracer{client: c, function: f, seen: map[string]bool{}, beyond: map[string]bool{}}
		if !t.from(ctx, product.TraceStep{ID: id}, yield) {
			return
		}
		for len(t.cut) > 0 { // too far from where it began
			next := t.cut[0]
			if t.cut = t.cut[1:]; !t.from(ctx, next, yield) {
				return
			}
		}
	}
}

// tracer is a trace in pages.
type tracer struct {
	client   *Client
	function tracing
	seen     map[string]bool
	beyond   map[string]bool // the trace has gone on from these
	skip     []string        // the last of them
	cut      []product.TraceStep
}

// from traces from a step on; it reports whether to go on after that.
func (t *tracer) from(ctx context.Context, start product.TraceStep, yield func(product.TraceStep, error) bool) bool {
	req := product.TraceRequest{ID: start.ID}
	for {
		req.Skip = t.skip
		page, err := query(ctx, t.client, t.function, req)
		if err != nil {
			yield(product.TraceStep{}, err)
			return false
		}
		t.seen[page.ID] = true
		for _, step := range page.Steps {
			t.goneBeyond(step.From)
			if t.seen[step.ID] {
				continue
			}
			t.seen[step.ID] = true
			step.Depth += start.Depth
			if step.Cut {
				t.cut = append(t.cut, step)
				step.Cut = false
			}
			if !yield(step, nil) {
				return false
			}
		}
		if req.Bookmark = page.Bookmark; req.Bookmark == "" {
			return true
		}
	}
}

// goneBeyond notes what need not be gone on from again: the ledger is told of the
// last ones, as many as it takes.
func (t *tracer) goneBeyond(path string) {
	if t.beyond[path] {
		return
	}
	t.beyond[path] = true
	if t.skip = append(t.skip, path); len(t.skip) > product.MaxTraceSkip {
		t.skip = t.skip[1:]
	}
}
