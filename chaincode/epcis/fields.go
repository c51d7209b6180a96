package epcis

// fields is a set of standard fields, used for which occurred and which may. The
// same bits are reused for the fields of each kind of object.
type fields uint64

// The fields of an event.
const (
	fContext fields = 1 << iota
	fType
	fEventTime
	fRecordTime
	fOffset
	fEventID
	fCertification
	fErrorDeclaration
	fEPCList
	fQuantityList
	fParentID
	fChildEPCs
	fChildQuantityList
	fInputEPCList
	fInputQuantityList
	fOutputEPCList
	fOutputQuantityList
	fTransformationID
	fAction
	fBizStep
	fDisposition
	fPersistent
	fReadPoint
	fBizLocation
	fBizTransactions
	fSources
	fDestinations
	fSensors
	fILMD
)

// fieldNames are the JSON names in the order of the bits, which is also the order
// in which events are written.
var fieldNames = [...]string{
	"@context", "type", "eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "certificationInfo",
	"errorDeclaration", "epcList", "quantityList", "parentID", "childEPCs", "childQuantityList", "inputEPCList",
	"inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID", "action", "bizStep",
	"disposition", "persistentDisposition", "readPoint", "bizLocation", "bizTransactionList", "sourceList",
	"destinationList", "sensorElementList", "ilmd",
}

// anyEvent are the fields that every event may have; dimensions those of all five
// types beyond them.
const (
	anyEvent = fContext | fType | fEventTime | fRecordTime | fOffset | fEventID | fCertification | fErrorDeclaration
	// The schema lists persistentDisposition for Object and TransformationEvent
	// only, the standard for all, and it occurs in others' data.
	dimensions = anyEvent | fBizStep | fDisposition | fPersistent | fReadPoint | fBizLocation | fBizTransactions |
		fSources | fDestinations | fSensors
)

// allowedFields says which fields an event of a type may have
// (EPCIS 2.0 JSON Schema, propertyNames of the event types).
func allowedFields(t EventType) (fields, bool) {
	switch t {
	case ObjectEvent:
		return dimensions | fAction | fEPCList | fQuantityList | fILMD, true
	case AggregationEvent, AssociationEvent:
		return dimensions | fAction | fParentID | fChildEPCs | fChildQuantityList, true
	case TransactionEvent:
		return dimensions | fAction | fParentID | fEPCList | fQuantityList, true
	case TransformationEvent:
		return dimensions | fInputEPCList | fInputQuantityList | fOutputEPCList | fOutputQuantityList |
			fTransformationID | fILMD, true
	default:
		return ^fields(0), false
	}
}
