package participant_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

const (
	gatewayID  = "/8004/4012345GATEWAY-1"
	gateway2ID = "/8004/4012345GATEWAY-2"
	sensorID   = "/8004/4012345SENSOR-1"
)

// gateway describes a device that measures nothing and signs for others.
func gateway(t *testing.T, id string) participant.RegisterDeviceRequest {
	t.Helper()
	return participant.RegisterDeviceRequest{ID: id, PublicKey: publicKey(t, edKey(t).Public()), Algorithm: participant.EdDSA}
}

// sensor describes a device without a key.
func sensor(t *testing.T, by string) participant.RegisterDeviceRequest {
	t.Helper()
	request := device(t)
	request.ID, request.PublicKey, request.Algorithm, request.Gateway = sensorID, "", "", by
	return request
}

func TestAGatewayVouchesForSensorsOfItsOwner(t *testing.T) {
	s := New(t)
	who := func() *Caller { return s.As(Carrier, ledger.RoleOperator) }
	first, second, own := edKey(t), edKey(t), edKey(t)
	for id, key := range map[string]any{gatewayID: first.Public(), gateway2ID: second.Public()} {
		request := gateway(t, id)
		request.PublicKey = publicKey(t, key)
		registered, err := call(who(), participant.RegisterDevice, request)
		require.NoError(t, err)
		require.Zero(t, registered.CalibratedUntil)
	}
	registered, err := call(who(), participant.RegisterDevice, sensor(t, "https://id.gs1.org"+gatewayID))
	require.NoError(t, err)
	require.Equal(t, gatewayID, registered.Gateway)
	require.Empty(t, registered.PublicKey)
	require.NoError(t, signed(t, s, sensorID, gatewayID, first, Begin))
	require.ErrorIs(t, signed(t, s, sensorID, gateway2ID, second, Begin), fault.BadSignature, "a gateway that does not vouch for it")
	require.ErrorIs(t, signed(t, s, sensorID, "", first, Begin), fault.BadSignature, "the recording names who signs")

	s.Now = Begin.Add(time.Hour)
	_, err = call(who(), participant.RotateDeviceKey, participant.RotateDeviceKeyRequest{ID: sensorID, Gateway: gateway2ID, Reason: "moved"})
	require.NoError(t, err)
	require.NoError(t, signed(t, s, sensorID, gateway2ID, second, s.Now))
	require.NoError(t, signed(t, s, sensorID, gatewayID, first, Begin), "what the first has signed and not sent")
	require.ErrorIs(t, signed(t, s, sensorID, gatewayID, first, s.Now), fault.BadSignature)

	s.Now = Begin.Add(2 * time.Hour)
	_, err = call(who(), participant.RotateDeviceKey, rotation(t, own, sensorID))
	require.NoError(t, err, "a sensor may be given a key of its own")
	require.NoError(t, signed(t, s, sensorID, "", own, s.Now))
	require.ErrorIs(t, signed(t, s, sensorID, gateway2ID, second, s.Now), fault.BadSignature)

	for by, want := range map[string][]string{gatewayID: {sensorID}, gateway2ID: {sensorID}, sensorID: nil} {
		page, err := query(s, participant.ListDevices, participant.ListDevicesRequest{Gateway: by})
		require.NoError(t, err)
		require.Equal(t, want, ids(page.Devices), "%s: those it has vouched for, too", by)
	}
	page, err := query(s, participant.ListDevices, participant.ListDevicesRequest{Owner: Carrier, Size: 2})
	require.NoError(t, err)
	require.Equal(t, []string{gatewayID, gateway2ID}, ids(page.Devices))
	page, err = query(s, participant.ListDevices, participant.ListDevicesRequest{Owner: Carrier, Size: 2, Bookmark: page.Bookmark})
	require.NoError(t, err)
	require.Equal(t, []string{sensorID}, ids(page.Devices))
	for _, request := range []participant.ListDevicesRequest{{}, {Owner: Carrier, Gateway: gatewayID}} {
		_, err = query(s, participant.ListDevices, request)
		require.ErrorIs(t, err, fault.InvalidRequest)
	}
}

