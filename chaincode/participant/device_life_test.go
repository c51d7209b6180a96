package participant_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// fit tries a recording of the logger's own, whose last reading was taken at a
// time and which is submitted now.
func fit(t *testing.T, s *Scene, id string, last time.Time) error {
	t.Helper()
	_, err := query(s, func(tx *ledger.Tx, id string) (bool, error) {
		trust, err := participant.LoadTrust(tx, id)
		if err != nil {
			return false, err
		}
		return true, trust.Fit(trust.Device, last, tx.Time())
	}, id)
	return err
}

func doubts(t *testing.T, s *Scene, id string, from, to time.Time) []participant.Doubt {
	t.Helper()
	found, err := query(s, func(tx *ledger.Tx, id string) ([]participant.Doubt, error) {
		trust, err := participant.LoadTrust(tx, id)
		if err != nil {
			return nil, err
		}
		return trust.Doubts(from, to), nil
	}, id)
	require.NoError(t, err)
	return found
}

func hour(n int) time.Time { return Begin.Add(time.Duration(n) * time.Hour) }

func TestADeviceSaysWhatItIs(t *testing.T) {
	s := New(t)
	request := device(t)
	request.Model = participant.Model{Class: "EN 12830:2018 class 1", IntervalMs: 300_000, Firmware: "1.4.2", Serial: "TL-77"}
	request.Component = "x"
	registered, err := call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, request)
	require.NoError(t, err)
	require.Equal(t, request.Model, registered.Model)
	require.Equal(t, "x", registered.Component)
	for name, c := range map[string]struct {
		change func(*participant.RegisterDeviceRequest)
		code   fault.Code
		field  string
	}{
		"a long class":        {func(r *participant.RegisterDeviceRequest) { r.Class = strings.Repeat("x", 65) }, fault.LimitExceeded, "/class"},
		"a long firmware":     {func(r *participant.RegisterDeviceRequest) { r.Firmware = strings.Repeat("x", 65) }, fault.LimitExceeded, "/firmware"},
		"a long serial":       {func(r *participant.RegisterDeviceRequest) { r.Serial = strings.Repeat("x", 65) }, fault.LimitExceeded, "/serial"},
		"a negative interval": {func(r *participant.RegisterDeviceRequest) { r.IntervalMs = -1 }, fault.InvalidRequest, "/intervalMs"},
		"no component":        {func(r *participant.RegisterDeviceRequest) { r.Component = "x1" }, fault.InvalidRequest, "/component"},
		"calibrated from a time to come": {func(r *participant.RegisterDeviceRequest) {
			r.CalibratedFrom = hour(1)
		}, fault.TimeAhead, "/calibratedFrom"},
		"calibrated until before": {func(r *participant.RegisterDeviceRequest) { r.CalibratedUntil = hour(-1) }, fault.InvalidRequest, "/calibratedUntil"},
		"a certificate's name":    {func(r *participant.RegisterDeviceRequest) { r.Certificate = "DKD-77" }, fault.InvalidRequest, "/certificate"},
		"a long laboratory":       {func(r *participant.RegisterDeviceRequest) { r.Laboratory = strings.Repeat("x", 201) }, fault.LimitExceeded, "/laboratory"},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			request := device(t)
			c.change(&request)
			_, err := call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, request)
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.field, fault.Of(err).Field)
		})
	}
}

