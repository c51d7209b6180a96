package epcis_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

func ExampleReadDocument() {
	const in = `{
	  "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
	  "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-03-01T09:00:00Z",
	  "epcisBody": {"eventList": [{
	    "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "shipping",
	    "eventTime": "2026-03-01T09:59:30+01:00", "eventTimeZoneOffset": "+01:00",
	    "epcList": ["urn:epc:id:sscc:4012345.3111111111"]
	  }]}
	}`
	doc, err := epcis.ReadDocument(strings.NewReader(in), epcis.DefaultLimits())
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range doc.Events {
		id, err := doc.Events[i].HashID()
		fmt.Println(doc.Events[i].BizStep, doc.Events[i].EventTime, id, err)
	}
	// Output:
	// shipping 2026-03-01 08:59:30 +0000 UTC ni:///sha-256;caa2ce33da93e9ea572ac1716f8099eff14bb2ec93dafa6977d8bc5c11fc19ce?ver=CBV2.0 <nil>
}

func ExampleValidationError() {
	const in = `{"@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
	  "type": "ObjectEvent", "action": "observe", "eventTime": "2026-03-01", "epcList": []}`
	_, err := epcis.ReadEvent([]byte(in), epcis.Limits{})
	var invalid *epcis.ValidationError
	if errors.As(err, &invalid) {
		for _, v := range invalid.Violations {
			fmt.Println(v)
		}
	}
	// Output:
	// /action: "observe" is none of OBSERVE, ADD and DELETE (EPCIS 2.0, action)
	// /eventTime: "2026-03-01" is not a date and time with a zone (EPCIS 2.0 JSON Schema, time (RFC 3339 date-time with zone))
	// /: eventTimeZoneOffset is missing (EPCIS 2.0, EPCISEvent)
}

func ExampleWriteDocument() {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	doc := &epcis.Document{
		SchemaVersion: "2.0", CreationDate: at,
		Context: epcis.NewContext("example", "https://ns.example.com/epcis/"),
		Events: []epcis.Event{{
			Type: epcis.ObjectEvent, Action: epcis.Observe, EventTime: at, EventTimeZoneOffset: "+00:00",
			EPCList: []string{}, Extensions: epcis.Extensions{{Name: "example:dock", Value: epcis.Text("D4")}},
		}},
	}
	if err := doc.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	_ = epcis.WriteDocument(os.Stdout, doc)
	// Output:
	// {"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"example":"https://ns.example.com/epcis/"}],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-03-01T09:00:00Z","epcisBody":{"eventList":[{"type":"ObjectEvent","eventTime":"2026-03-01T09:00:00Z","eventTimeZoneOffset":"+00:00","epcList":[],"action":"OBSERVE","example:dock":"D4"}]}}
}
