package erp

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	shipments "github.com/countersign-ledger/countersign/chaincode/shipment"
	"github.com/countersign-ledger/countersign/client"
)

// Receive records what was scanned of a shipment, and claims what was not: it stays
// with the shipper. It returns what is missing, and the claim; none when all came.
// fault.NotYetShipped means that the shipper has not recorded the shipment: park the
// receipt and try again.
func Receive(ctx context.Context, c *client.Client, receipt, shipment string, scanned []string, at time.Time) (missing []string, claim string, err error) {
	_, err = c.CaptureEvents(ctx, []epcis.Event{{
		EventID: "https://wms.example.com/receipts/" + url.PathEscape(receipt),
		Type:    epcis.ObjectEvent, Action: epcis.Observe, EventTime: at,
		BizStep: "receiving", Disposition: "in_progress", EPCList: scanned,
	}})
	if err != nil && !errors.Is(err, fault.AlreadyRecorded) {
		return nil, "", err
	}
	for item, err := range c.Shipped(ctx, shipment) {
		if err != nil {
			return nil, "", err
		}
		if item.Offered { // on its way still, or never sent
			missing = append(missing, item.ID)
		}
	}
	if len(missing) == 0 {
		return nil, "", nil
	}
	claimed, err := c.Claim(ctx, shipments.ClaimRequest{
		Shipment: shipment, Kind: shipments.Short, Objects: missing, Note: "not in receipt " + receipt,
	})
	if errors.Is(err, fault.AlreadyExists) {
		return missing, fault.Of(err).Detail["discrepancy"], nil
	}
	if err != nil {
		return nil, "", err
	}
	return missing, claimed.Discrepancy.ID, nil
}
