package erp

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// ProductionOrder is what an ERP knows of a lot that was made.
type ProductionOrder struct {
	Number, GTIN, Lot string
	Expires, Made     time.Time
	Serials           []string
}

// Commission records the serialised items of a production order, however many there
// are: 200 in an event, whose id is the order's own, so that what was recorded before a
// crash is known again. A group sends many events in one transaction.
func Commission(ctx context.Context, g *client.Group, order ProductionOrder) error {
	var events []epcis.Event
	for serials := range slices.Chunk(order.Serials, 200) {
		event := epcis.Event{
			EventID: fmt.Sprintf("https://erp.example.com/orders/%s/%d", url.PathEscape(order.Number), len(events)),
			Type:    epcis.ObjectEvent, Action: epcis.Add, BizStep: "commissioning", EventTime: order.Made,
			ILMD: epcis.Extensions{
				{Name: "cbvmda:lotNumber", Value: epcis.Text(order.Lot)},
				{Name: "cbvmda:itemExpirationDate", Value: epcis.Text(order.Expires.Format(time.DateOnly))},
			},
		}
		for _, serial := range serials {
			event.EPCList = append(event.EPCList, "https://id.gs1.org/01/"+order.GTIN+"/21/"+url.PathEscape(serial))
		}
		events = append(events, event)
	}
	for i, result := range g.CaptureAll(ctx, events) {
		if result.Err != nil && !errors.Is(result.Err, fault.AlreadyRecorded) {
			return fmt.Errorf("order %s, from serial %d: %w", order.Number, 200*i, result.Err)
		}
	}
	return nil
}
