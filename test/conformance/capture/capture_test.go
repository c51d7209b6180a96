package capture_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

var update = flag.Bool("update", false, "write docs/corpus.md anew")

const (
	corpus = "../../../../shared/corpus/epcis"
	page   = "../../../docs/corpus.md"
)

const head = `# Published documents, and what becomes of them

Every EPCIS document of the collection that we test with (GS1's official examples and those of OpenEPCIS, JSON and XML), captured whole by an organisation that is set up for it: it holds the licences, has what the document says it has, and has been offered what it receives. ` + "`go test ./test/conformance/capture`" + ` holds this page to what happens.

`

// outcome captures one file's document.
func outcome(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	document, _, err := epcis.ReadAny(bytes.NewReader(text), epcis.DefaultLimits())
	if err != nil {
		var invalid *epcis.ValidationError
		require.True(t, errors.As(err, &invalid), "%v", err)
		return "not valid: " + invalid.Violations[0].Message
	}
	if document.Message != "" {
		return "no document of events but a message: " + document.Message
	}
	if document.Query && filepath.Ext(file) == ".xml" {
		return "the result of a query is no report of events"
	}
	s := Empty(t)
	s.Now = time.Now().UTC().Truncate(time.Second)
	s.Now = latest(document.Events)
	if err := prepare(s, document.Events, earliest(document.Events)); err != nil {
		return "could not be prepared: " + fault.Of(err).Message
	}
	s.Now = s.Now.Add(time.Hour)
	sent := text
	if document.Bare || filepath.Ext(file) == ".xml" {
		sent = written(t, document)
	}
	if err := recordOriginals(t, s, text); err != nil {
		return "the event that it declares an error was refused: " + fault.Of(err).Message
	}
	response, err := s.CaptureDocument(Manufacturer, sent)
	var refused *fault.Error
	switch {
	case err == nil:
		return fmt.Sprintf("captured, %d events", len(response.Events))
	case errors.As(err, &refused):
		return fmt.Sprintf("refused: %s: %s (%s)", refused.Code, refused.Message, refused.Field)
	}
	t.Fatalf("%s: %v", file, err)
	return ""
}

// written spells a bare event, or what was read from XML, as a document in JSON.
func written(t *testing.T, document *epcis.Document) []byte {
	t.Helper()
	text, err := (&epcis.Document{SchemaVersion: "2.0", CreationDate: time.Now(), Context: document.Context, Events: document.Events}).MarshalJSON()
	require.NoError(t, err)
	return text
}

// recordOriginals records the events that a document declares to be errors, as
// they were before.
func recordOriginals(t *testing.T, s *Scene, text []byte) error {
	t.Helper()
	document, _, err := epcis.ReadAny(bytes.NewReader(text), epcis.DefaultLimits())
	require.NoError(t, err)
	var declared []epcis.Event
	for _, e := range document.Events {
		if e.ErrorDeclaration != nil {
			e.ErrorDeclaration = nil
			declared = append(declared, e)
		}
	}
	if declared == nil || document.Query {
		return nil
	}
	document.Events, document.Bare = declared, false
	_, err = s.CaptureDocument(Manufacturer, written(t, document))
	return err
}

func latest(events []epcis.Event) time.Time {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range events {
		if events[i].EventTime.After(at) {
			at = events[i].EventTime
		}
	}
	return at
}

func earliest(events []epcis.Event) time.Time {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range events {
		if events[i].EventTime.Before(at) {
			at = events[i].EventTime
		}
	}
	return at
}

func TestEveryPublishedDocumentIsCapturedOrRefusedForAReasonThatIsRight(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("CORPUS NOT PRESENT: the published EPCIS documents are not beside this repository; nothing was captured")
	}
	var captured, refused []string
	for _, pattern := range []string{"valid/*.json", "valid/*.jsonld", "xml/*.xml"} {
		files, err := filepath.Glob(filepath.Join(corpus, pattern))
		require.NoError(t, err)
		for _, file := range files {
			became := outcome(t, file)
			line := fmt.Sprintf("| %s | %s |", filepath.Base(file), strings.ReplaceAll(became, "|", "\\|"))
			if strings.HasPrefix(became, "captured,") {
				captured = append(captured, line)
			} else {
				refused = append(refused, line)
			}
		}
	}
	want := head + fmt.Sprintf("## Captured: %d\n\n| document | |\n|---|---|\n%s\n\n## Refused: %d\n\n| document | why |\n|---|---|\n%s\n",
		len(captured), strings.Join(captured, "\n"), len(refused), strings.Join(refused, "\n"))
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o600))
		return
	}
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, want, string(text), "run go test ./test/conformance/capture -update")
}
