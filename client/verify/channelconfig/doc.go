// Package channelconfig follows the configuration of a Fabric channel from one that
// is pinned, through updates that verify, so that nobody needs to trust the peer or
// orderer that shows them. It is pure: bytes in, a [Configuration] out. It dials
// nothing and reads no clock, and imports the standard library, protobuf and Fabric's
// protos alone.
//
// Start at [Pin], with a configuration block that reached the verifier on a trusted
// way, or [PinByHash], with one from anywhere and its hash from a trusted way. Then
// [Configuration.Follow] takes the next configuration block, whoever shows it, and
// either returns the next configuration or an [Error] that names the rule, the element
// and the policy at which it failed. [Configuration.Organisations] are what verifiers
// of evidence need; [github.com/countersign-ledger/countersign/client/verify.Trust]
// makes roots of them and keeps them in a file.
//
// What is checked, as a peer does before it takes a configuration over (Fabric v3.1,
// common/configtx, common/policies, common/cauthdsl, msp): the update is of this
// channel; its read set names the versions that the configuration before has; each
// element that its write set changes goes up by one version, and the policy that
// governs the element in the configuration before (its mod_policy) is satisfied by
// signatures over this very update, of identities valid under that configuration,
// each counted once; the configuration shown is exactly what the update makes of the
// one before, its number one higher; its policies and MSPs can be read, no
// organisation changed its name.
//
// Where this package asks for more than a peer:
//   - the block's transaction is signed by a node of the ordering organisations (a
//     peer takes the block's own signatures instead), which is where its time is from;
//   - a signer's certificate must not have expired at that time, nor at the time of
//     the configuration before, whichever is later: keys of former administrators do
//     not make a channel's future;
//   - a signer must be valid under its MSP, not revoked, even if the MSP lists it
//     by its certificate as an administrator;
//   - sizes, depth and numbers are bounded.
//
// What is not checked: that the orderers ordered the block, in this place or at all;
// that no later update exists, which whoever shows blocks can withhold; and that the
// administrators who signed were right to. As many administrators as the policies ask
// for, together with a node of an ordering organisation, can sign two updates of one
// configuration; who has followed one refuses the other ([ErrFork]).
//
// Channels with capabilities before V1_4_3 are refused, and nobody of an Idemix MSP
// counts as a signer.
package channelconfig
