package epcis_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// xmlDocument returns a document of one event with the EPCs given.
func xmlDocument(epcs string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" ` +
		`xmlns:my_ext="https://ns.example.com/epcis/" schemaVersion="2.0" creationDate="2026-01-02T03:04:05Z"><EPCISBody><EventList>` +
		`<ObjectEvent><eventTime>2026-01-02T03:04:05Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset>` +
		`<epcList>` + epcs + `</epcList><action>OBSERVE</action><readPoint><id>urn:epc:id:sgln:4012345.00005.0</id></readPoint>` +
		`</ObjectEvent></EventList></EPCISBody></epcis:EPCISDocument>`
}

func readXML(t *testing.T, in string) (*epcis.Document, []epcis.Unmapped) {
	t.Helper()
	doc, unmapped, err := epcis.ReadXML(strings.NewReader(in), epcis.Limits{})
	require.NoError(t, err)
	return doc, unmapped
}

func TestXMLExtensionsBecomeJSON(t *testing.T) {
	in := strings.Replace(xmlDocument(""), `</ObjectEvent>`, `<my_ext:a kind="big" my_ext:n="1">text</my_ext:a>`+
		`<my_ext:b xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xsd:integer">007</my_ext:b>`+
		`<my_ext:list>1</my_ext:list><my_ext:list>2</my_ext:list><o:x xmlns:o="urn:other"><o:y/><plain>p</plain></o:x></ObjectEvent>`, 1)
	doc, unmapped := readXML(t, in)
	require.Empty(t, unmapped)
	data, err := doc.Events[0].MarshalJSON()
	require.NoError(t, err)
	require.Contains(t, string(data), `"my-ext:a":{"#text":"text","kind":"big","my-ext:n":"1"},"my-ext:b":7,`+
		`"my-ext:list":["1","2"],"o:x":{"o:y":"","plain":"p"}`)
	const ns = "{https://ns.example.com/epcis/}"
	require.Contains(t, preHash(t, &doc.Events[0]), ns+"a=textkind=big"+ns+"n=1"+ns+"b=7")
	require.Contains(t, preHash(t, &doc.Events[0]), ns+"list=1"+ns+"list=2{urn:other}xplain=p{urn:other}y")
	requireRoundTrip(t, doc)
}

func TestXMLListsWhatCannotBeMapped(t *testing.T) {
	in := strings.Replace(xmlDocument("<epc>urn:a:b</epc><my_ext:epc>x</my_ext:epc>"), `<EventList>`,
		`<EventList><QuantityEvent><eventTime>2026-01-02T03:04:05Z</eventTime></QuantityEvent>`, 1)
	in = strings.Replace(in, `<EPCISBody>`, `<EPCISHeader><sbdh:StandardBusinessDocumentHeader `+
		`xmlns:sbdh="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"><sbdh:HeaderVersion>1.0</sbdh:HeaderVersion>`+
		`<sbdh:Sender><sbdh:Identifier>urn:s:1</sbdh:Identifier></sbdh:Sender></sbdh:StandardBusinessDocumentHeader></EPCISHeader><EPCISBody>`, 1)
	doc, unmapped := readXML(t, in)
	require.Equal(t, "urn:s:1", doc.Sender)
	require.Len(t, doc.Events, 1)
	var paths []string
	for _, u := range unmapped {
		require.NotEmpty(t, u.Reason)
		paths = append(paths, u.Path)
	}
	require.Equal(t, []string{
		"/EPCISDocument/EPCISHeader/StandardBusinessDocumentHeader/HeaderVersion",
		"/EPCISDocument/EPCISBody/EventList/QuantityEvent[1]",
		"/EPCISDocument/EPCISBody/EventList/ObjectEvent[1]/epcList/epc",
	}, paths)
}

func TestXMLReportsEveryViolationWithItsPath(t *testing.T) {
	in := strings.NewReplacer("+00:00", "Z", "OBSERVE", "observe", "<id>urn:epc:id:sgln:4012345.00005.0</id>", "<id>here</id>").
		Replace(xmlDocument(`<epc>urn:a:b</epc><epc>no uri</epc><epc>urn:epc:id:sscc:4012345.1</epc><item/>`))
	in = strings.Replace(in, `</ObjectEvent>`, `<colour>red</colour><sensorElementList><sensorElement>`+
		`<sensorReport type="gs1:Temperature" value="1,5" shade="x"/></sensorElement></sensorElementList></ObjectEvent>`, 1)
	_, _, err := epcis.ReadXML(strings.NewReader(in), epcis.Limits{})
	const at = "/EPCISDocument/EPCISBody/EventList/ObjectEvent[1]"
	for path, word := range map[string]string{
		"/eventTimeZoneOffset": "sign", "/epcList/epc[2]": "no uri", "/epcList/epc[3]": "digits", "/epcList/item": "only epc",
		"/action": "OBSERVE", "/readPoint/id": "here", "/colour": "namespace",
		"/sensorElementList/sensorElement/sensorReport/@value": "1,5",
		"/sensorElementList/sensorElement/sensorReport/@shade": "unknown attribute",
	} {
		requireViolation(t, err, at+path, word)
	}
}

func TestXMLIsNotTricked(t *testing.T) {
	for name, c := range map[string]struct{ in, word string }{
		"entities":          {`<!DOCTYPE x [<!ENTITY a "b">]>` + xmlDocument(""), "document type"},
		"undeclared prefix": {strings.Replace(xmlDocument(""), "<action>", "<foo:bar>1</foo:bar><action>", 1), "not declared"},
		"cut short":         {xmlDocument("")[:400], ""},
		"other encoding":    {strings.Replace(xmlDocument(""), "UTF-8", "UTF-16", 1), "encoding"},
		"no epcis":          {`<html/>`, "root"},
		"nothing":           {``, "no document"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := epcis.ReadXML(strings.NewReader(c.in), epcis.Limits{})
			var invalid *epcis.ValidationError
			require.ErrorAs(t, err, &invalid)
			require.Contains(t, err.Error(), c.word)
		})
	}
}

func TestXMLOfEPCIS1KeepsItsMeaning(t *testing.T) {
	old := `<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="2026-01-02T03:04:05Z"><EPCISBody><EventList>` +
		`<ObjectEvent><eventTime>2026-01-02T03:04Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset>` +
		`<baseExtension><eventID>urn:uuid:1</eventID></baseExtension><epcList/><action>ADD</action>` +
		`<disposition>urn:epcglobal:cbv:disp:non_sellable_expired</disposition>` +
		`<extension><quantityList><quantityElement><epcClass>urn:epc:class:lgtin:4012345.012345.L1</epcClass><quantity>2.0</quantity>` +
		`</quantityElement></quantityList><extension><persistentDisposition><set>urn:epcglobal:cbv:disp:damaged</set></persistentDisposition>` +
		`</extension></extension></ObjectEvent></EventList></EPCISBody></epcis:EPCISDocument>`
	doc, unmapped := readXML(t, old)
	require.Empty(t, unmapped)
	require.Equal(t, "2.0", doc.SchemaVersion)
	e := doc.Events[0]
	require.Equal(t, "urn:uuid:1", e.EventID)
	require.Equal(t, []string{"damaged"}, e.PersistentDisposition.Set)
	require.Equal(t, epcis.Number("2"), e.QuantityList[0].Amount)
	// A word that CBV 2.0 has dropped keeps the hash that its URN has.
	require.Equal(t, "https://ref.gs1.org/cbv/Disp-non_sellable_expired", e.Disposition)
	requireRoundTrip(t, doc)
}
