package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const (
	// TrustFormat names the version of the trust file.
	TrustFormat = "countersign-trust/1"
	// MaxTrustSize bounds a trust file, in bytes.
	MaxTrustSize = 64 << 20
	// maxFollowed bounds the configurations in one.
	maxFollowed = 1 << 12
)

// trustFile is the form of a trust file. What was followed is kept as it was shown,
// and verified again whenever the file is read: only the pinned block, the chaincode,
// its versions and the policy are trusted.
type trustFile struct {
	Format    string      `json:"format"`
	Chaincode string      `json:"chaincode"`
	Versions  []string    `json:"versions,omitempty"`
	Policy    *Policy     `json:"policy,omitempty"`
	Pinned    []byte      `json:"pinned"`
	Followed  []shownFile `json:"followed,omitempty"`
}

type shownFile struct {
	Block    []byte `json:"block,omitempty"`
	Envelope []byte `json:"envelope,omitempty"`
}

// Encode writes the trust as a JSON file.
func (t *Trust) Encode() ([]byte, error) {
	f := trustFile{Format: TrustFormat, Chaincode: t.terms.Chaincode, Versions: t.terms.Versions, Pinned: t.followed[0].text}
	if t.terms.Policy.Required != 0 {
		f.Policy = &t.terms.Policy
	}
	for _, c := range t.followed[1:] {
		if c.envelope {
			f.Followed = append(f.Followed, shownFile{Envelope: c.text})
		} else {
			f.Followed = append(f.Followed, shownFile{Block: c.text})
		}
	}
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, &RootsError{Reason: "the trust cannot be written", cause: err}
	}
	text = append(text, '\n')
	if len(text) > MaxTrustSize || len(f.Followed) > maxFollowed {
		return nil, badRoots("the trust has %d bytes and %d configurations; at most %d and %d are allowed: pin a later one", len(text), len(f.Followed), MaxTrustSize, maxFollowed)
	}
	return text, nil
}

// DecodeTrust reads a trust file, and verifies each configuration in it from the
// pinned one on. It fails with [RootsError], which wraps the [channelconfig.Error] of a
// configuration that does not verify, or [PolicyError].
func DecodeTrust(text []byte) (*Trust, error) {
	if len(text) > MaxTrustSize {
		return nil, badRoots("the file has %d bytes; at most %d are allowed", len(text), MaxTrustSize)
	}
	var f trustFile
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return nil, &RootsError{Reason: "the file cannot be read", cause: err}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, badRoots("something stands after the trust")
	}
	if f.Format != TrustFormat {
		return nil, badRoots("the file's format is %q; this version reads %q", f.Format, TrustFormat)
	}
	if len(f.Followed) > maxFollowed {
		return nil, badRoots("%d configurations; at most %d are allowed", len(f.Followed), maxFollowed)
	}
	return f.open()
}

func (f trustFile) open() (*Trust, error) {
	terms := Terms{Chaincode: f.Chaincode, Versions: f.Versions}
	if f.Policy != nil {
		terms.Policy = *f.Policy
		if err := terms.Policy.validate(); err != nil {
			return nil, err
		}
	}
	t, err := Pin(f.Pinned, terms)
	if err != nil {
		return nil, &RootsError{Reason: "the pinned configuration", cause: err}
	}
	for _, s := range f.Followed {
		switch {
		case len(s.Block) > 0 && len(s.Envelope) > 0:
			err = badRoots("a block and an envelope in one place")
		case len(s.Envelope) > 0:
			err = t.FollowEnvelope(s.Envelope)
		default:
			err = t.Follow(s.Block)
		}
		if err != nil {
			return nil, &RootsError{Reason: fmt.Sprintf("what follows configuration %d", t.Newest().Sequence()), cause: err}
		}
	}
	return t, nil
}

// ReadRoots reads a file of either form: roots, or a trust, of which it takes the
// newest configuration. It fails as [DecodeRoots] and [DecodeTrust] do.
func ReadRoots(text []byte) (*Roots, error) {
	if !IsTrust(text) {
		return DecodeRoots(text)
	}
	t, err := DecodeTrust(text)
	if err != nil {
		return nil, err
	}
	return t.Roots()
}

// IsTrust tells whether a file says that it is a trust file.
func IsTrust(text []byte) bool {
	var f struct {
		Format string `json:"format"`
	}
	// A file that is neither is refused by whoever reads it next.
	return len(text) <= MaxTrustSize && json.NewDecoder(bytes.NewReader(text)).Decode(&f) == nil && f.Format == TrustFormat
}
