package e2e_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client/examples"
)

// What the guides show is what happens on a real network. All meet at one peer,
// where each sees at once what the others did.
func TestEveryExampleDoesOnARealNetworkAsItSays(t *testing.T) {
	w := start(t)
	for i, example := range examples.All {
		t.Run(example.Name, func(t *testing.T) {
			var out bytes.Buffer
			trade := &examples.Trade{
				Manufacturer: w.clientAt(t, manufacturer, manufacturer, "operator"), Carrier: w.clientAt(t, manufacturer, carrier, "operator"),
				Retailer: w.clientAt(t, manufacturer, retailer, "operator"), Admin: w.clientAt(t, manufacturer, manufacturer, "admin"),
				Quality: w.clientAt(t, manufacturer, manufacturer, "quality"), Signatory: w.signatory(t, manufacturer, "quality"),
				Run: i + 1, Out: &out,
			}
			require.NoError(t, example.Run(t.Context(), trade))
			require.Equal(t, strings.TrimSpace(example.Output), strings.TrimSpace(out.String()))
		})
	}
}
