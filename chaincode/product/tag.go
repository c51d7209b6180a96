package product

import (
	"crypto/x509"
	"encoding/base64"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// MaxTagCounter bounds the counter of a tag: what every JSON parser reads
// exactly, and more than any tag counts to.
const MaxTagCounter = 1<<53 - 1

// Tag is the cryptographic tag of an object, such as an NFC chip with a secure
// element: it has a private key that it does not give away, and a counter that
// rises with each answer. Whatever can answer in its stead is a clone.
type Tag struct {
	// V is the schema version.
	V int `json:"v"`
	// ID is the object, canonical.
	ID string `json:"id"`
	// Number counts the tags of the object, from 1: a tag may be replaced.
	Number int `json:"number"`
	// Life is the life of the object for which it was bound, from 1.
	Life int `json:"life"`
	// PublicKey verifies its answers: SubjectPublicKeyInfo, DER, base64.
	PublicKey string `json:"publicKey"`
	// Algorithm is ES256 or EdDSA.
	Algorithm string `json:"algorithm"`
	// Start is its counter when it was bound: it answers with higher ones.
	Start uint64 `json:"start"`
	// BoundBy is the MSP id of the organisation that bound it, Bound the
	// ledger time.
	BoundBy string    `json:"boundBy"`
	Bound   time.Time `json:"bound"`
	// Counter is the highest that it has answered with, and Read the time of
	// that answer, by its challenge; absent before the first.
	Counter uint64    `json:"counter"`
	Read    time.Time `json:"read,omitzero"`
}

func tagKey(path string) ledger.Key { return ledger.NewKey("tag", path) }

// tagNumberKey is of the tag as it was bound.
func tagNumberKey(path string, number int) ledger.Key {
	return ledger.NewKey("tagbound", path, ledger.Number(uint64(number)))
}

// key returns the public key: see [participant.Signer.Key].
func (t *Tag) key() (any, error) {
	like := participant.Signer{PublicKey: t.PublicKey, Algorithm: t.Algorithm}
	return like.Key()
}

// BindTagRequest binds a tag to an object.
type BindTagRequest struct {
	// ID is the object in any GS1 form.
	ID string `json:"id"`
	// PublicKey is the tag's: SubjectPublicKeyInfo, DER, base64.
	PublicKey string `json:"publicKey"`
	// Algorithm is ES256 (a key on P-256) or EdDSA (Ed25519).
	Algorithm string `json:"algorithm" jsonschema:"enum=ES256,enum=EdDSA"`
	// Counter is the tag's at this time; absent for one that begins at 0.
	Counter uint64 `json:"counter,omitempty"`
}

// BindTag binds a cryptographic tag to an object whose life goes on. It takes an
// operator or admin of the organisation that commissioned the object or holds the
// licence for its key now; what another adopted and nobody has confirmed, only
// the latter vouches for. The first tag is bound while the object is in its
// custody; later it may replace the tag by another wherever the object is, say
// because it broke. An object has one tag at a time; earlier ones stay on record.
//
// Refusals: fault.NotParticipant, fault.ReaderOnly, fault.RoleRequired,
// fault.InvalidIdentifier, fault.Unsupported, fault.NotFound, fault.ObjectEnded,
// fault.NotLicensee, fault.NotCustodian, fault.AlreadyExists for the tag that the
// object has, fault.InvalidRequest for a key that does not fit, and
// fault.LimitExceeded over [MaxTagCounter].
func BindTag(tx *ledger.Tx, req BindTagRequest) (Tag, error) {
	if _, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin); err != nil {
		return Tag{}, err
	}
	if req.Counter > MaxTagCounter {
		return Tag{}, fault.New(fault.LimitExceeded, "a counter is at most %d", uint64(MaxTagCounter)).At("/counter")
	}
	_, twin, err := present(tx, req.ID)
	if err != nil {
		return Tag{}, err
	}
	before, bound, err := ledger.Load[Tag](tx, tagKey(twin.ID))
	if err != nil {
		return Tag{}, err
	}
	if err := mayBind(tx, twin, bound && before.Life == twin.lives()); err != nil {
		return Tag{}, fault.Of(err).About(twin.ID)
	}
	tag := Tag{
		V: Version, ID: twin.ID, Number: before.Number + 1, Life: twin.lives(), PublicKey: req.PublicKey, Algorithm: req.Algorithm,
		Start: req.Counter, Counter: req.Counter, BoundBy: tx.Caller().MSP, Bound: tx.Time(),
	}
	if err := tag.spellKey(); err != nil {
		return Tag{}, err
	}
	if bound && before.PublicKey == tag.PublicKey && before.Life == tag.Life {
		return Tag{}, fault.New(fault.AlreadyExists, "the object has this tag").About(twin.ID).At("/publicKey")
	}
	if err := ledger.Store(tx, tagNumberKey(tag.ID, tag.Number), tag); err != nil {
		return Tag{}, err
	}
	return tag, ledger.Store(tx, tagKey(tag.ID), tag)
}

// lives is the number of the object's present life, from 1.
func (t *Twin) lives() int { return max(t.Life, 1) }

// mayBind refuses a tag to who does not answer for what the object is.
func mayBind(tx *ledger.Tx, t *Twin, bound bool) error {
	if t.State != Active {
		return fault.New(fault.ObjectEnded, "the object's life is over")
	}
	id, err := gs1.Parse(t.ID)
	if err != nil {
		return fault.New(fault.Internal, "%w", err)
	}
	caller := tx.Caller().MSP
	rights, err := participant.Rights(tx, []gs1.ID{id}, caller)
	switch {
	case err != nil:
		return err
	case rights[0].Holder != caller && (t.CommissionedBy != caller || t.Unproven):
		return fault.New(fault.NotLicensee, "who commissioned the object, or holds the licence for its key, binds its tag").
			With("licensee", rights[0].Holder).With("commissionedBy", t.CommissionedBy)
	case !bound && t.Custodian != caller:
		return fault.New(fault.NotCustodian, "the object is in the custody of %s", t.Custodian).With("custodian", t.Custodian)
	}
	return nil
}

// spellKey checks the key and gives it its one spelling.
func (t *Tag) spellKey() error {
	key, err := t.key()
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return fault.New(fault.InvalidRequest, "the public key: %w", err).At("/publicKey")
	}
	t.PublicKey = base64.StdEncoding.EncodeToString(der)
	return nil
}
