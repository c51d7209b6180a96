// Package product keeps the twin of each object: its present state on the
// ledger, its history, and the events behind it. It alone writes twins.
//
// A twin changes only by an EPCIS event. Package shipment opens a [Batch] with
// the twins that a document is about, changes them event by event, and closes
// the batch; package condition places and lifts holds with [PlaceHold] and
// [LiftHold], which make an event of their own, marked as made by the ledger.
// Whoever only wants to know calls [ReadTwin], [ReadHistory], [ReadWitnesses] and
// [ReadEvent].
//
// # Keys
//
//	twin~STEP~STEP...                the twin, with a part for each step of ID
//	history~ID~N                     the object's Nth event, from 1, and its effect
//	witness~ID~HASH~MSP              what another than the custodian observed
//	event~HASH~DECLARATION~MSP       who recorded an event, when, in which transaction;
//	                                 and the event itself, as that organisation sent it
//	beside~MSP~DAY                   that an organisation has recorded events of that day as a witness
//	body~HASH~MSP                    the event itself, where it has over 4 KB
//	body~HASH~MSP~DECLARATION        the same with an error declaration
//	hold~ID~HOLD                     a hold on the object
//	heldunder~HOLD~ID                that the object has the hold
//	lothold~LOT~MSP~HOLD             a hold on what an organisation has of a lot
//	lotheldunder~HOLD~LOT~MSP        that this has the hold
//	permit~HOLD                      what is permitted with what the hold is on
//	inside~CONTAINER~EPOCH~ID        what is in a container, from which of its events on
//	epoch~CONTAINER~EPOCH            with which of its events a container was emptied
//	left~CONTAINER~TIME~ID~N         what left a container by an event of its own, the latest first
//	gone~CONTAINER~EPOCH~ID          what was in it when it was emptied, and has been seen since
//	stir~CONTAINER~TIME              that something went in or out then, at any depth, the latest first
//	visit~PLACE~TIME~HASH~MSP        an event at a place, while that is watched
//	mark~CONTAINER~EPOCH~ID~HOLD     that something in it, at any depth, has a hold
//	offer~HASH~MSP                   a shipment
//	flag~DAY~HASH~MSP                the flags of an event, by the day of its recording
//	suspect~ID~WHY~MSP~WHAT          what speaks against the object: by whom, by which event or answer
//	tag~ID                           its cryptographic tag, with the counter of the last answer
//	tagbound~ID~N                    its Nth tag, as it was bound
//	tagread~ID~N~COUNTER             an answer of its Nth tag
//	recall~MSP~RECALL                a recall, by who recalls and the id that it chose
//	recallsubject~MSP~RECALL~SUBJECT what it names: objects, lots, classes
//	recalled~SUBJECT~1~MSP~RECALL    the recalls of a subject that run; those that ended have 2
//	recallhead~SUBJECT               how many run, of the subject and of single objects of a class
//	acknowledged~MSP~RECALL~MSP      what an organisation answered to a recall
//	lotof~CLASS~LOT~MSP              the lots of a class, by who made some
//	oflot~LOT~ID                     the objects of a lot; also those of a class, where a serial number
//	                                 is no step of ID (GRAI, GDTI, GCN)
//	lot~LOT                          what is known of a lot, or of a class that is counted without lots
//	account~LOT~MSP                  what one organisation did with it, in totals by unit
//	history~LOT~MSP~N                the Nth event of that account
//	holding~LOT~KIND~WHERE~TITLE~PLACE~UNIT~DISPOSITION  a quantity at hand, on a shipment, in a container
//	lotsent, lotnext, lotlane, lotfrom  the shipments of a lot between two organisations, for the receiver to find
//	lotin~CONTAINER~EPOCH~LOT        the lots in a container
//	nodein~NODE~ID~EVENT             what went into a transformation: objects, lots, classes
//	nodeout~NODE~ID~EVENT            what came out of it
//	use~LOT~NODE~EVENT               the transformations that amounts of a lot or class went into
//	origin~LOT~NODE~EVENT            those that made some of it, or of its objects
//	document~SUBJECT~SHA256~MSP      a document about an object, lot, class or event, by its author
//
// ID is [gs1.ID.Path]; HASH is the event's CBV 2.0 hash, 64 hexadecimal digits;
// DECLARATION is [DeclarationHash], and empty for an event without an error
// declaration; MSP is empty for the first whose capture is in a history, and
// [Ledger] for one that the ledger made. History numbers are dense, so that any
// place in it is one point read, and the ten thousandth event of an object
// costs what the first does.
//
// EPOCH is a number; of what is attached, by association, "attached-" and a number.
//
// NODE is a transformation, see [Node]; EVENT is empty where that is the event
// itself, else its hash and recorder.
//
// An observation by somebody who does not hold the object takes no number and
// leaves the twin unwritten, under keys that only the witness writes: however
// many watch, the custodian's transactions do not conflict with theirs.
//
// It is pure: it imports the standard library, gs1, epcis, fault, ledger and
// participant.
package product
