package verify

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// EndorsersWindow is how far a proposal's claimed time may be from the clock of
// an endorser.
const EndorsersWindow = 15 * time.Minute

// Verifier checks evidence against roots. It is safe for concurrent use.
type Verifier struct {
	roots         *Roots
	organisations map[string]*organisation
	lookup        func(function string) (*api.Function, bool)
	opener        *evidence.Opener
	config        config
}

type config struct {
	ignoreExpiry bool
}

// Option changes what a [Verifier] asks for.
type Option func(*config)

// WithExpiredCertificatesUnsafe accepts certificates outside their time of
// validity: for archives whose age is proven in another way. Whoever holds an
// expired key can then state anything; each report says that this was on, also where
// all certificates were valid ([Report.Unsafe]).
func WithExpiredCertificatesUnsafe() Option { return func(c *config) { c.ignoreExpiry = true } }

const expiryIgnored = "by option, certificates are accepted outside their time of validity"

// New returns a verifier that trusts roots. It fails with [RootsError] when they
// are incomplete.
func New(roots *Roots, options ...Option) (*Verifier, error) {
	if roots == nil {
		return nil, badRoots("there are none")
	}
	if err := roots.validate(); err != nil {
		return nil, err
	}
	v := &Verifier{roots: roots, organisations: map[string]*organisation{}, lookup: declared, opener: &evidence.Opener{}}
	for _, o := range options {
		o(&v.config)
	}
	for _, o := range roots.Organisations {
		v.organisations[o.MSP] = newOrganisation(o)
	}
	return v, nil
}

// Verify checks evidence of any kind: that enough organisations endorsed exactly
// what its statement shows, with certificates that are valid at a time, and that
// what else it shows follows from that. That time is the verifier's: usually now,
// or when the evidence reached an archive. It is pure, and reports rather than
// fails.
func (v *Verifier) Verify(e evidence.Evidence, policy Policy, at time.Time) *Report {
	s := attested(e)
	if s == nil {
		s = &evidence.Statement{}
		e = s
	}
	r := v.begin(e, s, policy, at)
	r.form()
	r.configuration()
	r.question()
	r.answerChecks()
	r.shown()
	for i := range s.Endorsements {
		r.endorsement(&s.Endorsements[i])
	}
	r.enough()
	r.report.conclude()
	return r.report
}

// begin begins a verification.
func (v *Verifier) begin(e evidence.Evidence, s *evidence.Statement, policy Policy, at time.Time) *run {
	r := &run{
		Verifier: v, evidence: e, statement: s, policy: policy, at: at, counted: map[string]bool{},
		now: stamp(at),
		report: &Report{
			Format: ReportFormat, Kind: e.Kind(), Channel: s.Channel, Chaincode: s.Chaincode, Function: s.Function,
			Policy: policy.String(), At: at.UTC(), Endorsers: []string{}, Checks: make([]Check, 0, 20+5*len(s.Endorsements)),
		},
	}
	if v.config.ignoreExpiry {
		r.report.Unsafe = []string{expiryIgnored}
	}
	return r
}

// Content checks evidence other than by whom it was endorsed: for whoever makes some
// and does not know whom its reader will trust. Its report is never Verified, since
// it has no check of an endorsement; what is wrong, its Failures say.
func Content(e evidence.Evidence) *Report {
	s := attested(e)
	if s == nil {
		s = &evidence.Statement{}
		e = s
	}
	v := &Verifier{roots: &Roots{Channel: s.Channel, Chaincode: s.Chaincode}, lookup: declared}
	r := v.begin(e, s, Policy{}, time.Time{})
	r.form()
	if r.proposal != nil {
		r.at = r.proposal.Time
		r.now, r.report.At = stamp(r.at), r.at
	}
	r.question()
	r.answerChecks()
	r.shown()
	r.report.Verdict = notVerified
	return r.report
}

// attested is the statement in evidence, nil when there is none.
func attested(e evidence.Evidence) *evidence.Statement {
	if v := reflect.ValueOf(e); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil
	}
	return e.Attested()
}

// shown checks what a kind shows beside its statement.
func (r *run) shown() {
	if r.unfit.any() {
		r.answer = nil // nothing is to be made of it
	}
	switch e := r.evidence.(type) {
	case *evidence.ShownFields:
		r.fields(e)
	case *evidence.Readings:
		r.readings(e)
	case *evidence.Events:
		r.events(e)
	case *evidence.Contained:
		r.contained(e)
	}
}

// Malformed returns the report on a file that [evidence.Decode] refused: its
// first check failed and no other could be made.
func Malformed(err error, policy Policy, at time.Time) *Report {
	r := &Report{Format: ReportFormat, Policy: policy.String(), At: at.UTC(), Endorsers: []string{}, Verdict: notVerified}
	r.Checks = []Check{{Name: CheckFormat, Status: Failed, Detail: err.Error()}}
	if errors.Is(err, evidence.ErrLater) {
		r.Verdict = notDecided
	}
	return r
}

// functions has what the ledger declares, by full name: [api.Lookup] goes through
// them all.
var functions = sync.OnceValue(func() map[string]*api.Function {
	all := map[string]*api.Function{}
	for _, f := range api.Functions() {
		all[f.FullName()] = f
	}
	return all
})

func declared(function string) (*api.Function, bool) {
	f, found := functions()[function]
	return f, found
}

// run is one verification.
type run struct {
	*Verifier
	evidence  evidence.Evidence
	statement *evidence.Statement // the one in it
	policy    Policy
	at        time.Time
	now       string // the same, to show
	report    *Report

	proposal *evidence.Proposal // nil when it could not be opened
	answer   *evidence.Answer   // nil when it could not be opened
	function *api.Function      // nil when it is not on the closed list
	unfit    unfit              // why request or result are not to be decoded
	counted  map[string]bool    // organisations whose every check passed
	present  map[string]bool    // keys that were read and there; nil: not looked at yet
}

// outcome of a check: a detail, and an error when it failed.
type outcome struct {
	detail string
	err    error
}

func pass(format string, args ...any) outcome { return outcome{detail: fmt.Sprintf(format, args...)} }

func fail(format string, args ...any) outcome { return outcome{err: fmt.Errorf(format, args...)} }

func (r *run) record(name Name, subject string, o outcome) bool {
	c := Check{Name: name, Subject: subject, Status: Passed, Detail: o.detail}
	if o.err != nil {
		c.Status, c.Detail, c.unknown = Failed, o.err.Error(), errors.Is(o.err, errUnknownOrganisation)
	}
	r.report.Checks = append(r.report.Checks, c)
	return o.err == nil
}

func (r *run) skip(name Name, subject, why string) {
	r.report.Checks = append(r.report.Checks, Check{Name: name, Subject: subject, Status: Skipped, Detail: why})
}

// form opens what is signed.
func (r *run) form() {
	r.record(CheckFormat, "", outcome{"complete and in order: " + evidence.Format, r.evidence.Check()})
	proposal, err := r.opener.Proposal(r.statement)
	if r.record(CheckProposal, "", outcome{"in canonical form", err}) {
		r.proposal = proposal
		r.report.Claimed = proposal.Time
	}
	answer, err := r.statement.OpenPayload()
	if r.record(CheckPayload, "", outcome{"in canonical form", err}) {
		r.answer = answer
	}
	r.fit()
}
