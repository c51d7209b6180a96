package shipment

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Limits on a document.
const (
	// MaxDocument bounds it, in bytes.
	MaxDocument = 4 << 20
	// MaxObjects bounds the objects that its events list, all together; one
	// event may list that many. Shipping as many writes some 8 MB, which is
	// what product.MaxWrite leaves room for.
	MaxObjects = 10_000
	// MaxBodies bounds what a document stores as events, in bytes: each event
	// is stored with the @context of the document, so that it stands alone.
	MaxBodies = 4 << 20

	maxDepth = 32
)

// readDocument takes the document from the transient map and reads it strictly.
func readDocument(tx *ledger.Tx, req CaptureRequest) (*epcis.Document, error) {
	text, err := tx.Transient(TransientDocument, MaxDocument)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(text)
	if hash := hex.EncodeToString(digest[:]); req.SHA256 != "" && req.SHA256 != hash {
		return nil, fault.New(fault.HashMismatch, "the document has the SHA-256 %s", hash).At("/sha256")
	}
	document, err := epcis.ReadDocument(bytes.NewReader(text), epcis.Limits{
		Bytes: MaxDocument, Depth: maxDepth, Events: MaxObjects, EPCs: MaxObjects,
	})
	switch {
	case err != nil:
		return nil, refuseDocument(err)
	case document.Query:
		return nil, fault.New(fault.Unsupported, "the result of a query is no report of events: send an EPCISDocument").At("/type")
	case len(document.Events) == 0:
		return nil, fault.New(fault.InvalidDocument, "the document has no events").At("/epcisBody/eventList")
	}
	return document, nil
}

func refuseDocument(err error) error {
	var invalid *epcis.ValidationError
	if errors.As(err, &invalid) && len(invalid.Violations) > 0 {
		first := invalid.Violations[0]
		refused := fault.New(fault.InvalidDocument, "%s (%s)", first.Message, first.Clause).At(first.Pointer).
			With("violations", strconv.Itoa(len(invalid.Violations)))
		if first.Event >= 0 {
			refused = refused.AtEvent(first.Event)
		}
		return refused
	}
	var limit *epcis.LimitError
	if errors.As(err, &limit) {
		return fault.New(fault.LimitExceeded, "the document has more than %d %s: split it", limit.Max, limit.What).At(limit.Pointer)
	}
	return fault.New(fault.InvalidDocument, "the document cannot be read: %w", err)
}
