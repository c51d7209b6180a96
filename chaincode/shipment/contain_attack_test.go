package shipment_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// lift takes the hold off that [hold] places.
func lift(s *Scene, id string) {
	s.TB.Helper()
	err := s.As(Retailer, ledger.RoleGateway).Update(func(tx *ledger.Tx) error {
		twins, err := product.LoadTwins(tx, ids(id))
		if err != nil {
			return err
		}
		return product.LiftHold(tx, twins, "h1", "somebody")
	})
	if err != nil {
		s.TB.Fatalf("%v", err)
	}
}

// nested has A in pallet 1, that in pallet 2 and so on, and returns the pallets.
func nested(s *Scene, depth int) []string {
	onHand(s)
	inner, around := a, []string{}
	for i := range depth {
		outer := Pallet(Manufacturer, i+1)
		s.MustCapture(Manufacturer, Pack(outer, inner))
		inner, around = outer, append(around, outer)
	}
	return around
}

func TestAHoldInsideStopsEachContainerAroundItUntilTheHeldThingIsOut(t *testing.T) {
	for level := range 8 {
		s := New(t)
		around := nested(s, 8)
		hold(s, a)
		for _, container := range around {
			_, err := s.Capture(Manufacturer, Ship(Retailer, container))
			require.ErrorIs(t, err, fault.Held, container)
		}
		// Out comes the held thing, in a container or not.
		inner := append([]string{a}, around...)[level]
		s.MustCapture(Manufacturer, Unpack(around[level], inner))
		for i, container := range around {
			out := i >= level
			_, err := s.Capture(Manufacturer, Ship(Carrier, container))
			if !out {
				require.ErrorIs(t, err, fault.Held, "level %d, container %d", level, i)
				continue
			}
			require.NoError(t, err, "level %d, container %d", level, i)
			s.MustCapture(Manufacturer, Step("void_shipping", container))
		}
		_, err := s.Capture(Manufacturer, Pack(Pallet(Manufacturer, 77), inner))
		require.ErrorIs(t, err, fault.Held)
		lift(s, a)
		s.MustCapture(Manufacturer, Pack(Pallet(Manufacturer, 77), inner))
		s.MustCapture(Manufacturer, Ship(Retailer, Pallet(Manufacturer, 77)))
	}
}

func TestAHoldInsideIsLiftedFromEachContainerAroundIt(t *testing.T) {
	s := New(t)
	around := nested(s, 8)
	hold(s, a)
	lift(s, a)
	s.MustCapture(Manufacturer, Ship(Retailer, around[7]))
	for _, e := range s.Ledger.Dump() {
		kind, _ := e.Key.Parts()
		require.NotEqual(t, "mark", kind)
	}
}

// Wherever the custodian says that a held thing is, or what is around it, it stays
// held, and so does what it goes into.
func TestNoHoldIsEscapedByMovingThingsAround(t *testing.T) {
	moves := map[string][]Event{
		"unpacked and packed elsewhere":            {Unpack(pallet, a), Pack(truck, a)},
		"emptied and packed elsewhere":             {Unpack(pallet), Pack(truck, a)},
		"packed elsewhere at once":                 {Pack(truck, a)},
		"seen elsewhere, then packed":              {at(Site(Carrier), Step("storing", a)), Pack(truck, a)},
		"counted elsewhere":                        {Commission(truck), Count(truck, a)},
		"its container packed":                     {Pack(truck, pallet)},
		"its container counted elsewhere":          {Commission(truck), Count(truck, pallet)},
		"its container ended":                      {Delete("destroying", pallet), Pack(truck, a)},
		"attached elsewhere":                       {Commission(truck), Attach(truck, a)},
		"unpacked, packed and shipped in one word": {Unpack(pallet), Commission(truck), Count(truck, a), Ship(Retailer, truck)},
	}
	for name, events := range moves {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			heldInside(s)
			var err error
			for _, e := range events {
				if _, err = s.Capture(Manufacturer, e); err != nil {
					require.ErrorIs(t, err, fault.Held)
					break
				}
			}
			require.Error(t, err, "it went into something else")
			for _, id := range []string{a, pallet, truck} {
				_, err := s.Capture(Manufacturer, Ship(Retailer, id))
				require.True(t, err != nil || id != a, "what is held left")
			}
			require.Equal(t, Manufacturer, s.Twin(a).Custodian)
			require.Nil(t, s.Twin(a).Offer)
			s = New(t)
			heldInside(s)
			_, err = s.Capture(Manufacturer, events...)
			require.ErrorIs(t, err, fault.Held, "nor in one document")
		})
	}
}

