package api

import "github.com/countersign-ledger/countersign/chaincode/condition"

// What recordings said, and their readings where they are archived: contract
// condition.
var (
	Runs = query("condition", "Runs",
		"Lists what each recording of a device said in a watch.",
		condition.ListRuns)
	Readings = privateQuery("condition", "Readings",
		"Returns an archived recording to a trading organisation.",
		condition.ReadReadings)
)
