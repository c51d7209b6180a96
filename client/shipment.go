package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
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

// CaptureEvents records events that a program has as values, or has read with
// package epcis from JSON or XML: it puts them into an EPCIS 2.0 document, each
// with the @context that it needs, and captures that. An event without a time
// zone offset gets UTC. The events are read only.
func (c *Client) CaptureEvents(ctx context.Context, events []epcis.Event, options ...CallOption) (*Captured, error) {
	list := make([]json.RawMessage, len(events))
	for i, e := range events {
		if e.EventTimeZoneOffset == "" {
			e.EventTimeZoneOffset = "+00:00"
		}
		text, err := e.MarshalJSON()
		if err != nil {
			return nil, fmt.Errorf("write event %d: %w", i, err)
		}
		list[i] = text
	}
	document, err := json.Marshal(map[string]any{
		"@context": epcis.StandardContext, "type": "EPCISDocument", "schemaVersion": "2.0",
		"creationDate": time.Now().UTC().Format(time.RFC3339), "epcisBody": map[string]any{"eventList": list},
	})
	if err != nil {
		return nil, fmt.Errorf("write the events as a document: %w", err)
	}
	return c.Capture(ctx, document, options...)
}
