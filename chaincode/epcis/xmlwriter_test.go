package epcis_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// xmlWriter writes generated events as XML of EPCIS 2.0, for comparison.
type xmlWriter struct{ bytes.Buffer }

func (w *xmlWriter) text(s string) { _ = xml.EscapeText(w, []byte(s)) }

func (w *xmlWriter) leaf(name, s string) {
	if s != "" {
		fmt.Fprintf(w, "<%s>", name)
		w.text(s)
		fmt.Fprintf(w, "</%s>\n", name)
	}
}

func (w *xmlWriter) wrap(name string, present bool, write func()) {
	if present {
		fmt.Fprintf(w, "<%s>", name)
		write()
		fmt.Fprintf(w, "</%s>", name)
	}
}

func (w *xmlWriter) event(e *epcis.Event) {
	name := string(e.Type)
	fmt.Fprintf(w, "<%s>", name)
	w.leaf("eventTime", e.EventTime.In(time.FixedZone("", 3600)).Format(time.RFC3339Nano))
	w.leaf("eventTimeZoneOffset", e.EventTimeZoneOffset)
	w.leaf("eventID", e.EventID)
	w.epcs("inputEPCList", e.InputEPCList)
	w.quantities("inputQuantityList", e.InputQuantityList)
	w.epcs("outputEPCList", e.OutputEPCList)
	w.quantities("outputQuantityList", e.OutputQuantityList)
	w.leaf("transformationID", e.TransformationID)
	w.leaf("parentID", e.ParentID)
	w.epcs("epcList", e.EPCList)
	w.epcs("childEPCs", e.ChildEPCs)
	w.quantities("childQuantityList", e.ChildQuantityList)
	w.leaf("action", string(e.Action))
	w.leaf("bizStep", legacy("bizstep", e.BizStep))
	w.leaf("disposition", legacy("disp", e.Disposition))
	w.place("readPoint", e.ReadPoint)
	w.place("bizLocation", e.BizLocation)
	w.wrap("bizTransactionList", e.BizTransactionList != nil, func() {
		for _, b := range e.BizTransactionList {
			kind := ""
			if b.Type != "" {
				kind = ` type="` + legacy("btt", b.Type) + `"`
			}
			fmt.Fprintf(w, "<bizTransaction%s>\n %s </bizTransaction>", kind, b.ID)
		}
	})
	w.quantities("quantityList", e.QuantityList)
	w.parties("source", e.SourceList)
	w.parties("destination", e.DestinationList)
	w.wrap("sensorElementList", e.SensorElementList != nil, func() {
		for i := range e.SensorElementList {
			w.sensor(&e.SensorElementList[i])
		}
	})
	w.wrap("persistentDisposition", e.PersistentDisposition != nil, func() {
		for _, s := range e.PersistentDisposition.Unset {
			w.leaf("unset", legacy("disp", s))
		}
		for _, s := range e.PersistentDisposition.Set {
			w.leaf("set", legacy("disp", s))
		}
	})
	w.wrap("ilmd", e.ILMD != nil, func() { w.extensions(e.ILMD) })
	w.extensions(e.Extensions)
	fmt.Fprintf(w, "</%s>", name)
}

func legacy(kind, s string) string {
	if s == "" || strings.Contains(s, ":") {
		return s
	}
	return "urn:epcglobal:cbv:" + kind + ":" + s
}

func (w *xmlWriter) epcs(name string, list []string) {
	w.wrap(name, list != nil, func() {
		for _, s := range list {
			w.leaf("epc", s)
		}
	})
}

func (w *xmlWriter) quantities(name string, list []epcis.Quantity) {
	w.wrap(name, list != nil, func() {
		for _, q := range list {
			w.wrap("quantityElement", true, func() {
				w.leaf("epcClass", q.EPCClass)
				w.leaf("quantity", string(q.Amount))
				w.leaf("uom", q.UOM)
			})
		}
	})
}

func (w *xmlWriter) place(name string, p *epcis.Place) {
	w.wrap(name, p != nil, func() {
		w.leaf("id", p.ID)
		w.extensions(p.Extensions)
	})
}

func (w *xmlWriter) parties(name string, list []epcis.Party) {
	w.wrap(name+"List", list != nil, func() {
		for _, p := range list {
			fmt.Fprintf(w, `<%s type="%s">%s</%s>`, name, legacy("sdt", p.Type), p.ID, name)
		}
	})
}

func (w *xmlWriter) attribute(name, s string) {
	if s != "" {
		fmt.Fprintf(w, ` %s="`, name)
		w.text(s)
		w.WriteByte('"')
	}
}

