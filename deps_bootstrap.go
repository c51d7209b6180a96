//go:build depsbootstrap

package countersign

import (
	_ "github.com/cenkalti/backoff/v5"
	_ "github.com/fxamacker/cbor/v2"
	_ "github.com/gowebpki/jcs"
	_ "github.com/hyperledger/fabric-admin-sdk/pkg/chaincode"
	_ "github.com/hyperledger/fabric-admin-sdk/pkg/channel"
	_ "github.com/hyperledger/fabric-admin-sdk/pkg/identity"
	_ "github.com/hyperledger/fabric-admin-sdk/pkg/network"
	_ "github.com/hyperledger/fabric-chaincode-go/v2/shim"
	_ "github.com/hyperledger/fabric-config/configtx"
	_ "github.com/hyperledger/fabric-contract-api-go/v2/contractapi"
	_ "github.com/hyperledger/fabric-gateway/pkg/client"
	_ "github.com/hyperledger/fabric-protos-go-apiv2/peer"
	_ "github.com/invopop/jsonschema"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/santhosh-tekuri/jsonschema/v6"
	_ "github.com/schollz/progressbar/v3"
	_ "github.com/spf13/cobra"
	_ "github.com/stretchr/testify/require"
	_ "github.com/veraison/go-cose"
	_ "go.uber.org/goleak"
	_ "golang.org/x/mod/sumdb/tlog"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/sys/unix"
	_ "google.golang.org/grpc"
	_ "google.golang.org/protobuf/proto"
	_ "go.yaml.in/yaml/v3"
	_ "pgregory.net/rapid"
)
