package shipment_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// thing is an object in a reference model of custody and containment, which
// knows nothing of records: each is in at most one other, and what is in
// something is where that is.
type thing struct {
	begun, ended bool
	in           string
	custodian    string // of what is in nothing
	offered      string // to whom, of what is in nothing
	shipper      string
	place        string // of what is in nothing, as was before it was shipped
	before       string
}

type things map[string]thing

func (w things) root(id string) string {
	for w[id].in != "" {
		id = w[id].in
	}
	return id
}

func (w things) mine(msp, id string) bool {
	return w[id].begun && !w[id].ended && w[w.root(id)].custodian == msp
}

func (w things) atHand(msp, id string) bool { return w.mine(msp, id) && w[w.root(id)].offered == "" }

// out takes an object out of what it is in; it keeps what held for that.
func (w things) out(id string) {
	t, root := w[id], w[w.root(id)]
	t.custodian, t.offered, t.place, t.in = root.custodian, "", root.place, ""
	w[id] = t
}

func (w things) inside(id string) []string {
	var found []string
	for other, t := range w {
		if t.in == id {
			found = append(found, other)
		}
	}
	return found
}

func (w things) around(id string) (n int) {
	for ; w[id].in != ""; id = w[id].in {
		n++
	}
	return n
}

// act is one event of the model.
type act struct {
	kind, to, parent, place string
	ids                     []string
}

// do applies an event; false when it must be refused.
func (w things) do(msp string, a act) bool {
	if a.parent != "" && !w.mayLoad(msp, a) {
		return false
	}
	ids := a.ids
	if a.parent == "" { // what happens to a container happens to what is in it
		ids = slices.Clone(ids)
		slices.SortStableFunc(ids, func(x, y string) int { return w.around(x) - w.around(y) })
	}
	for _, id := range ids {
		if !w.one(msp, a, id) {
			return false
		}
	}
	if a.kind == "empty" {
		for _, id := range w.inside(a.parent) {
			w.out(id)
			w.at(msp, id)
		}
	}
	if a.parent != "" {
		w.at(msp, a.parent)
	}
	return true
}

// at says that an organisation has an object at its usual place.
func (w things) at(msp, id string) {
	t := w[id]
	t.place = home(msp)
	w[id] = t
}

func home(msp string) string { return "https://example.com/home/" + msp }

func (w things) mayLoad(msp string, a act) bool {
	if a.kind == "pack" && !w[a.parent].begun {
		if msp != Manufacturer {
			return false
		}
		w[a.parent] = thing{begun: true, custodian: msp, place: home(msp)}
	}
	return w.atHand(msp, a.parent)
}

func (w things) one(msp string, a act, id string) bool {
	t := w[id]
	switch a.kind {
	case "commission":
		if t.begun || msp != Manufacturer {
			return false
		}
		w[id] = thing{begun: true, custodian: msp, place: home(msp)}
	case "pack":
		return w.pack(msp, a.parent, id)
	case "unpack":
		if !w.atHand(msp, id) {
			return false
		}
		w.out(id)
		w.at(msp, id)
	case "ship":
		if w.seenWithIt(a, id) {
			return w.mine(msp, id)
		}
		if !w.atHand(msp, id) {
			return false
		}
		w.out(id)
		t = w[id]
		t.offered, t.shipper, t.before, t.place = a.to, msp, t.place, home(msp)
		w[id] = t
	case "receive":
		return w.receive(msp, a, id)
	case "void":
		if w.seenWithIt(a, id) {
			return true
		}
		if !t.begun || t.ended || t.in != "" || t.offered == "" || t.shipper != msp && t.offered != msp {
			return false
		}
		t.offered, t.place = "", t.before
		w[id] = t
	case "end":
		if !w.atHand(msp, id) {
			return false
		}
		w.out(id)
		for _, inner := range w.inside(id) {
			w.out(inner)
			w.at(msp, inner)
		}
		t = w[id]
		t.ended, t.place = true, home(msp)
		w[id] = t
	default: // seen elsewhere
		if !t.begun {
			return false
		}
		if w.mine(msp, id) && !w.seenWithIt(a, id) {
			if t.in != "" {
				w.out(id)
				t = w[id]
			}
			t.place = a.place
			w[id] = t
		}
	}
	return true
}

