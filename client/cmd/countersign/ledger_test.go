package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/collections"
)

// The commands of a ledger, as processes of their own, each script at a consortium in
// memory of its own that stands at 2026-03-01T12:00:00Z: $MANUFACTURER, $CARRIER,
// $RETAILER and $REGULATOR are folders with connection.yaml and users/NAME/msp, and
// roots.json is there; so are the recordings 1.rec to 3.rec (see [recordings]), with
// register.json to register their device. $RECORD is a private record of manufacturer
// and retailer, terms of trade at the price of 12.50 EUR; elsewhere.checkpoint is of
// another ledger.
func TestLedgerScripts(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join("testdata", "ledger", "*.txtar"))
	if err != nil || len(scripts) == 0 {
		t.Fatal("there are no scripts", err)
	}
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".txtar"), func(t *testing.T) { runLedgerScript(t, script) })
	}
}

func runLedgerScript(t *testing.T, script string) {
	consortium := clienttest.New(t, clienttest.WithTime(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)))
	if err := consortium.Found(t.Context(), shipmenttest.Founders()...); err != nil {
		t.Fatal(err)
	}
	roots, err := consortium.Roots().Encode()
	if err != nil {
		t.Fatal(err)
	}
	files := recordings(t)
	files["roots.json"] = roots
	files["elsewhere.checkpoint"] = elsewhere(t)
	variables := map[string]string{"RECORD": sharedTerms(t, consortium)}
	for _, organisation := range []string{"manufacturer", "carrier", "retailer", "regulator"} {
		folder := t.TempDir()
		consortium.Serve(t, organisation, folder)
		variables[strings.ToUpper(organisation)] = folder
	}
	testscript.Run(t, testscript.Params{
		Files: []string{script},
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", raceExits)
			for variable, value := range variables {
				env.Setenv(variable, value)
			}
			env.Setenv(settingsVariable, filepath.Join(env.WorkDir, "profiles.yaml"))
			for name, text := range files {
				if err := os.WriteFile(filepath.Join(env.WorkDir, name), text, 0o600); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "swap": swap, "member": memberOf},
	})
}

// elsewhere is the checkpoint of a stream of another consortium.
func elsewhere(t *testing.T) []byte {
	t.Helper()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	consortium := clienttest.New(t, clienttest.WithTime(at))
	if err := consortium.Found(t.Context(), shipmenttest.Founders()...); err != nil {
		t.Fatal(err)
	}
	manufacturer := consortium.Client(t, "manufacturer", "operator")
	for _, serial := range []string{"X1", "X2"} {
		event := epcis.Event{
			Type: epcis.ObjectEvent, Action: epcis.Add, BizStep: "commissioning", EventTime: at,
			EPCList: []string{"https://id.gs1.org/01/09506000134352/21/" + serial},
		}
		if _, err := manufacturer.CaptureEvents(t.Context(), []epcis.Event{event}); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "checkpoint")
	file, err := client.OpenCheckpointFile(path)
	if err != nil {
		t.Fatal(err)
	}
	stream := manufacturer.Follow(client.UntilNow())
	err = client.Process(t.Context(), stream, file, func(context.Context, client.Item) error { return nil })
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sharedTerms has manufacturer and retailer share terms of trade, and returns the
// published record's id.
func sharedTerms(t *testing.T, c *clienttest.Consortium) string {
	t.Helper()
	manufacturer := c.Client(t, "manufacturer", "operator")
	draft, err := client.NewRecord(collections.Terms{Price: "12.50", Currency: "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := manufacturer.WriteConfidential(t.Context(), draft, "RetailerMSP"); err != nil {
		t.Fatal(err)
	}
	if _, err := manufacturer.PublishConfidential(t.Context(), draft.ID, "RetailerMSP"); err != nil {
		t.Fatal(err)
	}
	return draft.ID
}
