package epcis_test

import (
	"fmt"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// genContext declares the prefixes that generated names use.
func genContext() *epcis.Context {
	return epcis.NewContext("ext", "https://ns.example.com/epcis/", "more", "urn:example:more", "hash", "https://h.example/#")
}

func genDocument(t *rapid.T) *epcis.Document {
	doc := &epcis.Document{
		Query:        rapid.Bool().Draw(t, "query"),
		Context:      genContext(),
		CreationDate: genTime(t),
		ID:           optional(t, "https://docs.example/1"),
	}
	doc.SchemaVersion = "2.0"
	if doc.Query {
		doc.QueryName = "SimpleEventQuery"
		doc.SubscriptionID = optional(t, "sub 1")
		doc.ResultsExtensions = genExtensions(t, 1)
	} else {
		doc.Sender = optional(t, "urn:epc:id:sgln:4012345.00005.0")
		doc.Receiver = optional(t, "Ünïcode \"quoted\"")
		doc.InstanceIdentifier = optional(t, "1234")
	}
	doc.Extensions = genExtensions(t, 1)
	n := rapid.IntRange(0, 3).Draw(t, "events")
	for range n {
		doc.Events = append(doc.Events, *genEvent(t))
	}
	return doc
}

var eventTypes = []epcis.EventType{
	epcis.ObjectEvent, epcis.AggregationEvent, epcis.TransactionEvent,
	epcis.TransformationEvent, epcis.AssociationEvent,
}

// genEvent draws a valid event without a context of its own.
func genEvent(t *rapid.T) *epcis.Event {
	e := &epcis.Event{
		Type:                rapid.SampledFrom(eventTypes).Draw(t, "type"),
		EventTime:           genTime(t),
		EventTimeZoneOffset: rapid.SampledFrom([]string{"+00:00", "-06:00", "+05:30", "+14:00", "-13:59"}).Draw(t, "offset"),
		EventID:             optional(t, "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"),
	}
	if rapid.Bool().Draw(t, "record") {
		e.RecordTime = ptr(genTime(t))
	}
	if rapid.Bool().Draw(t, "cert") {
		e.CertificationInfo = rapid.SliceOfN(rapid.Just("https://cert.example/1"), 0, 2).Draw(t, "certs")
	}
	if rapid.IntRange(0, 4).Draw(t, "error") == 0 {
		e.ErrorDeclaration = &epcis.ErrorDeclaration{
			DeclarationTime: genTime(t), Reason: optional(t, "incorrect_data"),
			CorrectiveEventIDs: []string{"urn:uuid:1"}, Extensions: genExtensions(t, 1),
		}
	}
	genWhat(t, e)
	genHow(t, e)
	e.Extensions = genExtensions(t, 3)
	return e
}

func genWhat(t *rapid.T, e *epcis.Event) {
	if e.Type != epcis.TransformationEvent {
		e.Action = rapid.SampledFrom([]epcis.Action{epcis.Observe, epcis.Add, epcis.Delete}).Draw(t, "action")
	}
	switch e.Type {
	case epcis.ObjectEvent:
		e.EPCList = genEPCs(t, 0)
		e.QuantityList = genQuantities(t)
		if e.Action == epcis.Add {
			e.ILMD = genExtensions(t, 2)
		}
	case epcis.TransactionEvent:
		e.EPCList = genEPCs(t, 0)
		e.ParentID = optional(t, "urn:epc:id:sscc:4012345.3111111111")
	case epcis.TransformationEvent:
		e.InputEPCList, e.OutputEPCList = genEPCs(t, 1), genEPCs(t, 1)
		e.InputQuantityList, e.OutputQuantityList = genQuantities(t), genQuantities(t)
		e.TransformationID = optional(t, "urn:epc:id:gdti:4012345.55555.1234")
		e.ILMD = genExtensions(t, 2)
	default:
		e.ParentID = "urn:epc:id:grai:4012345.55555.987"
		e.ChildEPCs = genEPCs(t, 1)
		e.ChildQuantityList = genQuantities(t)
	}
}

func genHow(t *rapid.T, e *epcis.Event) {
	e.BizStep = rapid.SampledFrom([]string{"", "shipping", "receiving", "https://steps.example/x"}).Draw(t, "step")
	e.Disposition = rapid.SampledFrom([]string{"", "in_transit", "ext:odd"}).Draw(t, "disposition")
	if (e.Type == epcis.ObjectEvent || e.Type == epcis.TransformationEvent) && rapid.Bool().Draw(t, "persistent") {
		e.PersistentDisposition = &epcis.PersistentDisposition{
			Set:   []string{"completeness_verified", "damaged"},
			Unset: []string{"available"},
		}
	}
	if rapid.Bool().Draw(t, "where") {
		e.ReadPoint = &epcis.Place{ID: "urn:epc:id:sgln:4012345.00005.122", Extensions: genExtensions(t, 2)}
		e.BizLocation = &epcis.Place{ID: "https://id.gs1.org/414/4012345000054", Extensions: genExtensions(t, 1)}
	}
	if e.Type == epcis.TransactionEvent || rapid.Bool().Draw(t, "why") {
		e.BizTransactionList = []epcis.BizTransaction{
			{Type: optional(t, "po"), ID: "http://po.example/1"},
			{Type: "desadv", ID: "urn:epcglobal:cbv:bt:4012345000009:" + strconv.Itoa(rapid.IntRange(0, 99).Draw(t, "bt"))},
		}
		e.SourceList = []epcis.Party{
			{Type: "possessing_party", ID: "urn:epc:id:pgln:4012345.00001"},
			{Type: "ext:other", ID: "urn:epc:id:sgln:4012345.00005.0"},
		}
		e.DestinationList = []epcis.Party{{Type: "location", ID: "urn:epc:id:sgln:4012345.00012.0"}}
	}
	n := rapid.IntRange(0, 2).Draw(t, "sensors")
	for range n {
		e.SensorElementList = append(e.SensorElementList, genSensor(t))
	}
}

func genSensor(t *rapid.T) epcis.SensorElement {
	s := epcis.SensorElement{Extensions: genExtensions(t, 2)}
	if rapid.Bool().Draw(t, "metadata") {
		s.Metadata = &epcis.SensorMetadata{
			Time: ptr(genTime(t)), DeviceID: "urn:epc:id:giai:4000001.111",
			BizRules: optional(t, "https://rules.example/1"), Extensions: genExtensions(t, 1),
		}
	}
	n := rapid.IntRange(1, 3).Draw(t, "reports")
	for range n {
		r := epcis.SensorReport{
			Type:      rapid.SampledFrom([]string{"Temperature", "RelativeHumidity", "ext:own"}).Draw(t, "measure"),
			Exception: optional(t, "ALARM_CONDITION"), Value: genNumber(t), MaxValue: genNumber(t),
			Component: optional(t, "x"), UOM: "CEL", HexBinaryValue: optional(t, "f0F0"),
			BizRules: optional(t, "https://rules.example/2"), Extensions: genExtensions(t, 1),
		}
		if rapid.Bool().Draw(t, "boolean") {
			r.BooleanValue = ptr(rapid.Bool().Draw(t, "value"))
			r.StringValue = ptr(genText(t))
			r.Time = ptr(genTime(t))
		}
		s.Reports = append(s.Reports, r)
	}
	return s
}

// genEPCs draws distinct identifiers, at least as many as wanted.
func genEPCs(t *rapid.T, least int) []string {
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string {
		n := rapid.IntRange(0, 9999).Draw(t, "serial")
		switch rapid.IntRange(0, 3).Draw(t, "key") {
		case 0:
			return fmt.Sprintf("urn:epc:id:sgtin:4012345.011111.%d", n)
		case 1:
			return fmt.Sprintf("urn:epc:id:sscc:4012345.3%09d", n)
		case 2:
			return fmt.Sprintf("https://id.gs1.org/01/04012345111118/21/A%d", n)
		default:
			return fmt.Sprintf("https://things.example/%d", n)
		}
	}), least, 4, rapid.ID[string]).Draw(t, "epcs")
}

