package epcis

import "time"

// EventType is the type of an event: one of the five of EPCIS 2.0, or a URI or
// CURIE for a type defined by an extension.
type EventType string

// The event types of EPCIS 2.0.
const (
	ObjectEvent         EventType = "ObjectEvent"
	AggregationEvent    EventType = "AggregationEvent"
	TransactionEvent    EventType = "TransactionEvent"
	TransformationEvent EventType = "TransformationEvent"
	AssociationEvent    EventType = "AssociationEvent"
)

// Action says how an event relates to the life cycle of what it describes.
// A TransformationEvent has none.
type Action string

// The actions of EPCIS 2.0. They are case-sensitive.
const (
	Observe Action = "OBSERVE"
	Add     Action = "ADD"
	Delete  Action = "DELETE"
)

// Document is an EPCIS document, the result of a query, or a bare event in a
// document's clothes (Bare).
type Document struct {
	// Query tells an EPCISQueryDocument from an EPCISDocument.
	Query bool
	// Bare is set by ReadAny when the input was one event without a document.
	// Such a Document has that event and nothing else.
	Bare bool

	// ID is the optional identifier of the document, a URI.
	ID string
	// SchemaVersion is mandatory in an EPCISDocument, e.g. "2.0".
	SchemaVersion string
	// CreationDate, in UTC, is mandatory in an EPCISDocument; zero is absent.
	CreationDate time.Time
	// InstanceIdentifier, Sender and Receiver are the optional header fields of
	// an EPCISDocument.
	InstanceIdentifier, Sender, Receiver string
	// Context holds the document's @context.
	Context *Context
	// Header is the epcisHeader with its master data, or nil.
	Header *Value

	// Message names what an EPCISQueryDocument in XML holds instead of results: a
	// request such as Poll, an answer without events, an exception. Such a document
	// has been checked, but its content is left out, and JSON has no form for it.
	Message string
	// QueryName and SubscriptionID belong to a query document.
	QueryName, SubscriptionID string
	// Vocabularies is the vocabularyList of a query's results, or nil.
	Vocabularies *Value

	// Events are the events in document order.
	Events []Event

	// Extensions stand beside the document's own fields, the others in
	// epcisBody, queryResults and resultsBody.
	Extensions, BodyExtensions, QueryExtensions, ResultsExtensions Extensions
}

// Event is one EPCIS event of any type. Which fields may be set depends on
// Type; Validate tells. A nil list is absent, an empty one is present and empty.
type Event struct {
	Type EventType
	// EventTime is when it happened, in UTC, to the nanosecond.
	EventTime time.Time
	// EventTimeZoneOffset is the local offset where it happened, e.g. "+02:00".
	EventTimeZoneOffset string
	// RecordTime is when a repository recorded it, in UTC; nil when absent.
	RecordTime *time.Time
	// EventID is a URI that the sender chose, or the event's hash.
	EventID string
	// CertificationInfo are URIs of certificates that cover the event.
	CertificationInfo []string
	// ErrorDeclaration, if present, says that the event is wrong.
	ErrorDeclaration *ErrorDeclaration

	// EPCList and QuantityList are the objects of an Object or
	// TransactionEvent, instances and classes.
	EPCList      []string
	QuantityList []Quantity
	// ParentID is the container, the transaction's or the association's parent.
	ParentID string
	// ChildEPCs and ChildQuantityList are what an Aggregation or
	// AssociationEvent puts into or takes from the parent.
	ChildEPCs         []string
	ChildQuantityList []Quantity
	// Inputs and outputs of a TransformationEvent.
	InputEPCList       []string
	InputQuantityList  []Quantity
	OutputEPCList      []string
	OutputQuantityList []Quantity
	// TransformationID links the events of one transformation.
	TransformationID string

	// Action is empty for a TransformationEvent.
	Action Action
	// BizStep and Disposition are bare CBV words, or URIs of other words.
	BizStep, Disposition string
	// PersistentDisposition sets and unsets lasting dispositions.
	PersistentDisposition *PersistentDisposition
	// ReadPoint is where it was observed, BizLocation where the objects are
	// afterwards.
	ReadPoint, BizLocation *Place
	BizTransactionList     []BizTransaction
	// SourceList and DestinationList name the endpoints of a transfer.
	SourceList, DestinationList []Party
	SensorElementList           []SensorElement
	// ILMD is instance or lot master data, for objects that begin to exist.
	ILMD Extensions
	// Extensions are the event's own further fields, in order.
	Extensions Extensions

	// Context is the event's own @context. A bare event needs one; an event in
	// a document inherits the document's and may add to it.
	Context *Context

	// scope is the context of the document the event was read from.
	scope *Context
}

