package api

import "github.com/countersign-ledger/countersign/chaincode/product"

// Recalls: contract product.
var (
	Recall = update("product", "Recall",
		"Recalls lots, classes or single objects; whatever belongs to them reads as recalled at once.",
		product.BeginRecall)
	EndRecall = update("product", "EndRecall",
		"Ends a recall of the caller's organisation.",
		product.EndRecall)
	AcknowledgeRecall = update("product", "AcknowledgeRecall",
		"Says what the caller's organisation did about a recall.",
		product.AcknowledgeRecall)
	RecallStatus = query("product", "RecallStatus",
		"Returns a recall, what it names, and a page of what organisations answered.",
		product.ReadRecall)
	Recalls = query("product", "Recalls",
		"Lists the recalls that name an object, lot or class, ended ones included.",
		product.ListRecalls)
	RecallScope = query("product", "RecallScope",
		"Lists what belongs to a lot or class, or what a recall names singly, and where each is.",
		product.ReadRecallScope)
	Flags = query("product", "Flags",
		"Lists the events of a day about which something is implausible.",
		product.ListFlags)
)
