package condition_test

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

func TestReadingsInRangeKeepThePolicy(t *testing.T) {
	w := watching(t)
	resp := w.record(0, 50, 5, 60, 10, 50)
	require.Equal(t, []condition.LaneResult{{Watch: watchID, Judgement: evaluation.Judgement{Verdict: evaluation.Kept}}}, resp.Lanes)
	require.Equal(t, 3, resp.Recordings[0].Readings)
	w.record(15, 55, 20, 50)
	watch := w.watch()
	require.Equal(t, evaluation.Kept, watch.Verdict)
	require.Equal(t, uint64(5), watch.Lanes[0].Readings)
	require.Equal(t, "6", watch.Lanes[0].Highest.String())
	require.Zero(t, w.twin(object(0)).Holds)

	known, err := ask(w, condition.ReadRecording, condition.ReadRecordingRequest{Device: deviceID})
	require.NoError(t, err)
	require.Equal(t, uint64(2), known.Sequence)
	require.Equal(t, w.previous, known.Root)
	require.Equal(t, "CN=gateway,O=ManufacturerMSP issued by CN=ca.ManufacturerMSP", known.By.Subject)
	_, err = ask(w, condition.ReadRecording, condition.ReadRecordingRequest{Device: deviceID, Sequence: 3})
	require.ErrorIs(t, err, fault.NotFound)

	w.now = w.now.Add(11 * time.Minute)
	require.Equal(t, evaluation.Undetermined, w.watch().Verdict, "the device has fallen silent")
}

func TestABreachHoldsEveryObjectOfTheWatch(t *testing.T) {
	w := watching(t)
	resp := w.record(0, 50, 5, 90, 15, 90, 20, 90)
	require.Len(t, resp.Lanes, 1)
	require.Equal(t, evaluation.Broken, resp.Lanes[0].Verdict)
	require.True(t, resp.Lanes[0].Opened)
	id := resp.Lanes[0].Breach

	breach := w.breach(id)
	require.Equal(t, condition.StateConfirmed, breach.State)
	require.True(t, breach.Held)
	require.Equal(t, []string{"2-8:" + evaluation.RuleAllowance, "2-8:" + evaluation.RuleLongest}, breach.Rules)
	require.Equal(t, "9", breach.Highest.String())
	require.Equal(t, "2026-03-01T08:03:45.000Z", breach.From.String(), "8 degrees are crossed three quarters of the way from 5 to 9")
	require.Equal(t, "2026-03-01T08:20:00.000Z", breach.To.String())
	require.Equal(t, "2026-03-01T08:13:45.000Z", breach.At.String())
	for i := range 3 {
		holds := w.holds(object(i))
		require.Len(t, holds, 1)
		require.Equal(t, id, holds[0].ID)
		require.Equal(t, id, holds[0].Breach)
		list, err := ask(w, condition.ListBreaches, condition.ListBreachesRequest{Object: object(i)})
		require.NoError(t, err)
		require.Len(t, list.Breaches, 1)
		require.Equal(t, breach.Breach, list.Breaches[0])
	}

	again := w.record(25, 95, 30, 50)
	require.Equal(t, id, again.Lanes[0].Breach, "the same excursion goes on: the same breach")
	require.False(t, again.Lanes[0].Opened)
	breach = w.breach(id)
	require.Equal(t, "9.5", breach.Highest.String())
	require.Equal(t, []uint64{1, 2}, []uint64{breach.FirstRecording, breach.LastRecording})
	require.Equal(t, 1, w.twin(object(0)).Holds)
	require.Equal(t, evaluation.Broken, w.watch().Verdict)
}

func TestAPolicyMayLeaveObjectsFree(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(func(r *condition.DefinePolicyRequest) { r.Hold = condition.HoldNever })
	_, err := w.startWatch(watchName, w.commission(1, nil))
	require.NoError(t, err)
	id := w.record(0, 90, 10, 90, 20, 90).Lanes[0].Breach
	require.False(t, w.breach(id).Held)
	require.Zero(t, w.twin(object(0)).Holds)
}

