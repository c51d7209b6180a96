package capture_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// need is what must be so of an object before a document tells of it.
type need int

const (
	begins    need = iota // it is not on the ledger
	atHand                // the sender of the document has it
	offered               // somebody has shipped it to the sender
	contained             // the sender has it, in the parent of the event
)

// needs are what the events of a document take for granted, by path: what the
// first event that tells of an object asks for.
type needs struct {
	order   []string
	of      map[string]need
	parents map[string]string
	amounts map[string][]epcis.Quantity
}

func (n *needs) add(uri string, what need, parent string) {
	id, err := gs1.Parse(uri)
	if err != nil || !product.IsObject(id) {
		return
	}
	if _, known := n.of[id.Path()]; known {
		return
	}
	n.order = append(n.order, id.Path())
	n.of[id.Path()], n.parents[id.Path()] = what, parent
}

func (n *needs) addLot(q epcis.Quantity, what need) {
	id, err := gs1.Parse(q.EPCClass)
	if err != nil || q.Amount == "" || what == begins {
		return
	}
	key := fmt.Sprint(what)
	n.amounts[key] = append(n.amounts[key], epcis.Quantity{EPCClass: id.String(), Amount: q.Amount, UOM: q.UOM})
}

// needsOf reads what a document takes for granted.
func needsOf(events []epcis.Event) *needs {
	n := &needs{of: map[string]need{}, parents: map[string]string{}, amounts: map[string][]epcis.Quantity{}}
	for i := range events {
		e := &events[i]
		what := atHand
		switch {
		case e.Type == epcis.ObjectEvent && e.Action == epcis.Add:
			what = begins
		case e.Type == epcis.ObjectEvent && (e.BizStep == "receiving" || e.BizStep == "accepting"):
			what = offered
		}
		for _, epc := range e.EPCList {
			n.add(epc, what, "")
		}
		for _, q := range e.QuantityList {
			n.addLot(q, what)
		}
		if e.ParentID != "" {
			n.add(e.ParentID, atHand, "")
		}
		inside := atHand
		if e.Action == epcis.Delete && e.ParentID != "" {
			inside = contained
		}
		for _, epc := range e.ChildEPCs {
			n.add(epc, inside, e.ParentID)
		}
		for _, q := range e.ChildQuantityList {
			n.addLot(q, inside)
		}
		for _, epc := range e.InputEPCList {
			n.add(epc, atHand, "")
		}
		for _, q := range e.InputQuantityList {
			n.addLot(q, atHand)
		}
		for _, epc := range e.OutputEPCList {
			n.add(epc, begins, "")
		}
	}
	return n
}

// found founds a consortium in which the manufacturer holds the licences of all
// keys of the document and is every source, and the carrier every destination.
func found(s *Scene, events []epcis.Event) {
	founders := Founders()[:3]
	founders[0].Licences, founders[1].Licences, founders[2].Licences = nil, nil, nil
	for _, uri := range identifiers(events) {
		id, err := gs1.Parse(uri)
		if err != nil || id.LicenceDigits() == "" {
			continue
		}
		licence := participant.Licence{Prefix: id.LicenceDigits()[:4]}
		if !slices.Contains(founders[0].Licences, licence) {
			founders[0].Licences = append(founders[0].Licences, licence)
		}
	}
	own := func(by int, parties []epcis.Party) {
		for _, p := range parties {
			path, err := participant.PartyPath(p.ID)
			if err != nil || p.Type == "location" || slices.Contains(founders[0].GLNs, path) || slices.Contains(founders[1].GLNs, path) {
				continue
			}
			founders[by].GLNs = append(founders[by].GLNs, path)
		}
	}
	for i := range events {
		own(0, events[i].SourceList)
		own(1, events[i].DestinationList)
	}
	s.Found(founders...)
}

func identifiers(events []epcis.Event) []string {
	var uris []string
	for i := range events {
		e := &events[i]
		uris = slices.Concat(uris, e.EPCList, e.ChildEPCs, e.InputEPCList, e.OutputEPCList, []string{e.ParentID})
		for _, q := range slices.Concat(e.QuantityList, e.ChildQuantityList, e.InputQuantityList, e.OutputQuantityList) {
			uris = append(uris, q.EPCClass)
		}
	}
	return uris
}

// prepare brings about what a document takes for granted.
func prepare(s *Scene, events []epcis.Event, at time.Time) error {
	found(s, events)
	n := needsOf(events)
	var all, coming []string
	packed := map[string][]string{}
	var parents []string
	for _, path := range n.order {
		switch n.of[path] {
		case begins:
			continue
		case offered:
			coming = append(coming, path)
		case contained:
			parent := n.parents[path]
			if packed[parent] == nil {
				parents = append(parents, parent)
			}
			packed[parent] = append(packed[parent], gs1.Authority+path)
		}
		all = append(all, path)
	}
	stages := []stage{
		{Manufacturer, withLots(Commission(all...), slices.Concat(n.amounts[fmt.Sprint(atHand)], n.amounts[fmt.Sprint(offered)], n.amounts[fmt.Sprint(contained)]))},
		{Manufacturer, withLots(Ship(Carrier, coming...), n.amounts[fmt.Sprint(offered)])},
		{Carrier, withLots(Step("receiving", coming...), n.amounts[fmt.Sprint(offered)])},
		{Carrier, withLots(Ship(Manufacturer, coming...), n.amounts[fmt.Sprint(offered)])},
	}
	for _, parent := range parents {
		stages = append(stages, stage{Manufacturer, Event{Action: "ADD", BizStep: "packing", More: map[string]any{
			"type": "AggregationEvent", "parentID": parent, "childEPCs": packed[parent], "epcList": nil,
		}}})
	}
	for i, st := range stages {
		st.event.Time = at.Add(time.Duration(i-len(stages)) * time.Minute)
		if len(st.event.EPCs) == 0 && st.event.More == nil {
			continue
		}
		if _, err := s.Capture(st.by, st.event); err != nil {
			return fmt.Errorf("prepare %d: %w", i, err)
		}
	}
	return nil
}

type stage struct {
	by    string
	event Event
}

func withLots(e Event, quantities []epcis.Quantity) Event {
	var list []map[string]any
	seen := map[string]bool{}
	for _, q := range quantities {
		if key := q.EPCClass + "|" + q.UOM; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		m := map[string]any{"epcClass": q.EPCClass, "quantity": 1_000_000}
		if e.BizStep != "commissioning" {
			m["quantity"] = 100_000
		}
		if q.UOM != "" {
			m["uom"] = q.UOM
		}
		list = append(list, m)
	}
	if list != nil {
		e.More = map[string]any{"quantityList": list}
	}
	return e
}
