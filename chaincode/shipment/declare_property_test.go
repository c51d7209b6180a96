package shipment_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// onRecord is an event on record, by whom.
type onRecord struct {
	who   string
	event Event
	// before is what the objects were before it, as long as nothing has happened
	// since; those that were not on the ledger or over are left out.
	before map[string]product.View
}

// declaring is a random history with error declarations in it.
type declaring struct {
	*Scene
	t       *rapid.T
	objects []string
	said    []onRecord
	reports map[string]int
}

func TestRandomHistoriesWithDeclarationsKeepTwinsTheFoldOfTheirHistories(t *testing.T) {
	reports := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		d := declaring{Scene: New(t), t: t, reports: reports}
		for i := range 3 {
			d.objects = append(d.objects, Object(Manufacturer, fmt.Sprint("D", i)))
		}
		d.objects = append(d.objects, Pallet(Manufacturer, 1), Pallet(Manufacturer, 2))
		delegated(d.Scene, Carrier)
		d.MustCapture(Manufacturer, Commission(d.objects...))
		for range rapid.IntRange(5, 40).Draw(t, "steps") {
			if len(d.said) > 0 && rapid.IntRange(0, 3).Draw(t, "declare") == 0 {
				d.declare()
			} else {
				d.capture()
			}
		}
		d.check()
	})
	t.Log(reports)
	for _, effect := range []product.Effect{product.Reversed, product.Contested} {
		require.Positive(t, reports[string(effect)], "the histories are too tame")
	}
}

// capture captures an event, which whoever it comes from may say or not.
func (d *declaring) capture() {
	of := rapid.SliceOfNDistinct(rapid.SampledFrom(d.objects), 1, 2, rapid.ID).Draw(d.t, "objects")
	first := d.Twin(of[0])
	who := rapid.SampledFrom([]string{first.Custodian, first.Custodian, Manufacturer, Carrier, Retailer}).Draw(d.t, "who")
	if first.Offer != nil && rapid.Bool().Draw(d.t, "arrives") {
		whole := append([]string{of[0]}, first.Through...)
		d.try(first.Offer.To, Step("receiving", rapid.SampledFrom(whole).Draw(d.t, "arrived")))
		return
	}
	to := rapid.SampledFrom([]string{Manufacturer, Carrier, Retailer}).Draw(d.t, "to")
	pallet := rapid.SampledFrom(d.objects[3:]).Draw(d.t, "pallet")
	of2 := slices.DeleteFunc(slices.Clone(of), func(id string) bool { return id == pallet })
	event := rapid.SampledFrom([]Event{
		Commission(of...), adoption(of...), Ship(to, of...), Ship(to, pallet), Ship(to, pallet), Step("receiving", of...), Step("receiving", pallet),
		Step("void_shipping", of...), with(Step("storing", of...), func(e *Event) { e.Place = Site(to) }), Delete("destroying", of...),
		Delete("retail_selling", of...), returned("stocking", of...), Pack(pallet, of2...), Pack(pallet, of2...), Pack(pallet, of2...),
		Unpack(pallet, of2...), Unpack(pallet), Count(pallet, of2...), with(Step("inspecting", of...), func(e *Event) { e.Disposition = "damaged" }),
		with(Count(pallet, of2...), func(e *Event) { e.BizStep, e.To = "shipping", GLN(to) }),
	}).Draw(d.t, "event")
	d.try(who, event)
}

func (d *declaring) try(who string, event Event) {
	event.Time = d.Now
	was := map[string]product.View{}
	for _, id := range d.objects {
		was[id] = d.Twin(id)
	}
	before := d.Ledger.Dump()
	if _, err := d.Capture(who, event); err != nil {
		require.NotErrorIs(d.t, err, fault.Internal)
		require.Equal(d.t, before, d.Ledger.Dump(), "a refusal changes nothing")
		return
	}
	d.forget()
	d.said = append(d.said, onRecord{who, event, was})
}

// forget notes that something has happened since the last event.
func (d *declaring) forget() {
	if n := len(d.said); n > 0 {
		d.said[n-1].before = nil
	}
}

