package epcis_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// query returns a query document in XML with what it holds.
func query(content string) string {
	return `<q:EPCISQueryDocument xmlns:q="urn:epcglobal:epcis-query:xsd:2" schemaVersion="2.0" creationDate="2026-01-02T03:04:05Z">` +
		`<EPCISBody>` + content + `</EPCISBody></q:EPCISQueryDocument>`
}

const poll = `<q:Poll><queryName>SimpleEventQuery</queryName><params><param><name>EQ_bizStep</name><value><string>x</string></value></param></params></q:Poll>`

func TestXMLMessagesOfTheQueryInterfaceAreChecked(t *testing.T) {
	for in, message := range map[string]string{
		poll:                      "Poll",
		`<q:GetStandardVersion/>`: "GetStandardVersion",
		`<q:GetQueryNamesResult><string>a</string><string>b</string></q:GetQueryNamesResult>`: "GetQueryNamesResult",
		`<q:Subscribe><queryName>n</queryName><params/><dest>urn:a:b</dest><controls><reportIfEmpty>true</reportIfEmpty></controls>` +
			`<subscriptionID>s</subscriptionID></q:Subscribe>`: "Subscribe",
		`<q:NoSuchNameException><reason>r</reason></q:NoSuchNameException>`: "NoSuchNameException",
	} {
		doc, unmapped := readXML(t, query(in))
		require.Equal(t, message, doc.Message)
		require.Len(t, unmapped, 1)
		require.Empty(t, doc.Events)
		_, err := doc.MarshalJSON()
		require.ErrorIs(t, err, epcis.ErrMessage)
		require.ErrorIs(t, epcis.WriteDocument(new(strings.Builder), doc), epcis.ErrMessage)
	}
	const at = "/EPCISQueryDocument/EPCISBody/Poll"
	for _, c := range []struct{ from, to, pointer, word string }{
		{`<value><string>x</string></value>`, ``, at + "/params/param", "value is missing"},
		{`<name>EQ_bizStep</name>`, ``, at + "/params/param", "name is missing"},
		{`<queryName>SimpleEventQuery</queryName>`, ``, at, "queryName is missing"},
		{`<params>`, `<other/><params>`, at + "/other", "not expected"},
		{`<queryName>`, `text<queryName>`, at, "text"},
		{`</q:Poll>`, `<queryName>again</queryName></q:Poll>`, at + "/queryName[2]", "not expected"},
		{`</q:Poll>`, `</q:Poll>` + poll, at + "[2]", "twice"},
		{poll, ``, "/EPCISQueryDocument", "no query results"},
		{poll, `<q:Pole/>`, "/EPCISQueryDocument/EPCISBody/Pole", "unknown"},
	} {
		_, _, err := epcis.ReadXML(strings.NewReader(query(strings.Replace(poll, c.from, c.to, 1))), epcis.Limits{})
		requireViolation(t, err, c.pointer, c.word)
	}
}

// The schemas allow documents that have no events at all.
func TestXMLWithoutEvents(t *testing.T) {
	master := `<Vocabulary type="urn:epcglobal:epcis:vtype:Location"><VocabularyElementList><VocabularyElement id="urn:epc:id:sgln:4012345.00005.0">` +
		`<attribute id="urn:epcglobal:cbv:mda:name">Dock</attribute></VocabularyElement></VocabularyElementList></Vocabulary>`
	for _, in := range []string{
		`<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="2026-01-02T03:04:05Z"><EPCISHeader><extension>` +
			`<EPCISMasterData><VocabularyList>` + master + `</VocabularyList></EPCISMasterData></extension></EPCISHeader><EPCISBody/></epcis:EPCISDocument>`,
		query(`<q:QueryResults><queryName>SimpleMasterDataQuery</queryName><resultsBody><VocabularyList>` + master + `</VocabularyList></resultsBody></q:QueryResults>`),
	} {
		doc, unmapped := readXML(t, in)
		require.Empty(t, unmapped)
		require.Empty(t, doc.Events)
		requireSame(t, doc)
	}
}

// requireSame writes a document without events, and reads it again.
func requireSame(t *testing.T, doc *epcis.Document) {
	data, err := doc.MarshalJSON()
	require.NoError(t, err)
	again, err := epcis.ReadDocument(strings.NewReader(string(data)), epcis.Limits{})
	require.NoError(t, err)
	twice, err := again.MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, string(data), string(twice))
}

