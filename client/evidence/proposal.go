package evidence

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
)

// Proposal is what a statement's endorsers were asked, as they signed it.
type Proposal struct {
	Channel   string
	Chaincode string
	// Transaction is the id that the client chose for the proposal. No
	// transaction of that id needs to be on the ledger.
	Transaction string
	// DerivedTransaction is what the id must be: the SHA-256, in hexadecimal,
	// of the client's nonce and identity.
	DerivedTransaction string
	// Time is the client's timestamp: claimed, and held by each endorser
	// against its own clock.
	Time time.Time
	// Creator is who asked, as claimed: its signature is not kept.
	Creator Identity
	// Function and Request are the two arguments.
	Function string
	Request  json.RawMessage
	// Hash is what endorsers sign of the proposal.
	Hash [sha256.Size]byte
}

// Identity is a certificate of an organisation.
type Identity struct {
	MSP         string
	Certificate *x509.Certificate
}

// OpenProposal decodes the proposal. It fails with [FormatError] when any
// message in it is not in its canonical form, or it is no proposal to call a
// function with one argument.
func (s *Statement) OpenProposal() (*Proposal, error) {
	var proposal peer.Proposal
	if err := unmarshal("proposal", s.Proposal, &proposal); err != nil {
		return nil, err
	}
	if len(proposal.GetExtension()) > 0 {
		return nil, malformed("the proposal has an extension, which no endorser signs")
	}
	var header common.Header
	if err := unmarshal("proposal's header", proposal.GetHeader(), &header); err != nil {
		return nil, err
	}
	opened := &Proposal{Hash: proposalHash(&header, proposal.GetPayload())}
	if err := opened.openChannelHeader(header.GetChannelHeader()); err != nil {
		return nil, err
	}
	if err := opened.openSignatureHeader(header.GetSignatureHeader()); err != nil {
		return nil, err
	}
	return opened, opened.openInput(proposal.GetPayload())
}

func proposalHash(header *common.Header, payload []byte) [sha256.Size]byte {
	signed := sha256.New()
	signed.Write(header.GetChannelHeader())
	signed.Write(header.GetSignatureHeader())
	signed.Write(payload)
	return [sha256.Size]byte(signed.Sum(nil))
}

func (p *Proposal) openChannelHeader(text []byte) error {
	var header common.ChannelHeader
	if err := unmarshal("channel header", text, &header); err != nil {
		return err
	}
	if header.GetType() != int32(common.HeaderType_ENDORSER_TRANSACTION) || header.GetEpoch() != 0 {
		return malformed("the proposal's header is not of an endorser transaction")
	}
	if err := header.GetTimestamp().CheckValid(); err != nil {
		return &FormatError{Reason: "the proposal's timestamp is not valid", cause: err}
	}
	var extension peer.ChaincodeHeaderExtension
	if err := unmarshal("channel header's extension", header.GetExtension(), &extension); err != nil {
		return err
	}
	p.Channel, p.Transaction, p.Time = header.GetChannelId(), header.GetTxId(), header.GetTimestamp().AsTime()
	p.Chaincode = extension.GetChaincodeId().GetName()
	return nil
}

func (p *Proposal) openSignatureHeader(text []byte) error {
	var header common.SignatureHeader
	if err := unmarshal("signature header", text, &header); err != nil {
		return err
	}
	derived := sha256.Sum256(append(append([]byte(nil), header.GetNonce()...), header.GetCreator()...))
	p.DerivedTransaction = hex.EncodeToString(derived[:])
	creator, err := openIdentity("creator", header.GetCreator())
	if err != nil {
		return err
	}
	p.Creator = *creator
	return nil
}

func (p *Proposal) openInput(text []byte) error {
	var payload peer.ChaincodeProposalPayload
	if err := unmarshal("chaincode proposal", text, &payload); err != nil {
		return err
	}
	if len(payload.GetTransientMap()) > 0 {
		return malformed("the proposal carries a transient map, which endorsers do not sign")
	}
	var invocation peer.ChaincodeInvocationSpec
	if err := unmarshal("chaincode invocation", payload.GetInput(), &invocation); err != nil {
		return err
	}
	spec := invocation.GetChaincodeSpec()
	args := spec.GetInput().GetArgs()
	switch {
	case spec.GetChaincodeId().GetName() != p.Chaincode || p.Chaincode == "":
		return malformed("the proposal's header and its invocation name different chaincodes")
	case len(args) != 2:
		return malformed("the function was called with %d arguments; every function takes one", len(args)-1)
	case len(spec.GetInput().GetDecorations()) > 0 || spec.GetInput().GetIsInit():
		return malformed("the invocation has decorations or is an initialisation")
	}
	p.Function, p.Request = string(args[0]), json.RawMessage(args[1])
	return nil
}

// Identity decodes who endorsed. It fails with [FormatError].
func (e Endorsement) Identity() (*Identity, error) { return openIdentity("endorser", e.Endorser) }

func openIdentity(what string, text []byte) (*Identity, error) {
	var serialized msp.SerializedIdentity
	if err := unmarshal(what, text, &serialized); err != nil {
		return nil, err
	}
	block, rest := pem.Decode(serialized.GetIdBytes())
	if block == nil || block.Type != "CERTIFICATE" || len(rest) > 0 || len(block.Headers) > 0 {
		return nil, malformed("the %s's identity is not one PEM certificate", what)
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, &FormatError{Reason: "the " + what + "'s certificate cannot be read", cause: err}
	}
	return &Identity{MSP: serialized.GetMspid(), Certificate: certificate}, nil
}
