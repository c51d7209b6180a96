package api

import "github.com/countersign-ledger/countersign/chaincode/product"

// Quantities of lots and classes: contract product.
var (
	Lot = query("product", "Lot",
		"Returns a lot or class and what each organisation did with it, summed up.",
		product.ReadLot)
	Holdings = query("product", "Holdings",
		"Lists who has how much of a lot or class: at hand, on shipments, in containers.",
		product.ReadHoldings)
	LotHistory = query("product", "LotHistory",
		"Returns a run of what one organisation did with a lot or class.",
		product.ReadLotHistory)
	LotHolds = query("product", "LotHolds",
		"Lists the holds on what organisations have of a lot or class.",
		product.ReadLotHolds)
)
