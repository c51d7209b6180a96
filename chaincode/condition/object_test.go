package condition_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// route is a scene of shipments with devices that record.
type route struct {
	*Scene
	t       *testing.T
	start   time.Time
	terms   evaluation.Terms
	loggers map[string]*logger
}

type logger struct {
	id       string
	key      ed25519.PrivateKey
	sequence uint64
	previous telemetry.Hash
}

// onRoute is a scene with a policy and a device for the
// manufacturer and one for the carrier.
func onRoute(t *testing.T, change func(*evaluation.Terms)) *route {
	s := New(t)
	r := &route{Scene: s, t: t, start: s.Now, loggers: map[string]*logger{}}
	r.policy(1, change)
	for _, msp := range []string{Manufacturer, Carrier} {
		r.logger(msp, msp)
	}
	return r
}

// policy defines a version of the manufacturer's policy: 2 to 8 degrees, an hour in
// all.
func (r *route) policy(version int, change func(*evaluation.Terms)) {
	r.t.Helper()
	terms := evaluation.Terms{
		Measurement: "Temperature", Unit: "CEL", LargestGapMs: 60 * minute, Between: evaluation.Linear,
		Bands: []evaluation.Band{{Name: "2-8", Lower: amount(r.t, "2"), Upper: amount(r.t, "8"), AllowanceMs: ms(60 * minute)}},
	}
	if change != nil {
		change(&terms)
	}
	r.terms = terms
	r.as(Manufacturer, ledger.RoleQuality, func(tx *ledger.Tx) error {
		_, err := condition.DefinePolicy(tx, condition.DefinePolicyRequest{
			Name: "cold", Version: version, Terms: terms, Consequences: condition.Consequences{Hold: condition.HoldNever},
		})
		return err
	})
}

func (r *route) as(msp, role string, rule func(*ledger.Tx) error) {
	r.t.Helper()
	require.NoError(r.t, r.As(msp, role).Update(rule))
}

// logger registers a device of an organisation.
func (r *route) logger(msp, name string) {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(r.t, err)
	der, err := x509.MarshalPKIXPublicKey(public)
	require.NoError(r.t, err)
	l := &logger{id: "/8004/" + Prefixes[msp] + "LOG" + name, key: key}
	r.as(msp, ledger.RoleOperator, func(tx *ledger.Tx) error {
		_, err := participant.RegisterDevice(tx, participant.RegisterDeviceRequest{
			ID: l.id, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: participant.EdDSA,
			Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedUntil: r.Now.AddDate(1, 0, 0),
		})
		return err
	})
	r.loggers[name] = l
}

func (r *route) at(minutes int64) time.Time { return r.start.Add(time.Duration(minutes) * time.Minute) }

// goTo lets time pass until that many minutes after the start.
func (r *route) goTo(minutes int64) {
	if then := r.at(minutes); then.After(r.Now) {
		r.Now = then
	}
}

// say captures an event that happened that many minutes after the start.
func (r *route) say(who string, minutes int64, e Event) {
	r.t.Helper()
	r.goTo(minutes)
	e.Time = r.at(minutes)
	r.MustCapture(who, e)
}

// watch starts a watch of things at a time; until, if not 0, ends it.
func (r *route) watch(who, name string, from, until int64, things []string, loggers ...string) {
	r.t.Helper()
	r.watchBy(who, name, 1, from, things, loggers...)
	if until != 0 {
		r.end(who, name, until)
	}
}

func (r *route) watchBy(who, name string, version int, from int64, things []string, loggers ...string) {
	r.t.Helper()
	r.goTo(from)
	var devices []string
	for _, l := range loggers {
		devices = append(devices, r.loggers[l].id)
	}
	r.as(who, ledger.RoleOperator, func(tx *ledger.Tx) error {
		_, err := condition.StartWatch(tx, condition.StartWatchRequest{
			Name: name, Policy: condition.PolicyRef{ID: Manufacturer + "/cold", Version: version}, Objects: things, Devices: devices, Start: r.at(from),
		})
		return err
	})
}

func (r *route) end(who, name string, at int64) {
	r.t.Helper()
	r.goTo(at)
	r.as(who, ledger.RoleOperator, func(tx *ledger.Tx) error {
		_, err := condition.EndWatch(tx, condition.EndWatchRequest{ID: who + "/" + name, End: r.at(at)})
		return err
	})
}

