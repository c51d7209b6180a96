package product_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// marks collects the bookmarks of a trace and every word in them.
func (g *genealogy) marks(path string, back bool) (bookmarks []string, words []any) {
	g.tb.Helper()
	req := product.TraceRequest{ID: path, Size: 1}
	for range 20 {
		page, err := g.page(req, back)
		require.NoError(g.tb, err)
		if page.Bookmark == "" {
			break
		}
		req.Bookmark = page.Bookmark
		bookmarks = append(bookmarks, page.Bookmark)
		for _, place := range decodeMark(g.tb, page.Bookmark) {
			for _, word := range place {
				words = append(words, word)
			}
		}
	}
	return bookmarks, words
}

func decodeMark(t tb, bookmark string) (places []map[string]any) {
	text, err := base64.RawURLEncoding.DecodeString(bookmark)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &places))
	return places
}

func encodeMark(t tb, places []map[string]any) string {
	text, err := json.Marshal(places)
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(text)
}

// Honest peers attest a page, so a bookmark must not lead out of the trace that
// its request names, however it was made of genuine ones.
func TestAMadeUpBookmarkLeadsOutOfNoTrace(t *testing.T) {
	refused, taken := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		g, things := random(t, 8, 2)
		path := rapid.SampledFrom(things).Draw(t, "path")
		back := rapid.Bool().Draw(t, "back")
		var bookmarks []string
		var words []any
		bookmarks, words = g.marks(path, back)
		for range 2 {
			other := rapid.SampledFrom(things).Draw(t, "other")
			some, said := g.marks(other, rapid.Bool().Draw(t, "direction"))
			bookmarks, words = append(bookmarks, some...), append(words, said...)
		}
		words = append(words, "", true, traceClass, path)
		if len(bookmarks) == 0 {
			return
		}
		places := decodeMark(t, rapid.SampledFrom(bookmarks).Draw(t, "bookmark"))
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			at := rapid.IntRange(0, len(places)-1).Draw(t, "at")
			name := rapid.SampledFrom([]string{"n", "e", "l", "p", "m"}).Draw(t, "name")
			places[at][name] = words[rapid.IntRange(0, len(words)-1).Draw(t, "word")]
		}
		page, err := g.page(product.TraceRequest{ID: path, Size: 9, Bookmark: encodeMark(t, places)}, back)
		if err != nil {
			require.ErrorIs(t, err, fault.InvalidRequest)
			require.Equal(t, "/bookmark", fault.Of(err).Field)
			refused++
			return
		}
		taken++
		want := g.closure(path, back)
		for _, s := range page.Steps {
			require.True(t, want[s.ID] && (want[s.From] || s.From == path), "%s by way of %s", s.ID, s.From)
		}
	})
	require.Positive(t, refused)
	require.Positive(t, taken, "genuine ones are")
}

func TestABookmarkThatIsNoneIsRefused(t *testing.T) {
	g := newGenealogy(t)
	a, b := traceObject("a"), traceObject("b")
	g.add(making{by: "A", begins: true, out: []string{a}})
	g.add(making{by: "A", in: []string{a}, out: []string{b, traceObject("c")}})
	other, own, member := traceLot("other"), traceLot("own"), traceObject("m")
	g.add(making{by: "A", begins: true, out: []string{member}, lot: "own"})
	g.add(making{by: "A", begins: true, out: []string{traceObject("n")}, lot: "other"})
	for _, c := range []struct {
		from, to string
		back, ok bool
	}{{member, own, true, true}, {member, other, true, false}, {own, member, false, true}, {other, member, false, false}, {member, own, false, false}} {
		way := encodeMark(t, []map[string]any{{"m": true, "l": c.to}, {}})
		_, err := g.page(product.TraceRequest{ID: c.from, Bookmark: way}, c.back)
		require.Equal(t, c.ok, err == nil, "%v", c)
	}

	page, err := g.page(product.TraceRequest{ID: a, Size: 1}, false)
	require.NoError(t, err)
	genuine := decodeMark(t, page.Bookmark)
	require.Len(t, genuine, 1)
	deep := make([]map[string]any, product.MaxTraceDepth+1)
	for i := range deep {
		deep[i] = genuine[0]
	}
	for name, bookmark := range map[string]string{
		"no base64":        "*",
		"no JSON":          base64.RawURLEncoding.EncodeToString([]byte("hello")),
		"no places":        encodeMark(t, []map[string]any{}),
		"too many":         encodeMark(t, deep),
		"the same twice":   encodeMark(t, []map[string]any{genuine[0], genuine[0]}),
		"a member more":    encodeMark(t, []map[string]any{{"x": 1}}),
		"something behind": base64.RawURLEncoding.EncodeToString([]byte(`[{}] [{}]`)),
		"too long":         strings.Repeat("A", 70_000),
		"a control":        encodeMark(t, []map[string]any{{"n": genuine[0]["n"], "l": "\x00"}}),
		"no such part":     encodeMark(t, []map[string]any{{"n": genuine[0]["n"], "l": traceObject("d")}}),
		"no such node":     encodeMark(t, []map[string]any{{"n": "event/" + strings.Repeat("0", 64) + "/"}}),
		"no node":          encodeMark(t, []map[string]any{{"n": "x"}}),
		"a part of none":   encodeMark(t, []map[string]any{{"l": b}}),
	} {
		_, err := g.page(product.TraceRequest{ID: a, Bookmark: bookmark}, false)
		require.ErrorIs(t, err, fault.InvalidRequest, name)
		require.Equal(t, "/bookmark", fault.Of(err).Field, name)
	}
	_, err = g.page(product.TraceRequest{ID: a, Bookmark: page.Bookmark}, false)
	require.NoError(t, err)
	_, err = g.page(product.TraceRequest{ID: a, Bookmark: page.Bookmark}, true)
	require.ErrorIs(t, err, fault.InvalidRequest, "of the other direction")
	_, err = g.page(product.TraceRequest{ID: b, Bookmark: page.Bookmark}, false)
	require.ErrorIs(t, err, fault.InvalidRequest, "of another trace")
}

