package client

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/redaction"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/collections"
)

// Redacted is a document without its private fields, and what opens them. Keep it,
// as JSON, before anything is sent: salts are drawn once, so redacting the document
// again makes other events, and capturing this one again is safe.
type Redacted struct {
	// Document is what to capture; the one given, when there was nothing to hide.
	Document json.RawMessage `json:"document"`
	// Events are those events of it from which something was taken.
	Events []RedactedEvent `json:"events"`
}

// RedactedEvent is one event, and the secrets that open it.
type RedactedEvent struct {
	// Index is its place in the document, from 0.
	Index int `json:"index"`
	// Event is its CBV 2.0 hash id as redacted, by which the ledger knows it;
	// Original that of the event before, which is no secret worth keeping from
	// partners, but confirms guesses: it has no salt.
	Event    string `json:"event"`
	Original string `json:"original"`
	// Disclosures open what was hidden, one field each.
	Disclosures []redaction.Disclosure `json:"disclosures"`
}

// Redact takes private fields out of all events of an EPCIS 2.0 document (JSON),
// before it is captured. A field that no event has hides nothing: look at the
// disclosures. It fails as epcis.ReadDocument and [redaction.Redact] do, naming the
// event.
//
// What to do with the result, in this order: keep it; share the disclosures with
// the partner whom they concern, by [RedactedEvent.Records] and
// [Client.WriteConfidential]; capture the document. Should the capture be refused,
// the records open nothing and can be purged.
func Redact(document []byte, fields redaction.Fields) (*Redacted, error) {
	doc, err := epcis.ReadDocument(bytes.NewReader(document), epcis.Limits{})
	if err != nil {
		return nil, fmt.Errorf("client: redact: %w", err)
	}
	result := &Redacted{Events: []RedactedEvent{}}
	for i := range doc.Events {
		public, disclosures, err := redaction.Redact(&doc.Events[i], fields, rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("client: redact event %d: %w", i, err)
		}
		if len(disclosures) == 0 {
			continue
		}
		event := RedactedEvent{Index: i, Disclosures: disclosures}
		if event.Original, err = doc.Events[i].HashID(); err != nil {
			return nil, fmt.Errorf("client: redact event %d: %w", i, err)
		}
		if event.Event, err = public.HashID(); err != nil {
			return nil, fmt.Errorf("client: redact event %d: %w", i, err)
		}
		doc.Events[i] = *public
		result.Events = append(result.Events, event)
	}
	if len(result.Events) == 0 {
		result.Document = bytes.Clone(document)
		return result, nil
	}
	if result.Document, err = doc.MarshalJSON(); err != nil {
		return nil, fmt.Errorf("client: redact: %w", err)
	}
	return result, nil
}

// disclosures begins the names of fields that hold disclosures; the event's hash and a
// number follow.
const disclosures = "/disclosures/"

// room is what a stored record needs beside what [NewRecord] makes of its fields:
// nothing but other names for some members.
const room = 512

// Records returns the disclosures as confidential records of kind "event" about the
// event and further subjects, each small enough for the ledger, with ids, salts and
// decoys. Give each partner those that concern it: the event's Disclosures can be a
// part of what Redact returned.
//
// It fails with a [*redaction.LimitError] for a value that no record can hold: one of
// nearly [redaction.MaxValue] bytes that grows in JSON.
func (e RedactedEvent) Records(subjects ...string) ([]confidential.Draft, error) {
	hash, err := product.EventHash(e.Event)
	if err != nil {
		return nil, err
	}
	subjects = append([]string{product.EventURI(hash)}, subjects...)
	var records []confidential.Draft
	for i, d := range e.Disclosures {
		text, err := d.MarshalText()
		if err != nil {
			return nil, fmt.Errorf("client: disclosure %d: %w", i, err)
		}
		field := selective.Field{Name: disclosures + hash + "/" + strconv.Itoa(i), Value: string(text)}
		if collections.CheckField(collections.KindEvent, field.Name, field.Value) != nil {
			return nil, &redaction.LimitError{What: "bytes in a confidential record", Max: selective.MaxValue, Field: d.Field()}
		}
		if last := len(records) - 1; last >= 0 {
			more := records[last]
			more.Fields = append(slices.Clip(more.Fields), field)
			if len(more.Fields) <= confidential.MaxFields && fits(more) {
				records[last] = more
				continue
			}
		}
		alone := confidential.Draft{Kind: collections.KindEvent, Subjects: subjects, Fields: []selective.Field{field}}
		if !fits(alone) {
			return nil, &redaction.LimitError{What: "bytes as a confidential record", Max: ledger.MaxRecord - room, Field: d.Field()}
		}
		records = append(records, alone)
	}
	for i := range records {
		if records[i], err = Salted(records[i]); err != nil {
			return nil, err
		}
	}
	return records, nil
}

// fits reports whether the ledger takes a record of these fields, once it has salts
// and decoys.
func fits(draft confidential.Draft) bool {
	draft, err := Salted(draft)
	if err != nil {
		return false
	}
	text, err := json.Marshal(confidential.Content{V: draft.V, ID: draft.ID, Fields: draft.Fields})
	return err == nil && len(text) <= ledger.MaxRecord-room
}

// Disclosures returns those in confidential records of kind "event", by the id of the
// event that they belong to, the form in which [Client.Event] takes it. Records of
// other kinds are passed over. It fails as [redaction.Disclosure.UnmarshalText] does.
//
// That they open what stands on the ledger is for [redaction.Verify],
// [redaction.Reveal] and [redaction.Restore] to say, with the event that
// Client.Event returns.
func Disclosures(records ...*ConfidentialRecord) (map[string][]redaction.Disclosure, error) {
	found := map[string][]redaction.Disclosure{}
	for _, record := range records {
		if record.Manifest.Kind != collections.KindEvent {
			continue
		}
		for i, field := range record.Content.Fields {
			rest, ok := strings.CutPrefix(field.Name, disclosures)
			if !ok {
				continue // a decoy
			}
			digits, _, _ := strings.Cut(rest, "/")
			hash, err := product.EventHash(digits)
			if err != nil {
				return nil, err
			}
			var d redaction.Disclosure
			if err := d.UnmarshalText([]byte(field.Value)); err != nil {
				return nil, fmt.Errorf("client: field %d: %w", i, err)
			}
			event := product.EventURI(hash)
			found[event] = append(found[event], d)
		}
	}
	return found, nil
}
