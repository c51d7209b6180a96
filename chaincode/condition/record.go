package condition

import (
	"errors"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// TransientRecording is the entry of the transient map that carries a recording.
const TransientRecording = "recording"

// RecordRequest submits a recording, which stands in the transient map: the
// readings reach every endorser and never the ledger.
type RecordRequest struct {
	// Root, if given, must be the recording's: 64 hexadecimal digits. It puts
	// into the signed proposal what was submitted.
	Root telemetry.Hash `json:"root,omitzero" jsonschema:"maxLength=64"`
}

// RecordResponse is what a recording did.
type RecordResponse struct {
	Recorded
	// Lanes are the watches that the device feeds, with what they are now.
	Lanes []LaneResult `json:"lanes"`
}

// LaneResult is a watch after a recording.
type LaneResult struct {
	// Watch is its id.
	Watch string `json:"watch"`
	// Verdict is what this device's readings say, as of the last of them.
	Verdict evaluation.Verdict `json:"verdict"`
	// Breach is the id of the breach that these readings opened or extended;
	// absent when they broke nothing.
	Breach string `json:"breach,omitempty"`
	// Opened says that the breach is a new one.
	Opened bool `json:"opened,omitempty"`
}

// Record takes a signed recording (transient "recording"; see package
// telemetry), evaluates it in every watch that its device feeds, and opens a
// breach, with a hold if the policy says so, where it breaks one. By a gateway
// or operator of any organisation, since loggers are often read where goods
// arrive; in the device's own organisation by any role but auditor.
//
// Refusals: fault.InvalidRequest and fault.LimitExceeded for bytes that are no
// recording; fault.HashMismatch for another root; fault.NotFound for a device
// that is not registered; fault.BadSignature; fault.Unsupported for another
// measurement or unit than the device's; fault.AlreadyRecorded with the first
// transaction; fault.OutOfSequence for a recording dropped, reordered,
// back-dated or signed twice; fault.TimeAhead; fault.DeviceUnfit for a device
// revoked, or out of calibration at its last reading.
func Record(tx *ledger.Tx, req RecordRequest) (RecordResponse, error) {
	data, err := tx.Transient(TransientRecording, telemetry.MaxBytes)
	if err != nil {
		return RecordResponse{}, err
	}
	recording, err := telemetry.Decode(data)
	if err != nil {
		return RecordResponse{}, malformed(err)
	}
	device, err := authentic(tx, recording, req.Root)
	if err != nil {
		return RecordResponse{}, err
	}
	head, err := loadHead(tx, device.ID)
	if err != nil {
		return RecordResponse{}, err
	}
	if err := follow(tx, head, recording); err != nil {
		return RecordResponse{}, fault.Of(err).About(device.ID)
	}
	if err := fit(tx, device, evaluation.Moment(recording.Last().Time)); err != nil {
		return RecordResponse{}, fault.Of(err).About(device.ID)
	}
	response := RecordResponse{Recorded: recorded(tx, recording)}
	if response.Lanes, err = evaluate(tx, recording, response.Recorded); err != nil {
		return RecordResponse{}, err
	}
	return response, response.store(tx, recording)
}

func malformed(err error) error {
	code := fault.InvalidRequest
	if errors.Is(err, telemetry.ErrLimit) {
		code = fault.LimitExceeded
	}
	return fault.New(code, "the recording is not one: %w", err).At("transient/" + TransientRecording)
}

// authentic checks who submits, and that the device made the recording.
func authentic(tx *ledger.Tx, recording *telemetry.Recording, root telemetry.Hash) (*participant.Device, error) {
	h := recording.Header()
	if !root.IsZero() && root != h.Root {
		return nil, fault.New(fault.HashMismatch, "the recording has root %s, the request says %s", h.Root, root).At("/root")
	}
	caller, err := participant.Require(tx)
	if err != nil {
		return nil, err
	}
	device, err := participant.LoadDevice(tx, h.Device)
	if err != nil {
		return nil, err
	}
	roles := []string{ledger.RoleGateway, ledger.RoleOperator}
	if device.Owner == caller.MSP {
		roles = append(roles, ledger.RoleAdmin, ledger.RoleQuality)
	}
	if _, err := participant.Require(tx, roles...); err != nil {
		return nil, err
	}
	key, err := device.Key()
	if err != nil {
		return nil, err
	}
	switch {
	case device.ID != h.Device:
		return nil, fault.New(fault.InvalidIdentifier, "a recording names its device as %s", device.ID).About(device.ID)
	case recording.Verify(key) != nil:
		return nil, fault.New(fault.BadSignature, "the recording is not signed with the device's key on record").About(device.ID)
	case h.Measurement != device.Measures || h.Unit != device.Unit:
		return nil, fault.New(fault.Unsupported, "the recording is of %s in %s, the device is registered for %s in %s",
			h.Measurement, h.Unit, device.Measures, device.Unit).About(device.ID)
	}
	return device, nil
}

func recorded(tx *ledger.Tx, recording *telemetry.Recording) Recorded {
	h := recording.Header()
	return Recorded{
		V: Version, Device: h.Device, Sequence: h.Sequence, Root: h.Root, Readings: h.Count,
		First: evaluation.Moment(recording.First().Time), Last: evaluation.Moment(recording.Last().Time),
		By: personOf(tx.Caller()), Time: tx.Time(), Transaction: tx.ID(),
	}
}

func (r *RecordResponse) store(tx *ledger.Tx, recording *telemetry.Recording) error {
	h, last := recording.Header(), recording.Last()
	head := Head{
		V: Version, Sequence: h.Sequence, Root: h.Root,
		Last: evaluation.Point{Time: evaluation.Moment(last.Time), Value: evaluation.Amount(last.Value * telemetry.Factor(h.Scale))},
	}
	if err := ledger.Store(tx, headKey(h.Device), head); err != nil {
		return err
	}
	return ledger.Store(tx, recordedKey(h.Device, h.Sequence), r.Recorded)
}

// ReadRecordingRequest names a recording.
type ReadRecordingRequest struct {
	// Device is its device in any GS1 form.
	Device string `json:"device"`
	// Sequence is its number; 0 for the device's last.
	Sequence uint64 `json:"sequence"`
}

// ReadRecording returns what the ledger keeps of a recording, or fault.NotFound.
// Anyone may.
func ReadRecording(tx *ledger.Tx, req ReadRecordingRequest) (Recorded, error) {
	device, err := participant.LoadDevice(tx, req.Device)
	if err != nil {
		return Recorded{}, fault.Of(err).At("/device")
	}
	if req.Sequence == 0 {
		head, err := loadHead(tx, device.ID)
		if err != nil {
			return Recorded{}, err
		}
		req.Sequence = head.Sequence
	}
	known, found, err := ledger.Load[Recorded](tx, recordedKey(device.ID, req.Sequence))
	if err == nil && !found {
		return Recorded{}, fault.New(fault.NotFound, "the device has no recording %d", req.Sequence).About(device.ID).At("/sequence")
	}
	return known, err
}
