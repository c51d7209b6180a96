package confidential

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/selective"
)

// WriteRequest names the other members.
type WriteRequest struct {
	// With are the MSP ids of the other members, 1 to 7.
	With []string `json:"with"`
}

// WriteResponse confirms a write. It stands on the ledger, so it holds nothing that
// is not public anyway.
type WriteResponse struct {
	// Hash and ManifestHash are the SHA-256 of the two values in hexadecimal, which
	// Fabric keeps on the ledger too.
	Hash         string `json:"hash"`
	ManifestHash string `json:"manifestHash"`
}

// Write puts the [Draft] in the transient map into the collection of the caller's
// organisation and others, as its [Content] and its [Manifest]. An operator or admin
// may.
//
// Refusals: fault.NotMember at the peer of anybody else, before anything is written
// there; fault.InvalidRequest for a draft that breaks a rule, such as a weak salt or
// a field that the schema of its kind does not have; fault.NotParticipant and
// fault.ReaderOnly for others than trading organisations; fault.Jurisdiction when a
// member is where the record may not go; fault.LimitExceeded; fault.AlreadyRecorded
// for the same record again; fault.AlreadyExists for another one under its id, or for
// any under one that has been published or replaced; fault.NotFound where the channel
// has no collection for these members; fault.NotFound and fault.OutOfSequence for a
// version that does not follow the last of its record, fault.NotHere while that has
// not reached the peer.
func Write(tx *ledger.Tx, req WriteRequest) (WriteResponse, error) {
	relation, err := enter(tx, req.With, ledger.RoleOperator, ledger.RoleAdmin)
	if err != nil {
		return WriteResponse{}, err
	}
	text, err := tx.Transient(TransientRecord, 2*ledger.MaxRecord)
	if err != nil {
		return WriteResponse{}, err
	}
	draft, err := parse(text)
	if err != nil {
		return WriteResponse{}, err
	}
	w := writing{relation: *relation, tx: tx}
	if err := w.prepare(draft); err != nil {
		return WriteResponse{}, err
	}
	return w.put()
}

// writing is a record on its way into its collection.
type writing struct {
	relation
	tx       *ledger.Tx
	manifest *Manifest
	content  []byte
}

// prepare makes both values. It reads the same public keys whatever the record says,
// but for a hash of the record's id in one of them.
func (w *writing) prepare(draft *Draft) (err error) {
	if w.manifest, err = draft.manifest(); err != nil {
		return err
	}
	w.manifest.Owner, w.manifest.Members, w.manifest.Written = w.caller.MSP, w.members, w.tx.Time()
	if draft.Replaces != "" {
		w.manifest.Version = 2 // or later: see follow
	}
	if err := w.manifest.Check(); err != nil {
		refused := fault.Of(err)
		return refused.At("transient/record" + strings.TrimPrefix(refused.Field, "/manifest"))
	}
	if err := w.trading(w.tx, w.manifest.Transfer); err != nil {
		return err
	}
	if w.content, err = draft.content(); err != nil {
		return err
	}
	if err := w.unrecorded(); err != nil {
		return err
	}
	return w.follow(draft.Fields)
}

// unrecorded refuses a record whose id is taken, or was by a record that has been
// published: what has been purged never comes back under its name.
func (w *writing) unrecorded() error {
	id := w.manifest.ID
	hash, err := w.tx.GetPrivateHash(w.collection, contentKey(id))
	if err != nil {
		return err
	}
	if hash != nil {
		return w.again(hash)
	}
	switch published, err := w.tx.Get(idKey(id)); {
	case err != nil:
		return err
	case published != nil:
		return taken()
	}
	// Once there is no content: a version that replaced another keeps its place.
	switch next, err := w.tx.GetPrivateHash(w.collection, nextKey(id)); {
	case err != nil:
		return err
	case next != nil:
		return taken()
	}
	return nil
}

