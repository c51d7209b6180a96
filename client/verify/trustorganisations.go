package verify

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
)

// organisations are those of a configuration whose peers can be recognised, and why
// others cannot be. One that cannot does not keep the others from being verified.
func (t *Trust) organisations(i int) (good []Organisation, omitted map[string]string, err error) {
	list, err := t.followed[i].Organisations()
	if err != nil {
		return nil, nil, err
	}
	omitted = map[string]string{}
	for _, from := range list {
		o, err := organisationOf(from)
		if err == nil {
			err = t.revokedSince(i, &o)
		}
		if err == nil {
			err = o.validate()
		}
		if err != nil {
			omitted[from.MSP] = reason(err)
			continue
		}
		good = append(good, o)
	}
	for i, o := range good {
		for _, other := range good[:i] {
			if err := o.apart(other); err != nil {
				omitted[o.MSP], omitted[other.MSP] = reason(err), reason(err)
			}
		}
	}
	return slices.DeleteFunc(good, func(o Organisation) bool { return omitted[o.MSP] != "" }), omitted, nil
}

func reason(err error) string {
	var own *RootsError
	if errors.As(err, &own) {
		return own.Reason
	}
	return err.Error()
}

func organisationOf(from channelconfig.Organisation) (Organisation, error) {
	if from.Idemix {
		return Organisation{}, errors.New("its identities are anonymous credentials")
	}
	if from.Listed {
		return Organisation{}, errListed
	}
	o := Organisation{
		MSP: from.MSP, Roots: from.Roots, Intermediates: from.Intermediates,
		PeerUnit: from.PeerUnit, OtherUnits: from.OtherUnits, PeerIssuer: from.PeerIssuer,
	}
	return o, o.revoke(from.Revoked)
}

// revoke adds revocation lists. A list of nobody that the organisation knows says
// nothing; one in the name of its authorities that is not theirs is refused.
func (o *Organisation) revoke(lists []*x509.RevocationList) error {
	for _, list := range lists {
		named := slices.ContainsFunc(o.authorities(), func(c *x509.Certificate) bool {
			return bytes.Equal(c.RawSubject, list.RawIssuer) || len(list.AuthorityKeyId) > 0 && bytes.Equal(list.AuthorityKeyId, c.SubjectKeyId)
		})
		if !named {
			continue
		}
		if !slices.ContainsFunc(o.authorities(), func(c *x509.Certificate) bool { return isOf(list, c) }) {
			return fmt.Errorf("the revocation list of %s is not signed by one of its authorities", list.Issuer)
		}
		if !slices.ContainsFunc(o.Revoked, func(has *x509.RevocationList) bool { return bytes.Equal(has.Raw, list.Raw) }) {
			o.Revoked = append(o.Revoked, list)
		}
	}
	return nil
}

// revokedSince adds what later configurations revoke: whoever is asked for an older
// configuration means its organisations, not keys that were found stolen since.
func (t *Trust) revokedSince(i int, o *Organisation) error {
	for _, later := range t.followed[i+1:] {
		list, err := later.Organisations()
		if err != nil {
			return err
		}
		for _, from := range list {
			if from.MSP != o.MSP {
				continue
			}
			if err := o.revoke(from.Revoked); err != nil {
				return err
			}
		}
	}
	return nil
}
