package e2e_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// Requests that their callers name are carried out once, in memory and on a real
// network alike: also when many send the same at once, from several gateways.
func TestNamedRequestsInMemory(t *testing.T) { namedRequests(t, inMemory(t)) }

// TestNamedRequestsOnARealNetwork is the same there.
func TestNamedRequestsOnARealNetwork(t *testing.T) { namedRequests(t, start(t)) }

func namedRequests(t *testing.T, w world) {
	t.Helper()
	admin := w.client(t, manufacturer, "admin")
	const gln, name = "urn:epc:id:pgln:9521321.00077", "corner shop"
	const callers = 6
	var group sync.WaitGroup
	answers := make([]*client.RegisteredParty, callers)
	errs := make([]error, callers)
	for i := range callers {
		caller := w.client(t, manufacturer, "admin")
		group.Go(func() {
			answers[i], errs[i] = caller.RegisterParty(t.Context(), gln, name, client.WithRequestID("po-4711"))
		})
	}
	group.Wait()
	for i := range callers {
		require.NoError(t, errs[i])
		require.Equal(t, answers[0], answers[i])
	}

	_, err := admin.RegisterParty(t.Context(), gln, "another name", client.WithRequestID("po-4711"))
	require.ErrorIs(t, err, fault.RequestIDConflict)
	_, err = w.client(t, carrier, "admin").RegisterParty(t.Context(), "urn:epc:id:pgln:9521987.00077", "depot", client.WithRequestID("po-4711"))
	require.NoError(t, err, "another organisation's names are its own")
	again, err := admin.RegisterParty(t.Context(), gln, name, client.WithRequestID("po-4711"))
	require.NoError(t, err)
	require.Equal(t, answers[0], again)
}