func TestCuttingARunIntoRecordingsChangesNothingOnTheLedger(t *testing.T) {
	run := []int64{0, 50, 5, 90, 10, 95, 20, 60, 25, 90, 30, 70, 35, 90, 40, 50}
	whole, cut := watching(t), watching(t)
	id := whole.record(run...).Lanes[0].Breach
	var cutID string
	for i := 0; i < len(run); i += 2 {
		if found := cut.record(run[i], run[i+1]).Lanes[0].Breach; found != "" {
			cutID = found
		}
	}
	require.Equal(t, whole.watch().Lanes[0].Tally, cut.watch().Lanes[0].Tally)
	require.Equal(t, whole.breach(id).Break, cut.breach(cutID).Break)
}

func TestADishonestSenderIsCaught(t *testing.T) {
	for name, c := range map[string]struct {
		attack func(*world) []byte
		want   error
	}{
		"edits a byte": {func(w *world) []byte {
			data := bytes.Clone(w.seal(readings(20, 50), nil).Bytes())
			data[len(data)-1] ^= 1
			return data
		}, fault.InvalidRequest},
		"edits and seals with another key": {func(w *world) []byte {
			w.device = edKey(9)
			return w.seal(readings(20, 50), nil).Bytes()
		}, fault.BadSignature},
		"replays the last":  {func(w *world) []byte { return w.sent(2) }, fault.AlreadyRecorded},
		"replays the first": {func(w *world) []byte { return w.sent(1) }, fault.AlreadyRecorded},
		"sends other readings under a number that is taken": {func(w *world) []byte {
			return w.seal(readings(20, 50), func(d *telemetry.Draft) { d.Sequence = 2 }).Bytes()
		}, fault.OutOfSequence},
		"drops one": {func(w *world) []byte {
			return w.seal(readings(30, 50), func(d *telemetry.Draft) { d.Sequence, d.Previous = 4, telemetry.Hash{4} }).Bytes()
		}, fault.OutOfSequence},
		"replaces one": {func(w *world) []byte {
			return w.seal(readings(30, 50), func(d *telemetry.Draft) { d.Previous = telemetry.Hash{4} }).Bytes()
		}, fault.OutOfSequence},
		"back-dates":            {func(w *world) []byte { return w.seal(readings(14, 50, 20, 50), nil).Bytes() }, fault.OutOfSequence},
		"repeats the last time": {func(w *world) []byte { return w.seal(readings(15, 50, 20, 50), nil).Bytes() }, fault.OutOfSequence},
		"dates ahead":           {func(w *world) []byte { return w.seal(readings(31, 50), nil).Bytes() }, fault.TimeAhead},
		"takes another unit": {func(w *world) []byte {
			return w.seal(readings(20, 50), func(d *telemetry.Draft) { d.Unit = "FAH" }).Bytes()
		}, fault.Unsupported},
		"takes another measurement": {func(w *world) []byte {
			return w.seal(readings(20, 50), func(d *telemetry.Draft) { d.Measurement = "Humidity" }).Bytes()
		}, fault.Unsupported},
		"names an unknown device": {func(w *world) []byte {
			return w.seal(readings(20, 50), func(d *telemetry.Draft) { d.Device = "/8004/9506000NONE" }).Bytes()
		}, fault.NotFound},
		"spells the device otherwise": {func(w *world) []byte {
			return w.seal(readings(20, 50), func(d *telemetry.Draft) { d.Device = gs1Authority + deviceID }).Bytes()
		}, fault.InvalidIdentifier},
		"sends no recording":     {func(w *world) []byte { return nil }, fault.InvalidRequest},
		"sends too much":         {func(w *world) []byte { return make([]byte, telemetry.MaxBytes+1) }, fault.LimitExceeded},
		"sends what is not one":  {func(w *world) []byte { return []byte("[]") }, fault.InvalidRequest},
		"sends with another key": {func(w *world) []byte { return w.sent(2)[1:] }, fault.InvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			w := watching(t)
			w.record(0, 50, 5, 50)
			w.record(10, 50, 15, 50)
			before := w.ledger.Dump()
			_, err := w.submit(w.as(maker, ledger.RoleGateway), c.attack(w))
			require.ErrorIs(t, err, c.want)
			require.Equal(t, before, w.ledger.Dump())
		})
	}
}

const gs1Authority = "https://id.gs1.org"

// sent makes the recording that TestADishonestSenderIsCaught sent under a number
// again: Ed25519 signs the same bytes the same way.
func (w *world) sent(sequence uint64) []byte {
	first := w.seal(readings(0, 50, 5, 50), func(d *telemetry.Draft) { d.Sequence, d.Previous = 1, telemetry.Hash{} })
	if sequence == 1 {
		return first.Bytes()
	}
	return w.seal(readings(10, 50, 15, 50), func(d *telemetry.Draft) { d.Sequence, d.Previous = 2, first.Root() }).Bytes()
}

