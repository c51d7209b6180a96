// Package disclosure keeps who was shown what of a private record (package
// confidential), why, for how long, and by whose consent.
//
//  1. [Request]: who is to be given which fields, for what purpose, on what legal
//     basis, until when. An organisation asks for itself, or a member of the record
//     offers it to another. A reader, which cannot write, signs its request, and
//     another organisation carries it ([CarryRequest]).
//  2. [Vote]: the owner, and whom the record's sensitivity and approvers add, consent
//     or refuse; one refusal settles it.
//  3. [Deliver]: the owner puts exactly the fields asked for into the collection of
//     owner and recipient, in a transaction of its own that its own peer endorses.
//     Each must open a commitment of the published record. [RecordDelivery] then puts
//     on record that this was done, and the hash.
//  4. [Acknowledge], or [CarryAcknowledgement] for a reader: the recipient says
//     whether what it was given opens the public commitments.
//  5. [Revoke]: no further delivery. [Erase], once the disclosure is revoked or has
//     expired, purges what was delivered; [RecordErasure] proves that the ledger no
//     longer has its hash.
//
// # What this cannot do
//
// The owner's peer alone endorses a delivery (docs/adr/0022), so that revoking and
// erasing never wait for a recipient. An owner that has changed its chaincode can
// therefore write something else into the collection, or write without consent: it
// gives away only what it has. A recipient compares with the public commitments and
// finds forged fields out ([Open]), and nothing of the sort gets on record here as a
// delivery without the votes.
//
// Commitments hide the names of fields. A name that no record of the kind can have is
// refused; a request for a field that this record does not have is not: the owner
// cannot deliver it, and refuses. The names
// that are asked for, purposes, references and reasons are public: they must hold no
// secret and nothing personal.
//
// What was seen cannot be unseen, whatever is revoked and erased.
//
// # Keys
//
//	disclosure~ID               what was asked; ID is "MSP/name", of the organisation that asks
//	signedrequest~ID            the signature under a carried request
//	consent~ID~MSP              a vote
//	delivered~ID                that it was delivered
//	acknowledged~ID             what the recipient says of it
//	disclosurerevoked~ID        that it was revoked
//	erased~ID                   that it was erased
//	disclosureof~RECORD~ID      its index by record,
//	disclosureby~OWNER~ID       by owner,
//	disclosureto~RECIPIENT~ID   and by recipient
//
// Each step has a key of its own and is written once, but for a vote that turns from
// yes to no; so votes do not conflict with one another. In the collection
// collections.Disclosure(owner, recipient):
//
//	delivery~ID                 what was delivered, a [Content]
//
// It is pure: it imports the standard library, confidential, participant, personal,
// selective, ledger, fault and collections.
package disclosure
