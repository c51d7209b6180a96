package shipment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// permit permits something with what a hold is on.
func permit(s *Scene, hold string, p product.Permit) {
	s.TB.Helper()
	p.ID = "ManufacturerMSP/p"
	err := s.As(Manufacturer, ledger.RoleOperator).Update(func(tx *ledger.Tx) error { return product.AddPermit(tx, hold, p) })
	if err != nil {
		s.TB.Fatalf("%v", err)
	}
}

// holdAs puts a hold of that id on objects.
func holdAs(s *Scene, id string, objects ...string) {
	s.TB.Helper()
	err := s.As(Retailer, ledger.RoleGateway).Update(func(tx *ledger.Tx) error {
		twins, err := product.LoadTwins(tx, ids(objects...))
		if err != nil {
			return err
		}
		return product.PlaceHold(tx, twins, product.Hold{ID: id, Reason: "too warm", Breach: id})
	})
	if err != nil {
		s.TB.Fatalf("%v", err)
	}
}

func liftAll(s *Scene, id string) int {
	s.TB.Helper()
	lifted := 0
	err := s.As(Retailer, ledger.RoleGateway).Update(func(tx *ledger.Tx) error {
		paths, err := product.HeldUnder(tx, id, 100)
		if err != nil {
			return err
		}
		twins, err := product.LoadTwins(tx, ids(paths...))
		lifted = len(twins)
		if err != nil {
			return err
		}
		return product.LiftHold(tx, twins, id, "quality")
	})
	if err != nil {
		s.TB.Fatalf("%v", err)
	}
	return lifted
}