func TestAMarkIsOfTheFillingInWhichTheHeldThingIs(t *testing.T) {
	s := New(t)
	heldInside(s)
	s.MustCapture(Manufacturer, Unpack(pallet))
	s.MustCapture(Manufacturer, Commission(b), Pack(pallet, b))
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))

	s = New(t)
	packed(s)
	s.MustCapture(Manufacturer, Unpack(pallet))
	hold(s, a) // it is in nothing any more
	s.MustCapture(Manufacturer, Commission(b), Pack(pallet, b))
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))
}

// Packing is not a way to take over what another has, or to keep it.
func TestContainersMoveNothingFromHandToHand(t *testing.T) {
	s := New(t)
	theirs := Object(Carrier, "C")
	s.MustCapture(Carrier, Commission(theirs))
	s.MustCapture(Manufacturer, Commission(a, pallet))
	for _, e := range []Event{Pack(pallet, theirs), Pack(pallet, a, theirs), Attach(pallet, theirs)} {
		_, err := s.Capture(Manufacturer, e)
		require.ErrorIs(t, err, fault.NotCustodian)
	}
	s.MustCapture(Manufacturer, Count(pallet, theirs)) // a witness
	require.Equal(t, Carrier, s.Twin(theirs).Custodian)
	require.Nil(t, s.Twin(theirs).In)

	s.MustCapture(Manufacturer, Pack(pallet, a))
	s.MustCapture(Manufacturer, Ship(Carrier, pallet))
	s.MustCapture(Carrier, Step("receiving", pallet))
	for _, e := range []Event{Unpack(pallet, a), Unpack(pallet), Pack(truck, a), Pack(truck, pallet), at(Site(Manufacturer), Delete("destroying", a)), Ship(Retailer, a)} {
		_, err := s.Capture(Manufacturer, e)
		require.ErrorIs(t, err, fault.NotCustodian, "its twin's own last word names the manufacturer; the pallet has been received")
	}
	s.MustCapture(Manufacturer, at(Site(Manufacturer), Step("storing", a)))
	require.Equal(t, pallet, s.Twin(a).In.Container)
	require.Len(t, witnesses(t, s, a), 1)
}

// Whoever has packed what was not offered to it cannot ship the same on its own.
func TestWhatWasReceivedOnItsOwnDoesNotGoBackWithItsPallet(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), Pack(pallet, a, b))
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, pallet)))
	s.MustCapture(Retailer, Step("receiving", a))
	s.MustCapture(Manufacturer, Step("void_shipping", pallet))
	_, err := s.Capture(Manufacturer, Count(pallet, a))
	require.NoError(t, err, "it is a witness of that")
	require.Equal(t, []string{Retailer, Retailer, ""}, owners(s, a))
	_, err = s.Capture(Manufacturer, Unpack(pallet, a))
	require.ErrorIs(t, err, fault.NotCustodian)
}

// Two transactions of one block that contradict one another: one wins.
func TestAHoldAndAShipmentOfTheContainerDoNotBothCommit(t *testing.T) {
	s := New(t)
	packed(s)
	ship := simulated(s, "ship", Manufacturer, Ship(Retailer, pallet))
	hold(s, a)
	require.NotEqual(t, "VALID", fmt.Sprint(s.Ledger.Commit(ship)[0]))
	require.Nil(t, s.Twin(a).Offer)
}

func TestPackingAndShippingOfTheSameDoNotBothCommit(t *testing.T) {
	for name, other := range map[string]Event{
		"shipped": Ship(Retailer, a), "packed elsewhere": Pack(truck, a), "the container shipped": Ship(Retailer, pallet), "the container emptied": Unpack(pallet),
	} {
		s := New(t)
		onHand(s)
		s.MustCapture(Manufacturer, Commission(pallet, b), Pack(pallet, b))
		pack := simulated(s, "pack", Manufacturer, Pack(pallet, a))
		s.MustCapture(Manufacturer, other)
		require.NotEqual(t, "VALID", fmt.Sprint(s.Ledger.Commit(pack)[0]), name)
	}
}

func TestWhoeverReadsAContainerDoesNotDisturbWhoReadsItToo(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), Pack(pallet, a, b))
	one := simulated(s, "one", Manufacturer, Step("inspecting", a))
	two := simulated(s, "two", Manufacturer, Step("inspecting", b))
	for _, code := range s.Ledger.Commit(one, two) {
		require.Equal(t, "VALID", fmt.Sprint(code))
	}
}
