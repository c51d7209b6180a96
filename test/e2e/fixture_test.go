package e2e_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
)

// The parties. Prefix 952 is GS1's for examples.
var (
	prefixes = map[string]string{manufacturer: "9521321", carrier: "9521987", retailer: "9521555"}
	glns     = map[string]string{
		manufacturer: "urn:epc:id:pgln:9521321.00000",
		carrier:      "urn:epc:id:pgln:9521987.00000",
		retailer:     "urn:epc:id:pgln:9521555.00000",
	}
	countries = map[string]string{manufacturer: "DE", carrier: "NL", retailer: "FR", regulator: "DE"}
	msps      = map[string]string{manufacturer: manufacturerMSP, carrier: carrierMSP, retailer: retailerMSP, regulator: regulatorMSP}
)

// found puts the organisations on the ledger as their admins do.
func found(t *testing.T, w world) {
	t.Helper()
	proposal := participant.Proposal{Reason: "founding"}
	for _, name := range []string{manufacturer, carrier, retailer} {
		proposal.Organisations = append(proposal.Organisations, participant.Organisation{
			MSP: msps[name], Name: name, Country: countries[name], Roles: []string{name}, GLNs: []string{glns[name]},
			Licences: []participant.Licence{{Prefix: prefixes[name]}}, IdentityRoots: w.identityRoots(t, name),
		})
	}
	proposal.Organisations = append(proposal.Organisations, participant.Organisation{
		MSP: regulatorMSP, Name: regulator, Country: countries[regulator], Reader: true, IdentityRoots: w.identityRoots(t, regulator),
	})
	proposed, err := w.client(t, manufacturer, "admin").Propose(t.Context(), proposal)
	require.NoError(t, err)
	for i, name := range []string{manufacturer, carrier, retailer} {
		approved, err := w.client(t, name, "admin").Approve(t.Context(), proposed.Proposal)
		require.NoError(t, err)
		require.Equal(t, i == 2, approved.Enacted)
	}
}

func (r real) identityRoots(t *testing.T, organisation string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(r.network.OrganisationMSPDir(organisation), "cacerts", "*.pem"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	return []string{string(text)}
}

func (m memory) identityRoots(t *testing.T, organisation string) []string {
	t.Helper()
	for _, o := range m.Roots().Organisations {
		if o.MSP == msps[organisation] {
			return []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.Roots[0].Raw}))}
		}
	}
	t.Fatalf("no roots of %s", organisation)
	return nil
}

var serial atomic.Int64

// objects returns n identifiers that nobody has used, as EPC URNs.
func objects(n int) []string {
	epcs := make([]string, n)
	for i := range epcs {
		epcs[i] = fmt.Sprintf("urn:epc:id:sgtin:9521321.040071.E%d", serial.Add(1))
	}
	return epcs
}

// event is an EPCIS event in JSON.
type event map[string]any

var eventNumber atomic.Int64

// objectEvent returns an ObjectEvent that happened a while ago.
func objectEvent(action, step string, epcs []string) event {
	return event{
		"type": "ObjectEvent", "action": action, "bizStep": step, "epcList": epcs,
		"eventTime": time.Now().Add(-time.Hour).UTC().Format("2006-01-02T15:04:05.000Z"), "eventTimeZoneOffset": "+00:00",
		"eventID": fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", eventNumber.Add(1)),
	}
}

func commission(epcs []string) event { return objectEvent("ADD", "commissioning", epcs) }

func ship(epcs []string, to string) event {
	e := objectEvent("OBSERVE", "shipping", epcs)
	e["destinationList"] = []any{map[string]any{"type": "possessing_party", "destination": glns[to]}}
	return e
}

func receive(epcs []string) event { return objectEvent("OBSERVE", "receiving", epcs) }

// document returns an EPCIS document of events.
func document(t *testing.T, events ...event) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"@context": []any{"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"},
		"type":     "EPCISDocument", "schemaVersion": "2.0", "creationDate": time.Now().UTC().Format(time.RFC3339),
		"epcisBody": map[string]any{"eventList": events},
	})
	require.NoError(t, err)
	return text
}

// capture records events as an organisation's operator.
func capture(t *testing.T, w world, organisation string, events ...event) (*client.Captured, error) {
	t.Helper()
	return w.client(t, organisation, "operator").Capture(t.Context(), document(t, events...), w.endorsers(organisation)...)
}

// must records events, or fails the test.
func must(t *testing.T, w world, organisation string, events ...event) *client.Captured {
	t.Helper()
	captured, err := capture(t, w, organisation, events...)
	require.NoError(t, err)
	return captured
}

// eventually repeats what may take a moment on a network, until it succeeds.
func eventually(t *testing.T, act func(context.Context) error) {
	t.Helper()
	var err error
	for range 200 {
		if err = act(t.Context()); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	require.NoError(t, err)
}
