package shipment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// loaded puts an object into a pallet with the batch alone, whatever the rules of
// packing are.
func loaded(s *Scene, msp, pallet, object string) {
	s.TB.Helper()
	err := s.As(msp, ledger.RoleOperator).Update(func(tx *ledger.Tx) error {
		p, o := ids(pallet)[0], ids(object)[0]
		b, err := product.Open(tx, []gs1.ID{p, o})
		if err != nil {
			return err
		}
		packing := &epcis.Event{
			Type: epcis.AggregationEvent, Action: epcis.Add, BizStep: "packing", EventTime: tx.Time(), EventTimeZoneOffset: "+00:00",
			ParentID: p.String(), ChildEPCs: []string{o.String()}, Context: epcis.NewContext(),
		}
		event, err := product.Prepare(tx, packing)
		if err != nil {
			return err
		}
		parent, child := b.Twin(p), b.Twin(o)
		if _, err := b.PutIn(child, parent); err != nil {
			return err
		}
		b.Record(parent, event, product.Loaded)
		b.Record(child, event, product.Packed)
		return b.Close([]*product.NewEvent{event})
	})
	if err != nil {
		s.TB.Fatalf("%v", err)
	}
}

// arrivedInside has A packed by the manufacturer and received by the retailer
// with its pallet, and returns pallet and shipping event.
func arrivedInside(s *Scene) (pallet, shipped string) {
	pallet = Pallet(Manufacturer, 1)
	s.MustCapture(Manufacturer, at(Site(Manufacturer), Commission(a, pallet)))
	loaded(s, Manufacturer, pallet, a)
	shipped = s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, pallet))).Events[0].Event
	s.MustCapture(Retailer, at(Site(Retailer), with(Step("receiving", pallet), func(e *Event) { e.Disposition = "in_progress" })))
	return pallet, shipped
}

// What an object has inherited is no less what it was before it was shipped on
// its own than what its last event said.
func TestAVoidRestoresWhatWasInherited(t *testing.T) {
	for name, calledOff := range map[string]string{"void": Retailer, "refusal": Carrier} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			arrivedInside(s)
			before := s.Twin(a).Facts
			require.Equal(t, []string{Retailer, Site(Retailer), "in_progress", Manufacturer}, []string{before.Custodian, before.Place, before.Disposition, before.From})
			s.MustCapture(Retailer, titled(Carrier, Ship(Carrier, a)))
			require.Equal(t, []product.Flag{product.FlagOutside}, s.History(a)[2].Flags)
			s.MustCapture(calledOff, Step("void_shipping", a))
			before.In = nil // it left the pallet, and that is so
			require.Equal(t, before, s.Twin(a).Facts)
		})
	}
}

func TestWhatCameInsideGoesBackAsAReturn(t *testing.T) {
	s := New(t)
	arrivedInside(s)
	s.MustCapture(Retailer, titled(Manufacturer, returning(Manufacturer, a)))
	require.True(t, s.Twin(a).Offer.Return)
	s.MustCapture(Manufacturer, Step("receiving", a))
	require.Equal(t, []string{Manufacturer, Manufacturer, ""}, owners(s, a))
}

func TestOneOfAPalletIsReceivedWithoutIt(t *testing.T) {
	s := New(t)
	pallet := Pallet(Manufacturer, 1)
	s.MustCapture(Manufacturer, Commission(a, b, pallet))
	loaded(s, Manufacturer, pallet, a)
	loaded(s, Manufacturer, pallet, b)
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, pallet)))
	_, err := s.Capture(Retailer, Step("void_shipping", a))
	require.ErrorIs(t, err, fault.InTransit, "the pallet is refused, or what arrived is received and sent back")
	s.MustCapture(Retailer, Step("receiving", a))
	require.Equal(t, []string{Retailer, Retailer, ""}, owners(s, a))
	require.Nil(t, s.Twin(a).Offer)
	require.Equal(t, []string{Manufacturer, Manufacturer, Retailer}, owners(s, b), "the rest is offered still")
	require.NotNil(t, s.Twin(b).Offer)
}

// What is missing of a pallet, or damaged in it, comes out when it is unpacked.
func TestClaimsReachIntoWhatWasShipped(t *testing.T) {
	s := New(t)
	_, shipped := arrivedInside(s)
	other := Object(Manufacturer, "OTHER")
	s.MustCapture(Manufacturer, Commission(other))
	for _, kind := range []shipment.Kind{shipment.Short, shipment.Damaged} {
		d := said(t, s, Retailer, shipment.Claim, shipment.ClaimRequest{Shipment: shipped, Kind: kind, Objects: []string{a}})
		said(t, s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: d.ID, Agree: true})
		require.Equal(t, Retailer, s.Twin(a).Custodian, "nothing moves without an event")
		_, err := say(s, Retailer, shipment.Claim, shipment.ClaimRequest{Shipment: shipped, Kind: kind, Objects: []string{other}})
		require.ErrorIs(t, err, fault.NotFound)
	}
	s.MustCapture(Retailer, at(Site(Carrier), Step("storing", a))) // it has left the pallet
	said(t, s, Retailer, shipment.Claim, shipment.ClaimRequest{Shipment: shipped, Kind: shipment.Wrong, Objects: []string{a}})
}

func TestAgreementTakesAnObjectOutOfItsContainer(t *testing.T) {
	for _, held := range []bool{false, true} {
		s := New(t)
		pallet := Pallet(Manufacturer, 1)
		s.MustCapture(Manufacturer, at(Site(Manufacturer), Commission(a, pallet)))
		loaded(s, Manufacturer, pallet, a)
		s.MustCapture(Manufacturer, titled(Carrier, Ship(Carrier, pallet)))
		d := s.MustCapture(Retailer, receipt("mismatch_instance", a)).Events[0].Discrepancies[0]
		require.Equal(t, shipment.Wrong, discrepancy(t, s, d).Kind)
		require.NotNil(t, s.Twin(a).In, "a witness moves nothing")
		if held {
			hold(s, pallet)
		}
		_, err := say(s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: d, Agree: true})
		if held {
			require.ErrorIs(t, err, fault.Held)
			continue
		}
		require.NoError(t, err)
		twin := s.Twin(a)
		require.Equal(t, []string{Retailer, Manufacturer, ""}, owners(s, a))
		require.Nil(t, twin.In)
		require.Nil(t, twin.Offer)
		require.Contains(t, s.History(a)[2].Flags, product.FlagOutside)
		s.MustCapture(Carrier, Step("receiving", pallet))
		require.Equal(t, Retailer, s.Twin(a).Custodian)
	}
}
