package participant_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// calibration is one that found and left everything well.
func calibration(id string, performed, due time.Time) participant.RecordCalibrationRequest {
	return participant.RecordCalibrationRequest{
		ID: id, Calibrated: participant.Calibrated{Performed: performed, Due: due, AsFound: participant.CheckPass, AsLeft: participant.CheckPass},
		Laboratory: "National Metrology", Certificate: strings.Repeat("0a", 32),
	}
}

// calibrated registers a logger that is calibrated from the beginning to an
// hour.
func calibrated(t *testing.T, s *Scene, until int) {
	t.Helper()
	request := device(t)
	request.CalibratedUntil = hour(until)
	_, err := call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, request)
	require.NoError(t, err)
}

func TestACalibrationThatLapsesIsRepairedByTheNext(t *testing.T) {
	s := New(t)
	calibrated(t, s, 5)
	s.Now = hour(20)
	require.NoError(t, fit(t, s, loggerID, hour(5)), "to the very end")
	require.ErrorIs(t, fit(t, s, loggerID, hour(5).Add(time.Millisecond)), fault.DeviceUnfit)
	require.Equal(t, []participant.Doubt{{From: hour(5).Add(time.Millisecond), To: hour(9), Reason: "notCalibrated"}}, doubts(t, s, loggerID, Begin, hour(9)))
	require.Equal(t, "notCalibrated", doubts(t, s, loggerID, hour(-2), Begin)[0].Reason, "before the first")

	_, err := call(s.As(Carrier, ledger.RoleQuality), participant.RecordCalibration, calibration(loggerID, hour(8), hour(12)))
	require.NoError(t, err)
	require.NoError(t, fit(t, s, loggerID, hour(12)))
	require.NoError(t, fit(t, s, loggerID, hour(6)), "taken, so that later recordings can follow, and in doubt")
	require.ErrorIs(t, fit(t, s, loggerID, hour(13)), fault.DeviceUnfit)
	require.Equal(t, []participant.Doubt{{From: hour(5).Add(time.Millisecond), To: hour(8).Add(-time.Millisecond), Reason: "notCalibrated"}},
		doubts(t, s, loggerID, Begin, hour(12)))
	read, err := query(s, participant.ReadDevice, participant.ReadDeviceRequest{ID: loggerID})
	require.NoError(t, err)
	require.Equal(t, hour(12), read.CalibratedUntil)

	_, err = call(s.As(Carrier, ledger.RoleQuality), participant.RecordCalibration, calibration(loggerID, hour(10), hour(30)))
	require.NoError(t, err, "in time")
	require.Len(t, doubts(t, s, loggerID, Begin, hour(30)), 1)

	list, err := query(s, participant.ListCalibrations, participant.ListCalibrationsRequest{ID: loggerID})
	require.NoError(t, err)
	require.Len(t, list.Calibrations, 3)
	require.Equal(t, Begin, list.Calibrations[0].Performed)
	require.Equal(t, hour(10), list.Calibrations[2].Performed)
	require.Equal(t, "National Metrology", list.Calibrations[2].Laboratory)
}

func TestTheFirstCalibrationMayHaveBeenBeforeTheRegistration(t *testing.T) {
	s := New(t)
	request := device(t)
	request.CalibratedFrom, request.Laboratory, request.Certificate = hour(-100), "National Metrology", strings.Repeat("0b", 32)
	_, err := call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, request)
	require.NoError(t, err)
	require.Empty(t, doubts(t, s, loggerID, hour(-100), Begin))
	require.NotEmpty(t, doubts(t, s, loggerID, hour(-101), Begin))
}

func TestADeviceFoundToFailPutsAllSinceTheCalibrationBeforeInDoubt(t *testing.T) {
	s := New(t)
	calibrated(t, s, 5)
	s.Now = hour(20)
	record := func(performed, due int, found, left string) {
		request := calibration(loggerID, hour(performed), hour(due))
		request.AsFound, request.AsLeft = found, left
		if left == participant.CheckFail {
			request.Due = time.Time{}
		}
		_, err := call(s.As(Carrier, ledger.RoleQuality), participant.RecordCalibration, request)
		require.NoError(t, err)
	}
	record(4, 10, participant.CheckPass, participant.CheckPass)
	record(8, 18, participant.CheckFail, participant.CheckPass)
	require.Equal(t, []participant.Doubt{{From: hour(4), To: hour(8).Add(-time.Millisecond), Reason: "asFoundFailed"}}, doubts(t, s, loggerID, Begin, hour(18)))
	record(12, 0, participant.CheckFail, participant.CheckFail)
	require.Equal(t, []participant.Doubt{
		{From: hour(4), To: hour(8).Add(-time.Millisecond), Reason: "asFoundFailed"},
		{From: hour(8), To: hour(12).Add(-time.Millisecond), Reason: "asFoundFailed"},
		{From: hour(12).Add(time.Millisecond), To: hour(18), Reason: "notCalibrated"},
	}, doubts(t, s, loggerID, Begin, hour(18)))
	require.ErrorIs(t, fit(t, s, loggerID, hour(13)), fault.DeviceUnfit, "it was left to fail")
}

