package client

import (
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// symptom is a failure of Fabric that is known by its words: gateways, peers and
// orderers give no code for it. The words are of Fabric 2.5 and 3.1.
type symptom struct {
	// section is the heading of docs/errors.md.
	section string
	words   []string
	// passes tells that it goes away by itself, and that nothing has been handed
	// over to an orderer when it shows: the same call may succeed later.
	passes bool
	// ofCaller tells that every call of the caller's would fail so, whatever is in it.
	ofCaller bool
}

// Sections of docs/errors.md that are found in other ways than by words.
const (
	sectionNoPeers     = "No endorsing peer"
	sectionMismatch    = "Peers answered differently"
	sectionOutOfReach  = "Out of reach"
	sectionUnknown     = "Outcome unknown"
	sectionAnswer      = "An answer that cannot be read"
	sectionEvaluated   = "Time-out while a query ran"
	sectionEndorsed    = "Time-out while endorsing"
	sectionSubmitted   = "Time-out while submitting"
	sectionCanceled    = "The caller has gone"
	sectionOther       = "Anything else"
	sectionOtherPeers  = "Organisations said different things"
	sectionEndorsement = "Failed to endorse transaction, see attached details"
)

// symptoms, the more telling first.
var symptoms = []symptom{
	{"Too many requests", []string{"too many requests for "}, true, false},
	{"Private data could not be distributed", []string{"failed to distribute private collection", "failed disseminating"}, true, false},
	{"The chaincode is being upgraded", []string{"changed during invoke"}, true, false},
	{"The chaincode took too long", []string{"timeout expired while executing transaction"}, false, false},
	{"The chaincode has stopped or is starting", []string{"chaincode stream terminated", "could not launch chaincode", "claimed to start chaincode"}, true, false},
	{"The clock is wrong", []string{"incorrect timestamp"}, false, true},
	{"Access denied", []string{"access denied", "creator is malformed", "is not a valid member", "failed evaluating policy on signed data"}, false, true},
	{"No such chaincode", []string{"No metadata was found for chaincode", "has been successfully defined on channel", "chaincode is not installed", "has not yet been approved by this org"}, false, true},
	{"Transient data needs named organisations", []string{"to protect transient data"}, false, true},
	{sectionNoPeers, []string{"failed to find any endorsing peers for org(s)", "no peers available to evaluate chaincode"}, true, false},
	{"No combination of peers", []string{"no peer combination can satisfy", "not installed on sufficient peers", "failed to select a set of endorsers"}, true, false},
	{sectionMismatch, []string{"ProposalResponsePayloads do not match"}, false, false}, // it passes: see disagreement
	{"Message larger than max", []string{"message larger than max", "trying to send message larger"}, false, false},
	{"REQUEST_ENTITY_TOO_LARGE", []string{"exceeds maximum allowed", "status=REQUEST_ENTITY_TOO_LARGE"}, false, false},
	{"FORBIDDEN", []string{"status=FORBIDDEN"}, false, false},
	{"BAD_REQUEST", []string{"status=BAD_REQUEST"}, false, false},
	{"NOT_FOUND", []string{"status=NOT_FOUND"}, false, false},
	{"No orderer took the transaction", []string{"no orderers could successfully process", "insufficient number of orderers", "no orderer nodes available"}, false, false},
	{"A peer took too long", []string{"code = DeadlineExceeded"}, false, false},
	{sectionOutOfReach, []string{"code = Unavailable", "connection refused", "connection error", "code = Canceled desc = grpc: the client connection is closing"}, true, false},
}

// symptomOf finds what a text tells of.
func symptomOf(text string) (symptom, bool) {
	at := slices.IndexFunc(symptoms, func(s symptom) bool {
		return slices.ContainsFunc(s.words, func(words string) bool { return strings.Contains(text, words) })
	})
	if at < 0 {
		return symptom{}, false
	}
	return symptoms[at], true
}

// symptom finds what an error that is no refusal by a contract tells of.
func (e *Error) symptom() (symptom, bool) {
	st := status.Convert(e.cause)
	if found, ok := symptomOf(st.Message()); ok {
		return found, true
	}
	var said []symptom
	for _, o := range e.ByOrganisation {
		if found, ok := symptomOf(o.Message); ok && o.Fault == nil {
			said = append(said, found)
		}
	}
	switch {
	case len(said) == 0:
		return symptom{}, false
	case len(said) == len(e.ByOrganisation):
		first := slices.IndexFunc(said, func(s symptom) bool { return !s.passes }) // what does not pass tells more
		return said[max(first, 0)], true
	}
	return symptom{section: sectionOtherPeers}, true
}

// section is the heading in docs/errors.md that explains an error.
func (e *Error) section() string {
	switch {
	case e.Fault != nil:
		if e.Fault.Code.Known() {
			return string(e.Fault.Code)
		}
		return sectionOther
	case len(e.Absent) > 0:
		return sectionNoPeers
	case e.Validation != "":
		if name := validationCode(e.Validation); name != codeOther {
			return name
		}
		return sectionOther
	}
	if found, ok := e.symptom(); ok {
		return found.section
	}
	if len(e.ByOrganisation) > 0 {
		if e.refusals() > 1 {
			return sectionOtherPeers
		}
		return sectionEndorsement
	}
	return sectionOfCode(e.Stage, grpcCode(e.cause))
}

// refusals counts the organisations whose contract refused.
func (e *Error) refusals() int {
	n := 0
	for _, o := range e.ByOrganisation {
		if o.Fault != nil {
			n++
		}
	}
	return n
}

func sectionOfCode(stage Stage, code string) string {
	switch code {
	case codes.Unavailable.String():
		return sectionOutOfReach
	case codes.Canceled.String():
		return sectionCanceled
	case codes.Unauthenticated.String(), codes.PermissionDenied.String():
		return "Access denied"
	case codes.DeadlineExceeded.String():
	default:
		return sectionOther
	}
	switch stage {
	case StageEvaluate:
		return sectionEvaluated
	case StageEndorse:
		return sectionEndorsed
	case StageSubmit:
		return sectionSubmitted
	default:
		return sectionOther
	}
}
