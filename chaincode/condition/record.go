package condition

import (
	"errors"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// TransientRecording is the entry of the transient map that carries recordings.
const TransientRecording = "recording"

const (
	// MaxRecordings bounds the recordings that one transaction takes.
	MaxRecordings = telemetry.MaxSequence
	// MaxEvaluated bounds the readings of several recordings times the watches that
	// their device feeds: some policies take microseconds a reading, and endorsers
	// give up after seconds. One recording alone is always taken.
	MaxEvaluated = 2 << 20
)

// RecordRequest submits recordings of one device, which stand in the transient
// map: the readings reach every endorser and never the ledger.
type RecordRequest struct {
	// Roots, if given, are the roots of the recordings in their order, each of 64
	// hexadecimal digits, and must be these. They put into the signed proposal
	// what was submitted, of which the transient map is no part.
	Roots []telemetry.Hash `json:"roots,omitempty"`
}

// RecordResponse is what recordings did.
type RecordResponse struct {
	// Recordings is what the ledger keeps of each, in their order.
	Recordings []Recorded `json:"recordings"`
	// Lanes are the watches that the device feeds, with what they are now.
	Lanes []LaneResult `json:"lanes"`
}

// LaneResult is a watch after recordings.
type LaneResult struct {
	// Watch is its id.
	Watch string `json:"watch"`
	// Judgement is what this device's readings say, as of the last of them, with
	// what there is to be said against the device.
	evaluation.Judgement
	// Breach is the id of the breach that these readings opened or extended, the
	// last one if they did that to several; absent when they broke nothing.
	Breach string `json:"breach,omitempty"`
	// Opened says that the breach is a new one.
	Opened bool `json:"opened,omitempty"`
}

// Record takes 1 to 64 consecutive recordings of one device, of at most 4 MiB and
// 1,048,576 readings together, and several of them of at most 2,097,152 readings
// times watches that the device feeds (transient "recording": a CBOR sequence, RFC 8742, of recordings; see
// package telemetry), all or none. It evaluates them in every watch that the
// device feeds, exactly as if they came one by one, and opens a breach, with a
// hold if the policy says so, where they break one. What a policy wants archived
// goes into the collection of all that trade ([ReadReadings]). By a gateway or operator of
// any organisation, since loggers are often read where goods arrive; in the
// device's own organisation by any role but auditor.
//
// Refusals, which name the recording by its index ([RefusedRecording]):
// fault.InvalidRequest for bytes that are no recordings; fault.LimitExceeded, also
// for too many readings: submit fewer at once;
// fault.HashMismatch for other roots; fault.NotFound for a device that is not
// registered; fault.BadSignature; fault.Unsupported for another measurement or
// unit than the device's, and for recordings of several devices;
// fault.OutOfSequence for a recording dropped, reordered, back-dated or signed
// twice; fault.TimeAhead; fault.DeviceUnfit for a device, or gateway, that
// is not believed at its last reading: [participant.Trust.Fit]; fault.NotFound
// and fault.NotMember where the channel lacks the collection that a policy asks
// for, or the caller's organisation is no member of it.
//
// fault.AlreadyRecorded, with the transaction of the first, when all of them are
// on record. When only the first of them are, it is fault.OutOfSequence:
// [OnRecord] says how many, and the others are to be submitted without those.
func Record(tx *ledger.Tx, req RecordRequest) (RecordResponse, error) {
	if _, err := participant.Require(tx); err != nil { // before a stranger's bytes cost anything
		return RecordResponse{}, err
	}
	data, err := tx.Transient(TransientRecording, telemetry.MaxSequenceBytes)
	if err != nil {
		return RecordResponse{}, err
	}
	recordings, err := telemetry.DecodeSequence(data, MaxRecordings)
	if err != nil {
		return RecordResponse{}, malformed(err)
	}
	from, err := authentic(tx, recordings, req.Roots)
	if err != nil {
		return RecordResponse{}, err
	}
	head, err := loadHead(tx, from.Device.ID)
	if err != nil {
		return RecordResponse{}, err
	}
	if head, err = advance(tx, from, head, recordings); err != nil {
		return RecordResponse{}, err
	}
	run := make([]recordingOf, len(recordings))
	for i, recording := range recordings {
		run[i] = recordingOf{recording, recorded(tx, recording)}
	}
	response := RecordResponse{}
	if response.Lanes, err = evaluate(tx, from.Trust, run); err != nil {
		return RecordResponse{}, err
	}
	if err := archive(tx, run); err != nil {
		return RecordResponse{}, err
	}
	return response, response.store(tx, head, run)
}

// recordingOf is a recording on its way to the ledger, with what will be kept.
type recordingOf struct {
	*telemetry.Recording
	summary Recorded
}

func malformed(err error) error {
	code := fault.InvalidRequest
	if errors.Is(err, telemetry.ErrLimit) {
		code = fault.LimitExceeded
	}
	refused := fault.New(code, "no recordings: %w", err).At("transient/" + TransientRecording)
	if at := (*telemetry.SequenceError)(nil); errors.As(err, &at) {
		return ofRecording(at.Index, refused)
	}
	return refused
}

// authentic checks who submits, and that one device made the recordings.
func authentic(tx *ledger.Tx, recordings []*telemetry.Recording, roots []telemetry.Hash) (*source, error) {
	if err := bound(recordings, roots); err != nil {
		return nil, err
	}
	caller, err := participant.Require(tx)
	if err != nil {
		return nil, err
	}
	from, err := loadSource(tx, recordings[0].Header().Device)
	if err != nil {
		return nil, ofRecording(0, err)
	}
	roles := []string{ledger.RoleGateway, ledger.RoleOperator}
	if from.Device.Owner == caller.MSP {
		roles = append(roles, ledger.RoleAdmin, ledger.RoleQuality)
	}
	if _, err := participant.Require(tx, roles...); err != nil {
		return nil, err
	}
	for i, recording := range recordings {
		if err := from.take(recording); err != nil {
			return nil, ofRecording(i, fault.Of(err).About(from.Device.ID))
		}
	}
	return from, nil
}

// bound checks the recordings against the roots in the signed proposal.
func bound(recordings []*telemetry.Recording, roots []telemetry.Hash) error {
	if len(roots) == 0 {
		return nil
	}
	if len(roots) != len(recordings) {
		return fault.New(fault.HashMismatch, "there are %d recordings, the request has %d roots", len(recordings), len(roots)).At("/roots")
	}
	for i, recording := range recordings {
		if recording.Root() != roots[i] {
			refused := fault.New(fault.HashMismatch, "the recording has root %s, the request says %s", recording.Root(), roots[i])
			return ofRecording(i, refused).At("/roots/" + strconv.Itoa(i))
		}
	}
	return nil
}

func recorded(tx *ledger.Tx, recording *telemetry.Recording) Recorded {
	h := recording.Header()
	return Recorded{
		V: Version, Device: h.Device, Sequence: h.Sequence, Root: h.Root, Readings: h.Count,
		First: evaluation.Moment(recording.First().Time), Last: evaluation.Moment(recording.Last().Time),
		By: personal.Of(tx.Caller()), Time: tx.Time(), Transaction: tx.ID(),
	}
}

// store writes the device's head once, and what is kept of each recording.
func (r *RecordResponse) store(tx *ledger.Tx, head Head, run []recordingOf) error {
	for _, recording := range run {
		summary := recording.summary
		if err := ledger.Store(tx, recordedKey(summary.Device, summary.Sequence), summary); err != nil {
			return err
		}
		r.Recordings = append(r.Recordings, summary)
	}
	return ledger.Store(tx, headKey(run[0].summary.Device), head)
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
