package client_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client"
)

// What a programmer has forgotten is told as an error: a service must not die of it.
func TestWhatWasForgottenIsAnErrorAndNoPanic(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator", client.WithObserver(nil))
	_, err := operator.Evaluate(t.Context(), client.Invocation{})
	require.ErrorContains(t, err, "names no function")
	_, _, err = operator.Submit(t.Context(), client.Invocation{})
	require.ErrorContains(t, err, "names no function")
	ignore := func(context.Context, client.Item) error { return nil }
	require.ErrorContains(t, client.Process(t.Context(), operator.Follow(client.UntilNow()), nil, ignore), "where to keep checkpoints")
	require.ErrorContains(t, client.ProcessTx(t.Context(), nil, "all", operator.Follow(client.UntilNow()), nil), "a database")
	_, err = operator.Organisation(t.Context(), "ManufacturerMSP")
	require.NoError(t, err)
}
