package participant

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// What can be done to a device.
const (
	StepRegistered = "registered"
	StepRotated    = "rotated"
	StepCalibrated = "calibrated"
	StepSuspended  = "suspended"
	StepResumed    = "resumed"
	StepAssigned   = "assigned"
	StepFirmware   = "firmware"
	StepRevoked    = "revoked"
)

// DeviceStep is one thing that was done to a device, with what it was set to.
type DeviceStep struct {
	// V is the schema version.
	V int `json:"v"`
	// Number counts the device's steps from 1.
	Number uint64 `json:"number"`
	// Kind is registered, rotated, calibrated, suspended, resumed, assigned,
	// firmware or revoked.
	Kind string `json:"kind"`
	// By is who did it: the subject of a certificate of the owner's, its SHA-256
	// when it is longer than 300 bytes.
	By string `json:"by"`
	// Time is the ledger time, Transaction the transaction.
	Time        time.Time `json:"time"`
	Transaction string    `json:"transaction"`
	// Reason is for people.
	Reason string `json:"reason,omitempty"`
	// Key is the number of the signer that was put on record.
	Key int `json:"key,omitempty"`
	// From and Until are the term of a suspension, an assignment or a
	// calibration; From is since when a device is revoked.
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// To is whom the device was assigned to.
	To string `json:"to,omitempty"`
	// Text is the firmware, the kind of a revocation, or what a calibration
	// found.
	Text string `json:"text,omitempty"`
}

func deviceStepKey(device string, number uint64) ledger.Key {
	return ledger.NewKey("devicestep", device, ledger.Number(number))
}

// store writes a device together with what was done to it.
func (d *Device) store(tx *ledger.Tx, step DeviceStep) error {
	d.Steps++
	step.V, step.Number, step.By = Version, d.Steps, boundedSubject(tx.Caller().Subject)
	step.Time, step.Transaction = tx.Time(), tx.ID()
	if err := ledger.Store(tx, deviceStepKey(d.ID, d.Steps), step); err != nil {
		return err
	}
	return ledger.Store(tx, deviceKey(d.ID), d)
}

// maxSubject bounds a subject as it stands in a step, in bytes.
const maxSubject = 300

func boundedSubject(subject string) string {
	if text, err := json.Marshal(subject); err == nil && len(text) <= maxSubject {
		return subject
	}
	digest := sha256.Sum256([]byte(subject))
	return "SHA-256 " + hex.EncodeToString(digest[:])
}

// checkReason checks a reason for people.
func checkReason(reason string) error {
	if reason == "" || len(reason) > MaxName {
		return fault.New(fault.InvalidRequest, "give a reason of 1 to %d bytes", MaxName).At("/reason")
	}
	return nil
}

// DeviceHistoryRequest asks for what was done to a device.
type DeviceHistoryRequest struct {
	// ID is its GIAI or GRAI in any GS1 form.
	ID string `json:"id"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// DeviceHistoryResponse is a page of a device's history, oldest first.
type DeviceHistoryResponse struct {
	Steps []DeviceStep `json:"steps"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// DeviceHistory lists what was done to a device, by whom and when. Anyone may.
// It fails with fault.InvalidIdentifier, and with fault.LimitExceeded for a size
// out of range.
func DeviceHistory(tx *ledger.Tx, req DeviceHistoryRequest) (DeviceHistoryResponse, error) {
	id, err := devicePath(req.ID)
	if err != nil {
		return DeviceHistoryResponse{}, err
	}
	steps, next, err := pageOf[DeviceStep](tx, ledger.NewKey("devicestep", id.Path()), req.Size, req.Bookmark)
	return DeviceHistoryResponse{Steps: steps, Bookmark: next}, err
}

// pageOf reads a page of records; size 0 stands for 100.
func pageOf[T any](tx *ledger.Tx, prefix ledger.Key, size int, bookmark string) ([]T, string, error) {
	if size == 0 {
		size = 100
	}
	entries, next, err := tx.Page(prefix, size, bookmark)
	if err != nil {
		return nil, "", err
	}
	records := make([]T, len(entries))
	for i, entry := range entries {
		if records[i], err = ledger.Decode[T](entry.Key, entry.Value); err != nil {
			return nil, "", err
		}
	}
	return records, next, nil
}
