package ledger

import "time"

// Backend is one transaction of a ledger as the ledger itself offers it: reads
// see committed state only, writes are seen by nobody until they commit.
//
// A rule never uses it; [Tx] does. Implementations: the shim adapter in
// package contract, and memledger.
type Backend interface {
	// Info describes the transaction. It does not change.
	Info() Info
	// Transient returns an entry of the transient map, nil when absent. It
	// reaches every endorser and never the ledger.
	Transient(name string) ([]byte, error)

	// Get reads committed values; nil stands for an absent key. The result
	// has one entry for each key.
	Get(keys []Key) ([][]byte, error)
	// Scan calls yield for each committed entry whose key extends prefix, in
	// key order, until yield returns false. It is re-executed at commit, so
	// that a phantom invalidates the transaction.
	Scan(prefix Key, yield func(Entry) bool) error
	// Page reads up to size committed entries whose keys extend prefix,
	// starting at the bookmark that the previous page returned ("" for the
	// first). It is not re-executed at commit, so it may not stand in a
	// transaction that writes.
	Page(prefix Key, size int, bookmark string) ([]Entry, string, error)
	// Bookmark returns the bookmark of a page that begins with a key, or with
	// the next one where there is no such key. It reads nothing.
	Bookmark(from Key) string
	// Write records writes; one key stands in them once.
	Write(writes []Write) error

	// GetPrivate reads a committed private value; nil when there is none.
	GetPrivate(collection string, key Key) ([]byte, error)
	// GetPrivateHash reads the SHA-256 of a private value, which every peer
	// holds, member or not; nil when there is none.
	GetPrivateHash(collection string, key Key) ([]byte, error)
	// WritePrivate records a private write.
	WritePrivate(collection string, write Write) error
	// Purge removes a private value and its history from every member.
	Purge(collection string, key Key) error

	// Event sets the transaction's one chaincode event: a wake-up hint that a
	// follower must never act on, because one organisation can forge it.
	Event(name string, payload []byte) error
}

// Info describes a transaction.
type Info struct {
	ID      string
	Channel string
	// Time is the proposal's timestamp: chosen by the client, and within 15
	// minutes of each endorsing peer's clock.
	Time time.Time
	// Caller is who signed the proposal.
	Caller Caller
	// PeerMSP is the organisation of the peer that this endorsement runs for.
	PeerMSP string
}

// Caller is an authenticated identity: its certificate was checked by the peer
// against the channel's configuration.
type Caller struct {
	// MSP is the caller's organisation, by its Fabric MSP id.
	MSP string
	// Subject names the person or device within the organisation: the
	// certificate's subject and issuer.
	Subject string
	// Role is the certificate's attribute [RoleAttribute]; empty without one.
	Role string
	// Certificate is the X.509 certificate, DER.
	Certificate []byte
}

// RoleAttribute is the certificate attribute (fabric-ca's extension) that
// carries a person's role.
const RoleAttribute = "countersign.role"

// Roles of persons and devices within an organisation.
const (
	// RoleAdmin speaks for the organisation: admits others, votes.
	RoleAdmin = "admin"
	// RoleOperator records events.
	RoleOperator = "operator"
	// RoleQuality decides on breaches.
	RoleQuality = "quality"
	// RoleAuditor reads.
	RoleAuditor = "auditor"
	// RoleGateway submits recordings on behalf of devices.
	RoleGateway = "gateway"
)

// Entry is a key and its committed value.
type Entry struct {
	Key   Key
	Value []byte
}

// Write sets a key, or deletes it when Value is nil.
type Write struct {
	Key   Key
	Value []byte
}
