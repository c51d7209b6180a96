package assess

import (
	"cmp"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// Chain says how far the recordings of a device follow one another, and who
// signed.
type Chain struct {
	// Recordings is how many there are, First and Last the lowest and highest
	// sequence number.
	Recordings int    `json:"recordings"`
	First      uint64 `json:"first"`
	Last       uint64 `json:"last"`
	// Missing counts the recordings between them that are not there.
	Missing uint64 `json:"missing"`
	// Signed says that each signature was checked with a key that was given.
	Signed bool `json:"signed"`
}

// ChainError says why recordings cannot be of one honest device. The ledger would
// refuse them.
type ChainError struct {
	File, Device string
	Sequence     uint64
	Reason       string
	cause        error
}

func (e *ChainError) Error() string {
	text := fmt.Sprintf("%s: recording %d of %s: %s", e.File, e.Sequence, e.Device, e.Reason)
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

func (e *ChainError) Unwrap() error { return e.cause }

// sealed is a recording with the file that it stood in.
type sealed struct {
	file      string
	recording *telemetry.Recording
}

func (s sealed) wrong(reason string, cause error) error {
	h := s.recording.Header()
	return &ChainError{s.file, h.Device, h.Sequence, reason, cause}
}

// ParseKey reads a public key: SubjectPublicKeyInfo, PEM or DER.
func ParseKey(text []byte) (crypto.PublicKey, error) {
	if block, _ := pem.Decode(text); block != nil {
		text = block.Bytes
	}
	key, err := x509.ParsePKIXPublicKey(text)
	if err != nil {
		return nil, fmt.Errorf("it is no public key (SubjectPublicKeyInfo, PEM or DER): %w", err)
	}
	return key, nil
}

// link puts the recordings of one device in order, drops those given twice, and
// checks that they follow one another. With keys, each must verify with one of
// them. It fails with a [*ChainError].
func link(all []sealed, keys []crypto.PublicKey) ([]sealed, Chain, error) {
	slices.SortStableFunc(all, func(a, b sealed) int {
		return cmp.Compare(a.recording.Header().Sequence, b.recording.Header().Sequence)
	})
	all = slices.CompactFunc(all, func(a, b sealed) bool { return a.recording.Root() == b.recording.Root() })
	chain := Chain{
		Recordings: len(all), Signed: len(keys) > 0,
		First: all[0].recording.Header().Sequence, Last: all[len(all)-1].recording.Header().Sequence,
	}
	for i, s := range all {
		if err := s.verify(keys); err != nil {
			return nil, Chain{}, err
		}
		if i == 0 {
			continue
		}
		missing, err := s.follows(all[i-1])
		if err != nil {
			return nil, Chain{}, err
		}
		chain.Missing += missing
	}
	return all, chain, nil
}

func (s sealed) verify(keys []crypto.PublicKey) error {
	var failed error
	for _, key := range keys {
		if failed = s.recording.Verify(key); failed == nil {
			return nil
		}
	}
	if failed != nil {
		return s.wrong("no key that was given verifies it", failed)
	}
	return nil
}

// follows returns how many recordings are missing between one and the next.
func (s sealed) follows(before sealed) (missing uint64, err error) {
	h, b := s.recording.Header(), before.recording.Header()
	switch {
	case h.Sequence == b.Sequence:
		return 0, s.wrong("the device has signed two of this number, the other is in "+before.file, nil)
	case h.Sequence == b.Sequence+1 && h.Previous != b.Root:
		return 0, s.wrong(fmt.Sprintf("it follows one with root %s, but recording %d has %s", h.Previous, b.Sequence, b.Root), nil)
	case h.Start <= before.recording.Last().Time:
		return 0, s.wrong("its readings begin before those of the recording before end", nil)
	}
	return h.Sequence - b.Sequence - 1, nil
}
