package verify

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/client/evidence"
)

var errUnknownOrganisation = errors.New("the roots do not know")

// endorsement checks one endorsement. All must be good: one that is not tells
// of tampering, even where the others would be enough.
func (r *run) endorsement(e *evidence.Endorsement) {
	subject := e.MSP
	identity, err := r.opener.Identity(e)
	if err == nil {
		subject += " " + identity.Certificate.Subject.CommonName
	}
	o, known := r.organisations[e.MSP]
	switch {
	case err != nil:
	case identity.MSP != e.MSP:
		err = fmt.Errorf("shown as of %s, signed as of %s", e.MSP, identity.MSP)
	case !known:
		err = fmt.Errorf("%w %s", errUnknownOrganisation, e.MSP)
	}
	if !r.record(CheckIdentity, subject, outcome{"of " + e.MSP, err}) {
		for _, name := range []Name{CheckCertificate, CheckUnit, CheckRevocation, CheckSignature} {
			r.skip(name, subject, "the endorser's identity is not known")
		}
		return
	}
	chains, err := o.chains(identity.Certificate)
	chain, found := r.certificate(chains, err)
	good := r.record(CheckCertificate, subject, found)
	good = r.record(CheckUnit, subject, outcome{"a " + o.PeerUnit, o.isPeer(identity.Certificate, chain)}) && good
	good = r.revocation(subject, o, chain) && good
	good = r.record(CheckSignature, subject, outcome{"good, over payload and identity", signed(e, r.statement.Payload, identity.Certificate)}) && good
	if good {
		r.counted[e.MSP] = true
	}
}

// certificate finds the way from a certificate to a root on which all are valid
// at both times: there are several where an authority's certificate was renewed.
func (r *run) certificate(chains [][]*x509.Certificate, err error) ([]*x509.Certificate, outcome) {
	if err != nil {
		return nil, fail("does not lead to a root of its organisation: %w", err)
	}
	for _, chain := range chains {
		if r.invalid(chain) == nil {
			return chain, outcome{detail: "leads to " + chain[len(chain)-1].Subject.CommonName + ", valid at " + r.now}
		}
	}
	problem := r.invalid(chains[0])
	if r.config.ignoreExpiry {
		return chains[0], pass("UNSAFE, accepted by option although %s", problem)
	}
	return chains[0], outcome{err: problem}
}

func (r *run) invalid(chain []*x509.Certificate) error {
	claimed := r.claimed()
	for _, c := range chain {
		for _, when := range [2]time.Time{r.at, claimed} {
			if when.Before(c.NotBefore) || when.After(c.NotAfter) {
				return fmt.Errorf("%s is valid from %s to %s, not at %s", c.Subject.CommonName, stamp(c.NotBefore), stamp(c.NotAfter), stamp(when))
			}
		}
	}
	return nil
}

func (r *run) claimed() time.Time {
	if r.proposal == nil {
		return r.at
	}
	return r.proposal.Time
}

func (r *run) revocation(subject string, o *organisation, chain []*x509.Certificate) bool {
	switch {
	case len(o.Revoked) == 0:
		r.skip(CheckRevocation, subject, "the roots hold no revocation list of "+o.MSP)
		return true
	case len(chain) == 0:
		r.skip(CheckRevocation, subject, "the certificate leads to no root")
		return false
	}
	return r.record(CheckRevocation, subject, outcome{"on no list", o.revoked(chain)})
}

// enough applies the policy.
func (r *run) enough() {
	if err := r.policy.validate(); err != nil {
		r.record(CheckPolicy, "", outcome{err: err})
		return
	}
	var counted []string
	for _, msp := range r.policy.Of {
		if r.counted[msp] {
			counted = append(counted, msp)
		}
		if _, known := r.organisations[msp]; !known {
			r.record(CheckPolicy, "", fail("the roots do not know %s", msp))
			return
		}
	}
	for msp := range r.counted {
		r.report.Endorsers = append(r.report.Endorsers, msp)
	}
	slices.Sort(r.report.Endorsers)
	if len(counted) < r.policy.Required {
		r.record(CheckPolicy, "", fail("%d of the organisations named endorsed (%s); the policy asks for %s", len(counted), strings.Join(counted, ", "), r.policy))
		return
	}
	r.record(CheckPolicy, "", pass("%s endorsed; the policy asks for %s", strings.Join(counted, ", "), r.policy))
}
