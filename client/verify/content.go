package verify

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client/evidence"
)

const (
	noProposal = "the proposal could not be read"
	noPayload  = "the payload could not be read"

	statusOK = 200
	// lifecycle is the namespace from which a peer reads the chaincode's
	// definition before running it.
	lifecycle = "_lifecycle"
)

// question checks what was asked.
func (r *run) question() {
	checks := []struct {
		name Name
		run  func() outcome
	}{
		{CheckChannel, r.channel},
		{CheckFunction, r.asked},
		{CheckRequest, r.request},
		{CheckTransaction, r.transaction},
		{CheckTime, r.time},
	}
	for _, c := range checks {
		if r.proposal == nil {
			r.skip(c.name, "", noProposal)
			continue
		}
		r.record(c.name, "", c.run())
	}
}

func (r *run) channel() outcome {
	if signed := r.proposal.Channel; signed != r.statement.Channel || signed != r.roots.Channel {
		return fail("signed for %q, shown as %q, and the roots are for %q", signed, r.statement.Channel, r.roots.Channel)
	}
	return outcome{detail: r.proposal.Channel}
}

func (r *run) asked() outcome {
	if r.proposal.Function != r.statement.Function {
		return fail("%q was asked, %q is shown", r.proposal.Function, r.statement.Function)
	}
	f, known := r.lookup(r.proposal.Function)
	if !known || f.Kind != api.Query {
		return fail("%q is not one of the queries: an answer to anything else is no statement", r.proposal.Function)
	}
	r.function = f
	return outcome{detail: r.proposal.Function + ", a query"}
}

func (r *run) request() outcome {
	if !bytes.Equal(r.proposal.Request, r.statement.Request) {
		return fail("the request shown is not the signed one")
	}
	if r.unfit.request != nil {
		return fail("the request is not as its schema says: %w", r.unfit.request)
	}
	return outcome{detail: "as signed"}
}

func (r *run) transaction() outcome {
	if r.proposal.Transaction != r.proposal.DerivedTransaction {
		return fail("the id %s is not derived from nonce and creator", r.proposal.Transaction)
	}
	return outcome{detail: r.proposal.Transaction + ", asked by " + r.proposal.Creator.MSP + " as claimed"}
}

func (r *run) time() outcome {
	if r.at.IsZero() {
		return fail("no time of verification was given")
	}
	if ahead := r.proposal.Time.Sub(r.at); ahead > EndorsersWindow {
		return fail("claimed for %s, which is after the time of verification, %s", stamp(r.proposal.Time), stamp(r.at))
	}
	return outcome{detail: stamp(r.proposal.Time) + " as claimed, within " + window + " of the endorsers' clocks"}
}

var window = EndorsersWindow.String()

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// answerChecks checks what was answered.
func (r *run) answerChecks() {
	checks := []struct {
		name Name
		run  func() outcome
	}{
		{CheckBinding, r.binding},
		{CheckChaincode, r.chaincode},
		{CheckStatus, r.status},
		{CheckResult, r.result},
		{CheckReads, r.reads},
		{CheckRanges, r.ranges},
		{CheckWrites, r.writes},
		{CheckEvent, r.event},
	}
	for _, c := range checks {
		switch {
		case r.answer == nil:
			r.skip(c.name, "", noPayload)
		case r.proposal == nil:
			r.skip(c.name, "", noProposal)
		case r.unfit.any() && (c.name == CheckReads || c.name == CheckRanges):
			r.skip(c.name, "", "request or result are not as their schemas say")
		default:
			r.record(c.name, "", c.run())
		}
	}
	r.version()
}

func (r *run) binding() outcome {
	if !bytes.Equal(r.answer.ProposalHash, r.proposal.Hash[:]) {
		return fail("the answer is to another proposal: it signs the hash %x, this proposal's is %x", r.answer.ProposalHash, r.proposal.Hash)
	}
	return outcome{detail: "the answer is to this proposal"}
}

func (r *run) chaincode() outcome {
	name := r.statement.Chaincode
	if r.proposal.Chaincode != name || r.answer.Chaincode != name || r.roots.Chaincode != name {
		return fail("shown as %q, asked of %q, answered by %q, and the roots are for %q",
			r.statement.Chaincode, r.proposal.Chaincode, r.answer.Chaincode, r.roots.Chaincode)
	}
	return outcome{detail: r.answer.Chaincode}
}

