package erp

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// DeliveryNote is what an ERP knows of goods that leave.
type DeliveryNote struct {
	Number, ReceiverGLN string
	Objects             []string // in any GS1 form
	Left                time.Time
}

// Ship records that goods have left and for whom: they are offered to the receiver,
// and with the sender until received. It returns the shipment, by which both sides
// name it. Whether this is the first call for the delivery note makes no difference.
func Ship(ctx context.Context, c *client.Client, note DeliveryNote) (shipment string, err error) {
	id := "https://erp.example.com/deliveries/" + url.PathEscape(note.Number)
	captured, err := c.CaptureEvents(ctx, []epcis.Event{{
		EventID: id, Type: epcis.ObjectEvent, Action: epcis.Observe, EventTime: note.Left,
		BizStep: "shipping", Disposition: "in_transit", EPCList: note.Objects,
		DestinationList:    []epcis.Party{{Type: "possessing_party", ID: "https://id.gs1.org/417/" + note.ReceiverGLN}},
		BizTransactionList: []epcis.BizTransaction{{Type: "desadv", ID: id}},
	}})
	switch {
	case errors.Is(err, fault.AlreadyRecorded):
		return fault.Of(err).Detail["event"], nil
	case errors.Is(err, fault.Held):
		return "", errors.Join(errors.New("something on the delivery note is on hold: ask the quality unit"), err)
	case err != nil:
		return "", err
	}
	return captured.Events[0].Event, nil
}
