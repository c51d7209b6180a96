package e2e_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client/examples"
)

// What the guides show is what happens on a real network.
func TestEveryExampleDoesOnARealNetworkAsItSays(t *testing.T) {
	w := start(t)
	for i, example := range examples.All {
		t.Run(example.Name, func(t *testing.T) {
			var out bytes.Buffer
			trade := &examples.Trade{
				Manufacturer: w.client(t, manufacturer, "operator"), Carrier: w.client(t, carrier, "operator"),
				Retailer: w.client(t, retailer, "operator"), Admin: w.client(t, manufacturer, "admin"),
				Quality: w.client(t, manufacturer, "quality"), Signatory: w.signatory(t, manufacturer, "quality"),
				Run: i + 1, Out: &out,
			}
			require.NoError(t, example.Run(t.Context(), trade))
			require.Equal(t, strings.TrimSpace(example.Output), strings.TrimSpace(out.String()))
		})
	}
}
