package api

import "github.com/countersign-ledger/countersign/chaincode/participant"

// Who takes part: contract participant.
var (
	Propose = update("participant", "Propose",
		"Proposes organisations to found the consortium, to admit or to change; an admin's act.",
		participant.Propose)
	Approve = update("participant", "Approve",
		"Votes for a proposal; the vote that completes it enacts it.",
		participant.Approve)
	Proposal = query("participant", "Proposal",
		"Returns a proposal and how its vote stands.",
		participant.ReadProposal)
	Organisation = query("participant", "Organisation",
		"Returns an organisation by its MSP id.",
		participant.ReadOrganisation)
	Organisations = query("participant", "Organisations",
		"Lists the organisations on record, a page at a time.",
		participant.ListOrganisations)
	Party = query("participant", "Party",
		"Returns who stands behind a GLN: an organisation, or a party outside of the channel with its sponsor.",
		participant.FindParty)
	RegisterParty = update("participant", "RegisterParty",
		"Puts a party without an MSP on record, for which the caller's organisation records; an admin's act.",
		participant.RegisterParty)
	EndParty = update("participant", "EndParty",
		"Takes a party that the caller's organisation sponsors off the record; an admin's act.",
		participant.EndParty)
	Delegate = update("participant", "Delegate",
		"Lets another organisation commission under a licence of the caller's; an admin's act.",
		participant.Delegate)
	EndDelegation = update("participant", "EndDelegation",
		"Ends a delegation that the caller's organisation gave; an admin's act.",
		participant.EndDelegation)
	Delegations = query("participant", "Delegations",
		"Lists the delegations that an organisation gave or was given, a page at a time.",
		participant.ListDelegations)
	RegisterDevice = update("participant", "RegisterDevice",
		"Puts a measuring device with its public key on record.",
		participant.RegisterDevice)
	RevokeDevice = update("participant", "RevokeDevice",
		"Ends the trust in a device from a time on.",
		participant.RevokeDevice)
	Device = query("participant", "Device",
		"Returns a device by its GS1 key.",
		participant.ReadDevice)
)