func ids(devices []participant.Device) (found []string) {
	for _, d := range devices {
		found = append(found, d.ID)
	}
	return found
}

func TestAGatewaysKeysTakeTurnsForItsSensorsToo(t *testing.T) {
	s := New(t)
	who := func() *Caller { return s.As(Carrier, ledger.RoleOperator) }
	first, second := edKey(t), edKey(t)
	request := gateway(t, gatewayID)
	request.PublicKey = publicKey(t, first.Public())
	_, err := call(who(), participant.RegisterDevice, request)
	require.NoError(t, err)
	_, err = call(who(), participant.RegisterDevice, sensor(t, gatewayID))
	require.NoError(t, err)
	s.Now = Begin.Add(time.Hour)
	_, err = call(who(), participant.RotateDeviceKey, rotation(t, second, gatewayID))
	require.NoError(t, err)
	require.NoError(t, signed(t, s, sensorID, gatewayID, first, Begin))
	require.NoError(t, signed(t, s, sensorID, gatewayID, second, s.Now))
	require.ErrorIs(t, signed(t, s, sensorID, gatewayID, first, s.Now), fault.BadSignature)
}

func TestGatewaysThatDoNotVouch(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*participant.RegisterDeviceRequest)
		code   fault.Code
	}{
		"another organisation's": {func(r *participant.RegisterDeviceRequest) { r.Gateway = "/8004/4098765GATEWAY" }, fault.NotLicensee},
		"none on record":         {func(r *participant.RegisterDeviceRequest) { r.Gateway = gateway2ID }, fault.NotFound},
		"no device":              {func(r *participant.RegisterDeviceRequest) { r.Gateway = "gateway" }, fault.InvalidIdentifier},
		"a sensor that another vouches for": {func(r *participant.RegisterDeviceRequest) {
			r.ID, r.Gateway = "/8004/4012345SENSOR-2", sensorID
		}, fault.Unsupported},
		"itself": {func(r *participant.RegisterDeviceRequest) { r.Gateway = r.ID }, fault.NotFound},
		"one beside a key": {func(r *participant.RegisterDeviceRequest) {
			r.PublicKey, r.Algorithm = publicKey(t, edKey(t).Public()), participant.EdDSA
		}, fault.InvalidRequest},
		"one that is revoked": {func(r *participant.RegisterDeviceRequest) { r.Gateway = "/8004/4012345OLD" }, fault.DeviceUnfit},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			who := func() *Caller { return s.As(Carrier, ledger.RoleOperator) }
			for _, id := range []string{gatewayID, "/8004/4012345OLD"} {
				_, err := call(who(), participant.RegisterDevice, gateway(t, id))
				require.NoError(t, err)
			}
			_, err := call(who(), participant.RevokeDevice, participant.RevokeDeviceRequest{ID: "/8004/4012345OLD", Kind: participant.Retired, Reason: "old"})
			require.NoError(t, err)
			_, err = call(s.As(Retailer, ledger.RoleOperator), participant.RegisterDevice, gateway(t, "/8004/4098765GATEWAY"))
			require.NoError(t, err)
			_, err = call(who(), participant.RegisterDevice, sensor(t, gatewayID))
			require.NoError(t, err)
			before := s.Ledger.Dump()
			request := sensor(t, gatewayID)
			request.ID = "/8004/4012345SENSOR-3"
			c.change(&request)
			_, err = call(who(), participant.RegisterDevice, request)
			require.ErrorIs(t, err, c.code)
			require.Equal(t, "/gateway", fault.Of(err).Field)
			require.Equal(t, before, s.Ledger.Dump())
		})
	}
}

// A gateway that measures nothing has no calibration to speak of.
func TestAGatewayThatMeasuresNothingIsNotCalibrated(t *testing.T) {
	s := New(t)
	_, err := call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, gateway(t, gatewayID))
	require.NoError(t, err)
	_, err = call(s.As(Carrier, ledger.RoleOperator), participant.RecordCalibration, calibration(gatewayID, Begin, Begin.AddDate(1, 0, 0)))
	require.ErrorIs(t, err, fault.Unsupported)
	require.Empty(t, doubts(t, s, gatewayID, Begin, Begin.AddDate(9, 0, 0)))
}
