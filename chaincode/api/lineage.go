package api

import "github.com/countersign-ledger/countersign/chaincode/product"

// Genealogy: contract product.
var (
	TraceBack = query("product", "TraceBack",
		"Lists what an object, lot or class was made of, back to where everything began.",
		product.TraceBack)
	TraceForward = query("product", "TraceForward",
		"Lists everything that was made of an object, lot or class.",
		product.TraceForward)
)
