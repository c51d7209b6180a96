package shipment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// adoption is the event that begins stock from before the ledger.
func adoption(epcs ...string) Event {
	return Event{Action: "ADD", BizStep: "stock_taking", EPCs: epcs}
}

func delegated(s *Scene, to string) {
	s.TB.Helper()
	err := s.As(Manufacturer, ledger.RoleAdmin).Update(func(tx *ledger.Tx) error {
		_, err := participant.Delegate(tx, participant.DelegateRequest{Prefix: Prefixes[Manufacturer], Delegate: to, To: s.Now.AddDate(5, 0, 0)})
		return err
	})
	if err != nil {
		s.TB.Fatalf("%v", err)
	}
}

func confirm(s *Scene, msp string, ids ...string) error {
	s.Now = s.Now.Add(time.Minute)
	return s.As(msp, ledger.RoleOperator).Update(func(tx *ledger.Tx) error {
		_, err := product.ConfirmOrigin(tx, product.ConfirmOriginRequest{IDs: ids})
		return err
	})
}

func suspicions(s *Scene, id string) (all []product.Suspicion) {
	s.TB.Helper()
	for bookmark := ""; ; {
		var page product.ListSuspicionsResponse
		if err := s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
			page, err = product.ListSuspicions(tx, product.ListSuspicionsRequest{ID: id, Size: 3, Bookmark: bookmark})
			return err
		}); err != nil {
			s.TB.Fatalf("%v", err)
		}
		all = append(all, page.Suspicions...)
		if bookmark = page.Bookmark; bookmark == "" {
			return all
		}
	}
}

func effects(s *Scene, id string) (story []product.Effect) {
	s.TB.Helper()
	for _, h := range s.History(id) {
		story = append(story, h.Effect)
	}
	return story
}

func TestStockFromBeforeTheLedgerIsUnprovenUntilTheHolderConfirmsIt(t *testing.T) {
	s := New(t)
	s.MustCapture(Retailer, adoption(a, b))
	twin := s.Twin(a)
	require.True(t, twin.Unproven)
	require.Equal(t, Retailer, twin.Custodian)
	require.Equal(t, Retailer, twin.CommissionedBy)
	require.Equal(t, []product.Flag{product.FlagUnproven}, s.History(a)[0].Flags)
	s.MustCapture(Retailer, Ship(Carrier, a))
	require.Equal(t, []product.Flag{product.FlagUnproven}, s.History(a)[1].Flags, "it moves, and says so")

	require.ErrorIs(t, confirm(s, Retailer, a), fault.NotLicensee)
	require.ErrorIs(t, confirm(s, Manufacturer, a, Object(Manufacturer, "none")), fault.NotFound)
	require.True(t, s.Twin(a).Unproven, "all or none")
	require.NoError(t, confirm(s, Manufacturer, a, b))
	require.ErrorIs(t, confirm(s, Manufacturer, a), fault.Closed)
	twin = s.Twin(a)
	require.False(t, twin.Unproven)
	require.Equal(t, Manufacturer, twin.Licensee)
	require.Equal(t, Carrier, twin.Offer.To, "nothing moved")
	last := s.History(a)[2]
	require.Equal(t, product.Confirmed, last.Effect)
	require.True(t, last.LedgerMade)
	require.Equal(t, Manufacturer, last.RecordedBy)
	s.MustCapture(Manufacturer, Commission(b))
	require.Equal(t, product.Duplicated, effects(s, b)[2], "it had said that what was adopted is genuine")
	require.Equal(t, Retailer, s.Twin(b).Custodian)
}

func TestADelegateMayConfirmAndAHolderNeedNot(t *testing.T) {
	s := New(t)
	delegated(s, Carrier)
	s.MustCapture(Retailer, adoption(a))
	require.NoError(t, confirm(s, Carrier, a))
	s.MustCapture(Manufacturer, adoption(b))
	require.False(t, s.Twin(b).Unproven, "it counts what it made itself")
	s.MustCapture(Carrier, adoption(Object(Manufacturer, "C")))
	require.Equal(t, Manufacturer, s.Twin(Object(Manufacturer, "C")).Licensee)
}

func TestWhatExistsIsNotAdopted(t *testing.T) {
	s := New(t)
	onHand(s)
	for _, msp := range []string{Manufacturer, Retailer} {
		_, err := s.Capture(msp, adoption(a))
		require.ErrorIs(t, err, fault.AlreadyExists)
	}
	s.MustCapture(Retailer, adoption(b))
	_, err := s.Capture(Carrier, adoption(b))
	require.ErrorIs(t, err, fault.AlreadyExists)
}

