package readings_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client/readings"
)

// TestTheDocumentNamesEveryOptionAndUnit keeps docs/readings.md whole.
func TestTheDocumentNamesEveryOptionAndUnit(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "readings.md"))
	require.NoError(t, err)
	for _, field := range reflect.VisibleFields(reflect.TypeFor[readings.CSV]()) {
		require.Contains(t, string(text), "`"+field.Name+"`")
	}
	for _, symbol := range symbols {
		require.Contains(t, string(text), symbol)
	}
}
