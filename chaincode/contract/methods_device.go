package contract

import "github.com/countersign-ledger/countersign/chaincode/api"

func (*participant) RotateDeviceKey(ctx context, request string) (string, error) {
	return run(ctx, api.RotateDeviceKey.Function, request)
}

func (*participant) RecordCalibration(ctx context, request string) (string, error) {
	return run(ctx, api.RecordCalibration.Function, request)
}

func (*participant) SuspendDevice(ctx context, request string) (string, error) {
	return run(ctx, api.SuspendDevice.Function, request)
}

func (*participant) ResumeDevice(ctx context, request string) (string, error) {
	return run(ctx, api.ResumeDevice.Function, request)
}

func (*participant) AssignDevice(ctx context, request string) (string, error) {
	return run(ctx, api.AssignDevice.Function, request)
}

func (*participant) UpdateFirmware(ctx context, request string) (string, error) {
	return run(ctx, api.UpdateFirmware.Function, request)
}

func (*participant) Devices(ctx context, request string) (string, error) {
	return run(ctx, api.Devices.Function, request)
}

func (*participant) DeviceHistory(ctx context, request string) (string, error) {
	return run(ctx, api.DeviceHistory.Function, request)
}

func (*participant) Calibrations(ctx context, request string) (string, error) {
	return run(ctx, api.Calibrations.Function, request)
}

func (*condition) DeviceVerdicts(ctx context, request string) (string, error) {
	return run(ctx, api.DeviceVerdicts.Function, request)
}
