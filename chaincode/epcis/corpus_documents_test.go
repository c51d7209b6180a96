package epcis_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// Every valid document of the corpus is read, and is the same after it was written and
// read again: as a model and by its hashes.
func TestValidDocumentsPassAndRoundTrip(t *testing.T) {
	rows := readCSV(t, filepath.Join(corpus(t, "epcis", "valid"), "manifest.csv"))
	events := 0
	for _, row := range rows {
		t.Run(row["file"], func(t *testing.T) {
			doc := readAny(t, corpus(t, "epcis", "valid", row["file"]))
			require.Equal(t, row["kind"] == "event", doc.Bare)
			require.Equal(t, row["kind"] == "query-document", doc.Query)
			requireRoundTrip(t, doc)
			events += len(doc.Events)
		})
	}
	t.Logf("%d valid documents with %d events pass and round-trip", len(rows), events)
}

// requireRoundTrip writes a document and its events alone, and reads them again.
func requireRoundTrip(t *testing.T, doc *epcis.Document) {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, epcis.WriteDocument(&b, doc))
	again, _, err := epcis.ReadAny(bytes.NewReader(b.Bytes()), epcis.Limits{})
	require.NoError(t, err, "%s", b.Bytes())
	require.Equal(t, doc, again)
	for i := range doc.Events {
		want := preHash(t, &doc.Events[i])
		require.Equal(t, want, preHash(t, &again.Events[i]))
		alone, err := doc.Events[i].MarshalJSON()
		require.NoError(t, err)
		bare, err := epcis.ReadEvent(alone, epcis.Limits{})
		require.NoError(t, err, "%s", alone)
		require.Equal(t, want, preHash(t, bare))
		twice, err := bare.MarshalJSON()
		require.NoError(t, err)
		require.Equal(t, string(alone), string(twice))
	}
}

func preHash(t testing.TB, e *epcis.Event) string {
	t.Helper()
	s, err := e.PreHash()
	require.NoError(t, err)
	return s
}

