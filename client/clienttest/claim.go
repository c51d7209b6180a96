package clienttest

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"math/big"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// Claim is what a statement shall say, true or not: with it a test makes
// evidence that must not verify, and shows that its program refuses it.
type Claim struct {
	// Function, Request and Result are the query, its argument and its answer.
	Function string
	Request  string
	Result   string
	// Time is when the client claims to have asked.
	Time time.Time
	// By are the endorsers. Asker is who asked; an auditor of the first organisation
	// when nil.
	By    []*Identity
	Asker *Identity
	// Reads and writes of the run; it should read and not write.
	Results memledger.Results

	// Channel, Chaincode, Version and Status are the consortium's own and 200
	// when zero.
	Channel   string
	Chaincode string
	Version   string
	Status    int32

	// Foreign is what was read in the namespace of another chaincode, "other".
	Foreign memledger.Results
	// Transaction is an id other than that which the proposal must have.
	Transaction string
	// Invoked is a chaincode other than that which the header names.
	Invoked string
	// Undefined leaves out that the chaincode's definition was read.
	Undefined bool
}

// State makes a statement of a claim, signed by the endorsers it names.
func (c *Consortium) State(claim Claim) (*evidence.Statement, error) {
	setDefault(&claim.Channel, Channel)
	setDefault(&claim.Chaincode, Chaincode)
	setDefault(&claim.Version, Version)
	setDefault(&claim.Status, statusOK)
	asked, err := claim.proposal(cmp.Or(claim.Asker, c.organisations[0].users["auditor"]))
	if err != nil {
		return nil, err
	}
	hash, err := asked.hash()
	if err != nil {
		return nil, err
	}
	namespaces := map[string]memledger.Results{claim.Chaincode: claim.Results}
	if !claim.Undefined {
		namespaces[definitions] = definitionRead(claim.Chaincode)
	}
	if len(claim.Foreign.Reads) > 0 || len(claim.Foreign.Ranges) > 0 {
		namespaces["other"] = claim.Foreign
	}
	payload, err := answer{
		hash: hash, transaction: asked.channel.GetTxId(), chaincode: claim.Chaincode, version: claim.Version,
		event: claim.Results.Event, namespaces: namespaces,
		response: &peer.Response{Status: claim.Status, Payload: []byte(claim.Result)},
	}.payload()
	if err != nil {
		return nil, err
	}
	var endorsements []evidence.Endorsement
	for _, by := range claim.By {
		signed, err := by.endorse(payload)
		if err != nil {
			return nil, err
		}
		endorsements = append(endorsements, evidence.Endorsement{MSP: by.MSP, Endorser: signed.GetEndorser(), Signature: signed.GetSignature()})
	}
	proposal, err := asked.bytes()
	if err != nil {
		return nil, err
	}
	if claim.Invoked != "" { // evidence.New would refuse it
		return &evidence.Statement{
			Channel: claim.Channel, Chaincode: claim.Chaincode, Function: claim.Function, Request: []byte(claim.Request),
			Result: []byte(claim.Result), Proposal: proposal, Payload: payload, Endorsements: endorsements,
		}, nil
	}
	return evidence.New(proposal, payload, endorsements)
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

const nonceSize = 24

func (claim Claim) proposal(creator *Identity) (*proposal, error) {
	nonce := make([]byte, nonceSize)
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("clienttest: make a nonce: %w", err)
	}
	id := sha256.Sum256(append(append([]byte(nil), nonce...), creator.serialized...))
	name := &peer.ChaincodeID{Name: claim.Chaincode}
	p := &proposal{args: [][]byte{[]byte(claim.Function), []byte(claim.Request)}}
	extension, err := proto.Marshal(&peer.ChaincodeHeaderExtension{ChaincodeId: name})
	if err != nil {
		return nil, err
	}
	p.channel = &common.ChannelHeader{
		Type: int32(common.HeaderType_ENDORSER_TRANSACTION), Timestamp: timestamppb.New(claim.Time),
		ChannelId: claim.Channel, TxId: cmp.Or(claim.Transaction, hex.EncodeToString(id[:])), Extension: extension,
	}
	channel, err := proto.Marshal(p.channel)
	if err != nil {
		return nil, err
	}
	signature, err := proto.Marshal(&common.SignatureHeader{Creator: creator.serialized, Nonce: nonce})
	if err != nil {
		return nil, err
	}
	p.header = &common.Header{ChannelHeader: channel, SignatureHeader: signature}
	p.input, err = proto.Marshal(&peer.ChaincodeInvocationSpec{ChaincodeSpec: &peer.ChaincodeSpec{
		ChaincodeId: &peer.ChaincodeID{Name: cmp.Or(claim.Invoked, claim.Chaincode)}, Input: &peer.ChaincodeInput{Args: p.args},
	}})
	return p, err
}

// bytes writes the proposal without its transient map.
func (p *proposal) bytes() ([]byte, error) {
	payload, err := p.public()
	if err != nil {
		return nil, err
	}
	header, err := proto.Marshal(p.header)
	if err != nil {
		return nil, err
	}
	return proto.Marshal(&peer.Proposal{Header: header, Payload: payload})
}

// Peer returns the identity with which an organisation's peer endorses.
func (c *Consortium) Peer(organisation string) (*Identity, error) {
	m, err := c.named(organisation)
	if err != nil {
		return nil, err
	}
	return m.peer, nil
}

// Issue makes a certificate of an organisation, of an organisational unit such
// as "peer" or "client", valid for a time.
func (c *Consortium) Issue(organisation, name, unit string, from, until time.Time) (*Identity, error) {
	m, err := c.named(organisation)
	if err != nil {
		return nil, err
	}
	return m.authority.issueFor(name, unit, "", from, until)
}

// Revoke makes a revocation list of an organisation.
func (c *Consortium) Revoke(organisation string, at time.Time, revoked ...*Identity) (*x509.RevocationList, error) {
	m, err := c.named(organisation)
	if err != nil {
		return nil, err
	}
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: at, NextUpdate: validUntil}
	for _, identity := range revoked {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{
			SerialNumber: identity.Certificate.SerialNumber, RevocationTime: at,
		})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, m.authority.certificate, m.authority.key)
	if err != nil {
		return nil, fmt.Errorf("clienttest: sign a revocation list: %w", err)
	}
	return x509.ParseRevocationList(der)
}