// log has a device record readings: minute and tenth of a degree, in turn.
func (r *route) log(name string, pairs ...int64) {
	r.t.Helper()
	l := r.loggers[name]
	run := at(pairs...)
	for i := range run {
		run[i].Time += r.start.UnixMilli()
	}
	recording, err := telemetry.Seal(rand.Reader, l.key, telemetry.Draft{
		Device: l.id, Sequence: l.sequence + 1, Previous: l.previous, Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: run,
	})
	require.NoError(r.t, err)
	r.goTo(pairs[len(pairs)-2])
	caller := r.As(Carrier, ledger.RoleGateway).With(condition.TransientRecording, recording.Bytes())
	require.NoError(r.t, caller.Update(func(tx *ledger.Tx) error {
		_, err := condition.Record(tx, condition.RecordRequest{})
		return err
	}))
	l.sequence, l.previous = l.sequence+1, recording.Root()
}

// kept asks how an object was kept by the policy.
func (r *route) kept(object string, change func(*condition.ReadObjectRequest)) condition.ObjectPolicy {
	r.t.Helper()
	req := condition.ReadObjectRequest{Object: object, Policy: Manufacturer + "/cold"}
	if change != nil {
		change(&req)
	}
	var resp condition.ReadObjectResponse
	require.NoError(r.t, r.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
		resp, err = condition.ReadObject(tx, req)
		return err
	}))
	require.Len(r.t, resp.Policies, 1)
	return resp.Policies[0]
}

func (r *route) minutes(b condition.Bounds) string {
	if b.AtLeast == b.AtMost {
		return fmt.Sprint(b.AtLeast / minute)
	}
	return fmt.Sprintf("%d-%d", b.AtLeast/minute, b.AtMost/minute)
}

var (
	item = Object(Manufacturer, "KEPT")
	box  = Pallet(Manufacturer, 41)
)

// square returns readings every 10 minutes from one minute to another, of 5
// degrees, and 9 within the times given: a rise or fall takes 10 minutes, 7.5 of
// which are within 8 degrees.
func square(from, to int64, out ...int64) (pairs []int64) {
	for m := from; m <= to; m += 10 {
		value := int64(50)
		for i := 0; i+1 < len(out); i += 2 {
			if m >= out[i] && m <= out[i+1] {
				value = 90
			}
		}
		pairs = append(pairs, m, value)
	}
	return pairs
}

// Each of two custodians keeps within the allowance, and both together do not.
func TestAnAllowanceIsForAnObjectAndNotForEachWhoHasIt(t *testing.T) {
	r := onRoute(t, nil)
	r.say(Manufacturer, 0, Commission(item))
	r.watch(Manufacturer, "m", 0, 0, []string{item}, Manufacturer)
	r.log(Manufacturer, square(0, 600, 100, 140)...) // 45 minutes out
	r.end(Manufacturer, "m", 600)
	one := r.kept(item, nil)
	require.Equal(t, evaluation.Kept, one.Verdict, one.Reasons)
	require.Equal(t, "45", r.minutes(one.Bands[0].OutMs))
	require.Equal(t, int64(15), *one.Bands[0].LeftMs/minute)

	r.say(Manufacturer, 600, Ship(Carrier, item))
	r.say(Carrier, 610, Step("receiving", item))
	r.watch(Carrier, "c", 610, 0, []string{item}, Carrier)
	r.log(Carrier, square(610, 1200, 700, 730)...) // 35 minutes out
	r.end(Carrier, "c", 1200)
	both := r.kept(item, nil)
	require.Equal(t, evaluation.Broken, both.Verdict)
	require.Equal(t, []string{"2-8:allowance"}, both.Reasons)
	require.Equal(t, "80", r.minutes(both.Bands[0].OutMs))
	require.Equal(t, "45", r.minutes(both.Bands[0].LongestMs))
	require.Zero(t, *both.Bands[0].LeftMs)
	require.Len(t, both.Watches, 2)
	for _, watch := range both.Watches {
		require.True(t, watch.Whole)
	}
	require.Equal(t, evaluation.Kept, r.kept(item, func(req *condition.ReadObjectRequest) { req.To = r.at(600) }).Verdict, "up to then")
}

// What befell a container befalls what was in it then, and nothing else.
func TestAnObjectSuffersWhatItsContainerDidWhileItWasInIt(t *testing.T) {
	r := onRoute(t, nil)
	early, late := Object(Manufacturer, "EARLY"), Object(Manufacturer, "LATE")
	r.say(Manufacturer, 0, Commission(item, early, late, box))
	r.watch(Manufacturer, "m", 0, 0, []string{box}, Manufacturer)
	r.say(Manufacturer, 0, Pack(box, item, early))
	r.say(Manufacturer, 115, Unpack(box, early))
	r.say(Manufacturer, 125, Pack(box, late))
	r.log(Manufacturer, square(0, 60)...)
	r.log(Manufacturer, square(70, 300, 100, 140)...) // out from 97.5 to 142.5
	r.log(Manufacturer, square(310, 600)...)
	for object, want := range map[string]int64{item: 45 * minute, early: 115*minute - 97.5*60_000, late: 142.5*60_000 - 125*minute} {
		kept := r.kept(object, func(req *condition.ReadObjectRequest) { req.To = r.at(600) })
		require.Equal(t, condition.Bounds{AtLeast: want, AtMost: want}, kept.Bands[0].OutMs, object)
		require.Equal(t, condition.Bounds{AtLeast: want, AtMost: want}, kept.Bands[0].LongestMs, object)
		require.Equal(t, evaluation.Kept, kept.Verdict, kept.Reasons)
		require.Equal(t, object == item, kept.Watches[0].Whole)
	}
}

