package api

import "github.com/countersign-ledger/countersign/chaincode/product"

// TwinAsOf is of contract product.
var TwinAsOf = query("product", "TwinAsOf",
	"Returns the facts of an object as of a time, by the clock of what was recorded or of what happened.",
	product.ReadTwinAsOf)
