package condition

import (
	"errors"
	"strconv"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// Head is where a device's chain of recordings stands.
type Head struct {
	// V is the schema version.
	V int `json:"v"`
	// Sequence and Root are of the last recording; 0 before the first.
	Sequence uint64         `json:"sequence"`
	Root     telemetry.Hash `json:"root"`
	// Last is its last reading.
	Last evaluation.Point `json:"last"`
}

// Recorded is what the ledger keeps of a recording: enough to prove any of its
// readings against the root, which the sender's archive holds.
type Recorded struct {
	// V is the schema version.
	V int `json:"v"`
	// Device is the device's canonical path, Sequence the recording's number.
	Device   string `json:"device"`
	Sequence uint64 `json:"sequence"`
	// Root identifies the recording and all its readings.
	Root telemetry.Hash `json:"root"`
	// Readings is how many there are, First and Last when the first and last
	// were taken.
	Readings int               `json:"readings"`
	First    evaluation.Moment `json:"first"`
	Last     evaluation.Moment `json:"last"`
	// Archived says that its readings are in the collection of all that trade.
	Archived bool `json:"archived,omitempty"`
	// By submitted it.
	By personal.Person `json:"by"`
	// Time is the ledger time, Transaction the transaction that recorded it.
	Time        time.Time `json:"time"`
	Transaction string    `json:"transaction"`
}

func headKey(device string) ledger.Key { return ledger.NewKey("head", device) }

func recordedKey(device string, sequence uint64) ledger.Key {
	return ledger.NewKey("recording", device, ledger.Number(sequence))
}

// loadHead returns a device's head, the zero Head before its first recording.
func loadHead(tx *ledger.Tx, device string) (Head, error) {
	head, _, err := ledger.Load[Head](tx, headKey(device))
	return head, err
}

// advance checks that recordings are the next of their device, one after
// another, and that it could be believed when it took them. It returns where its
// chain stands after the last.
func advance(tx *ledger.Tx, from *source, head Head, recordings []*telemetry.Recording) (Head, error) {
	known, err := onRecord(tx, head, recordings)
	if err != nil {
		return head, err
	}
	for i, recording := range recordings[known:] {
		last := evaluation.Moment(recording.Last().Time)
		if err := follow(tx, head, recording); err != nil {
			return head, ofRecording(known+i, fault.Of(err).About(from.Device.ID))
		}
		if err := from.fit(tx, known+i, last); err != nil {
			return head, ofRecording(known+i, fault.Of(err).About(from.Device.ID))
		}
		head = after(recording)
	}
	if known > 0 { // the others could follow: say so
		return head, ofRecording(known, fault.New(fault.OutOfSequence,
			"the first %d of %d recordings are on record; submit the others without them", known, len(recordings)).About(from.Device.ID)).
			With(detailOnRecord, strconv.Itoa(known)).With("sequence", ledger.Number(recordings[known-1].Header().Sequence))
	}
	return head, nil
}

// after is where a device's chain stands after a recording.
func after(recording *telemetry.Recording) Head {
	h, last := recording.Header(), recording.Last()
	return Head{
		V: Version, Sequence: h.Sequence, Root: h.Root,
		Last: evaluation.Point{Time: evaluation.Moment(last.Time), Value: evaluation.Amount(last.Value * telemetry.Factor(h.Scale))},
	}
}

// onRecord returns how many of the first recordings are on record. It refuses
// when all of them are, and what stands under a number that others have.
func onRecord(tx *ledger.Tx, head Head, recordings []*telemetry.Recording) (known int, err error) {
	var first *fault.Error
	for i, recording := range recordings {
		if recording.Header().Sequence > head.Sequence {
			return i, nil
		}
		repeat := repeated(tx, recording)
		if !errors.Is(repeat, fault.AlreadyRecorded) {
			return i, ofRecording(i, fault.Of(repeat).About(recording.Header().Device))
		}
		if first == nil {
			first = fault.Of(repeat).About(recording.Header().Device)
		}
	}
	return len(recordings), first
}

// follow checks that a recording is the next of its device: neither dropped,
// reordered, back-dated nor ahead of time.
func follow(tx *ledger.Tx, head Head, recording *telemetry.Recording) error {
	h := recording.Header()
	switch {
	case h.Sequence != head.Sequence+1:
		return fault.New(fault.OutOfSequence, "recording %d does not follow %d; submit those between first", h.Sequence, head.Sequence).
			With("sequence", ledger.Number(head.Sequence))
	case h.Previous != head.Root:
		return fault.New(fault.OutOfSequence, "the recording follows one with root %s, but recording %d has %s", h.Previous, head.Sequence, head.Root)
	case head.Sequence > 0 && evaluation.Moment(h.Start) <= head.Last.Time:
		return fault.New(fault.OutOfSequence, "the readings begin at %s, not after the last one before, of %s", evaluation.Moment(h.Start), head.Last.Time)
	case evaluation.Moment(recording.Last().Time) > evaluation.MomentOf(tx.Time().Add(skew)):
		return fault.New(fault.TimeAhead, "the readings go up to %s, more than 15 minutes ahead of the ledger", evaluation.Moment(recording.Last().Time))
	}
	return nil
}

// repeated tells a recording that is on record from another under its number.
func repeated(tx *ledger.Tx, recording *telemetry.Recording) error {
	h := recording.Header()
	known, found, err := ledger.Load[Recorded](tx, recordedKey(h.Device, h.Sequence))
	switch {
	case err != nil:
		return err
	case !found:
		return fault.New(fault.Internal, "recording %d of %s is missing", h.Sequence, h.Device)
	case known.Root == h.Root:
		return fault.New(fault.AlreadyRecorded, "the recording is on record").With("transaction", known.Transaction)
	}
	return fault.New(fault.OutOfSequence, "recording %d is on record with other readings, root %s: the device has signed two", h.Sequence, known.Root).
		With("transaction", known.Transaction)
}
