package fault

// Code is the stable name of a reason for refusal. A code is an error itself,
// so that errors.Is(err, fault.NotFound) works; codes are never renamed or
// reused once released.
type Code string

// Error makes a code usable with errors.Is.
func (c Code) Error() string { return string(c) }

// Codes about the request itself.
const (
	// InvalidRequest: the request is not well-formed: JSON, a missing or
	// unknown member, a value outside its limits. Field says where.
	InvalidRequest Code = "InvalidRequest"
	// InvalidDocument: an EPCIS document violates the standard. Field is the
	// JSON pointer of the first violation.
	InvalidDocument Code = "InvalidDocument"
	// InvalidIdentifier: a GS1 identifier cannot be read or its check digit
	// is wrong.
	InvalidIdentifier Code = "InvalidIdentifier"
	// LimitExceeded: a size, count or depth is over the stated limit.
	LimitExceeded Code = "LimitExceeded"
	// Unsupported: well-formed, but outside what this version records.
	Unsupported Code = "Unsupported"
	// UnknownFunction: no such contract function, or not its canonical name
	// or number of arguments.
	UnknownFunction Code = "UnknownFunction"
)

// Codes about who asks.
const (
	// NotParticipant: the caller's organisation is not on the ledger.
	NotParticipant Code = "NotParticipant"
	// ReaderOnly: the caller's organisation reads only.
	ReaderOnly Code = "ReaderOnly"
	// RoleRequired: the caller's certificate lacks the needed role.
	RoleRequired Code = "RoleRequired"
	// NotLicensee: the caller holds no licence for the GS1 key.
	NotLicensee Code = "NotLicensee"
	// NotCustodian: the object is in another's custody.
	NotCustodian Code = "NotCustodian"
	// NotOwner: the object belongs to another, who alone can pass it on.
	NotOwner Code = "NotOwner"
	// NotOffered: the object was not offered to the caller.
	NotOffered Code = "NotOffered"
	// NotParty: the caller is no side of the shipment or claim, or not the side
	// whose word is asked for.
	NotParty Code = "NotParty"
	// NotMember: the caller, or the peer that endorses, is not a member of
	// the private data collection.
	NotMember Code = "NotMember"
	// NotIndependent: a decision by a person who recorded or acknowledged
	// what is decided, or from outside the quality unit.
	NotIndependent Code = "NotIndependent"
	// BadSignature: a signature does not verify, or not with a key on record.
	BadSignature Code = "BadSignature"
)

// Codes about the state of the ledger.
const (
	// NotFound: nothing is on record under that name.
	NotFound Code = "NotFound"
	// AlreadyExists: something else is on record under that name.
	AlreadyExists Code = "AlreadyExists"
	// AlreadyRecorded: the same event, with the same id, is on record, or the same
	// request with the same request id: an idempotent repeat. Detail "transaction"
	// names the first; "requestId" the id, when it is that of a request.
	AlreadyRecorded Code = "AlreadyRecorded"
	// DuplicateContent: the same event is on record under another event id.
	DuplicateContent Code = "DuplicateContent"
	// EventIDConflict: the event id is on record with other content.
	EventIDConflict Code = "EventIDConflict"
	// RequestIDConflict: the caller's organisation has made another request with
	// this request id. Detail "transaction" names the first.
	RequestIDConflict Code = "RequestIDConflict"
	// NotYetShipped: a receipt of something that nobody has shipped to the
	// receiver; it may be parked and tried again.
	NotYetShipped Code = "NotYetShipped"
	// NotEnough: there is less of a lot or class than the event takes. Detail
	// "available" says how much there is.
	NotEnough Code = "NotEnough"
	// InTransit: the object is under way and cannot be used for this.
	InTransit Code = "InTransit"
	// ObjectEnded: the object's life has ended.
	ObjectEnded Code = "ObjectEnded"
	// Held: the object is on hold and cannot do this.
	Held Code = "Held"
	// Undetermined: readings do not show that a policy was kept up to the time
	// of the event, and the policy asks for that. Details "watch", "upTo",
	// "reasons" and "readings" (the last of each device) say what is missing.
	Undetermined Code = "Undetermined"
	// OutOfSequence: a recording or proposal that does not follow the last.
	OutOfSequence Code = "OutOfSequence"
	// Closed: the watch, breach or proposal has been settled.
	Closed Code = "Closed"
	// TimeAhead: an event time more than 15 minutes ahead of the ledger.
	TimeAhead Code = "TimeAhead"
	// NotHere: the private value is on record but not at this peer.
	NotHere Code = "NotHere"
	// HashMismatch: a value does not match the hash on the ledger.
	HashMismatch Code = "HashMismatch"
	// Retained: a private record that may not be purged yet: its retention
	// minimum is not over, or it is under a legal hold.
	Retained Code = "Retained"
	// NotConsented: a disclosure without the consent of everybody whom the
	// record asks for, or one that was refused, revoked or has expired.
	NotConsented Code = "NotConsented"
	// Jurisdiction: private data would go to a country where the record's rule
	// does not let it go.
	Jurisdiction Code = "Jurisdiction"
	// DeviceUnfit: a device that is not believed, as it is revoked, suspended or
	// out of calibration at the time of its readings, or is not what a policy
	// asks for.
	DeviceUnfit Code = "DeviceUnfit"
	// Internal: the ledger or the code failed; nothing was decided.
	Internal Code = "Internal"
)