func TestAReplayNamesTheFirstTransaction(t *testing.T) {
	w := watching(t)
	first := w.record(0, 50, 5, 50)
	_, err := w.submit(w.as(maker, ledger.RoleGateway), w.sent(1))
	require.Equal(t, first.Recordings[0].Transaction, fault.Of(err).Detail["transaction"])
}

func TestTheRequestMayNameTheRoot(t *testing.T) {
	w := watching(t)
	recording := w.seal(readings(0, 50), nil)
	try := func(root telemetry.Hash) error {
		return w.ledger.Update(w.proposal(recording.Bytes()), func(tx *ledger.Tx) error {
			_, err := condition.Record(tx, condition.RecordRequest{Roots: []telemetry.Hash{root}})
			return err
		})
	}
	require.ErrorIs(t, try(telemetry.Hash{1}), fault.HashMismatch)
	require.NoError(t, try(recording.Root()))
}

func TestWhoMaySubmitARecording(t *testing.T) {
	for name, c := range map[string]struct {
		msp, role string
		want      error
	}{
		"the owner's gateway":            {maker, ledger.RoleGateway, nil},
		"the owner's operator":           {maker, ledger.RoleOperator, nil},
		"the owner's admin":              {maker, ledger.RoleAdmin, nil},
		"the owner's auditor":            {maker, ledger.RoleAuditor, fault.RoleRequired},
		"another's gateway":              {carrier, ledger.RoleGateway, nil},
		"another's operator":             {carrier, ledger.RoleOperator, nil},
		"another's admin":                {carrier, ledger.RoleAdmin, fault.RoleRequired},
		"a reader":                       {reader, ledger.RoleGateway, fault.ReaderOnly},
		"an organisation not on record":  {"StrangerMSP", ledger.RoleGateway, fault.NotParticipant},
		"somebody without any role":      {maker, "", fault.RoleRequired},
		"a role that is not one of ours": {carrier, "root", fault.RoleRequired},
	} {
		t.Run(name, func(t *testing.T) {
			w := watching(t)
			_, err := w.submit(w.named(c.msp, c.role, "someone"), w.seal(readings(0, 50), nil).Bytes())
			if c.want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, c.want)
			}
		})
	}
}

func TestADeviceIsBelievedWhileItIsFit(t *testing.T) {
	t.Run("revoked, whatever time its readings claim", func(t *testing.T) {
		w := watching(t)
		w.now = w.now.Add(time.Hour)
		_, err := call(w, w.as(maker, ledger.RoleAdmin), participant.RevokeDevice, participant.RevokeDeviceRequest{ID: deviceID, Reason: "stolen"})
		require.NoError(t, err)
		_, err = w.submit(w.as(maker, ledger.RoleGateway), w.seal(readings(0, 50), nil).Bytes())
		require.ErrorIs(t, err, fault.DeviceUnfit)
	})
	t.Run("calibrated, at the reading and not at the submission", func(t *testing.T) {
		w := watching(t)
		until := origin.AddDate(0, 6, 0)
		w.now = until.Add(time.Hour)
		minutes := int64(until.Sub(origin) / time.Minute)
		_, err := w.submit(w.as(maker, ledger.RoleGateway), w.seal(readings(minutes, 50, minutes+1, 50), nil).Bytes())
		require.ErrorIs(t, err, fault.DeviceUnfit)
		_, err = w.submit(w.as(maker, ledger.RoleGateway), w.seal(readings(minutes-1, 50, minutes, 50), nil).Bytes())
		require.NoError(t, err)
	})
}

func TestAnES256DeviceRecordsToo(t *testing.T) {
	w := watching(t)
	key, id := newKey(w), "/8004/9506000LOGGER2"
	w.register(id, key)
	recording, err := telemetry.Seal(rand.Reader, key, telemetry.Draft{
		Device: id, Sequence: 1, Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: readings(0, 50),
	})
	require.NoError(t, err)
	resp, err := w.submit(w.as(maker, ledger.RoleGateway), recording.Bytes())
	require.NoError(t, err)
	require.Empty(t, resp.Lanes, "it feeds no watch")
}
