package condition

import (
	"crypto"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// source is the device that made the recordings of a transaction, with all that
// decides whether it is believed. It is read once for all of them.
type source struct {
	*participant.Trust
	// by is who signed each: the device, or a gateway that vouches for it.
	by []*participant.Device
}

// loadSource reads the device that a recording names. It fails with
// fault.InvalidIdentifier and fault.NotFound.
func loadSource(tx *ledger.Tx, device string) (*source, error) {
	trust, err := participant.LoadTrust(tx, device)
	if err != nil {
		return nil, err
	}
	return &source{Trust: trust}, nil
}

// take checks that the device made a recording, the next after those that it
// took: with a key, its own or of the gateway that the recording names, that was
// good when the last reading was taken; and of what it is registered for.
//
// It fails with fault.InvalidIdentifier, fault.BadSignature and
// fault.Unsupported.
func (s *source) take(recording *telemetry.Recording) error {
	h, device := recording.Header(), s.Device
	if h.Device != device.ID {
		return fault.New(fault.InvalidIdentifier, "the recording names its device as %q: name it as %s, and submit those of another apart", h.Device, device.ID)
	}
	by, err := s.Signed(h.Gateway, recording.Last().At(), func(key crypto.PublicKey) error { return recording.Verify(key) })
	if err != nil {
		return err
	}
	if h.Measurement != device.Measures || h.Unit != device.Unit || h.Component != device.Component {
		return fault.New(fault.Unsupported, "the recording is of %s %s in %s, the device is registered for %s %s in %s",
			h.Measurement, h.Component, h.Unit, device.Measures, device.Component, device.Unit)
	}
	s.by = append(s.by, by)
	return nil
}

// fit checks that the device, and who signed for it, could be believed when it
// took the readings of the recording of that index: [participant.Trust.Fit].
func (s *source) fit(tx *ledger.Tx, index int, last evaluation.Moment) error {
	return s.Fit(s.by[index], last.Time(), tx.Time())
}
