package product

import (
	"regexp"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// EventRecord says who put an event on the ledger, and when.
type EventRecord struct {
	// V is the schema version.
	V int `json:"v"`
	// Event is the event's CBV 2.0 hash, ni:///sha-256;...?ver=CBV2.0.
	Event string `json:"event"`
	// EventID is the sender's own id of the event, absent when it gave none.
	EventID string `json:"eventID,omitempty"`
	// Type, Action and BizStep are the event's.
	Type    string `json:"type"`
	Action  string `json:"action,omitempty"`
	BizStep string `json:"bizStep,omitempty"`
	// TransformationID links the events of one transformation; absent where one
	// event says it all.
	TransformationID string `json:"transformationID,omitempty"`
	// Time is when it happened, by the event.
	Time time.Time `json:"time"`
	// Recorded is when it was recorded, ledger time.
	Recorded time.Time `json:"recorded"`
	// Transaction is the one that recorded it.
	Transaction string `json:"transaction"`
	// RecordedBy is the MSP id of the organisation that recorded it.
	RecordedBy string `json:"recordedBy"`
	// Objects is the number of objects that it is about.
	Objects int `json:"objects"`
	// Effective says that it changed the twin of one of them at least.
	Effective bool `json:"effective"`
	// LedgerMade says that the ledger made it of what another transaction
	// said, such as a breach; no party captured it.
	LedgerMade bool `json:"ledgerMade,omitempty"`
	// Declared are the hashes of the error declarations that its recorder has
	// made about it, in their order; absent when there is none.
	Declared []string `json:"declared,omitempty"`
	// Declaration is what this event declares about an event of the same hash
	// that its recorder had recorded before; absent on any other. Time is then
	// when that was declared.
	Declaration *Declaration `json:"declaration,omitempty"`

	body []byte // the event, where it stands in the record
}

// Ref names one recording of an event: the event's hash, and who recorded it
// unless that was the first whose capture is in the history of an object.
type Ref struct {
	// Hash is 64 hexadecimal digits.
	Hash string
	// By is the MSP id of a later recorder or of a mere witness, or [Ledger];
	// empty for the first whose capture is in a history.
	By string
	// Declaration is the hash of the error declaration that the event carries,
	// 64 hexadecimal digits; empty for one that carries none.
	Declaration string
}

// Ledger stands for the recorder of an event that the ledger made. It is no MSP
// id, so that nobody can capture the event under it.
const Ledger = "*ledger"

func (r Ref) key() ledger.Key { return ledger.NewKey("event", r.Hash, r.Declaration, r.By) }

// bodyKey names an event over [MaxInline] as this recorder sent it: what the hash
// leaves out, such as the eventID, is each sender's own.
func (r Ref) bodyKey() ledger.Key {
	if r.Declaration != "" {
		return ledger.NewKey("body", r.Hash, r.By, r.Declaration)
	}
	return ledger.NewKey("body", r.Hash, r.By)
}

const (
	hashPrefix = "ni:///sha-256;"
	hashSuffix = "?ver=CBV2.0"
)

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// EventHash returns the 64 hexadecimal digits of an event's hash, from its id
// ni:///sha-256;...?ver=CBV2.0 or from the digits themselves. It fails with
// fault.InvalidRequest.
func EventHash(id string) (string, error) {
	digits := strings.TrimSuffix(strings.TrimPrefix(id, hashPrefix), hashSuffix)
	if !hashForm.MatchString(digits) || id != digits && id != EventURI(digits) {
		return "", fault.New(fault.InvalidRequest, "an event is named by its hash, %s...%s", hashPrefix, hashSuffix)
	}
	return digits, nil
}

// EventURI returns the id of the event with that hash.
func EventURI(hash string) string { return hashPrefix + hash + hashSuffix }

// NewEvent is an event on its way to the ledger.
type NewEvent struct {
	// Ref names it.
	Ref Ref
	// Record is what will be said about it.
	Record EventRecord
	body   []byte
	// hashTime is the event's time as its hash has it, which rounds where the
	// record cuts off.
	hashTime time.Time
	// order is the place of the event among those of its batch, from 1; 0
	// before anything is recorded of it.
	order int
	// inHistory says that it is in the history of an object at least.
	inHistory bool
}

// Prepare makes the record of an event that the caller's organisation records
// in this transaction. It fails with fault.LimitExceeded when the event is
// larger than ledger.MaxBody.
func Prepare(tx *ledger.Tx, event *epcis.Event) (*NewEvent, error) {
	id, err := event.HashID()
	if err != nil {
		return nil, fault.New(fault.Internal, "hash the event: %w", err)
	}
	hash, err := EventHash(id)
	if err != nil {
		return nil, err
	}
	body, err := event.MarshalJSON()
	if err != nil {
		return nil, fault.New(fault.InvalidDocument, "the event cannot be written: %w", err)
	}
	if len(body) > ledger.MaxBody {
		return nil, fault.New(fault.LimitExceeded, "the event has %d bytes; at most %d are stored: split it", len(body), ledger.MaxBody)
	}
	prepared := &NewEvent{
		Ref: Ref{Hash: hash},
		Record: EventRecord{
			V: EventVersion, Event: id, EventID: event.EventID, Type: string(event.Type), Action: string(event.Action),
			BizStep: event.BizStep, TransformationID: event.TransformationID, Time: event.EventTime.UTC().Truncate(time.Millisecond),
			Recorded: tx.Time(), Transaction: tx.ID(), RecordedBy: tx.Caller().MSP,
		},
		body:     body,
		hashTime: epcis.HashTime(event.EventTime),
	}
	return prepared, prepared.declare(event)
}

// Size returns the size of the event's body, in bytes.
func (e *NewEvent) Size() int { return len(e.body) }
