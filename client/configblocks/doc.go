// Package configblocks reads the configuration blocks of a channel from a peer, for
// [github.com/countersign-ledger/countersign/client/verify.Trust] to follow. Nothing
// that the peer says is believed here: a peer can show nothing, or too little, and
// whoever follows finds out what does not lead on from what was followed.
package configblocks
