package shipment_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// moment is what each object was after a capture.
type moment struct {
	recorded, occurred time.Time
	views              map[string]product.View
}

// chronicle captures at random and remembers everything.
type chronicle struct {
	*Scene
	t       *rapid.T
	objects []string
	units   []string
	orderly bool // events happen in the order of their recording
	moments []moment
	taken   []sent
}

// sent is an event that the ledger took, and from whom.
type sent struct {
	msp   string
	event Event
}

func (c *chronicle) event(msp string, n int) Event {
	pick := func(of []string, most int) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 1, most, rapid.ID).Draw(c.t, "of")
	}
	unit := rapid.SampledFrom(c.units).Draw(c.t, "unit")
	others := slices.DeleteFunc(slices.Clone(c.objects), func(id string) bool { return id == unit })
	var e Event
	switch kind := rapid.IntRange(0, 16).Draw(c.t, "kind"); kind {
	case 0, 1, 2:
		e = Pack(unit, pick(others, 3)...)
	case 3:
		e = Attach(unit, pick(others, 2)...)
	case 4:
		e = Unpack(unit, pick(others, 2)...)
	case 5:
		e = Unpack(unit)
	case 6:
		e = Detach(unit)
	case 7:
		e = Count(unit, pick(others, 2)...)
	case 8, 9:
		e = Ship(rapid.SampledFrom(modelTrades).Draw(c.t, "to"), pick(c.objects, 2)...)
		if rapid.Bool().Draw(c.t, "title") {
			e.Owner = e.To
		}
	case 10, 11, 12:
		e = Step("receiving", pick(c.objects, 3)...)
	case 13:
		e = Step("void_shipping", pick(c.objects, 1)...)
		if rapid.Bool().Draw(c.t, "with what is in it") {
			e = Count(unit, append(pick(others, 2), Object(Manufacturer, "NEVER"))...)
			e.BizStep = "void_shipping"
		}
	case 14:
		e = Delete("destroying", pick(c.objects, 1)...)
	default:
		e = Step("inspecting", pick(c.objects, 2)...)
	}
	if rapid.IntRange(0, 2).Draw(c.t, "placed") == 0 {
		e.Place = Site(msp)
	}
	if rapid.Bool().Draw(c.t, "disposed") {
		e.Disposition = rapid.SampledFrom([]string{"in_progress", "damaged", "active", "available"}).Draw(c.t, "disposition")
	}
	e.ReadPoint = fmt.Sprintf("https://example.com/gate/%d", n) // no two events are equal
	return e
}

// capture captures one document, and remembers what came of it.
func (c *chronicle) capture(n int) {
	msp := rapid.SampledFrom(append(modelTrades, Manufacturer)).Draw(c.t, "msp")
	var events []Event
	var latest time.Time
	if len(c.moments) > 0 {
		latest = c.moments[len(c.moments)-1].occurred
	}
	for i := range rapid.IntRange(1, 3).Draw(c.t, "events") {
		e := c.event(msp, 10*n+i)
		e.Time = c.Now.Add(time.Minute)
		if !c.orderly {
			e.Time = c.Now.Add(-time.Duration(rapid.IntRange(0, 240).Draw(c.t, "minutes ago")) * time.Minute)
		}
		events = append(events, e)
	}
	_, err := c.Capture(msp, events...)
	if err != nil {
		if errors.Is(err, fault.Internal) {
			c.t.Fatalf("%+v: %v", events, err)
		}
		return
	}
	for _, e := range events {
		c.taken = append(c.taken, sent{msp, e})
		if e.Time.After(latest) {
			latest = e.Time
		}
	}
	c.remember(latest)
}

func (c *chronicle) remember(latest time.Time) {
	m := moment{recorded: c.Now, occurred: latest, views: map[string]product.View{}}
	for _, id := range c.objects {
		m.views[id] = c.Twin(id)
	}
	c.moments = append(c.moments, m)
}

