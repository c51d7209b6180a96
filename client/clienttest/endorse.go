package clienttest

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
)

const statusOK = 200

// proposal is a client's proposal, opened.
type proposal struct {
	header    *common.Header
	channel   *common.ChannelHeader
	chaincode string
	input     []byte // peer.ChaincodeInvocationSpec
	args      [][]byte
	transient map[string][]byte
	caller    ledger.Caller
}

// endorsed is one peer's run of a proposal.
type endorsed struct {
	payload     []byte
	response    *peer.Response
	endorsement *peer.Endorsement
	results     memledger.Results
	by          *member
}

// open checks a signed proposal as an endorser does.
func (g *gateway) open(signed *peer.SignedProposal) (*proposal, error) {
	var outer peer.Proposal
	var header common.Header
	var signature common.SignatureHeader
	var payload peer.ChaincodeProposalPayload
	var invocation peer.ChaincodeInvocationSpec
	p := &proposal{header: &header, channel: &common.ChannelHeader{}}
	err := unmarshalAll(
		part{func() []byte { return signed.GetProposalBytes() }, &outer},
		part{func() []byte { return outer.GetHeader() }, &header},
		part{func() []byte { return header.GetChannelHeader() }, p.channel},
		part{func() []byte { return header.GetSignatureHeader() }, &signature},
		part{func() []byte { return outer.GetPayload() }, &payload},
		part{func() []byte { return payload.GetInput() }, &invocation},
	)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "failed to unpack transaction proposal: %s", err)
	}
	certificate, mspID, err := g.consortium.identify(signature.GetCreator())
	if err != nil || !verify(certificate, signed.GetProposalBytes(), signed.GetSignature()) {
		return nil, status.Errorf(codes.FailedPrecondition, "error validating proposal: access denied: channel [%s] creator org [%s]", p.channel.GetChannelId(), mspID)
	}
	spec := invocation.GetChaincodeSpec()
	p.chaincode = spec.GetChaincodeId().GetName()
	if p.channel.GetChannelId() != Channel || p.chaincode != Chaincode && p.chaincode != qscc {
		return nil, status.Errorf(codes.FailedPrecondition, "no combination of peers can be derived which satisfy the endorsement policy: No metadata was found for chaincode %s in channel %s", spec.GetChaincodeId().GetName(), p.channel.GetChannelId())
	}
	p.input, p.args, p.transient = payload.GetInput(), spec.GetInput().GetArgs(), payload.GetTransientMap()
	p.caller = ledger.Caller{
		MSP: mspID, Role: roleOf(certificate), Certificate: certificate.Raw,
		Subject: certificate.Subject.String() + " issued by " + certificate.Issuer.String(),
	}
	return p, g.consortium.setTime(p)
}

type part struct {
	text func() []byte
	into proto.Message
}

func unmarshalAll(parts ...part) error {
	for _, p := range parts {
		if err := proto.Unmarshal(p.text(), p.into); err != nil {
			return err
		}
	}
	return nil
}

// setTime puts the consortium's clock, if it has one, in the place of the
// client's.
func (c *Consortium) setTime(p *proposal) error {
	c.mu.Lock()
	now := c.clock
	c.mu.Unlock()
	if now.IsZero() {
		return nil
	}
	p.channel.Timestamp = timestamppb.New(now)
	text, err := proto.Marshal(p.channel)
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	p.header = &common.Header{ChannelHeader: text, SignatureHeader: p.header.GetSignatureHeader()}
	return nil
}

// identify finds the organisation that gave out an identity.
func (c *Consortium) identify(serialized []byte) (*x509.Certificate, string, error) {
	var identity msp.SerializedIdentity
	if err := proto.Unmarshal(serialized, &identity); err != nil {
		return nil, "", err
	}
	block, _ := pem.Decode(identity.GetIdBytes())
	if block == nil {
		return nil, identity.GetMspid(), x509.ErrUnsupportedAlgorithm
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, identity.GetMspid(), err
	}
	m, err := c.named(identity.GetMspid())
	if err != nil {
		return nil, identity.GetMspid(), err
	}
	return certificate, m.MSP, certificate.CheckSignatureFrom(m.authority.certificate)
}

