package api

import "github.com/countersign-ledger/countersign/chaincode/shipment"

// Shipments under way, and what differs of them: contract shipment.
var (
	Shipment = query("shipment", "Shipment",
		"Returns a shipment by the event that opened it, and whether each object in a stretch of it is on it still.",
		shipment.ReadShipment)
	Offers = query("shipment", "Offers",
		"Lists the shipments from or to an organisation, the latest first.",
		shipment.ListOffers)
	Claim = update("shipment", "Claim",
		"Says what differs of a shipment: short, damaged, wrong or over.",
		shipment.Claim)
	Answer = update("shipment", "Answer",
		"Agrees to what the other side of a shipment claims, or disputes it.",
		shipment.Answer)
	Withdraw = update("shipment", "Withdraw",
		"Takes a claim of the caller's organisation back.",
		shipment.Withdraw)
	Discrepancy = query("shipment", "Discrepancy",
		"Returns what differs of a shipment, and what both sides say about it.",
		shipment.ReadDiscrepancy)
	Discrepancies = query("shipment", "Discrepancies",
		"Lists what an organisation claims or is claimed from it, or what was claimed of a shipment, the latest first.",
		shipment.ListDiscrepancies)
)
