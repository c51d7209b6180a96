// Storecc is the chaincode of network's own tests: it stores text, publicly and
// in a private data collection, with contract-api's own server.
package main

import (
	"fmt"
	"os"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"
)

// Store is the contract.
type Store struct {
	contractapi.Contract
}

// Put writes a public value.
func (*Store) Put(ctx contractapi.TransactionContextInterface, key, value string) error {
	return ctx.GetStub().PutState(key, []byte(value))
}

// Get reads a public value.
func (*Store) Get(ctx contractapi.TransactionContextInterface, key string) (string, error) {
	value, err := ctx.GetStub().GetState(key)
	return string(value), err
}

// PutPrivate writes a private value, which travels in the transient map.
func (*Store) PutPrivate(ctx contractapi.TransactionContextInterface, collection, key string) error {
	transient, err := ctx.GetStub().GetTransient()
	if err != nil {
		return err
	}
	return ctx.GetStub().PutPrivateData(collection, key, transient["value"])
}

// GetPrivate reads a private value.
func (*Store) GetPrivate(ctx contractapi.TransactionContextInterface, collection, key string) (string, error) {
	value, err := ctx.GetStub().GetPrivateData(collection, key)
	return string(value), err
}

// Attribute reads an attribute of the caller's certificate.
func (*Store) Attribute(ctx contractapi.TransactionContextInterface, name string) (string, error) {
	value, found, err := ctx.GetClientIdentity().GetAttributeValue(name)
	if err == nil && !found {
		err = fmt.Errorf("the caller has no attribute %s", name)
	}
	return value, err
}

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve() error {
	chaincode, err := contractapi.NewChaincode(&Store{})
	if err != nil {
		return err
	}
	read := func(name string) []byte {
		content, readErr := os.ReadFile(os.Getenv(name))
		if readErr != nil && err == nil {
			err = readErr
		}
		return content
	}
	server := &shim.ChaincodeServer{
		CCID:    os.Getenv("CHAINCODE_ID"),
		Address: os.Getenv("CHAINCODE_SERVER_ADDRESS"),
		CC:      chaincode,
		TLSProps: shim.TLSProperties{
			Key:           read("CHAINCODE_TLS_KEY_FILE"),
			Cert:          read("CHAINCODE_TLS_CERT_FILE"),
			ClientCACerts: read("CHAINCODE_CLIENT_CA_CERT_FILE"),
		},
	}
	if err != nil {
		return err
	}
	return server.Start()
}
