package confidential

import (
	"bytes"
	"encoding/hex"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Sensitivity says whose consent a disclosure of a record takes.
const (
	// Standard: the owner's.
	Standard = "standard"
	// Mutual: every member's, because the record is as much theirs, such as a price
	// that two have agreed.
	Mutual = "mutual"
	// PersonalData: every member's; a request names a legal basis, and a term of a
	// year at most.
	PersonalData = "personal"
)

// Manifest is what may become public of a private record: who and what it is
// about, what rules apply to it, and a salted commitment to each of its fields. It
// holds no secret. It stands in the collection beside the content, endorsed by two
// members, and once it is published on the ledger, too: every endorser then checks
// that it is the very manifest whose hash the ledger has of the collection.
type Manifest struct {
	// V is the schema version, 1.
	V int `json:"v"`
	// ID names the record: 32 random bytes in base64url without padding. It is part
	// of keys whose hashes are public, so it must be random.
	ID string `json:"id" jsonschema:"maxLength=43"`
	// Kind is what the record holds: one of collections.Kinds.
	Kind string `json:"kind" jsonschema:"maxLength=32"`
	// Owner is the organisation that wrote it, by MSP id.
	Owner string `json:"owner" jsonschema:"maxLength=128"`
	// Members are the organisations that share it, the owner among them, sorted.
	Members []string `json:"members" jsonschema:"maxItems=8"`
	// Subjects are what the record is about: objects, lots and classes as canonical
	// paths, events by their hash ids; sorted, at most 16.
	Subjects []string `json:"subjects,omitempty" jsonschema:"maxItems=16"`
	// Version counts from 1. A later one replaces the record whose id is Replaces,
	// of the same owner, members and kind.
	Version  int    `json:"version"`
	Replaces string `json:"replaces,omitempty" jsonschema:"maxLength=43"`
	// Sensitivity is standard, mutual or personal.
	Sensitivity string `json:"sensitivity" jsonschema:"enum=standard,enum=mutual,enum=personal"`
	// Approvers are further organisations without whose consent nothing is
	// disclosed, by MSP id, sorted, at most 8.
	Approvers []string `json:"approvers,omitempty" jsonschema:"maxItems=8"`
	// Transfer says where the record may go; absent: anywhere.
	Transfer *Transfer `json:"transfer,omitempty"`
	// Retention says how long it is kept.
	Retention Retention `json:"retention,omitzero"`
	// Written is the ledger time at which it was written.
	Written time.Time `json:"written"`
	// Commitments are those of the fields (package selective), sorted, so that
	// their order tells nothing.
	Commitments []string `json:"commitments" jsonschema:"maxItems=64"`
}

// Transfer restricts a record to countries: those of the organisations that it may
// go to, as the participants have them on record.
type Transfer struct {
	// Rule names why, such as "GDPR Chapter V: EEA only"; 1 to 200 bytes. A refusal
	// quotes it.
	Rule string `json:"rule" jsonschema:"maxLength=200"`
	// Countries are ISO 3166-1 alpha-2 codes, sorted, 1 to 64.
	Countries []string `json:"countries" jsonschema:"maxItems=64"`
}

// Retention is how long a record is kept. The zero value asks for nothing.
type Retention struct {
	// Keep is the shortest time for which it is kept, an ISO 8601 duration of whole
	// years, P1Y to P30Y, such as "P6Y"; absent: it can be purged at once.
	Keep string `json:"keep,omitempty" jsonschema:"maxLength=4"`
	// Basis says why, such as "HGB § 257"; at most 200 bytes.
	Basis string `json:"basis,omitempty" jsonschema:"maxLength=200"`
	// EraseAfter is the time after which it is due to be purged, as Keep, and no
	// shorter; absent: none. Nothing purges by itself.
	EraseAfter string `json:"eraseAfter,omitempty" jsonschema:"maxLength=4"`
}

// Published is a record as everybody on the channel sees it.
type Published struct {
	// V is the schema version.
	V int `json:"v"`
	// Manifest is what two members endorsed.
	Manifest Manifest `json:"manifest"`
	// Collection is where the content is; Hash the SHA-256 of its value,
	// hexadecimal, as the ledger had it when the manifest was published.
	Collection string `json:"collection"`
	Hash       string `json:"hash"`
	// By published it; Recorded is the ledger time, Transaction the transaction.
	By          string    `json:"by"`
	Recorded    time.Time `json:"recorded"`
	Transaction string    `json:"transaction"`
	// Next is the id of the version that replaces it, once that is published.
	Next string `json:"next,omitempty"`
	// Purged says that the content is gone; absent while nobody has said so.
	Purged *Purged `json:"purged,omitempty"`
}

// Purged is the proof that a record's content, which had existed, is gone: the
// ledger had its hash, and has it no more.
type Purged struct {
	// Reason is why: retentionEnded, erasureRequest, contractEnded, replaced or
	// other.
	Reason string `json:"reason" jsonschema:"enum=retentionEnded,enum=erasureRequest,enum=contractEnded,enum=replaced,enum=other"`
	// Text says more, at most 200 bytes.
	Text string `json:"text,omitempty" jsonschema:"maxLength=200"`
	// By recorded it, at a ledger time, in a transaction.
	By          string    `json:"by"`
	Recorded    time.Time `json:"recorded"`
	Transaction string    `json:"transaction"`
}

func recordKey(id string) ledger.Key { return ledger.NewKey("record", id) }

// Load returns a published record, nil when none of that id is on the ledger. The
// rules of disclosure begin with it.
func Load(tx *ledger.Tx, id string) (*Published, error) {
	found, ok, err := ledger.Load[Published](tx, recordKey(id))
	if err != nil || !ok {
		return nil, err
	}
	return &found, nil
}

// Kept reports whether the ledger still has the hash of the record's content: it
// has been neither purged nor has it expired.
func (p *Published) Kept(tx *ledger.Tx) (bool, error) {
	hash, err := tx.GetPrivateHash(p.Collection, contentKey(p.Manifest.ID))
	return hex.EncodeToString(hash) == p.Hash, err
}

// equals reports whether two manifests are the same to the byte.
func (m *Manifest) equals(other *Manifest) (bool, error) {
	mine, err := encode(m)
	if err != nil {
		return false, err
	}
	theirs, err := encode(other)
	return bytes.Equal(mine, theirs), err
}

// contentKey and manifestKey are the private keys of a record in its collection.
func contentKey(id string) ledger.Key  { return ledger.NewKey("content", id) }
func manifestKey(id string) ledger.Key { return ledger.NewKey("manifest", id) }
