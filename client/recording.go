package client

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// Recorded is the answer to [Client.Record].
type Recorded struct {
	// Receipt is of the last transaction.
	Receipt
	// Recordings is what the ledger keeps of each that was not on record before.
	Recordings []condition.Recorded
	// Repeated is how many of the first recordings were on record before.
	Repeated int
	// Lanes are the watches that the device feeds, with what they are now, and
	// the breaches that the readings opened.
	Lanes []condition.LaneResult
}

// RecordingError says which of the recordings given to [Client.Record] was
// refused. It matches what that was refused with.
type RecordingError struct {
	// Index counts the recordings from 0.
	Index int
	// Err is the refusal.
	Err error
}

// Error names the recording.
func (e *RecordingError) Error() string {
	return fmt.Sprintf("client: recording %d: %v", e.Index, e.Err)
}

// Unwrap returns the refusal.
func (e *RecordingError) Unwrap() error { return e.Err }

// Record has signed recordings of one device (package telemetry makes and reads
// them), in the order of their numbers, evaluated in every watch that the device
// feeds. The readings reach the endorsers and never the ledger.
//
// One transaction takes up to 64 recordings and 4 MiB, and fewer of very many
// readings, all or none of them; more are sent in several, one after another. What is on record already is left
// out, so that repeating the call, with more recordings or the same, is safe:
// it fails with fault.AlreadyRecorded when nothing is new. When a recording is
// refused ([RecordingError] says which), or a transaction fails, those of the
// transactions before stay on record; the answer, beside the error, names them.
//
// What readings break can affect more than one transaction holds: the rest is held
// in others, before this returns. When that fails, the readings are on record, and
// the error is a [SpreadError].
//
// [Call] with [api.Record] does the same for one transaction and takes
// [CallOption]s, and the recordings' roots to put into the signed proposal.
func (c *Client) Record(ctx context.Context, recordings ...[]byte) (*Recorded, error) {
	recorded := &Recorded{}
	if len(recordings) == 0 {
		return recorded, errors.New("client: no recordings to record")
	}
	var known error
	most := telemetry.MaxSequence
	for first := 0; first < len(recordings); {
		n := fitting(recordings[first:], most)
		response, receipt, err := Call(ctx, c, api.Record, condition.RecordRequest{}, WithTransient(bytes.Join(recordings[first:first+n], nil)))
		some, _ := condition.OnRecord(err)
		switch {
		case err == nil:
			recorded.Receipt = *receipt
			recorded.add(response)
		case errors.Is(err, fault.AlreadyRecorded):
			known = err
			recorded.Repeated += n
		case some > 0 && some < n: // go on with the others
			n = some
			recorded.Repeated += n
		case n > 1 && errors.Is(err, fault.LimitExceeded): // too many readings for one transaction
			most = n / 2
			continue
		default:
			return recorded, ofRecording(first, err)
		}
		first += n
	}
	if recorded.Repeated == len(recordings) {
		return recorded, known
	}
	return recorded, c.spread(ctx, recorded.Lanes)
}

// spread goes on with the breaches that readings opened.
func (c *Client) spread(ctx context.Context, lanes []condition.LaneResult) error {
	for _, lane := range lanes {
		if lane.Breach == "" {
			continue
		}
		if _, err := c.finish(ctx, lane.Breach, false); err != nil {
			return err
		}
	}
	return nil
}

// fitting is how many of the first recordings, up to most, one transaction takes by
// their size, at least one.
func fitting(recordings [][]byte, most int) int {
	n, size := 1, len(recordings[0])
	for n < len(recordings) && n < most && size+len(recordings[n]) <= telemetry.MaxSequenceBytes {
		size += len(recordings[n])
		n++
	}
	return n
}

func ofRecording(first int, err error) error {
	if at, ok := condition.RefusedRecording(err); ok {
		return &RecordingError{Index: first + at, Err: err}
	}
	return err
}

// add notes what one more transaction did. A breach that an earlier one opened
// stays named.
func (r *Recorded) add(response condition.RecordResponse) {
	r.Recordings = append(r.Recordings, response.Recordings...)
	before := r.Lanes
	r.Lanes = response.Lanes
	for _, lane := range before {
		r.Lanes = merge(r.Lanes, lane)
	}
}

func merge(lanes []condition.LaneResult, before condition.LaneResult) []condition.LaneResult {
	for i := range lanes {
		if lane := &lanes[i]; lane.Watch == before.Watch {
			if lane.Breach == "" {
				lane.Breach = before.Breach
			}
			lane.Opened = lane.Opened || before.Opened
			return lanes
		}
	}
	return append(lanes, before) // the watch has ended since
}

// Recording returns what the ledger keeps of a device's recording of that
// sequence number, 0 for its last; fault.NotFound.
func (c *Client) Recording(ctx context.Context, device string, sequence uint64) (*condition.Recorded, error) {
	return query(ctx, c, api.Recording, condition.ReadRecordingRequest{Device: device, Sequence: sequence})
}

// Runs yields what each recording of a device said in a watch: its time out of
// each band, its excursions and gaps, and what they add up to.
func (c *Client) Runs(ctx context.Context, watch, device string) iter.Seq2[condition.Run, error] {
	return pages(func(bookmark string) ([]condition.Run, string, error) {
		page, err := query(ctx, c, api.Runs, condition.ListRunsRequest{Watch: watch, Device: device, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Runs, page.Bookmark, nil
	})
}

// Readings returns a recording that a policy had archived, from the caller's own
// organisation's peer, and checks it against the root on the ledger: they are the
// readings that were evaluated. 0 stands for the device's last recording. Who
// must be sure that the device signed it, too, calls Verify of it with the
// device's key; the ledger has checked that.
//
// It fails with fault.NotFound for a recording that is not on record or was not
// archived, fault.NotMember for an organisation that does not trade,
// fault.NotHere before the readings have reached the peer, and
// fault.HashMismatch when the peer has others than were evaluated.
func (c *Client) Readings(ctx context.Context, device string, sequence uint64) (*telemetry.Recording, error) {
	summary, err := c.Recording(ctx, device, sequence)
	if err != nil {
		return nil, err
	}
	answer, err := query(ctx, c, api.Readings, condition.ReadReadingsRequest{Device: summary.Device, Sequence: summary.Sequence})
	if err != nil {
		return nil, err
	}
	data, err := base64.StdEncoding.DecodeString(answer.Recording)
	if err != nil {
		return nil, fmt.Errorf("client: recording %d of %s: %w", summary.Sequence, summary.Device, err)
	}
	recording, err := telemetry.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("client: recording %d of %s: %w", summary.Sequence, summary.Device, err)
	}
	if recording.Root() != summary.Root {
		return nil, fmt.Errorf("client: recording %d of %s: %w: the peer has root %s, the ledger %s",
			summary.Sequence, summary.Device, fault.HashMismatch, recording.Root(), summary.Root)
	}
	return recording, nil
}