// Two watches at once over the same time count that time once.
func TestTimeIsNeverCountedTwice(t *testing.T) {
	r := onRoute(t, nil)
	r.logger(Manufacturer, "second")
	r.say(Manufacturer, 0, Commission(item, box))
	r.watch(Manufacturer, "own", 0, 0, []string{item, box}, Manufacturer)
	r.watch(Manufacturer, "box", 0, 0, []string{box}, "second")
	r.say(Manufacturer, 0, Pack(box, item))
	r.log(Manufacturer, square(0, 600, 100, 140)...)
	r.log("second", square(0, 600, 100, 130)...)
	kept := r.kept(item, func(req *condition.ReadObjectRequest) { req.To = r.at(600) })
	require.Equal(t, "45", r.minutes(kept.Bands[0].OutMs), "the worst of the devices")
	require.Len(t, kept.Watches, 2, "one of them is about the item and the box")
	require.Equal(t, evaluation.Kept, kept.Verdict, kept.Reasons)
}

func TestWhatIsNotKnownOfAnObjectIsUndetermined(t *testing.T) {
	r := onRoute(t, nil)
	r.say(Manufacturer, 0, Commission(item, box))
	r.watch(Manufacturer, "m", 0, 0, []string{box}, Manufacturer)
	r.say(Manufacturer, 0, Pack(box, item))
	r.log(Manufacturer, square(0, 300)...)
	r.log(Manufacturer, square(500, 600)...)
	r.say(Manufacturer, 800, Unpack(box))
	kept := r.kept(item, nil)
	require.Equal(t, evaluation.Undetermined, kept.Verdict)
	require.Equal(t, []string{evaluation.ReasonGap, evaluation.ReasonCoverage}, kept.Reasons)
	require.Equal(t, uint64(1), kept.Watches[0].Gaps)
	require.Equal(t, evaluation.Kept, r.kept(item, func(req *condition.ReadObjectRequest) { req.To = r.at(300) }).Verdict)
}

// When an object leaves in the middle of a recording of more excursions than a run
// names, what it saw of them has bounds, which hold.
func TestARecordingOfManyExcursionsGivesBounds(t *testing.T) {
	r := onRoute(t, func(terms *evaluation.Terms) { terms.Bands[0].AllowanceMs = ms(500 * minute) })
	r.say(Manufacturer, 0, Commission(item, box))
	r.watch(Manufacturer, "m", 0, 0, []string{box}, Manufacturer)
	r.say(Manufacturer, 0, Pack(box, item))
	var pairs []int64
	for i := range int64(60) {
		pairs = append(pairs, 20*i, 50, 20*i+10, 90) // 5 minutes out, around each odd ten
	}
	r.log(Manufacturer, pairs...)
	r.say(Manufacturer, 600, Unpack(box))
	kept := r.kept(item, nil)
	out := kept.Bands[0].OutMs
	require.Less(t, out.AtLeast, out.AtMost)
	require.LessOrEqual(t, out.AtLeast, int64(30*5*minute))
	require.GreaterOrEqual(t, out.AtMost, int64(30*5*minute))
	whole := int64(59*5*minute + 150_000) // the last is under way
	require.Equal(t, condition.Bounds{AtLeast: whole, AtMost: whole}, r.kept(box, nil).Bands[0].OutMs, "the container itself: exactly")
}

// The terms of the latest version say what is allowed.
func TestTheLatestVersionSaysWhatIsAllowed(t *testing.T) {
	r := onRoute(t, nil)
	r.policy(2, func(terms *evaluation.Terms) { terms.Bands[0].AllowanceMs = ms(40 * minute) })
	r.say(Manufacturer, 0, Commission(item))
	r.watch(Manufacturer, "m", 0, 0, []string{item}, Manufacturer)
	r.log(Manufacturer, square(0, 600, 100, 140)...)
	r.end(Manufacturer, "m", 600)
	require.Equal(t, evaluation.Kept, r.kept(item, nil).Verdict)
	r.watchBy(Manufacturer, "n", 2, 600, []string{item}, Manufacturer)
	kept := r.kept(item, func(req *condition.ReadObjectRequest) { req.To = r.at(610) })
	require.Equal(t, evaluation.Broken, kept.Verdict)
	require.Equal(t, 2, kept.Policy.Version)
}