func TestASuspendedDeviceIsNotBelievedMeanwhile(t *testing.T) {
	s := New(t)
	logger(t, s, edKey(t))
	s.Now = hour(10)
	quality := func() *Caller { return s.As(Carrier, ledger.RoleQuality) }
	suspended, err := call(quality(), participant.SuspendDevice, participant.SuspendDeviceRequest{ID: loggerID, From: hour(4), Reason: "dropped"})
	require.NoError(t, err)
	require.Equal(t, []participant.Suspension{{From: hour(4)}}, suspended.Suspensions)
	require.NoError(t, fit(t, s, loggerID, hour(3)))
	require.ErrorIs(t, fit(t, s, loggerID, hour(4)), fault.DeviceUnfit)
	require.ErrorIs(t, fit(t, s, loggerID, hour(9)), fault.DeviceUnfit)
	_, err = call(quality(), participant.SuspendDevice, participant.SuspendDeviceRequest{ID: loggerID, Reason: "again"})
	require.ErrorIs(t, err, fault.Closed)

	s.Now = hour(12)
	resumed, err := call(quality(), participant.ResumeDevice, participant.ResumeDeviceRequest{ID: loggerID, Reason: "checked against a reference"})
	require.NoError(t, err)
	require.Equal(t, []participant.Suspension{{From: hour(4), Until: hour(12)}}, resumed.Suspensions)
	require.NoError(t, fit(t, s, loggerID, hour(9)), "later recordings follow it: it is taken, and in doubt")
	require.Equal(t, []participant.Doubt{{From: hour(4), To: hour(12).Add(-time.Millisecond), Reason: "suspended"}}, doubts(t, s, loggerID, Begin, hour(20)))
	require.Equal(t, []participant.Doubt{{From: hour(5), To: hour(6), Reason: "suspended"}}, doubts(t, s, loggerID, hour(5), hour(6)))
	require.Empty(t, doubts(t, s, loggerID, hour(12), hour(20)))
	_, err = call(quality(), participant.ResumeDevice, participant.ResumeDeviceRequest{ID: loggerID, Reason: "again"})
	require.ErrorIs(t, err, fault.Closed)

	_, err = call(quality(), participant.SuspendDevice, participant.SuspendDeviceRequest{ID: loggerID, From: hour(1), Until: hour(2), Reason: "in the workshop"})
	require.NoError(t, err)
	require.NoError(t, fit(t, s, loggerID, hour(1)), "over")
	require.Len(t, doubts(t, s, loggerID, Begin, hour(20)), 2)
	for range participant.MaxSuspensions - 2 {
		_, err = call(quality(), participant.SuspendDevice, participant.SuspendDeviceRequest{ID: loggerID, From: hour(1), Until: hour(2), Reason: strings.Repeat("<", 200)})
		require.NoError(t, err)
	}
	_, err = call(quality(), participant.SuspendDevice, participant.SuspendDeviceRequest{ID: loggerID, From: hour(1), Until: hour(2), Reason: "x"})
	require.ErrorIs(t, err, fault.LimitExceeded)
}

func TestARetiredDeviceIsBelievedAboutWhatCameBefore(t *testing.T) {
	s := New(t)
	logger(t, s, edKey(t))
	revoke := func(kind string, since time.Time) error {
		_, err := call(s.As(Carrier, ledger.RoleQuality), participant.RevokeDevice,
			participant.RevokeDeviceRequest{ID: loggerID, Kind: kind, Since: since, Reason: "x"})
		return err
	}
	s.Now = hour(10)
	require.ErrorIs(t, revoke("lost", hour(5)), fault.InvalidRequest)
	require.NoError(t, revoke(participant.Retired, hour(5)))
	require.NoError(t, fit(t, s, loggerID, hour(5).Add(-time.Millisecond)))
	require.ErrorIs(t, fit(t, s, loggerID, hour(5)), fault.DeviceUnfit)
	require.Equal(t, []participant.Doubt{{From: hour(5), To: hour(8), Reason: "retired"}}, doubts(t, s, loggerID, Begin, hour(8)))
	require.ErrorIs(t, revoke(participant.Retired, hour(5)), fault.Closed)

	require.NoError(t, revoke(participant.Compromised, hour(7)), "and turns out to be compromised")
	require.ErrorIs(t, fit(t, s, loggerID, Begin), fault.DeviceUnfit, "whatever time its readings claim")
	require.Equal(t, []participant.Doubt{{From: hour(5), To: hour(8), Reason: "compromised"}}, doubts(t, s, loggerID, Begin, hour(8)),
		"no earlier revocation is moved forward")
	require.ErrorIs(t, revoke(participant.Retired, Begin), fault.Closed)
	require.NoError(t, revoke(participant.Compromised, hour(2)), "and back-dated")
	require.Equal(t, hour(2), doubts(t, s, loggerID, Begin, hour(8))[0].From)
}