// again tells the same record from another one under its id.
func (w *writing) again(hash []byte) error {
	before, err := w.readManifest(w.tx, w.manifest.ID)
	if err != nil {
		return err
	}
	same := *w.manifest
	if before != nil {
		same.Written, same.Version = before.Written, before.Version
	}
	mine, err := encode(same)
	if err != nil {
		return err
	}
	theirs, err := encode(before)
	if err != nil {
		return err
	}
	if digest := sha256.Sum256(w.content); bytes.Equal(hash, digest[:]) && bytes.Equal(mine, theirs) {
		return fault.New(fault.AlreadyRecorded, "this very record is in the collection")
	}
	return taken()
}

func taken() error {
	return fault.New(fault.AlreadyExists, "another record has this id, or had it").At("transient/record/id")
}

// follow checks that a later version follows the last one of its record.
func (w *writing) follow(fields []selective.Field) error {
	m := w.manifest
	if m.Replaces == "" {
		return nil
	}
	before, err := w.readManifest(w.tx, m.Replaces)
	switch {
	case err != nil:
		return err
	case before == nil:
		return fault.New(fault.NotFound, "the version before is not in the collection").At("transient/record/replaces")
	case before.Owner != m.Owner || before.Kind != m.Kind:
		return fault.New(fault.OutOfSequence, "a version has the owner and the kind of the one before").At("transient/record/replaces")
	}
	switch next, err := w.tx.GetPrivateHash(w.collection, nextKey(m.Replaces)); {
	case err != nil:
		return err
	case next != nil:
		return fault.New(fault.OutOfSequence, "the version before has been replaced by another").At("transient/record/replaces")
	}
	m.Version = before.Version + 1
	return w.fresh(fields)
}

// fresh refuses fields with salts of the version before: whoever was shown one of its
// fields could guess the value that replaces it.
func (w *writing) fresh(fields []selective.Field) error {
	value, err := w.read(w.tx, contentKey(w.manifest.Replaces))
	if err != nil {
		return err
	}
	var before Content
	if value != nil && json.Unmarshal(value, &before) != nil {
		return fault.New(fault.Internal, "the version before cannot be read")
	}
	used := make(map[string]bool, len(before.Fields))
	for _, f := range before.Fields {
		used[f.Salt] = true
	}
	for i, f := range fields {
		if used[f.Salt] {
			return refuse("/fields/"+strconv.Itoa(i)+"/salt", "each salt is used once: this one is the version before's")
		}
	}
	return nil
}

// next says which version replaces a record. It stays when that is purged.
type next struct {
	V  int    `json:"v"`
	ID string `json:"id"`
}

func nextKey(id string) ledger.Key { return ledger.NewKey("next", id) }

// put writes the values.
func (w *writing) put() (WriteResponse, error) {
	m := w.manifest
	manifest, err := encode(m)
	if err != nil {
		return WriteResponse{}, err
	}
	if len(manifest)+len(w.collection)+publishedRoom > ledger.MaxRecord {
		return WriteResponse{}, fault.New(fault.LimitExceeded, "the manifest would have %d bytes, too many to be published: name fewer subjects, approvers or countries", len(manifest)).At("transient/record")
	}
	if err := w.tx.PutPrivate(w.collection, contentKey(m.ID), w.content); err != nil {
		return WriteResponse{}, err
	}
	if err := w.tx.PutPrivate(w.collection, manifestKey(m.ID), manifest); err != nil {
		return WriteResponse{}, err
	}
	if m.Replaces != "" {
		link, err := encode(next{V: Version, ID: m.ID})
		if err != nil {
			return WriteResponse{}, err
		}
		if err := w.tx.PutPrivate(w.collection, nextKey(m.Replaces), link); err != nil {
			return WriteResponse{}, err
		}
	}
	return WriteResponse{Hash: hexHash(w.content), ManifestHash: hexHash(manifest)}, nil
}

func hexHash(value []byte) string {
	digest := sha256.Sum256(value)
	return hex.EncodeToString(digest[:])
}