func begun(t *rapid.T, orderly bool) *chronicle {
	c := &chronicle{Scene: New(t), t: t, orderly: orderly, units: []string{Pallet(Manufacturer, 1), Pallet(Manufacturer, 2), Pallet(Manufacturer, 3), crate}}
	c.objects = append([]string{Object(Manufacturer, "M1"), Object(Manufacturer, "M2"), Object(Carrier, "C1")}, c.units...)
	c.MustCapture(Carrier, Commission(Object(Carrier, "C1")))
	c.MustCapture(Manufacturer, Commission(slices.DeleteFunc(slices.Clone(c.objects), func(id string) bool { return id == Object(Carrier, "C1") })...))
	c.remember(c.Now)
	return c
}

func (c *chronicle) asOf(id string, when time.Time, clock product.Clock) product.Past {
	past, err := consult(c.Scene, product.ReadTwinAsOf, product.ReadTwinAsOfRequest{ID: id, Time: when, Clock: clock})
	if err != nil {
		c.t.Fatalf("%s as of %s: %v", id, when, err)
	}
	return past
}

// said are facts and where they come from, to compare.
func said2(f product.Facts, inferred, through []string) string {
	return fmt.Sprintf("%s %v %v", spelled(f), inferred, through)
}

// What a twin is as of a moment is what it was then, to the last inherited fact,
// through all nestings, emptyings and fillings since; and each twin on the ledger
// is what the last entry of its history says.
func TestTheStateAsOfAMomentIsWhatWasReadThen(t *testing.T) {
	for range map[bool]int{true: 1, false: 10}[testing.Short()] {
		rapid.Check(t, func(t *rapid.T) {
			c := begun(t, rapid.Bool().Draw(t, "orderly"))
			for n := range rapid.IntRange(5, 25).Draw(t, "captures") {
				c.capture(n)
			}
			for _, m := range c.moments {
				for id, then := range m.views {
					want := said2(then.Facts, then.Inferred, then.Through)
					past := c.asOf(id, m.recorded, product.Recorded)
					if got := said2(past.Facts, past.Inferred, past.Through); got != want || past.Number != then.Events {
						c.t.Fatalf("%s as of %s:\n%d %s\nand was\n%d %s", id, m.recorded, past.Number, got, then.Events, want)
					}
					if !c.orderly {
						continue
					}
					past = c.asOf(id, m.occurred, product.Occurred)
					if got := said2(past.Facts, past.Inferred, past.Through); got != want {
						c.t.Fatalf("%s as it happened by %s:\n%s\nand was\n%s", id, m.occurred, got, want)
					}
				}
			}
			for _, id := range c.objects {
				c.halved(id)
			}
			c.whole()
			c.repeated()
		})
	}
}

// repeated checks that all that the ledger took is known to who sent it.
func (c *chronicle) repeated() {
	before := c.Ledger.Dump()
	for _, s := range c.taken {
		s.event.Time = s.event.Time.Add(-time.Duration(rapid.IntRange(0, 1).Draw(c.t, "less")) * 400 * time.Microsecond) // which the hash rounds up
		if _, err := c.Capture(s.msp, s.event); !errors.Is(err, fault.AlreadyRecorded) {
			c.t.Fatalf("%s again by %s: %v", s.event, s.msp, err)
		}
	}
	require.Equal(c.t, before, c.Ledger.Dump())
}

// halved checks that halving finds, by the clock of what happened, what going
// through the whole history does.
func (c *chronicle) halved(id string) {
	history := c.History(id)
	for _, m := range c.moments {
		var want uint64
		for _, e := range history {
			// What was seen after the end changed nothing, and does not count.
			if e.Effect != product.Witnessed && e.Time.After(m.occurred) {
				break
			}
			want = e.Number
		}
		if want == 0 {
			continue
		}
		if got := c.asOf(id, m.occurred, product.Occurred).Number; got != want {
			c.t.Fatalf("%s as it happened by %s: event %d rather than %d", id, m.occurred, got, want)
		}
	}
}

// stored is what the records of a twin and of an entry have in common.
type stored struct {
	State, Custodian, Party, From, Owner, NextOwner, Place, Disposition string
	In                                                                  *product.Stay
	Contents                                                            *product.Contents
	Offer                                                               uint64
}

