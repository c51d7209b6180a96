package condition

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// mayUse checks that a device may be put to a watch that starts now: by its
// owner, or by whom it is assigned to; if it is believed at present; if it
// measures what the policy is about, and is what the policy asks for.
func (w *Watch) mayUse(trust *participant.Trust, policy *Policy, now time.Time) error {
	var refused *fault.Error
	device, missing := trust.Device, ""
	if policy.Devices != nil {
		missing = policy.Devices.missing(device, policy.Terms.Unit)
	}
	doubts := trust.Doubts(now, now)
	switch {
	case !device.UsableBy(w.By, now):
		refused = fault.New(fault.NotCustodian, "the device is of %s: its owner puts it to a watch, and whom it is assigned to now", device.Owner)
	case len(doubts) > 0:
		refused = fault.New(fault.DeviceUnfit, "the device is not believed at present: %s", doubts[0].Reason)
	case device.Measures != policy.Terms.Measurement:
		refused = fault.New(fault.Unsupported, "the device measures %s in %s, the policy is about %s in %s",
			device.Measures, device.Unit, policy.Terms.Measurement, policy.Terms.Unit)
	case missing != "":
		refused = fault.New(fault.DeviceUnfit, "policy %s asks for %s", policy.ID, missing)
	default:
		return nil
	}
	return refused.About(device.ID).At("/devices")
}

// missing says what a device lacks of what is asked for, in the policy's unit;
// nothing when it has it all.
func (d *DeviceTerms) missing(device *participant.Device, unit string) string {
	switch {
	case d.Class != "" && device.Class != d.Class:
		return "a device of class " + strconv.Quote(d.Class) + ", not " + strconv.Quote(device.Class)
	case d.Accuracy != nil && !within(device, *d.Accuracy, unit):
		return "an accuracy of " + d.Accuracy.String() + " " + unit + ", not " + device.Accuracy + " " + device.Unit
	case d.IntervalMs > 0 && (device.IntervalMs == 0 || device.IntervalMs > d.IntervalMs):
		return "a reading at least every " + strconv.FormatInt(d.IntervalMs, 10) + " ms, not " + strconv.FormatInt(device.IntervalMs, 10)
	}
	return ""
}

// within reports whether a device's accuracy keeps a limit in a unit.
func within(device *participant.Device, limit evaluation.Amount, unit string) bool {
	var most evaluation.Amount
	if most.UnmarshalText([]byte(device.Accuracy)) != nil {
		return false
	}
	larger, err := evaluation.LargerDifference(most, device.Unit, limit, unit)
	return err == nil && !larger
}

// enough checks the number of a watch's devices.
func (d *DeviceTerms) enough(devices int) error {
	if d != nil && devices < d.Count {
		return fault.New(fault.DeviceUnfit, "the policy asks for %d devices, not %d", d.Count, devices).At("/devices")
	}
	return nil
}

// mayFeed checks that a device can feed one more watch, beside those that it feeds.
// Half of them are its owner's: whom it is assigned to may never end its own.
func (w *Watch) mayFeed(device *participant.Device, feeds []ledger.Entry) error {
	lent := slices.DeleteFunc(slices.Clone(feeds), func(e ledger.Entry) bool {
		_, parts := e.Key.Parts() // device, watch
		return strings.HasPrefix(parts[1], scoped(device.Owner, ""))
	})
	if len(feeds) < MaxFeeds && (w.By == device.Owner || len(lent) < MaxFeeds/2) {
		return nil
	}
	return fault.New(fault.LimitExceeded, "the device feeds %d unfinished watches, %d of others than its owner; end some first", len(feeds), len(lent)).
		About(device.ID).At("/devices")
}
