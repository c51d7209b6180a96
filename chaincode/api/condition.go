package api

import "github.com/countersign-ledger/countersign/chaincode/condition"

// Conditions, what devices recorded, and what was decided: contract condition.
var (
	DefinePolicy = update("condition", "DefinePolicy",
		"Puts a version of a condition policy on record, for good.",
		condition.DefinePolicy)
	Policy = query("condition", "Policy",
		"Returns a version of a policy.",
		condition.ReadPolicy)
	StartWatch = update("condition", "StartWatch",
		"Applies a policy to objects and the devices that travel with them.",
		condition.StartWatch)
	EndWatch = update("condition", "EndWatch",
		"Ends a watch at a time.",
		condition.EndWatch)
	Watch = query("condition", "Watch",
		"Returns a watch, its lanes and its verdict.",
		condition.ReadWatch)
	Record = update("condition", "Record",
		"Evaluates signed recordings of a device in every watch that it feeds.",
		condition.Record, transient("recording"), events())
	Recording = query("condition", "Recording",
		"Returns the summary of a recording on record.",
		condition.ReadRecording)
	Breach = query("condition", "Breach",
		"Returns a breach and its decision.",
		condition.ReadBreach)
	Breaches = query("condition", "Breaches",
		"Lists the breaches of an object.",
		condition.ListBreaches)
	Decide = update("condition", "Decide",
		"Decides on a breach with the signature of a person of the quality unit.",
		condition.Decide)
)
