// Package shipment captures EPCIS documents: it checks each event against the
// twins of the objects it is about, and changes them, all or nothing.
//
// Start with [Capture]. What this version records:
//
//	ObjectEvent, action, bizStep       who may                effect
//	ADD, commissioning                 holder of the licence  the object begins
//	ADD, stock_taking, cycle_counting  anyone registered      stock from before the ledger begins on it, its
//	                                                          origin unproven
//	OBSERVE, shipping                  custodian              an offer to the possessing_party of the destination
//	OBSERVE, receiving or accepting    who it was offered to  custody changes hands; ownership too, if it was offered
//	  with disposition damaged                                the same, and a discrepancy
//	  with mismatch_instance, of what  anyone registered      a discrepancy; custody moves when the custodian
//	  was not offered to one                                  agrees (Answer)
//	OBSERVE, void_shipping             custodian; who it was  the offer is called off, or refused; all is as
//	                                   offered to             it was before the shipping
//	DELETE, or OBSERVE of destroying,  custodian              the object ends
//	  decommissioning, dispensing,
//	  retail_selling, consuming
//	OBSERVE, receiving or stocking,    who sold or dispensed  what was sold or dispensed is there again
//	  with disposition returned        it
//	AggregationEvent ADD               custodian of both      children go into their parent, which begins if it
//	                                                          is not on the ledger and the caller is licensed
//	DELETE                             custodian of parent    they come out; all of them when none is listed
//	OBSERVE                            anyone registered      the custodian of both sees children in the parent:
//	                                                          what the ledger had elsewhere goes in, flagged;
//	                                                          with the step of a shipment, that of the parent
//	AssociationEvent ADD               custodian of both, or  children are fixed to their parent, and stay when it
//	                                   owner of the parent    is unpacked; to a place: they are there
//	DELETE, OBSERVE                    as with aggregations
//	TransactionEvent                   anyone registered      the custodian links documents to objects
//	any event with sealApplied,        custodian at hand      seals go on and come off the one container of the
//	  sealChecked, sealBroken          anyone: checked        event; what does not fit is flagged
//	any event with errorDeclaration    who recorded it        it is undone, or what it is about contested
//	OBSERVE, any other bizStep, none   anyone registered      place and disposition follow, if the custodian says
//	                                                          so; anybody else is a witness, whose
//	                                                          word is kept beside the history
//
// With quantities of lots or classes the same steps move amounts: see [Capture]
// for what is refused, and product.Holding for what is kept. A receipt with the
// disposition mismatch_quantity takes what was offered and opens a discrepancy for
// the difference.
//
// ADD and DELETE with another bizStep are refused with fault.Unsupported and a
// pointer to what is meant.
//
// A discrepancy is one side's word about a shipment, put on record by a receipt
// or by [Claim], and answered by the other side with [Answer]. Nothing else
// follows from it: only where the custodian agrees that another has what was not
// shipped there, custody follows, by an event that the ledger makes.
//
// # Keys
//
//	offerfrom~MSP~TIME~HASH~BY         a shipment, listed for its shipper
//	offerto~MSP~TIME~HASH~BY           and for whom it was offered to
//	receipt~HASH~BY~HASH~BY            shipment, and an event that received of it
//	discrepancy~ID                     a discrepancy
//	discrepancyof~MSP~TIME~ID          listed for either side
//	discrepancyopen~MSP~TIME~ID        the same, until it is agreed or withdrawn
//	discrepancyin~HASH~BY~TIME~ID      listed for its shipment
//	claimed~SUBJECT~MSP~MSP~KIND~...   what is claimed of an object or lot, by whom of whom
//	alias~MSP~SHA256                   an organisation's own event id
//
// HASH and BY name an event as package product has it; TIME counts down, so that
// the latest comes first. Each is written by one transaction, or by the two sides
// of one claim: nothing here is shared by all.
//
// It is pure: it imports the standard library, gs1, epcis, fault, ledger,
// participant, product and condition.
package shipment
