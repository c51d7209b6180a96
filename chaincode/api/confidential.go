package api

import "github.com/countersign-ledger/countersign/chaincode/confidential"

// Supplier data that some organisations share: contract confidential.
var (
	WriteConfidential = private("confidential", "Write",
		"Puts a record into the collection of the caller and others.",
		confidential.Write, transient(confidential.TransientRecord))
	ReadConfidential = privateQuery("confidential", "Read",
		"Returns a record to one of its members, with what opens its commitments.",
		confidential.Read)
	PublishConfidential = update("confidential", "Publish",
		"Puts the manifest of a record on the ledger: that it exists, its rules and its commitments.",
		confidential.Publish)
	ConfidentialRecord = query("confidential", "Record",
		"Returns a published record, and whether it is kept, due to be purged or on hold.",
		confidential.Record)
	ConfidentialRecords = query("confidential", "Records",
		"Lists the published records about something or of an owner, a page at a time.",
		confidential.Records)
)

// How long such data is kept.
var (
	PlaceLegalHold = update("confidential", "PlaceLegalHold",
		"Keeps a record from being purged for the caller's organisation; an act of an admin or the quality unit.",
		confidential.PlaceLegalHold)
	LiftLegalHold = update("confidential", "LiftLegalHold",
		"Ends the hold of the caller's organisation; an act of an admin or the quality unit.",
		confidential.LiftLegalHold)
	CarryLegalHold = update("confidential", "CarryLegalHold",
		"Places a hold that a person of an organisation which only reads has signed.",
		confidential.CarryLegalHold)
	CarryLiftedLegalHold = update("confidential", "CarryLiftedLegalHold",
		"Ends a hold as a person of an organisation which only reads has signed.",
		confidential.CarryLiftedLegalHold)
	LegalHoldSteps = query("confidential", "LegalHoldSteps",
		"Lists each time that a hold of a record was placed or lifted, a page at a time.",
		confidential.HoldSteps)
	PurgeConfidential = private("confidential", "Purge",
		"Removes a record from its members; an act of its owner's admin.",
		confidential.Purge)
	RecordConfidentialPurge = update("confidential", "RecordPurge",
		"Puts on record that the content of a published record is gone, and why.",
		confidential.RecordPurge)
)
