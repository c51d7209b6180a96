package condition_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"strings"
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

func after(minutes int) time.Time { return origin.Add(time.Duration(minutes) * time.Minute) }

// steady makes readings every five minutes of one value, in tenths.
func steady(from, to int64, tenths int64) (pairs []int64) {
	for at := from; at <= to; at += 5 {
		pairs = append(pairs, at, tenths)
	}
	return pairs
}

func spki(t require.TestingT, key crypto.Signer) string {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(t, err)
	return base64.StdEncoding.EncodeToString(der)
}

// rotate gives the device another key.
func (w *world) rotate(key ed25519.PrivateKey) {
	w.Helper()
	statement := participant.KeyStatement{Device: deviceID, Owner: maker, Algorithm: participant.EdDSA, PublicKey: spki(w, key)}
	message, err := participant.KeyStatementBytes(statement)
	require.NoError(w, err)
	_, err = call(w, w.as(maker, ledger.RoleAdmin), participant.RotateDeviceKey, participant.RotateDeviceKeyRequest{
		ID: deviceID, PublicKey: statement.PublicKey, Algorithm: statement.Algorithm, Reason: "yearly",
		Proof: base64.StdEncoding.EncodeToString(ed25519.Sign(key, message)),
	})
	require.NoError(w, err)
}

// tryRecord seals and submits, and keeps the chain where it is when it is
// refused.
func (w *world) tryRecord(change func(*telemetry.Draft), pairs ...int64) error {
	w.Helper()
	recording := w.seal(readings(pairs...), change)
	_, err := w.submit(w.as(maker, ledger.RoleGateway), recording.Bytes())
	if err == nil {
		w.sequence, w.previous = w.sequence+1, recording.Root()
	}
	return err
}

func (w *world) calibrate(performed, due int, found string) {
	w.Helper()
	_, err := call(w, w.as(maker, ledger.RoleQuality), participant.RecordCalibration, participant.RecordCalibrationRequest{
		ID: deviceID, Laboratory: "Metrology", Certificate: strings.Repeat("0a", 32),
		Calibrated: participant.Calibrated{Performed: after(performed), Due: after(due), AsFound: found, AsLeft: participant.CheckPass},
	})
	require.NoError(w, err)
}

func (w *world) revoke(kind string, since time.Time) {
	w.Helper()
	_, err := call(w, w.as(maker, ledger.RoleAdmin), participant.RevokeDevice,
		participant.RevokeDeviceRequest{ID: deviceID, Kind: kind, Since: since, Reason: "stolen"})
	require.NoError(w, err)
}

func (w *world) suspend(from, until time.Time) {
	w.Helper()
	_, err := call(w, w.as(maker, ledger.RoleQuality), participant.SuspendDevice,
		participant.SuspendDeviceRequest{ID: deviceID, From: from, Until: until, Reason: "dropped"})
	require.NoError(w, err)
}

func TestAnOldKeySignsWhatTheDeviceStillHasAndNothingLater(t *testing.T) {
	w := watching(t)
	w.record(steady(0, 20, 50)...)
	old, next := w.device, edKey(9)
	w.now = after(60)
	w.rotate(next)
	require.NoError(t, w.tryRecord(nil, steady(25, 40, 50)...), "signed before the rotation, and not sent")
	require.ErrorIs(t, w.tryRecord(nil, steady(45, 60, 50)...), fault.BadSignature, "up to the instant of the rotation")
	require.NoError(t, w.tryRecord(nil, steady(45, 55, 50)...))
	w.now = after(90)
	require.ErrorIs(t, w.tryRecord(nil, steady(60, 90, 50)...), fault.BadSignature)
	w.device = next
	require.NoError(t, w.tryRecord(nil, steady(60, 90, 50)...))
	w.device = old
	w.now = after(100)
	require.ErrorIs(t, w.tryRecord(nil, steady(95, 100, 50)...), fault.BadSignature, "and never again")
	require.Equal(t, evaluation.Kept, w.watch().Verdict, "a rotation puts nothing in doubt")
}

