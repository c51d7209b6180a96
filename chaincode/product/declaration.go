package product

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// MaxDeclarations bounds the error declarations of one event by its recorder.
const MaxDeclarations = 16

// Declaration is what an error declaration says (EPCIS 2.0, section 7.4.1.3).
type Declaration struct {
	// Hash tells the error declarations of one event apart, 64 hexadecimal
	// digits: see [DeclarationHash].
	Hash string `json:"hash"`
	// Time is when the error was declared, by the declaration.
	Time time.Time `json:"time"`
	// Reason is did_not_occur, incorrect_data, a URI, or absent.
	Reason string `json:"reason,omitempty"`
	// CorrectiveEventIDs name the events that put it right, as they were sent:
	// ids by which the declarer knows its events, or their hashes.
	CorrectiveEventIDs []string `json:"correctiveEventIDs,omitempty"`
}

// DeclarationHash returns the hash of the error declaration of an event, 64
// hexadecimal digits: the SHA-256 over, each behind its length in bytes (32 bits,
// big-endian),
//
//	countersign/declaration/1
//	the declarationTime, RFC 3339 in UTC with exactly three decimals
//	the reason, empty without one
//	the CBV 2.0 pre-hash string of the event without its EPC lists, and with
//	  the declaration's extensions in place of its own
//	each of the correctiveEventIDs, sorted
//
// So the spelling of times, the order of ids and the prefixes of extensions make
// no second declaration. It fails with fault.Internal only.
func DeclarationHash(event *epcis.Event) (string, error) {
	d := event.ErrorDeclaration
	lean := *event // with its context, which the extensions need
	lean.EPCList, lean.ChildEPCs, lean.InputEPCList, lean.OutputEPCList = nil, nil, nil, nil
	lean.Extensions = d.Extensions
	canonical, err := lean.PreHash()
	if err != nil {
		return "", fault.New(fault.Internal, "hash the error declaration: %w", err)
	}
	parts := append([]string{
		"countersign/declaration/1", d.DeclarationTime.UTC().Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z"), d.Reason, canonical,
	}, slices.Sorted(slices.Values(d.CorrectiveEventIDs))...)
	digest := sha256.Sum256(framed(parts...))
	return hex.EncodeToString(digest[:]), nil
}

// framed joins texts, each behind its length in bytes: 32 bits, big-endian.
func framed(parts ...string) []byte {
	var text []byte
	for _, part := range parts {
		text = append(binary.BigEndian.AppendUint32(text, uint32(len(part))), part...)
	}
	return text
}

// declare completes the record of an event with its error declaration.
func (e *NewEvent) declare(event *epcis.Event) error {
	d := event.ErrorDeclaration
	if d == nil {
		return nil
	}
	hash, err := DeclarationHash(event)
	if err != nil {
		return err
	}
	e.Ref.Declaration, e.Ref.By = hash, e.Record.RecordedBy
	e.Record.Time = d.DeclarationTime.UTC().Truncate(time.Millisecond)
	e.Record.Declaration = &Declaration{
		Hash: hash, Time: e.Record.Time, Reason: d.Reason, CorrectiveEventIDs: d.CorrectiveEventIDs,
	}
	return nil
}

// Declare notes in the record of an event, which its recorder now declares an
// error, that it did. It fails with fault.LimitExceeded beyond [MaxDeclarations].
func (b *Batch) Declare(event Ref, record *EventRecord, declaration *NewEvent) error {
	if len(record.Declared) >= MaxDeclarations {
		return fault.New(fault.LimitExceeded, "the event has %d error declarations: no more are recorded", MaxDeclarations)
	}
	record.Declared = append(slices.Clone(record.Declared), declaration.Ref.Declaration)
	b.Put(event.key(), &storedEvent{EventRecord: *record, Body: record.body})
	return nil
}

// loadDeclarations returns the records of the error declarations of an event by
// its recorder.
func loadDeclarations(tx *ledger.Tx, hash string, record *EventRecord) ([]EventRecord, error) {
	refs := make([]Ref, len(record.Declared))
	for i, declaration := range record.Declared {
		refs[i] = Ref{Hash: hash, Declaration: declaration, By: record.RecordedBy}
	}
	found, err := LoadEvents(tx, refs)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	declarations := make([]EventRecord, len(found))
	for i, d := range found {
		if d == nil {
			return nil, fault.New(fault.Internal, "the ledger lacks an error declaration of event %s", hash)
		}
		declarations[i] = *d
	}
	return declarations, nil
}

// ListDeclarationsRequest asks for the error declarations of an event.
type ListDeclarationsRequest struct {
	// Event is the event's CBV 2.0 hash id, or the 64 hexadecimal digits in it.
	Event string `json:"event"`
	// Size is the number of records looked at, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListDeclarationsResponse is a page of error declarations.
type ListDeclarationsResponse struct {
	// Event is the event's CBV 2.0 hash id.
	Event string `json:"event"`
	// Declarations are the records of the error declarations, by hash and by
	// declarer. A page can have none and still not be the last.
	Declarations []EventRecord `json:"declarations"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListDeclarations lists the error declarations of an event by all who recorded
// it. Anyone may. It fails with fault.InvalidRequest for what is no hash, and
// fault.LimitExceeded for a size out of range.
func ListDeclarations(tx *ledger.Tx, req ListDeclarationsRequest) (ListDeclarationsResponse, error) {
	hash, err := EventHash(req.Event)
	if err != nil {
		return ListDeclarationsResponse{}, fault.Of(err).At("/event")
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("event", hash), req.Size, req.Bookmark)
	if err != nil {
		return ListDeclarationsResponse{}, err
	}
	page := ListDeclarationsResponse{Event: EventURI(hash), Declarations: []EventRecord{}, Bookmark: next}
	for _, e := range entries {
		record, err := decodeEvent(e.Key, e.Value)
		if err != nil {
			return ListDeclarationsResponse{}, err
		}
		if record.Declaration != nil {
			page.Declarations = append(page.Declarations, *record)
		}
	}
	return page, nil
}
