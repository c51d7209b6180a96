package confidential

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// PurgeRequest names a record.
type PurgeRequest struct {
	// With are the MSP ids of the other members.
	With []string `json:"with"`
	// ID is the record's.
	ID string `json:"id"`
}

// PurgeResponse confirms a purge.
type PurgeResponse struct{}

// Purge removes the content and the manifest of a record from all its members: from
// queries at once, from storage after Fabric's purge interval. An admin of its owner
// may, once the time for which it is kept is over and while no legal hold stands.
//
// Refusals: fault.NotMember at the peer of anybody else; fault.NotFound;
// fault.NotOwner; fault.Retained (details "until", the time up to which it is kept,
// and "holds", the organisations that hold it, as far as there are any); fault.NotHere
// for a record that has neither been published nor reached this peer.
func Purge(tx *ledger.Tx, req PurgeRequest) (PurgeResponse, error) {
	relation, err := enter(tx, req.With, ledger.RoleAdmin)
	if err != nil {
		return PurgeResponse{}, err
	}
	manifest, err := relation.find(tx, req.ID)
	if err != nil {
		return PurgeResponse{}, err
	}
	if manifest.Owner != relation.caller.MSP {
		return PurgeResponse{}, fault.New(fault.NotOwner, "only the organisation that wrote a record may purge it")
	}
	if err := manifest.retained(tx); err != nil {
		return PurgeResponse{}, err
	}
	if err := tx.Purge(relation.collection, contentKey(req.ID)); err != nil {
		return PurgeResponse{}, err
	}
	return PurgeResponse{}, tx.Purge(relation.collection, manifestKey(req.ID))
}

// find returns the manifest of a record whose content the collection has: the
// published one, which every peer has, or else its own.
func (r *relation) find(tx *ledger.Tx, id string) (*Manifest, error) {
	hash, err := tx.GetPrivateHash(r.collection, contentKey(id))
	if err != nil {
		return nil, err
	}
	if hash == nil {
		return nil, fault.New(fault.NotFound, "there is no such record in the collection").At("/id")
	}
	published, err := Load(tx, id)
	if err != nil {
		return nil, err
	}
	if published != nil && published.Collection == r.collection {
		return &published.Manifest, nil
	}
	m, err := r.readManifest(tx, id)
	if err == nil && m == nil {
		err = fault.New(fault.NotFound, "there is no such record in the collection").At("/id")
	}
	return m, err
}

// Reasons for which a record was purged.
const (
	// RetentionEnded: the time for which it was kept is over.
	RetentionEnded = "retentionEnded"
	// ErasureRequest: the person whom it is about asked for it.
	ErasureRequest = "erasureRequest"
	// ContractEnded: what it was kept for is over.
	ContractEnded = "contractEnded"
	// Replaced: a later version stands in its place.
	Replaced = "replaced"
	// Other: see the text.
	Other = "other"
)

// MaxPurgeText bounds what is said of a purge, in bytes.
const MaxPurgeText = 200

// RecordPurgeRequest says why a record is gone.
type RecordPurgeRequest struct {
	// ID is the record's.
	ID string `json:"id"`
	// Reason is one of the documented ones.
	Reason string `json:"reason" jsonschema:"enum=retentionEnded,enum=erasureRequest,enum=contractEnded,enum=replaced,enum=other"`
	// Text says more, at most 200 bytes; mandatory for other. It is public: no
	// personal data.
	Text string `json:"text,omitempty" jsonschema:"maxLength=200"`
}

// Check holds the request against the documented form: before something is purged that
// cannot be brought back. It fails with fault.InvalidRequest.
func (r RecordPurgeRequest) Check() error {
	switch {
	case !slices.Contains([]string{RetentionEnded, ErasureRequest, ContractEnded, Replaced, Other}, r.Reason):
		return fault.New(fault.InvalidRequest, "a reason is retentionEnded, erasureRequest, contractEnded, replaced or other").At("/reason")
	case !isText(r.Text, 0, MaxPurgeText) || r.Reason == Other && r.Text == "":
		return fault.New(fault.InvalidRequest, "a text has at most %d bytes, UTF-8, and says why when nothing else does", MaxPurgeText).At("/text")
	}
	return nil
}

// RecordPurge puts on record that the content of a published record is gone, and
// why: every endorser checks that the ledger has no hash of it any more. With the
// manifest, which stays, it is the proof that the record had existed and that it was
// purged. An operator or admin of any of its members may.
//
// Refusals: fault.InvalidRequest; fault.NotFound; fault.NotMember;
// fault.OutOfSequence while the content is there; fault.Retained, as [Purge], when it
// is gone against the rules, so that its state stays missing; fault.AlreadyRecorded
// (detail "transaction").
func RecordPurge(tx *ledger.Tx, req RecordPurgeRequest) (Published, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin)
	if err != nil {
		return Published{}, err
	}
	if err := req.Check(); err != nil {
		return Published{}, err
	}
	p, err := mustLoad(tx, req.ID)
	switch {
	case err != nil:
		return Published{}, err
	case !slices.Contains(p.Manifest.Members, caller.MSP):
		return Published{}, fault.New(fault.NotMember, "a member of the record says why it is gone")
	case p.Purged != nil:
		return Published{}, fault.New(fault.AlreadyRecorded, "the purge is on record").With("transaction", p.Purged.Transaction)
	}
	hash, err := tx.GetPrivateHash(p.Collection, contentKey(req.ID))
	if err != nil {
		return Published{}, err
	}
	if hash != nil {
		return Published{}, fault.New(fault.OutOfSequence, "the content of the record is there: purge it first").At("/id")
	}
	if err := p.Manifest.retained(tx); err != nil {
		return Published{}, err
	}
	p.Purged = &Purged{Reason: req.Reason, Text: req.Text, By: caller.MSP, Recorded: tx.Time(), Transaction: tx.ID()}
	return *p, ledger.Store(tx, recordKey(req.ID), p)
}
