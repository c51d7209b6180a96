// Package profile writes Fabric's common connection profile, in YAML and JSON.
//
// Every Fabric client library and many tools read it: who the client's
// organisation is, which peers there are, where they listen, and which TLS
// authorities vouch for them. Certificates stand inline, so that one file is
// all that a client needs besides an identity.
package profile

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Peer is a peer as clients reach it.
type Peer struct {
	Organisation string
	Name         string // host name in its certificate
	Address      string // host:port
	TLSCA        []byte // PEM
	// Chaincode is true when the peer endorses.
	Chaincode bool
}

// Orderer is an orderer as clients reach it.
type Orderer struct {
	Name    string
	Address string
	TLSCA   []byte
}

// Organisation is a member of the channel.
type Organisation struct {
	Name  string
	MSPID string
}

// Profile is what one organisation's clients need to know.
type Profile struct {
	Network string
	Channel string
	// Organisation is the client's own.
	Organisation string
	// ClientCert and ClientKey are files with the TLS certificate that its programs
	// show to nodes that ask for one; empty when they do not.
	ClientCert, ClientKey string
	Organisations         []Organisation
	Peers                 []Peer
	Orderers              []Orderer
}

// timeout is how long client libraries that read it wait for a connection and an
// endorsement, in seconds (a string: Fabric's profiles have it so).
const timeout = "30"

type object = map[string]any

// Write writes connection.yaml and connection.json into a folder.
func (p Profile) Write(dir string) error {
	document := p.document()
	asJSON, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	asYAML, err := yaml.Marshal(document)
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "connection.json"), append(asJSON, '\n'), 0o644); err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "connection.yaml"), asYAML, 0o644); err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	return nil
}

func (p Profile) document() object {
	return object{
		"name":          p.Network,
		"version":       "1.0.0",
		"client":        p.client(),
		"channels":      object{p.Channel: p.channel()},
		"organizations": p.organisations(),
		"orderers":      p.orderers(),
		"peers":         p.peers(),
	}
}

func (p Profile) client() object {
	client := object{
		"organization": p.Organisation,
		"connection":   object{"timeout": object{"peer": object{"endorser": timeout}, "orderer": timeout}},
	}
	if p.ClientCert != "" {
		client["tlsCerts"] = object{"client": object{
			"cert": object{"path": p.ClientCert}, "key": object{"path": p.ClientKey},
		}}
	}
	return client
}

func (p Profile) channel() object {
	names := make([]string, len(p.Orderers))
	for i, o := range p.Orderers {
		names[i] = o.Name
	}
	peers := object{}
	for _, peer := range p.Peers {
		peers[peer.Name] = object{
			"endorsingPeer":  peer.Chaincode,
			"chaincodeQuery": peer.Chaincode,
			"ledgerQuery":    true,
			"eventSource":    true,
		}
	}
	return object{"orderers": names, "peers": peers}
}

func (p Profile) organisations() object {
	all := object{}
	for _, o := range p.Organisations {
		peers := []string{}
		for _, peer := range p.Peers {
			if peer.Organisation == o.Name {
				peers = append(peers, peer.Name)
			}
		}
		all[o.Name] = object{"mspid": o.MSPID, "peers": peers}
	}
	return all
}

func (p Profile) peers() object {
	all := object{}
	for _, peer := range p.Peers {
		all[peer.Name] = node(peer.Name, peer.Address, peer.TLSCA)
	}
	return all
}

func (p Profile) orderers() object {
	all := object{}
	for _, o := range p.Orderers {
		all[o.Name] = node(o.Name, o.Address, o.TLSCA)
	}
	return all
}

func node(name, address string, tlsCA []byte) object {
	return object{
		"url":         "grpcs://" + address,
		"tlsCACerts":  object{"pem": strings.TrimSpace(string(tlsCA)) + "\n"},
		"grpcOptions": object{"ssl-target-name-override": name, "hostnameOverride": name},
	}
}
