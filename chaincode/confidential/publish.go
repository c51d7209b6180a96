package confidential

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/collections"
)

// publishedRoom is what a published record needs beside manifest and name of the
// collection, in bytes.
const publishedRoom = 2 << 10

// PublishRequest has the manifest that [Read] returned.
type PublishRequest struct {
	Manifest Manifest `json:"manifest"`
}

// Publish puts the manifest of a record on the ledger: that the record exists, what
// rules apply to it and what its fields commit to. Its content stays with the
// members. An operator or admin of its owner may. Every endorser checks that the
// ledger has the manifest's hash of the collection: so nothing is published that two
// members have not endorsed.
//
// Refusals: fault.InvalidRequest for a manifest that breaks a rule; fault.NotOwner;
// fault.NotFound when the collection holds no such record, or the ledger has no
// record of an object or lot that it is about; fault.NotParticipant for an approver
// who is not on record, fault.ReaderOnly for one who cannot vote; fault.HashMismatch
// for another manifest than was written; fault.AlreadyRecorded for one that has been
// published (detail "transaction"), and fault.AlreadyExists for another one under its
// id; fault.OutOfSequence for a second version in place of the same record, and for
// what is not the next one; fault.TimeAhead.
func Publish(tx *ledger.Tx, req PublishRequest) (Published, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin)
	if err != nil {
		return Published{}, err
	}
	m := req.Manifest
	m.Written = m.Written.UTC()
	switch err := m.Check(); {
	case err != nil:
		return Published{}, err
	case m.Owner != caller.MSP:
		return Published{}, fault.New(fault.NotOwner, "only the organisation that wrote a record publishes it").At("/manifest/owner")
	case m.Written.After(tx.Time().Add(personal.Skew)):
		return Published{}, fault.New(fault.TimeAhead, "the record is dated more than 15 minutes ahead").At("/manifest/written")
	}
	p := &Published{
		V: Version, Manifest: m, Collection: collections.Relation(m.Members...),
		By: caller.MSP, Recorded: tx.Time(), Transaction: tx.ID(),
	}
	for _, check := range []func(*ledger.Tx) error{p.unpublished, p.endorsed, p.concerned} {
		if err := check(tx); err != nil {
			return Published{}, err
		}
	}
	return *p, p.store(tx)
}

// unpublished refuses a record that is on the ledger.
func (p *Published) unpublished(tx *ledger.Tx) error {
	before, err := Load(tx, p.Manifest.ID)
	if err != nil || before == nil {
		return err
	}
	switch same, err := p.Manifest.equals(&before.Manifest); {
	case err != nil:
		return err
	case same:
		return fault.New(fault.AlreadyRecorded, "the record has been published").With("transaction", before.Transaction)
	}
	return fault.New(fault.AlreadyExists, "another record of this id has been published").With("transaction", before.Transaction).At("/manifest/id")
}

// endorsed checks that the manifest is the one in the collection, and takes the hash
// of the content from there.
func (p *Published) endorsed(tx *ledger.Tx) error {
	value, err := encode(p.Manifest)
	if err != nil {
		return err
	}
	on, err := tx.GetPrivateHash(p.Collection, manifestKey(p.Manifest.ID))
	if err != nil {
		return err
	}
	content, err := tx.GetPrivateHash(p.Collection, contentKey(p.Manifest.ID))
	if err != nil {
		return err
	}
	digest := sha256.Sum256(value)
	switch {
	case on == nil || content == nil:
		return fault.New(fault.NotFound, "write the record first: its members' collection holds none of this id").At("/manifest/id")
	case !bytes.Equal(on, digest[:]):
		return fault.New(fault.HashMismatch, "this is not the manifest that was written: the ledger has hash %x of that", on).At("/manifest")
	}
	p.Hash = hex.EncodeToString(content)
	return nil
}

