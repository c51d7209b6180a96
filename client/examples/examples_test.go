package examples_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/examples"
)

func TestEveryExampleDoesAsItSays(t *testing.T) {
	consortium := clienttest.New(t)
	require.NoError(t, consortium.Found(t.Context(),
		participant.Organisation{MSP: "ManufacturerMSP", GLNs: []string{examples.ManufacturerGLN}, Licences: []participant.Licence{{Prefix: "9521321"}}},
		participant.Organisation{MSP: "CarrierMSP", GLNs: []string{examples.CarrierGLN}, Licences: []participant.Licence{{Prefix: "9521987"}}},
		participant.Organisation{MSP: "RetailerMSP", GLNs: []string{examples.RetailerGLN}, Licences: []participant.Licence{{Prefix: "9521555"}}},
	))
	for i, example := range examples.All {
		t.Run(example.Name, func(t *testing.T) {
			var out bytes.Buffer
			trade := &examples.Trade{
				Manufacturer: consortium.Client(t, "manufacturer", "operator"), Carrier: consortium.Client(t, "carrier", "operator"),
				Retailer: consortium.Client(t, "retailer", "operator"), Admin: consortium.Client(t, "manufacturer", "admin"),
				Quality: consortium.Client(t, "manufacturer", "quality"), Signatory: signatory(t, consortium),
				Run: i + 1, Out: &out,
			}
			require.NoError(t, example.Run(t.Context(), trade))
			require.Equal(t, strings.TrimSpace(example.Output), strings.TrimSpace(out.String()))
		})
	}
}

// signatory is the manufacturer's person who signs decisions.
func signatory(t *testing.T, consortium *clienttest.Consortium) client.Signatory {
	t.Helper()
	person, err := consortium.User("manufacturer", "quality")
	require.NoError(t, err)
	return client.Signatory{Certificate: person.Certificate, Key: person.Key}
}
