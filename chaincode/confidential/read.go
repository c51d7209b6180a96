package confidential

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/selective"
)

// ReadRequest names a record.
type ReadRequest struct {
	// With are the MSP ids of the other members.
	With []string `json:"with"`
	// ID is the record's.
	ID string `json:"id"`
}

// ReadResponse is a record as its members have it.
type ReadResponse struct {
	// Manifest is what may become public of it.
	Manifest Manifest `json:"manifest"`
	// Content are its fields, with the salts that open the commitments.
	Content Content `json:"content"`
}

// Verify checks that the content is what the manifest says: of the same record, and
// each field opening one of the commitments, none of which is left. It fails with
// fault.HashMismatch, and quotes nothing.
func (r *ReadResponse) Verify() error {
	switch {
	case r.Content.ID != r.Manifest.ID:
		return fault.New(fault.HashMismatch, "the content is of another record than the manifest")
	case len(r.Content.Fields) != len(r.Manifest.Commitments):
		return fault.New(fault.HashMismatch, "the record has %d fields and %d commitments", len(r.Content.Fields), len(r.Manifest.Commitments))
	}
	if err := selective.Open(r.Manifest.ID, r.Manifest.Commitments, r.Content.Fields...); err != nil {
		return fault.New(fault.HashMismatch, "the content does not open the manifest: %w", err)
	}
	return nil
}

// Read returns a record to one of its members, at that member's own peer, once the
// values there have the hashes on the ledger, the fields open the commitments, and,
// where it is published, the manifest is the one that was.
//
// Refusals: fault.NotMember elsewhere; fault.NotFound when there is no such record,
// or no more; fault.NotHere when its values have not reached this peer yet;
// fault.HashMismatch.
func Read(tx *ledger.Tx, req ReadRequest) (ReadResponse, error) {
	relation, err := enter(tx, req.With)
	if err != nil {
		return ReadResponse{}, err
	}
	if err := atOwnPeer(tx); err != nil {
		return ReadResponse{}, err
	}
	content, err := relation.read(tx, contentKey(req.ID))
	if err != nil {
		return ReadResponse{}, err
	}
	manifest, err := relation.readManifest(tx, req.ID)
	if err != nil {
		return ReadResponse{}, err
	}
	if content == nil || manifest == nil {
		return ReadResponse{}, fault.New(fault.NotFound, "there is no such record in the collection").At("/id")
	}
	response := ReadResponse{Manifest: *manifest}
	if json.Unmarshal(content, &response.Content) != nil {
		return ReadResponse{}, fault.New(fault.Internal, "the content of the record cannot be read")
	}
	if err := response.Verify(); err != nil {
		return ReadResponse{}, err
	}
	return response, relation.asPublished(tx, manifest)
}

// asPublished refuses a manifest that is not the one that the ledger has published of
// this collection's record: two members can put another record in its place.
func (r *relation) asPublished(tx *ledger.Tx, m *Manifest) error {
	p, err := Load(tx, m.ID)
	if err != nil || p == nil || p.Collection != r.collection {
		return err
	}
	same, err := m.equals(&p.Manifest)
	if err == nil && !same {
		err = fault.New(fault.HashMismatch, "another record stands in the place of the one that has been published")
	}
	return err
}

// read reads a private value that has the hash on the ledger; nil when there is none.
func (r *relation) read(tx *ledger.Tx, key ledger.Key) ([]byte, error) {
	value, err := tx.GetPrivate(r.collection, key)
	if err != nil || value == nil {
		return nil, err
	}
	hash, err := tx.GetPrivateHash(r.collection, key)
	if err != nil {
		return nil, err
	}
	if digest := sha256.Sum256(value); !bytes.Equal(hash, digest[:]) {
		return nil, fault.New(fault.HashMismatch, "the value at the peer of %s is not the one on the ledger", tx.PeerMSP())
	}
	return value, nil
}

// readManifest reads the manifest of a record in the collection; nil when there is
// none.
func (r *relation) readManifest(tx *ledger.Tx, id string) (*Manifest, error) {
	value, err := r.read(tx, manifestKey(id))
	if err != nil || value == nil {
		return nil, err
	}
	m := new(Manifest)
	if json.Unmarshal(value, m) != nil {
		return nil, fault.New(fault.Internal, "the manifest of the record cannot be read")
	}
	return m, nil
}
