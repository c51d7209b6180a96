package network_test

import (
	"context"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/network"
)

// A network of one's own: composed from presets, started, used, stopped. In a
// program of yours WithChaincodeBinary is not needed: without it the network
// runs Countersign's own chaincode.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()

	topology := network.Default()
	topology.Organisations = []network.Organisation{
		network.Trader("grower"),
		network.Trader("packer"),
		network.Reader("inspector"),
	}

	n, err := network.Start(ctx, topology, network.WithChaincodeBinary(storecc))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() {
		if err := n.Stop(context.Background()); err != nil {
			fmt.Println(err)
		}
	}()

	for _, node := range n.Status() {
		fmt.Println(node.Kind, node.Name)
	}
	// Any Fabric client connects with n.Profile("grower") and n.MSPDir("grower", "operator").

	// Output:
	// orderer orderer
	// peer peer0.grower
	// peer peer0.packer
	// peer peer0.inspector
	// chaincode chaincode.grower
	// chaincode chaincode.packer
}