func TestASuspensionPutsTheReadingsOfItsTimeInDoubt(t *testing.T) {
	w := watching(t)
	w.record(steady(0, 60, 50)...)
	require.Equal(t, evaluation.Kept, w.watch().Verdict)
	w.suspend(after(30), time.Time{})
	watch := w.watch()
	require.Equal(t, evaluation.Undetermined, watch.Verdict)
	require.Equal(t, []string{"device:suspended"}, watch.Reasons)
	require.Equal(t, []participant.Doubt{{From: after(30), To: after(60), Reason: "suspended"}}, watch.Lanes[0].Doubts)

	w.now = after(70)
	require.ErrorIs(t, w.tryRecord(nil, steady(65, 70, 50)...), fault.DeviceUnfit)
	_, err := call(w, w.as(maker, ledger.RoleQuality), participant.ResumeDevice, participant.ResumeDeviceRequest{ID: deviceID, Reason: "checked"})
	require.NoError(t, err)
	require.NoError(t, w.tryRecord(nil, steady(65, 70, 50)...), "later recordings follow it")
	require.Equal(t, evaluation.Undetermined, w.watch().Verdict)
}

func TestASuspensionOfAnotherTimePutsNothingInDoubt(t *testing.T) {
	w := watching(t)
	w.suspend(after(-60), after(-30))
	w.record(steady(0, 60, 50)...)
	require.Equal(t, evaluation.Kept, w.watch().Verdict)
}

func TestASubmitterLearnsAtOnceWhatIsInDoubt(t *testing.T) {
	w := watching(t)
	w.now = after(60)
	w.suspend(after(10), after(12))
	lane := w.record(steady(0, 30, 50)...).Lanes[0]
	require.Equal(t, evaluation.Undetermined, lane.Verdict)
	require.Equal(t, []string{"device:suspended"}, lane.Reasons)
}

func TestWhatIsInDoubtAfterTheEndOfAWatchIsNotInDoubtForIt(t *testing.T) {
	w := watching(t)
	w.record(steady(0, 20, 50)...)
	w.now = after(30)
	_, err := call(w, w.as(maker, ledger.RoleOperator), condition.EndWatch, condition.EndWatchRequest{ID: watchID})
	require.NoError(t, err)
	w.record(steady(25, 60, 50)...) // one recording, beyond the end
	w.suspend(after(31), after(50))
	require.Equal(t, evaluation.Kept, w.watch().Verdict)
	w.suspend(after(30), after(31))
	require.Equal(t, evaluation.Undetermined, w.watch().Verdict)
}

func TestWhatIsBrokenStaysBrokenInDoubt(t *testing.T) {
	w := watching(t)
	id := w.record(steady(0, 60, 90)...).Lanes[0].Breach
	w.revoke(participant.Compromised, origin)
	watch := w.watch()
	require.Equal(t, evaluation.Broken, watch.Verdict)
	require.Contains(t, watch.Reasons, "device:compromised")
	require.Len(t, w.holds(object(0)), 1, "a person decides")
	require.NotEmpty(t, id)
}

func TestACompromiseThatIsKnownLaterIsBackDated(t *testing.T) {
	w := watching(t)
	w.record(steady(0, 60, 50)...)
	w.now = after(65)
	w.revoke(participant.Compromised, after(61))
	require.Equal(t, evaluation.Kept, w.watch().Verdict, "after all its readings")
	w.now = after(70)
	require.ErrorIs(t, w.tryRecord(nil, 65, 50), fault.DeviceUnfit)
	require.ErrorIs(t, w.tryRecord(nil, 61, 50), fault.DeviceUnfit, "whatever time it claims")
	w.revoke(participant.Compromised, after(59))
	watch := w.watch()
	require.Equal(t, evaluation.Undetermined, watch.Verdict)
	require.Equal(t, []string{"device:compromised"}, watch.Reasons)
}

func TestARetiredDeviceHandsInWhatItMeasuredBefore(t *testing.T) {
	w := watching(t)
	w.record(steady(0, 20, 50)...)
	w.now = after(60)
	w.revoke(participant.Retired, after(40))
	require.ErrorIs(t, w.tryRecord(nil, steady(25, 40, 50)...), fault.DeviceUnfit)
	require.NoError(t, w.tryRecord(nil, steady(25, 35, 50)...))
	require.NotContains(t, w.watch().Reasons, "device:retired")
}

