// Package confidential keeps supplier data that some organisations share and nobody
// else sees: provable to others field by field, versioned, kept as long as it must
// be and erasable.
//
// # A record's life
//
// Each step is a transaction of its own, because Fabric leaves the private write set
// in plain text at every endorser and lets a public write draw others than the
// members:
//
//  1. [Write] puts a record into the collection of its members: its [Content], the
//     fields with their salts, and its [Manifest], in which each field is but a
//     commitment. It touches nothing public, and peers of members alone endorse it.
//     All of the record, even its id, travels in the transient map.
//  2. [Publish] puts the manifest on the ledger. Every endorser, member or not,
//     checks that it is the one whose hash the ledger has of the collection, so that
//     the public commitments are those that two members endorsed. If this never
//     happens, the record is an orphan that its owner may purge, and nothing public
//     is wrong.
//  3. A later version is another record, with an id of its own, that names the one
//     which it replaces.
//  4. [PlaceLegalHold] keeps a record from being purged; for an organisation that
//     reads only, [CarryLegalHold] brings its signed statement.
//  5. [Purge], once the time for which the record is kept is over, removes both
//     values from all members: from queries at once, from storage after Fabric's
//     purge interval. [RecordPurge] puts on record that this was done, and why; the
//     manifest stays, as proof of what there had been.
//
// [Record] says how a published record stands.
//
// # Keys
//
//	content~ID, manifest~ID      in the collection: the content and the manifest
//	next~ID                      in the collection: the version that replaces the record
//	record~ID                    a published record
//	recordof~SUBJECT~ID          its index by what it is about
//	recordby~OWNER~ID            its index by who wrote it
//	recordid~HASH                that there is one: the SHA-256 of its id
//	recordnext~OWNER~ID          the published version that replaces the record
//	legalhold~ID~MSP             an organisation's hold of a record
//	legalholdstep~ID~MSP~N       each time that it was placed or lifted
//
// # What can be seen
//
// Of a write: who the members are, when it was, that there are two values (three for
// a later version), and hashes that confirm no guess, because ids and salts are 32
// random bytes. A hold of a record that has not been published tells its id; a purge
// tells it, too. Of a published record: its manifest.
// How many fields a record has is hidden as far as decoys do it.
//
// It is pure: it imports the standard library and other pure packages.
package confidential
