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

// Help names the section of docs/errors.md that says what an error means and what
// to do about it; empty for nil, the page itself for an error that is not of this
// library.
func Help(err error) string {
	var failed *Error
	var unknown *OutcomeUnknownError
	var unread *AnswerError
	var refused *fault.Error
	var code fault.Code
	switch {
	case err == nil:
		return ""
	case errors.As(err, &failed):
		return failed.Help()
	case errors.As(err, &unknown):
		return unknown.Help()
	case errors.As(err, &unread):
		return unread.Help()
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
