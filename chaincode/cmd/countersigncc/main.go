// Command countersigncc is the chaincode server that an organisation runs
// beside its peer (Fabric's chaincode as a service).
//
// It takes its settings from the environment:
//
//	CHAINCODE_ID                   the package id that the peer printed at installation
//	CHAINCODE_SERVER_ADDRESS       host:port to listen on
//	CORE_PEER_LOCALMSPID           the peer's organisation
//	CHAINCODE_TLS_KEY_FILE         the server's key, PEM
//	CHAINCODE_TLS_CERT_FILE        the server's certificate, PEM
//	CHAINCODE_CLIENT_CA_CERT_FILE  the CA of the peer's client certificate, PEM
//
// Mutual TLS is not optional: whoever reaches the port could otherwise make the
// organisation's chaincode endorse anything.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/countersign-ledger/countersign/chaincode/contract"
)

// collectAt is how much the heap grows between two collections of garbage, in percent
// of what is in use: that is little, so Go's own 100 would collect after every few
// transactions. GOGC in the environment says otherwise.
const collectAt = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "countersigncc:", err)
		os.Exit(1)
	}
}

// serve runs until the context ends or the server fails.
func serve(ctx context.Context) error {
	settings, err := settings(os.Getenv)
	if err != nil {
		return err
	}
	chaincode, err := contract.New()
	if err != nil {
		return err
	}
	server := &shim.ChaincodeServer{
		CCID: settings.id, Address: settings.address, CC: chaincode,
		TLSProps: shim.TLSProperties{Key: settings.key, Cert: settings.certificate, ClientCACerts: settings.clientCA},
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Start() }()
	fmt.Fprintf(os.Stderr, "countersigncc: %s listens on %s for the peer of %s\n", settings.id, settings.address, settings.msp)
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", settings.address, err)
	case <-ctx.Done():
		return nil // the shim's server has no stop; the process ends with main
	}
}

type config struct {
	id, address, msp           string
	key, certificate, clientCA []byte
}

func settings(env func(string) string) (config, error) {
	var problems []error
	value := func(name string) string {
		v := env(name)
		if v == "" {
			problems = append(problems, fmt.Errorf("set %s", name))
		}
		return v
	}
	file := func(name string) []byte {
		path := value(name)
		if path == "" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
		return text
	}
	c := config{
		id: value("CHAINCODE_ID"), address: value("CHAINCODE_SERVER_ADDRESS"), msp: value(contract.PeerMSPVariable),
		key: file("CHAINCODE_TLS_KEY_FILE"), certificate: file("CHAINCODE_TLS_CERT_FILE"), clientCA: file("CHAINCODE_CLIENT_CA_CERT_FILE"),
	}
	return c, errors.Join(problems...)
}
