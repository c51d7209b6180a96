package readings

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/client"
)

// sample is one measurement of a load.
type sample struct {
	readings     int
	transactions int
	bytes        int // of the recordings
	took         time.Duration
	processors   processors
	commit       time.Duration // median, from submission to commit
}

// rate is in readings a second.
func (s sample) rate() float64 { return float64(s.readings) / s.took.Seconds() }

// each returns what a reading takes of a processor time, in nanoseconds.
func (s sample) each(t time.Duration) float64 { return float64(t.Nanoseconds()) / float64(s.readings) }

// measure has the devices of a load send as many transactions each, and waits
// for the last of them to be committed.
func (b *bench) measure(ctx context.Context, l Load, each int) (sample, error) {
	parcels, err := l.seal(b.fleets[l.Fleet], each)
	if err != nil {
		return sample{}, err
	}
	files, err := newArchive()
	if err != nil {
		return sample{}, err
	}
	s, err := b.timed(ctx, l, files, parcels)
	return s, errors.Join(err, files.remove())
}

func (b *bench) timed(ctx context.Context, l Load, files archive, parcels [][]parcel) (s sample, err error) {
	f := b.fleets[l.Fleet]
	runtime.GC() // the garbage of sealing is not the sender's
	before, err := b.place.processors()
	if err != nil {
		return s, err
	}
	began := time.Now()
	took, err := b.send(ctx, files, parcels)
	if err != nil {
		return s, err
	}
	s.took = time.Since(began)
	b.place.settle()
	after, err := b.place.processors()
	if err != nil {
		return s, err
	}
	s.processors = after.since(before)
	for i, sent := range parcels {
		for _, p := range sent {
			s.readings += p.readings
			s.bytes += len(p.data)
			f.devices[i].sent += uint64(p.readings)
		}
	}
	s.transactions = len(took)
	slices.Sort(took)
	s.commit = took[len(took)/2]
	if l.Fleet == kept {
		if err := b.collected(ctx, l.of(f)); err != nil {
			return s, err
		}
	}
	return s, b.check(ctx, f)
}

// send submits all parcels, each device its own one after another, and returns
// how long each transaction took.
func (b *bench) send(ctx context.Context, files archive, parcels [][]parcel) ([]time.Duration, error) {
	times := make([][]time.Duration, len(parcels))
	group, ctx := errgroup.WithContext(ctx)
	for i, mine := range parcels {
		group.Go(func() error {
			for n, p := range mine {
				began := time.Now()
				err := b.record(ctx, files, i, n, p)
				times[i] = append(times[i], time.Since(began))
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := group.Wait()
	return slices.Concat(times...), err
}

// record keeps a parcel, has it recorded, and checks what was kept.
func (b *bench) record(ctx context.Context, files archive, device, number int, p parcel) error {
	if err := files.keep(device, number, p); err != nil {
		return err
	}
	if _, _, err := client.Call(ctx, b.gateway, api.Record, condition.RecordRequest{}, client.WithTransient(p.data), byAll); err != nil {
		return err
	}
	return files.check(device, number, p)
}

// check asks the ledger whether it has all that was sent: the root of each
// device's last recording, which names all before it, and how many readings
// were evaluated in each watch.
func (b *bench) check(ctx context.Context, f *fleet) error {
	sent := map[string]uint64{}
	for _, d := range f.devices {
		sent[d.id] = d.sent
		if d.sequence == 0 {
			continue
		}
		last, err := b.gateway.Recording(ctx, d.id, 0)
		if err != nil {
			return err
		}
		if last.Root != d.previous || last.Sequence != d.sequence {
			return fmt.Errorf("%s has sent recording %d, the ledger has %d", d.id, d.sequence, last.Sequence)
		}
	}
	for _, id := range f.watches {
		if err := evaluated(ctx, b.gateway, id, sent); err != nil {
			return err
		}
	}
	return nil
}

// collected asks the collection for the last recording of each device.
func (b *bench) collected(ctx context.Context, devices []*device) error {
	for _, d := range devices {
		data, err := b.gateway.Readings(ctx, d.id, d.sequence)
		if err != nil {
			return err
		}
		if data.Root() != d.previous {
			return fmt.Errorf("the collection has another recording %d of %s", d.sequence, d.id)
		}
	}
	return nil
}

func evaluated(ctx context.Context, c *client.Client, id string, sent map[string]uint64) error {
	watch, err := c.Watch(ctx, id)
	if err != nil {
		return err
	}
	for _, lane := range watch.Lanes {
		if lane.Readings != sent[lane.Device] {
			return fmt.Errorf("%s has sent %d readings, watch %s has evaluated %d", lane.Device, sent[lane.Device], id, lane.Readings)
		}
	}
	return nil
}

// margin is for a sample that was slower, such as the first, which is short.
const margin = 1.25

// enough returns how many transactions each device must send for a load to last
// at least as long as asked, going by an earlier sample.
func (l Load) enough(s sample, devices int) int {
	wanted := margin * l.Seconds * float64(s.transactions) / s.took.Seconds()
	return max(1, int(math.Ceil(wanted/float64(devices))))
}