// restored checks that what was declared at once is as if it had never been, or
// contested.
func (d *declaring) restored(event Event, before map[string]product.View) {
	for id, was := range before {
		now := d.Twin(id)
		switch {
		case now.Contested && !was.Contested:
			d.reports["contested at once"]++
			continue
		case slices.ContainsFunc(was.Through, func(around string) bool { return d.Twin(around).Contested }):
			continue
		case now.Contested || was.State == product.Undone:
			continue
		case now.Unproven || was.Unproven || now.State == product.Undone:
			continue // it had begun, or begun anew
		}
		if now.In != nil && was.In != nil {
			now.In.Seen = was.In.Seen
		}
		// A container that the parent of the event has left keeps what it was
		// told of its contents: it knows too much, never too little. And what is
		// in a container is where that is, as soon as it is heard of again.
		if now.In != nil || !strings.Contains(fmt.Sprint(event), id) {
			was.Place, was.Disposition, was.Contents = now.Place, now.Disposition, now.Contents
		}
		require.Equal(d.t, was.Facts, now.Facts, id)
		require.Equal(d.t, was.Offer, now.Offer, id)
		d.reports["restored"]++
	}
}

// declare declares one of the last events an error. Custody goes nowhere but away
// from who declares.
func (d *declaring) declare() {
	at := max(0, len(d.said)-1-rapid.IntRange(0, 4).Draw(d.t, "back"))
	it := d.said[at]
	other := map[string]string{Manufacturer: Carrier, Carrier: Retailer, Retailer: Manufacturer}[it.who]
	if !slices.ContainsFunc(d.said, func(s onRecord) bool { return s.who == other && s.event.Time.Equal(it.event.Time) }) {
		_, err := d.Capture(other, wrong(d.Scene, it.event))
		require.ErrorIs(d.t, err, fault.NotFound)
	}
	custodians := map[string]string{}
	for _, id := range d.objects {
		custodians[id] = d.Twin(id).Custodian
	}
	d.MustCapture(it.who, wrong(d.Scene, it.event))
	d.restored(it.event, it.before)
	d.check()
	d.said = slices.Delete(d.said, at, at+1)
	d.forget()
	for _, id := range d.objects {
		if now := d.Twin(id).Custodian; now != custodians[id] {
			require.Equal(d.t, it.who, custodians[id], "%s went from %s to %s", id, custodians[id], now)
			d.reports["custody"]++
		}
	}
}

func (d *declaring) check() {
	for _, id := range d.objects {
		twin := d.Twin(id)
		var past product.Past
		require.NoError(d.t, d.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
			past, err = product.ReadTwinAsOf(tx, product.ReadTwinAsOfRequest{ID: id, Time: d.Now, Clock: product.Recorded})
			return err
		}))
		require.Equal(d.t, past.Facts, twin.Facts, id)
		require.Contains(d.t, []string{Manufacturer, Carrier, Retailer}, twin.Custodian)
		history := d.History(id)
		require.Len(d.t, history, int(twin.Events))
		require.LessOrEqual(d.t, twin.Changed, twin.Events)
		last := history[len(history)-1]
		d.reports[string(last.Effect)]++
		d.inContainer(id, twin)
		if twin.Offer != nil {
			require.Equal(d.t, product.Active, twin.State)
			require.Equal(d.t, twin.Custodian, twin.Offer.From)
		}
	}
}

// inContainer checks that what is in a container is with it.
func (d *declaring) inContainer(id string, twin product.View) {
	if twin.In == nil {
		return
	}
	container := d.Twin(twin.In.Container)
	require.Equal(d.t, container.Custodian, twin.Custodian, id)
	require.Equal(d.t, product.Active, container.State)
	require.Equal(d.t, product.Active, twin.State)
	require.Equal(d.t, container.Contents.Epoch, twin.In.Epoch)
	require.Positive(d.t, container.Contents.Since)
	require.NotContains(d.t, container.Through, id)
}
