// Command assetcc is the chaincode server that the benchmarks compare with: the
// asset transfer that Fabric's documentation teaches, once on contract-api and once
// on the bare shim, and the least that a chaincode can do for many objects in one
// transaction.
//
//	assetcc contract    asset transfer on contract-api
//	assetcc shim        the same on the bare shim, and Many
//
// Its settings are those of countersigncc, in the environment. It ends with its
// standard input, so that it never outlives the benchmark that started it.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"
)

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "assetcc:", err)
		os.Exit(1)
	}
}

func serve(args []string) error {
	chaincode, err := chosen(args)
	if err != nil {
		return err
	}
	server := &shim.ChaincodeServer{CCID: os.Getenv("CHAINCODE_ID"), Address: os.Getenv("CHAINCODE_SERVER_ADDRESS"), CC: chaincode}
	for name, content := range map[string]*[]byte{
		"CHAINCODE_TLS_KEY_FILE": &server.TLSProps.Key, "CHAINCODE_TLS_CERT_FILE": &server.TLSProps.Cert,
		"CHAINCODE_CLIENT_CA_CERT_FILE": &server.TLSProps.ClientCACerts,
	} {
		if *content, err = os.ReadFile(os.Getenv(name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Start() }()
	go func() {
		_, err := io.Copy(io.Discard, os.Stdin)
		failed <- err
	}()
	return <-failed
}

func chosen(args []string) (shim.Chaincode, error) {
	switch {
	case len(args) == 1 && args[0] == "contract":
		return contractapi.NewChaincode(&SmartContract{})
	case len(args) == 1 && args[0] == "shim":
		return raw{}, nil
	default:
		return nil, errors.New("say contract or shim")
	}
}