func TestXMLBeyondItsSchemaIsRefused(t *testing.T) {
	const at = "/EPCISDocument/EPCISBody/EventList/ObjectEvent[1]"
	sensor := `<sensorElementList><sensorElement><sensorReport type="gs1:Temperature" value="1"/></sensorElement></sensorElementList></ObjectEvent>`
	for name, c := range map[string]struct{ from, to, pointer, word string }{
		"body twice":        {`</EPCISBody>`, `</EPCISBody><EPCISBody/>`, "/EPCISDocument/EPCISBody[2]", "twice"},
		"list twice":        {`</EventList>`, `</EventList><EventList/>`, "/EPCISDocument/EPCISBody/EventList[2]", "twice"},
		"no body":           {`EPCISBody>`, `my_ext:EPCISBody>`, "/EPCISDocument", "EPCISBody is missing"},
		"field twice":       {`<action>`, `<action>ADD</action><action>`, at + "/action[2]", "twice"},
		"id twice":          {`</id>`, `</id><id>urn:a:b</id>`, at + "/readPoint/id[2]", "twice"},
		"attribute":         {`<readPoint>`, `<readPoint kind="dock">`, at + "/readPoint/@kind", "attribute"},
		"element in text":   {`<action>`, `<action><b/>`, at + "/action/b", "only text"},
		"empty list":        {`<readPoint>`, `<bizTransactionList/><readPoint>`, at + "/bizTransactionList", "empty"},
		"empty sensors":     {`</ObjectEvent>`, `<sensorElementList/></ObjectEvent>`, at + "/sensorElementList", "empty"},
		"lasting, text":     {`<readPoint>`, `<persistentDisposition>x<set>urn:epcglobal:cbv:disp:damaged</set></persistentDisposition><readPoint>`, at + "/persistentDisposition", "text"},
		"wrapper, text":     {`</ObjectEvent>`, `<extension>text</extension></ObjectEvent>`, at + "/extension", "text"},
		"quantity twice":    {`<action>`, `<quantityList><quantityElement><epcClass>urn:a:b</epcClass><quantity>1</quantity><quantity>2</quantity></quantityElement></quantityList><action>`, at + "/quantityList/quantityElement/quantity[2]", "twice"},
		"declared twice":    {`<epcList>`, `<errorDeclaration><declarationTime>2026-01-01T00:00:00Z</declarationTime><declarationTime>2026-01-01T00:00:00Z</declarationTime></errorDeclaration><epcList>`, at + "/errorDeclaration/declarationTime[2]", "twice"},
		"word of no list":   {`<readPoint>`, `<disposition>urn:epcglobal:cbv:dosp:x</disposition><readPoint>`, at + "/disposition", "neither"},
		"time behind":       {`<action>OBSERVE</action>`, `<action>OBSERVE</action><recordTime>2026-01-01T00:00:00Z</recordTime>`, at + "/recordTime", "behind"},
		"source, no type":   {`</ObjectEvent>`, `<sourceList><source>urn:a:b</source></sourceList></ObjectEvent>`, at + "/sourceList/source", "type"},
		"sensor, value":     {`</ObjectEvent>`, strings.Replace(sensor, `value="1"`, `value="warm"`, 1), at + "/sensorElementList/sensorElement/sensorReport/@value", "number"},
		"sensor, untyped":   {`</ObjectEvent>`, strings.Replace(sensor, `type="gs1:Temperature"`, ``, 1), at + "/sensorElementList/sensorElement/sensorReport", "type"},
		"sensor, attribute": {`</ObjectEvent>`, strings.Replace(sensor, `<sensorElement>`, `<sensorElement a="b">`, 1), at + "/sensorElementList/sensorElement/@a", "attribute"},
	} {
		t.Run(name, func(t *testing.T) {
			in := strings.ReplaceAll(xmlDocument("<epc>urn:a:b</epc>"), c.from, c.to)
			_, _, err := epcis.ReadXML(strings.NewReader(in), epcis.Limits{})
			requireViolation(t, err, c.pointer, c.word)
		})
	}
}

// One event in XML with namespaces in odd places and in JSON with others' spellings of
// everything has one hash.
func TestOneEventInManySpellingsHasOneHash(t *testing.T) {
	const inXML = `<?xml version="1.0"?><!-- c --><EPCISDocument xmlns="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-01-02T03:04:05Z">
	<EPCISBody xmlns=""><EventList><ObjectEvent>
	<eventTime>2022-04-07T12:00:00.0004+02:00</eventTime><eventTimeZoneOffset>+02:00</eventTimeZoneOffset>
	<epcList><epc>urn:epc:id:sgtin:4012345.011111.9876</epc><epc> urn:epc:id:sscc:4012345.0000000111 </epc></epcList><action>ADD</action>
	<bizStep>https://ref.gs1.org/cbv/BizStep-commissioning</bizStep><disposition>urn:epcglobal:cbv:disp:active</disposition>
	<readPoint><id>urn:epc:id:sgln:4012345.00005.0</id><a:x xmlns:a="https://a.example/">1</a:x></readPoint>
	<ilmd><b xmlns="https://b.example/">2.50</b><a:c xmlns:a="https://a2.example/"><a:d>x</a:d><a:d>y</a:d></a:c></ilmd>
	<z xmlns="https://z.example/" k="v"><![CDATA[cd & t]]></z></ObjectEvent></EventList></EPCISBody></EPCISDocument>`
	const inJSON = `{"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2022-04-07T10:00:00Z","epcisBody":{"eventList":[
	{"action":"ADD","type":"ObjectEvent","z:z":{"#text":"cd & t","k":"v"},"ilmd":{"q:c":{"q:d":["y","x"]},"b:b":2.5},
	"readPoint":{"p:x":"01","id":"https://example.com/414/4012345000054"},"disposition":"active","bizStep":"cbv:BizStep-commissioning",
	"epcList":["https://id.gs1.org/00/040123450000001112","https://dl.example.org/some/path/01/04012345111118/10/L/21/9876?17=250101"],
	"eventTimeZoneOffset":"+02:00","eventTime":"2022-04-07T10:00:00.00049Z","eventID":"urn:uuid:1","recordTime":"2026-01-01T00:00:00Z",
	"certificationInfo":"https://c.example/1","rdfs:comment":"no matter"}]},
	"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
	{"p":"https://a.example/","q":"https://a2.example/","b":"https://b.example/","z":"https://z.example/"}]}`
	fromXML, _ := readXML(t, inXML)
	fromJSON, err := epcis.ReadDocument(strings.NewReader(inJSON), epcis.Limits{})
	require.NoError(t, err)
	require.Equal(t, preHash(t, &fromJSON.Events[0]), preHash(t, &fromXML.Events[0]))
	require.Equal(t, hashID(t, &fromJSON.Events[0]), hashID(t, &fromXML.Events[0]))
	requireRoundTrip(t, fromXML)
	requireRoundTrip(t, fromJSON)
}
