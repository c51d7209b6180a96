package deployment

import (
	"context"
	"fmt"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer/lifecycle"
	"google.golang.org/protobuf/proto"
)

// Asker asks one of Fabric's own chaincodes at a peer of the caller's organisation:
// a [github.com/countersign-ledger/countersign/client.Client].
type Asker interface {
	System(ctx context.Context, chaincode, function string, arguments ...[]byte) ([]byte, error)
}

// Deployment is what is deployed on a channel, as a peer says.
type Deployment struct {
	// Definition is the chaincode's, as committed.
	Definition *lifecycle.QueryChaincodeDefinitionResult
	// Config is the channel's configuration.
	Config *common.Config
}

// ReadError means that a peer could not be asked, or answered what cannot be read.
// The peer's refusal is underneath.
type ReadError struct {
	// What was asked for.
	What  string
	cause error
}

// Error implements error.
func (e *ReadError) Error() string { return fmt.Sprintf("deployment: %s: %v", e.What, e.cause) }

// Unwrap returns what the peer said.
func (e *ReadError) Unwrap() error { return e.cause }

// Read asks a peer of the caller's own organisation what is deployed: _lifecycle for
// the chaincode's definition, cscc for the channel's configuration. Its error is a
// [*ReadError]. A reader can ask only where the channel's access rules let it.
func Read(ctx context.Context, from Asker, channel, chaincode string) (*Deployment, error) {
	made := &Deployment{Definition: &lifecycle.QueryChaincodeDefinitionResult{}, Config: &common.Config{}}
	name, err := proto.Marshal(&lifecycle.QueryChaincodeDefinitionArgs{Name: chaincode})
	if err != nil {
		return nil, &ReadError{What: "ask for the definition", cause: err}
	}
	for _, q := range []struct {
		what, chaincode, function string
		argument                  []byte
		into                      proto.Message
	}{
		{"the channel's configuration", "cscc", "GetChannelConfig", []byte(channel), made.Config},
		{"the definition of chaincode " + chaincode, "_lifecycle", "QueryChaincodeDefinition", name, made.Definition},
	} {
		answer, err := from.System(ctx, q.chaincode, q.function, q.argument)
		if err == nil {
			err = proto.Unmarshal(answer, q.into)
		}
		if err != nil {
			return nil, &ReadError{What: q.what, cause: err}
		}
	}
	return made, nil
}
