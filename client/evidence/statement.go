package evidence

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/countersign-ledger/countersign/client/internal/exactjson"
)

const (
	// Format names the version of the file format.
	Format = "countersign-evidence/1"
	// KindStatement names the attested statement among the kinds of evidence.
	KindStatement = "attested-statement"
	// MaxSize bounds an evidence file, in bytes.
	MaxSize = 4 << 20
	// MaxEndorsements bounds the endorsements of a statement.
	MaxEndorsements = 64
)

// Statement is an attested statement: what a query was asked and answered, and
// the signatures of the peers that ran it.
//
// Channel, Chaincode, Function, Request and Result are there for people and
// programs to read. They prove nothing by themselves: verification holds each
// against the signed bytes in Proposal and Payload.
type Statement struct {
	// Channel and Chaincode say which ledger answered.
	Channel   string
	Chaincode string
	// Function is the full name of the contract function, "contract:Name".
	Function string
	// Request is its argument, and Result its answer: compact JSON.
	Request json.RawMessage
	Result  json.RawMessage
	// Listed are the keys and versions that the endorsers found in ranges: a list
	// for each range of which Payload has a summary only, in their order, empty for
	// one whose keys nobody needs. They prove nothing by themselves: verification
	// recomputes the summaries. Absent when there is no such range, or nobody needs
	// any.
	Listed [][]Entry
	// Proposal is the peer.Proposal that was endorsed, without the transient
	// map, which endorsers leave out of the hash that they sign.
	Proposal []byte
	// Payload is the peer.ProposalResponsePayload: hash of the proposal,
	// answer, and what was read and written.
	Payload []byte
	// Endorsements are in order of organisation, then of identity.
	Endorsements []Endorsement
}

// Endorsement is one peer's signature over Payload followed by Endorser.
type Endorsement struct {
	// MSP is the peer's organisation. It is also in Endorser, which is signed.
	MSP string
	// Endorser is the peer's msp.SerializedIdentity.
	Endorser []byte
	// Signature is ECDSA over SHA-256, ASN.1 DER with the lower of the two
	// values of S.
	Signature []byte
}

// New makes a statement of what a peer, or a gateway on behalf of several,
// gave out: it fills what is shown from what is signed, and orders the
// endorsements. It checks the form of it all and no signature. It fails with
// [FormatError].
func New(proposal, payload []byte, endorsements []Endorsement) (*Statement, error) {
	s := &Statement{Proposal: proposal, Payload: payload, Endorsements: slices.Clone(endorsements)}
	asked, err := s.OpenProposal()
	if err != nil {
		return nil, err
	}
	answer, err := s.OpenPayload()
	if err != nil {
		return nil, err
	}
	s.Channel, s.Chaincode = asked.Channel, asked.Chaincode
	s.Function, s.Request, s.Result = asked.Function, asked.Request, answer.Result
	slices.SortFunc(s.Endorsements, Endorsement.compare)
	return s, s.Check()
}

func (e Endorsement) compare(other Endorsement) int {
	return cmp.Or(cmp.Compare(e.MSP, other.MSP), bytes.Compare(e.Endorser, other.Endorser))
}

// Check holds a statement against the limits of the format; see [Evidence].
func (s *Statement) Check() error {
	if s == nil {
		return malformed("there is no statement")
	}
	switch {
	case s.Channel == "" || s.Chaincode == "" || s.Function == "":
		return malformed("channel, chaincode and function must be named")
	case !utf8.ValidString(s.Channel) || !utf8.ValidString(s.Chaincode) || !utf8.ValidString(s.Function):
		return malformed("channel, chaincode and function must be UTF-8")
	case len(s.Proposal) == 0 || len(s.Payload) == 0:
		return malformed("proposal and payload must be there")
	case s.size() > MaxSize:
		return malformed("the statement has %d bytes; at most %d are allowed", s.size(), MaxSize)
	}
	if err := compactObject(s.Request); err != nil {
		return malformed("the request is not one compact JSON object: %w", err)
	}
	if err := compactObject(s.Result); err != nil {
		return malformed("the result is not one compact JSON object: %w", err)
	}
	if err := s.checkListed(); err != nil {
		return err
	}
	return s.checkEndorsements()
}

// size is about that of what the statement holds, in bytes.
func (s *Statement) size() int {
	size := len(s.Request) + len(s.Result) + len(s.Proposal) + len(s.Payload)
	for _, e := range s.Endorsements {
		size += len(e.Endorser) + len(e.Signature)
	}
	for _, entries := range s.Listed {
		for _, e := range entries {
			size += len(e.Key)
		}
	}
	return size
}

func (s *Statement) checkListed() error {
	entries := 0
	for i, list := range s.Listed {
		for _, e := range list {
			if !utf8.ValidString(e.Key) {
				return malformed("list %d has a key that is not UTF-8", i)
			}
		}
		entries += len(list)
	}
	if len(s.Listed) > 0 && entries == 0 {
		return malformed("the lists of ranges have no entries")
	}
	return nil
}

func (s *Statement) checkEndorsements() error {
	if len(s.Endorsements) == 0 || len(s.Endorsements) > MaxEndorsements {
		return malformed("a statement has 1 to %d endorsements, not %d", MaxEndorsements, len(s.Endorsements))
	}
	for i := range s.Endorsements {
		e := &s.Endorsements[i]
		if e.MSP == "" || !utf8.ValidString(e.MSP) || len(e.Endorser) == 0 || len(e.Signature) == 0 {
			return malformed("endorsement %d must have msp, endorser and signature", i)
		}
		if i > 0 && s.Endorsements[i-1].compare(*e) >= 0 {
			return malformed("endorsements must be in order of msp and endorser, each endorser once")
		}
	}
	return nil
}

var errNoObject = errors.New("it begins with no brace")

func compactObject(text json.RawMessage) error {
	if len(text) == 0 || text[0] != '{' {
		return errNoObject
	}
	return exactjson.Compact(text)
}
