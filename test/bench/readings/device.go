package readings

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	random "math/rand/v2"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// interval is the time between readings on a grid.
const interval = int64(time.Second / time.Millisecond)

// device is a logger: what it has signed so far, and the goods it is with.
type device struct {
	id       string
	key      ed25519.PrivateKey
	sequence uint64
	previous telemetry.Hash
	next     int64 // time of the next reading, milliseconds since 1970
	sent     uint64
	values   walk
}

func newDevice(number int, begin time.Time) (*device, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return &device{
		id: fmt.Sprintf("/8004/%sBENCH%04d", prefixes[manufacturer], number), key: key, next: begin.UnixMilli(),
		values: walk{random: random.New(random.NewPCG(uint64(number), 1)), value: middle},
	}, nil
}

func (d *device) publicKey() (string, error) {
	der, err := x509.MarshalPKIXPublicKey(d.key.Public())
	return base64.StdEncoding.EncodeToString(der), err
}

// parcel is what one transaction carries: recordings of one device, sealed.
type parcel struct {
	data     []byte
	digest   [sha256.Size]byte
	readings int
}

// seal has the device sign what a transaction of a load carries.
func (d *device) seal(l Load, space []telemetry.Reading) (parcel, error) {
	recordings := make([]*telemetry.Recording, l.Recordings)
	for i := range recordings {
		run := space[:l.Readings]
		d.measure(l, run)
		recording, err := telemetry.Seal(rand.Reader, d.key, telemetry.Draft{
			Device: d.id, Sequence: d.sequence + 1, Previous: d.previous,
			Measurement: measurement, Unit: unit, Scale: scale, Chunk: l.Chunk, Readings: run,
		})
		if err != nil {
			return parcel{}, err
		}
		d.sequence, d.previous = d.sequence+1, recording.Root()
		recordings[i] = recording
	}
	data, err := telemetry.JoinSequence(recordings...)
	return parcel{data: data, digest: sha256.Sum256(data), readings: l.Readings * l.Recordings}, err
}

// measure takes readings.
func (d *device) measure(l Load, run []telemetry.Reading) {
	for i := range run {
		run[i] = telemetry.Reading{Time: d.next, Value: d.values.step(l.wild)}
		d.next += interval
		if l.off { // the clock of a logger that does other things, too
			d.next += d.values.random.Int64N(100)
		}
	}
}

// What is measured: hundredths of a degree, which ought to be within 2 and 8 °C.
const (
	measurement = "Temperature"
	unit        = "CEL"
	scale       = -2
	middle      = 500
	warm        = 900
)

// walk is the temperature in a cool box: it wanders by up to a fifth of a degree
// from one reading to the next, and about one reading in fifty is too warm,
// because somebody has opened the lid.
type walk struct {
	random *random.Rand
	value  int64
	open   int // readings for which the lid stays open
}

func (w *walk) step(wild bool) int64 {
	if wild { // a sensor so noisy that differences take two bytes
		return 210 + w.random.Int64N(580)
	}
	target := int64(middle)
	switch {
	case w.open > 0:
		w.open--
		target = warm
	case w.random.IntN(2000) == 0:
		w.open = 60
	}
	w.value += w.random.Int64N(31) - 15 + max(-15, min(15, (target-w.value)/20))
	return w.value
}

// fleet is devices that feed the same number of watches each.
type fleet struct {
	devices []*device
	watches []string // all of them, for the check at the end
}

// seal has every device sign what it sends, on all processors.
func (l Load) seal(f *fleet, each int) ([][]parcel, error) {
	devices := l.of(f)
	all := make([][]parcel, len(devices))
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for i, d := range devices {
		group.Go(func() error {
			space := make([]telemetry.Reading, l.Readings)
			for range each {
				p, err := d.seal(l, space)
				if err != nil {
					return fmt.Errorf("seal recordings of %s: %w", d.id, err)
				}
				all[i] = append(all[i], p)
			}
			return nil
		})
	}
	return all, group.Wait()
}
