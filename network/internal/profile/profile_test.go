package profile_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/countersign-ledger/countersign/network/internal/profile"
)

func TestBothFilesSayTheSameInFabricsTerms(t *testing.T) {
	dir := t.TempDir()
	pem := "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
	require.NoError(t, profile.Profile{
		Network: "n", Channel: "c", Organisation: "carrier", ClientCert: "tls/client.crt", ClientKey: "tls/client.key",
		Organisations: []profile.Organisation{{Name: "carrier", MSPID: "CarrierMSP"}, {Name: "regulator", MSPID: "RegulatorMSP"}},
		Peers: []profile.Peer{
			{Organisation: "carrier", Name: "peer0.carrier.example", Address: "127.0.0.1:7", TLSCA: []byte(pem), Chaincode: true},
			{Organisation: "regulator", Name: "peer0.regulator.example", Address: "127.0.0.1:8", TLSCA: []byte(pem)},
		},
		Orderers: []profile.Orderer{{Name: "orderer.ordering.example", Address: "127.0.0.1:9", TLSCA: []byte(pem)}},
	}.Write(dir))

	var fromJSON, fromYAML any
	content, err := os.ReadFile(filepath.Join(dir, "connection.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(content, &fromJSON))
	content, err = os.ReadFile(filepath.Join(dir, "connection.yaml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(content, &fromYAML))
	require.Equal(t, fromJSON, fromYAML)

	require.Equal(t, "carrier", at(fromJSON, "client", "organization"))
	require.Equal(t, "tls/client.crt", at(fromJSON, "client", "tlsCerts", "client", "cert", "path"))
	require.Equal(t, "tls/client.key", at(fromJSON, "client", "tlsCerts", "client", "key", "path"))
	require.Equal(t, "CarrierMSP", at(fromJSON, "organizations", "carrier", "mspid"))
	require.Equal(t, []any{"peer0.carrier.example"}, at(fromJSON, "organizations", "carrier", "peers"))
	require.Equal(t, "grpcs://127.0.0.1:7", at(fromJSON, "peers", "peer0.carrier.example", "url"))
	require.Equal(t, pem, at(fromJSON, "peers", "peer0.carrier.example", "tlsCACerts", "pem"))
	require.Equal(t, "peer0.carrier.example", at(fromJSON, "peers", "peer0.carrier.example", "grpcOptions", "ssl-target-name-override"))
	require.Equal(t, false, at(fromJSON, "channels", "c", "peers", "peer0.regulator.example", "endorsingPeer"))
	require.Equal(t, []any{"orderer.ordering.example"}, at(fromJSON, "channels", "c", "orderers"))
}

func at(document any, path ...string) any {
	for _, key := range path {
		document = document.(map[string]any)[key]
	}
	return document
}
