package contract

import (
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// GetPrivate implements [ledger.Backend].
func (b *backend) GetPrivate(collection string, key ledger.Key) ([]byte, error) {
	value, err := b.stub.GetPrivateData(collection, string(key))
	return value, b.explain(err, collection)
}

// GetPrivateHash implements [ledger.Backend].
func (b *backend) GetPrivateHash(collection string, key ledger.Key) ([]byte, error) {
	hash, err := b.stub.GetPrivateDataHash(collection, string(key))
	return hash, b.explain(err, collection)
}

// WritePrivate implements [ledger.Backend].
func (b *backend) WritePrivate(collection string, w ledger.Write) error {
	return b.explain(b.stub.PutPrivateData(collection, string(w.Key), w.Value), collection)
}

// Purge implements [ledger.Backend].
func (b *backend) Purge(collection string, key ledger.Key) error {
	return b.explain(b.stub.PurgePrivateData(collection, string(key)), collection)
}

// explain gives a peer's refusal its code. A peer says it in words only; these
// are of Fabric 2.5 and 3.1 (core/chaincode/handler.go, core/ledger/kvledger/
// txmgmt/txmgr, core/common/privdata), and the tests on a real network hold
// them. Words that are not known stay fault.Internal: a refusal all the same.
func (b *backend) explain(err error, collection string) error {
	if err == nil {
		return nil
	}
	switch text := err.Error(); {
	case strings.Contains(text, "tx creator does not have"):
		return fault.New(fault.NotMember, "%s may not use the collection %s", b.info.Caller.MSP, collection)
	case strings.Contains(text, "private data matching public hash version is not available"):
		return fault.New(fault.NotHere, "private data matching the public hash is not at the peer of %s; ask a member's peer, or try again once it has been reconciled", b.info.PeerMSP)
	case strings.Contains(text, "could not be found") && strings.Contains(text, "collection"),
		strings.Contains(text, "not defined in the collection config"), strings.Contains(text, "collection config not defined"):
		return fault.New(fault.NotFound, "there is no private data collection %q on this channel", collection)
	}
	return fault.New(fault.Internal, "private data: %w", err)
}
