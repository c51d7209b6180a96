package faults_test

import (
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"
)

// moments gives every event of a process a time of its own: two that are the same but
// for their ids are one event, and refused as such.
var moments atomic.Int64

func moment() time.Time {
	return time.Now().Add(-time.Hour + time.Duration(moments.Add(1))*time.Millisecond)
}

// step is what happens to an object: the first is its commissioning, the rest leaves
// it where it is.
func step(object string, number int, id string, at time.Time) map[string]any {
	event := map[string]any{
		"type": "ObjectEvent", "eventID": id, "epcList": []string{object},
		"eventTime": at.UTC().Format("2006-01-02T15:04:05.000Z"), "eventTimeZoneOffset": "+00:00",
		"action": "ADD", "bizStep": "commissioning",
	}
	if number > 1 {
		event["action"], event["bizStep"] = "OBSERVE", []string{"inspecting", "storing", "picking"}[number%3]
	}
	return event
}

// document is an EPCIS document of events.
func document(events ...map[string]any) []byte {
	text, err := json.Marshal(map[string]any{
		"@context": []any{"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"},
		"type":     "EPCISDocument", "schemaVersion": "2.0", "creationDate": time.Now().UTC().Format(time.RFC3339),
		"epcisBody": map[string]any{"eventList": events},
	})
	if err != nil {
		panic(err) // strings and maps of them: it cannot fail
	}
	return text
}

// uuid makes an event's id of what tells it from all others of a run.
func uuid(run uint32, recorder, lane int, serial uint64) string {
	return fmt.Sprintf("urn:uuid:%08x-%04x-4%03x-8000-%012x", run, recorder, lane, serial)
}

// sgtin is an object of a party.
func sgtin(p party, run uint32, lane int, serial uint64) string {
	return fmt.Sprintf("urn:epc:id:sgtin:%s.040071.%x-%d-%d", p.prefix, run, lane, serial)
}
