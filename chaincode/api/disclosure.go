package api

import (
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/personal"
)

// Who is shown what of private records: contract disclosure.
var (
	RequestDisclosure = update("disclosure", "Request",
		"Asks that fields of a private record be disclosed to the caller's organisation, or offers them to another.",
		disclosure.Request)
	CarryDisclosureRequest = update("disclosure", "CarryRequest",
		"Puts the signed request of an organisation that only reads on record.",
		disclosure.CarryRequest)
	VoteDisclosure = update("disclosure", "Vote",
		"Consents to a disclosure or refuses it.",
		disclosure.Vote)
	DeliverDisclosure = private("disclosure", "Deliver",
		"Puts the fields asked for into the collection of owner and recipient.",
		disclosure.Deliver, transient(disclosure.TransientDelivery))
	RecordDelivery = update("disclosure", "RecordDelivery",
		"Puts on record that the fields were delivered, and the hash.",
		disclosure.RecordDelivery)
	AcknowledgeDisclosure = update("disclosure", "Acknowledge",
		"Says whether what was delivered opens the public commitments.",
		disclosure.Acknowledge)
	CarryDisclosureAcknowledgement = update("disclosure", "CarryAcknowledgement",
		"Puts the signed acknowledgement of an organisation that only reads on record.",
		disclosure.CarryAcknowledgement)
	RevokeDisclosure = update("disclosure", "Revoke",
		"Ends a disclosure: no delivery any more.",
		disclosure.Revoke)
	EraseDisclosure = private("disclosure", "Erase",
		"Purges what was delivered from owner and recipient.",
		disclosure.Erase)
	RecordErasure = update("disclosure", "RecordErasure",
		"Puts on record that what was delivered is gone.",
		disclosure.RecordErasure)
	DisclosureStatus = query("disclosure", "Status",
		"Returns a request for a disclosure and what became of it.",
		disclosure.ReadStatus)
	SignedDisclosureRequest = query("disclosure", "SignedRequest",
		"Returns a carried request with the signature of the person who made it.",
		disclosure.ReadSignedRequest)
	Disclosures = query("disclosure", "Requests",
		"Lists the requests for disclosures of a record, of an owner or to a recipient, a page at a time.",
		disclosure.List)
	ReceivedDisclosure = privateQuery("disclosure", "Received",
		"Returns what was delivered to its recipient, compared with the public commitments.",
		disclosure.Received)
	CarryCertificateRevocation = update("participant", "CarryCertificateRevocation",
		"Puts the signed revocation of a certificate, by an organisation that only reads, on record.",
		personal.CarryRevocation)
)
