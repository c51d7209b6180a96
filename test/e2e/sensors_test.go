package e2e_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
)

func TestSensorsInMemory(t *testing.T)       { sensors(t, inMemory(t)) }
func TestSensorsOnARealNetwork(t *testing.T) { sensors(t, start(t)) }

func sensors(t *testing.T, w world) {
	for name, test := range map[string]func(*testing.T, world){
		"a dishonest sender of readings is caught":          dishonestSender,
		"many recordings are one transaction, or none":      manyRecordings,
		"archived readings are those that were evaluated":   archivedReadings,
		"it does not matter whose readings arrive first":    arrivalOrder,
		"an allowance is for the object, whoever had it":    allowanceAcross,
		"what happened to a container happened to what was": containersReadings,
		"the largest transaction of recordings is taken":    largestRecording,
		"what is withheld at a gate shows":                  withheldAtTheGate,
	} {
		t.Run(name, func(t *testing.T) { test(t, w) })
	}
}

// sensor is a device, and its chain of recordings.
type sensor struct {
	t        *testing.T
	id       string
	key      ed25519.PrivateKey
	sequence uint64
	previous telemetry.Hash
}

// newSensor registers a device of an organisation.
func newSensor(t *testing.T, w world, organisation string) *sensor {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	s := &sensor{t: t, id: fmt.Sprintf("/8004/%sS%d", prefixes[organisation], watchNumber.Add(1)), key: key}
	proven, err := client.ProveDeviceKey(s.id, msps[organisation], key)
	require.NoError(t, err)
	_, err = w.client(t, organisation, "operator").RegisterDevice(t.Context(), participant.RegisterDeviceRequest{
		ID: s.id, PublicKey: proven.PublicKey, Algorithm: proven.Algorithm, Proof: proven.Proof,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5",
		CalibratedFrom: time.Now().AddDate(0, -1, 0), CalibratedUntil: time.Now().AddDate(1, 0, 0),
	})
	require.NoError(t, err)
	return s
}

// seal signs the next recording, of a reading a minute, in tenths of a degree.
func (s *sensor) seal(from time.Time, values ...int64) *telemetry.Recording {
	s.t.Helper()
	recording := s.draft(func(d *telemetry.Draft) { d.Readings = readings(from, values...) })
	s.sequence, s.previous = recording.Header().Sequence, recording.Root()
	return recording
}

// draft signs a recording that the chain does not go on with.
func (s *sensor) draft(change func(*telemetry.Draft)) *telemetry.Recording {
	s.t.Helper()
	draft := telemetry.Draft{Device: s.id, Sequence: s.sequence + 1, Previous: s.previous, Measurement: "Temperature", Unit: "CEL", Scale: -1}
	change(&draft)
	recording, err := telemetry.Seal(rand.Reader, s.key, draft)
	require.NoError(s.t, err)
	return recording
}

// upTo8 defines a policy: at most 8 degrees but for some minutes in all.
func upTo8(t *testing.T, w world, allowed time.Duration, change func(*condition.Consequences)) condition.PolicyRef {
	t.Helper()
	upper, allowance := evaluation.Amount(8e9), allowed.Milliseconds()
	consequences := condition.Consequences{Hold: condition.HoldNever}
	if change != nil {
		change(&consequences)
	}
	defined, err := w.client(t, manufacturer, "quality").DefinePolicy(t.Context(), condition.DefinePolicyRequest{
		Name: fmt.Sprintf("up-to-8-%d", watchNumber.Add(1)), Version: 1, Consequences: consequences,
		Terms: evaluation.Terms{
			Measurement: "Temperature", Unit: "CEL", LargestGapMs: 600_000, Between: evaluation.Hold,
			Bands: []evaluation.Band{{Name: "to8", Upper: &upper, AllowanceMs: &allowance}},
		},
	})
	require.NoError(t, err)
	return defined.Policy.PolicyRef
}