func genQuantities(t *rapid.T) []epcis.Quantity {
	n := rapid.IntRange(0, 2).Draw(t, "quantities")
	var list []epcis.Quantity
	for i := range n {
		q := epcis.Quantity{EPCClass: "urn:epc:class:lgtin:4012345.012345.L" + strconv.Itoa(i)}
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 1:
			q.Amount = epcis.Number(strconv.Itoa(rapid.IntRange(1, 1e6).Draw(t, "count")))
		case 2:
			q.Amount, q.UOM = epcis.Number("0."+strconv.Itoa(rapid.IntRange(1, 99).Draw(t, "part"))+"1"), "KGM"
		}
		list = append(list, q)
	}
	return list
}

func genTime(t *rapid.T) time.Time {
	sec := rapid.Int64Range(0, 4_000_000_000).Draw(t, "seconds")
	return time.Unix(sec, rapid.SampledFrom([]int64{0, 1, 499_999, 500_000, 999_500_000, 123_000_000}).Draw(t, "nanos")).UTC()
}

// genNumber draws a canonical number, long ones among them.
func genNumber(t *rapid.T) epcis.Number {
	n, _ := epcis.ParseNumber(strconv.FormatInt(rapid.Int64().Draw(t, "digits"), 10) + "e" +
		strconv.Itoa(rapid.IntRange(-25, 5).Draw(t, "exponent")))
	return n
}

func genText(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "text", "007", "1.50", "a\"b\\c\n", "日本", "urn:epc:id:giai:4012345.ABC", "true"}).Draw(t, "text")
}

func genExtensions(t *rapid.T, depth int) epcis.Extensions {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"ext:a", "ext:b", "more:c", "hash:d", "https://full.example/e"}),
		0, 3, rapid.ID[string]).Draw(t, "names")
	var list epcis.Extensions
	for _, n := range names {
		list = append(list, epcis.Member{Name: n, Value: genValue(t, depth)})
	}
	return list
}

func genValue(t *rapid.T, depth int) epcis.Value {
	kinds := 3
	if depth > 1 {
		kinds = 5
	}
	switch rapid.IntRange(1, kinds).Draw(t, "kind") {
	case 1:
		return epcis.Text(genText(t))
	case 2:
		return epcis.Value{Kind: epcis.Numeric, Text: string(genNumber(t))}
	case 3:
		return epcis.Value{Kind: epcis.Boolean, Text: strconv.FormatBool(rapid.Bool().Draw(t, "bool"))}
	case 4:
		v := epcis.Value{Kind: epcis.Object, Members: genExtensions(t, depth-1)}
		if rapid.Bool().Draw(t, "bare") {
			v.Members = append(v.Members, epcis.Member{Name: "bare", Value: epcis.Text(genText(t))})
		}
		return v
	default:
		v := epcis.Value{Kind: epcis.Array}
		n := rapid.IntRange(0, 3).Draw(t, "items")
		for range n {
			v.Items = append(v.Items, genValue(t, depth-1))
		}
		return v
	}
}

func optional(t *rapid.T, s string) string {
	if rapid.Bool().Draw(t, "present") {
		return s
	}
	return ""
}

func ptr[T any](v T) *T { return &v }
