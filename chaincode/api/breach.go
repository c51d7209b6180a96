package api

import (
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// What becomes of a breach, and what is permitted with what it holds: contract
// condition. Certificates whose signatures count no longer: contract participant.
var (
	AcknowledgeBreach = update("condition", "AcknowledgeBreach",
		"Puts on record that a person took note of a breach, and will not decide on it.",
		condition.AcknowledgeBreach)
	InvestigateBreach = update("condition", "InvestigateBreach",
		"Puts findings about a breach on record: reason, root cause, documents by hash.",
		condition.InvestigateBreach)
	ConfirmBreach = update("condition", "ConfirmBreach",
		"Confirms a suspected breach, by a person of the quality unit.",
		condition.ConfirmBreach)
	Review = update("condition", "Review",
		"Confirms, refutes and opens breaches by what all devices of a watch show together.",
		condition.Review)
	BreachSteps = query("condition", "Steps",
		"Lists what became of a breach: who did what, when and why.",
		condition.ListSteps)
	OpenBreaches = query("condition", "OpenBreaches",
		"Lists the breaches that wait for an organisation's quality unit.",
		condition.OpenBreaches)
	Decision = query("condition", "Decision",
		"Returns a decision with the signature of the person who took it.",
		condition.ReadDecision)
	AuthoriseBreach = update("condition", "AuthoriseBreach",
		"Permits something with what a breach holds, with the signature of a person of the quality unit.",
		condition.AuthoriseBreach)
	Permits = query("condition", "Permits",
		"Returns what is permitted now with what a breach holds.",
		condition.ReadPermits)
	Permission = query("condition", "Permission",
		"Returns a permission with the signature of the person who gave it.",
		condition.ReadPermission)
	RevokeCertificate = update("participant", "RevokeCertificate",
		"Puts on record that a person's certificate counts no longer.",
		participant.RevokeCertificate)
	RevokedCertificates = query("participant", "RevokedCertificates",
		"Lists the certificates that an organisation has revoked.",
		participant.ListRevokedCertificates)
)