func TestATraceAsksForSomethingThatIs(t *testing.T) {
	g := newGenealogy(t)
	a := traceObject("a")
	g.add(making{by: "A", begins: true, out: []string{a}, lot: "L"})
	for name, c := range map[string]struct {
		req   product.TraceRequest
		code  fault.Code
		field string
	}{
		"no identifier":     {product.TraceRequest{ID: "x"}, fault.InvalidIdentifier, "/id"},
		"a place":           {product.TraceRequest{ID: "/414/9506000000022"}, fault.Unsupported, "/id"},
		"an unknown object": {product.TraceRequest{ID: traceObject("z")}, fault.NotFound, "/id"},
		"an unknown lot":    {product.TraceRequest{ID: traceLot("Z")}, fault.NotFound, "/id"},
		"an unknown class":  {product.TraceRequest{ID: "/01/09506000134369"}, fault.NotFound, "/id"},
		"a page too large":  {product.TraceRequest{ID: a, Size: 101}, fault.LimitExceeded, "/size"},
		"a negative page":   {product.TraceRequest{ID: a, Size: -1}, fault.LimitExceeded, "/size"},
		"too much known":    {product.TraceRequest{ID: a, Skip: make([]string, 501)}, fault.LimitExceeded, "/skip"},
		"something strange": {product.TraceRequest{ID: a, Skip: []string{a, "x"}}, fault.InvalidIdentifier, "/skip/1"},
	} {
		for _, back := range []bool{true, false} {
			_, err := g.page(c.req, back)
			require.ErrorIs(t, err, c.code, name)
			require.Equal(t, c.field, fault.Of(err).Field, name)
		}
	}
	for _, id := range []string{a, "urn:epc:id:sgtin:9506000.013435.a", traceLot("L"), traceClass} {
		_, err := g.page(product.TraceRequest{ID: id}, false)
		require.NoError(t, err, id)
	}
}

// A chain longer than a trace goes is cut where one can go on.
func TestATraceThatIsTooDeepSaysWhereItWasCut(t *testing.T) {
	g := newGenealogy(t)
	g.add(making{by: "A", begins: true, out: []string{traceObject("0")}})
	const length = 70
	for i := range length {
		g.add(making{by: "A", in: []string{traceObject(fmt.Sprint(i))}, out: []string{traceObject(fmt.Sprint(i + 1))}})
	}
	for _, size := range []int{1, 7, 100} {
		steps := g.trace(traceObject("0"), false, false, size)
		require.Len(t, steps, product.MaxTraceDepth)
		last := steps[product.MaxTraceDepth-1]
		require.Equal(t, product.TraceStep{ID: traceObject("64"), From: traceObject("63"), Depth: 64, Kind: product.Outcome, Event: last.Event, Cut: true}, last)
		for _, s := range steps[:product.MaxTraceDepth-1] {
			require.False(t, s.Cut)
		}
		require.Len(t, g.trace(last.ID, false, false, size), length-64)
	}
}

