package api

import "github.com/countersign-ledger/countersign/chaincode/confidential"

// Supplier data between two organisations: contract confidential.
var (
	WriteConfidential = private("confidential", "Write",
		"Puts a record into the collection of the caller and the counterparty.",
		confidential.Write, transient(confidential.TransientRecord))
	ReadConfidential = privateQuery("confidential", "Read",
		"Returns a record to one of its two members.",
		confidential.Read)
	PurgeConfidential = private("confidential", "Purge",
		"Removes a record from both members.",
		confidential.Purge)
	PublishConfidential = update("confidential", "Publish",
		"Makes public that a record about an object exists, by its hash.",
		confidential.Publish)
	ConfidentialPointers = query("confidential", "Pointers",
		"Lists what has been published about an object.",
		confidential.Pointers)
)
