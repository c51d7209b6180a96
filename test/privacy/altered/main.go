// Command altered is a chaincode server that is Countersign's own, until a
// transaction tells it to do what no chaincode may do (package deed). The privacy
// tests give it to some of the organisations of a network, to see what the others
// refuse, and what nobody but a search finds.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim" //nolint:depguard // a chaincode server, as in chaincode/cmd

	"github.com/countersign-ledger/countersign/chaincode/contract"
)

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "altered:", err)
		os.Exit(1)
	}
}

func serve() error {
	honest, err := contract.New()
	if err != nil {
		return err
	}
	var files [3][]byte
	for i, name := range []string{"CHAINCODE_TLS_KEY_FILE", "CHAINCODE_TLS_CERT_FILE", "CHAINCODE_CLIENT_CA_CERT_FILE"} {
		text, failed := os.ReadFile(os.Getenv(name))
		files[i], err = text, errors.Join(err, failed)
	}
	if err != nil {
		return err
	}
	server := &shim.ChaincodeServer{
		CCID: os.Getenv("CHAINCODE_ID"), Address: os.Getenv("CHAINCODE_SERVER_ADDRESS"),
		CC:       &chaincode{honest: honest, msp: os.Getenv(contract.PeerMSPVariable)},
		TLSProps: shim.TLSProperties{Key: files[0], Cert: files[1], ClientCACerts: files[2]},
	}
	return server.Start()
}