func TestNobodyKeepsAManufacturerFromItsSerialsByAdoptingThem(t *testing.T) {
	s := New(t)
	pallet := Pallet(Manufacturer, 1)
	s.MustCapture(Retailer, adoption(a, b, pallet))
	s.MustCapture(Retailer, Ship(Carrier, a), Delete("destroying", b))
	begin := Commission(a, b, pallet)
	begin.More = map[string]any{"ilmd": map[string]any{"cbvmda:lotNumber": "L42"}}
	s.MustCapture(Manufacturer, begin)
	for _, id := range []string{a, b, pallet} {
		twin := s.Twin(id)
		require.Equal(t, Manufacturer, twin.Custodian, id)
		require.Equal(t, product.Active, twin.State)
		require.Nil(t, twin.Offer)
		require.False(t, twin.Unproven)
		require.True(t, twin.Suspected)
		require.Equal(t, "L42", twin.Lot)
		require.Equal(t, 2, twin.Life)
		require.Equal(t, twin.Events, twin.Begins)
		require.Len(t, twin.Suspicions, 1)
		require.Equal(t, product.Duplicate, twin.Suspicions[0].Why)
		require.Equal(t, Manufacturer, twin.Suspicions[0].By)
		require.Equal(t, product.Adopted, effects(s, id)[0], "the adoption stays on record")
	}
	require.Equal(t, s.History(a)[2].Event, s.Twin(a).Suspicions[0].Event)
	_, err := s.Capture(Carrier, Step("receiving", a))
	require.ErrorIs(t, err, fault.NotYetShipped)
	_, err = s.Capture(Manufacturer, Commission(a))
	require.ErrorIs(t, err, fault.AlreadyExists)
	s.MustCapture(Manufacturer, Ship(Carrier, a))
	require.Contains(t, s.History(a)[3].Flags, product.FlagSuspected)
}

func TestASerialCommissionedTwiceIsSuspectedAndStaysWhereItIs(t *testing.T) {
	s := New(t)
	delegated(s, Carrier)
	s.MustCapture(Manufacturer, Commission(a))
	s.MustCapture(Manufacturer, Ship(Retailer, a))
	s.MustCapture(Retailer, Step("receiving", a))
	s.MustCapture(Carrier, Commission(a, b))
	twin := s.Twin(a)
	require.Equal(t, Retailer, twin.Custodian)
	require.Equal(t, Manufacturer, twin.CommissionedBy)
	require.True(t, twin.Suspected)
	require.Equal(t, Carrier, suspicions(s, a)[0].By)
	require.Equal(t, []product.Effect{"commissioned", "shipped", "received", "duplicated"}, effects(s, a))
	require.Equal(t, []product.Flag{product.FlagSuspected}, s.History(a)[3].Flags)
	require.Equal(t, Carrier, s.Twin(b).CommissionedBy)
	_, err := s.Capture(Carrier, Commission(a))
	require.ErrorIs(t, err, fault.AlreadyExists, "once said, it is said")
	_, err = s.Capture(Manufacturer, Commission(a))
	require.ErrorIs(t, err, fault.AlreadyExists)
	s.MustCapture(Retailer, Delete("retail_selling", a))
}

func TestWhatIsSeenAfterItsEndIsSuspected(t *testing.T) {
	s := New(t)
	ended(s)
	s.MustCapture(Retailer, Step("inspecting", a))
	s.MustCapture(Carrier, Step("inspecting", a), Step("storing", a))
	owner := s.Twin(a).Custodian
	found := suspicions(s, a)
	s.MustCapture(owner, Step("storing", a))
	require.Len(t, suspicions(s, a), len(found)+1)
	for _, f := range suspicions(s, a) {
		require.Equal(t, product.AfterEnd, f.Why)
		var read product.ReadEventResponse
		require.NoError(t, s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
			read, err = product.ReadEvent(tx, product.ReadEventRequest{Event: f.Event, RecordedBy: f.RecordedBy})
			return err
		}))
		require.Equal(t, f.By, read.Record.RecordedBy)
	}
	require.Equal(t, product.Ended, s.Twin(a).State)
}

func TestSightingsAfterTheEndDoNotHideADuplicate(t *testing.T) {
	s := New(t)
	delegated(s, Carrier)
	s.MustCapture(Manufacturer, Commission(a), Delete("destroying", a))
	s.MustCapture(Carrier, Commission(a))
	for range product.MaxSuspicions + 1 {
		s.MustCapture(Retailer, Step("inspecting", a))
	}
	require.Len(t, s.Twin(a).Suspicions, product.MaxSuspicions)
	require.Equal(t, product.Duplicate, s.Twin(a).Suspicions[0].Why)
	require.Len(t, suspicions(s, a), product.MaxSuspicions+2)
}

