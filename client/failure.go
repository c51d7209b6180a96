package client

import (
	"slices"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// failure makes an [Error] of what a gateway returned.
func failure(stage Stage, call Invocation, transaction string, err error) *Error {
	e := &Error{Stage: stage, Function: call.Function.FullName(), Transaction: transaction, cause: err}
	st := status.Convert(err)
	e.Fault, _ = fault.Find(st.Message())
	for _, d := range st.Details() {
		if d, ok := d.(*gateway.ErrorDetail); ok {
			e.add(d)
		}
	}
	if e.Fault == nil {
		e.Fault = e.agreed()
	}
	e.Absent = absent(stage, st, call.EndorsingOrganisations)
	e.Retry = repeatable(e, st, call.EndorsingOrganisations)
	return e
}

// add notes what an organisation said, once for all of its peers that say it.
func (e *Error) add(d *gateway.ErrorDetail) {
	said := OrganisationError{MSP: d.GetMspId(), Address: d.GetAddress(), Message: d.GetMessage()}
	said.Fault, _ = fault.Find(d.GetMessage())
	same := func(o OrganisationError) bool { return o.MSP == said.MSP && o.Message == said.Message }
	if !slices.ContainsFunc(e.ByOrganisation, same) {
		e.ByOrganisation = append(e.ByOrganisation, said)
	}
}

// agreed returns the refusal on whose code all organisations that gave one
// agree.
func (e *Error) agreed() *fault.Error {
	var agreed *fault.Error
	for _, o := range e.ByOrganisation {
		switch {
		case o.Fault == nil:
		case agreed == nil:
			agreed = o.Fault
		case agreed.Code != o.Fault.Code:
			return nil
		}
	}
	return agreed
}

// repeatable tells whether the same call may succeed later, and is safe to
// make: nothing was handed over, or what was handed over is invalid.
func repeatable(e *Error, st *status.Status, asked []string) bool {
	if e.Fault == nil && overloaded(st) {
		return true
	}
	if e.Stage == StageSubmit {
		return false // the orderer has refused it, or may have it
	}
	if e.Fault != nil || len(e.ByOrganisation) > 0 {
		return e.Stage == StageEndorse && e.disagreement(st, asked) || e.passes()
	}
	if found, ok := symptomOf(st.Message()); ok {
		return found.passes && st.Code() != codes.Unknown // which is what a chaincode says
	}
	return st.Code() == codes.Unavailable
}

// disagreement tells whether some organisation endorsed what others did not:
// their peers are at different heights, and will not be for long. When nobody was
// named, the gateway asks one peer first and collects from others only what that
// one endorsed; it says which of the two failed in words alone. What an organisation
// says that does not pass is no disagreement.
func (e *Error) disagreement(st *status.Status, asked []string) bool {
	if slices.ContainsFunc(e.ByOrganisation, OrganisationError.stays) {
		return false
	}
	if len(asked) == 0 {
		return strings.Contains(st.Message(), "failed to collect enough transaction endorsements")
	}
	return slices.ContainsFunc(asked, func(msp string) bool {
		return !slices.ContainsFunc(e.ByOrganisation, func(o OrganisationError) bool { return o.MSP == msp })
	})
}

// stays tells whether what kept an organisation from endorsing will keep it from that
// again, as far as its words are known.
func (o OrganisationError) stays() bool {
	found, ok := symptomOf(o.Message)
	return o.Fault == nil && ok && !found.passes && found.section != sectionMismatch
}

// passes tells whether no contract has refused, and what kept each organisation from
// endorsing goes away by itself.
func (e *Error) passes() bool {
	return !slices.ContainsFunc(e.ByOrganisation, func(o OrganisationError) bool {
		found, ok := symptomOf(o.Message)
		return o.Fault != nil || !ok || !found.passes
	}) && e.Fault == nil
}

// overloaded tells whether the gateway turned the request away at the door. It
// does so without a code of its own (fabric's grpc_limiters.go). ResourceExhausted
// tells of something else: a message that is too large, or a stream cut short,
// which may have reached the gateway.
func overloaded(st *status.Status) bool {
	return strings.Contains(st.Message(), "too many requests for ")
}

// refusedByOrderer tells whether a failed submit is known not to have reached
// the ledger.
func refusedByOrderer(err error) bool {
	st := status.Convert(err)
	switch st.Code() {
	case codes.Aborted, codes.InvalidArgument, codes.FailedPrecondition, codes.NotFound, codes.PermissionDenied, codes.Unimplemented:
		return true
	default:
		return overloaded(st)
	}
}
