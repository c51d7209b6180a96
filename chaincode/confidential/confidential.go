package confidential

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/collections"
)

// TransientRecord is the entry of the transient map in which a [Record]
// travels, as JSON.
const TransientRecord = "record"

// WriteRequest names the other member.
type WriteRequest struct {
	// Counterparty is the MSP id of the organisation to share with.
	Counterparty string `json:"counterparty"`
}

// WriteResponse confirms a write. It stands on the ledger, so it holds nothing
// that is not public anyway.
type WriteResponse struct {
	// Hash is the SHA-256 of the stored value in hexadecimal, which Fabric
	// keeps on the ledger too.
	Hash string `json:"hash"`
}

// Write puts the record in the transient map into the collection of the
// caller's organisation and the counterparty.
//
// Refusals: fault.NotMember at the peer of anybody else, before anything is
// written there; fault.InvalidRequest for a record that breaks a rule, such as
// a weak salt; fault.AlreadyRecorded for the same record again;
// fault.AlreadyExists for another one under its id.
func Write(tx *ledger.Tx, req WriteRequest) (WriteResponse, error) {
	collection, err := member(tx, req.Counterparty, ledger.RoleOperator, ledger.RoleAdmin)
	if err != nil {
		return WriteResponse{}, err
	}
	text, err := tx.Transient(TransientRecord, ledger.MaxRecord)
	if err != nil {
		return WriteResponse{}, err
	}
	record, err := parse(text)
	if err != nil {
		return WriteResponse{}, err
	}
	record.Owner = tx.Caller().MSP
	value, err := json.Marshal(record)
	if err != nil {
		return WriteResponse{}, fault.New(fault.Internal, "encode the record: %w", err)
	}
	digest := sha256.Sum256(value)
	hash := hex.EncodeToString(digest[:])
	switch on, err := tx.GetPrivateHash(collection, key(record.ID)); {
	case err != nil:
		return WriteResponse{}, err
	case hex.EncodeToString(on) == hash:
		return WriteResponse{}, fault.New(fault.AlreadyRecorded, "this very record is in the collection")
	case on != nil:
		return WriteResponse{}, fault.New(fault.AlreadyExists, "another record has this id").At("transient/record/id")
	}
	return WriteResponse{Hash: hash}, tx.PutPrivate(collection, key(record.ID), value)
}

// ReadRequest names a record.
type ReadRequest struct {
	// Counterparty is the MSP id of the other member.
	Counterparty string `json:"counterparty"`
	// ID is the record's.
	ID string `json:"id"`
}

// Read returns a record to one of its two members, at that member's own peer.
//
// Refusals: fault.NotMember elsewhere, fault.NotFound, and fault.NotHere when
// the value has not reached this peer yet.
func Read(tx *ledger.Tx, req ReadRequest) (Record, error) {
	collection, err := member(tx, req.Counterparty)
	if err != nil {
		return Record{}, err
	}
	if tx.PeerMSP() != tx.Caller().MSP {
		return Record{}, fault.New(fault.NotMember, "private data is read at the caller's own peer, of %s; this is one of %s", tx.Caller().MSP, tx.PeerMSP())
	}
	return load(tx, collection, req.ID)
}

func load(tx *ledger.Tx, collection, id string) (Record, error) {
	value, err := tx.GetPrivate(collection, key(id))
	if err != nil {
		return Record{}, err
	}
	if value == nil {
		return Record{}, fault.New(fault.NotFound, "there is no such record in the collection").At("/id")
	}
	return ledger.Decode[Record](key(id), value)
}

// PurgeRequest names a record.
type PurgeRequest ReadRequest

// PurgeResponse confirms a purge.
type PurgeResponse struct{}

// Purge removes a record from both members: from queries at once, from storage
// after Fabric's purge interval. Only its owner may.
//
// Refusals: fault.NotMember, fault.NotFound.
func Purge(tx *ledger.Tx, req PurgeRequest) (PurgeResponse, error) {
	collection, err := member(tx, req.Counterparty, ledger.RoleAdmin)
	if err != nil {
		return PurgeResponse{}, err
	}
	record, err := load(tx, collection, req.ID)
	if err != nil {
		return PurgeResponse{}, err
	}
	if record.Owner != tx.Caller().MSP {
		return PurgeResponse{}, fault.New(fault.NotMember, "only the organisation that wrote a record may purge it")
	}
	return PurgeResponse{}, tx.Purge(collection, key(req.ID))
}

