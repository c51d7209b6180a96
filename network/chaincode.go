package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hyperledger/fabric-admin-sdk/pkg/chaincode"

	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/network/internal/ccpackage"
	"github.com/countersign-ledger/countersign/network/internal/process"
)

// firstSequence is that of the first definition of a chaincode on a channel.
const firstSequence = 1

// packages makes one chaincode package for each trading organisation: it holds
// the address of that organisation's server, and the client certificate that its
// peer shows there. So package identifiers differ by organisation.
func packages(p *plan, ids *identities) (map[string]*ccpackage.Package, error) {
	all := map[string]*ccpackage.Package{}
	for _, n := range p.services {
		packed, err := pack(p, n, ids)
		if err != nil {
			return nil, err
		}
		all[n.organisation] = packed
	}
	return all, nil
}

// pack makes the package of one chaincode server and keeps a copy beside it.
func pack(p *plan, n *node, ids *identities) (*ccpackage.Package, error) {
	client := ids.hosts[p.peersOf(n.organisation)[0].name]
	packed, err := ccpackage.New(p.topology.Chaincode.Label, ccpackage.Connection{
		Address: n.address(), DialTimeout: "10s",
		TLSRequired: true, ClientAuthRequired: true,
		ClientKey: string(client.KeyPEM), ClientCert: string(client.CertificatePEM),
		RootCert: string(ids.organisations[n.organisation].TLSCA.CertificatePEM()),
	})
	if err != nil {
		return nil, err
	}
	return packed, os.WriteFile(filepath.Join(n.dir, "package.tar.gz"), packed.Bytes, 0o600)
}

// serve says how to run an organisation's chaincode server.
func serve(n *node, binary, packageID, mspID string) {
	tls := filepath.Join(n.dir, "tls")
	key, certificate, authority := filepath.Join(tls, "server.key"), filepath.Join(tls, "server.crt"), filepath.Join(tls, "ca.crt")
	n.spec = process.Spec{
		Name: n.name, Path: binary, Dir: n.dir, LogFile: n.log,
		Env: append(plainEnvironment(),
			"CHAINCODE_ID="+packageID,
			"CHAINCODE_SERVER_ADDRESS="+n.address(),
			"CORE_PEER_LOCALMSPID="+mspID,
			"CHAINCODE_TLS_KEY_FILE="+key,
			"CHAINCODE_TLS_CERT_FILE="+certificate,
			"CHAINCODE_CLIENT_CA_CERT_FILE="+authority,
			// The names that contract-api's own server reads, so that any chaincode
			// written with it runs here, too.
			"CORE_CHAINCODE_ID_NAME="+packageID,
			"CORE_PEER_TLS_ENABLED=true",
			"CORE_TLS_CLIENT_KEY_FILE="+key,
			"CORE_TLS_CLIENT_CERT_FILE="+certificate,
			"CORE_PEER_TLS_ROOTCERT_FILE="+authority,
		),
	}
}

// definition is what the organisations agree on at first; each adds its own
// package.
func definition(t Topology, l layout) (*chaincode.Definition, error) {
	d, document, err := define(t, firstSequence)
	if err != nil {
		return nil, err
	}
	return d, describe(t, l, document)
}

// describe keeps for operators what they would deploy elsewhere: the collections, and
// the file of the consortium, against which the countersign command checks a
// deployment.
func describe(t Topology, l layout, document []byte) error {
	consortium, err := json.MarshalIndent(t.Consortium(), "", "  ")
	if err != nil {
		return fmt.Errorf("describe the consortium: %w", err)
	}
	return errors.Join(
		os.WriteFile(filepath.Join(l.channel(), "collections.json"), document, 0o644),
		os.WriteFile(filepath.Join(l.channel(), "consortium.json"), append(consortium, '\n'), 0o644),
	)
}

// define gives the definition that a topology means, and its collections in JSON.
func define(t Topology, sequence int64) (*chaincode.Definition, []byte, error) {
	policy, err := chaincode.NewApplicationPolicy(t.Consortium().EndorsementPolicy(), "")
	if err != nil {
		return nil, nil, fmt.Errorf("endorsement policy: %w", err)
	}
	document, err := collectionsOf(t)
	if err != nil {
		return nil, nil, err
	}
	private, err := ccpackage.Collections(document)
	if err != nil {
		return nil, nil, fmt.Errorf("collections: %w", err)
	}
	return &chaincode.Definition{
		ChannelName: t.Channel, Name: t.Chaincode.Name, Version: t.Chaincode.Version, Sequence: sequence,
		ApplicationPolicy: policy, Collections: private,
	}, document, nil
}

// collectionsOf gives the collections of the topology, else Countersign's own.
func collectionsOf(t Topology) ([]byte, error) {
	if len(t.Chaincode.Collections) > 0 {
		return t.Chaincode.Collections, nil
	}
	return collections.JSON(t.Consortium().Definitions())
}
