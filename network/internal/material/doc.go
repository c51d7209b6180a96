// Package material makes the keys and certificates of a network in memory and
// writes them in Fabric's MSP folder layout.
//
// Each organisation has two certificate authorities: one for identities, which
// sign transactions and blocks, and one for TLS. Keys are ECDSA P-256.
// Certificates carry the organisational unit that Fabric's NodeOUs read (client,
// peer, admin, orderer), and a user's attributes in the extension that fabric-ca
// writes. The keys are for networks on one machine: they are made anew for each
// and lie unencrypted in its folder.
package material