// Quantity is an amount of a class of objects.
type Quantity struct {
	// EPCClass is a URI of a class: a lot, a trade item, a pattern.
	EPCClass string
	// Amount is the quantity in UOM, or a count when UOM is empty. Empty means
	// that the quantity is unknown.
	Amount Number
	// UOM is a UN/ECE Recommendation 20 code, such as KGM.
	UOM string
}

// Place is a read point or a business location.
type Place struct {
	ID         string
	Extensions Extensions
}

// BizTransaction names a business document. Type may be empty.
type BizTransaction struct {
	// Type is a bare CBV word (po, desadv, ...), or a URI.
	Type string
	ID   string
}

// Party is a source or a destination.
type Party struct {
	// Type is owning_party, possessing_party or location, or a URI.
	Type string
	ID   string
}

// PersistentDisposition sets and unsets dispositions that last until unset.
type PersistentDisposition struct {
	Set, Unset []string
}

// ErrorDeclaration says that an event is in error. It is not part of the
// event's hash.
type ErrorDeclaration struct {
	// DeclarationTime is in UTC.
	DeclarationTime time.Time
	// Reason is did_not_occur, incorrect_data, a URI, or empty.
	Reason string
	// CorrectiveEventIDs name the events that put it right.
	CorrectiveEventIDs []string
	Extensions         Extensions
}

// SensorElement is a group of sensor observations.
type SensorElement struct {
	Metadata   *SensorMetadata
	Reports    []SensorReport
	Extensions Extensions
}

// SensorMetadata is what all reports of a sensor element have in common.
type SensorMetadata struct {
	Time, StartTime, EndTime *time.Time
	// DeviceID, DeviceMetadata, RawData, DataProcessingMethod and BizRules are
	// URIs.
	DeviceID, DeviceMetadata, RawData, DataProcessingMethod, BizRules string
	Extensions                                                        Extensions
}

// SensorReport is one observation, or a statistic over several.
type SensorReport struct {
	// Type is what was measured: a bare word such as Temperature, or a URI.
	Type string
	// Exception is ALARM_CONDITION, ERROR_CONDITION or a URI, or empty.
	Exception string
	// The following are URIs.
	DeviceID, DeviceMetadata, RawData, DataProcessingMethod, BizRules string
	Time                                                              *time.Time
	// Microorganism, ChemicalSubstance and CoordinateReferenceSystem are URIs.
	Microorganism, ChemicalSubstance, CoordinateReferenceSystem string
	// Component is a part of a compound value: x, latitude, or a URI.
	Component string
	// The values are exact decimals in UOM.
	Value, MinValue, MaxValue, MeanValue, SDev, PercRank, PercValue Number
	// StringValue is nil when absent, since an empty text is a value.
	StringValue *string
	// BooleanValue is nil when absent.
	BooleanValue *bool
	// HexBinaryValue is hexadecimal text, as written.
	HexBinaryValue string
	// URIValue is a URI.
	URIValue string
	// UOM is a UN/ECE Recommendation 20 code, such as CEL.
	UOM        string
	Extensions Extensions
}