// seenWithIt reports whether something around an object is seen along with it.
func (w things) seenWithIt(a act, id string) bool {
	for at := w[id].in; at != ""; at = w[at].in {
		if slices.Contains(a.ids, at) {
			return true
		}
	}
	return false
}

func (w things) pack(msp, parent, id string) bool {
	if !w.atHand(msp, id) {
		return false
	}
	for at := parent; at != ""; at = w[at].in {
		if at == id {
			return false
		}
	}
	if w[id].in != parent {
		w.out(id)
		t := w[id]
		t.in = parent
		w[id] = t
	}
	return true
}

func (w things) receive(msp string, a act, id string) bool {
	root := w[w.root(id)]
	switch {
	case !w[id].begun || w[id].ended:
		return false
	case root.offered == "" && root.custodian == msp:
		if w[id].in == "" || root.place != home(msp) && !w.seenWithIt(a, id) {
			w.out(id)
			w.at(msp, id)
		}
		return true
	case root.offered == "":
		return false
	case root.offered != msp:
		return false
	}
	w.out(id)
	t := w[id]
	t.custodian, t.offered, t.place = msp, "", home(msp)
	w[id] = t
	return true
}

// event spells an act as EPCIS.
func (a act) event(msp string, n int) Event {
	var e Event
	switch a.kind {
	case "commission":
		e = Commission(a.ids...)
	case "pack", "unpack", "empty":
		uris := []string{}
		for _, id := range a.ids {
			uris = append(uris, gs1.Authority+id)
		}
		e = Event{Action: "DELETE", BizStep: "unpacking", More: map[string]any{
			"type": "AggregationEvent", "epcList": nil, "parentID": gs1.Authority + a.parent, "childEPCs": uris,
		}}
		if a.kind == "pack" {
			e.Action, e.BizStep = "ADD", "packing"
		}
	case "ship":
		e = Ship(a.to, a.ids...)
	case "receive":
		e = Step("receiving", a.ids...)
	case "void":
		e = Step("void_shipping", a.ids...)
	case "end":
		e = Delete("decommissioning", a.ids...)
	default:
		e = Step("inspecting", a.ids...)
		e.Place = a.place
	}
	if a.kind != "see" && a.kind != "void" {
		e.Place = home(msp)
	}
	e.EventID = fmt.Sprintf("urn:x:%d", n)
	e.ReadPoint = fmt.Sprintf("https://example.com/gate/%d", n)
	return e
}

var (
	modelItems  = []string{Object(Manufacturer, "M1"), Object(Manufacturer, "M2"), Object(Manufacturer, "M3"), Object(Manufacturer, "M4")}
	modelUnits  = []string{Pallet(Manufacturer, 1), Pallet(Manufacturer, 2), Pallet(Manufacturer, 3)}
	modelAll    = slices.Concat(modelItems, modelUnits)
	modelMoves  = []string{"commission", "commission", "pack", "pack", "pack", "unpack", "empty", "ship", "ship", "ship", "receive", "receive", "receive", "void", "end", "see"}
	modelTrades = []string{Manufacturer, Carrier, Retailer}
)

func anAct(t *rapid.T) act {
	a := act{kind: rapid.SampledFrom(modelMoves).Draw(t, "kind")}
	of := modelAll
	switch a.kind {
	case "pack", "unpack", "empty":
		a.parent = rapid.SampledFrom(modelUnits).Draw(t, "parent")
		of = slices.DeleteFunc(slices.Clone(modelAll), func(id string) bool { return id == a.parent })
	case "ship":
		a.to = rapid.SampledFrom(modelTrades).Draw(t, "to")
	}
	if a.kind != "empty" {
		a.ids = rapid.SliceOfNDistinct(rapid.SampledFrom(of), 1, 3, rapid.ID).Draw(t, "ids")
	}
	return a
}