// watch has a policy apply to things since a time, and returns the watch's id.
func watch(t *testing.T, w world, organisation string, policy condition.PolicyRef, since time.Time, things []string, devices ...*sensor) string {
	t.Helper()
	request := condition.StartWatchRequest{Name: fmt.Sprintf("s-%d", watchNumber.Add(1)), Policy: policy, Objects: things, Start: since}
	for _, device := range devices {
		request.Devices = append(request.Devices, device.id)
	}
	started, err := w.client(t, organisation, "operator").StartWatch(t.Context(), request)
	require.NoError(t, err)
	return started.Watch.ID
}

func record(t *testing.T, w world, recordings ...*telemetry.Recording) (*client.Recorded, error) {
	t.Helper()
	data := make([][]byte, len(recordings))
	for i, recording := range recordings {
		data[i] = recording.Bytes()
	}
	return w.client(t, carrier, "gateway").Record(t.Context(), data...)
}

func mustRecord(t *testing.T, w world, recordings ...*telemetry.Recording) *client.Recorded {
	t.Helper()
	recorded, err := record(t, w, recordings...)
	require.NoError(t, err)
	return recorded
}

func dishonestSender(t *testing.T, w world) {
	s, begun := newSensor(t, w, manufacturer), time.Now().Add(-time.Hour).Truncate(time.Second)
	good := s.seal(begun, 40, 41, 42)
	mustRecord(t, w, good)
	later := begun.Add(10 * time.Minute)
	next := func(change func(*telemetry.Draft)) *telemetry.Recording {
		return s.draft(func(d *telemetry.Draft) {
			d.Readings = readings(later, 43, 44)
			if change != nil {
				change(d)
			}
		})
	}
	another := *s
	_, another.key, _ = ed25519.GenerateKey(rand.Reader)
	for name, c := range map[string]struct {
		recordings []*telemetry.Recording
		want       error
	}{
		"drops one":                      {[]*telemetry.Recording{next(func(d *telemetry.Draft) { d.Sequence, d.Previous = 3, telemetry.Hash{3} })}, fault.OutOfSequence},
		"replaces one":                   {[]*telemetry.Recording{next(func(d *telemetry.Draft) { d.Previous = telemetry.Hash{3} })}, fault.OutOfSequence},
		"replays one":                    {[]*telemetry.Recording{good}, fault.AlreadyRecorded},
		"back-dates":                     {[]*telemetry.Recording{next(func(d *telemetry.Draft) { d.Readings = readings(begun, 40) })}, fault.OutOfSequence},
		"signs two of one number":        {[]*telemetry.Recording{next(func(d *telemetry.Draft) { d.Sequence, d.Previous = 1, telemetry.Hash{} })}, fault.OutOfSequence},
		"signs with a key of its own":    {[]*telemetry.Recording{another.draft(func(d *telemetry.Draft) { d.Readings = readings(later, 43) })}, fault.BadSignature},
		"dates ahead":                    {[]*telemetry.Recording{next(func(d *telemetry.Draft) { d.Readings = readings(time.Now().Add(time.Hour), 43) })}, fault.TimeAhead},
		"names an unregistered device":   {[]*telemetry.Recording{next(func(d *telemetry.Draft) { d.Device += "X" })}, fault.NotFound},
		"takes another's device as well": {[]*telemetry.Recording{next(nil), newSensor(t, w, carrier).draft(func(d *telemetry.Draft) { d.Readings = readings(later.Add(time.Hour), 43) })}, fault.InvalidIdentifier},
	} {
		_, err := record(t, w, c.recordings...)
		require.ErrorIs(t, err, c.want, name)
	}
	edited := bytes.Clone(next(nil).Bytes())
	edited[len(edited)-1] ^= 1
	_, err := w.client(t, carrier, "gateway").Record(t.Context(), edited)
	require.ErrorIs(t, err, fault.InvalidRequest, "edits one")
	mustRecord(t, w, next(nil)) // and the honest one is taken still
}