func TestCalibrationsThatAreRefused(t *testing.T) {
	type request = participant.RecordCalibrationRequest
	for name, c := range map[string]struct {
		change func(*request)
		code   fault.Code
		field  string
	}{
		"of the time to come":    {func(r *request) { r.Performed = hour(21) }, fault.TimeAhead, "/performed"},
		"at no time":             {func(r *request) { r.Performed = time.Time{} }, fault.InvalidRequest, "/performed"},
		"before the last":        {func(r *request) { r.Performed = hour(4) }, fault.OutOfSequence, "/performed"},
		"another at the time":    {func(r *request) { r.Performed, r.Due = hour(5), hour(31) }, fault.OutOfSequence, "/performed"},
		"the very same":          {func(r *request) { r.Performed, r.Due = hour(5), hour(30) }, fault.AlreadyRecorded, ""},
		"due before":             {func(r *request) { r.Due = r.Performed }, fault.InvalidRequest, "/due"},
		"not due":                {func(r *request) { r.Due = time.Time{} }, fault.InvalidRequest, "/due"},
		"left to fail, and due":  {func(r *request) { r.AsLeft = participant.CheckFail }, fault.InvalidRequest, "/due"},
		"found otherwise":        {func(r *request) { r.AsFound = "" }, fault.InvalidRequest, "/asFound"},
		"left otherwise":         {func(r *request) { r.AsLeft = participant.CheckNone }, fault.InvalidRequest, "/asLeft"},
		"by nobody":              {func(r *request) { r.Laboratory = "" }, fault.InvalidRequest, "/laboratory"},
		"without a certificate":  {func(r *request) { r.Certificate = "" }, fault.InvalidRequest, "/certificate"},
		"a certificate spelt up": {func(r *request) { r.Certificate = strings.Repeat("0A", 32) }, fault.InvalidRequest, "/certificate"},
		"of no device":           {func(r *request) { r.ID = "/8004/4012345NONE" }, fault.NotFound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			calibrated(t, s, 5)
			s.Now = hour(20)
			_, err := call(s.As(Carrier, ledger.RoleOperator), participant.RecordCalibration, calibration(loggerID, hour(5), hour(30)))
			require.NoError(t, err)
			before := s.Ledger.Dump()
			request := calibration(loggerID, hour(10), hour(40))
			c.change(&request)
			_, err = call(s.As(Carrier, ledger.RoleOperator), participant.RecordCalibration, request)
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.field, fault.Of(err).Field)
			require.Equal(t, before, s.Ledger.Dump())
		})
	}
}

func TestCalibrationsAreBoundedAndFitTheirRecord(t *testing.T) {
	s := New(t)
	calibrated(t, s, 5)
	s.Now = hour(1000)
	next := func(i int) error {
		at := hour(i).Add(time.Millisecond)
		_, err := call(s.As(Carrier, ledger.RoleOperator), participant.RecordCalibration, calibration(loggerID, at, at.AddDate(1, 0, 0)))
		return err
	}
	for i := 1; i < participant.MaxCalibrations; i++ {
		require.NoError(t, next(i))
	}
	require.ErrorIs(t, next(participant.MaxCalibrations), fault.LimitExceeded)
}

// What is in doubt agrees, instant by instant, with what the words say.
func TestDoubtsAreWhatTheRecordsSay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := New(t)
		s.Now = hour(24)
		request := device(t)
		request.CalibratedFrom, request.CalibratedUntil = hour(0), hour(rapid.IntRange(1, 24).Draw(rt, "until"))
		_, err := call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, request)
		require.NoError(t, err)
		list := []participant.Calibrated{{Performed: hour(0), Due: request.CalibratedUntil, AsLeft: participant.CheckPass}}
		for at := 0; len(list) < 5; {
			at += rapid.IntRange(1, 8).Draw(rt, "performed")
			if at > 24 {
				break
			}
			c := calibration(loggerID, hour(at), hour(at+rapid.IntRange(1, 12).Draw(rt, "due")))
			c.AsFound = rapid.SampledFrom([]string{"pass", "fail", "none"}).Draw(rt, "found")
			if rapid.Bool().Draw(rt, "left to fail") {
				c.AsLeft, c.Due = participant.CheckFail, time.Time{}
			}
			_, err := call(s.As(Carrier, ledger.RoleOperator), participant.RecordCalibration, c)
			require.NoError(t, err)
			list = append(list, c.Calibrated)
		}
		from, until := rapid.IntRange(0, 12).Draw(rt, "suspended"), rapid.IntRange(13, 24).Draw(rt, "resumed")
		_, err = call(s.As(Carrier, ledger.RoleOperator), participant.SuspendDevice, participant.SuspendDeviceRequest{ID: loggerID, From: hour(from), Until: hour(until), Reason: "x"})
		require.NoError(t, err)
		since := rapid.IntRange(0, 24).Draw(rt, "revoked")
		_, err = call(s.As(Carrier, ledger.RoleOperator), participant.RevokeDevice, participant.RevokeDeviceRequest{ID: loggerID, Since: hour(since), Kind: participant.Retired, Reason: "x"})
		require.NoError(t, err)

		for at := hour(-1); at.Before(hour(30)); at = at.Add(30 * time.Minute) {
			want := map[string]bool{}
			if !at.Before(hour(from)) && at.Before(hour(until)) {
				want["suspended"] = true
			}
			if !at.Before(hour(since)) {
				want["retired"] = true
			}
			covered := false
			for i, c := range list {
				next := hour(1000)
				if i+1 < len(list) {
					next = list[i+1].Performed
					if list[i+1].AsFound == "fail" && !at.Before(c.Performed) && at.Before(next) {
						want["asFoundFailed"] = true
					}
				}
				covered = covered || c.AsLeft == "pass" && !at.Before(c.Performed) && !at.After(c.Due) && !at.After(next)
			}
			if !covered {
				want["notCalibrated"] = true
			}
			found := map[string]bool{}
			for _, doubt := range doubts(t, s, loggerID, at, at) {
				require.Equal(t, at, doubt.From)
				require.Equal(t, at, doubt.To)
				found[doubt.Reason] = true
			}
			require.Equal(t, want, found, at)
		}
	})
}
