package shipment_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// The reference model counts one lot in one unit: whole numbers under the names of
// owners. It knows nothing of records.

// lotTitle is whose something is, and whose it becomes.
type lotTitle struct{ owner, next string }

func (t lotTitle) String() string {
	if t.next != "" {
		return t.owner + ">" + t.next
	}
	return t.owner
}

type lotPile map[lotTitle]int64

func (p lotPile) sum() (n int64) {
	for _, amount := range p {
		n += amount
	}
	return n
}

func (p lotPile) sorted() []lotTitle {
	return slices.SortedFunc(maps.Keys(p), func(a, b lotTitle) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
}

// draw takes an amount in the order of titles.
func (p lotPile) draw(amount int64, order []lotTitle) (lotPile, bool) {
	drawn := lotPile{}
	for _, title := range order {
		if some := min(amount, p[title]); some > 0 {
			drawn[title] += some
			p[title] -= some
			amount -= some
		}
		if p[title] == 0 {
			delete(p, title)
		}
	}
	return drawn, amount == 0
}

func (p lotPile) add(o lotPile, as func(lotTitle) lotTitle) {
	for title, amount := range o {
		p[as(title)] += amount
	}
}

type lotOffer struct {
	from, to string
	left     lotPile
	short    bool
}

type lotBox struct {
	custodian, offered string
	inside, apart      lotPile
	title              lotTitle
	mixed              bool
}

type lotModel struct {
	stock       map[string]lotPile
	offers      []*lotOffer
	box         lotBox
	made, ended int64
}

func newLotModel() *lotModel {
	m := &lotModel{stock: map[string]lotPile{}, box: lotBox{custodian: Manufacturer, inside: lotPile{}, apart: lotPile{}}}
	for _, msp := range []string{Manufacturer, Carrier, Retailer} {
		m.stock[msp] = lotPile{}
	}
	return m
}

func (m *lotModel) clone() *lotModel {
	c := *m
	c.stock = map[string]lotPile{}
	for msp, pile := range m.stock {
		c.stock[msp] = maps.Clone(pile)
	}
	c.offers = nil
	for _, o := range m.offers {
		copied := *o
		copied.left = maps.Clone(o.left)
		c.offers = append(c.offers, &copied)
	}
	c.box.inside, c.box.apart = maps.Clone(m.box.inside), maps.Clone(m.box.apart)
	return &c
}

// take draws on what an organisation has at hand.
func (m *lotModel) take(msp string, amount int64) (lotPile, bool) {
	pile := m.stock[msp]
	order := pile.sorted()
	others := map[string]bool{}
	for _, title := range order {
		if title.owner != msp {
			others[title.owner] = true
		}
	}
	if len(others) > 1 {
		order = slices.DeleteFunc(order, func(t lotTitle) bool { return t.owner != msp })
	}
	slices.SortStableFunc(order, func(a, b lotTitle) int {
		rank := map[bool]int{true: 0, false: 1}
		return rank[a.owner == msp] - rank[b.owner == msp]
	})
	return pile.draw(amount, order)
}

func arrived(to string) func(lotTitle) lotTitle {
	return func(t lotTitle) lotTitle {
		if t.next == to || t.owner == to {
			return lotTitle{owner: to}
		}
		return t
	}
}

func asIs(t lotTitle) lotTitle { return t }

// lotStep is one event of the model.
type lotStep struct {
	kind   string
	amount int64
	to     string
	owner  string
	exact  bool // a receipt with mismatch_quantity
}

// play applies a step; false when it must be refused.
func (m *lotModel) play(msp string, s lotStep) bool {
	switch s.kind {
	case "make":
		m.made += s.amount
		m.stock[msp][lotTitle{owner: msp}] += s.amount
		return msp == Manufacturer
	case "end":
		_, ok := m.take(msp, s.amount)
		m.ended += s.amount
		return ok && m.made > 0
	case "ship":
		return m.ship(msp, s)
	case "receive":
		return m.receive(msp, s)
	case "void":
		return m.void(msp, s)
	case "pack":
		return m.pack(msp, s)
	case "unpack":
		return m.unpack(msp, s.amount)
	case "empty":
		return m.empty(msp)
	case "ship box":
		ok := m.box.custodian == msp && m.box.offered == ""
		m.box.offered = s.to
		return ok
	}
	ok := m.box.offered == msp || m.box.offered == "" && m.box.custodian == msp // receive box
	if m.box.offered == msp {
		m.box.title = arrived(msp)(m.box.title)
	}
	m.box.custodian, m.box.offered = msp, ""
	return ok
}

func (m *lotModel) ship(msp string, s lotStep) bool {
	drawn, ok := m.take(msp, s.amount)
	refused := false
	o := &lotOffer{from: msp, to: s.to, left: lotPile{}}
	o.left.add(drawn, func(t lotTitle) lotTitle {
		switch {
		case s.owner == "":
			return t
		case t.owner == msp && s.owner == msp:
			return lotTitle{owner: msp}
		case t.owner == msp:
			return lotTitle{owner: msp, next: s.owner}
		}
		refused = refused || s.owner != t.owner && s.owner != t.next
		return t
	})
	m.offers = append(m.offers, o)
	return ok && !refused
}

func (m *lotModel) incoming(to string) (offers []*lotOffer) {
	for _, short := range []bool{false, true} {
		for _, o := range m.offers {
			if o.to == to && o.left.sum() > 0 && o.short == short {
				offers = append(offers, o)
			}
		}
	}
	return offers
}

func (m *lotModel) receive(msp string, s lotStep) bool {
	left := s.amount
	var last *lotOffer
	for _, o := range m.incoming(msp) {
		if left == 0 {
			break
		}
		drawn, _ := o.left.draw(min(left, o.left.sum()), o.left.sorted())
		left -= drawn.sum()
		m.stock[msp].add(drawn, arrived(msp))
		last = o
	}
	if s.exact && last != nil {
		last.short = last.short || last.left.sum() > 0
		return true
	}
	return left == 0
}

func (m *lotModel) void(msp string, s lotStep) bool {
	var mine []*lotOffer
	for _, short := range []bool{true, false} {
		for _, to := range []string{Carrier, Manufacturer, Retailer} {
			for _, o := range slices.Backward(m.offers) {
				if o.from == msp && o.to == to && o.left.sum() > 0 && o.short == short {
					mine = append(mine, o)
				}
			}
		}
	}
	total := func(offers []*lotOffer) (n int64) {
		for _, o := range offers {
			n += o.left.sum()
		}
		return n
	}
	if theirs := m.incoming(msp); total(mine) < s.amount && total(theirs) > total(mine) {
		mine = theirs
	}
	left := s.amount
	for _, o := range mine {
		drawn, _ := o.left.draw(min(left, o.left.sum()), o.left.sorted())
		left -= drawn.sum()
		m.stock[o.from].add(drawn, func(t lotTitle) lotTitle {
			if t.owner == o.from {
				return lotTitle{owner: o.from}
			}
			return t
		})
	}
	return left == 0
}

func (m *lotModel) pack(msp string, s lotStep) bool {
	if m.box.custodian != msp || m.box.offered != "" {
		return false
	}
	drawn, ok := m.take(msp, s.amount)
	order := drawn.sorted()
	slices.SortStableFunc(order, func(a, b lotTitle) int {
		rank := map[bool]int{true: 0, false: 1}
		return rank[a.owner == msp] - rank[b.owner == msp]
	})
	for _, title := range order {
		switch {
		case m.box.mixed:
		case m.box.title == lotTitle{}:
			m.box.title = title
		case m.box.title != title:
			m.box.mixed = true
		}
		if m.box.mixed {
			m.box.apart[title] += drawn[title]
		} else {
			m.box.inside[title] += drawn[title]
		}
	}
	return ok
}

// boxOrder is that of the keys of what is inside.
func (m *lotModel) unpack(msp string, amount int64) bool {
	b := &m.box
	if b.custodian != msp || b.offered != "" {
		return false
	}
	type part struct {
		key   string
		title lotTitle
		pile  lotPile
		as    func(lotTitle) lotTitle
	}
	var parts []part
	for title := range b.inside {
		parts = append(parts, part{title.String() + "\x00", title, b.inside, func(lotTitle) lotTitle { return b.title }})
	}
	for title := range b.apart {
		parts = append(parts, part{title.String() + "!\x00", title, b.apart, asIs})
	}
	slices.SortFunc(parts, func(a, b part) int {
		if a.key < b.key {
			return -1
		}
		return 1
	})
	for _, p := range parts {
		drawn, _ := p.pile.draw(min(amount, p.pile[p.title]), []lotTitle{p.title})
		amount -= drawn.sum()
		m.stock[msp].add(drawn, p.as)
	}
	if b.inside.sum()+b.apart.sum() == 0 {
		b.title, b.mixed = lotTitle{}, false
	}
	return amount == 0
}

func (m *lotModel) empty(msp string) bool {
	if m.box.custodian != msp || m.box.offered != "" {
		return false
	}
	return m.unpack(msp, m.box.inside.sum()+m.box.apart.sum())
}

// event is the EPCIS event of a step. Units are thousandths of a kilogram.
func (s lotStep) event(box string) Event {
	amount := json.Number(product.Amount(s.amount * 1000).String())
	aggregation := func(action string) Event {
		return Event{Action: action, BizStep: "packing", More: map[string]any{"type": "AggregationEvent", "parentID": gs1.Authority + box, "epcList": nil}}
	}
	lines := func(e Event) Event {
		return withMember(e, "childQuantityList", []any{lotQuantity(amount, lotA, "KGM")})
	}
	var e Event
	switch s.kind {
	case "make":
		return madeLot(amount, lotA, "KGM")
	case "end":
		e = Delete("destroying")
	case "ship":
		e = Event{Action: "OBSERVE", BizStep: "shipping", To: GLN(s.to)}
		if s.owner != "" {
			e.Owner = GLN(s.owner)
		}
	case "receive":
		e = Step("receiving")
		if s.exact {
			e.Disposition = "mismatch_quantity"
		}
	case "void":
		e = Step("void_shipping")
	case "pack":
		return lines(aggregation("ADD"))
	case "unpack":
		return lines(aggregation("DELETE"))
	case "empty":
		return aggregation("DELETE")
	case "ship box":
		return Event{Action: "OBSERVE", BizStep: "shipping", To: GLN(s.to), EPCs: []string{box}}
	default:
		return Step("receiving", box)
	}
	return ofLot(e, amount, lotA, "KGM")
}

func TestRandomCapturesOfLotsFollowTheModelAndAlwaysAddUp(t *testing.T) {
	traders := []string{Manufacturer, Carrier, Retailer}
	box := Pallet(Manufacturer, 1)
	rapid.Check(t, func(t *rapid.T) {
		s := New(t)
		s.MustCapture(Manufacturer, Commission(box))
		m := newLotModel()
		for i := range rapid.IntRange(10, 35).Draw(t, "captures") {
			msp := rapid.SampledFrom(traders).Draw(t, "msp")
			next, allowed := m.clone(), true
			var events []Event
			for n := range rapid.SampledFrom([]int{1, 1, 1, 2}).Draw(t, "events") {
				step := next.draw(t, msp)
				e := step.event(box)
				e.ReadPoint = fmt.Sprintf("https://example.com/gate/%d/%d", i, n)
				events = append(events, e)
				about := step.kind != "make" && step.kind != "empty" && step.kind != "ship box" && step.kind != "receive box"
				allowed = allowed && (next.made > 0 || !about) && next.play(msp, step)
			}
			before := s.Ledger.Dump()
			_, err := s.Capture(msp, events...)
			if allowed != (err == nil) {
				t.Fatalf("%s: %+v: the model says allowed=%v, the ledger %v", msp, events, allowed, err)
			}
			var refused *fault.Error
			if err != nil && (!errors.As(err, &refused) || refused.Code == fault.Internal) {
				t.Fatalf("%v", err)
			}
			if allowed {
				m = next
			} else if !slices.EqualFunc(before, s.Ledger.Dump(), func(a, b ledger.Entry) bool { return a.Key == b.Key && string(a.Value) == string(b.Value) }) {
				t.Fatalf("a refusal changed the ledger")
			}
			m.compare(t, lotBooks(t, s))
		}
	})
}

// draw makes a step that often can be taken, and often just cannot.
func (m *lotModel) draw(t *rapid.T, msp string) lotStep {
	traders := []string{Manufacturer, Carrier, Retailer}
	step := lotStep{
		kind: rapid.SampledFrom([]string{
			"make", "ship", "ship", "ship", "receive", "receive", "receive", "end", "void", "pack", "pack", "unpack", "empty", "ship box", "receive box",
		}).Draw(t, "kind"),
		to:    rapid.SampledFrom(traders).Draw(t, "to"),
		owner: rapid.SampledFrom(append([]string{"", "", ""}, traders...)).Draw(t, "owner"),
		exact: rapid.IntRange(0, 3).Draw(t, "exact") == 0,
	}
	there := m.stock[msp].sum()
	switch step.kind {
	case "make":
		there = 10_000
	case "receive":
		there = 0
		for _, o := range m.incoming(msp) {
			there += o.left.sum()
		}
	case "unpack":
		there = m.box.inside.sum() + m.box.apart.sum()
	case "void":
		for _, o := range m.offers {
			if o.from == msp {
				there = o.left.sum()
			}
		}
	}
	step.amount = max(1, rapid.SampledFrom([]int64{1, there / 3, there / 2, there - 1, there, there + 1}).Draw(t, "amount"))
	return step
}

// compare holds the ledger against the model.
func (m *lotModel) compare(t *rapid.T, found ledgerBooks) {
	want, got := map[string]int64{}, map[string]int64{}
	add := func(where string, pile lotPile) {
		for title, amount := range pile {
			want[where+" "+title.String()] += amount
		}
	}
	for msp, pile := range m.stock {
		add("at "+msp, pile)
	}
	for _, o := range m.offers {
		add("offer "+o.from+" "+o.to, o.left)
	}
	add("in", m.box.inside)
	add("in", m.box.apart)
	maps.DeleteFunc(want, func(_ string, n int64) bool { return n == 0 })
	for _, h := range found.holdings {
		where := string(h.Kind)
		switch h.Kind {
		case product.StockAtHand:
			where += " " + h.Custodian
		case product.StockOnOffer:
			where += " " + h.Custodian + " " + h.To
		}
		got[where+" "+lotTitle{h.Owner, h.NextOwner}.String()] += int64(h.Amount) / 1000
	}
	if !maps.Equal(want, got) {
		t.Fatalf("the ledger has %v, the model %v", got, want)
	}
}
