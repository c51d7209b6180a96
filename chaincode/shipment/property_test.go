package shipment_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// modelled is one object in a reference model that knows nothing of records.
type modelled struct {
	exists, ended      bool
	custodian, offered string
	disposition        string
	events             int
}

// model applies an event to one object; false when it must be refused.
func (m *modelled) apply(msp string, e Event) bool {
	if e.BizStep == "commissioning" {
		if m.exists || msp != Manufacturer {
			return false
		}
		*m = modelled{exists: true, custodian: msp, disposition: e.Disposition, events: 1}
		return true
	}
	if !m.exists {
		return false
	}
	mine := m.custodian == msp && !m.ended
	switch {
	case e.Action == "DELETE":
		if !mine || m.offered != "" {
			return false
		}
		m.ended = true
	case e.BizStep == "shipping":
		if !mine || m.offered != "" {
			return false
		}
		m.offered = map[string]string{GLN(Manufacturer): Manufacturer, GLN(Carrier): Carrier, GLN(Retailer): Retailer}[e.To]
	case e.BizStep == "receiving":
		if m.ended || m.offered != msp && (m.offered != "" || m.custodian != msp) {
			return false
		}
		m.custodian, m.offered = msp, ""
	case m.custodian != msp: // a witness, beside the history
		return true
	case m.ended:
		m.events++
		return true
	}
	if e.Disposition != "" {
		m.disposition = e.Disposition
	}
	m.events++
	return true
}

func TestRandomCapturesKeepEachObjectInOneCustodyAndEachTwinTheFoldOfItsHistory(t *testing.T) {
	traders := []string{Manufacturer, Carrier, Retailer}
	objects := []string{Object(Manufacturer, "P1"), Object(Manufacturer, "P2"), Pallet(Manufacturer, 3)}
	rapid.Check(t, func(t *rapid.T) {
		s := New(t)
		truth := map[string]*modelled{}
		for _, id := range objects {
			truth[id] = &modelled{}
		}
		for range rapid.IntRange(1, 25).Draw(t, "captures") {
			msp := rapid.SampledFrom(traders).Draw(t, "msp")
			var events []Event
			for i := range rapid.IntRange(1, 3).Draw(t, "events") {
				e := anEvent(t, traders, objects)
				e.EventID = fmt.Sprintf("urn:x:%s:%d:%d", msp, s.Now.Unix(), i)
				e.ReadPoint = fmt.Sprintf("https://example.com/gate/%d", i) // no two events of a document are equal
				events = append(events, e)
			}
			before := s.Ledger.Dump()
			_, err := s.Capture(msp, events...)
			next, allowed := play(truth, msp, events)
			if allowed != (err == nil) {
				t.Fatalf("%s: %+v: the model says allowed=%v, the ledger %v", msp, events, allowed, err)
			}
			if allowed {
				truth = next
			} else if !slices.EqualFunc(before, s.Ledger.Dump(), func(a, b ledger.Entry) bool { return a.Key == b.Key && string(a.Value) == string(b.Value) }) {
				t.Fatalf("a refusal changed the ledger")
			}
		}
		for _, id := range objects {
			compare(t, s, id, truth[id])
		}
	})
}

func anEvent(t *rapid.T, traders, objects []string) Event {
	of := rapid.SliceOfNDistinct(rapid.SampledFrom(objects), 1, len(objects), rapid.ID).Draw(t, "objects")
	disposition := rapid.SampledFrom([]string{"", "active", "damaged", "in_progress"}).Draw(t, "disposition")
	var e Event
	switch rapid.IntRange(0, 11).Draw(t, "kind") {
	case 0, 1, 2:
		e = Commission(of...)
	case 3, 4, 5:
		e = Ship(rapid.SampledFrom(traders).Draw(t, "to"), of...)
	case 6, 7, 8:
		e = Step("receiving", of...)
	case 9, 10:
		e = Step("inspecting", of...)
	default:
		e = Delete("destroying", of...)
	}
	e.Disposition = disposition
	return e
}

// play runs a document over copies of the model.
func play(truth map[string]*modelled, msp string, events []Event) (map[string]*modelled, bool) {
	next := map[string]*modelled{}
	for id, m := range truth {
		c := *m
		next[id] = &c
	}
	for _, e := range events {
		for _, id := range e.EPCs {
			if !next[id].apply(msp, e) {
				return nil, false
			}
		}
	}
	return next, true
}

func compare(t *rapid.T, s *Scene, id string, m *modelled) {
	if !m.exists {
		return
	}
	twin := s.Twin(id)
	got := modelled{exists: true, ended: twin.State == product.Ended, custodian: twin.Custodian, disposition: twin.Disposition, events: int(twin.Events)}
	if twin.Offer != nil {
		got.offered = twin.Offer.To
	}
	if got != *m {
		t.Fatalf("%s is %+v on the ledger and %+v in the model", id, got, *m)
	}
	if folded := fold(t, s, id); folded != *m {
		t.Fatalf("%s folds to %+v from its history and is %+v in the model", id, folded, *m)
	}
}

// fold plays the recorded events of an object again, from their bodies.
func fold(t *rapid.T, s *Scene, id string) modelled {
	var m modelled
	for _, h := range s.History(id) {
		var read product.ReadEventResponse
		if err := s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
			read, err = product.ReadEvent(tx, product.ReadEventRequest{Event: h.Event})
			return err
		}); err != nil {
			t.Fatalf("%v", err)
		}
		var body struct {
			Action, BizStep, Disposition string
			DestinationList              []struct{ Type, Destination string }
		}
		if err := json.Unmarshal(read.Body, &body); err != nil {
			t.Fatalf("%v", err)
		}
		e := Event{Action: body.Action, BizStep: body.BizStep, Disposition: body.Disposition}
		for _, d := range body.DestinationList {
			if d.Type == "possessing_party" {
				e.To = d.Destination[len("https://id.gs1.org"):]
			}
		}
		if !m.apply(h.RecordedBy, e) || m.custodian != h.Custodian {
			t.Fatalf("%s: event %d does not follow from those before it", id, h.Number)
		}
	}
	return m
}