// concerned checks that what the record is about and who has to approve are on
// record.
func (p *Published) concerned(tx *ledger.Tx) error {
	var ids []gs1.ID
	for _, subject := range p.Manifest.Subjects {
		if !strings.HasPrefix(subject, "/") {
			continue // an event, which may come later
		}
		id, err := gs1.Parse(subject)
		if err != nil {
			return fault.New(fault.InvalidIdentifier, "%w", err).At("/manifest/subjects")
		}
		ids = append(ids, id)
	}
	switch id, unknown, err := product.Unknown(tx, ids); {
	case err != nil:
		return err
	case unknown:
		return fault.New(fault.NotFound, "this is not on the ledger").About(id.Path()).At("/manifest/subjects")
	}
	for _, msp := range p.Manifest.Approvers {
		switch approver, err := participant.Load(tx, msp); {
		case err != nil:
			return err
		case approver == nil:
			return fault.New(fault.NotParticipant, "%s is not on record: nothing could ever be disclosed", msp).At("/manifest/approvers")
		case approver.Reader:
			return fault.New(fault.ReaderOnly, "%s reads only and has no vote: nothing could ever be disclosed", msp).At("/manifest/approvers")
		}
	}
	return nil
}

// entry stands where the key says it all.
type entry struct {
	V int `json:"v"`
}

// idKey says that a record of this id has been published, by a hash: a write reads it,
// and what is read stands in the block. Whoever knew the id from there could publish
// a record of its own under it first.
func idKey(id string) ledger.Key { return ledger.NewKey("recordid", hexHash([]byte(id))) }

func subjectKey(subject string, id ...string) ledger.Key {
	return ledger.NewKey("recordof", append([]string{subject}, id...)...)
}

func ownerKey(owner string, id ...string) ledger.Key {
	return ledger.NewKey("recordby", append([]string{owner}, id...)...)
}

// versionKey is the owner's own: nobody else's record comes after one of its.
func versionKey(owner, id string) ledger.Key { return ledger.NewKey("recordnext", owner, id) }

// store writes the record with its indices, and links it with the versions before
// and after, whichever was published first.
func (p *Published) store(tx *ledger.Tx) error {
	m := p.Manifest
	if err := p.replace(tx); err != nil {
		return err
	}
	if err := p.replaced(tx); err != nil {
		return err
	}
	for _, key := range []ledger.Key{idKey(m.ID), ownerKey(m.Owner, m.ID)} {
		if err := ledger.Store(tx, key, entry{V: Version}); err != nil {
			return err
		}
	}
	for _, subject := range m.Subjects {
		if err := ledger.Store(tx, subjectKey(subject, m.ID), entry{V: Version}); err != nil {
			return err
		}
	}
	return ledger.Store(tx, recordKey(m.ID), p)
}

// replace says of the version before that this one replaces it.
func (p *Published) replace(tx *ledger.Tx) error {
	m := p.Manifest
	if m.Replaces == "" {
		return nil
	}
	switch other, err := tx.Get(versionKey(m.Owner, m.Replaces)); {
	case err != nil:
		return err
	case other != nil:
		return fault.New(fault.OutOfSequence, "the version before has been replaced by another").At("/manifest/replaces")
	}
	if err := ledger.Store(tx, versionKey(m.Owner, m.Replaces), next{V: Version, ID: m.ID}); err != nil {
		return err
	}
	before, err := Load(tx, m.Replaces)
	if err != nil || before == nil {
		return err
	}
	if !before.precedes(p) {
		return fault.New(fault.OutOfSequence, "this is not the next version of the record that it replaces").At("/manifest/replaces")
	}
	before.Next = m.ID
	return ledger.Store(tx, recordKey(m.Replaces), before)
}

// replaced links the record with the next version, where that was published first.
func (p *Published) replaced(tx *ledger.Tx) error {
	link, found, err := ledger.Load[next](tx, versionKey(p.Manifest.Owner, p.Manifest.ID))
	if err != nil || !found {
		return err
	}
	after, err := Load(tx, link.ID)
	if err != nil {
		return err
	}
	if after == nil || !p.precedes(after) {
		return fault.New(fault.OutOfSequence, "a record has been published that replaces this one, and is not its next version").At("/manifest/id")
	}
	p.Next = link.ID
	return nil
}

// precedes reports whether another record can be the next version of this one.
func (p *Published) precedes(q *Published) bool {
	a, b := &p.Manifest, &q.Manifest
	return a.Owner == b.Owner && a.Kind == b.Kind && a.Version+1 == b.Version && p.Collection == q.Collection
}
