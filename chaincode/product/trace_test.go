package product_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

const traceClass = "/01/09506000134352"

func traceLot(name string) string    { return traceClass + "/10/" + name }
func traceObject(name string) string { return traceClass + "/21/" + name }
func isObject(path string) bool      { return strings.Contains(path, "/21/") }
func traceAt(number int) time.Time   { return time.Date(2026, 3, 1, 8, number, 0, 0, time.UTC) }
func kilograms(n int) product.Measured {
	return product.Measured{Amount: product.Amount(n) * product.One, Unit: "KGM"}
}

// tb is what *testing.T and *rapid.T have in common.
type tb interface {
	require.TestingT
	Helper()
}

// making is a transformation, or a commissioning when it has no transformation in
// it.
type making struct {
	by, id  string
	in, out []string
	lot     string // of the objects that come out
	begins  bool   // commissioned: made of nothing
}

// genealogy is a ledger of makings, and the naive model of them.
type genealogy struct {
	tb     tb
	ledger *memledger.Ledger
	number int
	nodes  map[string]*making // by process or number
	lots   map[string]string  // of objects
	made   map[string]string  // the node that an object came out of
}

func newGenealogy(t tb) *genealogy {
	return &genealogy{tb: t, ledger: memledger.New("trade"), nodes: map[string]*making{}, lots: map[string]string{}, made: map[string]string{}}
}

func parse(path string) gs1.ID {
	id, err := gs1.Parse(path)
	if err != nil {
		panic(err)
	}
	return id
}

// add puts a making on the ledger, through the package's own interface.
func (g *genealogy) add(m making) product.Ref {
	g.tb.Helper()
	g.number++
	at := traceAt(g.number)
	event := &epcis.Event{
		Type: epcis.TransformationEvent, EventTime: at, EventTimeZoneOffset: "+00:00",
		TransformationID: m.id, Context: epcis.NewContext(),
	}
	var ref product.Ref
	require.NoError(g.tb, g.ledger.Update(memledger.Proposal{Time: at, Caller: ledger.Caller{MSP: m.by}}, func(tx *ledger.Tx) error {
		var ids []gs1.ID
		for _, path := range slices.Concat(m.in, m.out) {
			if isObject(path) {
				ids = append(ids, parse(path))
			}
		}
		b, err := product.Open(tx, ids)
		if err != nil {
			return err
		}
		made, err := product.Prepare(tx, event)
		if err != nil {
			return err
		}
		for _, path := range slices.Concat(m.in, m.out) {
			if !isObject(path) {
				b.BeginLot(&product.Lot{V: product.Version, ID: path, CommissionedBy: m.by})
			}
		}
		ins, outs, lots := g.change(b, made, m)
		if len(ids) == 0 { // an event about lots alone is in the history of their accounts
			witness := &product.Twin{V: product.Version, ID: traceObject(fmt.Sprintf("W%d", g.number)), Facts: product.Facts{State: product.Active}}
			b.Add(witness)
			b.Record(witness, made, product.Observed)
		}
		if !m.begins {
			b.Link(made, ins, outs, lots)
		}
		if err := b.Close([]*product.NewEvent{made}); err != nil {
			return err
		}
		ref = made.Ref
		return nil
	}))
	g.model(m)
	return ref
}

func (g *genealogy) change(b *product.Batch, made *product.NewEvent, m making) (ins, outs []product.Part, lots []string) {
	for _, path := range m.in {
		if !isObject(path) {
			ins = append(ins, product.Part{Path: path, Amounts: []product.Measured{kilograms(g.number)}})
			continue
		}
		t := b.Twin(parse(path))
		t.State = product.Ended
		b.Record(t, made, product.Consumed)
		ins = append(ins, product.Part{Path: path})
	}
	effect := product.Produced
	if m.begins {
		effect = product.Commissioned
	}
	for _, path := range m.out {
		if !isObject(path) {
			outs = append(outs, product.Part{Path: path, Amounts: []product.Measured{kilograms(g.number)}})
			continue
		}
		t := &product.Twin{V: product.Version, ID: path, Lot: m.lot, Facts: product.Facts{State: product.Active, Custodian: m.by, Owner: m.by}, CommissionedBy: m.by}
		b.Add(t)
		b.Record(t, made, effect)
		outs = append(outs, product.Part{Path: path})
		if m.lot != "" {
			lots = []string{traceLot(m.lot)}
		}
	}
	return ins, outs, lots
}

func (g *genealogy) model(m making) {
	name := fmt.Sprint(g.number)
	if m.id != "" {
		name = m.by + " " + m.id
	}
	for _, path := range m.out {
		if isObject(path) && m.lot != "" {
			g.lots[path] = traceLot(m.lot)
		}
		if isObject(path) && !m.begins {
			g.made[path] = name
		}
	}
	if m.begins {
		return
	}
	node := g.nodes[name]
	if node == nil {
		node = &making{}
		g.nodes[name] = node
	}
	node.in, node.out = append(node.in, m.in...), append(node.out, m.out...)
}

// next is what one step of a trace leads to, in the model.
func (g *genealogy) next(path string, back bool) (found []string) {
	for _, node := range g.nodes {
		from, to := node.in, node.out
		if back {
			from, to = to, from
		}
		of := func(p string) bool { return p == path || back && !isObject(path) && g.lots[p] == path }
		if slices.ContainsFunc(from, of) {
			found = append(found, to...)
		}
	}
	switch {
	case back && isObject(path) && g.made[path] == "" && g.lots[path] != "":
		found = append(found, g.lots[path])
	case !back && !isObject(path):
		for object, lot := range g.lots {
			if lot == path {
				found = append(found, object)
			}
		}
	}
	return found
}

