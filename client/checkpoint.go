package client

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
)

// Checkpoint is a place in the ledger between two items of a stream: behind the one
// that was read last. The zero value is the beginning.
//
// Block, Transaction and Write say where the next item is at the earliest: a block's
// number, the place of a transaction in the block, and that of a write among the
// public writes of the transaction, each from 0. So (7, 0, 0) has all of block 6
// behind it and nothing of block 7: there is no second meaning by which a block
// would be read again, or left out.
type Checkpoint struct {
	Block       uint64
	Transaction uint64
	Write       uint64
	// Last is the header of the last block that was read: Block itself when part of
	// it has been, else the one before; the zero Header when that is not known, as
	// at the beginning. A peer whose history is another is found by it.
	Last Header
}

// Header is the header of a block: what binds a ledger together.
type Header struct {
	Number uint64
	// Previous is the hash of the header before, Data that of the block's
	// transactions, SHA-256.
	Previous, Data []byte
}

// Known tells that the header is one: the zero Header stands for none.
func (h Header) Known() bool { return len(h.Data) > 0 }

// Equal tells whether two headers are the same.
func (h Header) Equal(other Header) bool {
	return h.Number == other.Number && bytes.Equal(h.Previous, other.Previous) && bytes.Equal(h.Data, other.Data)
}

// Hash returns the SHA-256 by which the next block names this one: over the ASN.1
// DER of the sequence of number, previous hash and data hash (protoutil.BlockHeaderHash
// in Fabric).
func (h Header) Hash() []byte {
	text, err := asn1.Marshal(struct {
		Number         *big.Int
		Previous, Data []byte
	}{new(big.Int).SetUint64(h.Number), h.Previous, h.Data})
	if err != nil { // none of these can fail
		return nil
	}
	sum := sha256.Sum256(text)
	return sum[:]
}

// partial tells that the checkpoint is within a block of which it knows the header.
func (c Checkpoint) partial() bool { return c.Last.Known() && c.Last.Number == c.Block }

// checkpointVersion is that of the written form.
const checkpointVersion = 1

type writtenCheckpoint struct {
	V           int            `json:"v"`
	Block       uint64         `json:"block"`
	Transaction uint64         `json:"transaction,omitempty"`
	Write       uint64         `json:"write,omitempty"`
	Last        *writtenHeader `json:"last,omitempty"`
}

type writtenHeader struct {
	Number   uint64 `json:"number"`
	Previous string `json:"previous"`
	Data     string `json:"data"`
}

// MarshalJSON writes the checkpoint, always in the same bytes.
func (c Checkpoint) MarshalJSON() ([]byte, error) {
	w := writtenCheckpoint{V: checkpointVersion, Block: c.Block, Transaction: c.Transaction, Write: c.Write}
	if c.Last.Known() {
		w.Last = &writtenHeader{c.Last.Number, hex.EncodeToString(c.Last.Previous), hex.EncodeToString(c.Last.Data)}
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads what MarshalJSON has written, and nothing else: it fails for
// an unknown member, for one of a later version, and for a header that is not of the
// block or the one before.
func (c *Checkpoint) UnmarshalJSON(text []byte) error {
	var w writtenCheckpoint
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&w); err != nil {
		return fmt.Errorf("client: read a checkpoint: %w", err)
	}
	if w.V != checkpointVersion {
		return fmt.Errorf("client: a checkpoint of version %d: this reads version %d", w.V, checkpointVersion)
	}
	read := Checkpoint{Block: w.Block, Transaction: w.Transaction, Write: w.Write}
	if w.Last != nil {
		previous, err := hex.DecodeString(w.Last.Previous)
		data, other := hex.DecodeString(w.Last.Data)
		if err := errors.Join(err, other); err != nil {
			return fmt.Errorf("client: read a checkpoint: %w", err)
		}
		if read.Last = (Header{Number: w.Last.Number, Previous: previous, Data: data}); !read.Last.Known() {
			return errors.New("client: a checkpoint has the header of no block")
		}
	}
	if err := read.check(); err != nil {
		return err
	}
	*c = read
	return nil
}

func (c Checkpoint) check() error {
	whole := c.Transaction == 0 && c.Write == 0
	switch {
	case !c.Last.Known() && !whole:
		return errors.New("client: a checkpoint within a block has the block's header")
	case c.Last.Known() && !c.partial() && (c.Last.Number+1 != c.Block || !whole):
		return fmt.Errorf("client: a checkpoint in block %d has the header of block %d", c.Block, c.Last.Number)
	case c.Last.Known() && len(c.Last.Data) != sha256.Size:
		return errors.New("client: a checkpoint has the header of no block")
	}
	return nil
}

// String shows the checkpoint to people.
func (c Checkpoint) String() string {
	if c.Transaction == 0 && c.Write == 0 {
		return fmt.Sprintf("block %d", c.Block)
	}
	return fmt.Sprintf("block %d, transaction %d, write %d", c.Block, c.Transaction, c.Write)
}