func TestACompromisedGatewayPutsItsSensorsInDoubt(t *testing.T) {
	s := New(t)
	who := func() *Caller { return s.As(Carrier, ledger.RoleOperator) }
	for _, id := range []string{gatewayID, gateway2ID} {
		_, err := call(who(), participant.RegisterDevice, gateway(t, id))
		require.NoError(t, err)
	}
	_, err := call(who(), participant.RegisterDevice, sensor(t, gatewayID))
	require.NoError(t, err)
	s.Now = hour(5)
	_, err = call(who(), participant.RotateDeviceKey, participant.RotateDeviceKeyRequest{ID: sensorID, Gateway: gateway2ID, Reason: "moved"})
	require.NoError(t, err)
	s.Now = hour(10)
	_, err = call(who(), participant.RevokeDevice, participant.RevokeDeviceRequest{ID: gatewayID, Since: hour(3), Reason: "stolen"})
	require.NoError(t, err)
	_, err = call(who(), participant.SuspendDevice, participant.SuspendDeviceRequest{ID: gateway2ID, From: hour(8), Reason: "clock"})
	require.NoError(t, err)
	require.Equal(t, []participant.Doubt{
		{From: hour(3), To: hour(5).Add(-time.Millisecond), Reason: "gateway:compromised"},
		{From: hour(8), To: hour(20), Reason: "gateway:suspended"},
	}, doubts(t, s, sensorID, Begin, hour(20)))
	_, err = call(who(), participant.SuspendDevice, participant.SuspendDeviceRequest{ID: gatewayID, From: hour(1), Until: hour(8), Reason: "clock"})
	require.NoError(t, err)
	require.Equal(t, []participant.Doubt{{From: hour(1), To: hour(5).Add(-time.Millisecond), Reason: "gateway:suspended"}},
		doubts(t, s, sensorID, Begin, hour(6))[:1], "for as long as it vouched")
	by := func(gateway string) error {
		_, err := query(s, func(tx *ledger.Tx, id string) (bool, error) {
			trust, err := participant.LoadTrust(tx, id)
			require.NoError(t, err)
			device, err := participant.LoadDevice(tx, gateway)
			require.NoError(t, err)
			return true, trust.Fit(device, hour(2), tx.Time())
		}, sensorID)
		return err
	}
	require.ErrorIs(t, by(gatewayID), fault.DeviceUnfit, "nothing that it signed is taken any more")
	require.NoError(t, by(gateway2ID), "before it was suspended")
}

func TestADeviceIsAssignedForATime(t *testing.T) {
	s := New(t)
	logger(t, s, edKey(t))
	usable := func(msp string, at time.Time) bool {
		read, err := query(s, participant.ReadDevice, participant.ReadDeviceRequest{ID: loggerID})
		require.NoError(t, err)
		return read.UsableBy(msp, at)
	}
	assign := func(msp, role string, r participant.AssignDeviceRequest) error {
		r.ID = loggerID
		_, err := call(s.As(msp, role), participant.AssignDevice, r)
		return err
	}
	require.True(t, usable(Carrier, Begin))
	require.False(t, usable(Retailer, Begin))
	for name, c := range map[string]struct {
		msp, role string
		request   participant.AssignDeviceRequest
		code      fault.Code
	}{
		"by another":       {Retailer, ledger.RoleAdmin, participant.AssignDeviceRequest{To: Retailer}, fault.NotLicensee},
		"by a gateway":     {Carrier, ledger.RoleGateway, participant.AssignDeviceRequest{To: Retailer}, fault.RoleRequired},
		"to a stranger":    {Carrier, ledger.RoleAdmin, participant.AssignDeviceRequest{To: Outsider}, fault.NotFound},
		"to a reader":      {Carrier, ledger.RoleAdmin, participant.AssignDeviceRequest{To: Regulator}, fault.ReaderOnly},
		"to its owner":     {Carrier, ledger.RoleAdmin, participant.AssignDeviceRequest{To: Carrier}, fault.InvalidRequest},
		"ends before":      {Carrier, ledger.RoleAdmin, participant.AssignDeviceRequest{To: Retailer, Until: hour(-1)}, fault.InvalidRequest},
		"with a long text": {Carrier, ledger.RoleAdmin, participant.AssignDeviceRequest{To: Retailer, Reason: strings.Repeat("x", 201)}, fault.LimitExceeded},
	} {
		require.ErrorIs(t, assign(c.msp, c.role, c.request), c.code, name)
	}
	require.NoError(t, assign(Carrier, ledger.RoleOperator, participant.AssignDeviceRequest{To: Retailer, From: hour(1), Until: hour(3)}))
	for at, want := range map[int]bool{0: false, 1: true, 2: true, 3: false} {
		require.Equal(t, want, usable(Retailer, hour(at)), at)
		require.True(t, usable(Carrier, hour(at)))
		require.False(t, usable(Manufacturer, hour(at)))
	}
	require.NoError(t, assign(Carrier, ledger.RoleOperator, participant.AssignDeviceRequest{To: Manufacturer}))
	require.True(t, usable(Manufacturer, hour(100)))
	require.False(t, usable(Retailer, hour(2)))
	require.NoError(t, assign(Carrier, ledger.RoleOperator, participant.AssignDeviceRequest{}), "taken back")
	require.False(t, usable(Manufacturer, hour(100)))
}

