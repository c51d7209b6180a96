package condition

import (
	"errors"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// hadAtStart refuses a start at which others had the objects, as far as is known.
// Whoever has a tote today could otherwise have a device of its own say how warm it
// was in there a month ago, and what others had in it then would be on hold.
func (w *Watch) hadAtStart(tx *ledger.Tx, twins []*product.Twin) error {
	at := w.Start.Time().Add(skew) // clocks differ
	if !at.Before(tx.Time()) {
		return nil
	}
	for _, twin := range twins {
		around := append([]*product.Twin{twin}, twin.Ancestors()...)
		if !slices.ContainsFunc(around, func(t *product.Twin) bool { return evaluation.MomentOf(t.Occurred) > evaluation.MomentOf(at) }) {
			continue // nothing has happened to it since
		}
		past, err := product.ReadTwinAsOf(tx, product.ReadTwinAsOfRequest{ID: twin.ID, Time: at, Clock: product.Occurred})
		switch {
		case errors.Is(err, fault.NotFound): // it had not begun: nobody else had it
		case err != nil:
			return err
		case past.Custodian != w.By:
			return fault.New(fault.NotCustodian, "at %s, when the watch is to start, %s had the object: start it when you had it", w.Start, past.Custodian).
				About(twin.ID).At("/start")
		}
	}
	return nil
}
