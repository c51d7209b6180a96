package epcis_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// The cases of this file are ours: documents at the edges of the standard.

// event makes an event of a type with the members given.
func event(kind, members string) string {
	return `{"type":"` + kind + `","eventTime":"2026-01-02T03:04:05.678+05:30","eventTimeZoneOffset":"+05:30",` + members + `}`
}

const (
	sgtin = `"urn:epc:id:sgtin:4012345.011111.1"`
	sscc  = `"urn:epc:id:sscc:4012345.0000000111"`
	lots  = `[{"epcClass":"urn:epc:class:lgtin:4012345.012345.L1","quantity":2.5,"uom":"KGM"},{"epcClass":"https://id.gs1.org/01/04012345111118"}]`
	order = `"bizTransactionList":[{"bizTransaction":"urn:epcglobal:cbv:bt:4012345000009:1"}]`
	warm  = `"sensorElementList":[{"sensorReport":[{"type":"Temperature","value":21.5,"uom":"CEL"}]}]`
)

func TestEventsAtTheEdgesOfTheStandardAreAccepted(t *testing.T) {
	for name, e := range map[string]string{
		"object: empty epcList":               event("ObjectEvent", `"action":"OBSERVE","epcList":[]`),
		"object: quantities only":             event("ObjectEvent", `"action":"OBSERVE","quantityList":`+lots),
		"object: sensors at a place only":     event("ObjectEvent", `"action":"OBSERVE","readPoint":{"id":"geo:52.5,13.4"},`+warm),
		"object: ilmd when added":             event("ObjectEvent", `"action":"ADD","epcList":[`+sgtin+`],"ilmd":{"cbvmda:lotNumber":"L1"}`),
		"object: private names":               event("ObjectEvent", `"action":"ADD","epcList":["https://example.com/thing/1","urn:uuid:0b4aab5b-8bbc-4be1-97fe-2b1f8f3eb1c3"]`),
		"object: foreign vocabulary":          event("ObjectEvent", `"action":"OBSERVE","epcList":[],"bizStep":"https://example.com/step","disposition":"ex:waiting"`),
		"object: words as web URIs":           event("ObjectEvent", `"action":"OBSERVE","epcList":[],"bizStep":"https://ref.gs1.org/cbv/BizStep-shipping"`),
		"aggregation: contents unknown":       event("AggregationEvent", `"action":"DELETE","parentID":`+sscc),
		"aggregation: contents unknown, list": event("AggregationEvent", `"action":"DELETE","parentID":`+sscc+`,"childEPCs":[]`),
		"aggregation: observed, no parent":    event("AggregationEvent", `"action":"OBSERVE","childEPCs":[`+sgtin+`]`),
		"aggregation: classes":                event("AggregationEvent", `"action":"ADD","parentID":`+sscc+`,"childQuantityList":`+lots),
		"association":                         event("AssociationEvent", `"action":"ADD","parentID":"urn:epc:id:grai:4012345.55555.1","childEPCs":["urn:epc:id:giai:4012345.S1"]`),
		"association: all gone":               event("AssociationEvent", `"action":"DELETE","parentID":"urn:epc:id:grai:4012345.55555.1"`),
		"transaction: type left out":          event("TransactionEvent", `"action":"ADD","epcList":[`+sgtin+`],`+order),
		"transaction: over":                   event("TransactionEvent", `"action":"DELETE",`+order),
		"transaction: of a parent":            event("TransactionEvent", `"action":"ADD","parentID":`+sscc+`,"epcList":[],`+order),
		"transformation":                      event("TransformationEvent", `"inputEPCList":[`+sgtin+`],"outputQuantityList":`+lots+`,"ilmd":{"ex:a":1}`),
		"transformation: begun":               event("TransformationEvent", `"inputQuantityList":`+lots+`,"transformationID":"urn:epc:id:gdti:4012345.11111.7"`),
		"transformation: ended":               event("TransformationEvent", `"outputEPCList":[`+sgtin+`],"transformationID":"urn:epc:id:gdti:4012345.11111.7"`),
		"type of its own":                     event("ex:WeighingEvent", `"ex:weight":7`),
		"declared wrong":                      event("ObjectEvent", `"action":"ADD","epcList":[],"errorDeclaration":{"declarationTime":"2026-01-03T00:00:00Z","reason":"incorrect_data","correctiveEventIDs":["urn:uuid:1"],"ex:who":"me"}`),
		"certificates":                        event("ObjectEvent", `"action":"ADD","epcList":[],"certificationInfo":["https://c.example/1","https://c.example/2"]`),
		"far offset":                          strings.Replace(event("ObjectEvent", `"action":"ADD","epcList":[]`), `"+05:30"`, `"-14:00"`, 1),
		"lasting disposition":                 event("AggregationEvent", `"action":"OBSERVE","childEPCs":[`+sgtin+`],"persistentDisposition":{"set":["damaged"],"unset":["conformant","expired"]}`),
		"sensors: every field": event("ObjectEvent", `"action":"OBSERVE","epcList":[],"sensorElementList":[{"sensorMetadata":{"time":"2026-01-01T00:00:00Z",`+
			`"startTime":"2026-01-01T00:00:00Z","endTime":"2026-01-02T00:00:00Z","deviceID":"urn:epc:id:giai:4012345.S1","deviceMetadata":"https://m.example/1",`+
			`"rawData":"https://r.example/1","dataProcessingMethod":"https://d.example/1","bizRules":"https://b.example/1","ex:a":1},"sensorReport":[{"type":"Temperature",`+
			`"exception":"ALARM_CONDITION","deviceID":"urn:epc:id:giai:4012345.S1","deviceMetadata":"https://m.example/1","rawData":"https://r.example/1",`+
			`"dataProcessingMethod":"https://d.example/1","bizRules":"https://b.example/1","time":"2026-01-01T00:00:00Z","microorganism":"https://mo.example/1",`+
			`"chemicalSubstance":"https://cs.example/1","coordinateReferenceSystem":"https://crs.example/1","component":"x","value":-1.5e1,"stringValue":"",`+
			`"booleanValue":false,"hexBinaryValue":"0f","uriValue":"https://u.example/1","minValue":-20,"maxValue":0,"meanValue":-10.10,"sDev":0,"percRank":100,`+
			`"percValue":-12,"uom":"CEL","ex:b":{"ex:c":[1,"2",true]}}],"ex:d":"e"}]`),
		"sensors: exception without value": event("ObjectEvent", `"action":"OBSERVE","epcList":[],"sensorElementList":[{"sensorReport":[{"exception":"gs1:ERROR_CONDITION","booleanValue":true}]}]`),
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := epcis.ReadDocument(strings.NewReader(document(e)), epcis.Limits{})
			require.NoError(t, err)
			requireRoundTrip(t, doc)
		})
	}
}

func TestEventsBeyondTheEdgesAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ event, pointer, word string }{
		"object: nothing":               {event("ObjectEvent", `"action":"OBSERVE"`), "", "epcList"},
		"object: sensors, no place":     {event("ObjectEvent", `"action":"OBSERVE",`+warm), "", "readPoint"},
		"object: ilmd when observed":    {event("ObjectEvent", `"action":"OBSERVE","epcList":[],"ilmd":{}`), "/ilmd", "ADD"},
		"object: parent":                {event("ObjectEvent", `"action":"ADD","epcList":[],"parentID":`+sscc), "/parentID", "no parentID"},
		"object: action in lower case":  {event("ObjectEvent", `"action":"add","epcList":[]`), "/action", "none of"},
		"aggregation: no parent":        {event("AggregationEvent", `"action":"ADD","childEPCs":[`+sgtin+`]`), "", "parentID"},
		"aggregation: no parent left":   {event("AggregationEvent", `"action":"DELETE","childEPCs":[`+sgtin+`]`), "", "parentID"},
		"aggregation: ilmd":             {event("AggregationEvent", `"action":"ADD","parentID":`+sscc+`,"childEPCs":[`+sgtin+`],"ilmd":{}`), "/ilmd", "no ilmd"},
		"aggregation: epcList":          {event("AggregationEvent", `"action":"ADD","parentID":`+sscc+`,"epcList":[`+sgtin+`]`), "/epcList", "no epcList"},
		"association: no parent":        {event("AssociationEvent", `"action":"OBSERVE","childEPCs":[`+sgtin+`]`), "", "parentID"},
		"transaction: none":             {event("TransactionEvent", `"action":"DELETE","epcList":[]`), "", "transaction"},
		"transaction: no objects":       {event("TransactionEvent", `"action":"ADD",`+order), "", "epcList"},
		"transformation: action":        {event("TransformationEvent", `"action":"ADD","inputEPCList":[`+sgtin+`],"outputEPCList":[`+sgtin+`]`), "/action", "no action"},
		"transformation: inputs only":   {event("TransformationEvent", `"inputEPCList":[`+sgtin+`],"outputEPCList":[]`), "", "transformationID"},
		"transformation: id only":       {event("TransformationEvent", `"transformationID":"urn:a:b"`), "", "inputs and outputs"},
		"quantity: zero":                {event("ObjectEvent", `"action":"ADD","quantityList":[{"epcClass":"urn:x:y","quantity":0.0}]`), "/quantityList/0/quantity", "positive"},
		"quantity: long unit":           {event("ObjectEvent", `"action":"ADD","quantityList":[{"epcClass":"urn:x:y","quantity":1,"uom":"KGMS"}]`), "/quantityList/0/uom", "KGMS"},
		"quantity: extension":           {event("ObjectEvent", `"action":"ADD","quantityList":[{"epcClass":"urn:x:y","ex:a":1}]`), "/quantityList/0/ex:a", "unknown"},
		"place: no id":                  {event("ObjectEvent", `"action":"ADD","epcList":[],"bizLocation":{"ex:a":1}`), "/bizLocation", "id is missing"},
		"source: no type":               {event("ObjectEvent", `"action":"ADD","epcList":[],"sourceList":[{"source":"urn:x:y"}]`), "/sourceList/0", "type"},
		"source: destination":           {event("ObjectEvent", `"action":"ADD","epcList":[],"sourceList":[{"type":"location","destination":"urn:x:y"}]`), "/sourceList/0/destination", "unknown"},
		"lasting: empty":                {event("ObjectEvent", `"action":"ADD","epcList":[],"persistentDisposition":{}`), "/persistentDisposition", "set or unset"},
		"lasting: twice":                {event("ObjectEvent", `"action":"ADD","epcList":[],"persistentDisposition":{"set":["damaged","damaged"]}`), "/persistentDisposition/set/1", "twice"},
		"declared wrong: no time":       {event("ObjectEvent", `"action":"ADD","epcList":[],"errorDeclaration":{"reason":"did_not_occur"}`), "/errorDeclaration", "declarationTime"},
		"declared wrong: one id":        {event("ObjectEvent", `"action":"ADD","epcList":[],"errorDeclaration":{"declarationTime":"2026-01-03T00:00:00Z","correctiveEventIDs":"urn:uuid:1"}`), "/errorDeclaration/correctiveEventIDs", "array"},
		"sensor: no report":             {event("ObjectEvent", `"action":"ADD","epcList":[],"sensorElementList":[{"sensorMetadata":{}}]`), "/sensorElementList/0", "sensorReport"},
		"sensor: value, no type":        {event("ObjectEvent", `"action":"ADD","epcList":[],"sensorElementList":[{"sensorReport":[{"exception":"ALARM_CONDITION","value":1}]}]`), "/sensorElementList/0/sensorReport/0", "type"},
		"sensor: neither type nor more": {event("ObjectEvent", `"action":"ADD","epcList":[],"sensorElementList":[{"sensorReport":[{"booleanValue":true}]}]`), "/sensorElementList/0/sensorReport/0", "type"},
		"sensor: boolean as text":       {event("ObjectEvent", `"action":"ADD","epcList":[],"sensorElementList":[{"sensorReport":[{"type":"Count","booleanValue":"true"}]}]`), "/sensorElementList/0/sensorReport/0/booleanValue", "true or false"},
		"sensor: unknown type":          {event("ObjectEvent", `"action":"ADD","epcList":[],"sensorElementList":[{"sensorReport":[{"type":"temperature"}]}]`), "/sensorElementList/0/sensorReport/0/type", "neither"},
		"URN: class as instance form":   {event("ObjectEvent", `"action":"ADD","epcList":["urn:epc:class:lgtin:4012345.01234.L"]`), "/epcList/0", "digits"},
		"URN: short prefix":             {event("ObjectEvent", `"action":"ADD","epcList":["urn:epc:id:sscc:40123.000000000111"]`), "/epcList/0", "prefix"},
		"link: check digit":             {event("ObjectEvent", `"action":"ADD","epcList":["https://id.gs1.org/00/040123450000001118"]`), "/epcList/0", "check digit"},
		"offset: none":                  {strings.Replace(event("ObjectEvent", `"action":"ADD","epcList":[]`), `"+05:30"`, `"05:30"`, 1), "/eventTimeZoneOffset", "sign"},
		"vocabulary: of the other list": {event("ObjectEvent", `"action":"ADD","epcList":[],"bizStep":"in_transit"`), "/bizStep", "neither"},
		"vocabulary: capital":           {event("ObjectEvent", `"action":"ADD","epcList":[],"bizStep":"Shipping"`), "/bizStep", "neither"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := epcis.ReadDocument(strings.NewReader(document(minimal, c.event)), epcis.Limits{})
			requireViolation(t, err, "/epcisBody/eventList/1"+c.pointer, c.word)
		})
	}
}