// What is on hold moves only where, and for what, every hold on it, around it and
// in it has a permit.
func TestWhatIsOnHoldMovesOnlyAsItsPermitsSay(t *testing.T) {
	returned := func(to string, epcs ...string) Event {
		e := Ship(to, epcs...)
		e.Disposition = "returned"
		return e
	}
	to := func(purpose, msp string) product.Permit {
		return product.Permit{Purpose: purpose, Destination: msp, MSP: msp}
	}
	here := func(purpose string) product.Permit { return product.Permit{Purpose: purpose} }
	onA := func(s *Scene) { holdAs(s, "h1", a) }
	onPallet := func(s *Scene) { holdAs(s, "h1", pallet) }
	onBoth := func(s *Scene) { holdAs(s, "h1", a); holdAs(s, "h2", pallet) }
	for name, c := range map[string]struct {
		held    func(*Scene)
		permits map[string]product.Permit // by hold
		event   Event
		passes  bool
	}{
		"to quarantine":                              {onA, map[string]product.Permit{"h1": to(product.ForQuarantine, Carrier)}, Ship(Carrier, a), true},
		"to quarantine by GLN":                       {onA, map[string]product.Permit{"h1": {Purpose: product.ForQuarantine, Destination: GLN(Carrier), MSP: Carrier}}, Ship(Carrier, a), true},
		"elsewhere":                                  {onA, map[string]product.Permit{"h1": to(product.ForQuarantine, Carrier)}, Ship(Retailer, a), false},
		"until a time that is over":                  {onA, map[string]product.Permit{"h1": {Purpose: product.ForQuarantine, Destination: Carrier, MSP: Carrier, Until: Begin}}, Ship(Carrier, a), false},
		"until a time that is not":                   {onA, map[string]product.Permit{"h1": {Purpose: product.ForQuarantine, Destination: Carrier, MSP: Carrier, Until: Begin.AddDate(1, 0, 0)}}, Ship(Carrier, a), true},
		"returned":                                   {onA, map[string]product.Permit{"h1": to(product.ForReturn, Carrier)}, returned(Carrier, a), true},
		"shipped where it may only return":           {onA, map[string]product.Permit{"h1": to(product.ForReturn, Carrier)}, Ship(Carrier, a), false},
		"shipped to be destroyed":                    {onA, map[string]product.Permit{"h1": to(product.ForDestruction, Carrier)}, Ship(Carrier, a), true},
		"shipped where it may only be destroyed":     {onA, map[string]product.Permit{"h1": here(product.ForDestruction)}, Ship(Carrier, a), false},
		"destroyed":                                  {onA, map[string]product.Permit{"h1": here(product.ForDestruction)}, Delete("destroying", a), true},
		"destroyed where it may only be sent":        {onA, map[string]product.Permit{"h1": to(product.ForDestruction, Carrier)}, Delete("destroying", a), false},
		"destroyed where it may be inspected":        {onA, map[string]product.Permit{"h1": here(product.ForInspection)}, Delete("destroying", a), false},
		"sold where it may be destroyed":             {onA, map[string]product.Permit{"h1": here(product.ForDestruction)}, Delete("retail_selling", a), false},
		"the container, of what is in it":            {onA, map[string]product.Permit{"h1": to(product.ForQuarantine, Carrier)}, Ship(Carrier, pallet), true},
		"the container, of what is in it, elsewhere": {onA, map[string]product.Permit{"h1": to(product.ForQuarantine, Carrier)}, Ship(Retailer, pallet), false},
		"one of two holds":                           {onBoth, map[string]product.Permit{"h2": to(product.ForQuarantine, Carrier)}, Ship(Carrier, pallet), false},
		"the other of two holds":                     {onBoth, map[string]product.Permit{"h1": to(product.ForQuarantine, Carrier)}, Ship(Carrier, a), false},
		"one of two holds on the same":               {func(s *Scene) { holdAs(s, "h1", a); holdAs(s, "h2", a) }, map[string]product.Permit{"h1": to(product.ForQuarantine, Carrier)}, Ship(Carrier, a), false},
		"both holds":                                 {onBoth, map[string]product.Permit{"h1": to(product.ForQuarantine, Carrier), "h2": to(product.ForInspection, Carrier)}, Ship(Carrier, pallet), true},
		"out of its container":                       {onPallet, map[string]product.Permit{"h1": to(product.ForQuarantine, Carrier)}, Ship(Carrier, a), true},
		"sold out of its container":                  {onPallet, map[string]product.Permit{"h1": here(product.ForInspection)}, Delete("retail_selling", a), false},
		"opened to inspect":                          {onPallet, map[string]product.Permit{"h1": here(product.ForInspection)}, Unpack(pallet, a), true},
		"opened to inspect elsewhere":                {onPallet, map[string]product.Permit{"h1": to(product.ForInspection, Carrier)}, Unpack(pallet, a), false},
		"opened where it may only move":              {onPallet, map[string]product.Permit{"h1": to(product.ForReturn, Carrier)}, Unpack(pallet, a), false},
		"emptied at once":                            {onPallet, map[string]product.Permit{"h1": here(product.ForInspection)}, Unpack(pallet), false},
		"repacked":                                   {onA, map[string]product.Permit{"h1": here(product.ForRepacking)}, Pack(crate, a), true},
		"repacked out of what is on hold":            {onPallet, map[string]product.Permit{"h1": here(product.ForRepacking)}, Pack(crate, a), true},
		"repacked where it may be inspected":         {onA, map[string]product.Permit{"h1": here(product.ForInspection)}, Pack(crate, a), false},
		"packed into what is on hold":                {onPallet, map[string]product.Permit{"h1": here(product.ForRepacking)}, Pack(pallet, b), false},
		"used up":                                    {onA, map[string]product.Permit{"h1": here(product.ForRepacking)}, Delete("dispensing", a), false},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			s.MustCapture(Manufacturer, Commission(a, b, crate), Pack(pallet, a))
			c.held(s)
			_, err := s.Capture(Manufacturer, c.event)
			require.ErrorIs(t, err, fault.Held, "without a permit")
			for hold, p := range c.permits {
				permit(s, hold, p)
			}
			before := s.Ledger.Dump()
			s.Now = s.Now.Add(time.Minute)
			_, err = s.Capture(Manufacturer, c.event)
			if !c.passes {
				require.ErrorIs(t, err, fault.Held)
				require.Equal(t, before, s.Ledger.Dump())
				return
			}
			require.NoError(t, err)
			if s.Twin(a).State == product.Active {
				view := s.Twin(a)
				require.True(t, view.Holds != nil || view.HeldThrough != "", "it stays on hold")
			}
		})
	}
}

