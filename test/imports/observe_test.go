package imports_test

import (
	"strings"
	"testing"
)

// Who imports the client links no telemetry library and no database: those come with
// the observer that is asked for, and the driver is the importer's.
func TestTheClientLinksNothingThatItsUserDoesNotUse(t *testing.T) {
	for path := range list(t, nil, "./client") {
		for _, unused := range []string{"go.opentelemetry.io/otel/sdk", "github.com/prometheus/", "modernc.org/", module + "client/observe"} {
			if strings.HasPrefix(path, unused) {
				t.Errorf("%s is linked", path)
			}
		}
	}
	for path := range list(t, nil, "./client/observe") {
		if strings.HasPrefix(path, "github.com/prometheus/") {
			t.Errorf("%s is linked by the log", path)
		}
	}
	for path := range list(t, nil, "./client/observe/traces") {
		if strings.HasPrefix(path, "github.com/prometheus/") || strings.HasPrefix(path, "go.opentelemetry.io/otel/sdk") {
			t.Errorf("%s is linked by traces", path)
		}
	}
}