func TestACalibrationIsJudgedAtTheReadingAndMayFollow(t *testing.T) {
	w := watching(t)
	until := int64(origin.AddDate(0, 6, 0).Sub(origin) / time.Minute)
	w.now = after(int(until) + 60)
	require.ErrorIs(t, w.tryRecord(nil, until, 50, until+1, 50), fault.DeviceUnfit)
	w.calibrate(int(until)+30, int(until)+1000, participant.CheckPass)
	require.NoError(t, w.tryRecord(nil, until, 50, until+1, 50), "the next calibration makes it possible")
	watch := w.watch()
	require.Contains(t, watch.Reasons, "device:notCalibrated", "which covers no more than it covers")
	require.Equal(t, after(int(until)).Add(time.Millisecond), watch.Lanes[0].Doubts[0].From)
}

// Of the watches that a device fed, exactly those are in doubt that have readings
// of the time since the calibration before.
func TestADeviceFoundToFailPutsExactlyTheVerdictsInDoubtThatItFedSince(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(nil)
	objects := w.commission(2, nil)
	start := func(name string, at int) {
		w.now = after(at)
		_, err := call(w, w.as(maker, ledger.RoleOperator), condition.StartWatch, condition.StartWatchRequest{
			Name: name, Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: objects, Devices: []string{deviceID}, Start: w.now,
		})
		require.NoError(t, err)
	}
	end := func(name string) {
		_, err := call(w, w.as(maker, ledger.RoleOperator), condition.EndWatch, condition.EndWatchRequest{ID: maker + "/" + name})
		require.NoError(t, err)
	}
	start("a", 0)
	w.record(steady(0, 30, 50)...)
	end("a")
	w.now = after(60)
	w.calibrate(60, 100_000, participant.CheckPass)
	start("b", 60)
	start("e", 60)
	w.record(steady(60, 90, 50)...)
	end("b")
	start("c", 90)
	w.record(steady(95, 120, 90)...)
	end("c")
	start("d", 150)
	w.now = after(150)
	w.calibrate(150, 100_000, participant.CheckFail)
	w.record(steady(150, 180, 50)...)

	list := func(change func(*condition.DeviceVerdictsRequest)) (found []string) {
		req := condition.DeviceVerdictsRequest{Device: "https://id.gs1.org" + deviceID}
		change(&req)
		for {
			page, err := ask(w, condition.DeviceVerdicts, req)
			require.NoError(t, err)
			for _, v := range page.Verdicts {
				found = append(found, strings.TrimPrefix(v.Watch, maker+"/")+" "+string(v.Verdict))
				require.Equal(t, maker, v.By)
				require.Equal(t, v.Verdict == evaluation.Broken, v.Breach != "")
			}
			if req.Bookmark = page.Bookmark; req.Bookmark == "" {
				return found
			}
		}
	}
	doubted := []string{"b undetermined", "c broken", "e broken"}
	require.Equal(t, doubted, list(func(r *condition.DeviceVerdictsRequest) { r.Doubted = true }))
	require.Equal(t, doubted, list(func(r *condition.DeviceVerdictsRequest) { r.Doubted, r.Size = true, 1 }), "a page at a time")
	require.Equal(t, []string{"a kept", "b undetermined", "c broken", "d kept", "e broken"}, list(func(*condition.DeviceVerdictsRequest) {}))
	require.Equal(t, []string{"a kept"}, list(func(r *condition.DeviceVerdictsRequest) { r.To = after(59) }))
	require.Equal(t, []string{"d kept", "e broken"}, list(func(r *condition.DeviceVerdictsRequest) { r.From = after(121) }))
	require.Equal(t, []string{"c broken", "e broken"}, list(func(r *condition.DeviceVerdictsRequest) { r.From, r.To = after(100), after(110) }))
	_, err := ask(w, condition.DeviceVerdicts, condition.DeviceVerdictsRequest{Device: "/8004/9506000NONE"})
	require.ErrorIs(t, err, fault.NotFound)
	_, err = ask(w, condition.DeviceVerdicts, condition.DeviceVerdictsRequest{Device: deviceID, Size: ledger.MaxPage + 1})
	require.ErrorIs(t, err, fault.LimitExceeded)
}