// Around the events: documents, query documents and bare events.
func TestDocumentsAtTheEdges(t *testing.T) {
	const context = `"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"ex":"https://ns.example.com/"}],`
	whole := func(members string) string { return `{` + context + members + `}` }
	query := `"type":"EPCISQueryDocument","epcisBody":{"queryResults":{"queryName":"q","resultsBody":{"eventList":[` + minimal + `]}}}`
	for name, c := range map[string]struct{ in, pointer, word string }{
		"no events":               {whole(`"type":"EPCISDocument","schemaVersion":"2","creationDate":"2026-01-01T00:00:00Z","epcisBody":{"eventList":[]}`), "", ""},
		"query":                   {whole(query), "", ""},
		"bare":                    {minimal, "", ""},
		"bare, extended":          {whole(strings.TrimPrefix(event("ex:E", `"ex:a":1`), "{")[:len(event("ex:E", `"ex:a":1`))-2]), "", ""},
		"header of a query":       {whole(`"sender":"s",` + query), "", "sender"},
		"query without name":      {whole(strings.Replace(query, `"queryName":"q",`, "", 1)), "", "queryName"},
		"no eventList":            {whole(`"type":"EPCISDocument","schemaVersion":"2","creationDate":"2026-01-01T00:00:00Z","epcisBody":{}`), "", "eventList"},
		"version empty":           {whole(`"type":"EPCISDocument","schemaVersion":"","creationDate":"2026-01-01T00:00:00Z","epcisBody":{"eventList":[]}`), "/schemaVersion", "version"},
		"version with a letter":   {whole(`"type":"EPCISDocument","schemaVersion":"v2","creationDate":"2026-01-01T00:00:00Z","epcisBody":{"eventList":[]}`), "/schemaVersion", "version"},
		"bare without @context":   {event("ObjectEvent", `"action":"ADD","epcList":[]`), "", "@context"},
		"list of events":          {`[` + minimal + `]`, "", "object"},
		"type of document":        {whole(`"type":"EPCISMasterDataDocument","epcisBody":{}`), "/type", "neither"},
		"event list as an object": {whole(`"type":"EPCISDocument","schemaVersion":"2","creationDate":"2026-01-01T00:00:00Z","epcisBody":{"eventList":{}}`), "/epcisBody/eventList", "array"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, _, err := epcis.ReadAny(strings.NewReader(c.in), epcis.Limits{})
			if c.word != "" {
				requireViolation(t, err, c.pointer, c.word)
				return
			}
			require.NoError(t, err)
			requireRoundTrip(t, doc)
		})
	}
}
