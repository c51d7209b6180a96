package telemetry

import "github.com/fxamacker/cbor/v2"

// The CBOR modes: deterministic encoding (RFC 8949, 4.2.1), and decoding with
// limits just above what a recording and a proof need. The options are
// constants, so that errModes is nil; a test would fail at the first encoding.
var encoding, decoding, errModes = modes()

func modes() (cbor.EncMode, cbor.DecMode, error) {
	enc, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, nil, err
	}
	dec, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		MaxNestedLevels:   6,
		MaxArrayElements:  maxProofItems,
		MaxMapPairs:       16,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		UTF8:              cbor.UTF8RejectInvalid,
	}.DecMode()
	return enc, dec, err
}

func marshal(v any) ([]byte, error) {
	if errModes != nil {
		return nil, errModes
	}
	return encoding.Marshal(v)
}

func unmarshal(data []byte, v any) error {
	if errModes != nil {
		return errModes
	}
	return decoding.Unmarshal(data, v)
}
