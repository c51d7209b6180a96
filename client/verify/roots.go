package verify

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"slices"
)

const (
	// RootsFormat names the version of the roots file.
	RootsFormat = "countersign-roots/1"
	// MaxRootsSize bounds a roots file, in bytes.
	MaxRootsSize = 1 << 20
)

// Roots are what a verifier trusts to begin with: a ledger, and the
// certificate authorities of its organisations. They must reach the verifier
// on a way that the sender of the evidence does not control.
type Roots struct {
	// Channel and Chaincode name the ledger.
	Channel   string
	Chaincode string
	// Versions are the versions of the chaincode's definition that are
	// accepted; empty accepts any, and the report says so.
	Versions []string
	// Organisations whose endorsements can be checked.
	Organisations []Organisation
	// Policy is a default for programs that ask nobody; it may be zero.
	Policy Policy
	// Configuration is the channel's configuration of which the organisations
	// were made, see [Trust]; nil for roots of a file, which follow none.
	Configuration *Configuration
}

// Organisation is how to recognise the peers of one organisation.
type Organisation struct {
	// MSP is the organisation's name on the channel.
	MSP string
	// Roots and Intermediates are its certificate authorities.
	Roots         []*x509.Certificate
	Intermediates []*x509.Certificate
	// PeerUnit is the organisational unit that its peers' certificates carry
	// (NodeOUs): it tells a peer from a client, whose signature is no
	// endorsement.
	PeerUnit string
	// OtherUnits are those of clients, admins and orderers: a certificate that
	// carries one of them, too, is nobody's, as in Fabric.
	OtherUnits []string
	// PeerIssuer, if there is one, is the only authority that may give out
	// that unit.
	PeerIssuer *x509.Certificate
	// Revoked are the revocation lists that the organisation publishes.
	Revoked []*x509.RevocationList
}

// RootsError says why roots cannot be used.
type RootsError struct {
	Reason string
	cause  error
}

// Error implements error.
func (e *RootsError) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("roots: %s: %v", e.Reason, e.cause)
	}
	return "roots: " + e.Reason
}

// Unwrap returns the error underneath, if any.
func (e *RootsError) Unwrap() error { return e.cause }

func badRoots(format string, args ...any) error {
	return &RootsError{Reason: fmt.Sprintf(format, args...)}
}

func (r *Roots) validate() error {
	if r.Channel == "" || r.Chaincode == "" {
		return badRoots("channel and chaincode must be named")
	}
	if len(r.Organisations) == 0 {
		return badRoots("there are no organisations")
	}
	for i, o := range r.Organisations {
		if err := o.validate(); err != nil {
			return err
		}
		for _, other := range r.Organisations[:i] {
			if err := o.apart(other); err != nil {
				return err
			}
		}
	}
	return nil
}

// apart refuses organisations that could sign for one another.
func (o Organisation) apart(other Organisation) error {
	if o.MSP == other.MSP {
		return badRoots("%s stands there twice", o.MSP)
	}
	for _, c := range o.issuers() {
		for _, d := range other.issuers() {
			if sameKey(c, d) {
				return badRoots("%s and %s have the same authority, %s: a peer of one would pass for a peer of the other", other.MSP, o.MSP, c.Subject)
			}
		}
	}
	return nil
}

func (o Organisation) validate() error {
	switch {
	case o.MSP == "":
		return badRoots("an organisation has no msp")
	case len(o.Roots) == 0:
		return badRoots("%s has no root certificate", o.MSP)
	case o.PeerUnit == "":
		return badRoots("%s names no organisational unit for its peers: without NodeOUs every client's signature would pass for an endorsement", o.MSP)
	case slices.Contains(o.OtherUnits, o.PeerUnit):
		return badRoots("%s has %q for its peers and for others", o.MSP, o.PeerUnit)
	}
	for _, c := range o.authorities() {
		if !c.IsCA {
			return badRoots("%s: %s is not the certificate of an authority", o.MSP, c.Subject)
		}
	}
	for _, list := range o.Revoked {
		if !slices.ContainsFunc(o.authorities(), func(c *x509.Certificate) bool { return isOf(list, c) }) {
			return badRoots("%s: the revocation list of %s is not signed by one of its authorities", o.MSP, list.Issuer)
		}
	}
	return nil
}

