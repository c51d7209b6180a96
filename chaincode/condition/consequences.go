package condition

import (
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// When a breach holds what it affects.
const (
	// HoldNever: a breach is on record and nothing is held.
	HoldNever = "never"
	// HoldAtSuspicion: as soon as readings break the terms.
	HoldAtSuspicion = "suspicion"
	// HoldAtConfirmation: once the breach is confirmed.
	HoldAtConfirmation = "confirmation"
)

// What a gate (shipping, receiving, unpacking, a transformation, a move from a
// watched place, the end of a watch) does when the
// verdict up to its time is not 'kept'.
const (
	// GateRecords: the event is recorded, with a flag.
	GateRecords = "record"
	// GateRefuses: the event is refused.
	GateRefuses = "refuse"
)

// Consequences are what a policy asks for beside its terms, and what follows
// when they are broken.
type Consequences struct {
	// Hold says when a breach holds what it affects, so that it cannot ship
	// before a decision: never, suspicion or confirmation.
	Hold string `json:"hold" jsonschema:"enum=never,enum=suspicion,enum=confirmation"`
	// Confirm says what confirms a breach by itself; absent: readings of one
	// device do, at once.
	Confirm *Confirm `json:"confirm,omitempty"`
	// Devices are what is asked of the devices; absent: nothing.
	Devices *DeviceTerms `json:"devices,omitempty"`
	// Gate says what a gate does when readings do not show, up to its time, that
	// the policy was kept: record or refuse. Absent: record.
	Gate string `json:"gate,omitempty" jsonschema:"enum=record,enum=refuse"`
	// Quality is the MSP id of the organisation whose quality unit decides. It
	// counts for goods whose owner defined the policy, or is that organisation,
	// and for goods that it made; else, and when absent, the owner's unit decides:
	// nobody holds another's goods and is the only one to release them.
	Quality string `json:"quality,omitempty" jsonschema:"maxLength=128"`
	// DisputeMs is how long after a decision it can be disputed, in
	// milliseconds of ledger time, at most a year; 0: not at all.
	DisputeMs int64 `json:"disputeMs,omitempty"`
	// Archive says that the raw readings are kept in the private data collection
	// of the trading organisations, too.
	Archive bool `json:"archive,omitempty"`
}

// Confirm says what turns a suspected breach into a confirmed one without a
// person. At least one member is given.
type Confirm struct {
	// AfterMs: what is out of range reaches from its start at least that long,
	// in milliseconds; absent: duration does not confirm.
	AfterMs *int64 `json:"afterMs,omitempty"`
	// Devices: that many devices of the watch (2 to 16) show breaks that overlap
	// in time; 0: they do not confirm.
	Devices int `json:"devices,omitempty"`
}

// DeviceTerms is what a policy asks of the devices of a watch.
type DeviceTerms struct {
	// Class is what the device's class must be, such as EN 12830; absent: any.
	Class string `json:"class,omitempty" jsonschema:"maxLength=64"`
	// Accuracy is the largest error allowed, in the unit of the terms, a decimal
	// number as a string; absent: any.
	Accuracy *evaluation.Amount `json:"accuracy,omitempty"`
	// IntervalMs is the longest sampling interval allowed; 0: any.
	IntervalMs int64 `json:"intervalMs,omitempty"`
	// Count is the least number of devices; 0 stands for 1.
	Count int `json:"count,omitempty"`
}

const yearMs = 366 * 24 * 3600 * 1000

func (c Consequences) check() error {
	switch {
	case c.Hold != HoldNever && c.Hold != HoldAtSuspicion && c.Hold != HoldAtConfirmation:
		return fault.New(fault.InvalidRequest, "say when a breach holds objects: never, suspicion or confirmation").At("/hold")
	case c.Gate != "" && c.Gate != GateRecords && c.Gate != GateRefuses:
		return fault.New(fault.InvalidRequest, "a gate is to record or to refuse").At("/gate")
	case len(c.Quality) > 128:
		return fault.New(fault.LimitExceeded, "an MSP id has at most 128 bytes").At("/quality")
	case c.DisputeMs < 0 || c.DisputeMs > yearMs:
		return fault.New(fault.InvalidRequest, "a dispute is possible for 0 ms to a year").At("/disputeMs")
	}
	if err := c.Confirm.check(); err != nil {
		return err
	}
	return c.Devices.check()
}

func (c *Confirm) check() error {
	switch {
	case c == nil:
		return nil
	case c.AfterMs == nil && c.Devices == 0:
		return fault.New(fault.InvalidRequest, "say what confirms a breach: a duration, a number of devices, or both").At("/confirm")
	case c.AfterMs != nil && (*c.AfterMs < 1 || *c.AfterMs > yearMs):
		return fault.New(fault.InvalidRequest, "a breach is confirmed after 1 ms to a year").At("/confirm/afterMs")
	case c.Devices != 0 && (c.Devices < 2 || c.Devices > MaxDevices):
		return fault.New(fault.InvalidRequest, "2 to %d devices confirm each other", MaxDevices).At("/confirm/devices")
	}
	return nil
}

func (d *DeviceTerms) check() error {
	switch {
	case d == nil:
		return nil
	case len(d.Class) > 64:
		return fault.New(fault.LimitExceeded, "a class has at most 64 bytes").At("/devices/class")
	case d.Accuracy != nil && *d.Accuracy < 0:
		return fault.New(fault.InvalidRequest, "an accuracy is not negative").At("/devices/accuracy")
	case d.IntervalMs < 0 || d.IntervalMs > yearMs:
		return fault.New(fault.InvalidRequest, "an interval is 0 ms to a year").At("/devices/intervalMs")
	case d.Count < 0 || d.Count > MaxDevices:
		return fault.New(fault.InvalidRequest, "a watch has at most %d devices", MaxDevices).At("/devices/count")
	}
	return nil
}
