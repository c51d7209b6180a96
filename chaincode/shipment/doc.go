// Package shipment captures EPCIS documents: it checks each event against the
// twins of the objects it is about, and changes them, all or nothing.
//
// Start with [Capture]. What this version records:
//
//	ObjectEvent, action, bizStep       who may                effect
//	ADD, commissioning                 holder of the licence  the object begins
//	OBSERVE, shipping                  custodian              an offer to the possessing_party of the destination
//	OBSERVE, receiving or accepting    who it was offered to  custody changes hands; ownership too, if it was offered
//	OBSERVE, void_shipping             custodian              the offer is called off
//	DELETE, or OBSERVE of destroying,  custodian              the object ends
//	  decommissioning, dispensing,
//	  retail_selling, consuming
//	OBSERVE, any other bizStep, none   anyone registered      place and disposition follow, if the custodian says
//	                                                          so; anybody else is a witness, whose
//	                                                          word is kept beside the history
//
// Other event types, quantities, error declarations, and ADD or DELETE with
// another bizStep are refused with fault.Unsupported and a pointer to what is
// meant.
//
// It is pure: it imports the standard library, gs1, epcis, fault, ledger,
// participant and product.
package shipment