type rootsFile struct {
	Format        string             `json:"format"`
	Channel       string             `json:"channel"`
	Chaincode     string             `json:"chaincode"`
	Versions      []string           `json:"versions,omitempty"`
	Organisations []organisationFile `json:"organisations"`
	Policy        *Policy            `json:"policy,omitempty"`
}

type organisationFile struct {
	MSP           string   `json:"msp"`
	Roots         []string `json:"rootCertificates"`
	Intermediates []string `json:"intermediateCertificates,omitempty"`
	PeerUnit      string   `json:"peerUnit"`
	OtherUnits    []string `json:"otherUnits,omitempty"`
	PeerIssuer    string   `json:"peerIssuer,omitempty"`
	Revoked       []string `json:"revocationLists,omitempty"`
}

// Encode writes the roots as a JSON file, certificates in PEM. It fails with
// [RootsError] when they could not be used.
func (r *Roots) Encode() ([]byte, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	f := rootsFile{Format: RootsFormat, Channel: r.Channel, Chaincode: r.Chaincode, Versions: r.Versions}
	if r.Policy.Required != 0 || len(r.Policy.Of) > 0 {
		if err := r.Policy.validate(); err != nil {
			return nil, err
		}
		f.Policy = &r.Policy
	}
	for _, o := range r.Organisations {
		entry := organisationFile{
			MSP: o.MSP, Roots: toPEM(o.Roots...), Intermediates: toPEM(o.Intermediates...), PeerUnit: o.PeerUnit, OtherUnits: o.OtherUnits,
		}
		if o.PeerIssuer != nil {
			entry.PeerIssuer = toPEM(o.PeerIssuer)[0]
		}
		for _, list := range o.Revoked {
			entry.Revoked = append(entry.Revoked, string(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: list.Raw})))
		}
		f.Organisations = append(f.Organisations, entry)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(f); err != nil {
		return nil, &RootsError{Reason: "they cannot be written", cause: err}
	}
	return out.Bytes(), nil
}

// DecodeRoots reads a roots file. It fails with [RootsError] or, for the
// default policy in it, [PolicyError].
func DecodeRoots(text []byte) (*Roots, error) {
	if len(text) > MaxRootsSize {
		return nil, badRoots("the file has %d bytes; at most %d are allowed", len(text), MaxRootsSize)
	}
	var f rootsFile
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return nil, &RootsError{Reason: "the file cannot be read", cause: err}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, badRoots("something stands after the roots")
	}
	if f.Format != RootsFormat {
		return nil, badRoots("the file's format is %q; this version reads %q", f.Format, RootsFormat)
	}
	roots := &Roots{Channel: f.Channel, Chaincode: f.Chaincode, Versions: f.Versions}
	if f.Policy != nil {
		roots.Policy = *f.Policy
		if err := roots.Policy.validate(); err != nil {
			return nil, err
		}
	}
	for _, entry := range f.Organisations {
		o, err := entry.organisation()
		if err != nil {
			return nil, &RootsError{Reason: entry.MSP, cause: err}
		}
		roots.Organisations = append(roots.Organisations, o)
	}
	return roots, roots.validate()
}

func (f organisationFile) organisation() (o Organisation, err error) {
	o = Organisation{MSP: f.MSP, PeerUnit: f.PeerUnit, OtherUnits: f.OtherUnits}
	if o.Roots, err = certificates(f.Roots); err != nil {
		return o, err
	}
	if o.Intermediates, err = certificates(f.Intermediates); err != nil {
		return o, err
	}
	if f.PeerIssuer != "" {
		issuer, err := certificates([]string{f.PeerIssuer})
		if err != nil {
			return o, err
		}
		o.PeerIssuer = issuer[0]
	}
	for _, text := range f.Revoked {
		list, err := revocationList([]byte(text))
		if err != nil {
			return o, err
		}
		o.Revoked = append(o.Revoked, list)
	}
	return o, nil
}