// run runs a proposal at the peer of an organisation. Its error is what the
// chaincode refuses with.
func (c *Consortium) run(p *proposal, at *member) (*endorsed, error) {
	f, known := api.Lookup(string(p.args[0]))
	if !known || p.chaincode != Chaincode {
		return nil, fault.New(fault.UnknownFunction, "there is no function %q; names are contract:Function, as docs/contract lists them", p.args[0])
	}
	if len(p.args) != 2 {
		return nil, fault.New(fault.UnknownFunction, "%s takes one argument, a JSON object; got %d", f.FullName(), len(p.args)-1)
	}
	simulation := c.ledger.Simulate(memledger.Proposal{
		ID: p.channel.GetTxId(), Time: p.channel.GetTimestamp().AsTime(), Caller: p.caller, Transient: p.transient,
	}, at.MSP)
	result, err := f.Execute(simulation, p.args[1])
	if err != nil {
		return nil, err
	}
	if result, err = c.versions(f, result); err != nil {
		return nil, err
	}
	return p.endorse(at, c.version(), result, simulation.Results())
}

// endorse signs what a run gave, as Fabric's default endorsement does.
func (p *proposal) endorse(by *member, version string, result []byte, results memledger.Results) (*endorsed, error) {
	hash, err := p.hash()
	if err != nil {
		return nil, err
	}
	answer := answer{
		hash: hash, transaction: p.channel.GetTxId(), chaincode: Chaincode, version: version, event: results.Event,
		namespaces: map[string]memledger.Results{definitions: definitionRead(Chaincode), Chaincode: results},
		response:   &peer.Response{Status: statusOK, Payload: result},
	}
	payload, err := answer.payload()
	if err != nil {
		return nil, err
	}
	endorsement, err := by.peer.endorse(payload)
	return &endorsed{payload: payload, response: answer.response, results: results, by: by, endorsement: endorsement}, err
}

// answer is what a peer signs.
type answer struct {
	hash        []byte
	transaction string
	chaincode   string
	version     string
	response    *peer.Response
	event       *memledger.Event
	namespaces  map[string]memledger.Results
}

func (a answer) payload() ([]byte, error) {
	set, err := readWriteSet(a.namespaces)
	if err != nil {
		return nil, err
	}
	var event []byte
	if e := a.event; e != nil {
		event, err = proto.Marshal(&peer.ChaincodeEvent{ChaincodeId: a.chaincode, TxId: a.transaction, EventName: e.Name, Payload: e.Payload})
		if err != nil {
			return nil, err
		}
	}
	action, err := proto.Marshal(&peer.ChaincodeAction{
		Results: set, Events: event, Response: a.response, ChaincodeId: &peer.ChaincodeID{Name: a.chaincode, Version: a.version},
	})
	if err != nil {
		return nil, err
	}
	return proto.Marshal(&peer.ProposalResponsePayload{ProposalHash: a.hash, Extension: action})
}

// endorse signs a payload.
func (i *Identity) endorse(payload []byte) (*peer.Endorsement, error) {
	signature, err := i.sign(append(append([]byte(nil), payload...), i.serialized...))
	return &peer.Endorsement{Endorser: i.serialized, Signature: signature}, err
}

// public returns the proposal's payload without the transient map.
func (p *proposal) public() ([]byte, error) {
	return proto.Marshal(&peer.ChaincodeProposalPayload{Input: p.input})
}

func (p *proposal) hash() ([]byte, error) {
	payload, err := p.public()
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	hash.Write(p.header.GetChannelHeader())
	hash.Write(p.header.GetSignatureHeader())
	hash.Write(payload)
	return hash.Sum(nil), nil
}