func (r *run) version() {
	switch {
	case r.answer == nil:
		r.skip(CheckVersion, "", noPayload)
	case len(r.roots.Versions) == 0:
		r.skip(CheckVersion, "", fmt.Sprintf("the roots accept any version; it was %q", r.answer.Version))
	case !slices.Contains(r.roots.Versions, r.answer.Version):
		r.record(CheckVersion, "", fail("%q answered; the roots accept %q", r.answer.Version, r.roots.Versions))
	default:
		r.record(CheckVersion, "", outcome{detail: r.answer.Version})
	}
}

func (r *run) status() outcome {
	if r.answer.Status != statusOK {
		return fail("the answer is a refusal: %d %s", r.answer.Status, r.answer.Message)
	}
	return outcome{detail: "200"}
}

func (r *run) result() outcome {
	if !bytes.Equal(r.answer.Result, r.statement.Result) {
		return fail("the result shown is not the signed one")
	}
	if r.unfit.result != nil {
		return fail("the result is not as its schema says: %w", r.unfit.result)
	}
	return outcome{detail: "as signed"}
}

func (r *run) reads() outcome {
	if err := r.namespaces(); err != nil {
		return outcome{err: err}
	}
	claimed, err := claimedKeys(r.proposal.Function, r.proposal.Request)
	if err != nil {
		return fail("the keys that the answer is about: %w", err)
	}
	for _, key := range claimed {
		if !r.has(key) {
			return fail("the answer is about %q, which was not read or not there", key)
		}
	}
	if err := r.stretch(); err != nil {
		return outcome{err: err}
	}
	return outcome{detail: strconv.Itoa(len(r.answer.Reads)) + " keys and " + strconv.Itoa(len(r.answer.Ranges)) + " ranges, of " + r.answer.Chaincode + " and its definition"}
}

// namespaces refuses an answer that draws on another chaincode's state, or on a
// peer that did not look up the chaincode's definition.
func (r *run) namespaces() error {
	defined := false
	for i, read := range r.answer.Reads {
		switch {
		case i > 0 && !inOrder(r.answer.Reads[i-1], read):
			return fmt.Errorf("%q stands twice among what was read, or out of order", read.Key)
		case read.Namespace == lifecycle:
			defined = defined || read.Key == "namespaces/fields/"+r.answer.Chaincode+"/Sequence" && read.Version != nil
		case read.Namespace != r.answer.Chaincode:
			return fmt.Errorf("the state of another chaincode, %q, was read", read.Namespace)
		}
	}
	for _, read := range r.answer.Ranges {
		if read.Namespace != r.answer.Chaincode {
			return fmt.Errorf("a range of another chaincode, %q, was read", read.Namespace)
		}
	}
	if !defined {
		return errors.New("the chaincode's definition was not read")
	}
	return nil
}

// inOrder tells whether one read comes before another in the set that a peer
// writes: by namespace, and in each by key. Those of collections are by names that
// only their members know.
func inOrder(before, after evidence.Read) bool {
	if before.Namespace != after.Namespace {
		return before.Namespace < after.Namespace
	}
	return before.Collection != "" || after.Collection != "" || before.Key < after.Key
}

// has tells whether a key of this chaincode was read and there.
func (r *run) has(key string) bool {
	if r.present == nil {
		r.present = make(map[string]bool, len(r.answer.Reads))
		for _, read := range r.answer.Reads {
			if read.Namespace == r.answer.Chaincode && read.Collection == "" && read.Version != nil {
				r.present[read.Key] = true
			}
		}
	}
	return r.present[key]
}

func (r *run) writes() outcome {
	if len(r.answer.Writes) > 0 {
		return fail("the answer wrote %d keys, %q the first: it is a transaction passed off as a statement", len(r.answer.Writes), r.answer.Writes[0])
	}
	return outcome{detail: "nothing was written"}
}

func (r *run) event() outcome {
	if r.answer.Event {
		return fail("the answer set an event: it is a transaction passed off as a statement")
	}
	return outcome{detail: "no event was set"}
}
