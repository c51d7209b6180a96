package api

import "github.com/countersign-ledger/countersign/chaincode/product"

// Documents about things: contract product. Their content stays off the ledger.
var (
	LinkDocument = update("product", "LinkDocument",
		"Links a document, by its hash, to an object, lot, class or event.",
		product.LinkDocument)
	WithdrawDocument = update("product", "WithdrawDocument",
		"Marks a document that the caller's organisation linked as withdrawn.",
		product.WithdrawDocument)
	Documents = query("product", "Documents",
		"Lists the documents about an object, lot, class or event.",
		product.ListDocuments)
)
