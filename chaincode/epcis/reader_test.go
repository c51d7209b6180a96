package epcis_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

const head = `{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",`

// minimal is an event that stands alone; its members can be replaced.
const minimal = head + `"type":"ObjectEvent","eventTime":"2026-01-02T03:04:05Z",` +
	`"eventTimeZoneOffset":"+00:00","epcList":["urn:epc:id:sgtin:4012345.011111.9876"],"action":"OBSERVE"}`

func document(events ...string) string {
	return head + `"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-01-02T03:04:05Z",` +
		`"epcisBody":{"eventList":[` + strings.Join(events, ",") + `]}}`
}

func TestReadDocumentReportsEveryViolation(t *testing.T) {
	bad := `{"type":"ObjectEvent","eventTime":"yesterday","eventTimeZoneOffset":"Z","epcList":["no uri",7],"action":"Observe",` +
		`"bizStep":null,"colour":"red","quantityList":[{"quantity":"1","epcClass":"urn:x:y"},{"quantity":-1,"epcClass":"urn:x:y"}]}`
	in := strings.Replace(document(minimal, bad, bad), `"creationDate":"2026-01-02T03:04:05Z",`, "", 1)
	_, err := epcis.ReadDocument(strings.NewReader(in), epcis.Limits{})
	var invalid *epcis.ValidationError
	require.ErrorAs(t, err, &invalid)
	for i := 1; i <= 2; i++ {
		at := fmt.Sprintf("/epcisBody/eventList/%d", i)
		for pointer, word := range map[string]string{
			"/eventTime": "yesterday", "/eventTimeZoneOffset": "+02:00",
			"/epcList/0": "no uri", "/epcList/1": "a number", "/action": "OBSERVE", "/bizStep": "null", "/colour": "CURIE",
			"/quantityList/0/quantity": "a string", "/quantityList/1/quantity": "positive",
		} {
			requireViolation(t, err, at+pointer, word)
		}
	}
	requireViolation(t, err, "", "creationDate is missing")
	require.Len(t, invalid.Violations, 19)
	for _, v := range invalid.Violations {
		require.Equal(t, strings.HasPrefix(v.Pointer, "/epcisBody/eventList/"), v.Event >= 1, "%v", v)
	}
}

func TestReadEventRefusesWhatIsNotStrictJSON(t *testing.T) {
	for name, c := range map[string]struct{ from, to, pointer, word string }{
		"duplicate member":      {`"action":"OBSERVE"`, `"action":"OBSERVE","action":"ADD"`, "/action", "twice"},
		"duplicate extension":   {`"action"`, `"ext:a":1,"ext:a":2,"action"`, "/ext:a", "twice"},
		"duplicate inside":      {`"action"`, `"ext:a":{"b":1,"b":2},"action"`, "/ext:a/b", "twice"},
		"null extension":        {`"action"`, `"ext:a":[1,null],"action"`, "/ext:a/1", "null"},
		"trailing comma":        {`9876"]`, `9876",]`, "/epcList", "comma"},
		"half a surrogate":      {`9876"]`, `9876\ud800"]`, "/epcList/0", "surrogate"},
		"not UTF-8":             {`9876"]`, "9876\xff\"]", "/epcList/0", "UTF-8"},
		"control character":     {`9876"]`, "9876\n\"]", "/epcList/0", "control"},
		"leading zero":          {`"action"`, `"ext:a":01,"action"`, "/ext:a", "number"},
		"huge exponent":         {`"action"`, `"ext:a":1e999999999,"action"`, "/ext:a", "exponent"},
		"text behind":           {`"OBSERVE"}`, `"OBSERVE"} x`, "", "the end of the input"},
		"cut short":             {`"OBSERVE"}`, `"OBSERVE"`, "", "ends"},
		"no context":            {`"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",`, ``, "", "@context"},
		"pointer is escaped":    {`"action"`, `"a/b~c":1,"action"`, "/a~1b~0c", "CURIE"},
		"offset beyond 14":      {`+00:00`, `+14:30`, "/eventTimeZoneOffset", "+14:30"},
		"day that is not":       {`01-02T`, `02-30T`, "/eventTime", "02-30"},
		"no zone":               {`05Z`, `05`, "/eventTime", "zone"},
		"check digit":           {`urn:epc:id:sgtin:4012345.011111.9876`, `https://id.gs1.org/01/04012345111119/21/1`, "/epcList/0", "check digit"},
		"malformed urn":         {`4012345.011111.9876`, `4012345.01111.9876`, "/epcList/0", "digits"},
		"field of another type": {`"action"`, `"childEPCs":[],"action"`, "/childEPCs", "ObjectEvent has no childEPCs"},
		"cbv urn in JSON":       {`"action"`, `"disposition":"urn:epcglobal:cbv:disp:in_transit","action"`, "/disposition", "bare"},
		"instance as class":     {`"action"`, `"quantityList":[{"epcClass":"urn:epc:id:sgtin:4012345.011111.1"}],"action"`, "/quantityList/0/epcClass", "instance"},
		"count with fraction":   {`"action"`, `"quantityList":[{"epcClass":"urn:x:y","quantity":1.5}],"action"`, "/quantityList/0/quantity", "whole"},
		"unit alone":            {`"action"`, `"quantityList":[{"epcClass":"urn:x:y","uom":"KGM"}],"action"`, "/quantityList/0/uom", "without quantity"},
		"same context twice":    {`"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"`, `[{"a":"urn:a:"},{"a":"urn:a:"}]`, "/@context/1", "twice"},
		"sensor times": {`"action"`, `"sensorElementList":[{"sensorMetadata":{"startTime":"2026-01-01T00:00:01Z","endTime":"2026-01-01T00:00:00Z"},` +
			`"sensorReport":[{"type":"Temperature"}]}],"action"`, "/sensorElementList/0/sensorMetadata/endTime", "before"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, minimal, c.from)
			_, err := epcis.ReadEvent([]byte(strings.Replace(minimal, c.from, c.to, 1)), epcis.Limits{})
			requireViolation(t, err, c.pointer, c.word)
			if c.pointer == "" {
				return
			}
			// The same inside a document, with the pointer of the document.
			in := document(strings.Replace(minimal, c.from, c.to, 1))
			_, err = epcis.ReadDocument(strings.NewReader(in), epcis.Limits{})
			requireViolation(t, err, "/epcisBody/eventList/0"+c.pointer, c.word)
		})
	}
	_, err := epcis.ReadEvent([]byte(minimal), epcis.Limits{})
	require.NoError(t, err)
}

