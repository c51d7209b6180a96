package shipment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// Whatever is permitted, and whatever is done then in whatever order: what was on
// hold, itself or in something, is on hold until the hold is lifted, has gone only
// where a permit led, and is free when the hold is lifted.
func TestNothingComesOffAHoldByWhatIsPermitted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := New(t)
		s.MustCapture(Manufacturer, Commission(a, b, crate), Pack(pallet, a, b), Pack(truck, pallet))
		var goods []string // and what is in them
		onHold := rapid.SampledFrom([][]string{{a}, {pallet}, {truck}, {a, truck}, {b, pallet}}).Draw(rt, "on hold")
		for _, id := range onHold {
			goods = append(goods, map[string][]string{a: {a}, b: {b}, pallet: {pallet, a, b}, truck: {truck, pallet, a, b}}[id]...)
		}
		holdAs(s, "h1", onHold...)
		led := []string{Manufacturer}
		for range rapid.IntRange(0, 3).Draw(rt, "permits") {
			p := product.Permit{Purpose: rapid.SampledFrom([]string{
				product.ForReturn, product.ForQuarantine, product.ForDestruction, product.ForInspection, product.ForRepacking,
			}).Draw(rt, "purpose")}
			if to := rapid.SampledFrom([]string{"", Carrier, Retailer}).Draw(rt, "to"); to != "" && p.Purpose != product.ForRepacking {
				p.Destination, p.MSP = to, to
				led = append(led, to)
			}
			permit(s, "h1", p)
		}
		for range rapid.IntRange(5, 25).Draw(rt, "events") {
			s.Now = s.Now.Add(time.Minute)
			who := rapid.SampledFrom([]string{Manufacturer, Carrier, Retailer}).Draw(rt, "who")
			_, _ = s.Capture(who, somethingWithWhatIsOnHold(rt)) // refused, mostly
			for _, id := range goods {
				view := s.Twin(id)
				require.Contains(t, led, view.Custodian, id)
				if view.State == product.Active {
					require.True(t, len(view.Holds) > 0 || view.HeldThrough != "", "%s is free", id)
				}
			}
		}
		liftAll(s, "h1")
		for _, id := range []string{a, b, pallet, truck, crate} {
			view := s.Twin(id)
			require.Empty(t, view.Holds, id)
			require.Empty(t, view.HeldThrough, id)
			if view.State == product.Active && view.Offer == nil && view.In == nil {
				s.MustCapture(view.Custodian, Ship(other(view.Custodian), id))
			}
		}
	})
}

func other(msp string) string {
	if msp == Retailer {
		return Carrier
	}
	return Retailer
}

// somethingWithWhatIsOnHold is an event about goods and containers.
func somethingWithWhatIsOnHold(t *rapid.T) Event {
	thing := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "thing") }
	to := rapid.SampledFrom([]string{Carrier, Retailer, Manufacturer}).Draw(t, "to")
	switch rapid.SampledFrom([]string{"ship", "return", "receive", "receive", "void", "open", "empty", "pack", "destroy", "sell", "see"}).Draw(t, "what") {
	case "ship":
		return Ship(to, thing(a, b, pallet, truck, crate))
	case "return":
		e := Ship(to, thing(a, b, pallet, truck, crate))
		e.Disposition = "returned"
		return e
	case "receive":
		return Step("receiving", thing(a, b, pallet, truck, crate))
	case "void":
		return Step("void_shipping", thing(a, b, pallet, truck, crate))
	case "open":
		return Unpack(thing(pallet, crate, truck), thing(a, b, pallet, crate))
	case "empty":
		return Unpack(thing(pallet, crate, truck))
	case "pack":
		return Pack(thing(pallet, crate, truck), thing(a, b, pallet, crate))
	case "destroy":
		return Delete("destroying", thing(a, b, pallet, truck))
	case "sell":
		return Delete("retail_selling", thing(a, b))
	}
	return at(Site(to), Step("inspecting", thing(a, b, pallet)))
}
