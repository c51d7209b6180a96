package ledger

import "github.com/countersign-ledger/countersign/chaincode/fault"

// GetPrivate reads a private value; nil when there is none. It fails with
// fault.NotMember when the caller's organisation may not read the collection,
// and with fault.NotHere when a value is on record but not at this peer.
func (tx *Tx) GetPrivate(collection string, key Key) ([]byte, error) {
	if key == "" {
		return nil, errKey()
	}
	value, err := tx.backend.GetPrivate(collection, key)
	if err != nil {
		return nil, fault.Of(err)
	}
	return value, nil
}

// GetPrivateHash reads the SHA-256 that the ledger holds of a private value,
// nil when there is none. Anyone may.
func (tx *Tx) GetPrivateHash(collection string, key Key) ([]byte, error) {
	if key == "" {
		return nil, errKey()
	}
	hash, err := tx.backend.GetPrivateHash(collection, key)
	if err != nil {
		return nil, fault.Of(err)
	}
	return hash, nil
}

// PutPrivate writes a private value at once.
//
// Fabric keeps the private write set at every endorser, member or not, and
// lets a public write in the same transaction draw endorsers that are no
// members. So a transaction that writes a private value writes nothing public:
// it is refused after a public write, and [Tx.Put] after it has no effect
// other than to fail at the collection's endorsement policy.
func (tx *Tx) PutPrivate(collection string, key Key, value []byte) error {
	if key == "" {
		return errKey()
	}
	if err := tx.mayWritePrivate(); err != nil {
		return err
	}
	if len(value) == 0 || len(value) > MaxRecord {
		return fault.New(fault.LimitExceeded, "a private value has 1 to %d bytes, not %d", MaxRecord, len(value))
	}
	tx.private = true
	if err := tx.backend.WritePrivate(collection, Write{Key: key, Value: value}); err != nil {
		return fault.Of(err)
	}
	return nil
}

// Purge removes a private value and every earlier one under its key, at every
// member: from queries at once, from storage after Fabric's purge interval.
func (tx *Tx) Purge(collection string, key Key) error {
	if key == "" {
		return errKey()
	}
	if err := tx.mayWritePrivate(); err != nil {
		return err
	}
	tx.private = true
	if err := tx.backend.Purge(collection, key); err != nil {
		return fault.Of(err)
	}
	return nil
}

// MaxArchived bounds a value that [Tx.Archive] writes, in bytes.
const MaxArchived = 2 << 20

// Archive writes a private value beside the public ones of a transaction, at
// once. It is for what every endorser has been given anyway, because it computes
// the public writes from it, and what the members of the collection may all see:
// each organisation that endorses this chaincode must be one, and the collection
// has no endorsement policy of its own. Then the two reasons for which
// [Tx.PutPrivate] stands alone do not apply: no endorser keeps what it may not
// see, and both kinds of writes are endorsed by the same organisations.
//
// It fails with fault.NotMember when the caller's organisation may not write to
// the collection, with fault.NotFound when the channel has none of that name,
// and with fault.LimitExceeded beyond [MaxArchived].
func (tx *Tx) Archive(collection string, key Key, value []byte) error {
	if err := tx.mayWritePublic(key); err != nil {
		return err
	}
	if len(value) == 0 || len(value) > MaxArchived {
		return fault.New(fault.LimitExceeded, "an archived value has 1 to %d bytes, not %d", MaxArchived, len(value))
	}
	tx.archived = true
	if err := tx.backend.WritePrivate(collection, Write{Key: key, Value: value}); err != nil {
		return fault.Of(err)
	}
	return nil
}

func (tx *Tx) mayWritePrivate() error {
	if len(tx.order) > 0 || tx.archived {
		return errMixed()
	}
	return tx.mayWrite()
}

func errMixed() error {
	return fault.New(fault.Internal, "a confidential write must be a transaction of its own")
}