func TestLimitsAreEnforced(t *testing.T) {
	three := document(minimal, minimal, minimal)
	deep := strings.Replace(minimal, `"action"`, `"ext:a":`+strings.Repeat(`[`, 40)+strings.Repeat(`]`, 40)+`,"action"`, 1)
	xml := xmlDocument(`<epc>urn:a:b</epc><epc>urn:a:c</epc>`)
	for name, c := range map[string]struct {
		in    string
		l     epcis.Limits
		what  string
		where string
	}{
		"bytes":      {three, epcis.Limits{Bytes: 500}, "bytes", ""},
		"depth":      {document(deep), epcis.Limits{Depth: 20}, "depth", "/epcisBody/eventList/0/ext:a"},
		"events":     {three, epcis.Limits{Events: 2}, "events", "/epcisBody/eventList/2"},
		"epcs":       {strings.Replace(three, `9876"]`, `1","urn:a:b"]`, 1), epcis.Limits{EPCs: 1}, "epcs", "/epcisBody/eventList/0/epcList/1"},
		"XML bytes":  {xml, epcis.Limits{Bytes: 300}, "bytes", ""},
		"XML depth":  {xml, epcis.Limits{Depth: 4}, "depth", "/EPCISDocument/EPCISBody/EventList/ObjectEvent"},
		"XML events": {strings.Replace(xml, "</ObjectEvent>", "</ObjectEvent><ObjectEvent/>", 1), epcis.Limits{Events: 1}, "events", "/EPCISDocument/EPCISBody/EventList/ObjectEvent[2]"},
		"XML epcs":   {xml, epcis.Limits{EPCs: 1}, "epcs", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := epcis.ReadAny(strings.NewReader(c.in), epcis.Limits{})
			require.NoError(t, ignoreInvalid(err))
			_, _, err = epcis.ReadAny(strings.NewReader(c.in), c.l)
			var limit *epcis.LimitError
			require.ErrorAs(t, err, &limit)
			require.Equal(t, c.what, limit.What)
			require.True(t, strings.HasPrefix(limit.Pointer, c.where), "%s", limit.Pointer)
		})
	}
}

func ignoreInvalid(err error) error {
	var invalid *epcis.ValidationError
	if errors.As(err, &invalid) {
		return nil
	}
	return err
}

func TestReaderGoesOnAfterAnInvalidEvent(t *testing.T) {
	r := epcis.NewReader(strings.NewReader(document(minimal, `{"type":"ObjectEvent"}`, minimal)), epcis.Limits{})
	_, err := r.Next()
	require.NoError(t, err)
	_, err = r.Next()
	requireViolation(t, err, "/epcisBody/eventList/1", "eventTime is missing")
	e, err := r.Next()
	require.NoError(t, err)
	require.Equal(t, epcis.ObjectEvent, e.Type)
	_, err = r.Next()
	require.Equal(t, io.EOF, err)
}

