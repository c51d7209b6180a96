package profiles_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/profiles"
)

func TestEveryProfileGoesOnTheLedgerAsItIs(t *testing.T) {
	c := clienttest.New(t)
	require.NoError(t, c.Found(t.Context(), shipmenttest.Founders()...))
	quality := c.Client(t, "manufacturer", "quality")
	for _, p := range profiles.All() {
		defined, err := quality.DefinePolicy(t.Context(), p.Policy(p.Name))
		require.NoError(t, err, p.Name)
		require.Equal(t, p.Terms, defined.Policy.Terms)
		require.Equal(t, p.Consequences, defined.Policy.Consequences)
	}
}
