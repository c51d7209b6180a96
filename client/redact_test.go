package client_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/redaction"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/collections"
)

func redactAll(t *testing.T, document []byte) *client.Redacted {
	t.Helper()
	redacted, err := client.Redact(document, redaction.Fields{Extensions: []string{redaction.All}})
	require.NoError(t, err)
	return redacted
}

func TestOurNamespaceIsTheSameEverywhere(t *testing.T) {
	require.Equal(t, product.Namespace, redaction.Namespace)
}

func TestARedactedDocumentIsKeptAsJSONAndRestored(t *testing.T) {
	document := event(`"action": "ADD", "https://ns.example.com/price": "<12.50> & more"`)
	original, err := epcis.ReadDocument(bytes.NewReader(document), epcis.Limits{})
	require.NoError(t, err)
	stored, err := json.Marshal(redactAll(t, document))
	require.NoError(t, err)
	var kept client.Redacted
	require.NoError(t, json.Unmarshal(stored, &kept))

	public, err := epcis.ReadDocument(bytes.NewReader(kept.Document), epcis.Limits{})
	require.NoError(t, err)
	require.NotContains(t, string(kept.Document), "12.50")
	id, err := public.Events[0].HashID()
	require.NoError(t, err)
	require.Equal(t, kept.Events[0].Event, id)
	restored, err := redaction.Restore(&public.Events[0], kept.Events[0].Disclosures)
	require.NoError(t, err)
	id, err = restored.HashID()
	require.NoError(t, err)
	require.Equal(t, kept.Events[0].Original, id)
	want, err := original.Events[0].HashID()
	require.NoError(t, err)
	require.Equal(t, want, id)
}

func TestADocumentWithNothingToHideStaysWhatItSays(t *testing.T) {
	document := event(`"action": "ADD"`)
	redacted := redactAll(t, document)
	require.Empty(t, redacted.Events)
	require.Equal(t, string(document), string(redacted.Document))
}

func TestManyDisclosuresAreSplitIntoRecordsThatTheLedgerTakes(t *testing.T) {
	var extensions strings.Builder
	for i := range redaction.MaxCommitments {
		extensions.WriteString(`, "https://ns.example.com/` + strings.Repeat("x", i+1) + `": "` + strings.Repeat("é\\\"<", 60) + `"`)
	}
	redacted := redactAll(t, event(`"action": "ADD"`+extensions.String()))
	require.Len(t, redacted.Events[0].Disclosures, redaction.MaxCommitments)
	records, err := redacted.Events[0].Records(object)
	require.NoError(t, err)
	require.Greater(t, len(records), 1)
	var read []*client.ConfidentialRecord
	for i := range records {
		text, err := json.Marshal(records[i])
		require.NoError(t, err)
		require.Less(t, len(text), ledger.MaxRecord)
		read = append(read, asRead(records[i].Kind, records[i].Fields...))
	}
	found, err := client.Disclosures(read...)
	require.NoError(t, err)
	require.Equal(t, map[string][]redaction.Disclosure{redacted.Events[0].Event: redacted.Events[0].Disclosures}, found)
}

func TestADisclosureThatNoRecordCanHoldIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	redacted := redactAll(t, event(`"action": "ADD", "https://ns.example.com/x": "`+strings.Repeat("<", 3000)+`"`))
	_, err := redacted.Events[0].Records(object)
	var limit *redaction.LimitError
	require.ErrorAs(t, err, &limit)
	require.Equal(t, "https://ns.example.com/x", limit.Field)
}

// asRead is a record as a member reads it, with fields of a kind.
func asRead(kind string, fields ...selective.Field) *client.ConfidentialRecord {
	return &client.ConfidentialRecord{ReadResponse: confidential.ReadResponse{
		Manifest: confidential.Manifest{Kind: kind}, Content: confidential.Content{Fields: fields},
	}}
}

func TestOnlyDisclosuresAreReadFromARecord(t *testing.T) {
	field := func(kind, name, value string) *client.ConfidentialRecord {
		return asRead(kind, selective.Field{Name: name, Value: value})
	}
	found, err := client.Disclosures(field(collections.KindTerms, "/price", "12.50"), field(collections.KindEvent, "", ""))
	require.NoError(t, err)
	require.Empty(t, found)
	_, err = client.Disclosures(field(collections.KindEvent, "/disclosures/x/0", "[]"))
	require.ErrorIs(t, err, fault.InvalidRequest)
	_, err = client.Disclosures(field(collections.KindEvent, "/disclosures/"+strings.Repeat("0", 64)+"/0", "[]"))
	require.ErrorIs(t, err, redaction.ErrMalformed)
}

func TestARefusalToRedactNamesTheEvent(t *testing.T) {
	_, err := client.Redact(event(`"action": "ADD"`), redaction.Fields{Least: redaction.MaxCommitments + 1})
	require.ErrorContains(t, err, "event 0")
	_, err = client.Redact([]byte(`[]`), redaction.Fields{})
	var invalid *epcis.ValidationError
	require.ErrorAs(t, err, &invalid)
}
