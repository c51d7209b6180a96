package epcis_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

func TestExtensionsAreFoundByTheirNamespaceHoweverTheyAreSpelled(t *testing.T) {
	const ns = "https://example.com/ours/"
	document := `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
		{"a":"https://example.com/ours/","b":"https://example.com/theirs/","c":"https://example.com/theirs/"}],
		"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-03-01T08:00:00Z","epcisBody":{"eventList":[{
		"@context":{"b":"https://example.com/ours/"},
		"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-03-01T08:00:00Z","eventTimeZoneOffset":"+00:00",
		"epcList":["urn:epc:id:sscc:9506000.1000000001"],
		"a:one":[{"a:quantity":1,"uom":"KGM","c:uom":"x"}], "b:two":"2", "c:three":"3", "https://example.com/ours/four":{"b:in":{"a:deep":true}},
		"https://example.com/ours/":"nothing"}]}}`
	read, err := epcis.ReadDocument(strings.NewReader(document), epcis.DefaultLimits())
	require.NoError(t, err)
	event := &read.Events[0]
	require.Equal(t, epcis.Extensions{
		{Name: "one", Value: epcis.Value{Kind: epcis.Array, Items: []epcis.Value{{Kind: epcis.Object, Members: []epcis.Member{
			{Name: "quantity", Value: epcis.Value{Kind: epcis.Numeric, Text: "1"}}, {Name: "uom", Value: epcis.Text("KGM")}, {Name: "c:uom", Value: epcis.Text("x")},
		}}}}},
		{Name: "two", Value: epcis.Text("2")},
		{Name: "four", Value: epcis.Value{Kind: epcis.Object, Members: []epcis.Member{{Name: "in", Value: epcis.Value{Kind: epcis.Object, Members: []epcis.Member{
			{Name: "deep", Value: epcis.Value{Kind: epcis.Boolean, Text: "true"}},
		}}}}}},
	}, event.ExtensionsIn(ns))
	require.Equal(t, "b:two", event.Extensions[1].Name, "the event stays as it is")
	require.Empty(t, event.ExtensionsIn("https://example.com/nobody's/"))
}