func manyRecordings(t *testing.T, w world) {
	s, begun := newSensor(t, w, manufacturer), time.Now().Add(-2*time.Hour).Truncate(time.Second)
	goods := objects(1)
	must(t, w, manufacturer, commission(goods))
	id := watch(t, w, manufacturer, upTo8(t, w, time.Minute, nil), begun, goods, s)
	var all []*telemetry.Recording
	for i := range 64 {
		all = append(all, s.seal(begun.Add(time.Duration(i)*time.Minute), 40))
	}
	bad := append(append([]*telemetry.Recording(nil), all[:20]...), all[21:]...)
	_, err := record(t, w, bad...)
	var refused *client.RecordingError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, 20, refused.Index)
	_, err = w.client(t, regulator, "auditor").Recording(t.Context(), s.id, 1)
	require.ErrorIs(t, err, fault.NotFound, "none was taken")

	recorded := mustRecord(t, w, all...)
	require.Len(t, recorded.Recordings, 64)
	require.Equal(t, evaluation.Kept, recorded.Lanes[0].Verdict)
	more := s.seal(begun.Add(64*time.Minute), 40)
	recorded = mustRecord(t, w, append(all[60:], more)...)
	require.Equal(t, 4, recorded.Repeated)
	runs := 0
	for run, err := range w.client(t, regulator, "auditor").Runs(t.Context(), id, s.id) {
		require.NoError(t, err)
		runs++
		require.Equal(t, uint64(runs), run.Sum.Readings)
	}
	require.Equal(t, 65, runs)
}

func arrivalOrder(t *testing.T, w world) {
	begun := time.Now().Add(-time.Hour).Truncate(time.Second)
	policy := upTo8(t, w, 2*time.Minute, nil)
	var verdicts []evaluation.Judgement
	for _, firstIsFirst := range []bool{true, false} {
		a, b, goods := newSensor(t, w, manufacturer), newSensor(t, w, manufacturer), objects(1)
		must(t, w, manufacturer, commission(goods))
		id := watch(t, w, manufacturer, policy, begun, goods, a, b)
		one, other := a.seal(begun, 40, 90, 90, 40, 40), b.seal(begun, 40, 90, 90, 90, 40)
		if !firstIsFirst {
			one, other = other, one
		}
		mustRecord(t, w, one)
		mustRecord(t, w, other)
		found, err := w.client(t, regulator, "auditor").Watch(t.Context(), id)
		require.NoError(t, err)
		verdicts = append(verdicts, evaluation.Judgement{Verdict: found.Verdict})
	}
	require.Equal(t, verdicts[0], verdicts[1])
	require.Equal(t, evaluation.Broken, verdicts[0].Verdict)
}

func kept(t *testing.T, w world, object string) condition.ObjectPolicy {
	t.Helper()
	found, err := w.client(t, retailer, "operator").Condition(t.Context(), condition.ReadObjectRequest{Object: object})
	require.NoError(t, err)
	require.Len(t, found.Policies, 1)
	return found.Policies[0]
}

func allowanceAcross(t *testing.T, w world) {
	begun := time.Now().Add(-30 * time.Minute).Truncate(time.Second)
	policy, goods := upTo8(t, w, 3*time.Minute, nil), objects(1)
	must(t, w, manufacturer, commission(goods))
	first, second := newSensor(t, w, manufacturer), newSensor(t, w, carrier)
	watch(t, w, manufacturer, policy, begun, goods, first)
	recorded := mustRecord(t, w, first.seal(begun, 40, 90, 90, 40, 40))
	require.NotEqual(t, evaluation.Broken, recorded.Lanes[0].Verdict, "two minutes of three")
	must(t, w, manufacturer, ship(goods, carrier))
	must(t, w, carrier, receive(goods))
	watch(t, w, carrier, policy, begun.Add(10*time.Minute), goods, second)
	recorded = mustRecord(t, w, second.seal(begun.Add(10*time.Minute), 40, 90, 90, 40, 40))
	require.NotEqual(t, evaluation.Broken, recorded.Lanes[0].Verdict, "two minutes of three")
	together := kept(t, w, goods[0])
	require.Equal(t, evaluation.Broken, together.Verdict)
	require.Equal(t, condition.Bounds{AtLeast: 240_000, AtMost: 240_000}, together.Bands[0].OutMs)
}