// After n mixtures of two lots there are 2^n ways to the last. Who says beyond what
// the trace has come gets each of them once or twice.
func TestMixturesOfMixturesAreTracedInLinearTime(t *testing.T) {
	g := newGenealogy(t)
	pair := func(i int) []string {
		return []string{traceLot(fmt.Sprintf("%dA", i)), traceLot(fmt.Sprintf("%dB", i))}
	}
	const mixtures = 40
	g.add(making{by: "A", begins: true, out: pair(0)})
	for i := range mixtures {
		g.add(making{by: "A", in: pair(i), out: pair(i + 1)})
	}
	for _, size := range []int{1, 3, 100} {
		steps := g.trace(traceLot("0A"), false, true, size)
		seen := map[string]bool{}
		for _, s := range steps {
			seen[s.ID] = true
		}
		require.Len(t, seen, 2*mixtures)
		require.LessOrEqual(t, len(steps), 4*mixtures)
	}
}

// counted counts what a query reads.
type counted struct {
	ledger.Backend
	trips, keys int
}

func (c *counted) Get(keys []ledger.Key) ([][]byte, error) {
	c.trips, c.keys = c.trips+1, c.keys+len(keys)
	return c.Backend.Get(keys)
}

func (c *counted) Page(prefix ledger.Key, size int, bookmark string) ([]ledger.Entry, string, error) {
	entries, next, err := c.Backend.Page(prefix, size, bookmark)
	c.trips, c.keys = c.trips+1, c.keys+len(entries)
	return entries, next, err
}

func TestATraceOverAHundredThousandObjectsPagesAtSteadyCost(t *testing.T) {
	g := newGenealogy(t)
	const total, batch = 100_000, 10_000
	lot := traceLot("L")
	g.add(making{by: "A", begins: true, out: []string{lot}})
	// Ten events of ten thousand objects each: what follows from them is written as
	// the package writes it, in the order of the keys, so that it takes no minutes.
	var refs []product.Ref
	for range total / batch {
		refs = append(refs, g.add(making{by: "A", in: []string{lot}}))
	}
	write := func(key func(i int) ledger.Key, value func(i int) any) {
		for from := 0; from < total; from += batch {
			require.NoError(t, g.ledger.Update(memledger.Proposal{}, func(tx *ledger.Tx) error {
				for i := from; i < from+batch; i++ {
					if err := ledger.Store(tx, key(i), value(i)); err != nil {
						return err
					}
				}
				return nil
			}))
		}
	}
	path := func(i int) string { return traceObject(fmt.Sprintf("%06d", i)) }
	write(func(i int) ledger.Key {
		return ledger.NewKey("nodeout", "event/"+refs[i/batch].Hash+"/", path(i), "")
	}, func(int) any { return map[string]int{"v": product.Version} })
	write(func(i int) ledger.Key { return product.TwinKey(path(i)) }, func(i int) any {
		return product.Twin{V: product.Version, ID: path(i), Facts: product.Facts{State: product.Active, Custodian: "A", Owner: "A"}, Events: 1}
	})

	req := product.TraceRequest{ID: lot}
	var costs []counted
	seen := map[string]bool{}
	for {
		var page product.TraceResponse
		sim := g.ledger.Simulate(memledger.Proposal{Caller: ledger.Caller{MSP: "A"}}, "A")
		count := &counted{Backend: sim}
		tx := ledger.BeginQuery(count)
		page, err := product.TraceForward(tx, req)
		require.NoError(t, err)
		for _, s := range page.Steps {
			seen[s.ID] = true
		}
		costs = append(costs, counted{trips: count.trips, keys: count.keys})
		if req.Bookmark = page.Bookmark; req.Bookmark == "" {
			break
		}
		require.Less(t, len(page.Bookmark), 1000)
	}
	require.Len(t, seen, total)
	t.Logf("pages %d, first %d keys in %d trips, last but one %d in %d", len(costs), costs[0].keys, costs[0].trips, costs[len(costs)-2].keys, costs[len(costs)-2].trips)
	for i, c := range costs {
		require.LessOrEqual(t, c.keys, 250, "page %d: an entry and a twin for each step, and little more", i)
		require.LessOrEqual(t, c.trips, 20, "page %d", i)
	}
	// In between, pages differ by no more than by the turn from one event to the next.
	require.InDelta(t, costs[0].keys, costs[len(costs)-2].keys, 20)
}
