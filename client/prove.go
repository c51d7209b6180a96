package client

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

// ProveReadings makes evidence of readings from to to-1, counted from 0, of a
// recording that is on record: it has peers of organisations, named by MSP id, sign
// the root that the ledger has, and puts the readings with the path to it beside
// that. No peer is told which readings are shown; the file holds them in plain text,
// with those of the same chunks of (64) readings.
//
// The recording is the sender's own ([telemetry.Decode]) or an archived one
// ([Client.Readings]). It fails with telemetry.ErrLimit for readings that it does not
// have, with [ProofError] when the ledger has another recording under its number, so
// that nobody hands out what does not verify; and as [Attest] does: fault.NotFound
// for a recording that is not on record.
func (c *Client) ProveReadings(ctx context.Context, recording *telemetry.Recording, from, to int, by ...string) (*evidence.Readings, error) {
	proof, err := recording.Prove(from, to)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	asked := condition.ReadRecordingRequest{Device: proof.Header.Device, Sequence: proof.Header.Sequence}
	statement, err := Attest(ctx, c, api.Recording, asked, by...)
	if err != nil {
		return nil, err
	}
	shown, err := evidence.NewReadings(statement, proof)
	if err != nil {
		return nil, err
	}
	return shown, assembled(shown)
}

// ProveEvents makes evidence of events in the history of an object, by their numbers
// from 1: it has peers of organisations sign the stretch of the history that they
// stand in, which is at most 500 long, and puts what the hashes cover of the events
// beside it ([evidence.EventOf]). Numbers are in any order, none twice. Who wants an
// event as it was captured, in EPCIS, has [api.Event] attested.
//
// It fails with fault.NotFound for numbers that the history does not have, with
// [ProofError], and as [Attest] does.
func (c *Client) ProveEvents(ctx context.Context, id string, numbers []uint64, by ...string) (*evidence.Events, error) {
	if len(numbers) == 0 {
		return nil, fault.New(fault.InvalidRequest, "name the events by their numbers in the history")
	}
	first, last := slices.Min(numbers), slices.Max(numbers)
	if first == 0 || last-first >= evidence.MaxEvents {
		return nil, fault.New(fault.LimitExceeded, "numbers are from 1, and one answer tells of at most %d events", evidence.MaxEvents)
	}
	asked := product.ReadHistoryRequest{ID: id, From: first, Size: int(last - first + 1)} //nolint:gosec // at most 500
	statement, err := Attest(ctx, c, api.History, asked, by...)
	if err != nil {
		return nil, err
	}
	var history product.ReadHistoryResponse
	if err := json.Unmarshal(statement.Result, &history); err != nil {
		return nil, &AnswerError{Function: statement.Function, cause: err}
	}
	var events []evidence.Event
	for _, number := range numbers {
		if number > history.Events || number-first >= uint64(len(history.Entries)) {
			return nil, fault.New(fault.NotFound, "the history has %d events, no number %d", history.Events, number).About(history.ID)
		}
		body, err := c.body(ctx, history.Entries[number-first])
		if err != nil {
			return nil, err
		}
		event, err := epcis.ReadEvent(body, epcis.Limits{})
		if err != nil {
			return nil, &AnswerError{Function: api.Event.FullName(), cause: err}
		}
		one, err := evidence.EventOf(number, event)
		if err != nil {
			return nil, err
		}
		events = append(events, one)
	}
	shown, err := evidence.NewEvents(statement, events...)
	if err != nil {
		return nil, err
	}
	return shown, assembled(shown)
}

// body reads an event as the recorder that a history names sent it. Whether it is
// that one, its hash tells.
func (c *Client) body(ctx context.Context, entry product.HistoryEntry) ([]byte, error) {
	asked := product.ReadEventRequest{Event: entry.Event, Declaration: entry.Declaration}
	if entry.Declaration != "" {
		asked.RecordedBy = entry.RecordedBy
	}
	event, err := query(ctx, c, api.Event, asked)
	if err != nil {
		return nil, err
	}
	if event.Record.RecordedBy == entry.RecordedBy && event.Record.LedgerMade == entry.LedgerMade {
		return event.Body, nil
	}
	if asked.RecordedBy = entry.RecordedBy; entry.LedgerMade {
		asked.RecordedBy = product.Ledger
	}
	if event, err = query(ctx, c, api.Event, asked); err != nil {
		return nil, err
	}
	return event.Body, nil
}

// ProveContained makes evidence that an object is in a container now, directly or in
// others: it has peers of organisations sign where the object is. It fails with
// [ProofError] when it is not in the container, and as [Attest] does.
func (c *Client) ProveContained(ctx context.Context, id, container string, by ...string) (*evidence.Contained, error) {
	statement, err := c.AttestTwin(ctx, id, by...)
	return contained(statement, container, err)
}

// ProveContainedAsOf makes evidence that an object was in a container at a time, by
// one of the two clocks; see [Client.ProveContained] and [Client.TwinAsOf].
func (c *Client) ProveContainedAsOf(ctx context.Context, id, container string, at time.Time, clock product.Clock, by ...string) (*evidence.Contained, error) {
	statement, err := c.AttestTwinAsOf(ctx, id, at, clock, by...)
	return contained(statement, container, err)
}

func contained(statement *evidence.Statement, container string, err error) (*evidence.Contained, error) {
	if err != nil {
		return nil, err
	}
	object, err := product.ParseObject(container)
	if err != nil {
		return nil, fault.Of(err).At("/container")
	}
	shown, err := evidence.NewContained(statement, object.Path())
	if err != nil {
		return nil, err
	}
	return shown, assembled(shown)
}

// ProofError says that evidence does not show what it was to show: the ledger says
// something else. What was assembled is not handed out.
type ProofError struct {
	// Check is the first check that failed.
	Check verify.Check
}

// Error implements error.
func (e *ProofError) Error() string {
	return fmt.Sprintf("client: this would not verify: %s: %s", e.Check.Name, e.Check.Detail)
}

// assembled checks evidence before it is handed out, other than by whom it was
// endorsed: nobody has told the client whom the reader will trust.
func assembled(e evidence.Evidence) error {
	if failed := verify.Content(e).Failures(); len(failed) > 0 {
		return &ProofError{Check: failed[0]}
	}
	return nil
}