func (w *xmlWriter) sensor(s *epcis.SensorElement) {
	w.WriteString("<sensorElement>")
	if m := s.Metadata; m != nil {
		w.WriteString("<sensorMetadata")
		w.attribute("time", m.Time.Format(time.RFC3339Nano))
		w.attribute("deviceID", m.DeviceID)
		w.attribute("bizRules", m.BizRules)
		w.WriteString(">")
		w.extensions(m.Extensions)
		w.WriteString("</sensorMetadata>")
	}
	for i := range s.Reports {
		r := &s.Reports[i]
		w.WriteString("<sensorReport")
		w.attribute("type", gs1Word(r.Type))
		w.attribute("exception", gs1Word(r.Exception))
		w.attribute("value", string(r.Value))
		w.attribute("maxValue", string(r.MaxValue))
		w.attribute("component", strings.Replace(r.Component, "x", "https://ref.gs1.org/cbv/Comp-x", 1))
		w.attribute("uom", r.UOM)
		w.attribute("hexBinaryValue", r.HexBinaryValue)
		w.attribute("bizRules", r.BizRules)
		if r.BooleanValue != nil {
			w.attribute("booleanValue", fmt.Sprint(*r.BooleanValue))
			w.attribute("stringValue", *r.StringValue)
			w.attribute("time", r.Time.Format(time.RFC3339Nano))
		}
		w.WriteString(">")
		w.extensions(r.Extensions)
		w.WriteString("</sensorReport>")
	}
	w.extensions(s.Extensions)
	w.WriteString("</sensorElement>")
}

func gs1Word(s string) string {
	if s == "" || strings.Contains(s, ":") {
		return s
	}
	return "gs1:" + s
}

func (w *xmlWriter) extensions(list []epcis.Member) {
	for i := range list {
		w.extension(list[i].Name, list[i].Value)
	}
}

func (w *xmlWriter) extension(name string, v epcis.Value) {
	switch v.Kind {
	case epcis.Array:
		for _, item := range v.Items {
			w.extension(name, item)
		}
	case epcis.Object:
		fmt.Fprintf(w, "<%s>\n", name)
		w.extensions(v.Members)
		fmt.Fprintf(w, "</%s>", name)
	default:
		fmt.Fprintf(w, "<%s>", name)
		w.text(v.Text)
		fmt.Fprintf(w, "</%s>\n", name)
	}
}

// inXML reports whether XML can say the same: it has no arrays in arrays, and no
// element whose name is a URI.
func inXML(list []epcis.Member) bool {
	for _, m := range list {
		if strings.HasPrefix(m.Name, "https:") || !valueInXML(m.Value) {
			return false
		}
	}
	return true
}

func valueInXML(v epcis.Value) bool {
	for _, item := range v.Items {
		if item.Kind == epcis.Array || !valueInXML(item) {
			return false
		}
	}
	return inXML(v.Members)
}

func eventInXML(e *epcis.Event) bool {
	ok := inXML(e.Extensions) && inXML(e.ILMD)
	for _, p := range []*epcis.Place{e.ReadPoint, e.BizLocation} {
		ok = ok && (p == nil || inXML(p.Extensions))
	}
	for _, s := range e.SensorElementList {
		ok = ok && inXML(s.Extensions) && (s.Metadata == nil || inXML(s.Metadata.Extensions))
		for _, r := range s.Reports {
			ok = ok && inXML(r.Extensions)
		}
	}
	return ok
}

// An event has one hash, whether it comes in XML or in JSON.
func TestHashIsTheSameFromXMLAndJSON(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		e := genEvent(t)
		if !eventInXML(e) {
			return
		}
		compared++
		e.Context = genContext()
		var w xmlWriter
		w.WriteString(`<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" xmlns:ext="https://ns.example.com/epcis/" xmlns:more="urn:example:more" ` +
			`xmlns:hash="https://h.example/#" schemaVersion="2.0" creationDate="2026-01-02T03:04:05Z"><EPCISBody><EventList>`)
		w.event(e)
		w.WriteString(`</EventList></EPCISBody></e:EPCISDocument>`)
		in := w.String()
		doc, unmapped, err := epcis.ReadXML(strings.NewReader(in), epcis.Limits{})
		require.NoError(t, err, "%s", in)
		require.Empty(t, unmapped)
		want, err := e.PreHash()
		require.NoError(t, err)
		got, err := doc.Events[0].PreHash()
		require.NoError(t, err)
		require.Equal(t, want, got, "%s", in)
	})
	require.NotZero(t, compared)
	t.Logf("%d generated events compared", compared)
}