// Whatever organisations send, in whatever order: each object is in exactly one
// custody and in at most one container, as a model that knows nothing of records
// has it; nobody changes what is not theirs; and each twin is what its history
// says as of now.
func TestRandomCapturesKeepCustodyAndContainment(t *testing.T) {
	// rapid makes a hundred runs by default; this takes two thousand.
	for range map[bool]int{true: 1, false: 20}[testing.Short()] {
		rapid.Check(t, randomCaptures)
	}
}

func randomCaptures(t *rapid.T) {
	s := New(t)
	world := things{}
	for n := range rapid.IntRange(1, 40).Draw(t, "captures") {
		msp := rapid.SampledFrom(modelTrades).Draw(t, "msp")
		if rapid.IntRange(0, 2).Draw(t, "favour") == 0 {
			msp = Manufacturer // who alone can begin
		}
		a := anAct(t)
		a.place = fmt.Sprintf("https://example.com/site/%d", n) // nothing else is there
		next := maps.Clone(world)
		allowed := next.do(msp, a)
		before := s.Ledger.Dump()
		_, err := s.Capture(msp, a.event(msp, n))
		switch {
		case allowed != (err == nil):
			t.Fatalf("%s: %+v: the model says allowed=%v, the ledger %v", msp, a, allowed, err)
		case allowed:
			world = next
		case !slices.EqualFunc(before, s.Ledger.Dump(), func(a, b ledger.Entry) bool { return a.Key == b.Key && string(a.Value) == string(b.Value) }):
			t.Fatalf("a refusal changed the ledger")
		}
		for _, id := range modelAll {
			world.check(t, s, id)
		}
	}
}

func (w things) check(t *rapid.T, s *Scene, id string) {
	want := w[id]
	if !want.begun {
		return
	}
	got, root := s.Twin(id), w[w.root(id)]
	in, offered := "", ""
	if got.In != nil {
		in = got.In.Container
	}
	if got.Offer != nil {
		offered = got.Offer.To
	}
	if !want.ended && got.Place != root.place {
		t.Fatalf("%s: the model has it at %q, the ledger at %q", id, root.place, got.Place)
	}
	if got.Custodian != root.custodian || in != want.in || (got.State == product.Ended) != want.ended || !want.ended && offered != root.offered {
		t.Fatalf("%s: the model has it with %s in %q offered to %q ended %v; the ledger with %s in %q offered to %q, %s",
			id, root.custodian, want.in, root.offered, want.ended, got.Custodian, in, offered, got.State)
	}
	var past product.Past
	err := s.As(Regulator, "").Query(func(tx *ledger.Tx) (err error) {
		past, err = product.ReadTwinAsOf(tx, product.ReadTwinAsOfRequest{ID: id, Time: s.Now, Clock: product.Recorded})
		return err
	})
	if err != nil {
		t.Fatalf("%s as of now: %v", id, err)
	}
	if then, now := fmt.Sprintf("%+v", spelled(past.Facts)), fmt.Sprintf("%+v", spelled(got.Facts)); then != now {
		t.Fatalf("%s: its history says\n%s\nthe twin says\n%s", id, then, now)
	}
}

// spelled are facts without pointers, to compare.
func spelled(f product.Facts) string {
	text := fmt.Sprint(f.State, f.Custodian, f.Party, f.Owner, f.NextOwner, f.Place, f.Disposition, f.PersistentDisposition)
	if f.In != nil {
		text += fmt.Sprintf("%+v", *f.In)
	}
	if f.Contents != nil {
		text += fmt.Sprintf("%+v", *f.Contents)
	}
	if f.Offer != nil {
		text += fmt.Sprintf("%+v", *f.Offer)
	}
	return text
}
