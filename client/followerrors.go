package client

import (
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// StreamError is how a stream of [Client.Follow] ended, and the last that it yields.
// Underneath is why: the context's error when that has ended; a [ForkError],
// [CorruptBlockError] or [RecordError], which no other try heals; a [BlocksError]
// when peers refused, or none could be reached for as long as [GiveUpAfter] says.
type StreamError struct {
	// Stream is the stream's name, such as "breaches".
	Stream string
	// Checkpoint is where the stream was: another goes on there, [From] it.
	Checkpoint Checkpoint
	cause      error
}

// Error implements error.
func (e *StreamError) Error() string {
	return fmt.Sprintf("client: the stream of %s ended at %s: %v", e.Stream, e.Checkpoint, e.cause)
}

// Unwrap returns why.
func (e *StreamError) Unwrap() error { return e.cause }

// ForkError says that a peer has another history than what was read before: one of
// the two, or what was read when the checkpoint was made, is not the channel's. Both
// headers are kept for the dispute: the orderers have signed one of them at most, or
// are at fault themselves.
type ForkError struct {
	// Known is the header of the block as it was read, Found that of the same block
	// as the peer has it now; where the peer does not give out that block any more,
	// Found is of the next, whose previous hash is not that of Known.
	Known, Found Header
}

// Error implements error.
func (e *ForkError) Error() string {
	if e.Found.Number != e.Known.Number {
		return fmt.Sprintf("block %d of this peer does not follow the block %d that was read (%x): the peer has another history", e.Found.Number, e.Known.Number, e.Known.Hash())
	}
	return fmt.Sprintf("block %d of this peer (%x) is not the one that was read (%x): the peer has another history", e.Known.Number, e.Found.Hash(), e.Known.Hash())
}

// CorruptBlockError says that a peer gave out a block that is none: its transactions
// are not those of its header, or it is not in the form of Fabric's blocks.
type CorruptBlockError struct {
	Header Header
	cause  error
}

// Error implements error.
func (e *CorruptBlockError) Error() string {
	return fmt.Sprintf("block %d is corrupt: %v", e.Header.Number, e.cause)
}

// Unwrap returns what is wrong.
func (e *CorruptBlockError) Unwrap() error { return e.cause }

// RecordError says that a record on the ledger cannot be read by this version of the
// client. With fault.Unsupported underneath, a later version of the chaincode has
// written it: update the program, and go on from the checkpoint.
type RecordError struct {
	Block       uint64
	Transaction string
	Key         ledger.Key
	cause       error
}

// Error implements error.
func (e *RecordError) Error() string {
	return fmt.Sprintf("block %d, transaction %s: %v", e.Block, e.Transaction, e.cause)
}

// Unwrap returns why.
func (e *RecordError) Unwrap() error { return e.cause }
