package api

import "github.com/countersign-ledger/countersign/chaincode/product"

// Whether things are what they are said to be: contract product.
var (
	ConfirmOrigin = update("product", "ConfirmOrigin",
		"Confirms that adopted objects are genuine, for the holder of the licence.",
		product.ConfirmOrigin)
	Suspicions = query("product", "Suspicions",
		"Lists what speaks for an object being counterfeit.",
		product.ListSuspicions)
	Declarations = query("product", "Declarations",
		"Lists the error declarations of an event.",
		product.ListDeclarations)
	BindTag = update("product", "BindTag",
		"Binds a cryptographic tag to an object.",
		product.BindTag)
	Authenticate = update("product", "Authenticate",
		"Records the answer of an object's tag to a challenge of the caller's organisation.",
		product.Authenticate)
	Tag = query("product", "Tag",
		"Returns the tag of an object.",
		product.ReadTag)
	TagReadings = query("product", "TagReadings",
		"Lists the answers of an object's tags.",
		product.ListTagReadings)
)
