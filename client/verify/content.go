package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
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
	return pass("%s", r.proposal.Channel)
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
	return pass("%s, a query", f.FullName())
}

func (r *run) request() outcome {
	if !bytes.Equal(r.proposal.Request, r.statement.Request) {
		return fail("the request shown is not the signed one")
	}
	if r.function != nil {
		if err := fits(r.proposal.Request, r.function.Request()); err != nil {
			return fail("the request is not as its schema says: %w", err)
		}
	}
	return pass("as signed")
}

func (r *run) transaction() outcome {
	if r.proposal.Transaction != r.proposal.DerivedTransaction {
		return fail("the id %s is not derived from nonce and creator", r.proposal.Transaction)
	}
	return pass("%s, asked by %s as claimed", r.proposal.Transaction, r.proposal.Creator.MSP)
}

func (r *run) time() outcome {
	if r.at.IsZero() {
		return fail("no time of verification was given")
	}
	if ahead := r.proposal.Time.Sub(r.at); ahead > EndorsersWindow {
		return fail("claimed for %s, which is after the time of verification, %s", stamp(r.proposal.Time), stamp(r.at))
	}
	return pass("%s as claimed, within %s of the endorsers' clocks", stamp(r.proposal.Time), EndorsersWindow)
}

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
		{CheckWrites, r.writes},
		{CheckEvent, r.event},
	}
	for _, c := range checks {
		switch {
		case r.answer == nil:
			r.skip(c.name, "", noPayload)
		case r.proposal == nil:
			r.skip(c.name, "", noProposal)
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
	return pass("the answer is to this proposal")
}

func (r *run) chaincode() outcome {
	names := []string{r.statement.Chaincode, r.proposal.Chaincode, r.answer.Chaincode, r.roots.Chaincode}
	if len(slices.Compact(names)) != 1 {
		return fail("shown as %q, asked of %q, answered by %q, and the roots are for %q",
			r.statement.Chaincode, r.proposal.Chaincode, r.answer.Chaincode, r.roots.Chaincode)
	}
	return pass("%s", r.answer.Chaincode)
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
		r.record(CheckVersion, "", pass("%s", r.answer.Version))
	}
}

func (r *run) status() outcome {
	if r.answer.Status != statusOK {
		return fail("the answer is a refusal: %d %s", r.answer.Status, r.answer.Message)
	}
	return pass("%d", statusOK)
}

func (r *run) result() outcome {
	if !bytes.Equal(r.answer.Result, r.statement.Result) {
		return fail("the result shown is not the signed one")
	}
	if r.function != nil {
		if err := fits(r.answer.Result, r.function.Response()); err != nil {
			return fail("the result is not as its schema says: %w", err)
		}
	}
	return pass("as signed")
}

// fits decodes strictly into a type: a verifier does not vouch for members that
// it does not know, nor for what others would read another way.
func fits(text []byte, as reflect.Type) error {
	if as == nil {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(reflect.New(as).Interface()); err != nil {
		return err
	}
	return exactNames(text, as)
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
	return pass("%d keys and %d ranges, of %s and its definition", len(r.answer.Reads), len(r.answer.Ranges), r.answer.Chaincode)
}

// namespaces refuses an answer that draws on another chaincode's state, or on a
// peer that did not look up the chaincode's definition.
func (r *run) namespaces() error {
	defined := false
	for _, read := range r.answer.Reads {
		switch {
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

func (r *run) has(key string) bool {
	for _, read := range r.answer.Reads {
		if read.Namespace == r.answer.Chaincode && read.Collection == "" && read.Key == key && read.Version != nil {
			return true
		}
	}
	return false
}

func (r *run) writes() outcome {
	if len(r.answer.Writes) > 0 {
		return fail("the answer wrote %d keys, %q the first: it is a transaction passed off as a statement", len(r.answer.Writes), r.answer.Writes[0])
	}
	return pass("nothing was written")
}

func (r *run) event() outcome {
	if r.answer.Event {
		return fail("the answer set an event: it is a transaction passed off as a statement")
	}
	return pass("no event was set")
}
