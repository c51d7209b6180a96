package client

import (
	"errors"
	"slices"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// helpPage is where errors are explained, from the repository's root.
const helpPage = "docs/errors.md"

// ofType tells whether an error is, or wraps, one of a type.
func ofType[T error](err error) bool {
	var found T
	return errors.As(err, &found)
}

func ofValue(value error) func(error) bool {
	return func(err error) bool { return errors.Is(err, value) }
}

// others are the errors of this library beside those of calls, the more telling
// first: most of them wrap others.
var others = []struct {
	section string
	is      func(error) bool
}{
	{"Another version of the chaincode", ofType[*VersionError]},
	{"The gateway returned another transaction", ofValue(ErrOtherTransaction)},
	{"No key to sign with", func(err error) bool { return errors.Is(err, ErrNoKey) || errors.Is(err, ErrNotSigned) }},
	{"Connecting", ofType[*ConnectError]},
	{"A peer has another history", ofType[*ForkError]},
	{"A corrupt block", ofType[*CorruptBlockError]},
	{"A record that cannot be read", ofType[*RecordError]},
	{"A handler failed", ofType[*HandlerError]},
	{"A checkpoint that cannot be used", func(err error) bool {
		return ofType[*CheckpointError](err) || errors.Is(err, ErrCheckpointInUse) || errors.Is(err, ErrCheckpointMoved)
	}},
	{"A stream of blocks ended", func(err error) bool { return ofType[*StreamError](err) || ofType[*BlocksError](err) }},
	{"A breach has not been spread", ofType[*SpreadError]},
	{"A caller who left a group", ofType[*LeftError]},
	{"An event that a group held back", ofType[*HeldBackError]},
	{"A group that is closed", ofValue(ErrGroupClosed)},
	{"Evidence does not show it", ofType[*ProofError]},
}

// Help names the section of docs/errors.md that says what an error means and what
// to do about it; empty for nil, the page itself for an error that is not of this
// library.
func Help(err error) string {
	if err == nil {
		return ""
	}
	for _, other := range others {
		if other.is(err) {
			return helpOn(other.section)
		}
	}
	return helpOfCall(err)
}

// helpOfCall is [Help] on a call that failed, and on a refusal.
func helpOfCall(err error) string {
	var failed *Error
	var refused *fault.Error
	var code fault.Code
	switch {
	case errors.As(err, &failed):
		return failed.Help()
	case ofType[*OutcomeUnknownError](err):
		return helpOn(sectionUnknown)
	case ofType[*AnswerError](err):
		return helpOn(sectionAnswer)
	case errors.As(err, &refused) && refused.Code.Known():
		return helpOn(string(refused.Code))
	case errors.As(err, &code) && code.Known():
		return helpOn(string(code))
	}
	return helpPage
}

// Help names the section of docs/errors.md that explains the error.
func (e *Error) Help() string { return helpOn(e.section()) }

// Help names the section of docs/errors.md that explains the error.
func (e *OutcomeUnknownError) Help() string { return helpOn(sectionUnknown) }

// Help names the section of docs/errors.md that explains the error.
func (e *AnswerError) Help() string { return helpOn(sectionAnswer) }

// helpOn is the link to a heading, as GitHub makes it.
func helpOn(heading string) string {
	anchor := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '_' || r == '-' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			return r
		}
		return -1
	}, strings.ToLower(heading))
	return helpPage + "#" + anchor
}

// HelpSections returns every section that [Help] can lead to, for those who write
// or check the page.
func HelpSections() []string {
	all := []string{
		sectionNoPeers, sectionMismatch, sectionOutOfReach, sectionUnknown, sectionAnswer, sectionEvaluated,
		sectionEndorsed, sectionSubmitted, sectionCanceled, sectionOther, sectionOtherPeers, sectionEndorsement,
	}
	for _, s := range symptoms {
		all = append(all, s.section)
	}
	for _, other := range others {
		all = append(all, other.section)
	}
	for _, code := range fault.Codes() {
		all = append(all, string(code))
	}
	for name, code := range peer.TxValidationCode_value {
		if code != int32(peer.TxValidationCode_VALID) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
