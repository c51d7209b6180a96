package shipment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func TestTheScopeOfALotNamesWhatItWentInto(t *testing.T) {
	s := New(t)
	one := Object(Manufacturer, "1")
	s.MustCapture(Manufacturer, inLot("L1", one))
	lot := lotted(Manufacturer, "L1")
	used := []product.Measured{{Amount: 12_500_000, Unit: "KGM"}}
	var event string
	withTwins(t, s, Manufacturer, []string{one}, func(b *product.Batch, made *product.NewEvent, twins []*product.Twin) {
		twins[0].State = product.Ended
		b.Record(twins[0], made, product.Consumed)
		b.Link(made, []product.Part{{Path: one}, {Path: lot, Amounts: used}}, nil, nil)
		event = made.Record.Event
	})
	found, _ := scope(t, s, product.ReadRecallScopeRequest{Subject: lot})
	require.Len(t, found, 2)
	require.Equal(t, product.Transformed, found[0].State)
	require.Equal(t, event, found[0].Event)
	require.Equal(t, product.Affected{ID: lot, State: product.Transformed, Custodian: Manufacturer, Amounts: used, Event: event}, found[1])
}
