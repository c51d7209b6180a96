package api

import "github.com/countersign-ledger/countersign/chaincode/product"

// Contents is of contract product.
var Contents = query("product", "Contents",
	"Lists the objects that are directly in a container now, packed or attached.",
	product.ReadContents)
