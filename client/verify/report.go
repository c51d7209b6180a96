package verify

import "time"

// ReportFormat names the version of the report's JSON form.
const ReportFormat = "countersign-report/1"

// Status is the outcome of one check.
type Status string

// Outcomes of a check.
const (
	Passed Status = "passed"
	Failed Status = "failed"
	// Skipped: it could not be made because an earlier one failed, or the
	// roots do not ask for it. The detail says which.
	Skipped Status = "skipped"
)

// Name is the stable name of a check.
type Name string

// The checks, in the order in which they are made.
const (
	// CheckFormat: the evidence is complete and in order.
	CheckFormat Name = "format"
	// CheckProposal and CheckPayload: the signed messages are in canonical form.
	CheckProposal Name = "proposal"
	CheckPayload  Name = "payload"
	// CheckChannel: shown, signed and trusted channel are the same.
	CheckChannel Name = "channel"
	// CheckConfiguration: what the statement claims of its time fits the
	// configuration of the channel of which the roots were made.
	CheckConfiguration Name = "configuration"
	// CheckFunction: the shown function was asked, and is one of the queries.
	CheckFunction Name = "function"
	// CheckRequest: the shown request is the signed one, as its schema says.
	CheckRequest Name = "request"
	// CheckTransaction: the transaction id is derived from nonce and creator.
	CheckTransaction Name = "transaction"
	// CheckTime: the claimed time is not after the time of verification.
	CheckTime Name = "time"
	// CheckBinding: the answer is to this proposal.
	CheckBinding Name = "binding"
	// CheckChaincode: shown, asked, answering and trusted chaincode are the same.
	CheckChaincode Name = "chaincode"
	// CheckStatus: the answer is a success.
	CheckStatus Name = "status"
	// CheckResult: the shown result is the signed one, as its schema says.
	CheckResult Name = "result"
	// CheckReads: what was read fits the claim.
	CheckReads Name = "reads"
	// CheckRanges: the ranges of keys that were read are those that the request
	// asks for, and the answer has the entries found in them, all and no others.
	CheckRanges Name = "ranges"
	// CheckWrites and CheckEvent: nothing was written, no event set.
	CheckWrites Name = "writes"
	CheckEvent  Name = "event"
	// CheckVersion: the chaincode's version is one that the roots accept.
	CheckVersion Name = "version"
	// CheckDisclosures: the fields shown are of the documented form, none twice.
	CheckDisclosures Name = "disclosures"
	// CheckRecord: the answer is what the ledger says of the private record that
	// was asked for.
	CheckRecord Name = "record"
	// CheckField: the field opens a commitment of that record.
	CheckField Name = "field"
	// CheckRecording: the answer is what the ledger keeps of the recording that was
	// asked for. CheckReadings: the readings lead to its root.
	CheckRecording Name = "recording"
	CheckReadings  Name = "readings"
	// CheckBodies: the events shown are in order, none twice. CheckHistory: the
	// answer is the history that was asked for. CheckBody: the event is the one
	// that the history has under its number.
	CheckBodies  Name = "bodies"
	CheckHistory Name = "history"
	CheckBody    Name = "body"
	// CheckContainer: the object that was asked for was in the container.
	CheckContainer Name = "container"
	// CheckIdentity: the endorser is of the organisation shown, which has roots.
	CheckIdentity Name = "identity"
	// CheckCertificate: its certificate leads to a root and is valid in time.
	CheckCertificate Name = "certificate"
	// CheckUnit: it is a peer.
	CheckUnit Name = "unit"
	// CheckRevocation: it is on no revocation list.
	CheckRevocation Name = "revocation"
	// CheckSignature: its signature is good, and the one form of it.
	CheckSignature Name = "signature"
	// CheckPolicy: enough organisations endorsed.
	CheckPolicy Name = "policy"
)

// Check is one check and its outcome.
type Check struct {
	Name Name `json:"check"`
	// Subject is the endorser or field that the check is about; empty for the
	// whole.
	Subject string `json:"subject,omitempty"`
	Status  Status `json:"status"`
	// Detail says what was found, in English.
	Detail string `json:"detail"`

	unknown bool // it failed for want of knowledge
}

// Report is the outcome of a verification. Everything in it but Checks, Policy
// and At is as the statement claims when the report is not Verified.
type Report struct {
	Format string `json:"format"`
	// Kind is the kind of evidence; empty for a file that is none.
	Kind      string    `json:"kind,omitempty"`
	Channel   string    `json:"channel"`
	Chaincode string    `json:"chaincode"`
	Function  string    `json:"function"`
	Claimed   time.Time `json:"claimedTime,omitzero"`
	// Record is the private record and what is shown of it; nil for other
	// evidence, or when the answer is about no record.
	Record *Record `json:"record,omitempty"`
	// Page says which part of a list the answer is; nil for what is no list.
	Page *Page `json:"page,omitempty"`
	// Readings, Events and Contained are what evidence of these kinds shows, as far
	// as it follows from the answer.
	Readings  *Readings  `json:"readings,omitempty"`
	Events    []Event    `json:"events,omitempty"`
	Contained *Contained `json:"contained,omitempty"`
	// Endorsers are the organisations whose every check passed.
	Endorsers []string  `json:"endorsers"`
	Policy    string    `json:"policy"`
	At        time.Time `json:"verifiedAt"`
	Checks    []Check   `json:"checks"`
	// Unsafe says which unsafe options were on, whether or not they were needed.
	Unsafe []string `json:"unsafe,omitempty"`
	// Verdict is "verified", "not verified" or "not decided".
	Verdict string `json:"verdict"`
}

// Verified tells whether every check passed, other than those that the roots do
// not ask for.
func (r *Report) Verified() bool { return r.Verdict == verified }

// Undecided tells that nothing speaks against the evidence, and that more would have
// to be known to verify it: the file is of a format or kind that a later version may
// know, or enough organisations have endorsed it, and also one that the roots do not
// know, as when it has joined since (see [Trust]).
func (r *Report) Undecided() bool { return r.Verdict == notDecided }

const (
	verified    = "verified"
	notVerified = "not verified"
	notDecided  = "not decided"
)

// Failures returns the checks that failed, in order.
func (r *Report) Failures() []Check {
	var failures []Check
	for _, c := range r.Checks {
		if c.Status == Failed {
			failures = append(failures, c)
		}
	}
	return failures
}

// conclude sets the verdict: the last check is the policy's, and only
// [CheckConfiguration], [CheckVersion], [CheckRevocation] may be left out.
func (r *Report) conclude() {
	r.Verdict = notVerified
	last := r.Checks[len(r.Checks)-1]
	if last.Name != CheckPolicy || last.Status != Passed {
		return
	}
	strange := map[string]bool{} // endorsers of organisations that the roots do not know
	for _, c := range r.Checks {
		switch {
		case c.unknown:
			strange[c.Subject] = true
		case c.Status == Failed, c.Status == Skipped && !optional(c.Name) && !strange[c.Subject]:
			return
		}
	}
	if len(strange) > 0 {
		r.Verdict = notDecided
		return
	}
	r.Verdict = verified
}

// optional tells whether evidence verifies although a check was skipped.
func optional(name Name) bool {
	return name == CheckVersion || name == CheckRevocation || name == CheckConfiguration
}