func returned(bizStep string, epcs ...string) Event {
	e := Step(bizStep, epcs...)
	e.Disposition = "returned"
	return e
}

func TestWhatWasSoldOrDispensedComesBackToWhoDidIt(t *testing.T) {
	const day = 24 * time.Hour
	for name, test := range map[string]struct {
		bizStep, how string
		expires      string
		after        time.Duration
		back         bool
	}{
		"sold":                        {"retail_selling", "receiving", "", 300 * day, true},
		"sold, put back on the shelf": {"retail_selling", "stocking", "", time.Hour, true},
		"dispensed":                   {"dispensing", "receiving", "", 9 * day, true},
		"dispensed ten days ago":      {"dispensing", "stocking", "", 10*day - 2*time.Minute, true},
		"dispensed before that":       {"dispensing", "stocking", "", 10 * day, false},
		"dispensed, and expired":      {"dispensing", "stocking", "2026-03-02", 3 * day, false},
		"destroyed":                   {"destroying", "receiving", "", time.Hour, false},
		"decommissioned":              {"decommissioning", "receiving", "", time.Hour, false},
		"gone without a reason":       {"", "receiving", "", time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			begin := Commission(a)
			if test.expires != "" {
				begin.More = map[string]any{"ilmd": map[string]any{"cbvmda:itemExpirationDate": test.expires}}
			}
			s.MustCapture(Manufacturer, begin, Delete(test.bizStep, a))
			s.Now = s.Now.Add(test.after)
			before := s.Ledger.Dump()
			_, err := s.Capture(Carrier, returned("receiving", a))
			require.ErrorIs(t, err, fault.ObjectEnded)
			_, err = s.Capture(Manufacturer, returned(test.how, a))
			if !test.back {
				require.ErrorIs(t, err, fault.ObjectEnded)
				require.Equal(t, before, s.Ledger.Dump())
				return
			}
			require.NoError(t, err)
			require.Equal(t, product.Active, s.Twin(a).State)
			require.Equal(t, "returned", s.Twin(a).Disposition)
			require.Equal(t, product.Reopened, effects(s, a)[2])
			s.MustCapture(Manufacturer, Ship(Retailer, a))
		})
	}
}

func TestSoldAndTakenBackInOneDocument(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b), Delete("retail_selling", a), returned("stocking", a, b))
	require.Equal(t, []product.Effect{"commissioned", "ended", "reopened"}, effects(s, a))
	require.Equal(t, []product.Effect{"commissioned", "observed"}, effects(s, b))
}

func TestALogisticUnitBeginsAnotherLifeAYearAfterItWasShipped(t *testing.T) {
	s := New(t)
	pallet := Pallet(Manufacturer, 7)
	s.MustCapture(Manufacturer, Commission(pallet), Ship(Retailer, pallet))
	shipped := s.Now
	s.Now = s.Now.Add(48 * time.Hour)
	s.MustCapture(Retailer, Step("receiving", pallet), Delete("decommissioning", pallet))
	s.Now = shipped.AddDate(1, 0, 0).Add(-2 * time.Minute)
	_, err := s.Capture(Manufacturer, Commission(pallet))
	require.ErrorIs(t, err, fault.AlreadyExists)
	_, err = s.Capture(Retailer, Commission(pallet))
	require.ErrorIs(t, err, fault.NotLicensee)
	s.MustCapture(Manufacturer, Commission(pallet))
	twin := s.Twin(pallet)
	require.Equal(t, 2, twin.Life)
	require.EqualValues(t, 5, twin.Begins)
	require.Equal(t, Manufacturer, twin.Custodian)
	require.Equal(t, product.Active, twin.State)
	require.Empty(t, twin.From)
	require.Empty(t, twin.Suspicions)
	require.Len(t, s.History(pallet), 5)
	_, err = s.Capture(Manufacturer, Commission(pallet))
	require.ErrorIs(t, err, fault.AlreadyExists, "it lives")
}

func TestASerialIsNeverGivenTwice(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a), Delete("destroying", a))
	s.Now = s.Now.AddDate(10, 0, 0)
	_, err := s.Capture(Manufacturer, Commission(a))
	require.ErrorIs(t, err, fault.AlreadyExists)
}
