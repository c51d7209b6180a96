// Package participant keeps who takes part: organisations with their roles,
// GLNs and licences of GS1 keys, the votes that admit and change them, what the
// holders of licences delegate to others, parties outside of the channel with
// the sponsors that record for them, and the devices whose signatures the ledger
// accepts.
//
// The first organisations are founders: their proposal takes effect when each
// of them has approved it. From then on a majority of the organisations on
// record decides, one key a vote ([Propose], [Approve]); nobody on record is
// changed without its own consent. An organisation that only reads, such as a
// regulator, is on record and neither votes nor writes.
//
// What is an organisation's own it decides alone, by its admin: who else may
// commission under its licences ([Delegate], [EndDelegation]), and for which
// parties without an MSP it records ([RegisterParty], [EndParty]).
//
// A device is believed as far as its records say: the keys that it has in turn
// ([RotateDeviceKey]), its calibrations ([RecordCalibration]), suspensions and
// revocation ([SuspendDevice], [RevokeDevice]). [LoadTrust] reads them;
// [Trust.Signed] and [Trust.Fit] say whether a recording is taken, and
// [Trust.Doubts] what of the readings on record is not believed.
//
// Rules of other packages start with [Require], which says whether the caller
// may write at all, and ask [Rights], [Licensees], [Parties] and [LoadDevice].
//
// Keys:
//
//	organisation~MSP                      an organisation as it stands
//	party~GLN                             whose GLN it is; the record of a party outside
//	licence~PREFIX, licencekey~KEY        who holds a prefix or single key
//	delegation~HOLDER~DELEGATE~SCOPE      a delegation; SCOPE is a prefix or a single key
//	delegated~DELEGATE~HOLDER~SCOPE       its index for the delegate
//	proposal~ID, proposed~ID~MSP          a proposal, and each organisation in it
//	vote~ID~MSP                           one organisation's approval
//	revokedcertificate~MSP~ISSUER~SERIAL  a person's certificate that counts no longer
//	device~ID, devicekey~MSP~HASH         a device, and each key that it signs or signed with
//	deviceof~MSP~ID, vouched~GATEWAY~ID   the devices of an owner, and of a gateway
//	devicestep~ID~N                       what was done to a device
//	signers~ID                            the keys and gateways before the present one
//	calibration~ID~PERFORMED              a calibration
//	calibrations~ID                       what all of them mean, to be read at once
//
// It is pure: it imports the standard library, gs1, fault and ledger.
package participant
