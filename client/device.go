package client

import (
	"context"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// RotateDeviceKey gives a device of the caller's organisation another key
// ([ProveDeviceKey] makes the proof), or a plain sensor another gateway.
func (c *Client) RotateDeviceKey(ctx context.Context, rotation participant.RotateDeviceKeyRequest, options ...CallOption) (*RegisteredDevice, error) {
	return changeDevice(ctx, c, api.RotateDeviceKey, rotation, options...)
}

// SuspendDevice says that a device is not believed within a time.
func (c *Client) SuspendDevice(ctx context.Context, suspension participant.SuspendDeviceRequest, options ...CallOption) (*RegisteredDevice, error) {
	return changeDevice(ctx, c, api.SuspendDevice, suspension, options...)
}

// ResumeDevice ends the running suspension of a device, as of now.
func (c *Client) ResumeDevice(ctx context.Context, id, reason string, options ...CallOption) (*RegisteredDevice, error) {
	return changeDevice(ctx, c, api.ResumeDevice, participant.ResumeDeviceRequest{ID: id, Reason: reason}, options...)
}

// AssignDevice lets another organisation put a device to its watches, or takes
// it back.
func (c *Client) AssignDevice(ctx context.Context, assignment participant.AssignDeviceRequest, options ...CallOption) (*RegisteredDevice, error) {
	return changeDevice(ctx, c, api.AssignDevice, assignment, options...)
}

// UpdateFirmware records that a device runs another version of its program.
func (c *Client) UpdateFirmware(ctx context.Context, id, version string, options ...CallOption) (*RegisteredDevice, error) {
	return changeDevice(ctx, c, api.UpdateFirmware, participant.UpdateFirmwareRequest{ID: id, Firmware: version}, options...)
}

func changeDevice[Req any](ctx context.Context, c *Client, f api.Declared[Req, participant.Device], request Req, options ...CallOption) (*RegisteredDevice, error) {
	response, receipt, err := Call(ctx, c, f, request, options...)
	if err != nil {
		return nil, err
	}
	return &RegisteredDevice{*receipt, response}, nil
}

// RecordedCalibration is the answer to [Client.RecordCalibration].
type RecordedCalibration struct {
	Receipt
	participant.Calibration
}

// RecordCalibration puts a calibration of a device on record. When the device
// was found outside of its limits, [Client.DeviceVerdicts] lists what that puts
// in doubt.
func (c *Client) RecordCalibration(ctx context.Context, calibration participant.RecordCalibrationRequest, options ...CallOption) (*RecordedCalibration, error) {
	response, receipt, err := Call(ctx, c, api.RecordCalibration, calibration, options...)
	if err != nil {
		return nil, err
	}
	return &RecordedCalibration{*receipt, response}, nil
}

// Calibrations yields the calibrations of a device, in the order in which they
// were performed.
func (c *Client) Calibrations(ctx context.Context, id string) iter.Seq2[participant.Calibration, error] {
	return pages(func(bookmark string) ([]participant.Calibration, string, error) {
		page, err := query(ctx, c, api.Calibrations, participant.ListCalibrationsRequest{ID: id, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Calibrations, page.Bookmark, nil
	})
}

// DeviceHistory yields what was done to a device, by whom and when, oldest
// first.
func (c *Client) DeviceHistory(ctx context.Context, id string) iter.Seq2[participant.DeviceStep, error] {
	return pages(func(bookmark string) ([]participant.DeviceStep, string, error) {
		page, err := query(ctx, c, api.DeviceHistory, participant.DeviceHistoryRequest{ID: id, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Steps, page.Bookmark, nil
	})
}

// DevicesOf yields the devices of an organisation, by id.
func (c *Client) DevicesOf(ctx context.Context, msp string) iter.Seq2[participant.Device, error] {
	return c.devices(ctx, participant.ListDevicesRequest{Owner: msp})
}

// VouchedBy yields the devices that a gateway vouches or has vouched for, by id.
func (c *Client) VouchedBy(ctx context.Context, gateway string) iter.Seq2[participant.Device, error] {
	return c.devices(ctx, participant.ListDevicesRequest{Gateway: gateway})
}

func (c *Client) devices(ctx context.Context, request participant.ListDevicesRequest) iter.Seq2[participant.Device, error] {
	return pages(func(bookmark string) ([]participant.Device, string, error) {
		request.Bookmark = bookmark
		page, err := query(ctx, c, api.Devices, request)
		if err != nil {
			return nil, "", err
		}
		return page.Devices, page.Bookmark, nil
	})
}

// DeviceVerdicts yields the watches that a device has fed, with what its
// readings say in each now: those of a time, or those in doubt alone, as the
// request says.
func (c *Client) DeviceVerdicts(ctx context.Context, request condition.DeviceVerdictsRequest) iter.Seq2[condition.DeviceVerdict, error] {
	return pages(func(bookmark string) ([]condition.DeviceVerdict, string, error) {
		request.Bookmark = bookmark
		page, err := query(ctx, c, api.DeviceVerdicts, request)
		if err != nil {
			return nil, "", err
		}
		return page.Verdicts, page.Bookmark, nil
	})
}

// GatewayVerdicts is [Client.DeviceVerdicts] for all devices that a gateway, the
// request's device, vouches or has vouched for: what its compromise touches.
func (c *Client) GatewayVerdicts(ctx context.Context, request condition.DeviceVerdictsRequest) iter.Seq2[condition.DeviceVerdict, error] {
	return func(yield func(condition.DeviceVerdict, error) bool) {
		for device, err := range c.VouchedBy(ctx, request.Device) {
			if err != nil {
				yield(condition.DeviceVerdict{}, err)
				return
			}
			request.Device, request.Bookmark = device.ID, ""
			for verdict, err := range c.DeviceVerdicts(ctx, request) {
				if !yield(verdict, err) || err != nil {
					return
				}
			}
		}
	}
}
