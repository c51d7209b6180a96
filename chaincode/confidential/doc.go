// Package confidential keeps supplier data that only two organisations may
// see, provable to others by a hash on the ledger.
//
// A record is written in three steps, each a transaction of its own:
//
//  1. [Write] puts it into the pair's collection. It touches nothing public
//     and is endorsed by the two members alone, because Fabric leaves the
//     private write set in plain text at every endorser. All of the record,
//     even its id, travels in the transient map.
//  2. [Publish], if the writer wants others to know that a record about an
//     object exists, makes a public pointer to the hash that Fabric keeps of
//     it. If this never happens, the record is an orphan that its owner may
//     purge, and nothing public is wrong.
//  3. [Purge], one day, removes it from both members.
//
// Each field has a random salt of 32 bytes, so that the public hash confirms
// no guess, whatever else is known.
package confidential