func containersReadings(t *testing.T, w world) {
	begun := time.Now().Add(-90 * time.Minute).Truncate(time.Second)
	policy, goods := upTo8(t, w, 3*time.Minute, nil), objects(2)
	pallet := fmt.Sprintf("urn:epc:id:sscc:9521321.8%09d", serial.Add(1))
	must(t, w, manufacturer, at(begun, commission(append(goods, pallet))))
	must(t, w, manufacturer, at(begun, contain("ADD", "packing", pallet, goods)))
	must(t, w, manufacturer, at(begun.Add(150*time.Second), contain("DELETE", "unpacking", pallet, goods[1:])))
	s := newSensor(t, w, manufacturer)
	watch(t, w, manufacturer, policy, begun, []string{pallet}, s)
	mustRecord(t, w, s.seal(begun, 40, 90, 90, 90, 90, 40))
	require.Equal(t, condition.Bounds{AtLeast: 240_000, AtMost: 240_000}, kept(t, w, goods[0]).Bands[0].OutMs)
	left := kept(t, w, goods[1])
	require.Equal(t, condition.Bounds{AtLeast: 90_000, AtMost: 90_000}, left.Bands[0].OutMs, "it left in the middle")
	require.Equal(t, evaluation.Kept, left.Verdict, left.Reasons)
}

// As many recordings as one transaction takes break every rule of as many watches
// as a device can feed, and are archived.
func largestRecording(t *testing.T, w world) {
	s, begun, goods := newSensor(t, w, manufacturer), time.Now().Add(-150*time.Hour).Truncate(time.Second), objects(1)
	must(t, w, manufacturer, at(begun, commission(goods)))
	upper, none := evaluation.Amount(8e9), int64(0)
	request := condition.DefinePolicyRequest{
		Name: fmt.Sprintf("widest-%d", watchNumber.Add(1)), Version: 1,
		Consequences: condition.Consequences{Hold: condition.HoldNever, Archive: true},
		Terms:        evaluation.Terms{Measurement: "Temperature", Unit: "CEL", LargestGapMs: 600_000, Between: evaluation.Linear},
	}
	for i := range evaluation.MaxBands {
		request.Terms.Bands = append(request.Terms.Bands, evaluation.Band{
			Name: fmt.Sprintf("band-%027d", i), Upper: &upper, LongestExcursionMs: &none, AllowanceMs: &none,
		})
	}
	defined, err := w.client(t, manufacturer, "quality").DefinePolicy(t.Context(), request)
	require.NoError(t, err)
	for range condition.MaxFeeds {
		watch(t, w, manufacturer, defined.Policy.PolicyRef, begun, goods, s)
	}
	restless := make([]int64, 100)
	for i := range restless {
		restless[i] = int64(50 + 100*(i%2))
	}
	var all []*telemetry.Recording
	for i := range condition.MaxRecordings {
		all = append(all, s.seal(begun.Add(time.Duration(100*i)*time.Minute), restless...))
	}
	recorded := mustRecord(t, w, all...)
	require.Len(t, recorded.Recordings, condition.MaxRecordings)
	require.Len(t, recorded.Lanes, condition.MaxFeeds)
	for _, lane := range recorded.Lanes {
		require.True(t, lane.Opened)
	}
}

// at has an event happen at a time.
func at(when time.Time, e event) event {
	e["eventTime"] = when.UTC().Format("2006-01-02T15:04:05.000Z")
	return e
}

// contain puts things into a container, or takes them out.
func contain(action, step, parent string, children []string) event {
	e := objectEvent(action, step, nil)
	delete(e, "epcList")
	e["type"], e["parentID"], e["childEPCs"] = "AggregationEvent", parent, children
	return e
}
