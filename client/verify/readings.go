package verify

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/client/evidence"
)

const unread = "proposal or payload could not be read"

// Readings are what a verified file says of readings of a device.
type Readings struct {
	// Device took them, and Sequence is the number of its recording.
	Device   string `json:"device"`
	Sequence uint64 `json:"sequence"`
	// Type and Unit are what was measured, and Scale the power of ten that values
	// are to be multiplied with.
	Type  string `json:"type"`
	Unit  string `json:"unit"`
	Scale int    `json:"scale"`
	// From and To are the run: readings From to To-1 of the recording's Count,
	// counted from 0.
	From  int `json:"from"`
	To    int `json:"to"`
	Count int `json:"count"`
	// Readings are the run.
	Readings []Reading `json:"readings"`
}

// Reading is one of them: when, and the value before scaling.
type Reading struct {
	Time  time.Time `json:"time"`
	Value int64     `json:"value"`
}

// readings checks that readings lead to the root that the ledger has.
func (r *run) readings(e *evidence.Readings) {
	if r.proposal == nil || r.answer == nil {
		r.skip(CheckRecording, "", unread)
		r.skip(CheckReadings, "", unread)
		return
	}
	recorded, found := r.recording()
	if !r.record(CheckRecording, "", found) {
		r.skip(CheckReadings, "", "there is no recording to hold them against")
		return
	}
	r.record(CheckReadings, "", r.leadsTo(e, recorded))
}

// recording is what the endorsers signed of a recording: only of the one that was
// asked for.
func (r *run) recording() (*condition.Recorded, outcome) {
	if r.proposal.Function != api.Recording.FullName() {
		return nil, fail("%q was asked: readings are shown with an answer of %s", r.proposal.Function, api.Recording.FullName())
	}
	var asked condition.ReadRecordingRequest
	var found condition.Recorded
	if err := unmarshalBoth(r.proposal.Request, &asked, r.answer.Result, &found); err != nil {
		return nil, fail("the recording cannot be read: %w", err)
	}
	device, err := gs1.Parse(asked.Device)
	if err != nil {
		return nil, fail("the device: %w", err)
	}
	if found.Device != device.Path() || asked.Sequence != 0 && found.Sequence != asked.Sequence {
		return nil, fail("the answer is about recording %d of %s, recording %d of %s was asked for", found.Sequence, found.Device, asked.Sequence, device.Path())
	}
	return &found, pass("recording %d of %s, root %s", found.Sequence, found.Device, found.Root)
}

// leadsTo holds a run of readings against the root.
func (r *run) leadsTo(e *evidence.Readings, recorded *condition.Recorded) outcome {
	proof, err := e.Open()
	if err != nil {
		return outcome{err: err}
	}
	readings, err := proof.Verify(recorded.Root)
	if err != nil {
		return outcome{err: err}
	}
	h := &proof.Header
	if h.Device != recorded.Device || h.Sequence != recorded.Sequence || h.Count != recorded.Readings {
		return fail("the header is of recording %d of %s with %d readings, not of that which the ledger has", h.Sequence, h.Device, h.Count)
	}
	r.report.Readings = &Readings{
		Device: h.Device, Sequence: h.Sequence, Type: h.Measurement, Unit: h.Unit, Scale: h.Scale,
		From: proof.From, To: proof.To, Count: h.Count, Readings: make([]Reading, len(readings)),
	}
	for i, reading := range readings {
		r.report.Readings.Readings[i] = Reading{Time: reading.At(), Value: reading.Value}
	}
	return pass("readings %d to %d of %d lead to that root", proof.From, proof.To-1, h.Count)
}