// expected says by file what must be reported: where, and a word of the message.
var expected = map[string][2]string{
	"derived__AggregationEvent__no_children":                         {"/epcisBody/eventList/0", "childEPCs"},
	"derived__AggregationEvent__no_eventTimeZoneOffset":              {"/epcisBody/eventList/0", "eventTimeZoneOffset is missing"},
	"derived__ObjectEvent__bizStep_cbv_urn":                          {"/epcisBody/eventList/0/bizStep", "bare"},
	"derived__ObjectEvent__bizTransaction_without_id":                {"/epcisBody/eventList/0/bizTransactionList/0", "bizTransaction is missing"},
	"derived__ObjectEvent__date_only":                                {"/epcisBody/eventList/0/eventTime", "date and time"},
	"derived__ObjectEvent__doc_no_creationDate":                      {"", "creationDate is missing"},
	"derived__ObjectEvent__duplicate_epcs":                           {"/epcisBody/eventList/0/epcList/1", "twice"},
	"derived__ObjectEvent__errorDeclaration_bad_reason":              {"/epcisBody/eventList/0/errorDeclaration/reason", "typo"},
	"derived__ObjectEvent__event_unknown_type":                       {"/epcisBody/eventList/0/type", "ShipEvent"},
	"derived__ObjectEvent__ilmd_with_DELETE":                         {"/epcisBody/eventList/0/ilmd", "ADD"},
	"derived__ObjectEvent__persistentDisposition_set_string":         {"/epcisBody/eventList/0/persistentDisposition/set", "an array"},
	"derived__ObjectEvent__readPoint_string":                         {"/epcisBody/eventList/0/readPoint", "an object"},
	"derived__ObjectEvent__sensorReport_without_type":                {"/epcisBody/eventList/0/sensorElementList/0/sensorReport/0", "type is missing"},
	"derived__ObjectEvent__sensor_bad_exception":                     {"/epcisBody/eventList/0/sensorElementList/0/sensorReport/0/exception", "ALARM"},
	"derived__ObjectEvent__sensor_bad_hex":                           {"/epcisBody/eventList/0/sensorElementList/0/sensorReport/0/hexBinaryValue", "hexadecimal"},
	"derived__ObjectEvent__sensor_value_string":                      {"/epcisBody/eventList/0/sensorElementList/0/sensorReport/0/value", "a number"},
	"derived__ObjectEvent__unprefixed_extension":                     {"/epcisBody/eventList/0/myField", "CURIE"},
	"derived__ObjectEvent__uom_lowercase":                            {"/epcisBody/eventList/0/quantityList/0/uom", "kgm"},
	"derived__TransactionEvent__empty_bizTransactionList":            {"/epcisBody/eventList/0", "business transaction"},
	"derived__TransactionEvent__no_action":                           {"/epcisBody/eventList/0", "action is missing"},
	"derived__TransformationEvent__input_only_no_transformationID":   {"/epcisBody/eventList/0", "transformationID"},
	"derived__TransformationEvent__offset_no_sign":                   {"/epcisBody/eventList/0/eventTimeZoneOffset", "02:00"},
	"derived__TransformationEvent__with_action":                      {"/epcisBody/eventList/0/action", "no action"},
	"openepcis__Combination_of_events_with_missing_mandatory_fields": {"/epcisBody/eventList/0", "action is missing"},
	"openepcis__Combination_of_non_standard_bizStep_and_disposition": {"/epcisBody/eventList/1/disposition", "in_transport"},
	"openepcis__ObjectEvent_with_ilmd_field_without_namespace":       {"/epcisBody/eventList/0/ilmd/materialType", "CURIE"},
	"openepcis__ObjectEvent_with_invalid_certificationInfo":          {"/epcisBody/eventList/0/certificationInfo/0", "an object"},
	"openepcis__ObjectEvent_with_non_standard_bizStep":               {"/epcisBody/eventList/0/bizStep", "transforming"},
	"openepcis__ObjectEvent_with_non_standard_disposition":           {"/epcisBody/eventList/0/disposition", "in_transport"},
	"openepcis__ObjectEvent_with_unknown_field_in_quantityList":      {"/epcisBody/eventList/0/quantityList/0/weight", "unknown field"},
	"openepcis__ObjectEvent_without_identifier_list":                 {"/epcisBody/eventList/0", "epcList"},
	"openepcis__QueryDocument_with_invalid_eventType":                {"/epcisBody/queryResults/resultsBody/eventList/0/type", "ObjectEventInvalid"},
}

// Every invalid document of the corpus is refused for the reason that the corpus
// states, at the place where it is.
func TestInvalidDocumentsAreRefusedForTheirReason(t *testing.T) {
	rows := readCSV(t, filepath.Join(corpus(t, "epcis", "invalid"), "reasons.csv"))
	refused, disputed := 0, 0
	for _, row := range rows {
		t.Run(row["file"], func(t *testing.T) {
			if strings.Contains(row["file"], "disputed") {
				// A report without type, of an exception without a measured value.
				requireRoundTrip(t, readAny(t, corpus(t, "epcis", "invalid", row["file"])))
				disputed++
				return
			}
			data, err := os.ReadFile(corpus(t, "epcis", "invalid", row["file"]))
			require.NoError(t, err)
			_, _, err = epcis.ReadAny(bytes.NewReader(data), epcis.Limits{})
			var invalid *epcis.ValidationError
			require.ErrorAs(t, err, &invalid)
			want, ok := expected[strings.TrimSuffix(row["file"], filepath.Ext(row["file"]))]
			require.True(t, ok, "no expectation for the stated reason: %s", row["reason"])
			requireViolation(t, invalid, want[0], want[1])
			refused++
		})
	}
	t.Logf("%d of %d invalid documents refused for the stated reason; %d disputed ones, which their publisher calls valid, pass", refused, len(rows), disputed)
	require.Equal(t, len(rows), refused+disputed, "every document is counted")
}

