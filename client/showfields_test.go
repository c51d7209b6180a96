package client_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/collections"
)

func TestOnlyFieldsOfTheRecordAreShown(t *testing.T) {
	c := founded(t)
	draft := sharedTerms(t, c)
	retailer := c.Client(t, "retailer", "operator")
	show := func(id string, fields ...selective.Field) error {
		_, err := retailer.ShowFields(t.Context(), id, fields, "ManufacturerMSP", "CarrierMSP")
		return err
	}
	price := fieldsNamed(t, draft, "/price")[0]
	require.NoError(t, show(draft.ID, price))
	cheaper := price
	cheaper.Value = "1.00"
	require.ErrorIs(t, show(draft.ID, cheaper), selective.ErrNotCommitted)
	require.ErrorIs(t, show(draft.ID, price, price), selective.ErrNotCommitted, "twice")
	require.ErrorIs(t, show(price.Salt, price), fault.NotFound)
	var wrong *evidence.FormatError
	require.ErrorAs(t, show(draft.ID), &wrong, "none")
	another, err := client.NewRecord(collections.Terms{Price: "12.50", Currency: "EUR"})
	require.NoError(t, err)
	require.ErrorIs(t, show(draft.ID, fieldsNamed(t, another, "/price")[0]), selective.ErrNotCommitted)
}
