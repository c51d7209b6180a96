package api

import (
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
)

// Objects and what happens to them: contracts product and shipment.
var (
	Twin = query("product", "Twin",
		"Returns the present state of an object.",
		product.ReadTwin)
	History = query("product", "History",
		"Returns a run of an object's events, by their numbers; what others than its custodian observed: Witnesses.",
		product.ReadHistory)
	Witnesses = query("product", "Witnesses",
		"Lists what organisations observed of an object that another held.",
		product.ReadWitnesses)
	Event = query("product", "Event",
		"Returns an event as it was recorded.",
		product.ReadEvent)
	Capture = update("shipment", "Capture",
		"Records the events of an EPCIS 2.0 document, all or none.",
		shipment.Capture, transient("document"), events())
)