func requireViolation(t testing.TB, err error, pointer, word string) {
	t.Helper()
	var invalid *epcis.ValidationError
	require.True(t, errors.As(err, &invalid), "%v", err)
	for _, v := range invalid.Violations {
		if v.Pointer == pointer && strings.Contains(v.Message, word) {
			require.NotEmpty(t, v.Clause)
			return
		}
	}
	require.Fail(t, "not reported", "%s %q in %v", pointer, word, invalid.Violations)
}

var xmlExpected = map[string][2]string{
	"openepcis__2.0__Capture__Invalid__ObjectEvent_with_invalid_action.xml": {
		"/EPCISDocument/EPCISBody/EventList/ObjectEvent[1]/action", "CREATE",
	},
	"openepcis__2.0__Capture__Invalid__ObjectEvent_with_near_miss_action.xml": {
		"/EPCISDocument/EPCISBody/EventList/ObjectEvent[1]/action", "OBSERV",
	},
	"openepcis__2.0__Capture__Invalid__ObjectEvent_with_wrong_element_order.xml": {
		"/EPCISDocument/EPCISBody/EventList/ObjectEvent[1]/eventTime", "behind",
	},
	"openepcis__2.0__Query__Invalid__QueryDocument_with_invalid_action.xml": {
		"/EPCISQueryDocument/EPCISBody/QueryResults/resultsBody/EventList/ObjectEvent[1]/action", "INVALIDACTION",
	},
	"openepcis__2.0__Query__Invalid__QueryDocument_with_missing_value.xml": {
		"/EPCISQueryDocument/EPCISBody/Poll/params/param[2]", "value is missing",
	},
}

// Every XML document of the corpus is read, valid in JSON after that, and the same when
// read from there; the invalid ones are refused for their reason.
func TestXMLDocumentsAreReadOrRefused(t *testing.T) {
	list := append(files(t, corpus(t, "epcis", "xml"), ".xml"), files(t, corpus(t, "hash", "cases"), ".xml")...)
	list = append(list, files(t, corpus(t, "hash", "expected_equal"), ".xml")...)
	passed, refused, messages, left, events := 0, 0, 0, 0, 0
	for _, path := range list {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			doc, unmapped, err := epcis.ReadXML(bytes.NewReader(data), epcis.Limits{})
			if want, ok := xmlExpected[name]; ok {
				requireViolation(t, err, want[0], want[1])
				refused++
				return
			}
			require.NoError(t, err)
			if doc.Message != "" {
				_, err := doc.MarshalJSON()
				require.ErrorIs(t, err, epcis.ErrMessage)
				messages++
				return
			}
			requireRoundTrip(t, doc)
			passed++
			events += len(doc.Events)
			left += len(unmapped)
			for _, u := range unmapped {
				t.Logf("unmapped: %s: %s", u.Path, u.Reason)
			}
		})
	}
	t.Logf("%d XML documents: %d with %d events pass and round-trip (%d parts unmapped), %d without events passes, %d refused for their reason",
		len(list), passed, events, left, messages, refused)
	require.Equal(t, len(list), passed+messages+refused, "every document is counted")
}

// A document in XML and its twin in JSON have the same hashes.
func TestXMLAndJSONTwinsHaveTheSameHash(t *testing.T) {
	twins, events := 0, 0
	for _, path := range files(t, corpus(t, "epcis", "xml"), ".xml") {
		name, ok := strings.CutPrefix(filepath.Base(path), "openepcis__2.0__")
		twin := corpus(t, "epcis", "valid", "openepcis__"+strings.TrimSuffix(name, ".xml")+".json")
		if _, err := os.Stat(twin); !ok || err != nil {
			continue
		}
		fromXML, fromJSON := readAny(t, path), readAny(t, twin)
		require.Len(t, fromXML.Events, len(fromJSON.Events), name)
		for i := range fromJSON.Events {
			require.Equal(t, preHash(t, &fromJSON.Events[i]), preHash(t, &fromXML.Events[i]), name)
			events++
		}
		twins++
	}
	t.Logf("%d pairs of XML and JSON with %d events agree", twins, events)
}