// member checks that caller and peer are of the two organisations, and returns
// the name of their collection.
func member(tx *ledger.Tx, counterparty string, roles ...string) (string, error) {
	caller, err := participant.Require(tx, roles...)
	if err != nil {
		return "", err
	}
	if counterparty == "" || counterparty == caller.MSP {
		return "", fault.New(fault.InvalidRequest, "name the other member of the collection").At("/counterparty")
	}
	if peer := tx.PeerMSP(); peer != caller.MSP && peer != counterparty {
		return "", fault.New(fault.NotMember, "a confidential call is endorsed by %s and %s only; this is a peer of %s", caller.MSP, counterparty, peer)
	}
	return collections.Pair(caller.MSP, counterparty), nil
}

// PublishRequest says which record is about which object.
type PublishRequest struct {
	Counterparty string `json:"counterparty"`
	ID           string `json:"id"`
	// Subject is the object that the record is about, in any form that gs1
	// reads.
	Subject string `json:"subject"`
}

// Pointer is the public trace of a record.
type Pointer struct {
	V       int    `json:"v"`
	ID      string `json:"id"`
	Subject string `json:"subject"`
	// By published it; it is a member of the pair.
	By           string `json:"by"`
	Counterparty string `json:"counterparty"`
	Collection   string `json:"collection"`
	// Hash is the SHA-256 of the private value, in hexadecimal, as Fabric
	// holds it on the ledger.
	Hash      string    `json:"hash"`
	Published time.Time `json:"published"`
}

// Publish makes public that a record about an object exists, and points to its
// hash. Its content stays with the two members.
//
// Refusals: fault.NotFound when no such record or object is on the ledger,
// fault.AlreadyExists when it has been published.
func Publish(tx *ledger.Tx, req PublishRequest) (Pointer, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin)
	if err != nil {
		return Pointer{}, err
	}
	if req.Counterparty == "" || req.Counterparty == caller.MSP {
		return Pointer{}, fault.New(fault.InvalidRequest, "name the other member of the collection").At("/counterparty")
	}
	subject, err := onLedger(tx, req.Subject)
	if err != nil {
		return Pointer{}, err
	}
	pointer := Pointer{
		V: 1, ID: req.ID, Subject: subject.Path(), By: caller.MSP, Counterparty: req.Counterparty,
		Collection: collections.Pair(caller.MSP, req.Counterparty), Published: tx.Time(),
	}
	hash, err := tx.GetPrivateHash(pointer.Collection, key(req.ID))
	if err != nil {
		return Pointer{}, err
	}
	if hash == nil {
		return Pointer{}, fault.New(fault.NotFound, "write the record first: the collection holds none with this id").At("/id")
	}
	pointer.Hash = hex.EncodeToString(hash)
	at := pointerKey(pointer.Subject, pointer.ID)
	if _, found, err := ledger.Load[Pointer](tx, at); err != nil {
		return Pointer{}, err
	} else if found {
		return Pointer{}, fault.New(fault.AlreadyExists, "this record has been published")
	}
	return pointer, ledger.Store(tx, at, pointer)
}

// PointersRequest asks for the published records about an object.
type PointersRequest struct {
	Subject string `json:"subject"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size     int    `json:"size,omitempty"`
	Bookmark string `json:"bookmark,omitempty"`
}

// PointersResponse is a page of pointers.
type PointersResponse struct {
	Pointers []Pointer `json:"pointers"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// Pointers lists what has been published about an object. Anyone may ask.
func Pointers(tx *ledger.Tx, req PointersRequest) (PointersResponse, error) {
	subject, err := gs1.Parse(req.Subject)
	if err != nil {
		return PointersResponse{}, fault.New(fault.InvalidIdentifier, "%w", err).At("/subject")
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(pointerKey(subject.Path()), req.Size, req.Bookmark)
	if err != nil {
		return PointersResponse{}, err
	}
	page := PointersResponse{Pointers: []Pointer{}, Bookmark: next}
	for _, entry := range entries {
		pointer, err := ledger.Decode[Pointer](entry.Key, entry.Value)
		if err != nil {
			return PointersResponse{}, err
		}
		page.Pointers = append(page.Pointers, pointer)
	}
	return page, nil
}

func pointerKey(parts ...string) ledger.Key { return ledger.NewKey("confidential", parts...) }

func onLedger(tx *ledger.Tx, subject string) (gs1.ID, error) {
	id, err := gs1.Parse(subject)
	if err != nil {
		return id, fault.New(fault.InvalidIdentifier, "%w", err).At("/subject")
	}
	twins, err := product.LoadTwins(tx, []gs1.ID{id})
	if err != nil {
		return id, err
	}
	if twins[0] == nil {
		return id, fault.New(fault.NotFound, "the object is not on the ledger").About(id.Path()).At("/subject")
	}
	return id, nil
}
