package faults_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// defect is what can be wrong with a child on purpose.
type defect string

const (
	// noIdempotency: after a crash it makes a new event of what it may have recorded.
	noIdempotency defect = "no idempotency"
	// optimism: it takes every failure for a success.
	optimism defect = "optimism"
	// hurry: it records the second of two events first.
	hurry defect = "hurry"
	// lostCheckpoint: it sees the last block again.
	lostCheckpoint defect = "lost checkpoint"
	// skippedBlock: it goes on one block later than it stopped.
	skippedBlock defect = "skipped block"
)

// recorder records events of objects of its organisation, each of which stands in its
// outbox first.
type recorder struct {
	config childConfig
	party  party
	outbox *outbox
	client *client.Client
	group  *client.Group // nil when it captures one event after the other
}

// record is a recorder's whole life.
func record(config childConfig, draining <-chan struct{}) error {
	o, err := openOutbox(config.Database)
	if err != nil {
		return err
	}
	defer func() { _ = o.db.Close() }()
	r := &recorder{config: config, outbox: o}
	for _, p := range parties {
		if p.name == config.Party {
			r.party = p
		}
	}
	ctx := context.Background()
	if r.client, err = reach(ctx, config); err != nil {
		return err
	}
	defer func() { _ = r.client.Close() }()
	if config.Grouped {
		if r.group, err = client.NewGroup(r.client); err != nil {
			return err
		}
		defer func() { _ = r.group.Close(ctx) }()
	}
	var lanes errgroup.Group
	for lane := range config.Lanes {
		lanes.Go(func() error { return r.lane(ctx, lane, draining) })
	}
	return lanes.Wait()
}

// reach connects, as long as it takes: no gateway may be up.
func reach(ctx context.Context, config childConfig) (*client.Client, error) {
	for {
		c, err := client.Connect(ctx, client.WithProfile(config.Profile), client.WithMSP(config.MSP))
		if err == nil || ctx.Err() != nil {
			return c, err
		}
		fmt.Println("connect:", err)
		time.Sleep(pauseBetween)
	}
}

// pauseBetween is how long a client waits before it does again what failed.
const pauseBetween = 200 * time.Millisecond

// lane first submits what stands in the outbox since before a crash, and then event
// after event.
func (r *recorder) lane(ctx context.Context, lane int, draining <-chan struct{}) error {
	old, err := r.outbox.pending(lane)
	if err != nil {
		return err
	}
	for _, e := range old {
		if err := r.submit(ctx, r.resubmitted(e)); err != nil {
			return err
		}
	}
	for {
		select {
		case <-draining:
			return nil
		default:
		}
		e, err := r.next(lane)
		if err != nil {
			return err
		}
		if err := r.hurry(ctx, lane, e); err != nil {
			return err
		}
		if err := r.submit(ctx, *e); err != nil {
			return err
		}
	}
}

// hurry is what a recorder with that defect does before an object's second event: it
// records the third.
func (r *recorder) hurry(ctx context.Context, lane int, e *entry) error {
	if r.config.Defect != hurry || e.Number != 2 {
		return nil
	}
	third, err := r.next(lane)
	if err != nil {
		return err
	}
	return r.submit(ctx, *third)
}

// next puts a lane's next event into the outbox.
func (r *recorder) next(lane int) (*entry, error) {
	last, err := r.outbox.last(lane)
	if err != nil {
		return nil, err
	}
	e := &entry{Lane: lane, Serial: 1, Number: 1}
	if last != nil {
		e.Serial, e.Number = last.Serial, last.Number+1
		if e.Number > r.config.PerObject {
			e.Serial, e.Number = last.Serial+1, 1
		}
	}
	e.Object = sgtin(r.party, r.config.Run, lane, e.Serial)
	e.Event = uuid(r.config.Run, r.config.Number, lane, e.Serial<<16|uint64(e.Number))
	e.Document = document(step(e.Object, e.Number, e.Event, moment()))
	return e, r.outbox.add(e)
}

// submit records an event, however often it takes, and says so in the outbox.
func (r *recorder) submit(ctx context.Context, e entry) error {
	began := time.Now()
	for tries := 1; ; tries++ {
		transaction, err := r.capture(ctx, e.Document)
		var refusal *fault.Error
		switch {
		case err == nil:
			r.crash(e)
			return r.accept(e, transaction, began)
		case errors.Is(err, fault.AlreadyRecorded):
			return r.accept(e, "before", began)
		case r.config.Defect == optimism:
			return r.accept(e, "hoped", began)
		case errors.As(err, &refusal) && tries > refusals:
			fmt.Println(e.Event, "refused:", err)
			return r.outbox.refuse(e.Seq, err.Error())
		}
		fmt.Println(time.Now().UTC().Format(time.TimeOnly), e.Event, err)
		if err := r.outbox.meet(kind(err)); err != nil {
			return err
		}
		time.Sleep(pauseBetween)
	}
}

// capture records a document of one event, with what others record at the same time
// if the recorder groups.
func (r *recorder) capture(ctx context.Context, text []byte) (transaction string, err error) {
	if r.group == nil {
		captured, err := r.client.Capture(ctx, text)
		if err != nil {
			return "", err
		}
		return captured.Transaction, nil
	}
	document, err := epcis.ReadDocument(bytes.NewReader(text), epcis.Limits{})
	if err != nil {
		return "", err
	}
	captured, err := r.group.Capture(ctx, document.Events[0])
	if err != nil {
		return "", err
	}
	return captured.Transaction, nil
}

// refusals is how often a recorder believes that a refusal is but of a peer that has
// not caught up yet.
const refusals = 50

func (r *recorder) accept(e entry, transaction string, began time.Time) error {
	return errors.Join(r.outbox.took(e, time.Since(began)), r.outbox.accept(e.Seq, transaction))
}

// kind says in a few words what a caller got to see: of two failures that differ in
// ids and addresses only, the same.
func kind(err error) string {
	var failed *client.Error
	var unknown *client.OutcomeUnknownError
	switch {
	case errors.As(err, &unknown):
		return "outcome unknown"
	case errors.As(err, &failed) && failed.Fault != nil:
		return fmt.Sprintf("%s at %s", failed.Fault.Code, failed.Stage)
	case errors.As(err, &failed):
		text := particulars.ReplaceAllString(failed.Error(), "...")
		return fmt.Sprintf("%s at %s, retry %t (%.300s)", failed.Code(), failed.Stage, failed.Retry, text)
	default:
		return fmt.Sprintf("%T", err)
	}
}

var particulars = regexp.MustCompile(`[0-9a-f]{64}|:[0-9]{4,5}`)

// crash kills the process of a recorder with a defect once, between the ledger and
// the outbox.
func (r *recorder) crash(e entry) {
	if r.config.Defect != noIdempotency || e.Number != 3 {
		return
	}
	mark := r.config.Database + ".crashed"
	if _, err := os.Stat(mark); err == nil {
		return
	}
	if os.WriteFile(mark, nil, 0o600) == nil {
		os.Exit(crashed)
	}
}

const crashed = 9

// resubmitted is what is submitted again after a crash: the same event, byte by byte.
func (r *recorder) resubmitted(e entry) entry {
	if r.config.Defect == noIdempotency {
		e.Document = document(step(e.Object, e.Number, e.Event[:len(e.Event)-4]+"ffff", moment()))
	}
	return e
}
