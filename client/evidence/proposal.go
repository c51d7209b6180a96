package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/protobuf/types/known/timestamppb"
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

// OpenProposal decodes the proposal. It fails with [FormatError] when any
// message in it is not in its canonical form, or it is no proposal to call a
// function with one argument.
func (s *Statement) OpenProposal() (*Proposal, error) { return (*Opener)(nil).Proposal(s) }

// Proposal decodes a statement's proposal, as [Statement.OpenProposal] does.
func (o *Opener) Proposal(s *Statement) (*Proposal, error) {
	var header, payload, extension []byte
	c := proposalShape.walk(s.Proposal)
	for c.next() {
		switch c.number {
		case 1:
			header = c.part
		case 2:
			payload = c.part
		case 3:
			extension = c.part
		}
	}
	if err := c.done("proposal"); err != nil {
		return nil, err
	}
	if extension != nil {
		return nil, malformed("the proposal has an extension, which no endorser signs")
	}
	opened := &Proposal{}
	if err := o.openHeader(opened, header, payload); err != nil {
		return nil, err
	}
	return opened, opened.openInput(payload)
}

func (o *Opener) openHeader(p *Proposal, header, payload []byte) error {
	var channel, signature []byte
	c := headerShape.walk(header)
	for c.next() {
		if c.number == 1 {
			channel = c.part
		} else {
			signature = c.part
		}
	}
	if err := c.done("proposal's header"); err != nil {
		return err
	}
	signed := sha256.New()
	signed.Write(channel)
	signed.Write(signature)
	signed.Write(payload)
	signed.Sum(p.Hash[:0])
	if err := p.openChannelHeader(channel); err != nil {
		return err
	}
	return o.openSignatureHeader(p, signature)
}

func (p *Proposal) openChannelHeader(text []byte) error {
	var headerType int32
	var epoch uint64
	var extension, timestamp []byte
	c := channelShape.walk(text)
	for c.next() {
		switch c.number {
		case 1:
			headerType = int32(c.value) //nolint:gosec // the walk has held it against its kind
		case 3:
			timestamp = c.part
		case 4:
			p.Channel = string(c.part)
		case 5:
			p.Transaction = string(c.part)
		case 6:
			epoch = c.value
		case 7:
			extension = c.part
		}
	}
	if err := c.done("channel header"); err != nil {
		return err
	}
	if headerType != int32(common.HeaderType_ENDORSER_TRANSACTION) || epoch != 0 {
		return malformed("the proposal's header is not of an endorser transaction")
	}
	if err := p.openTime(timestamp); err != nil {
		return err
	}
	return p.openExtension(extension)
}

func (p *Proposal) openTime(text []byte) error {
	if text == nil {
		return malformed("the proposal has no timestamp")
	}
	var at timestamppb.Timestamp
	c := timestampShape.walk(text)
	for c.next() {
		if c.number == 1 {
			at.Seconds = int64(c.value) //nolint:gosec // as protobuf writes negative numbers
		} else {
			at.Nanos = int32(c.value) //nolint:gosec // the walk has held it against its kind
		}
	}
	if err := c.done("proposal's timestamp"); err != nil {
		return err
	}
	if err := at.CheckValid(); err != nil {
		return &FormatError{Reason: "the proposal's timestamp is not valid", cause: err}
	}
	p.Time = at.AsTime()
	return nil
}

func (p *Proposal) openExtension(text []byte) error {
	c := extensionShape.walk(text)
	for c.next() {
		name, _, err := openName(c.part)
		if err != nil {
			return err
		}
		p.Chaincode = name
	}
	return c.done("channel header's extension")
}

// openName reads a chaincode's name and version.
func openName(text []byte) (name, version string, err error) {
	c := nameShape.walk(text)
	for c.next() {
		switch c.number {
		case 2:
			name = string(c.part)
		case 3:
			version = string(c.part)
		}
	}
	return name, version, c.done("chaincode's name")
}

func (o *Opener) openSignatureHeader(p *Proposal, text []byte) error {
	var creator, nonce []byte
	c := signatureShape.walk(text)
	for c.next() {
		if c.number == 1 {
			creator = c.part
		} else {
			nonce = c.part
		}
	}
	if err := c.done("signature header"); err != nil {
		return err
	}
	derived := sha256.New()
	derived.Write(nonce)
	derived.Write(creator)
	p.DerivedTransaction = hex.EncodeToString(derived.Sum(nil))
	identity, err := o.identity("creator", creator)
	if err != nil {
		return err
	}
	p.Creator = *identity
	return nil
}
