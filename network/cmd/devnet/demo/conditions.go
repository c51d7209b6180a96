package demo

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
)

// The demo's policy: a refrigerated vaccine.
const (
	policyName  = "vaccine-2-8"
	watchName   = "consignment"
	measurement = "Temperature"
	celsius     = "CEL"
	longest     = 15 * time.Minute // as for opening a refrigerator to take stock
	gap         = 30 * time.Minute
)

var refrigerated = limits{lower: 2, upper: 8}

// limits are whole degrees Celsius.
type limits struct{ lower, upper int64 }

// keeps reports whether a reading counted in units of 10^scale is in range.
func (l limits) keeps(value int64, scale int) bool {
	value *= telemetry.Factor(scale)
	return value >= l.lower*telemetry.Factor(0) && value <= l.upper*telemetry.Factor(0)
}

// device is the data logger that travels with the goods.
type device struct {
	id       string
	key      crypto.Signer
	sequence uint64
	previous telemetry.Hash
}

// deviceID makes the logger a GS1 key of the manufacturer, whose GLN begins
// with the company prefix that it must begin with too.
func deviceID(in *input) string {
	return "/8004/" + in.glns[manufacturer][len("/417/"):][:12] + "TL271"
}

// watch registers the logger, defines the policy and applies it to the goods.
func (s *stage) watch() (*device, error) {
	s.chapter("Cold chain: a logger, a policy, a watch")
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, err
	}
	readings := s.input.log.Readings
	d := &device{id: deviceID(s.input), key: private}
	if _, err := call(s, manufacturer, "operator", api.RegisterDevice, participant.RegisterDeviceRequest{
		ID: d.id, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: "EdDSA",
		Measures: measurement, Unit: celsius, Accuracy: "0.5",
		CalibratedFrom: readings[0].At(), CalibratedUntil: time.Now().AddDate(1, 0, 0),
	}, "registers logger "+d.id); err != nil {
		return nil, err
	}
	defined, err := call(s, manufacturer, "quality", api.DefinePolicy, condition.DefinePolicyRequest{
		Name: policyName, Version: 1, Description: "Refrigerated vaccine, 2 to 8 °C", Terms: vaccineTerms(),
		Consequences: condition.Consequences{Hold: condition.HoldAtSuspicion},
	}, fmt.Sprintf("defines policy %s: %d to %d °C, no excursion over %s", policyName, refrigerated.lower, refrigerated.upper, short(longest)))
	if err != nil {
		return nil, err
	}
	watch, err := call(s, manufacturer, "operator", api.StartWatch, condition.StartWatchRequest{
		Name: watchName, Policy: defined.PolicyRef,
		Objects: s.input.objects, Devices: []string{d.id}, Start: readings[0].At(),
	}, fmt.Sprintf("starts a watch over %d objects", len(s.input.objects)))
	s.watchID = watch.ID
	return d, err
}

func vaccineTerms() evaluation.Terms {
	lower := evaluation.Amount(refrigerated.lower * telemetry.Factor(0))
	upper := evaluation.Amount(refrigerated.upper * telemetry.Factor(0))
	single := longest.Milliseconds()
	return evaluation.Terms{
		Measurement: measurement, Unit: celsius,
		Bands:        []evaluation.Band{{Name: "storage", Lower: &lower, Upper: &upper, LongestExcursionMs: &single}},
		LargestGapMs: gap.Milliseconds(), Between: evaluation.Linear,
	}
}

// parts cuts the log where the story needs it: what was in range from the
// start, then what the carrier's time holds, then the rest.
func (in *input) parts() (good, carried, rest []telemetry.Reading, err error) {
	readings := in.log.Readings
	out := 0
	for out < len(readings) && refrigerated.keeps(readings[out].Value, in.log.Scale) {
		out++
	}
	switch out {
	case 0:
		return nil, nil, nil, fmt.Errorf("the log starts out of range: it must start between %d and %d °C, so that readings pass at first", refrigerated.lower, refrigerated.upper)
	case len(readings):
		return nil, nil, nil, fmt.Errorf("the log never leaves %d to %d °C, so there is no excursion to show", refrigerated.lower, refrigerated.upper)
	}
	// The log goes on to where the carrier hands over, when it tells of the
	// same days as the events.
	end := len(readings)
	for i, r := range readings {
		if i > out && refrigerated.keeps(r.Value, in.log.Scale) && r.At().After(in.handover()) {
			end = i
			break
		}
	}
	return readings[:out], readings[out:end], readings[end:], nil
}

// handover is the time of the second shipment.
func (in *input) handover() time.Time {
	shipped := 0
	for _, s := range in.steps {
		if s.shipping() {
			if shipped++; shipped == 2 {
				return s.event.EventTime
			}
		}
	}
	return time.Time{}
}

// record seals readings as the logger would, and submits them through the
// manufacturer's gateway.
func (s *stage) record(d *device, readings []telemetry.Reading) (condition.RecordResponse, error) {
	recording, err := telemetry.Seal(rand.Reader, d.key, telemetry.Draft{
		Device: d.id, Sequence: d.sequence + 1, Previous: d.previous,
		Measurement: measurement, Unit: celsius, Scale: s.input.log.Scale, Readings: readings,
	})
	if err != nil {
		return condition.RecordResponse{}, fmt.Errorf("seal the readings: %w", err)
	}
	first, last := readings[0], readings[len(readings)-1]
	recorded, err := call(s, manufacturer, "gateway", api.Record, condition.RecordRequest{Roots: []telemetry.Hash{recording.Root()}},
		fmt.Sprintf("records %d signed readings, %s to %s", len(readings), first.At().Format("02 Jan 15:04"), last.At().Format("02 Jan 15:04")),
		client.WithTransient(recording.Bytes()))
	if err != nil {
		return recorded, err
	}
	d.sequence, d.previous = d.sequence+1, recording.Root()
	if len(recorded.Lanes) != 1 {
		return recorded, fmt.Errorf("the logger feeds %d watches, not 1", len(recorded.Lanes))
	}
	s.says("every peer", "evaluated them: %s", recorded.Lanes[0].Verdict)
	return recorded, nil
}

// breach records the readings with the excursion and returns the breach that
// every endorser found.
func (s *stage) breach(d *device, readings []telemetry.Reading) (string, error) {
	recorded, err := s.record(d, readings)
	if err != nil {
		return "", err
	}
	id := recorded.Lanes[0].Breach
	if id == "" {
		return "", fmt.Errorf("the readings leave %d to %d °C, but never for more than %s: there is no breach to show", refrigerated.lower, refrigerated.upper, short(longest))
	}
	found, err := call(s, regulator, "auditor", api.Breach, condition.ReadBreachRequest{Breach: id}, "reads the breach")
	if err != nil {
		return "", err
	}
	if !found.Held {
		return "", errors.New("the breach put nothing on hold")
	}
	furthest := found.Highest
	if furthest == nil {
		furthest = found.Lowest
	}
	s.says("the ledger", "opens breach %.8s and holds the objects: from %s to %s, up to %s °C", id,
		found.From.Time().Format("02 Jan 15:04"), found.To.Time().Format("02 Jan 15:04"), furthest)
	return id, nil
}

// short writes a duration without zero units.
func short(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return d.String()
}
