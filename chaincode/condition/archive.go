package condition

import (
	"encoding/base64"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/collections"
)

// archive keeps the bytes of the recordings that a policy wants kept in the
// collection of all that trade. Whoever endorses this transaction evaluates the
// readings and so has them anyway (docs/adr, number 17).
func archive(tx *ledger.Tx, run []recordingOf) error {
	for i := range run {
		if !run[i].summary.Archived {
			continue
		}
		summary := run[i].summary
		if err := tx.Archive(collections.Readings, recordedKey(summary.Device, summary.Sequence), run[i].Bytes()); err != nil {
			return ofRecording(i, err)
		}
	}
	return nil
}

// ReadReadingsRequest names a recording.
type ReadReadingsRequest struct {
	// Device is its device in any GS1 form.
	Device string `json:"device"`
	// Sequence is its number, from 1.
	Sequence uint64 `json:"sequence"`
}

// ReadReadingsResponse is a recording as its device signed it.
type ReadReadingsResponse struct {
	// Recording is the bytes of the recording in base64 (RFC 4648, section 4).
	Recording string `json:"recording"`
}

// ReadReadings returns a recording that a policy had archived, to any trading
// organisation, at that organisation's own peer. Whether it is the one that was
// evaluated, its root says, which the ledger has ([ReadRecording]).
//
// Refusals: fault.NotMember elsewhere; fault.NotFound for a recording that is
// not on record or was not archived; fault.NotHere when it has not reached this
// peer yet.
func ReadReadings(tx *ledger.Tx, req ReadReadingsRequest) (ReadReadingsResponse, error) {
	if caller := tx.Caller().MSP; tx.PeerMSP() != caller {
		return ReadReadingsResponse{}, fault.New(fault.NotMember, "private data is read at the caller's own peer, of %s; this is one of %s", caller, tx.PeerMSP())
	}
	device, err := participant.LoadDevice(tx, req.Device)
	if err != nil {
		return ReadReadingsResponse{}, fault.Of(err).At("/device")
	}
	value, err := tx.GetPrivate(collections.Readings, recordedKey(device.ID, req.Sequence))
	if err != nil {
		return ReadReadingsResponse{}, err
	}
	if value == nil {
		return ReadReadingsResponse{}, fault.New(fault.NotFound, "recording %d was not archived", req.Sequence).About(device.ID).At("/sequence")
	}
	return ReadReadingsResponse{Recording: base64.StdEncoding.EncodeToString(value)}, nil
}
