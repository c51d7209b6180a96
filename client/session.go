package client

import (
	"crypto/x509"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
)

// session is what calls are made with: one certificate, its signer, and a way to the
// gateways. A call takes the client's session once and keeps it to its end, so that
// everything it sends is of one identity, also when the certificate is renewed
// meanwhile.
type session struct {
	gateway *client.Gateway
	// contract is the chaincode's. What goes through it is held against the version
	// that the chaincode speaks, and what comes back against what was asked for.
	contract   *client.Contract
	guarded    *client.Gateway // it is of
	connection grpc.ClientConnInterface
	creator    []byte // msp.SerializedIdentity
	blocks     *deliverer

	certificate *x509.Certificate
	digest      hash.Hash
	signs       bool // it has a key
	since       time.Time
}

// open makes a session of an identity. A connection with mutual TLS is told by the
// hash of the client's certificate; nil without.
func (c *Client) open(id *signatory, tlsHash []byte, connection grpc.ClientConnInterface) (*session, error) {
	known, err := identity.NewX509Identity(c.msp, id.certificate)
	if err != nil {
		return nil, err
	}
	creator, err := serialize(known)
	if err != nil {
		return nil, err
	}
	connect := func(over grpc.ClientConnInterface) (*client.Gateway, error) {
		return client.Connect(known, client.WithSign(id.sign), client.WithHash(id.digest),
			client.WithTLSClientCertificateHash(tlsHash), client.WithClientConnection(over))
	}
	gateway, err := connect(connection)
	if err != nil {
		return nil, err
	}
	s := &session{
		gateway: gateway, creator: creator, certificate: id.certificate, digest: id.digest, signs: id.signer != nil, since: time.Now(),
		blocks: &deliverer{
			channel: c.channel, creator: creator, tlsHash: tlsHash, peer: peer.NewDeliverClient(connection),
			sign: func(message []byte) ([]byte, error) { return id.sign(id.digest(message)) },
		},
	}
	guarded, err := connect(&guard{ClientConnInterface: connection, versions: c.versions, session: s, client: c})
	if err != nil {
		return nil, err
	}
	s.guarded, s.connection = guarded, connection
	s.contract = guarded.GetNetwork(c.channel).GetContract(c.chaincode)
	return s, nil
}

func (s *session) close() error { return s.gateway.Close() }

// keyless tells whether nothing can be signed here.
func (s *session) keyless() bool { return !s.signs }
