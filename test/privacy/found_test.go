package privacy_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/test/privacy/internal/search"
)

// The parties. Prefix 952 is GS1's for examples.
var (
	prefixes  = map[string]string{manufacturer: "9521321", carrier: "9521987", retailer: "9521555"}
	glns      = map[string]string{manufacturer: "urn:epc:id:pgln:9521321.00000", carrier: "urn:epc:id:pgln:9521987.00000", retailer: "urn:epc:id:pgln:9521555.00000"}
	countries = map[string]string{manufacturer: "DE", carrier: "NL", retailer: "US", regulator: "BE"}
)

// found puts the organisations on the ledger as their admins do.
func (w *world) found(t *testing.T) {
	t.Helper()
	proposal := participant.Proposal{Reason: "founding"}
	for _, name := range everybody {
		o := participant.Organisation{MSP: msps[name], Name: name, Country: countries[name], IdentityRoots: w.identityRoots(t, name)}
		if name == regulator {
			o.Reader = true
		} else {
			o.Roles, o.GLNs, o.Licences = []string{name}, []string{glns[name]}, []participant.Licence{{Prefix: prefixes[name]}}
		}
		proposal.Organisations = append(proposal.Organisations, o)
	}
	proposed, err := w.client(t, manufacturer, "admin").Propose(t.Context(), proposal)
	require.NoError(t, err)
	for i, name := range []string{manufacturer, carrier, retailer} {
		approved, err := w.client(t, name, "admin").Approve(t.Context(), proposed.Proposal)
		require.NoError(t, err)
		require.Equal(t, i == 2, approved.Enacted)
	}
}

func (w *world) identityRoots(t *testing.T, organisation string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.network.OrganisationMSPDir(organisation), "cacerts", "*.pem"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	return []string{string(text)}
}

var serial atomic.Int64

// object returns an identifier of the manufacturer's that nobody has used, as an
// EPC URN, and the document of its commissioning.
func object(t *testing.T) (epc string, commissioning []byte) {
	t.Helper()
	n := serial.Add(1)
	epc = fmt.Sprintf("urn:epc:id:sgtin:9521321.040071.P%d", n)
	text, err := json.Marshal(map[string]any{
		"@context": []any{"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"},
		"type":     "EPCISDocument", "schemaVersion": "2.0", "creationDate": time.Now().UTC().Format(time.RFC3339),
		"epcisBody": map[string]any{"eventList": []any{map[string]any{
			"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": []string{epc},
			"eventTime": time.Now().Add(-time.Hour).UTC().Format("2006-01-02T15:04:05.000Z"), "eventTimeZoneOffset": "+00:00",
			"eventID": fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", n),
		}}},
	})
	require.NoError(t, err)
	return epc, text
}

// commissioned puts a new object of the manufacturer's on the ledger.
func (w *world) commissioned(t *testing.T) string {
	t.Helper()
	epc, document := object(t)
	_, err := w.client(t, manufacturer, "operator").Capture(t.Context(), document)
	require.NoError(t, err)
	return epc
}

// randomText returns 32 random bytes in base64url.
func randomText(t *testing.T) string {
	t.Helper()
	raw := make([]byte, 32)
	_, err := rand.Read(raw)
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// canaries makes marked secrets that occur nowhere else, by name.
type canaries struct {
	texts   map[string]string
	secrets []search.Secret
}

func newCanaries() *canaries { return &canaries{texts: map[string]string{}} }

// new returns the text of a new secret.
func (c *canaries) new(t *testing.T, name string) string {
	t.Helper()
	require.NotContains(t, c.texts, name)
	c.texts[name] = "CANARY " + name + " \u00e9 " + randomText(t)[:16]
	c.add(t, name, []byte(c.texts[name]))
	return c.texts[name]
}

// add takes something as a secret that the test did not make.
func (c *canaries) add(t *testing.T, name string, text []byte) {
	t.Helper()
	s, err := search.NewSecret(name, text)
	require.NoError(t, err)
	c.secrets = append(c.secrets, s)
}