func TestWhatArrivesOnHoldIsOnHoldThere(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), Pack(pallet, a, b))
	holdAs(s, "h1", pallet)
	permit(s, "h1", product.Permit{Purpose: product.ForQuarantine, Destination: Carrier, MSP: Carrier})
	s.MustCapture(Manufacturer, Ship(Carrier, pallet))
	s.MustCapture(Carrier, Step("receiving", pallet))
	require.Equal(t, Carrier, s.Twin(a).Custodian)

	s.MustCapture(Carrier, Unpack(pallet, a), Unpack(pallet, b))
	for _, id := range []string{a, b, pallet} {
		require.Equal(t, "h1", s.Twin(id).Holds[0].ID)
		require.Contains(t, s.Twin(id).PersistentDisposition, product.Unavailable)
		_, err := s.Capture(Carrier, Ship(Retailer, id))
		require.ErrorIs(t, err, fault.Held)
	}
	require.Equal(t, 3, liftAll(s, "h1"), "the hold knows what came out of its container")
	s.MustCapture(Carrier, Ship(Retailer, a, b, pallet))
}

func TestWhatIsRepackedOnHoldHoldsItsNewContainer(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b, crate), Pack(pallet, a, b))
	holdAs(s, "h1", pallet)
	permit(s, "h1", product.Permit{Purpose: product.ForRepacking})
	s.MustCapture(Manufacturer, Pack(crate, a), Pack(truck, crate))
	for _, id := range []string{a, crate, truck, pallet} {
		_, err := s.Capture(Manufacturer, Ship(Carrier, id))
		require.ErrorIs(t, err, fault.Held, id)
	}
	s.MustCapture(Manufacturer, Unpack(crate, a), Pack(crate, a), Unpack(truck, crate), Unpack(crate))
	s.MustCapture(Manufacturer, Ship(Carrier, crate))
	_, err := s.Capture(Manufacturer, Ship(Carrier, a))
	require.ErrorIs(t, err, fault.Held)
	require.Equal(t, 2, liftAll(s, "h1"))
	s.MustCapture(Manufacturer, Ship(Carrier, a, pallet))
}

func TestQuantitiesDoNotComeOutOfWhatIsOnHold(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a), madeLot(10, lotA))
	s.MustCapture(Manufacturer, Pack(pallet, a), inBox("ADD", pallet, 4, lotA))
	holdAs(s, "h1", pallet)
	permit(s, "h1", product.Permit{Purpose: product.ForInspection})
	for _, e := range []Event{inBox("DELETE", pallet, 1, lotA), Unpack(pallet)} {
		_, err := s.Capture(Manufacturer, e)
		require.ErrorIs(t, err, fault.Held)
	}
	s.MustCapture(Manufacturer, Unpack(pallet, a))
}

func TestPermitsAreBoundedAndEnd(t *testing.T) {
	s := New(t)
	for range product.MaxPermits {
		permit(s, "h1", product.Permit{Purpose: product.ForReturn, Until: s.Now.Add(time.Hour)})
	}
	more := func(tx *ledger.Tx) error {
		return product.AddPermit(tx, "h1", product.Permit{Purpose: product.ForReturn})
	}
	require.ErrorIs(t, s.As(Manufacturer, ledger.RoleOperator).Update(more), fault.LimitExceeded)
	s.Now = s.Now.Add(2 * time.Hour)
	require.NoError(t, s.As(Manufacturer, ledger.RoleOperator).Update(more), "those that have ended make room")
}