func TestWhatIsDoneToADeviceStaysOnRecord(t *testing.T) {
	s := New(t)
	logger(t, s, edKey(t))
	s.Now = hour(1)
	who := func() *Caller { return s.As(Carrier, ledger.RoleOperator) }
	var err error
	do := func(failed error) { err = failed; require.NoError(t, err) }
	_, err = call(who(), participant.UpdateFirmware, participant.UpdateFirmwareRequest{ID: loggerID, Firmware: "2.0"})
	do(err)
	_, err = call(who(), participant.UpdateFirmware, participant.UpdateFirmwareRequest{ID: loggerID, Firmware: "2.0"})
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	_, err = call(who(), participant.UpdateFirmware, participant.UpdateFirmwareRequest{ID: loggerID})
	require.ErrorIs(t, err, fault.InvalidRequest)
	_, err = call(who(), participant.SuspendDevice, participant.SuspendDeviceRequest{ID: loggerID, Reason: "dropped"})
	do(err)
	_, err = call(who(), participant.ResumeDevice, participant.ResumeDeviceRequest{ID: loggerID, Reason: "checked"})
	do(err)
	_, err = call(who(), participant.RecordCalibration, calibration(loggerID, hour(1), hour(9)))
	do(err)
	_, err = call(who(), participant.AssignDevice, participant.AssignDeviceRequest{ID: loggerID, To: Retailer})
	do(err)
	_, err = call(who(), participant.RotateDeviceKey, rotation(t, edKey(t), loggerID))
	do(err)
	_, err = call(who(), participant.RevokeDevice, participant.RevokeDeviceRequest{ID: loggerID, Reason: "lost"})
	do(err)
	_, err = call(who(), participant.UpdateFirmware, participant.UpdateFirmwareRequest{ID: loggerID, Firmware: "3.0"})
	require.ErrorIs(t, err, fault.DeviceUnfit)

	var kinds []string
	for bookmark := ""; ; {
		page, err := query(s, participant.DeviceHistory, participant.DeviceHistoryRequest{ID: loggerID, Size: 3, Bookmark: bookmark})
		require.NoError(t, err)
		for _, step := range page.Steps {
			kinds = append(kinds, step.Kind)
			require.Equal(t, uint64(len(kinds)), step.Number)
			require.NotEmpty(t, step.By)
			require.NotEmpty(t, step.Transaction)
		}
		if bookmark = page.Bookmark; bookmark == "" {
			break
		}
	}
	require.Equal(t, []string{"registered", "firmware", "suspended", "resumed", "calibrated", "assigned", "rotated", "revoked"}, kinds)
}

// Each thing that can be done to a device is its owner's alone.
func TestNobodyElseTouchesADevice(t *testing.T) {
	s := New(t)
	logger(t, s, edKey(t))
	before := s.Ledger.Dump()
	for name, try := range map[string]func(*Caller) error{
		"rotate": func(c *Caller) error {
			_, err := call(c, participant.RotateDeviceKey, rotation(t, edKey(t), loggerID))
			return err
		},
		"suspend": func(c *Caller) error {
			_, err := call(c, participant.SuspendDevice, participant.SuspendDeviceRequest{ID: loggerID, Reason: "x"})
			return err
		},
		"resume": func(c *Caller) error {
			_, err := call(c, participant.ResumeDevice, participant.ResumeDeviceRequest{ID: loggerID, Reason: "x"})
			return err
		},
		"assign": func(c *Caller) error {
			_, err := call(c, participant.AssignDevice, participant.AssignDeviceRequest{ID: loggerID, To: Retailer})
			return err
		},
		"firmware": func(c *Caller) error {
			_, err := call(c, participant.UpdateFirmware, participant.UpdateFirmwareRequest{ID: loggerID, Firmware: "x"})
			return err
		},
		"revoke": func(c *Caller) error {
			_, err := call(c, participant.RevokeDevice, participant.RevokeDeviceRequest{ID: loggerID, Reason: "x"})
			return err
		},
		"calibrate": func(c *Caller) error {
			_, err := call(c, participant.RecordCalibration, calibration(loggerID, Begin, hour(1)))
			return err
		},
	} {
		for _, role := range []string{ledger.RoleAdmin, ledger.RoleOperator} {
			require.ErrorIs(t, try(s.As(Retailer, role)), fault.NotLicensee, name)
		}
		require.ErrorIs(t, try(s.As(Carrier, ledger.RoleAuditor)), fault.RoleRequired, name)
		require.ErrorIs(t, try(s.As(Regulator, ledger.RoleAdmin)), fault.ReaderOnly, name)
		require.ErrorIs(t, try(s.As(Outsider, ledger.RoleAdmin)), fault.NotParticipant, name)
	}
	require.Equal(t, before, s.Ledger.Dump())
}