// whole checks the records: each twin is the last entry of its history, and each
// list of contents is what the objects themselves say.
func (c *chronicle) whole() {
	twins, entries, listed := map[string]stored{}, map[string]stored{}, map[string]bool{}
	for _, e := range c.Ledger.Dump() {
		switch kind, parts := e.Key.Parts(); kind {
		case "twin":
			var t product.Twin
			require.NoError(c.t, json.Unmarshal(e.Value, &t))
			s := stored{string(t.State), t.Custodian, t.Party, t.From, t.Owner, t.NextOwner, t.Place, t.Disposition, t.In, t.Contents, 0}
			if t.Offer != nil {
				s.Offer = t.Offer.Number
			}
			twins[t.ID] = s
		case "history": // in the order of numbers: the last one stays
			entries[parts[0]] = c.entry(e)
		case "inside":
			listed[e.Key.String()] = true
		}
	}
	for id, twin := range twins {
		require.Equal(c.t, entries[id], twin, id)
	}
	for _, unit := range c.objects {
		for _, attached := range []bool{false, true} {
			want := []string{}
			for id, v := range c.moments[len(c.moments)-1].views {
				if in := v.In; in != nil && in.Container == unit && in.Attached == attached {
					want = append(want, id)
				}
			}
			page, err := consult(c.Scene, product.ReadContents, product.ReadContentsRequest{ID: unit, Attached: attached})
			require.NoError(c.t, err)
			got := []string{}
			for _, o := range page.Objects {
				got = append(got, o.ID)
			}
			slices.Sort(want)
			slices.Sort(got)
			require.Equal(c.t, want, got, unit)
		}
	}
}

func (c *chronicle) entry(e ledger.Entry) stored {
	var r struct {
		S, C, Y, M, W, N, P, D string
		I                      *product.Stay
		K                      *product.Contents
		H                      uint64
	}
	require.NoError(c.t, json.Unmarshal(e.Value, &r))
	s := stored{r.S, r.C, r.Y, r.M, r.W, r.N, r.P, r.D, r.I, r.K, r.H}
	if s.State == "" {
		s.State = string(product.Active)
	}
	if s.Owner == "" {
		s.Owner = s.Custodian
	}
	return s
}

// Of what random traders do with containers, nothing comes to be in two, in
// itself, or in two custodies; and no mark is left where nothing is held.
func TestRandomContainmentStaysATree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := begun(t, true)
		held := map[string]bool{}
		for n := range rapid.IntRange(5, 30).Draw(t, "captures") {
			id := rapid.SampledFrom(c.objects).Draw(t, "held")
			switch {
			case rapid.IntRange(0, 5).Draw(t, "hold") > 0:
			case held[id]:
				lift(c.Scene, id)
				delete(held, id)
			default:
				hold(c.Scene, id)
				held[id] = true
			}
			c.capture(n)
			c.tree(held)
		}
	})
}

func (c *chronicle) tree(held map[string]bool) {
	views := map[string]product.View{}
	for _, id := range c.objects {
		views[id] = c.Twin(id)
	}
	marks := map[string]bool{}
	for id, v := range views {
		seen := map[string]bool{id: true}
		for in := v.In; in != nil; in = views[in.Container].In {
			if seen[in.Container] {
				c.t.Fatalf("%s is in itself", id)
			}
			seen[in.Container] = true
			if views[in.Container].Custodian != v.Custodian || views[in.Container].Party != v.Party {
				c.t.Fatalf("%s is with %s and its container with %s", id, v.Custodian, views[in.Container].Custodian)
			}
			if held[id] {
				marks[in.Container+" "+id] = true
			}
		}
	}
	found := map[string]bool{}
	for _, e := range c.Ledger.Dump() {
		kind, parts := e.Key.Parts()
		if kind != "mark" {
			continue
		}
		k := views[parts[0]].Contents
		if k != nil && (parts[1] == ledger.Number(k.Epoch) || parts[1] == "attached-"+ledger.Number(k.AttachedEpoch)) {
			found[parts[0]+" "+parts[2]] = true
		}
	}
	if !maps.Equal(marks, found) {
		c.t.Fatalf("what is held is marked under %v, and should be under %v", found, marks)
	}
}
