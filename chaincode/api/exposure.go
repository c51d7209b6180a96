package api

import "github.com/countersign-ledger/countersign/chaincode/condition"

// What a breach affects: contract condition.
var (
	SpreadBreach = update("condition", "SpreadBreach",
		"Goes on finding what a breach affects, and holding or freeing it, where that is more than one transaction takes.",
		condition.SpreadBreach)
	Affected = query("condition", "Affected",
		"Lists what a breach affects.",
		condition.ListAffected)
)
