package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
)

// Captured is the answer to [Client.Capture].
type Captured struct {
	Receipt
	// Events are the events of the document, in its order.
	Events []shipment.CapturedEvent
}

// Capture records the events of an EPCIS 2.0 document (JSON, at most
// [shipment.MaxDocument] bytes), all of them or none. A refusal names the event,
// the object and the place in the document. To capture a document again is
// safe: once all of it is on record, it fails with fault.AlreadyRecorded.
func (c *Client) Capture(ctx context.Context, document []byte, options ...CallOption) (*Captured, error) {
	digest := sha256.Sum256(document) // binds the signed proposal to the document, which is not in it
	options = append([]CallOption{WithTransient(document)}, options...)
	response, receipt, err := Call(ctx, c, api.Capture, shipment.CaptureRequest{SHA256: hex.EncodeToString(digest[:])}, options...)
	if err != nil {
		return nil, err
	}
	return &Captured{Receipt: *receipt, Events: response.Events}, nil
}

// CaptureEvents records events that a program has as values: it puts them into
// an EPCIS 2.0 document and captures that. An event without a time zone offset
// gets UTC. The events are read only.
func (c *Client) CaptureEvents(ctx context.Context, events []epcis.Event, options ...CallOption) (*Captured, error) {
	document := epcis.Document{SchemaVersion: "2.0", CreationDate: time.Now().UTC(), Context: epcis.NewContext(), Events: slices.Clone(events)}
	for i := range document.Events {
		if e := &document.Events[i]; e.EventTimeZoneOffset == "" {
			e.EventTimeZoneOffset = "+00:00"
		}
	}
	text, err := document.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("write the events as a document: %w", err)
	}
	return c.Capture(ctx, text, options...)
}
