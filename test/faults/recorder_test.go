package faults_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
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
	known, err := o.known()
	if err != nil {
		return err
	}
	if r.client, err = reach(ctx, config, client.WithKnownBlock(known)); err != nil {
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
func reach(ctx context.Context, config childConfig, options ...client.Option) (*client.Client, error) {
	for {
		c, err := client.Connect(ctx, append(options, client.WithProfile(config.Profile), client.WithMSP(config.MSP))...)
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
	for i := range old {
		old[i] = r.resubmitted(old[i])
	}
	size := 1
	if r.group != nil {
		size = max(1, len(old)) // all of it is of one object
	}
	for some := range slices.Chunk(old, size) {
		if err := r.submit(ctx, some...); err != nil {
			return err
		}
	}
	for {
		select {
		case <-draining:
			return nil
		default:
		}
		some, err := r.some(lane)
		if err != nil {
			return err
		}
		if err := r.hurry(ctx, lane, some[0]); err != nil {
			return err
		}
		if err := r.submit(ctx, some...); err != nil {
			return err
		}
	}
}

// some puts a lane's next events into the outbox: one, or where the order is the
// group's to keep, up to three of an object.
func (r *recorder) some(lane int) ([]entry, error) {
	e, err := r.next(lane)
	if err != nil {
		return nil, err
	}
	all := []entry{*e}
	for r.group != nil && len(all) < 1+int(e.Serial)%3 && all[len(all)-1].Number < r.config.PerObject {
		if e, err = r.next(lane); err != nil {
			return nil, err
		}
		all = append(all, *e)
	}
	return all, nil
}

// hurry is what a recorder with that defect does before an object's second event: it
// records the third.
func (r *recorder) hurry(ctx context.Context, lane int, e entry) error {
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

// submit records events of an object, however often it takes, and says so in the
// outbox. Its rule is the one that docs/client.md gives to users: a refusal is final,
// unless it is for others to do something first, or Retry is set.
func (r *recorder) submit(ctx context.Context, left ...entry) error {
	for began := time.Now(); ; time.Sleep(pauseBetween) {
		receipts, errs := r.capture(ctx, left)
		var again []entry
		for i, e := range left {
			done, err := r.note(ctx, e, receipts[i], errs[i], began)
			if err != nil {
				return err
			}
			if !done {
				again = append(again, e)
			}
		}
		if left = again; len(left) == 0 {
			return nil
		}
	}
}

// note writes into the outbox what became of an event, and tells whether it is done with.
func (r *recorder) note(ctx context.Context, e entry, receipt *client.Receipt, failure error, began time.Time) (done bool, err error) {
	if errors.Is(failure, fault.AlreadyRecorded) {
		receipt, failure = r.client.Outcome(ctx, fault.Of(failure).Detail["transaction"])
	}
	switch {
	case failure == nil:
		r.crash(e)
		return true, r.accept(e, *receipt, began)
	case r.config.Defect == optimism:
		return true, r.accept(e, client.Receipt{Transaction: "hoped"}, began)
	case final(failure):
		fmt.Println(e.Event, "refused:", failure)
		return true, r.outbox.refuse(e.Seq, failure.Error())
	}
	fmt.Println(time.Now().UTC().Format(time.TimeOnly), e.Event, failure)
	return false, r.outbox.meet(kind(failure))
}

// final tells whether a failure is a refusal that is for a person to look at.
func final(err error) bool {
	for _, code := range []fault.Code{fault.NotYetShipped, fault.InTransit, fault.Held, fault.Undetermined, fault.Internal} {
		if errors.Is(err, code) {
			return false
		}
	}
	var failed *client.Error
	return errors.As(err, &failed) && failed.Fault != nil && !failed.Retry
}

// capture records events: one by one, or together with what others record at the same
// time if the recorder groups, without waiting for one before the next is on its way.
func (r *recorder) capture(ctx context.Context, all []entry) ([]*client.Receipt, []error) {
	receipts, errs := make([]*client.Receipt, len(all)), make([]error, len(all))
	if r.group == nil {
		for i, e := range all {
			captured, err := r.client.Capture(ctx, e.Document)
			if errs[i] = err; err == nil {
				receipts[i] = &captured.Receipt
			}
		}
		return receipts, errs
	}
	events := make([]epcis.Event, len(all))
	for i, e := range all {
		document, err := epcis.ReadDocument(bytes.NewReader(e.Document), epcis.Limits{})
		if err != nil {
			panic(err) // the recorder wrote it
		}
		events[i] = document.Events[0]
	}
	for i, result := range r.group.CaptureAll(ctx, events) {
		if errs[i] = result.Err; result.Err == nil {
			receipts[i] = &result.Captured.Receipt
		}
	}
	return receipts, errs
}

func (r *recorder) accept(e entry, receipt client.Receipt, began time.Time) error {
	return errors.Join(r.outbox.took(e, time.Since(began)), r.outbox.accept(e.Seq, receipt))
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
