package fault

import "slices"

// every code that there is, in the order of code.go; a test holds the two together.
var every = []Code{
	InvalidRequest,
	InvalidDocument,
	InvalidIdentifier,
	LimitExceeded,
	Unsupported,
	UnknownFunction,
	NotParticipant,
	ReaderOnly,
	RoleRequired,
	NotLicensee,
	NotCustodian,
	NotOwner,
	NotOffered,
	NotParty,
	NotMember,
	NotIndependent,
	BadSignature,
	NotFound,
	AlreadyExists,
	AlreadyRecorded,
	DuplicateContent,
	EventIDConflict,
	RequestIDConflict,
	NotYetShipped,
	NotEnough,
	InTransit,
	ObjectEnded,
	Held,
	Undetermined,
	OutOfSequence,
	Closed,
	TimeAhead,
	NotHere,
	HashMismatch,
	Retained,
	NotConsented,
	Jurisdiction,
	DeviceUnfit,
	Internal,
}

// Codes returns every code that a contract of this version answers with.
func Codes() []Code { return slices.Clone(every) }

// Known tells whether a contract of this version answers with the code. One that
// came out of a text may be anything: whoever made the text chose it.
func (c Code) Known() bool { return slices.Contains(every, c) }
