// Package participant keeps who takes part: organisations with their roles,
// GLNs and licences of GS1 keys, the votes that admit and change them, and the
// devices whose signatures the ledger accepts.
//
// The first organisations are founders: their proposal takes effect when each
// of them has approved it. From then on a majority of the organisations on
// record decides, one key a vote ([Propose], [Approve]); nobody on record is
// changed without its own consent. An organisation that only reads, such as a
// regulator, is on record and neither votes nor writes.
//
// Rules of other packages start with [Require], which says whether the caller
// may write at all, and ask [Licensees], [ByGLN] and [LoadDevice].
//
// Keys: organisation~MSP, party~GLN, licence~prefix, licencekey~key,
// proposal~ID, proposed~ID~MSP, vote~ID~MSP, device~ID and devicekey~hash.
//
// It is pure: it imports the standard library, gs1, fault and ledger.
package participant
