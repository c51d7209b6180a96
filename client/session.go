package client

import (
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
	gateway  *client.Gateway
	contract *client.Contract
	creator  []byte // msp.SerializedIdentity
	blocks   *deliverer
}

// open makes a session of an identity that signs with sign over digests.
func (c *Client) open(id identity.Identity, sign identity.Sign, digest hash.Hash, connection grpc.ClientConnInterface, chaincode string) (*session, error) {
	creator, err := serialize(id)
	if err != nil {
		return nil, err
	}
	gateway, err := client.Connect(id, client.WithSign(sign), client.WithHash(digest), client.WithClientConnection(connection))
	if err != nil {
		return nil, err
	}
	return &session{
		gateway:  gateway,
		contract: gateway.GetNetwork(c.channel).GetContract(chaincode),
		creator:  creator,
		blocks: &deliverer{
			channel: c.channel, creator: creator, peer: peer.NewDeliverClient(connection),
			sign: func(message []byte) ([]byte, error) { return sign(digest(message)) },
		},
	}, nil
}