// closure is everything that a trace leads to, in the model.
func (g *genealogy) closure(path string, back bool) map[string]bool {
	seen := map[string]bool{}
	todo := []string{path}
	for len(todo) > 0 {
		for _, p := range g.next(todo[0], back) {
			if !seen[p] {
				seen[p] = true
				todo = append(todo, p)
			}
		}
		todo = todo[1:]
	}
	return seen
}

func (g *genealogy) page(req product.TraceRequest, back bool) (page product.TraceResponse, err error) {
	trace := product.TraceForward
	if back {
		trace = product.TraceBack
	}
	err = g.ledger.Query(memledger.Proposal{Caller: ledger.Caller{MSP: "A"}}, func(tx *ledger.Tx) error {
		page, err = trace(tx, req)
		return err
	})
	return page, err
}

// trace reads all pages, as a client does: skip says beyond what it has come.
func (g *genealogy) trace(path string, back, skip bool, size int) (steps []product.TraceStep) {
	g.tb.Helper()
	req := product.TraceRequest{ID: path, Size: size}
	for {
		page, err := g.page(req, back)
		require.NoError(g.tb, err)
		require.LessOrEqual(g.tb, len(page.Steps), size)
		steps = append(steps, page.Steps...)
		if page.Bookmark == "" {
			return steps
		}
		require.NotEqual(g.tb, req.Bookmark, page.Bookmark, "each page gets on")
		req.Bookmark = page.Bookmark
		for _, s := range page.Steps {
			if skip && !slices.Contains(req.Skip, s.From) && len(req.Skip) < product.MaxTraceSkip {
				req.Skip = append(req.Skip, s.From)
			}
		}
	}
}

func (g *genealogy) check(path string, back, skip bool, size int) {
	g.tb.Helper()
	want := g.closure(path, back)
	got := map[string]bool{}
	for _, s := range g.trace(path, back, skip, size) {
		got[s.ID] = true
		require.True(g.tb, s.From == path && s.Depth == 1 || got[s.From] && s.Depth > 1, "a step leads on from one before")
		require.Contains(g.tb, g.next(s.From, back), s.ID)
		require.Equal(g.tb, s.Kind == product.Member || s.Kind == product.OfLot, s.Event == nil)
		require.Equal(g.tb, !isObject(s.ID) && s.Event != nil, len(s.Amounts) > 0)
		require.False(g.tb, s.Cut)
	}
	require.Equal(g.tb, want, got, "back %v from %s", back, path)
}

// random draws transformations of objects and lots by two organisations, some of
// them processes of several events. Objects end once and begin once; lots go on.
func random(t *rapid.T, makings, most int) (*genealogy, []string) {
	g := newGenealogy(t)
	var things, alive []string
	g.add(making{by: "A", begins: true, out: []string{traceLot("L1"), traceLot("L2"), traceLot("L3"), traceLot("L4"), traceLot("L5")}})
	lots := []string{traceLot("L1"), traceLot("L2"), traceLot("L3"), traceLot("L4"), traceLot("L5")}[:most]
	things = append(things, lots...)
	for i := range rapid.IntRange(1, makings).Draw(t, "makings") {
		m := making{by: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "by"), begins: rapid.IntRange(0, 3).Draw(t, "begins") == 0}
		if rapid.Bool().Draw(t, "lot?") {
			m.lot = rapid.SampledFrom([]string{"L1", "L2"}).Draw(t, "lot")
		}
		for j := range rapid.IntRange(0, 4).Draw(t, "out") {
			m.out = append(m.out, traceObject(fmt.Sprintf("%dx%d", i, j)))
		}
		if !m.begins {
			if rapid.Bool().Draw(t, "process?") {
				m.id = rapid.SampledFrom([]string{"urn:x:1", "urn:x:2"}).Draw(t, "id")
			}
			m.in = rapid.SliceOfNDistinct(rapid.SampledFrom(lots), 0, 2, rapid.ID[string]).Draw(t, "lots in")
			m.out = append(m.out, rapid.SliceOfNDistinct(rapid.SampledFrom(lots), 0, 2, rapid.ID[string]).Draw(t, "lots out")...)
			for n := rapid.IntRange(0, 3).Draw(t, "in"); n > 0 && len(alive) > 0; n-- {
				k := rapid.IntRange(0, len(alive)-1).Draw(t, "which")
				m.in = append(m.in, alive[k])
				alive = slices.Delete(alive, k, k+1)
			}
		}
		g.add(m)
		for _, path := range m.out {
			if isObject(path) {
				things, alive = append(things, path), append(alive, path)
			}
		}
	}
	return g, things
}

func TestATraceIsTheClosureOfTheGenealogyWhateverThePages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		skip, makings, lots := rapid.Bool().Draw(t, "skip"), 14, 5
		if !skip { // every way through a mixture is gone
			makings, lots = 6, 2
		}
		g, things := random(t, makings, lots)
		size := rapid.IntRange(1, 9).Draw(t, "size")
		for _, path := range things {
			g.check(path, true, skip, size)
			g.check(path, false, skip, size)
		}
	})
}