// plain registers a gateway, and a sensor of the same owner that it vouches for.
func (w *world) plain(msp, gateway, sensor string, key crypto.Signer) {
	w.Helper()
	for _, req := range []participant.RegisterDeviceRequest{
		{ID: gateway, PublicKey: spki(w, key), Algorithm: participant.EdDSA},
		{ID: sensor, Gateway: gateway, Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedUntil: origin.AddDate(1, 0, 0)},
	} {
		_, err := call(w, w.as(msp, ledger.RoleOperator), participant.RegisterDevice, req)
		require.NoError(w, err)
	}
}

func TestAGatewaySignsForTheSensorsThatItVouchesFor(t *testing.T) {
	const gateway, sensor, stranger = "/8004/9506000GATEWAY", "/8004/9506000SENSOR", "/8004/9506000OTHER"
	w := watching(t)
	key := edKey(7)
	w.plain(maker, gateway, sensor, key)
	_, err := call(w, w.as(maker, ledger.RoleOperator), condition.StartWatch, condition.StartWatchRequest{
		Name: "plain", Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: []string{object(0)}, Devices: []string{sensor}, Start: origin,
	})
	require.NoError(t, err)
	w.now = after(60)
	try := func(signer ed25519.PrivateKey, by string) error {
		w.device, w.sequence, w.previous = signer, 0, telemetry.Hash{}
		return w.tryRecord(func(d *telemetry.Draft) { d.Device, d.Gateway = sensor, by }, steady(0, 30, 50)...)
	}
	require.ErrorIs(t, try(w.device, ""), fault.BadSignature, "another device")
	require.ErrorIs(t, try(w.device, deviceID), fault.BadSignature, "a device that vouches for none")
	require.ErrorIs(t, try(key, stranger), fault.BadSignature, "in another's name")
	require.ErrorIs(t, try(key, ""), fault.BadSignature, "in no name")
	require.NoError(t, try(key, gateway))

	resp, err := ask(w, condition.ReadWatch, condition.ReadWatchRequest{ID: maker + "/plain"})
	require.NoError(t, err)
	require.Equal(t, uint64(7), resp.Lanes[0].Readings)
	_, err = call(w, w.as(maker, ledger.RoleAdmin), participant.RevokeDevice,
		participant.RevokeDeviceRequest{ID: gateway, Since: after(20), Reason: "stolen"})
	require.NoError(t, err)
	resp, err = ask(w, condition.ReadWatch, condition.ReadWatchRequest{ID: maker + "/plain"})
	require.NoError(t, err)
	require.Contains(t, resp.Reasons, "device:gateway:compromised")
	w.sequence, w.previous = 0, telemetry.Hash{}
	err = w.tryRecord(func(d *telemetry.Draft) { d.Device, d.Gateway = sensor, gateway }, steady(0, 30, 55)...)
	require.Error(t, err)
}

func TestAnotherOrganisationsGatewaySignsForNoSensor(t *testing.T) {
	w := watching(t)
	key := edKey(7)
	w.plain(maker, "/8004/9506000GATEWAY", "/8004/9506000SENSOR", edKey(8))
	_, err := call(w, w.as(maker, ledger.RoleAdmin), participant.Delegate, participant.DelegateRequest{Prefix: prefix, Delegate: carrier})
	require.NoError(t, err)
	w.plain(carrier, "/8004/9506000CARRIERGATE", "/8004/9506000CARRIERSENSOR", key)
	w.device, w.now = key, after(60)
	err = w.tryRecord(func(d *telemetry.Draft) {
		d.Device, d.Gateway = "/8004/9506000SENSOR", "/8004/9506000CARRIERGATE"
	}, steady(0, 30, 50)...)
	require.ErrorIs(t, err, fault.BadSignature)
	_, err = call(w, w.as(maker, ledger.RoleAdmin), participant.RotateDeviceKey, participant.RotateDeviceKeyRequest{
		ID: "/8004/9506000SENSOR", Gateway: "/8004/9506000CARRIERGATE", Reason: "x",
	})
	require.ErrorIs(t, err, fault.NotLicensee, "not even if its owner wants it")
}

func TestARecordingIsOfThePartThatTheDeviceMeasures(t *testing.T) {
	w := watching(t)
	w.now = after(60)
	require.ErrorIs(t, w.tryRecord(func(d *telemetry.Draft) { d.Component = "x" }, steady(0, 30, 50)...), fault.Unsupported)
}
