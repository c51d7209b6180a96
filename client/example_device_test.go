package client_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
)

// A logger gets its first key, another a year later, and comes back from the
// laboratory, which found it outside of its limits. What that puts in doubt,
// DeviceVerdicts lists.
func ExampleProveDeviceKey() {
	ctx := context.Background()
	ledger := consortium(ctx)
	operator, err := ledger.Connect(ctx, "manufacturer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer operator.Close() //nolint:errcheck // the end of an example
	const device, owner = "/8004/9506000LOGGER-7", "ManufacturerMSP"

	// The first key, which signs that it is this device's.
	first, err := newDeviceKey(device, owner)
	if err != nil {
		fmt.Println(err)
		return
	}
	today := now
	if _, err := operator.RegisterDevice(ctx, participant.RegisterDeviceRequest{
		ID: device, PublicKey: first.PublicKey, Algorithm: first.Algorithm, Proof: first.Proof,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5",
		Model:          participant.Model{Class: "EN 12830:2018 class 1", IntervalMs: 300_000, Firmware: "1.4.2"},
		CalibratedFrom: today.AddDate(-1, 0, 0), CalibratedUntil: today.AddDate(0, 0, 7),
	}); err != nil {
		fmt.Println(err)
		return
	}

	// The next, a year later.
	next, err := newDeviceKey(device, owner)
	if err != nil {
		fmt.Println(err)
		return
	}
	rotated, err := operator.RotateDeviceKey(ctx, participant.RotateDeviceKeyRequest{
		ID: device, PublicKey: next.PublicKey, Algorithm: next.Algorithm, Proof: next.Proof, Reason: "yearly",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("key", rotated.Number, "proven:", rotated.Proven)

	// Back from the laboratory.
	calibrated, err := operator.RecordCalibration(ctx, participant.RecordCalibrationRequest{
		ID: device, Laboratory: "National Metrology", Certificate: strings.Repeat("0a", 32), // SHA-256 of the certificate
		Calibrated: participant.Calibrated{
			Performed: today.AddDate(0, 0, -1), Due: today.AddDate(1, 0, -1), AsFound: participant.CheckFail, AsLeft: participant.CheckPass,
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("as found:", calibrated.AsFound)
	for step, err := range operator.DeviceHistory(ctx, device) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(step.Number, step.Kind)
	}
	// Output:
	// key 2 proven: true
	// as found: fail
	// 1 registered
	// 2 rotated
	// 3 calibrated
}

// newDeviceKey makes a key and has it sign for a device. In a device that makes
// its own key, the device does both.
func newDeviceKey(device, owner string) (client.DeviceKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return client.DeviceKey{}, err
	}
	return client.ProveDeviceKey(device, owner, key)
}
