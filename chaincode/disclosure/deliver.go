package disclosure

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/selective"
)

// TransientDelivery is the entry of the transient map in which a [Draft] travels,
// as JSON.
const TransientDelivery = "delivery"

// Draft is what the owner delivers.
type Draft struct {
	// V is the schema version, 1.
	V int `json:"v"`
	// Fields are those asked for, with their salts, in any order.
	Fields []selective.Field `json:"fields"`
}

// Content is a delivery as it stands in the collection of owner and recipient, as
// JSON.
type Content struct {
	// V is the schema version.
	V int `json:"v"`
	// Request and Record are ids.
	Request string `json:"request"`
	Record  string `json:"record"`
	// Fields are in order of name.
	Fields []selective.Field `json:"fields"`
}

// RefRequest names a request.
type RefRequest struct {
	// Request is its id, "MSP/name".
	Request string `json:"request" jsonschema:"maxLength=200"`
}

// DeliverResponse confirms a delivery. It stands on the ledger, so it holds nothing
// that is not public anyway.
type DeliverResponse struct {
	// Hash is the SHA-256 of the stored value in hexadecimal, which Fabric keeps on
	// the ledger, too.
	Hash string `json:"hash"`
}

// Deliver puts the fields that were asked for into the collection of owner and
// recipient: what the transient map holds, which must be exactly those fields, each
// opening a commitment of the record. It is a transaction of its own, by an operator
// or admin of the owner, endorsed by the owner's peer. [RecordDelivery] follows.
//
// Refusals: fault.NotFound for the request, or when the record is no longer kept;
// fault.NotParty for another organisation than the owner; fault.NotMember at
// another's peer; fault.NotConsented, with details "state" and "missing", when it is
// not approved; fault.Jurisdiction, as [Request]; fault.InvalidRequest and
// fault.LimitExceeded for what is no such draft, or not the fields asked for;
// fault.HashMismatch for a field that opens no commitment; fault.AlreadyRecorded for
// the same delivery again, fault.AlreadyExists for another. None of them quotes what
// was to be delivered.
func Deliver(tx *ledger.Tx, req RefRequest) (DeliverResponse, error) {
	// Recipients verify by what this reads: request, record, votes and revocation, at
	// their versions in the block (docs/adr/0022). All of them must stay read here.
	s, err := owned(tx, req.Request)
	if err != nil {
		return DeliverResponse{}, err
	}
	if s.State != Approved && s.State != Delivered {
		return DeliverResponse{}, s.unconsented()
	}
	record, recipient, err := s.parties(tx)
	if err != nil {
		return DeliverResponse{}, err
	}
	if err := mayGo(record.Manifest, recipient); err != nil {
		return DeliverResponse{}, err
	}
	value, err := s.content(tx, record.Manifest)
	if err != nil {
		return DeliverResponse{}, err
	}
	digest := sha256.Sum256(value)
	switch known, err := s.hash(tx); {
	case err != nil:
		return DeliverResponse{}, err
	case bytes.Equal(known, digest[:]):
		return DeliverResponse{}, fault.New(fault.AlreadyRecorded, "this has been delivered")
	case known != nil || s.Delivery != nil:
		return DeliverResponse{}, fault.New(fault.AlreadyExists, "something has been delivered on this request: ask again under another name")
	}
	return DeliverResponse{Hash: hex.EncodeToString(digest[:])}, tx.PutPrivate(s.collection(), deliveryKey(s.ID), value)
}

// owned returns a request to its owner, at the owner's peer.
func owned(tx *ledger.Tx, id string) (*Status, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin)
	if err != nil {
		return nil, err
	}
	s, err := loadStatus(tx, id)
	if err != nil {
		return nil, err
	}
	if caller.MSP != s.Owner {
		return nil, fault.New(fault.NotParty, "this is up to the record's owner, %s", s.Owner)
	}
	if peer := tx.PeerMSP(); peer != s.Owner {
		return nil, fault.New(fault.NotMember, "this is endorsed by %s only; this is a peer of %s", s.Owner, peer)
	}
	return s, nil
}

// content reads the transient map and returns the value to store.
func (s *Status) content(tx *ledger.Tx, m confidential.Manifest) ([]byte, error) {
	text, err := tx.Transient(TransientDelivery, ledger.MaxRecord)
	if err != nil {
		return nil, err
	}
	draft, err := parse[Draft](text)
	if err != nil {
		return nil, fault.Of(err).At("transient/" + TransientDelivery)
	}
	if draft.V != Version {
		return nil, fault.New(fault.InvalidRequest, "a delivery has schema version %d", Version).At("transient/delivery/v")
	}
	slices.SortFunc(draft.Fields, func(a, b selective.Field) int { return strings.Compare(a.Name, b.Name) })
	content := Content{V: Version, Request: s.ID, Record: s.Record, Fields: draft.Fields}
	if err := s.opens(content, m); err != nil {
		return nil, fault.Of(err).At("transient/delivery/fields")
	}
	value, err := json.Marshal(content)
	if err != nil {
		return nil, fault.New(fault.Internal, "encode the delivery")
	}
	return value, nil
}

// parse reads JSON strictly. Its errors never quote it.
func parse[T any](text []byte) (value T, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&value) != nil {
		return value, fault.New(fault.InvalidRequest, "not the JSON of a delivery")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return value, fault.New(fault.InvalidRequest, "something stands after the delivery")
	}
	return value, nil
}

// opens checks that a delivery is of exactly the fields asked for, and that each
// opens a commitment of the record. Fields are in order of name.
func (d Disclosure) opens(c Content, m confidential.Manifest) error {
	if c.Request != d.ID || c.Record != d.Record || m.ID != d.Record {
		return fault.New(fault.HashMismatch, "the delivery is of another request or record")
	}
	names := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		if err := f.Check(); err != nil {
			return fault.New(fault.InvalidRequest, "field %d, in order of name, is malformed or has a weak salt", i)
		}
		names[i] = f.Name
	}
	if !slices.Equal(names, d.Fields) {
		return fault.New(fault.InvalidRequest, "these are not exactly the fields asked for: %d instead of %d, or others", len(names), len(d.Fields))
	}
	if err := selective.Open(m.ID, m.Commitments, c.Fields...); err != nil {
		return fault.New(fault.HashMismatch, "a field opens none of the record's commitments: %w", err)
	}
	return nil
}

// Open checks what a recipient was given, read from wherever it has it (the bytes of
// the private value): that the value has the hash that the ledger has, that it is of
// this request, exactly the fields asked for, and that each opens a commitment of the
// published record. It reads no ledger, so a recipient that has the request, its
// delivery and the record from evidence checks them offline.
//
// It fails with fault.HashMismatch for what was forged or is of another request,
// record or field, and with fault.InvalidRequest for what is no delivery.
func Open(d Disclosure, hash string, m confidential.Manifest, value []byte) (Content, error) {
	digest := sha256.Sum256(value)
	if hex.EncodeToString(digest[:]) != hash {
		return Content{}, fault.New(fault.HashMismatch, "the value is not the one whose hash the ledger has")
	}
	content, err := parse[Content](value)
	if err != nil {
		return Content{}, err
	}
	return content, d.opens(content, m)
}
