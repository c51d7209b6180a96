package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client"
)

func (s streams) deviceCommand() *cobra.Command {
	return group("device", "Register sensors and gateways, and what becomes of them (docs/devices.md)",
		send(s, "register", "Register a device of your organisation", "participant:RegisterDevice", (*client.Client).RegisterDevice),
		askOf(s, "show ID", "Show a device", (*client.Client).Device),
		listOf(s, "history ID", "List what happened to a device, step by step", (*client.Client).DeviceHistory),
		listOf(s, "calibrations ID", "List the calibrations of a device", (*client.Client).Calibrations),
		listOf(s, "vouched GATEWAY", "List the sensors that a gateway signs for", (*client.Client).VouchedBy),
		listOf(s, "of MSP", "List an organisation's devices", (*client.Client).DevicesOf),
		send(s, "calibrate", "Record a calibration", "participant:RecordCalibration", (*client.Client).RecordCalibration),
		send(s, "rotate", "Put a device's next key on record", "participant:RotateDeviceKey", (*client.Client).RotateDeviceKey),
		send(s, "suspend", "Doubt what a device measures for a time", "participant:SuspendDevice", (*client.Client).SuspendDevice),
		reasonCommand(s, "resume ID", "End the suspension of a device", func(ctx context.Context, c *client.Client, id, reason string) (*client.RegisteredDevice, error) {
			return c.ResumeDevice(ctx, id, reason)
		}),
		send(s, "revoke", "Retire a device, or say that its key is known to others", "participant:RevokeDevice", (*client.Client).RevokeDevice),
	)
}
