package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// The commands of a ledger, as processes of their own, at a consortium in memory that
// stands at 2026-03-01T12:00:00Z: $MANUFACTURER, $CARRIER and $REGULATOR are folders
// with connection.yaml and users/NAME/msp, and roots.json is there.
func TestLedgerScripts(t *testing.T) {
	consortium := clienttest.New(t, clienttest.WithTime(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)))
	if err := consortium.Found(t.Context(), shipmenttest.Founders()...); err != nil {
		t.Fatal(err)
	}
	roots, err := consortium.Roots().Encode()
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]string{"MANUFACTURER": "manufacturer", "CARRIER": "carrier", "REGULATOR": "regulator"}
	for variable, organisation := range folders {
		folders[variable] = t.TempDir()
		consortium.Serve(t, organisation, folders[variable])
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "ledger"),
		Setup: func(env *testscript.Env) error {
			for variable, folder := range folders {
				env.Setenv(variable, folder)
			}
			env.Setenv(settingsVariable, filepath.Join(env.WorkDir, "profiles.yaml"))
			return os.WriteFile(filepath.Join(env.WorkDir, "roots.json"), roots, 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "swap": swap},
	})
}