func TestReaderKeepsReturningWhatEndedIt(t *testing.T) {
	broken := errors.New("broken pipe")
	r := epcis.NewReader(io.MultiReader(strings.NewReader(document(minimal)[:300]), iotest.ErrReader(broken)), epcis.Limits{})
	for range 3 {
		_, err := r.Next()
		require.ErrorIs(t, err, broken)
	}
	r = epcis.NewReader(strings.NewReader(`{"epcisBody":{"eventList":[}`), epcis.Limits{})
	for range 3 {
		_, err := r.Next()
		requireViolation(t, err, "/epcisBody/eventList/0", "an object")
	}
}

// JSON allows the @context behind the events that need it.
func TestContextBehindTheEvents(t *testing.T) {
	event := strings.Replace(minimal[:len(minimal)-1]+`,"ext:a":{"ext:b":1}}`, head, "{", 1)
	late := `{"epcisBody":{"eventList":[` + event + `]},"type":"EPCISDocument","schemaVersion":"2.0",` +
		`"creationDate":"2026-01-02T03:04:05Z","@context":{"ext":{"@id":"https://ns.example.com/"}}}`
	doc, err := epcis.ReadDocument(strings.NewReader(late), epcis.Limits{})
	require.NoError(t, err)
	require.Contains(t, preHash(t, &doc.Events[0]), "{https://ns.example.com/}a{https://ns.example.com/}b=1")

	r := epcis.NewReader(strings.NewReader(late), epcis.Limits{})
	e, err := r.Next()
	require.NoError(t, err)
	_, err = e.HashID()
	require.ErrorIs(t, err, epcis.ErrContextPending)
	_, err = r.Next()
	require.Equal(t, io.EOF, err)
	require.Equal(t, hashID(t, &doc.Events[0]), hashID(t, e))
}

// An event's own @context adds to the document's, and overrules it.
func TestEventContextOverrulesTheDocuments(t *testing.T) {
	event := strings.Replace(minimal[:len(minimal)-1]+`,"a:x":1,"b:x":2,"c:x":3}`, head, `{"@context":[{"b":"https://own/b/"},{"c":"https://own/c/"}],`, 1)
	in := strings.Replace(document(event), `"https://ref`, `[{"a":"https://doc/a/","b":"https://doc/b/"},"https://ref`, 1)
	in = strings.Replace(in, `jsonld"`, `jsonld"]`, 1)
	doc, err := epcis.ReadDocument(strings.NewReader(in), epcis.Limits{})
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(preHash(t, &doc.Events[0]), "{https://doc/a/}x=1{https://own/b/}x=2{https://own/c/}x=3"))
	requireRoundTrip(t, doc)
}

func TestValidateChecksEventsBuiltInGo(t *testing.T) {
	e := &epcis.Event{Type: epcis.AggregationEvent, Action: epcis.Add, EventTimeZoneOffset: "+01:00", BizStep: "urn:epcglobal:cbv:bizstep:packing"}
	err := e.Validate()
	requireViolation(t, err, "", "eventTime is missing")
	requireViolation(t, err, "", "childEPCs")
	requireViolation(t, err, "", "parentID")
	require.NotContains(t, err.Error(), "bizStep")
	e.QuantityList = []epcis.Quantity{{Amount: "many"}}
	require.ErrorContains(t, e.Validate(), "not a number")
}

// The reader's memory does not grow with the number of events.
func TestStreamingKeepsMemoryFlat(t *testing.T) {
	const events = 40_000
	in, out := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		fmt.Fprint(out, strings.TrimSuffix(document(), "]}}"))
		for i := range events {
			if i > 0 {
				fmt.Fprint(out, ",")
			}
			fmt.Fprint(out, minimal)
		}
		fmt.Fprint(out, "]}}")
		_ = out.Close()
	}()
	r := epcis.NewReader(in, epcis.Limits{})
	var early, late runtime.MemStats
	for i := range events {
		_, err := r.Next()
		require.NoError(t, err)
		switch i {
		case events / 10:
			runtime.GC()
			runtime.ReadMemStats(&early)
		case events - 1:
			runtime.GC()
			runtime.ReadMemStats(&late)
		}
	}
	_, err := r.Next()
	require.Equal(t, io.EOF, err)
	<-done
	require.Less(t, late.HeapAlloc, early.HeapAlloc+1<<20)
	t.Logf("heap after %d events %d kB, after %d events %d kB", events/10, early.HeapAlloc>>10, events, late.HeapAlloc>>10)
}

func TestByteOrderMarkIsReadOver(t *testing.T) {
	_, err := epcis.ReadDocument(strings.NewReader("\uFEFF"+document(minimal)), epcis.Limits{})
	require.NoError(t, err)
	_, err = epcis.ReadDocument(bytes.NewReader(nil), epcis.Limits{})
	require.Error(t, err)
}
