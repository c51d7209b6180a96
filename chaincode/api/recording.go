package api

import "github.com/countersign-ledger/countersign/chaincode/condition"

// What recordings said, of watches and of objects, and their readings where they
// are archived: contract condition.
var (
	Runs = query("condition", "Runs",
		"Lists what each recording of a device said in a watch.",
		condition.ListRuns)
	ObjectCondition = query("condition", "Object",
		"Folds all that is known of how an object was kept, over all watches and custodians.",
		condition.ReadObject)
	Readings = privateQuery("condition", "Readings",
		"Returns an archived recording to a trading organisation.",
		condition.ReadReadings)
)
